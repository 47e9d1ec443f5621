"""Keys of a device: what a passphrase turns into, and its signing and receipt keys.

The parameters are those of a phone: Argon2id, 64 MiB, 3 passes (m_kib, t, p); HKDF-SHA256 splits the result, so that the
proof shown to the server says nothing about the key of the store.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Final

from cryptography.hazmat.primitives import hashes, hpke, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sync.change import from_base64url, to_base64url
from sync.messages import OUTBOX_INFO

RandomBytes = Callable[[int], bytes]
KEY_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class KdfParameters:
    """How a passphrase becomes a key; stands in clear beside the store and is no secret."""

    salt: str  # base64url
    m_kib: int = 65_536
    t: int = 3
    p: int = 1

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class PassphraseKeys:
    store_key: bytes
    auth: bytes  # proof for the server


def derive_keys(passphrase: str, parameters: KdfParameters) -> PassphraseKeys:
    """Costs a few tenths of a second on purpose."""
    root = Argon2id(
        salt=from_base64url(parameters.salt),
        length=KEY_BYTES,
        iterations=parameters.t,
        lanes=parameters.p,
        memory_cost=parameters.m_kib,
    ).derive(passphrase.encode())
    return PassphraseKeys(store_key=_expand(root, b"store"), auth=_expand(root, b"auth"))


def new_private_key() -> bytes:
    """A fresh P-256 key as PKCS#8 DER."""
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def load_private_key(pkcs8: bytes) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_der_private_key(pkcs8, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("a device key is an elliptic curve key")
    return key


def public_raw(pkcs8: bytes) -> bytes:
    """Raw uncompressed point of a private key: 65 bytes."""
    return (
        load_private_key(pkcs8)
        .public_key()
        .public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    )


def seal_to_server(plaintext: bytes, sealing_key: str) -> str:
    """HPKE (M-5) to the station's sealing key; base64url of encapsulated key and ciphertext."""
    return to_base64url(seal_to(plaintext, from_base64url(sealing_key), OUTBOX_INFO))


def seal_to(plaintext: bytes, public_key: bytes, info: bytes) -> bytes:
    """HPKE to a raw point: encapsulated key, then ciphertext."""
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public_key)
    return _hpke().encrypt(plaintext, key, info=info)


class SealedError(Exception):
    """It was not sealed to this key for this place, or was altered."""


def open_sealed(sealed: bytes, pkcs8: bytes, info: bytes) -> bytes:
    try:
        return _hpke().decrypt(sealed, load_private_key(pkcs8), info=info)
    except Exception as error:  # the library names several; to us each means the same
        raise SealedError from error


def _hpke() -> hpke.Suite:
    return hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


def _expand(root: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(root)

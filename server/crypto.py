"""Algorithm suite 1 behind three narrow interfaces, so that a certified module can take a place without a new format.

Suite 1 is ECDSA P-256, AES-256-GCM, SHA-256, HPKE with DHKEM P-256. Which key protects what is the keyring's business;
here are only algorithms. Every ciphertext starts with its suite, and the suite is authenticated too.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hpke, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SUITE = 1
KEY_BYTES = 32
NONCE_BYTES = 12
OUTBOX_INFO = b"yihu/outbox/1"


class SealError(Exception):
    """A ciphertext was altered, moved to another place, or belongs to another key."""


class Aead(Protocol):
    """Authenticated encryption under one key. `seal` makes its own nonce."""

    suite: int

    def seal(self, plaintext: bytes, associated: bytes) -> bytes: ...

    def open(self, sealed: bytes, associated: bytes) -> bytes: ...


class KeyWrap(Protocol):
    """Keeps keys under a key-encryption key; `epoch` names which one wraps now. It can forget one owner for ever."""

    epoch: int

    def refresh(self) -> None: ...

    def wrap(self, key: bytes, associated: bytes, owner: str) -> bytes: ...

    def unwrap(self, wrapped: bytes, associated: bytes, epoch: int, owner: str) -> bytes: ...

    def is_forgotten(self, owner: str) -> bool: ...

    @property
    def has_forgotten(self) -> bool: ...


class Signer(Protocol):
    """Signs canonical bytes; 64 raw bytes r, s."""

    suite: int

    def sign(self, message: bytes) -> bytes: ...

    def public_key(self) -> bytes: ...


class AesGcm:
    """Suite 1 `Aead`: nonce, ciphertext and tag, in this order, behind one byte of suite."""

    suite = SUITE

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, plaintext: bytes, associated: bytes) -> bytes:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return bytes([self.suite]) + nonce + self._cipher.encrypt(nonce, plaintext, associated)

    def open(self, sealed: bytes, associated: bytes) -> bytes:
        if len(sealed) < 1 + NONCE_BYTES + 16 or sealed[0] != self.suite:
            raise SealError
        try:
            return self._cipher.decrypt(sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], associated)
        except InvalidTag as error:
            raise SealError from error


class EcdsaP256:
    """Suite 1 `Signer` over a PKCS#8 private key."""

    suite = SUITE

    def __init__(self, private_pkcs8: bytes) -> None:
        key = serialization.load_der_private_key(private_pkcs8, password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise SealError
        self._key = key

    def sign(self, message: bytes) -> bytes:
        r, s = decode_dss_signature(self._key.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def public_key(self) -> bytes:
        return raw_point(self._key.public_key())


def make_private_key() -> bytes:
    """A fresh P-256 key as PKCS#8 DER."""
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def raw_point(key: ec.EllipticCurvePublicKey) -> bytes:
    """The 65 raw bytes of an uncompressed point."""
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def is_point(raw: bytes) -> bool:
    """Is this an uncompressed point on P-256?"""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
    except ValueError:
        return False
    return len(raw) == 65


def _outbox_suite() -> hpke.Suite:
    return hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


def open_outbox(sealed: bytes, private_pkcs8: bytes) -> bytes:
    """Opens what a device sealed to the station."""
    return open_sealed(sealed, private_pkcs8, OUTBOX_INFO)


def open_sealed(sealed: bytes, private_pkcs8: bytes, info: bytes) -> bytes:
    """HPKE, RFC 9180 base mode: encapsulated key, then ciphertext. `info` names what it is for and where it belongs."""
    key = serialization.load_der_private_key(private_pkcs8, password=None)
    try:
        return _outbox_suite().decrypt(sealed, key, info)  # type: ignore[arg-type]
    except Exception as error:  # the library names several; to us each means: not for this key, or altered
        raise SealError from error


def open_with_any(sealed: bytes, private_keys: Sequence[bytes], info: bytes) -> bytes:
    """The same for whoever had several keys one after the other, the newest first."""
    for private_pkcs8 in private_keys:
        try:
            return open_sealed(sealed, private_pkcs8, info)
        except SealError:
            continue
    raise SealError


def seal_outbox(plaintext: bytes, public_key: bytes) -> bytes:
    """What a device does; here for tests and for stations that talk to stations."""
    return seal_to(plaintext, public_key, OUTBOX_INFO)


def seal_to(plaintext: bytes, public_key: bytes, info: bytes) -> bytes:
    """The other half of `open_sealed`, to a raw point."""
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public_key)
    return _outbox_suite().encrypt(plaintext, key, info)


def derive(key: bytes, purpose: bytes) -> bytes:
    """One key a purpose from one master key (HKDF-SHA256)."""
    return HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=purpose).derive(key)


def keyed_hash(key: bytes, *parts: bytes) -> bytes:
    """HMAC-SHA256 over length-prefixed parts, so that no two lists of parts share a hash."""
    mac = hmac.new(key, digestmod=hashlib.sha256)
    for part in parts:
        mac.update(len(part).to_bytes(8, "big"))
        mac.update(part)
    return mac.digest()


def is_equal(left: bytes, right: bytes) -> bool:
    return hmac.compare_digest(left, right)


def make_id() -> str:
    """128 random bits as 32 hex digits (N-1)."""
    return secrets.token_hex(16)

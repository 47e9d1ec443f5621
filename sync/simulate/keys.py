"""Signing keys of simulated phones and of the station: fixed numbers, so that a history repeats to the byte."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sync.change import replica_id, to_base64url
from sync.device.keys import public_raw

STATION_KEY = 1


@dataclass(frozen=True, slots=True)
class Keys:
    private: ec.EllipticCurvePrivateKey
    pkcs8: str
    public: bytes
    replica: str


@lru_cache(maxsize=256)
def make_keys(number: int) -> Keys:
    """The key pair with this number; worth nothing outside a simulation."""
    private = ec.derive_private_key(1_000_003 * number + 7, ec.SECP256R1())
    der = private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = public_raw(der)
    return Keys(private, to_base64url(der), public, replica_id(public))

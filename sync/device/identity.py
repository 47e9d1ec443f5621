"""Who this device is: its keys, its person, its station. Made once at enrolment, kept in the encrypted store."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from sync.change import from_base64url, replica_id, to_base64url
from sync.device.keys import RandomBytes, load_private_key, new_private_key, public_raw


@dataclass(frozen=True, slots=True)
class Identity:
    """Private keys are base64url of PKCS#8. `share` is the server's half of a phone's vault key; kept, not used here."""

    deployment: str
    station: str
    person: str
    replica: str
    signing: str
    receipt: str
    auth: str
    verdict_key: str  # pinned at enrolment: verdicts and policies of another key are refused
    share: str = ""

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Identity:
        return cls(**value)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def signing_key(self) -> ec.EllipticCurvePrivateKey:
        return load_private_key(from_base64url(self.signing))


@dataclass(frozen=True, slots=True)
class DeviceKeys:
    """Fresh keys, before the server knows them."""

    signing: bytes
    receipt: bytes

    @classmethod
    def make(cls) -> DeviceKeys:
        return cls(new_private_key(), new_private_key())

    @property
    def public_key(self) -> str:
        return to_base64url(public_raw(self.signing))

    @property
    def receipt_key(self) -> str:
        return to_base64url(public_raw(self.receipt))

    @property
    def replica(self) -> str:
        return replica_id(public_raw(self.signing))


def new_id(random_bytes: RandomBytes) -> str:
    """128 random bits as 32 hex digits (N-1)."""
    return random_bytes(16).hex()

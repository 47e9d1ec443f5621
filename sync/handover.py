"""A station's keys change hands: the former key signs which keys follow it, and devices go along (E-12 to E-14).

Pure. Who keeps the private keys, and when they change, is the server's business.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sync.canonical import INTEGER_MAX, parse_canonical
from sync.change import Envelope, from_base64url, verify
from sync.errors import MalformedError, SyncError

TYPE = "handover"


class HandoverError(SyncError):
    """A hand-over that does not follow from the key that is known."""

    code = "handover_wrong"


@dataclass(frozen=True, slots=True)
class Handover:
    """What the former key said: which keys follow it, and the last place of the log that it answers for."""

    deployment: str
    station: str
    number: int
    former: str
    verdict_key: str
    sealing_key: str
    position: int
    at: int

    def to_body(self) -> dict[str, Any]:
        return {
            "type": TYPE,
            "v": 1,
            "suite": 1,
            "deployment": self.deployment,
            "station": self.station,
            "number": self.number,
            "former": self.former,
            "verdict_key": self.verdict_key,
            "sealing_key": self.sealing_key,
            "position": self.position,
            "at": self.at,
        }


@dataclass(frozen=True, slots=True)
class StationKeys:
    """The key that signs for a station now, and those that did, each with the last place that it answers for."""

    current: bytes
    former: tuple[tuple[bytes, int], ...] = ()

    @property
    def count(self) -> int:
        """How many times the keys changed hands."""
        return len(self.former)

    def believes(self, envelope: Envelope) -> bool:
        """Whether the station said this: now, or while a former key was its own."""
        if verify(envelope, self.current):
            return True
        signed = [until for key, until in self.former if verify(envelope, key)]
        return bool(signed) and position_of(envelope) <= max(signed)


def read_handover(envelope: Envelope) -> Handover:
    """Raises `HandoverError`. The signature is checked by `follow`."""
    try:
        body = parse_canonical(envelope.body)
        if not isinstance(body, dict) or (body.get("type"), body.get("v"), body.get("suite")) != (TYPE, 1, 1):
            raise HandoverError("This is no hand-over.")
        said = Handover(**{name: body[name] for name in Handover.__slots__})
    except (MalformedError, KeyError) as error:
        raise HandoverError("This is no hand-over.") from error
    texts = (said.deployment, said.station, said.former, said.verdict_key, said.sealing_key)
    numbers = (said.number, said.position, said.at)
    if not all(isinstance(one, str) for one in texts) or not all(_is_count(one) for one in numbers):
        raise HandoverError("This is no hand-over.")
    return said


def follow(pinned: str, deployment: str, station: str, handovers: Iterable[Envelope]) -> str:
    """The verdict key that the hand-overs lead to from the pinned one. Raises `HandoverError` where a step is not sound.

    Steps before the pinned key are passed over: whoever has an older key must not lead anybody anywhere.
    """
    key = pinned
    number: int | None = None
    for envelope in handovers:
        said = read_handover(envelope)
        if said.former != key:
            if number is None:
                continue
            raise HandoverError("A hand-over is missing.")
        if (said.deployment, said.station) != (deployment, station) or not verify(envelope, from_base64url(key)):
            raise HandoverError("A hand-over is not signed by the key before.")
        if number is not None and said.number != number + 1:
            raise HandoverError("A hand-over is missing.")
        key, number = said.verdict_key, said.number
    return key


def keys_of(policy: Mapping[str, Any]) -> StationKeys:
    """The keys that a believed policy names."""
    return keys_from(policy["verdict_key"], [Envelope.from_json(one) for one in policy.get("handovers", ())])


def keys_from(current: str, handovers: Sequence[Envelope]) -> StationKeys:
    said = [read_handover(one) for one in handovers]
    return StationKeys(from_base64url(current), tuple((from_base64url(one.former), one.position) for one in said))


def position_of(envelope: Envelope) -> int:
    """The place that a document names; one without is of no place that a former key answers for."""
    try:
        body = parse_canonical(envelope.body)
    except MalformedError:
        return INTEGER_MAX
    found = body.get("position") if isinstance(body, dict) else None
    return found if isinstance(found, int) and _is_count(found) else INTEGER_MAX


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= INTEGER_MAX

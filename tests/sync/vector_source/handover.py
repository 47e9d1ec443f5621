"""A station's keys change hands: which key the hand-overs lead to, and what a device believes afterwards."""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sync.canonical import canonical_text
from sync.change import sign, to_base64url
from sync.handover import Handover

Case = dict[str, Any]
DEPLOYMENT, STATION = "d" * 32, "5" * 32
KEYS = [ec.derive_private_key(990_100 + number, ec.SECP256R1()) for number in range(5)]
STRANGER = KEYS[4]


def raw(key: ec.EllipticCurvePrivateKey) -> str:
    form = (serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    return to_base64url(key.public_key().public_bytes(*form))


def signed(document: dict[str, Any], key: ec.EllipticCurvePrivateKey) -> dict[str, str]:
    return sign(canonical_text(document), key).to_json()


def step(place: int, *, by: ec.EllipticCurvePrivateKey | None = None, **changed: Any) -> dict[str, str]:
    """From key `place - 1` to key `place`."""
    said = Handover(
        deployment=DEPLOYMENT, station=STATION, number=place, former=raw(KEYS[place - 1]),
        verdict_key=raw(KEYS[place]), sealing_key=raw(KEYS[3]), position=place * 10, at=1_795_305_600_000,
    ).to_body()  # fmt: skip
    return signed(said | changed, by or KEYS[place - 1])


def handover() -> list[Case]:
    return _led() + _believed()


def _led() -> list[Case]:
    def case(name: str, rules: str, pinned: int, steps: list[dict[str, str]], to: int | None) -> Case:
        given = {"pinned": raw(KEYS[pinned]), "deployment": DEPLOYMENT, "station": STATION, "handovers": steps}
        expect: dict[str, Any] = {"code": "handover_wrong"} if to is None else {"key": raw(KEYS[to])}
        return {"name": name, "rules": rules.split(), "input": given, "expect": expect}

    other = raw(STRANGER)
    return [
        case("no hand-over: the pinned key stands", "E-12", 0, [], 0),
        case("one step", "E-12", 0, [step(1)], 1),
        case("two steps", "E-12", 0, [step(1), step(2)], 2),
        case("what came before the pinned key is passed over", "E-12", 1, [step(1), step(2)], 2),
        case("nothing leads on from the newest key", "E-12", 2, [step(1), step(2)], 2),
        case("a step that a stranger signed", "E-12", 0, [step(1, by=STRANGER)], None),
        case("a step that the new key signed for itself", "E-12", 0, [step(1, by=KEYS[1])], None),
        case("a step of another deployment", "E-12", 0, [step(1, deployment="e" * 32)], None),
        case("a step of another station", "E-12", 0, [step(1, station="6" * 32)], None),
        case("a step is missing", "E-12", 0, [step(1), step(3)], None),
        case("a number is left out", "E-12", 0, [step(1), step(2, number=3)], None),
        case("a second step that a stranger signed", "E-12", 0, [step(1), step(2, by=STRANGER)], None),
        case("an older key leads nobody elsewhere", "E-12", 1, [step(1, verdict_key=other), step(2)], 2),
        case("another suite", "E-12", 0, [step(1, suite=2)], None),
        case("no hand-over at all", "E-12", 0, [signed({"type": "root"}, KEYS[0])], None),
        case("a position that is no count", "E-12", 0, [step(1, position=-1)], None),
    ]


def _believed() -> list[Case]:
    def case(name: str, document: dict[str, Any], by: ec.EllipticCurvePrivateKey, believed: bool) -> Case:
        policy = {"verdict_key": raw(KEYS[2]), "handovers": [step(1), step(2)]}
        given = {"policy": policy, "document": signed(document, by)}
        return {"name": name, "rules": ["E-13"], "input": given, "expect": {"believed": believed}}

    return [
        case("the key of now, any place", {"position": 99, "type": "verdict"}, KEYS[2], True),
        case("the key of now, no place", {"type": "policy"}, KEYS[2], True),
        case("the first key at the last place that it answers for", {"position": 10, "type": "verdict"}, KEYS[0], True),
        case("the first key one place later", {"position": 11, "type": "verdict"}, KEYS[0], False),
        case("the second key at its last place", {"position": 20, "type": "root"}, KEYS[1], True),
        case("a former key says what has no place", {"type": "wipe"}, KEYS[1], False),
        case("a former key says a place that is no number", {"position": "1", "type": "verdict"}, KEYS[1], False),
        case("a stranger", {"position": 1, "type": "verdict"}, STRANGER, False),
    ]

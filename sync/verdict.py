"""The signed answer to one change (PROTOCOL 4): its body and how to read it. How it is reached: `sync.verdicts`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sync.canonical import parse_canonical
from sync.change import Envelope
from sync.shapes import Shape, check_shape, each, integer, one_of, optional_null, text, tuple_of
from sync.versions import Dot

STATUSES: Final = ("accepted", "held", "quarantined", "returned", "declined")
FINAL: Final = frozenset({"accepted", "declined"})

_ID = text(pattern=r"[0-9a-f]{32}")
_BODY: Final[Shape] = {
    "type": one_of("verdict"),
    "v": one_of(1),
    "suite": one_of(1),
    "deployment": _ID,
    "station": _ID,
    "change": text(pattern=r"[0-9a-f]{64}"),
    "file": optional_null(_ID),
    "dot": optional_null(tuple_of((_ID, integer(1)))),
    "status": one_of(*STATUSES),
    "position": integer(1),
    "received_at": integer(0),
    "duty": optional_null(text(1, 40)),
    "reasons": each(item={"code": text(1, 60)}, maximum=1_000),
    "by": optional_null(_ID),
    "decided_at": optional_null(integer(0)),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, by a stable code; `op` is the index of the operation, `say` a person's or a check's own words."""

    code: str
    op: int | None = None
    path: str | None = None
    say: str | None = None

    def to_json(self) -> dict[str, Any]:
        named = {"code": self.code, "op": self.op, "path": self.path, "say": self.say}
        return {key: value for key, value in named.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one change. `position` and `received_at` are None only inside tests and before they are given."""

    change: str
    status: str
    position: int
    received_at: int
    duty: str | None = None
    reasons: Sequence[Reason] = field(default_factory=tuple)
    by: str | None = None
    decided_at: int | None = None
    dot: Dot | None = None
    file: str | None = None

    @property
    def is_final(self) -> bool:
        return self.status in FINAL

    @property
    def is_fork(self) -> bool:
        """Whether it stands beside the chain because its dot is another's, or what it built on is (C-6); also when put away."""
        return self.status in ("quarantined", "declined") and any(reason.code == "fork" for reason in self.reasons)

    def to_body(self, *, deployment: str, station: str) -> dict[str, Any]:
        """The body to canonicalize and sign (D-1)."""
        return {
            "type": "verdict",
            "v": 1,
            "suite": 1,
            "deployment": deployment,
            "station": station,
            "change": self.change,
            "file": self.file,
            "dot": list(self.dot) if self.dot else None,
            "status": self.status,
            "position": self.position,
            "received_at": self.received_at,
            "duty": self.duty,
            "reasons": [reason.to_json() for reason in self.reasons],
            "by": self.by,
            "decided_at": self.decided_at,
        }


def read_verdict(envelope: Envelope) -> Verdict:
    """Parse and check a transported verdict. Raises `MalformedError`; the signature is checked by `change.verify`."""
    body = parse_canonical(envelope.body)
    check_shape(body, _BODY)
    return verdict_of(body)


def verdict_of(body: Mapping[str, Any]) -> Verdict:
    """From a body that was checked."""
    return Verdict(
        change=body["change"],
        status=body["status"],
        position=body["position"],
        received_at=body["received_at"],
        duty=body["duty"],
        reasons=tuple(
            Reason(reason["code"], reason.get("op"), reason.get("path"), reason.get("say"))
            for reason in body["reasons"]
        ),
        by=body["by"],
        decided_at=body["decided_at"],
        dot=Dot(*body["dot"]) if body["dot"] else None,
        file=body["file"],
    )


def supersedes(later: Verdict, earlier: Verdict | None) -> bool:
    """Whether a verdict replaces the one that a replica holds for the same change (D-2).

    Two final ones exist only where a server was restored and judged anew what it had forgotten: the first one given stands.
    There, too, a dot may have gone to another change meanwhile: the word that says so takes the acceptance back.
    """
    if earlier is not None and earlier.is_fork != later.is_fork and "accepted" in (earlier.status, later.status):
        return later.is_fork
    if earlier is None or later.is_final != earlier.is_final:
        return earlier is None or later.is_final
    return _given(later) < _given(earlier) if later.is_final else later.position > earlier.position


def _given(verdict: Verdict) -> tuple[int, int, str]:
    given_at = verdict.received_at if verdict.decided_at is None else verdict.decided_at
    return given_at, verdict.position, verdict.status

"""Tells short histories of one file: who saved what, having seen which earlier saves, and what became of it."""

from __future__ import annotations

from typing import Any

from sync.canonical import canonical_text
from sync.change import Change, Envelope, make_change, read_change
from sync.fold import FoldInput
from sync.verdict import verdict_of
from sync.versions import Dot, base_of

FILE, STATION, DEPLOYMENT, SCOPE = "f" * 32, "5" * 32, "d" * 32, "e" * 32
ELEMENT, OTHER = "1".rjust(32, "0"), "2".rjust(32, "0")
NOON = 1_795_305_600_000
MINUTE = 60_000

# Letters are replicas; each is one person on one device. Their duties on the file:
DUTIES = {"w": "worker", "v": "worker", "d": "deputy", "e": "deputy", "h": "head"}
REPLICAS = {letter: letter.encode().hex() * 16 for letter in DUTIES}
PEOPLE = {letter: ("9" + letter.encode().hex()).ljust(32, "0") for letter in DUTIES}

RULES: dict[str, Any] = {
    "kind": "household",
    "version": 1,
    "fields": {
        "phone": {"policy": "latest"},
        "categories": {"policy": "union"},
        "last_contact": {"policy": "max"},
        "first_contact": {"policy": "min"},
        "risk": {"policy": "safest", "order": ["red", "yellow", "blue", "green"]},
        "income": {"policy": "review"},
        "address": {"policy": "review", "group": True},
        "eligible": {"policy": "authority"},
        "file_number": {"policy": "once"},
        "note": {"policy": "latest"},
    },
    "collections": {
        "members": {
            "fields": {"name": {"policy": "review"}, "phone": {"policy": "latest"}, "needs": {"policy": "union"}}
        },
        "assessments": {
            "fields": {
                "level": {"policy": "review"},
                "needs": {"policy": "union"},
                "alarm": {"policy": "safest", "order": ["red", "green"]},
                "remark": {"policy": "latest"},
            },
            "section": {"name": "assessment", "pins": ["level", "needs"], "exempt": ["remark"], "steps": ["deputy"]},
        },
        "plans": {
            "fields": {"goal": {"policy": "review"}},
            "section": {"name": "plan", "pins": ["goal"], "exempt": [], "steps": ["deputy", "head"]},
        },
    },
    "sections": {"basics": {"pins": ["income", "phone"], "exempt": ["note"], "steps": ["deputy"]}},
    "duties": ["head", "deputy", "worker"],
}


def put(path: str, value: Any) -> dict[str, Any]:
    return {"op": "set", "path": path, "value": value}


def add(path: str, value: Any) -> dict[str, Any]:
    return {"op": "add", "path": path, "value": value}


def remove(path: str, value: Any) -> dict[str, Any]:
    return {"op": "remove", "path": path, "value": value}


def append(collection: str, element: str = ELEMENT, **value: Any) -> dict[str, Any]:
    return {"op": "append", "path": collection, "id": element, "value": value}


def void(path: str) -> dict[str, Any]:
    return {"op": "void", "path": path}


def restore(path: str) -> dict[str, Any]:
    return {"op": "restore", "path": path}


class Story:
    """Each `save` returns its change. `saw` defaults to everything told so far; give a list to have seen less."""

    def __init__(self, rules: dict[str, Any] | None = None) -> None:
        self.rules = rules or RULES
        self.told: list[tuple[Change, dict[str, Any], dict[str, Any] | None]] = []

    def save(
        self,
        who: str,
        *ops: dict[str, Any],
        saw: list[Change] | None = None,
        act: str = "save",
        status: str | None = "accepted",
        at: int | None = None,
        server_at: int = 0,
        received_at: int | None = None,
        position: int | None = None,
        duty: str | None = None,
        about: dict[str, Any] | None = None,
        reason: str | None = None,
        epoch: int = 1,
        schema: int = 1,
        person: str | None = None,
    ) -> Change:
        own = [change for change, _, _ in self.told if change.dot.replica == REPLICAS[who]]
        seen = [change for change, _, _ in self.told] if saw is None else [*saw, *own]
        moment = NOON + len(self.told) * MINUTE
        body = make_change(
            deployment=DEPLOYMENT,
            station=STATION,
            scope=SCOPE,
            file=FILE,
            kind="household",
            dot=Dot(REPLICAS[who], len(own) + 1),
            prev=own[-1].id if own else None,
            base=base_of(change.dot for change in seen),
            seen=None,
            schema=schema,
            at=moment if at is None else at,
            server_at=server_at,
            person=PEOPLE[person or who],
            epoch=epoch,
            act=act,
            ops=ops,
            salt=f"{len(self.told):032x}",
            about=about,
            reason=reason,
        )
        change = read_change(Envelope(canonical_text(body), ""))
        verdict = None
        if status is not None:
            verdict = {
                "change": change.id,
                "file": FILE,
                "dot": list(change.dot),
                "status": status,
                "position": len(self.told) + 1 if position is None else position,
                "received_at": moment + 1_000 if received_at is None else received_at,
                "duty": duty or DUTIES[who],
                "reasons": [],
                "by": None,
                "decided_at": None,
            }
        self.told.append((change, body, verdict))
        return change

    def inputs(self) -> list[FoldInput]:
        return [FoldInput(change, verdict_of(verdict) if verdict else None) for change, _, verdict in self.told]

    def accepted(self) -> list[FoldInput]:
        return [item for item in self.inputs() if item.status == "accepted"]

    def to_json(self) -> dict[str, Any]:
        return {
            "rules": self.rules,
            "changes": [{"body": body, "verdict": verdict} for _, body, verdict in self.told],
        }


def dots(*changes: Change) -> list[list[Any]]:
    return sorted(list(change.dot) for change in changes)

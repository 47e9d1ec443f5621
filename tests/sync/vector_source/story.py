"""Tells short histories of a file, or of files that get merged: who saved what, having seen which earlier saves, and what
became of it.
"""

from __future__ import annotations

from typing import Any

from sync.canonical import canonical_text
from sync.change import Change, Envelope, make_change, read_change
from sync.fold import FoldInput
from sync.verdict import verdict_of
from sync.versions import Base, Dot, base_of, dot_within

FILE, STATION, DEPLOYMENT, SCOPE = "f" * 32, "5" * 32, "d" * 32, "e" * 32
LOW, HIGH = "3" * 32, "a" * 32  # other files, to be merged
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
    """Each `save` returns its change. `saw` defaults to everything told so far of the file and, once it absorbed others, of
    them; give a list to have seen less, or more.
    """

    def __init__(self, rules: dict[str, Any] | None = None) -> None:
        self.rules = rules or RULES
        self.told: list[tuple[Change, dict[str, Any], dict[str, Any] | None]] = []

    def save(
        self,
        who: str,
        *written: dict[str, Any],
        ops: list[dict[str, Any]] | None = None,
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
        file: str = FILE,
        to: str | None = None,
        merge: dict[str, Any] | None = None,
        own_seen: bool = True,
        digest: str | None = None,
    ) -> Change:
        own = [change for change, _, _ in self.told if change.dot.replica == REPLICAS[who] and change.file == file]
        seen = self._shown(file) if saw is None else [*saw, *(own if own_seen else [])]
        moment = NOON + len(self.told) * MINUTE
        body = make_change(
            deployment=DEPLOYMENT,
            station=STATION,
            scope=SCOPE,
            file=file,
            kind="household",
            dot=Dot(REPLICAS[who], len(own) + 1),
            prev=own[-1].id if own else None,
            base=base_of(dot_within(change.dot, change.file, file) for change in seen),
            seen=digest,
            schema=schema,
            at=moment if at is None else at,
            server_at=server_at,
            person=PEOPLE[person or who],
            epoch=epoch,
            act=act,
            ops=[*written, *(ops or ())],
            salt=f"{len(self.told):032x}",
            about=about,
            reason=reason,
            to=to,
            merge=merge,
        )
        change = read_change(Envelope(canonical_text(body), ""))
        verdict = None
        if status is not None:
            verdict = {
                "change": change.id,
                "file": file,
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

    def merge(self, who: str, absorbed: str, file: str = FILE, **options: Any) -> Change:
        """Absorb a file of which everything told so far was shown."""
        base = self.base_of(absorbed)
        return self.save(who, act="merge", merge={"file": absorbed, "base": base.to_json()}, file=file, **options)

    def unmerge(self, who: str, absorbed: str, file: str = FILE, **options: Any) -> Change:
        return self.save(who, act="unmerge", merge={"file": absorbed}, file=file, **options)

    def base_of(self, file: str) -> Base:
        return base_of(change.dot for change, _, _ in self.told if change.file == file)

    def _shown(self, file: str) -> list[Change]:
        """What was told of the file and of those that it has merged by now, one after another."""
        joined = {file}
        for change, _, _ in self.told * 2:
            if change.merge and change.file in joined:
                (joined.add if change.act == "merge" else joined.discard)(change.merge.file)
        return [change for change, _, _ in self.told if change.file in joined]

    def inputs(self) -> list[FoldInput]:
        return [FoldInput(change, verdict_of(verdict) if verdict else None) for change, _, verdict in self.told]

    def accepted(self) -> list[FoldInput]:
        return [item for item in self.inputs() if item.status == "accepted"]

    def to_json(self) -> dict[str, Any]:
        return {
            "rules": self.rules,
            "changes": [{"body": body, "verdict": verdict} for _, body, verdict in self.told],
        }


def dots(*changes: Change, of: str | None = None) -> list[list[Any]]:
    """Dots as a fold of the file `of` names them, by default of their own."""
    return sorted(list(dot_within(change.dot, change.file, of or change.file)) for change in changes)

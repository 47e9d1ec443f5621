"""Random histories of a file, from a seed: who saw what, what they wrote on it, and what the server said.

In some of them there are two or three files, that are merged into each other and parted again, in cycles too; late changes
arrive in what was absorbed, and files move between scopes.

Unlikely things are made likely on purpose (late positions, ties of clocks, equal values, gaps in what was seen), because
both folds must agree there too. Forks stand beside the chain, quarantined under a dot that another change has: the server never
accepts two changes under one dot.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

Json = Any
Write = Callable[[dict[str, Json]], tuple[str, str]]  # a body to its canonical text and its id
ContentOf = Callable[[dict[str, Json], list[str], str, str], str | None]  # rules, texts seen, file, section

COLLECTIONS = ("members", "assessments")


def hex_id(number: int, width: int = 32) -> str:
    """An id that reads as its number; never all digits of a real one."""
    return f"{number:0{width}x}"


def make_rules(rng: random.Random) -> dict[str, Json]:
    """Merge rules with every policy at the root and in collections; sections of one to three steps."""
    steps = [["deputy"], ["deputy", "head"], ["worker", "deputy", "head"]]
    return {
        "kind": "thing",
        "version": 1,
        "fields": {
            "phone": {"policy": "latest"},
            "tags": {"policy": "union"},
            "last": {"policy": "max"},
            "first": {"policy": "min"},
            "consent": {"policy": "safest", "order": ["withdrawn", "refused", "given"]},
            "income": {"policy": "review"},
            "address": {"policy": "review", "group": True},
            "entitled": {"policy": "authority"},
            "number": {"policy": "once"},
        },
        "collections": {
            "members": {
                "fields": {
                    "name": {"policy": "review"},
                    "tel": {"policy": "latest"},
                    "needs": {"policy": "union"},
                    "flag": {"policy": "safest", "order": ["red", "yellow", "green"]},
                    "grade": {"policy": "authority"},
                }
            },
            "assessments": {
                "fields": {
                    "score": {"policy": "review"},
                    "marks": {"policy": "union"},
                    "risk": {"policy": "safest", "order": ["red", "yellow", "green"]},
                    "made_on": {"policy": "max"},
                    "note": {"policy": "latest"},
                },
                "section": {
                    "name": "assessment",
                    "pins": ["score", "marks", "risk", "made_on"],
                    "exempt": ["note"],
                    "steps": rng.choice(steps),
                },
            },
        },
        "sections": {
            "basics": {"pins": ["address", "income", "tags", "consent", "phone"], "steps": rng.choice(steps)},
        },
        "duties": ["head", "deputy", "worker"],
    }


VALUES: dict[str, tuple[Json, ...]] = {
    # U+FFFD and U+10000 stand in one order by code point and in the other by UTF-16 unit.
    "last": (1, 2, 3, -5, None, "b", "2026-01-02", "\ufffd", "\U00010000"),
    "first": (1, 2, 3, -5, None, "b", "2026-01-02", "\ufffd", "\U00010000"),
    "made_on": ("2026-01-02", "2026-02-01", "2025-12-31", None),
    "consent": ("withdrawn", "refused", "given", "never heard of", None),
    "flag": ("red", "yellow", "green", "blue", None),
    "risk": ("red", "yellow", "green"),
    "address": ({"village": "甲村", "door": 1}, {"village": "甲村", "door": 2}, {"village": "乙村"}, None),
    "number": ("No. 1", "No. 2"),
    "": (1, 2, "一", "二", None, True),
}
UNDECIDED = ("held", "quarantined", "returned", "declined")
UNION = ("a", "b", 1, "1", "\ufffd", "\U00010000", 10, 9)


@dataclass
class Replica:
    """One person on one installation, with what it has seen and its chain."""

    id: str
    person: str
    duty: str
    seen: set[int] = field(default_factory=set)
    seq: dict[str, int] = field(default_factory=dict)  # by file
    prev: dict[str, str] = field(default_factory=dict)
    opened: set[int] | None = None  # what a form that is still open showed


@dataclass
class History:
    """Input of a fold: the kind's rules and changes as canonical text, with the verdict where there is one."""

    seed: int
    rules: dict[str, Json]
    changes: list[dict[str, Json]]  # {"text": canonical body, "verdict": dict | None}


class Author:
    """Makes one history. `content_of` folds what an author saw and names the content hash of a section."""

    def __init__(self, seed: int, write: Write, content_of: ContentOf) -> None:
        self.rng = random.Random(seed)
        self.seed = seed
        self.rules = make_rules(self.rng)
        self.content_of = content_of
        self.write = write
        self.changes: list[dict[str, Json]] = []
        self.clock = 1_000_000
        people = self.rng.randint(1, 3)
        self.replicas = [
            Replica(hex_id(self.rng.getrandbits(128)), hex_id(0xA0 + i % people), self.rng.choice(self.rules["duties"]))
            for i in range(self.rng.randint(1, 4))
        ]
        self.files = [hex_id(4 + i) for i in range(self.rng.choice((1, 1, 1, 2, 2, 3)))]
        self.elements = [(c, hex_id(self.rng.getrandbits(128))) for c in COLLECTIONS for _ in range(2)]
        # Every third history is a quiet review of one section: without it approvals of two contents in turn are rare.
        self.section = self.rng.choice(self._sections()) if self.rng.random() < 0.33 else None
        self.focus = (
            self._pinned(self.section) if self.section else self.rng.sample(self._all_paths(), k=self.rng.randint(1, 5))
        )

    def make(self, length: int) -> History:
        for _ in range(length):
            self._step()
        return History(self.seed, self.rules, self._decide())

    # --- authors ---

    def _all_paths(self) -> list[str]:
        paths = [*self.rules["fields"], "unheard_of"]
        for collection, element in self.elements:
            fields = [*self.rules["collections"][collection]["fields"], "unheard_of"]
            paths += [f"{collection}/{element}/{name}" for name in fields]
        return paths

    def _sections(self) -> list[str]:
        return ["basics", *(f"{c}/{e}" for c, e in self.elements if c == "assessments")]

    def _pinned(self, section: str) -> list[str]:
        if "/" not in section:
            return self.rng.sample(self.rules["sections"][section]["pins"], k=2)
        pins = self.rules["collections"]["assessments"]["section"]["pins"]
        return [f"{section}/{name}" for name in self.rng.sample(pins, k=2)]

    def _step(self) -> None:
        rng = self.rng
        replica = rng.choice(self.replicas)
        if self.section and rng.random() < 0.9:
            replica.seen, replica.opened = set(range(len(self.changes))), None
        elif rng.random() < 0.6:
            count = len(self.changes)
            replica.seen |= set(range(count)) if rng.random() < 0.5 else {i for i in range(count) if rng.random() < 0.5}
        shown = replica.opened if replica.opened is not None and rng.random() < 0.5 else set(replica.seen)
        replica.opened = set(replica.seen) if rng.random() < 0.3 else None
        self.clock += rng.choice((0, 0, 1, 50))
        file = rng.choice(self.files)
        body = self._body(replica, file, shown)
        body.update(self._act(file, shown))
        body["prev"] = replica.prev.get(file)
        text, replica.prev[file] = self.write(body)
        replica.seq[file] = body["seq"]
        replica.seen.add(len(self.changes))
        self.changes.append({"body": body, "text": text, "duty": replica.duty})

    def _body(self, replica: Replica, file: str, shown: set[int]) -> dict[str, Json]:
        rng = self.rng
        elsewhere = {other for other in self.files if other != file and rng.random() < 0.7}
        seen = [c["body"] for c in (self.changes[i] for i in shown)]
        return {
            **{"type": "change", "v": 1, "suite": 1, "kind": "thing", "schema": 1},
            **{"deployment": hex_id(1), "station": hex_id(2), "scope": hex_id(3), "file": file},
            **{"replica": replica.id, "seq": replica.seq.get(file, 0) + 1, "person": replica.person, "epoch": 1},
            "base": base_json(
                (c["replica"] + ("" if c["file"] == file else f"@{c['file']}"), c["seq"])
                for c in seen
                if c["file"] == file or c["file"] in elsewhere
            ),
            "seen": None,
            "at": max(0, self.clock + rng.choice((0, 0, -40, 40, 1000))),
            "server_at": rng.choice((0, self.clock - 10, self.clock)),
            "salt": hex_id(len(self.changes)),
        }

    def _act(self, file: str, shown: set[int]) -> dict[str, Json]:
        rng = self.rng
        several = len(self.files) > 1
        act = rng.choices(
            ("save", "resolve", "void", "submit", "approve", "return", "withdraw", "transfer", "merge"),
            (30, 4, 1, 10, 40, 5, 3, 1, 8 * several) if self.section else (60, 14, 3, 10, 14, 5, 3, 4, 30 * several),
        )[0]
        if act in ("submit", "approve", "return", "withdraw"):
            return self._about(act, file, shown)
        ops = self._ops() if act not in ("transfer", "merge") or rng.random() < 0.2 else []
        if act == "transfer":
            return {"act": act, "ops": ops, "to": hex_id(rng.randint(3, 5))}
        return {"act": act, "ops": ops} if act != "merge" else {"ops": ops, **self._merge(file, shown)}

    def _merge(self, file: str, shown: set[int]) -> dict[str, Json]:
        """A merge of another file, or, of one that was merged, rather its undoing."""
        rng = self.rng
        other = rng.choice([name for name in self.files if name != file])
        bodies = [self.changes[i]["body"] for i in shown]
        merged = any(b["file"] == file and b.get("merge", {}).get("file") == other for b in bodies)
        if merged and rng.random() < 0.6:
            return {"act": "unmerge", "merge": {"file": other}}
        dots = [(b["replica"], b["seq"]) for b in bodies if b["file"] == other]
        return {"act": "merge", "merge": {"file": other, "base": base_json(dots or [(hex_id(9), 1)])}}

    def _about(self, act: str, file: str, shown: set[int]) -> dict[str, Json]:
        rng = self.rng
        section = self.section or rng.choice(self._sections())
        texts = [self.changes[i]["text"] for i in sorted(shown)]
        about: dict[str, Json] = {"section": section, "schema": 1}
        content = self.content_of(self.rules, texts, file, section) if rng.random() < 0.9 else None
        about["content"] = content or hex_id(7, 64)
        if act == "approve":
            about["step"] = rng.choice((1, 1, 1, 2, 3))
        if act == "return" and rng.random() < 0.5:
            about["remarks"] = {"score": "请核对"}
        found: dict[str, Json] = {"act": act, "ops": [], "about": about}
        if act == "return":
            found["reason"] = "缺少说明"
        if act == "approve" and rng.random() < 0.1:
            found["ops"] = self._ops()
        return found

    def _ops(self) -> list[dict[str, Json]]:
        rng = self.rng
        ops: list[dict[str, Json]] = []
        taken: set[str] = set()
        for _ in range(rng.choice((1, 1, 2, 3))):
            roll = rng.random()
            collection, element = rng.choice(self.elements)
            if roll < 0.12:
                op = {"op": rng.choice(("void", "void", "restore")), "path": f"{collection}/{element}"}
            elif roll < 0.27:
                op = {"op": "append", "path": collection, "id": element, "value": self._first_values(collection)}
            else:
                op = self._field_op(rng.choice(self.focus if rng.random() < 0.8 else self._all_paths()))
            touched = targets_of(op)
            if taken.isdisjoint(touched):
                ops.append(op)
                taken |= touched
        return ops

    def _field_op(self, path: str) -> dict[str, Json]:
        rng, name = self.rng, path.split("/")[-1]
        if name in ("tags", "needs", "marks"):
            return {"op": rng.choice(("add", "add", "remove")), "path": path, "value": rng.choice(UNION)}
        return {"op": "set", "path": path, "value": rng.choice(VALUES.get(name, VALUES[""]))}

    def _first_values(self, collection: str) -> dict[str, Json]:
        rng, found = self.rng, {}
        for name in self.rules["collections"][collection]["fields"]:
            if rng.random() < 0.5:
                union = name in ("needs", "marks")
                found[name] = (
                    rng.sample(UNION, rng.randint(0, 3)) if union else rng.choice(VALUES.get(name, VALUES[""]))
                )
        return found

    # --- the server ---

    def _decide(self) -> list[dict[str, Json]]:
        """Verdicts: most accepted in order, some late, some refused; the last few of one replica undecided."""
        rng = self.rng
        own = rng.choice(self.replicas).id
        undecided_from = rng.randint(1, 8)
        accepted: list[tuple[float, dict[str, Json]]] = []
        undecided: list[dict[str, Json]] = []
        for number, change in enumerate(self.changes):
            body = change["body"]
            if body["replica"] == own and body["seq"] >= undecided_from and body["file"] == self.files[-1]:
                undecided.append({"text": change["text"], "verdict": None})
            elif rng.random() < (0.02 if self.section else 0.06):
                verdict = {
                    "status": rng.choice(UNDECIDED),
                    "position": number + 1,
                    "received_at": body["at"],
                    "duty": None,
                }
                undecided.append({"text": change["text"], "verdict": verdict})
            elif rng.random() < 0.95:
                late = rng.random() * len(self.changes) if not self.section and rng.random() < 0.15 else 0
                accepted.append((number + late, change))
        accepted.sort(key=lambda item: item[0])
        decided, position = [], 0
        for _, change in accepted:
            position += rng.choice((1, 1, 7))
            received = max(1, change["body"]["at"] + rng.choice((0, 5, -5, 500, -2000)))
            verdict = {"status": "accepted", "position": position, "received_at": received, "duty": change["duty"]}
            decided.append({"text": change["text"], "verdict": verdict})
        if rng.random() < 0.5:
            rng.shuffle(decided)
        return decided + undecided + self._forks()

    def _forks(self) -> list[dict[str, Json]]:
        """A copied phone's other saves: under dots that are taken, quarantined, with protective values as likely as any."""
        forks = []
        for change in self.changes:
            if self.rng.random() < 0.04:
                text, _ = self.write(change["body"] | {"salt": hex_id(self.rng.getrandbits(64)), "ops": self._ops()})
                verdict = {"status": "quarantined", "position": self.rng.randint(1, 99), "received_at": 1, "duty": None}
                forks.append({"text": text, "verdict": verdict})
        return forks


def targets_of(op: dict[str, Json]) -> set[str]:
    """What a change may touch once (rule C-5)."""
    if op["op"] == "append":
        return {f"{op['path']}/{op['id']}/{name}" for name in ("$void", *op["value"])}
    if op["op"] in ("void", "restore"):
        return {f"{op['path']}/$void"}
    return {op["path"] if op["op"] == "set" else f"{op['path']}={op['value']!r}"}


def base_json(dots: Iterable[tuple[str, int]]) -> dict[str, Json]:
    """The base that has seen exactly these dots (rule C-1)."""
    known = set(dots)
    vector: dict[str, int] = {}
    for replica, seq in known:
        vector[replica] = max(seq, vector.get(replica, 0))
    gaps = [[r, s] for r, last in vector.items() for s in range(1, last) if (r, s) not in known]
    return {"vector": vector, "except": sorted(gaps)}

"""One path of a file: which writes are live, what it shows, what it has shown before (F-4 to F-6)."""

from __future__ import annotations

from typing import Any

from sync.folded import FoldedPath, FoldedValue, LostValue
from sync.policies import CHOICES, Candidate, Write, candidates_of, extent, holds_back
from sync.rules import FieldRule
from sync.versions import NOTHING, Base, covers, join


class Register:
    """A field under any policy but `union`.

    `overruled` covers every dot that some write here replaces. It is kept because replacing works both ways: a write
    that is folded late (accepted after its successor) finds that its successor had already seen it.
    """

    def __init__(self, path: str, rule: FieldRule) -> None:
        self.path = path
        self.rule = rule
        self.writes: list[Write] = []  # all of them, in the order of folding
        self.live: list[Write] = []
        self.overruled: Base = NOTHING
        self.last_shown: Any = None
        self._found: list[Candidate] | None = None  # the live values, while nothing changes
        self._unguarded_rank: int | None = None  # of what shows without any undecided write

    def fold_in(self, write: Write, *, contested: bool = False) -> None:
        """Take one write, in the order of folding. `contested`: it stands in a conflict that only `resolve` ends."""
        self._found = None
        covered = [other for other in self.live if covers(write.base, other.dot)]
        if write.resolves or not (contested or holds_back(self.rule, covered)):
            self.live = [other for other in self.live if not covers(write.base, other.dot)]
            self.overruled = join(self.overruled, write.base)
        self.writes.append(write)
        if not covers(self.overruled, write.dot):
            self.live.append(write)
        shown = self.shown(self.candidates())
        if shown is not None:
            self.last_shown = shown.value

    def protect(self, write: Write) -> None:
        """Show an undecided write if it is more protective than what shows without any (F-9). It replaces nothing."""
        if self._unguarded_rank is None:
            shown = self.shown(self.candidates())
            self._unguarded_rank = self.rule.rank(shown.value) if shown else len(self.rule.order) + 1
        if self.rule.rank(write.value) < self._unguarded_rank:
            self._found = None
            self.writes.append(write)
            self.live.append(write)

    def candidates(self) -> list[Candidate]:
        if self._found is None:
            self._found = candidates_of(self.live)
        return self._found

    def shown(self, candidates: list[Candidate]) -> Candidate | None:
        """The candidate that shows, None in a conflict (or when nothing is live)."""
        if len(candidates) == 1:
            return candidates[0]
        return CHOICES[self.rule.policy](candidates, self.rule) if candidates else None

    @property
    def is_written(self) -> bool:
        """Whether a write is live; where none is, the field counts as never asked (F-5)."""
        return bool(self.live)

    @property
    def is_settled(self) -> bool:
        """Whether some value shows: then the field can be hashed, exported and reasoned with."""
        return self.shown(self.candidates()) is not None

    @property
    def value(self) -> Any:
        """The value to reason with: what shows, and in a conflict what stands."""
        candidates = self.candidates()
        shown = self.shown(candidates)
        return shown.value if shown else self._standing(candidates)

    def to_json(self) -> FoldedPath:
        candidates = self.candidates()
        shown = self.shown(candidates)
        ranked = sorted(candidates, key=lambda candidate: candidate.recency, reverse=True)
        ranked.sort(key=lambda candidate: candidate is not shown)
        folded: FoldedPath = {
            "status": "conflict" if shown is None else "settled" if len(candidates) == 1 else "also",
            "value": shown.value if shown else None,
            "values": [value_json(candidate) for candidate in ranked],
            "replaced": lost_json(self.writes, self.live),
        }
        if shown is None:
            folded["stands"] = self._standing(candidates)
        return folded

    def _standing(self, candidates: list[Candidate]) -> Any:
        """In a conflict: the first by position under `once`, elsewhere what was last settled."""
        if self.rule.policy == "once":
            return candidates[0].value
        return self.last_shown


class UnionRegister:
    """A set. A remove replaces the adds of its value that its author had seen; adds replace nothing."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.writes: list[Write] = []
        self.live: list[Write] = []
        self.overruled: dict[str, Base] = {}  # by value

    def add(self, write: Write) -> None:
        self.writes.append(write)
        if not covers(self.overruled.get(write.key, NOTHING), write.dot):
            self.live.append(write)

    def remove(self, write: Write) -> None:
        """`write` carries the value to take out; it is never live itself."""
        self.overruled[write.key] = join(self.overruled.get(write.key, NOTHING), write.base)
        self.live = [other for other in self.live if other.key != write.key or not covers(write.base, other.dot)]

    @property
    def is_written(self) -> bool:
        return True  # an empty set was asked about too

    @property
    def is_settled(self) -> bool:
        return True

    @property
    def value(self) -> list[Any]:
        """The elements: integers by number, then text by code point."""
        return [candidate.value for candidate in self._ordered()]

    def to_json(self) -> FoldedPath:
        ordered = self._ordered()
        return {
            "status": "settled",
            "value": [candidate.value for candidate in ordered],
            "values": [value_json(candidate) for candidate in ordered],
            "replaced": lost_json(self.writes, self.live),
        }

    def _ordered(self) -> list[Candidate]:
        return sorted(candidates_of(self.live), key=lambda candidate: extent(candidate.value))


def value_json(candidate: Candidate, *, path: str | None = None) -> FoldedValue:
    """One live value with its dots and the most recent author of it."""
    lead = candidate.lead
    folded: FoldedValue = {
        "value": candidate.value,
        "dots": [list(dot) for dot in sorted(write.dot for write in candidate.writes)],
        "person": lead.person,
        "at": lead.at,
        "effective_at": lead.effective_at,
        "position": lead.position,
    }
    if path is not None:
        folded["path"] = path
    return folded


def lost_json(writes: list[Write], live: list[Write]) -> list[LostValue]:
    """The writes that are no longer live, in the order of folding."""
    kept = {id(write) for write in live}
    return [
        {"value": write.value, "dot": list(write.dot), "person": write.person, "at": write.at}
        for write in writes
        if id(write) not in kept
    ]

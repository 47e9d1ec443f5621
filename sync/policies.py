"""The merge policies (F-6): which of several live values of one field shows, and when an ordinary write replaces none.

Each policy is a function from at least two different values to the one that shows as `also`, or None: a conflict.
One value is settled whatever the policy says, so no function is asked about it. `union` is in `sync.registers`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sync.rules import FieldRule
from sync.versions import Base, Dot


@dataclass(slots=True)
class Write:
    """One value written to one register by one change (F-2)."""

    path: str
    value: Any
    key: str  # canonical text of the value: equal keys are one value
    dot: Dot
    base: Base
    person: str
    at: int
    effective_at: int
    position: int | None
    duty_rank: int  # 0 is the highest duty; an undecided change ranks below all
    resolves: bool

    @property
    def recency(self) -> tuple[int, str, int]:
        """Effective time, then dot: the order of `latest` (F-6). No other policy looks at a clock."""
        return (self.effective_at, *self.dot)


@dataclass(slots=True)
class Candidate:
    """One value among the live ones, with every live write of it, in the order of folding."""

    value: Any
    writes: list[Write]

    @property
    def recency(self) -> tuple[int, str, int]:
        return max(write.recency for write in self.writes)

    @property
    def lead(self) -> Write:
        """The write that stands for the value where one author and time are shown: the most recent."""
        return max(self.writes, key=lambda write: write.recency)


Choose = Callable[[Sequence[Candidate], FieldRule], Candidate | None]


def candidates_of(writes: Sequence[Write]) -> list[Candidate]:
    """Writes gathered by value (F-5), values in the order of their first write."""
    if len(writes) == 1:
        return [Candidate(writes[0].value, [writes[0]])]
    found: dict[str, Candidate] = {}
    for write in writes:
        if write.key in found:
            found[write.key].writes.append(write)
        else:
            found[write.key] = Candidate(write.value, [write])
    return list(found.values())


def choose_latest(several: Sequence[Candidate], _rule: FieldRule) -> Candidate | None:
    return max(several, key=lambda candidate: candidate.recency)


def choose_max(several: Sequence[Candidate], _rule: FieldRule) -> Candidate | None:
    return max(_comparable(several), key=lambda candidate: extent(candidate.value))


def choose_min(several: Sequence[Candidate], _rule: FieldRule) -> Candidate | None:
    return min(_comparable(several), key=lambda candidate: extent(candidate.value))


def choose_safest(several: Sequence[Candidate], rule: FieldRule) -> Candidate | None:
    safest = min(rule.rank(candidate.value) for candidate in several)
    return choose_latest([candidate for candidate in several if rule.rank(candidate.value) == safest], rule)


def choose_authority(several: Sequence[Candidate], _rule: FieldRule) -> Candidate | None:
    top = min(authority_rank(candidate) for candidate in several)
    highest = [candidate for candidate in several if authority_rank(candidate) == top]
    return highest[0] if len(highest) == 1 else None


def choose_none(_several: Sequence[Candidate], _rule: FieldRule) -> Candidate | None:
    """`review` and `once`: only a person decides between different values."""
    return None


CHOICES: dict[str, Choose] = {
    "latest": choose_latest,
    "max": choose_max,
    "min": choose_min,
    "safest": choose_safest,
    "review": choose_none,
    "authority": choose_authority,
    "once": choose_none,
}


def holds_back(rule: FieldRule, covered: Sequence[Write]) -> bool:
    """Whether an ordinary write replaces none of the live writes it covers (F-4).

    That is so where those alone are already in conflict, and always under `once`: a second number never slips in by
    being typed over the first.
    """
    if rule.policy == "once":
        return True
    several = candidates_of(covered)
    return len(several) > 1 and CHOICES[rule.policy](several, rule) is None


def extent(value: object) -> tuple[int, int, str]:
    """Order of `max` and `min`, and of a union's elements: integers by number, then text by code point."""
    if isinstance(value, int) and not isinstance(value, bool):
        return (0, value, "")
    return (1, 0, value) if isinstance(value, str) else (2, 0, "")


def authority_rank(candidate: Candidate) -> int:
    """The highest duty (lowest number) among the authors of the value."""
    return min(write.duty_rank for write in candidate.writes)


def _comparable(several: Sequence[Candidate]) -> Sequence[Candidate]:
    """An answer beats "asked, no answer"; what is neither text nor integer never wins against one that is."""
    return [candidate for candidate in several if extent(candidate.value)[0] < 2] or several

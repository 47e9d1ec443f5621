"""What a history leaves behind: its trace, its counts, what the oracles found."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sync.change import Change
from sync.simulate.mirror import FoldAsked

ORACLES: Final = (
    "unseen_overwrite",
    "resurrection",
    "lost_refused_change",
    "changed_snapshot",
    "read_outside_scope",
    "divergence",
    "language_divergence",
    "liveness",
)


@dataclass(frozen=True, slots=True)
class Saved:
    """A save as the simulator remembers it: what its author had on the screen, and what an approver approved."""

    change: Change
    body: str
    saw: frozenset[str]
    approved: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Violation:
    oracle: str
    says: str


@dataclass(slots=True)
class Outcome:
    """`trace` is everything that happened, line by line; equal seeds give equal traces."""

    seed: int
    trace: list[str] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)  # final verdicts of all saves
    saved: dict[str, Saved] = field(default_factory=dict)
    conflicts: set[tuple[str, str]] = field(default_factory=set)
    violations: list[Violation] = field(default_factory=list)
    finals: list[FoldAsked] = field(default_factory=list)  # what the files hold in the end
    folds: list[FoldAsked] = field(default_factory=list)  # what both languages are to fold

    def accuse(self, oracle: str, says: str) -> None:
        self.violations.append(Violation(oracle, says))

    @property
    def trace_hash(self) -> str:
        return hashlib.sha256("\n".join(self.trace).encode()).hexdigest()

"""Runs histories by the thousand, counts, and makes a violation small."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from sync.simulate import memo
from sync.simulate.calm import bring_calm
from sync.simulate.history import History
from sync.simulate.outcome import ORACLES, Outcome
from sync.simulate.plan import Plan, make_plan
from sync.simulate.steps import take
from sync.simulate.verdicts import judge_history

_CHUNK = 50


@dataclass(slots=True)
class Totals:
    """Sums over histories. `accused` are the seeds with violations and the first thing that was said about each."""

    histories: int = 0
    changes: int = 0
    conflicts: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    violations: Counter[str] = field(default_factory=Counter)
    accused: list[tuple[int, str, str]] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        self.histories += 1
        self.changes += len(outcome.saved)
        self.conflicts += len(outcome.conflicts)
        self.faults += outcome.faults
        self.statuses += outcome.statuses
        self.violations += Counter(violation.oracle for violation in outcome.violations)
        if outcome.violations:
            first = outcome.violations[0]
            self.accused.append((outcome.seed, first.oracle, first.says))

    def join(self, other: Totals) -> None:
        self.histories += other.histories
        self.changes += other.changes
        self.conflicts += other.conflicts
        self.faults += other.faults
        self.statuses += other.statuses
        self.violations += other.violations
        self.accused += other.accused

    def to_json(self) -> dict[str, Any]:
        return {
            "histories": self.histories,
            "changes": self.changes,
            "conflicts": self.conflicts,
            "faults": dict(sorted(self.faults.items())),
            "violations": {oracle: self.violations[oracle] for oracle in ORACLES},
        }


def run_plan(plan: Plan) -> Outcome:
    """One history, to rest and judged. A device that breaks with an error of its own is accused too."""
    history = History(plan)
    try:
        for step in plan.steps:
            take(history, step)
        bring_calm(history)
        judge_history(history)
    except Exception as error:
        history.outcome.accuse("liveness", f"broke with {type(error).__name__}: {error}")
    return history.outcome


def run_seeds(seeds: Iterable[int], devices: int) -> Totals:
    totals = Totals()
    for seed in seeds:
        with memo.quick(unless=memo.is_thorough(seed)):
            totals.add(run_plan(make_plan(seed, devices)))
    return totals


def simulate(
    histories: int, seed: int, *, devices: int, processes: int, tell: Callable[[Totals], None] = lambda _: None
) -> Totals:
    """Histories `seed`, `seed` + 1, ...; the sums do not depend on the number of processes."""
    last = seed + histories
    chunks = [(range(first, min(first + _CHUNK, last)), devices) for first in range(seed, last, _CHUNK)]
    totals = Totals()
    if processes == 1:
        for chunk in chunks:
            totals.join(run_seeds(*chunk))
            tell(totals)
        return totals
    fresh = multiprocessing.get_context(
        "spawn"
    )  # a process that breaks at its start breaks the run, and is not tried for ever
    with ProcessPoolExecutor(processes, mp_context=fresh) as pool:
        for part in pool.map(_run_chunk, chunks):
            totals.join(part)
            tell(totals)
    return totals


def _run_chunk(chunk: tuple[range, int]) -> Totals:
    return run_seeds(*chunk)


def make_small(plan: Plan, oracle: str) -> Plan:
    """The plan with as few steps as still make this oracle speak: what a person reads, and what becomes a vector."""
    steps = list(plan.steps)
    size = max(1, len(steps) // 2)
    while True:
        start = 0
        shrunk = False
        while start < len(steps):
            fewer = steps[:start] + steps[start + size :]
            found = run_plan(replace(plan, steps=tuple(fewer)))
            if any(violation.oracle == oracle for violation in found.violations):
                steps, shrunk = fewer, True
            else:
                start += size
        if size == 1 and not shrunk:
            return replace(plan, steps=tuple(steps))
        size = max(1, size // 2)


def replay(plan: Plan, oracle: str) -> list[str]:
    """Lines that tell a small history: its steps and what happened at each, the saves in full, what was accused."""
    with memo.quick():
        small = make_small(plan, oracle)
        outcome = run_plan(small)
    lines = [f"seed {plan.seed}: {len(small.steps)} of {len(plan.steps)} steps, {len(plan.people)} phones"]
    lines += [f"  {line}" for line in outcome.trace]
    lines += [f"  change {name[:12]} {saved.body}" for name, saved in outcome.saved.items()]
    return lines + [f"  ✗ {violation.oracle}: {violation.says}" for violation in outcome.violations]

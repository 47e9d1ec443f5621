"""Runs histories by the thousand, counts, and makes a violation small."""

from __future__ import annotations

import atexit
import gc
import json
import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from sync.simulate import memo
from sync.simulate.calm import bring_calm
from sync.simulate.history import History
from sync.simulate.mirror import Mirror, choose_folds, is_compared
from sync.simulate.outcome import ORACLES, Outcome
from sync.simulate.plan import Plan, make_plan
from sync.simulate.steps import take
from sync.simulate.verdicts import judge_history

CHUNK = 50


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
    phones: Counter[int] = field(default_factory=Counter)  # histories by phones at the start
    steps: int = 0
    saves: Counter[int] = field(default_factory=Counter)  # histories by saves, in tens
    thorough: int = 0  # histories with real signatures, in which nothing is remembered
    folds_compared: int = 0  # with TypeScript

    def add(self, plan: Plan, outcome: Outcome) -> None:
        self.histories += 1
        self.phones[len(plan.people)] += 1
        self.steps += len(plan.steps)
        self.saves[len(outcome.saved) // 10 * 10] += 1
        self.thorough += memo.is_thorough(plan.seed)
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
        self.phones += other.phones
        self.steps += other.steps
        self.saves += other.saves
        self.thorough += other.thorough
        self.folds_compared += other.folds_compared

    def to_json(self) -> dict[str, Any]:
        return {
            "histories": self.histories,
            "changes": self.changes,
            "conflicts": self.conflicts,
            "faults": dict(sorted(self.faults.items())),
            "violations": {oracle: self.violations[oracle] for oracle in ORACLES},
            "verdicts": dict(sorted(self.statuses.items())),
            "typescript_folds": self.folds_compared,
            "histories_by_phones": {str(count): times for count, times in sorted(self.phones.items())},
            "histories_by_saves": {f"{low}-{low + 9}": times for low, times in sorted(self.saves.items())},
            "steps": self.steps,
            "thorough": self.thorough,
        }


def run_plan(plan: Plan, mirror: Mirror | None = None) -> Outcome:
    """One history, to rest and judged. A device that breaks with an error of its own is accused too.

    `mirror`: its folds are compared with the phone's at once.
    """
    history = History(plan)
    try:
        for step in plan.steps:
            take(history, step)
        bring_calm(history)
        judge_history(history)
    except Exception as error:
        history.outcome.accuse("liveness", f"broke with {type(error).__name__}: {error}")
    outcome = history.outcome
    outcome.folds = choose_folds(outcome.finals, memo.folds_made)
    if mirror:
        mirror.ask(plan.seed, outcome.folds)
        for _, _, differing in mirror.answers():
            if differing:
                outcome.accuse(*_say_differing(differing))
    return outcome


def _say_differing(differing: int) -> tuple[str, str]:
    return "language_divergence", f"Python and TypeScript make different files of {differing} folds"


def run_seeds(seeds: Iterable[int], devices: int, mirror: Mirror | None = None) -> Totals:
    """Histories one after the other. TypeScript folds what they folded while the next ones run."""
    totals = Totals()
    with _collecting_later():
        for seed in seeds:
            _run_seed(seed, devices, mirror, totals)
    for seed, folds, differing in mirror.answers() if mirror else ():
        totals.folds_compared += folds
        if differing:
            oracle, says = _say_differing(differing)
            totals.violations[oracle] += 1
            totals.accused.append((seed, oracle, says))
    return totals


def _run_seed(seed: int, devices: int, mirror: Mirror | None, totals: Totals) -> None:
    with memo.quick(unless=memo.is_thorough(seed)):
        plan = make_plan(seed, devices)
        outcome = run_plan(plan)
        totals.add(plan, outcome)
        if mirror and is_compared(seed):
            mirror.ask(seed, outcome.folds)


@contextmanager
def _collecting_later() -> Iterator[None]:
    """Cyclic garbage is gathered once at the end: looking for it again and again takes a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    gc.freeze()
    try:
        yield
    finally:
        gc.collect()
        gc.unfreeze()
        if was_on:
            gc.enable()


@dataclass(frozen=True, slots=True)
class _Chunk:
    seeds: range
    devices: int
    compares: bool
    mutation: tuple[str, ...] = ()


def simulate(
    histories: int,
    seed: int,
    *,
    devices: int,
    processes: int,
    compares: bool = False,
    mutation: tuple[str, ...] = (),
    tell: Callable[[Totals], None] = lambda _: None,
) -> Totals:
    """Histories `seed`, `seed` + 1, ...; the sums do not depend on the number of processes. `compares`: with TypeScript."""
    last = seed + histories
    chunks = [
        _Chunk(range(first, min(first + CHUNK, last)), devices, compares, mutation)
        for first in range(seed, last, CHUNK)
    ]
    totals = Totals()
    if processes == 1:
        for chunk in chunks:
            totals.join(_run_chunk(chunk))
            tell(totals)
        _close_mirror()
        return totals
    # Spawned: a process that breaks at its start breaks the run, and is not tried for ever.
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=fresh) as pool:
        for part in pool.map(_run_chunk, chunks):
            totals.join(part)
            tell(totals)
    return totals


_mirror: Mirror | None = None


def _run_chunk(chunk: _Chunk) -> Totals:
    global _mirror  # noqa: PLW0603 - one Node process for the life of a worker
    if chunk.compares and _mirror is None:
        _mirror = Mirror(*chunk.mutation)
        atexit.register(_close_mirror)
    return run_seeds(chunk.seeds, chunk.devices, _mirror if chunk.compares else None)


def _close_mirror() -> None:
    global _mirror  # noqa: PLW0603
    if _mirror:
        _mirror.close()
    _mirror = None


def make_small(plan: Plan, oracle: str, mirror: Mirror | None = None) -> Plan:
    """The plan with as few steps as still make this oracle speak: what a person reads, and what becomes a vector."""
    steps = list(plan.steps)
    size = max(1, len(steps) // 2)
    while True:
        start = 0
        shrunk = False
        while start < len(steps):
            fewer = steps[:start] + steps[start + size :]
            found = run_plan(replace(plan, steps=tuple(fewer)), mirror)
            if any(violation.oracle == oracle for violation in found.violations):
                steps, shrunk = fewer, True
            else:
                start += size
        if size == 1 and not shrunk:
            return replace(plan, steps=tuple(steps))
        size = max(1, size // 2)


def replay(plan: Plan, oracle: str) -> list[str]:
    """Lines that tell a small history: its steps and what happened at each, the saves in full, what was accused.

    The last is the plan itself: a file with that line in `tests/simulation/replays/` is run as a vector ever after.
    """
    mirror = Mirror() if oracle == "language_divergence" else None
    with memo.quick(unless=memo.is_thorough(plan.seed)):
        small = make_small(plan, oracle, mirror)
        outcome = run_plan(small, mirror)
    if mirror:
        mirror.close()
    lines = [f"seed {plan.seed}: {len(small.steps)} of {len(plan.steps)} steps, {len(plan.people)} phones"]
    lines += [f"  {line}" for line in outcome.trace]
    lines += [f"  change {name[:12]} {saved.body}" for name, saved in outcome.saved.items()]
    lines += [f"  ✗ {violation.oracle}: {violation.says}" for violation in outcome.violations]
    return [*lines, json.dumps(small.to_json())]

"""Faults put into the engine on purpose: each must be caught by the oracle it is meant for, and by no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import sync.approvals
import sync.places
import sync.simulate.station
import sync.verdicts
from sync.device.device import Device
from sync.device.memory_store import MemoryStore
from sync.registers import Register
from sync.simulate.feed import Feed
from sync.simulate.logbook import LogBook
from sync.simulate.station import Station


@dataclass(frozen=True)
class Mutant:
    """`fault` replaces the attribute `name` of `where`; it gets the sound one."""

    oracle: str
    where: Any
    name: str
    fault: Callable[[Any], Any]


def base_at_save(save: Any) -> Any:
    """The base is taken when Save is pressed, not when the form was opened."""

    def mutant(self: Any, view: Any, ops: Any, **given: Any) -> Any:
        changes = self.store.list_changes(view.file)
        if changes:
            now = self.open_file(view.file)
            view = replace(view, base=now.base, seen=now.seen)
        return save(self, view, ops, **given)

    return mutant


def own_words_pile_up(fold_in: Any) -> Any:
    """A save does not replace what the same phone wrote before, though its author saw it."""

    def mutant(self: Register, write: Any, **given: Any) -> None:
        mine = [other for other in self.live if other.dot.replica == write.dot.replica]
        fold_in(self, write, **given)
        self.live += [other for other in mine if other not in self.live]

    return mutant


def put_away_by_itself(take_verdict: Any) -> Any:
    """A returned save leaves the tray without anyone having read why."""

    def mutant(self: Any, change_id: str, verdict: Any) -> None:
        take_verdict(self, change_id, verdict)
        held = self._changes.get(change_id)
        if held and held.own and held.status in ("returned", "declined"):
            self._changes[change_id] = held.dismiss()

    return mutant


def snapshot_follows_the_file(approval_json: Any) -> Any:
    """An approval shows what the section holds now."""

    def mutant(act: Any, standing: Any, view: Any) -> Any:
        return approval_json(act, standing, view) | {"snapshot": dict(view.fields or {})}

    return mutant


def reads_every_patch(_scopes_of: Any) -> Any:
    return lambda self, _person: set(self.scopes)


def deaf_to_later_verdicts(take_verdict: Any) -> Any:
    """A phone does not take in that someone else's waiting change was decided."""

    def mutant(self: Any, change_id: str, verdict: Any) -> None:
        held = self._changes.get(change_id)
        if held and (held.own or held.verdict is None):
            take_verdict(self, change_id, verdict)

    return mutant


def held_for_ever(_judge_held_again: Any) -> Any:
    return lambda _self, _file: None


MUTANTS = [
    Mutant("unseen_overwrite", Device, "save", base_at_save),
    Mutant("resurrection", Register, "fold_in", own_words_pile_up),
    Mutant("lost_refused_change", MemoryStore, "_take_verdict", put_away_by_itself),
    Mutant("changed_snapshot", sync.approvals, "_approval_json", snapshot_follows_the_file),
    Mutant("read_outside_scope", Station, "scopes_of", reads_every_patch),
    Mutant("divergence", MemoryStore, "_take_verdict", deaf_to_later_verdicts),
    Mutant("liveness", Station, "judge_held_again", held_for_ever),
]


def takes_the_lagging_for_told(compare: Any) -> Any:
    """A phone that lost nothing by a restart is not told of it."""

    def mutant(self: LogBook, claim: Any) -> Any:
        is_lagging = claim["epoch"] < self.epoch and all(claim["size"] <= said.agreed for said, _ in self.restarts)
        return "sound" if is_lagging else compare(self, claim)

    return mutant


def moved_without_a_word(_entered: Any) -> Any:
    return lambda self, one, account, audiences: iter(())


def another_log_by_its_dot_alone(_is_of_another_log: Any) -> Any:
    """What comes back is looked at by its own dot; what its form had shown is not asked."""

    def mutant(change: Any, _received_at: Any, state: Any, _state_of: Any) -> bool:
        here = state.known.get(change.dot)
        return bool(here and here.id != change.id)

    return mutant


def believes_every_base(_saw_what_stands: Any) -> Any:
    return lambda _change, _context: True


def nothing_forked(_forked: Any) -> Any:
    return lambda _change, _around: frozenset()


# Faults that the product had, or nearly had, and histories found: they are found again.
FOUND = [
    Mutant("unseen_overwrite", sync.simulate.station, "is_of_another_log", another_log_by_its_dot_alone),
    Mutant("unseen_overwrite", sync.verdicts, "_saw_what_stands", believes_every_base),
    Mutant("liveness", sync.places, "_forked", nothing_forked),
    Mutant("liveness", LogBook, "compare", takes_the_lagging_for_told),
    Mutant("divergence", Feed, "_entered", moved_without_a_word),
]

# The same sort of fault in the phone's own fold: file of pwa/src/sync, text, what stands there instead.
PHONE_MUTANT = ("fold.ts", "Math.min(accepted.received_at, claimed)", "claimed")


@contextmanager
def seeded(mutant: Mutant) -> Iterator[None]:
    sound = getattr(mutant.where, mutant.name)
    setattr(mutant.where, mutant.name, mutant.fault(sound))
    try:
        yield
    finally:
        setattr(mutant.where, mutant.name, sound)

"""Where files live and under which they show: what a judgement must know of it, and what an accepted transfer or merge moves.

Follows `server/intake/places.py`; the rules are the engine's (`sync.inputs`, `sync.verdicts`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sync.change import Change, files_named
from sync.inputs import FoldInput, absorbed_by, list_merges, scope_of, seen_from
from sync.simulate.kinds import KIND
from sync.verdicts import Absorbed, Known
from sync.versions import Base, Dot, dot_within

ACTS_THAT_MOVE = frozenset({"transfer", "merge", "unmerge"})
DutiesOn = Callable[[str, str, int], frozenset[str]]


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A file that the station keeps. `scope` is its home now; `survivor` the file under which it shows, empty for itself."""

    file: str
    scope: str
    origin: str
    survivor: str = ""
    accepted_place: int = 0


@dataclass(slots=True)
class FileState:
    """What the station holds of one file: every occupied dot, the accepted changes, those that wait."""

    file: str
    case: CaseFile | None = None
    known: dict[Dot, Known] = field(default_factory=dict)
    accepted: list[FoldInput] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    forks: set[str] = field(default_factory=set)

    def copy(self) -> FileState:
        return FileState(self.file, self.case, dict(self.known), list(self.accepted), list(self.held), set(self.forks))


StateOf = Callable[[str], FileState]


@dataclass(frozen=True, slots=True)
class Move:
    """A file that lives elsewhere since an entry of the log."""

    file: str
    before: str
    after: str


def find_setting(
    change: Change, state: FileState, state_of: StateOf, duties_on: DutiesOn, epoch: int
) -> dict[str, Any]:
    """Everything about other files and other patches that a judgement depends on."""
    around = list_circle([state.file, *files_named(change)], state_of)
    home = state.case.scope if state.case else change.scope
    shown = _home_shown(state, change.base, home)
    merge = change.merge
    return {
        "known": state.known if len(around) == 1 else _known_around(state.file, around),
        "accepted": state.accepted if len(around) == 1 else accepted_of(around),
        "duties_then": duties_on(change.person, shown, change.epoch) | duties_on(change.person, home, change.epoch),
        "duties_now": duties_on(change.person, home, epoch),
        "former": shown != home,
        "duties_there": duties_on(change.person, change.to, epoch) if change.to else frozenset(),
        "absorbed": _absorbed(change, state_of(merge.file), merge.base, state_of, duties_on, epoch)
        if merge
        else Absorbed(),
        "absorbed_by": (state.case.survivor or None) if state.case else None,
    }


def list_circle(files: Iterable[str], state_of: StateOf) -> list[FileState]:
    """These files and every file that they ever merged, directly or not."""
    found: dict[str, FileState] = {}
    waiting = list(files)
    while waiting:
        file = waiting.pop()
        if file not in found:
            found[file] = state_of(file)
            waiting += [item.change.merge.file for item in found[file].accepted if item.change.merge]
    return list(found.values())


def accepted_of(states: Iterable[FileState]) -> list[FoldInput]:
    return [item for state in states for item in state.accepted]


def settle(change: Change, state: FileState, state_of: StateOf) -> list[Move]:
    """Puts every file that the accepted change may have moved where it now belongs; the ones whose home is another."""
    named = [state_of(file) for file in (state.file, *([change.merge.file] if change.merge else []))]
    tops = [(one.case.survivor if one.case else "") or one.file for one in named]
    moves = []
    around = list_circle([*tops, *(one.file for one in named)], state_of)
    for one in around:
        if one.case is not None:
            survivor, home = _find_home(one, around)
            if home != one.case.scope:
                moves.append(Move(one.file, one.case.scope, home))
            one.case = replace(one.case, survivor=survivor, scope=home)
    return moves


def _find_home(state: FileState, around: Sequence[FileState]) -> tuple[str, str]:
    """The file under which one shows (empty: itself), and where it lives (D-13)."""
    top = absorbed_by(list_merges(accepted_of(around)), state.file)
    survivor = next((one for one in around if one.file == top), state)
    begun = survivor.case or state.case
    return top or "", scope_of(survivor.accepted, survivor.file) or (begun.origin if begun else "")


def _home_shown(state: FileState, base: Base | None, home: str) -> str:
    """Where a form with this base showed the file to live."""
    if state.case is None or base is None:
        return home
    return scope_of(seen_from(state.accepted, base, state.file), state.file) or state.case.origin


def _known_around(file: str, around: Sequence[FileState]) -> Mapping[Dot, Known]:
    return {dot_within(dot, one.file, file): known for one in around for dot, known in one.known.items()}


def _absorbed(
    change: Change, other: FileState, base: Base | None, state_of: StateOf, duties_on: DutiesOn, epoch: int
) -> Absorbed:
    if other.case is None:
        return Absorbed()
    home = other.case.scope
    shown = _home_shown(other, base, home)
    merges = list_merges(accepted_of(list_circle([other.case.survivor or other.file], state_of)))
    return Absorbed(
        kind=KIND,
        duties_then=duties_on(change.person, shown, change.epoch) | duties_on(change.person, home, change.epoch),
        duties_now=duties_on(change.person, home, epoch),
        by=next((merge.by for merge in merges if merge.file == other.file and merge.by != change.file), None),
    )

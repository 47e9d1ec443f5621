"""Where files live and under which they show: what a judgement must know of it, and what an accepted transfer or merge moves.

Pure; `server/intake` brings the files from its tables, the simulator from its memory. Which patch a transfer names and which
merges are live says `sync.inputs`; what follows for a change says `sync.verdicts`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol, TypeVar

from sync.change import Change, files_named
from sync.inputs import FoldInput, absorbed_by, list_merges, scope_of, seen_from
from sync.permission import ACTS_THAT_MOVE
from sync.verdicts import Absorbed, Known, list_bases
from sync.versions import Base, Dot, covers, dot_within

__all__ = [
    "ACTS_THAT_MOVE",
    "Case",
    "FileState",
    "Move",
    "Setting",
    "accepted_of",
    "find_setting",
    "list_circle",
    "settle",
]

DutiesOn = Callable[[str, str, int], frozenset[str]]  # person, scope, epoch
_NOWHERE: Final = ""


class Case(Protocol):
    """A file that the station keeps. `scope`: its home now; `survivor`: the file under which it shows, empty for itself."""

    @property
    def kind(self) -> str: ...

    @property
    def scope(self) -> str: ...

    @property
    def origin_scope(self) -> str: ...

    @property
    def survivor(self) -> str: ...


class Fork(NamedTuple):
    """A change that stands beside the chain: the dot that it names, and when it came first."""

    dot: Dot
    received_at: int


class FileState(Protocol):
    """What the station holds of one file: every occupied dot, the accepted changes, and beside them what is a fork."""

    @property
    def file(self) -> str: ...

    @property
    def row(self) -> Case | None: ...

    @property
    def known(self) -> Mapping[Dot, Known]: ...

    @property
    def accepted(self) -> Sequence[FoldInput]: ...

    @property
    def forks(self) -> Mapping[str, Fork]: ...


State = TypeVar("State", bound=FileState)


@dataclass(frozen=True)
class Setting:
    """Everything about other files and other patches that a judgement depends on."""

    known: Mapping[Dot, Known]
    accepted: Sequence[FoldInput]
    duties_then: frozenset[str]
    duties_now: frozenset[str]
    former: bool
    duties_there: frozenset[str]
    absorbed: Absorbed
    absorbed_by: str | None
    forked: frozenset[Dot]
    contested: frozenset[Dot]


@dataclass(frozen=True)
class Move:
    """A file that lives elsewhere since an entry of the log."""

    file: str
    before: str
    after: str


def find_setting(
    change: Change,
    state: State,
    state_of: Callable[[str], State],
    duties_on: DutiesOn,
    epoch: int,
    *,
    device_of: Callable[[str], str],
    is_one_log: bool,
) -> Setting:
    """What is known around a change. Most changes name no other file: then it is the file's own state.

    `device_of`: the main replica of a replica's device. `is_one_log`: the form can have shown nothing but this log, which was
    never put back (L-8), as its device showed when it sent the change (L-7).
    """
    around = list_circle([state.file, *files_named(change)], state_of)
    merge, home = change.merge, state.row.scope if state.row else change.scope
    shown = _home_shown(state, change.base, home)
    is_alone = len(around) == 1
    return Setting(
        known=state.known if is_alone else _known_around(state.file, around),
        accepted=state.accepted if is_alone else accepted_of(around),
        duties_then=duties_on(change.person, shown, change.epoch) | duties_on(change.person, home, change.epoch),
        duties_now=duties_on(change.person, home, epoch),
        former=shown != home,
        duties_there=duties_on(change.person, change.to, epoch) if change.to else frozenset(),
        absorbed=_absorbed(change, state_of(merge.file), state_of, duties_on, epoch) if merge else Absorbed(),
        absorbed_by=(state.row.survivor or None) if state.row else None,
        forked=_forked(change, around),
        contested=_contested(change, around) | (frozenset() if is_one_log else _unheard(change, around, device_of)),
    )


def is_of_another_log(change: Change, received_at: int, state: State, state_of: Callable[[str], State]) -> bool:
    """Whether what is brought back (L-11) was accepted where other changes had the dots that it names than here.

    Only a copied store and a restarted log together make that. Its own dot is another's, or what it follows is a fork, or its
    form showed, under a dot of someone else, what came before the change that has it here.
    """
    here = state.known.get(change.dot)
    if (here and here.id != change.id) or change.prev in state.forks:
        return True
    around = list_circle([state.file, *files_named(change)], state_of)
    forked, shown = _forked(change, around), list_bases(change)
    later = [
        dot_within(dot, one.file, change.file)
        for one in around
        for dot, known in one.known.items()
        if dot.replica != change.dot.replica and known.received_at > received_at
    ]
    return any(covers(base, dot) for base in shown for dot in (*forked, *later))


def list_circle(files: Iterable[str], state_of: Callable[[str], State]) -> list[State]:
    """These files and every file that they ever merged, directly or not."""
    found: dict[str, State] = {}
    waiting = list(files)
    while waiting:
        file = waiting.pop()
        if file not in found:
            found[file] = state_of(file)
            waiting += [item.change.merge.file for item in found[file].accepted if item.change.merge]
    return list(found.values())


def accepted_of(states: Iterable[FileState]) -> list[FoldInput]:
    return [item for state in states for item in state.accepted]


def settle(change: Change, state: State, state_of: Callable[[str], State]) -> list[tuple[State, str, str]]:
    """Every file that the accepted change may have moved, with the file under which it shows and its home, as they are now."""
    named = [state_of(file) for file in (state.file, *([change.merge.file] if change.merge else []))]
    tops = [(one.row.survivor if one.row else "") or one.file for one in named]
    around = list_circle([*tops, *(one.file for one in named)], state_of)
    return [(one, *find_home(one, around)) for one in around if one.row is not None]


def find_home(state: FileState, around: Sequence[FileState]) -> tuple[str, str]:
    """The file under which one shows (empty: itself), and where it lives (D-13), from the accepted changes around it."""
    top = absorbed_by(list_merges(accepted_of(around)), state.file)
    survivor = next((one for one in around if one.file == top), state)
    begun = survivor.row or state.row
    home = scope_of(survivor.accepted, survivor.file) or (begun.origin_scope if begun else _NOWHERE)
    return top or "", home


def _home_shown(state: FileState, base: Base | None, home: str) -> str:
    """Where a form with this base showed the file to live."""
    if state.row is None or base is None:
        return home
    return scope_of(seen_from(state.accepted, base, state.file), state.file) or state.row.origin_scope


def _known_around(file: str, around: Sequence[FileState]) -> dict[Dot, Known]:
    return {dot_within(dot, one.file, file): known for one in around for dot, known in one.known.items()}


def _forked(change: Change, around: Sequence[FileState]) -> frozenset[Dot]:
    """Dots that a form with them can have shown as forks only (D-9, row 3).

    Those that nothing else has; and of the author's own replica in other files all, since a form shows one's own undecided
    words there too, and which of the two it showed nobody can tell.
    """
    return frozenset(
        dot_within(fork.dot, one.file, change.file)
        for one in around
        for fork in one.forks.values()
        if fork.dot not in one.known or (one.file != change.file and fork.dot.replica == change.dot.replica)
    )


def _contested(change: Change, around: Sequence[FileState]) -> frozenset[Dot]:
    """Dots that another change had before the one that has it here: it was accepted in a log that was lost (L-11)."""
    return frozenset(
        dot_within(fork.dot, one.file, change.file)
        for one in around
        for fork in one.forks.values()
        if fork.dot in one.known and fork.received_at < one.known[fork.dot].received_at
    )


def _unheard(change: Change, around: Sequence[FileState], device_of: Callable[[str], str]) -> frozenset[Dot]:
    """Dots of other devices whose change came here after the last word that the form's device had from here.

    Such a form showed something else under them: what had the dot in a lost log, and is nowhere any more. Or its device
    fetched a file by name, without the time: then what it saw (C-1) tells.
    """
    device = device_of(change.dot.replica)
    return frozenset(
        dot_within(dot, one.file, change.file)
        for one in around
        for dot, known in one.known.items()
        if known.received_at > change.server_at and device_of(dot.replica) != device
    )


def _absorbed(
    change: Change, other: State, state_of: Callable[[str], State], duties_on: DutiesOn, epoch: int
) -> Absorbed:
    if other.row is None:
        return Absorbed()
    home = other.row.scope
    shown = _home_shown(other, change.merge.base if change.merge else None, home)
    merges = list_merges(accepted_of(list_circle([other.row.survivor or other.file], state_of)))
    return Absorbed(
        kind=other.row.kind,
        duties_then=duties_on(change.person, shown, change.epoch) | duties_on(change.person, home, change.epoch),
        duties_now=duties_on(change.person, home, epoch),
        by=next((merge.by for merge in merges if merge.file == other.file and merge.by != change.file), None),
    )

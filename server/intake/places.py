"""Where files live and under which they show: what a judgement must know of it, and what an accepted transfer or merge moves.

The rules are the engine's (`sync.inputs`, `sync.verdicts`); here are only the files they are asked about.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from server.intake.authors import Authors
from server.intake.log import FileState
from sync.change import Change, files_named
from sync.inputs import FoldInput, absorbed_by, list_merges, scope_of, seen_from
from sync.verdicts import Absorbed, Known
from sync.versions import Base, Dot, dot_within

StateOf = Callable[[str], FileState]
ACTS_THAT_MOVE = frozenset({"transfer", "merge", "unmerge"})


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


@dataclass(frozen=True)
class Move:
    """A file that lives elsewhere since an entry of the log."""

    file: str
    before: str
    after: str


def find_setting(change: Change, state: FileState, state_of: StateOf, authors: Authors) -> Setting:
    """What the server knows around a change. Most changes name no other file: then it is the file's own state."""
    around = list_circle([state.file, *files_named(change)], state_of)
    merge, home = change.merge, _home(state, change.scope)
    shown = _home_shown(state, change.base, home)
    now = authors.duties_on(change.person, home, authors.epoch)
    return Setting(
        known=state.known if len(around) == 1 else _known_around(state.file, around),
        accepted=state.accepted if len(around) == 1 else accepted_of(around),
        duties_then=authors.duties_on(change.person, shown, change.epoch)
        | authors.duties_on(change.person, home, change.epoch),
        duties_now=now,
        former=shown != home,
        duties_there=authors.duties_on(change.person, change.to, authors.epoch) if change.to else frozenset(),
        absorbed=_absorbed(change, state_of(merge.file), merge.base, state_of, authors) if merge else Absorbed(),
        absorbed_by=(state.row.survivor or None) if state.row else None,
    )


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
    tops = [(one.row.survivor if one.row else "") or one.file for one in named]
    around = list_circle([*tops, *(one.file for one in named)], state_of)
    moves: list[Move] = []
    for one in around:
        if one.row is None:
            continue
        survivor, home = find_home(one, around)
        if home != one.row.scope:
            moves.append(Move(one.file, one.row.scope, home))
        one.row.survivor, one.row.scope = survivor, home
    return moves


def find_home(state: FileState, around: Sequence[FileState]) -> tuple[str, str]:
    """The file under which one shows (empty: itself), and where it lives (D-13), from the accepted changes around it."""
    top = absorbed_by(list_merges(accepted_of(around)), state.file)
    survivor = next((one for one in around if one.file == top), state)
    begun = survivor.row or state.row
    home = scope_of(survivor.accepted, survivor.file) or (begun.origin_scope if begun else "")
    return top or "", home


def _home(state: FileState, claimed: str) -> str:
    return state.row.scope if state.row else claimed


def _home_shown(state: FileState, base: Base | None, home: str) -> str:
    """Where a form with this base showed the file to live."""
    if state.row is None or base is None:
        return home
    return scope_of(seen_from(state.accepted, base, state.file), state.file) or state.row.origin_scope


def _known_around(file: str, around: Sequence[FileState]) -> dict[Dot, Known]:
    return {dot_within(dot, one.file, file): known for one in around for dot, known in one.known.items()}


def _absorbed(change: Change, other: FileState, base: Base | None, state_of: StateOf, authors: Authors) -> Absorbed:
    if other.row is None:
        return Absorbed()
    home = other.row.scope
    shown = _home_shown(other, base, home)
    merges = list_merges(accepted_of(list_circle([other.row.survivor or other.file], state_of)))
    return Absorbed(
        kind=other.row.kind,
        duties_then=authors.duties_on(change.person, shown, change.epoch)
        | authors.duties_on(change.person, home, change.epoch),
        duties_now=authors.duties_on(change.person, home, authors.epoch),
        by=next((merge.by for merge in merges if merge.file == other.file and merge.by != change.file), None),
    )

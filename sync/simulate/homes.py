"""The simulated station's files, as `sync.places` asks for them: the same rules as the server's, on memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sync.change import Change
from sync.inputs import FoldInput
from sync.places import Fork, Move
from sync.places import settle as find_places
from sync.simulate.kinds import KIND
from sync.verdicts import Known
from sync.versions import Dot


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A file that the station keeps. `scope` is its home now; `survivor` the file under which it shows, empty for itself."""

    file: str
    scope: str
    origin_scope: str
    survivor: str = ""
    accepted_place: int = 0
    kind: str = KIND


@dataclass(slots=True)
class FileState:
    """What the station holds of one file: every occupied dot, the accepted changes, those that wait, and forks."""

    file: str
    row: CaseFile | None = None
    known: dict[Dot, Known] = field(default_factory=dict)
    accepted: list[FoldInput] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    forks: dict[str, Fork] = field(default_factory=dict)

    def copy(self) -> FileState:
        return FileState(self.file, self.row, dict(self.known), list(self.accepted), list(self.held), dict(self.forks))


def settle(change: Change, state: FileState, state_of: Callable[[str], FileState]) -> list[Move]:
    """Puts every file that the accepted change may have moved where it now belongs; the ones whose home is another."""
    moves = []
    for one, survivor, home in find_places(change, state, state_of):
        if one.row is not None:
            if home != one.row.scope:
                moves.append(Move(one.file, one.row.scope, home))
            one.row = replace(one.row, survivor=survivor, scope=home)
    return moves

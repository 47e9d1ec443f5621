"""The server's files as `sync.places` asks for them, and what it says written into their rows."""

from collections.abc import Callable

from server.intake.authors import Authors
from server.intake.log import FileState
from sync import places
from sync.change import Change
from sync.places import ACTS_THAT_MOVE, Move, Setting, accepted_of, find_home, list_circle

__all__ = ["ACTS_THAT_MOVE", "Move", "Setting", "accepted_of", "find_home", "find_setting", "list_circle", "settle"]

StateOf = Callable[[str], FileState]


def find_setting(change: Change, state: FileState, state_of: StateOf, authors: Authors, *, is_one_log: bool) -> Setting:
    """What the server knows around a change."""
    return places.find_setting(
        change,
        state,
        state_of,
        authors.duties_on,
        authors.epoch,
        device_of=authors.find_device,
        is_one_log=is_one_log,
    )


def settle(change: Change, state: FileState, state_of: StateOf) -> list[Move]:
    """Puts every file that the accepted change may have moved where it now belongs; the ones whose home is another."""
    moves: list[Move] = []
    for one, survivor, home in places.settle(change, state, state_of):
        if one.row is None:
            continue
        if home != one.row.scope:
            moves.append(Move(one.file, one.row.scope, home))
        one.row.survivor, one.row.scope = survivor, home
    return moves

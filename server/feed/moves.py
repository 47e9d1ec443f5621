"""Files that change their patch, as one reader is told: whole where they come, put away where they left.

A reader gets no word of a file that lives in no patch of its own, but the verdicts on what its person wrote in it.
"""

from dataclasses import replace

from sqlmodel import Session

from server.context import Context
from server.devices.rules import Caller
from server.intake import reading
from server.intake.reading import Entry, FileView
from server.intake.tables import FileMove


class Moves:
    """The moves of one page, for one reader. `audiences`: how far it had read before the page."""

    def __init__(
        self, session: Session, context: Context, caller: Caller, audiences: dict[str, int], entries: list[Entry]
    ) -> None:
        self._session = session
        self._context = context
        self._caller = caller
        self._audiences = audiences
        self._at: dict[int, list[FileMove]] = {}
        positions = [entry.position for entry in entries]
        for move in reading.list_moves(session, caller.station_id, positions):
            self._at.setdefault(move.position, []).append(move)
        moved = [move.file for moves in self._at.values() for move in moves]
        self._homes = reading.list_homes(
            session, caller.station_id, [*(entry.file for entry in entries), *moved]
        )  # fmt: skip

    def told(self, entry: Entry) -> Entry | None:
        """The entry as this reader may have it."""
        home = self._homes.get(entry.file)
        if home is None or home in self._caller.scopes:
            return entry
        return replace(entry, envelope=None) if entry.person_id == self._caller.person_id else None

    def entered(self, entry: Entry) -> list[tuple[FileView, list[Entry]]]:
        """Files that came to the reader with this entry; whole, unless it has read them where they were before."""
        found: list[tuple[FileView, list[Entry]]] = []
        for move in self._at.get(entry.position, []):
            home = self._homes.get(move.file)
            view = reading.find_file(self._session, self._caller.station_id, move.file)
            if view is None or home not in self._caller.scopes or move.after not in self._caller.scopes:
                continue
            if self._audiences.get(move.before, entry.position) < entry.position:
                found.append((view, []))
                continue
            whole = reading.list_whole(
                self._session, self._context.keyring, self._caller.station_id, [move.file]
            )  # fmt: skip
            found += [(view, entries) for _file, entries in whole]
        return found

    def left(self, entry: Entry) -> list[str]:
        """Files that went with this entry where the reader reads nothing."""
        return [
            move.file
            for move in self._at.get(entry.position, [])
            if move.before in self._audiences and self._homes.get(move.file) not in self._caller.scopes
        ]

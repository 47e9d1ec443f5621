"""In which files something is held that speaks of another: a merge that waits for a change of the file it names (D-7)."""

from sqlmodel import Session

from server.intake import queries
from server.intake.tables import Change


class HeldNames:
    """Read once a batch; what the batch holds itself is not in the database yet, and is noted."""

    def __init__(self, session: Session, station_id: str) -> None:
        self._session = session
        self._station_id = station_id
        self._holders: dict[str, set[str]] | None = None

    def list_holders(self, file: str) -> set[str]:
        """Files in which something is held that speaks of this one."""
        return self._read().get(file, set())

    def note(self, row: Change) -> None:
        self._add(self._read(), row.file, row.names)

    def _read(self) -> dict[str, set[str]]:
        if self._holders is None:
            self._holders = {}
            for holder, names in queries.list_held_naming(self._session, self._station_id):
                self._add(self._holders, holder, names)
        return self._holders

    @staticmethod
    def _add(holders: dict[str, set[str]], holder: str, names: str) -> None:
        for name in names.split():
            holders.setdefault(name, set()).add(holder)

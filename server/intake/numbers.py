"""Numbers of people and files that a batch writes into the blind index, and whether another household has one already."""

from sqlmodel import Session

from server.database import upsert
from server.intake import identity
from server.intake.checks import list_file_numbers, list_id_numbers
from server.intake.log import FileState
from server.intake.tables import IdentityIndex
from server.keyring.rules import Keyring
from sync.change import Change


class Numbers:
    """Those of one batch: noted as changes are accepted, written at its end."""

    def __init__(self, session: Session, keyring: Keyring, station_id: str) -> None:
        self._session = session
        self._keyring = keyring
        self._station_id = station_id
        self._noted: set[tuple[str, str]] = set()  # blind index of the number, file

    def note(self, change: Change) -> None:
        numbers = [("id_number", one) for one in list_id_numbers(change)]
        for purpose, number in [*numbers, *(("file_number", one) for one in list_file_numbers(change))]:
            self._noted.add((self._keyring.blind_index(self._station_id, purpose, number), change.file))

    def is_taken(self, number: str, state: FileState) -> bool:
        """By another household, in the log or earlier in this batch."""
        number_hash = self._keyring.blind_index(self._station_id, "file_number", number)
        shown = state.row.survivor or state.file if state.row else state.file
        holders = identity.list_holders(self._session, self._station_id, number_hash)
        return bool((holders | {file for known, file in self._noted if known == number_hash}) - {shown, state.file})

    def write(self) -> None:
        rows = [
            {"station_id": self._station_id, "number_hash": number_hash, "file": file}
            for number_hash, file in sorted(self._noted)
        ]
        if rows:
            upsert(self._session, IdentityIndex, rows, keys=["station_id", "number_hash", "file"])

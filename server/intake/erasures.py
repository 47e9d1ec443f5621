"""Whether a file was erased for good (section 17): asked for each change that comes in, so answered by one look at a key."""

from sqlmodel import Session, select

from server.erasure.tables import ErasedFile
from sync.change import Change
from sync.verdict import Reason

FILE_ERASED = "file_erased"


def is_erased(session: Session, station_id: str, file: str) -> bool:
    statement = select(ErasedFile.file).where(
        ErasedFile.station_id == station_id, ErasedFile.file == file, ErasedFile.state == "erased"
    )
    return session.exec(statement).first() is not None


def find_erased_faults(session: Session, change: Change) -> tuple[Reason, ...]:
    """Nobody merges with a file that is no more."""
    gone = change.merge is not None and is_erased(session, change.station, change.merge.file)
    return (Reason(FILE_ERASED, path="merge/file"),) if gone else ()

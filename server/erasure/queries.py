"""Statements on erased files, and those that empty a file's rows; each is bound to one station."""

from collections.abc import Sequence

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from server.attachments.tables import Attachment, Upload
from server.erasure.tables import ErasedFile
from server.feed.tables import Pack
from server.grants.tables import AccessGrant
from server.intake.tables import CaseFile, Change, FileMove, IdentityIndex, LogAudience, LogEntry
from server.keyring.tables import DataKey
from server.ledger.tables import LedgerImport
from server.readings.tables import Opening
from server.review.tables import ReviewRequest


def find(session: Session, station_id: str, file: str) -> ErasedFile | None:
    statement = select(ErasedFile).where(ErasedFile.station_id == station_id, ErasedFile.file == file)
    return session.exec(statement.with_for_update()).first()


def list_rows(session: Session, station_id: str, limit: int) -> list[ErasedFile]:
    statement = select(ErasedFile).where(ErasedFile.station_id == station_id)
    return list(session.exec(statement.order_by(col(ErasedFile.asked_at).desc(), col(ErasedFile.file)).limit(limit)))


def list_erased(session: Session, station_id: str, after: int, limit: int) -> list[ErasedFile]:
    statement = select(ErasedFile).where(
        ErasedFile.station_id == station_id, ErasedFile.state == "erased", col(ErasedFile.erased_at) > after
    )
    return list(session.exec(statement.order_by(col(ErasedFile.erased_at)).limit(limit)))


def count_erased(session: Session, station_id: str) -> int:
    return len(list_erased(session, station_id, 0, 1_000_000))


def is_merged(session: Session, station_id: str, file: str) -> bool:
    """Whether it shows in another file, or another in it."""
    own = session.get(CaseFile, (station_id, file))
    absorbed = select(CaseFile.file).where(CaseFile.station_id == station_id, CaseFile.survivor == file).limit(1)
    return bool(own and own.survivor) or session.exec(absorbed).first() is not None


def list_scopes(session: Session, station_id: str, file: str) -> set[str]:
    """Every patch in which the file ever lived: packs made there tell of it."""
    own = session.get(CaseFile, (station_id, file))
    moves = session.exec(select(FileMove).where(FileMove.station_id == station_id, FileMove.file == file)).all()
    return (
        {own.scope, own.origin_scope} | {one for move in moves for one in (move.before, move.after)} if own else set()
    )


def list_packs(session: Session, station_id: str, scopes: Sequence[str]) -> list[Pack]:
    return list(session.exec(select(Pack).where(Pack.station_id == station_id, col(Pack.scope).in_(scopes))))


def list_imports(session: Session, station_id: str) -> list[LedgerImport]:
    return list(session.exec(select(LedgerImport).where(LedgerImport.station_id == station_id)))


def list_attachments(session: Session, station_id: str, file: str) -> list[Attachment]:
    statement = select(Attachment).where(Attachment.station_id == station_id, Attachment.file == file)
    return list(session.exec(statement))


def list_uploads(session: Session, station_id: str, file: str) -> list[Upload]:
    return list(session.exec(select(Upload).where(Upload.station_id == station_id, Upload.file == file)))


def list_changes(session: Session, station_id: str, file: str) -> list[Change]:
    return list(session.exec(select(Change).where(Change.station_id == station_id, Change.file == file)))


def list_entries(session: Session, station_id: str, file: str) -> list[LogEntry]:
    return list(session.exec(select(LogEntry).where(LogEntry.station_id == station_id, LogEntry.file == file)))


def list_owners(session: Session, station_id: str) -> list[str]:
    return list(session.exec(select(DataKey.owner).where(DataKey.station_id == station_id)))


def drop_what_points_to(session: Session, station_id: str, file: str, positions: Sequence[int]) -> None:
    """Who was told, where it lived, its numbers, requests and grants about it."""
    for start in range(0, len(positions), 500):
        part = positions[start : start + 500]
        session.execute(
            delete(LogAudience).where(col(LogAudience.station_id) == station_id, col(LogAudience.position).in_(part))
        )
    for table in (FileMove, IdentityIndex, AccessGrant, ReviewRequest, CaseFile):
        session.execute(delete(table).where(col(table.station_id) == station_id, col(table.file) == file))
    session.execute(
        update(Opening)
        .where(col(Opening.station_id) == station_id, col(Opening.file) == file)
        .values(sealed_reason=None)
    )

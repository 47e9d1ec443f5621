"""Statements on ledger imports; each is bound to one station."""

from sqlmodel import Session, col, select

from server.ledger.tables import LedgerImport


def find_import(session: Session, station_id: str, import_id: str) -> LedgerImport | None:
    return session.exec(
        select(LedgerImport).where(LedgerImport.station_id == station_id, LedgerImport.import_id == import_id)
    ).first()


def find_same(session: Session, station_id: str, blind_sha256: str) -> LedgerImport | None:
    """The import of the very same file, so that its decisions are kept."""
    statement = select(LedgerImport).where(
        LedgerImport.station_id == station_id, LedgerImport.blind_sha256 == blind_sha256
    )
    return session.exec(statement.order_by(col(LedgerImport.created_at).desc()).limit(1)).first()


def list_imports(session: Session, station_id: str, limit: int) -> list[LedgerImport]:
    """Newest first."""
    statement = select(LedgerImport).where(LedgerImport.station_id == station_id)
    return list(session.exec(statement.order_by(col(LedgerImport.created_at).desc()).limit(limit)))

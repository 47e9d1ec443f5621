"""Statements on packs; each is bound to one station."""

from sqlmodel import Session, col, select

from server.feed.tables import Pack


def list_packs(session: Session, station_id: str, scope: str, limit: int) -> list[Pack]:
    """Newest first."""
    statement = select(Pack).where(Pack.station_id == station_id, Pack.scope == scope)
    return list(session.exec(statement.order_by(col(Pack.position).desc(), col(Pack.pack_id)).limit(limit)))


def find_pack(session: Session, station_id: str, pack_id: str) -> Pack | None:
    return session.exec(select(Pack).where(Pack.station_id == station_id, Pack.pack_id == pack_id)).first()

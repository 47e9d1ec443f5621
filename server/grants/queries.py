"""Statements on grants; each is bound to one station."""

from sqlmodel import Session, col, select

from server.grants.tables import AccessGrant


def find_grant(session: Session, station_id: str, grant_id: str) -> AccessGrant | None:
    return session.get(AccessGrant, (station_id, grant_id))


def list_grants(session: Session, station_id: str, person_id: str | None, limit: int) -> list[AccessGrant]:
    """Newest first; of one person or of the station."""
    statement = select(AccessGrant).where(AccessGrant.station_id == station_id)
    if person_id is not None:
        statement = statement.where(AccessGrant.person_id == person_id)
    return list(session.exec(statement.order_by(col(AccessGrant.asked_at).desc()).limit(limit)))


def list_in_force(session: Session, station_id: str, person_id: str, at: int) -> list[AccessGrant]:
    statement = select(AccessGrant).where(
        AccessGrant.station_id == station_id,
        AccessGrant.person_id == person_id,
        AccessGrant.state == "approved",
        AccessGrant.until_at > at,
    )
    return list(session.exec(statement))

"""Statements on parcels; each names one station."""

from sqlmodel import Session, col, select

from server.referrals.tables import Parcel


def find_parcel(session: Session, station_id: str, parcel_id: str) -> Parcel | None:
    return session.get(Parcel, (station_id, parcel_id))


def list_parcels(session: Session, station_id: str, direction: str, limit: int) -> list[Parcel]:
    """The newest first."""
    statement = select(Parcel).where(Parcel.station_id == station_id, Parcel.direction == direction)
    return list(session.exec(statement.order_by(col(Parcel.made_at).desc()).limit(limit)))

"""Statements on carried bundles; each is bound to one station."""

from sqlalchemy import func
from sqlmodel import Session, col, select

from server.bundles.tables import CarriedBundle


def find_bundle(session: Session, station_id: str, bundle: str, carrier: str) -> CarriedBundle | None:
    return session.get(CarriedBundle, (station_id, bundle, carrier))


def count_since(session: Session, station_id: str, carrier: str, since: int) -> tuple[int, int]:
    """How often this carrier handed something in since, and when the first of it was (`since` where nothing was)."""
    statement = select(func.sum(CarriedBundle.times), func.min(CarriedBundle.received_at)).where(
        CarriedBundle.station_id == station_id,
        CarriedBundle.carrier == carrier,
        col(CarriedBundle.received_at) > since,
    )
    times, first = session.exec(statement).one()
    return int(times or 0), int(first or since)

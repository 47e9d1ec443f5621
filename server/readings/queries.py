"""Statements on openings and on what devices were told; each is bound to one station."""

from collections.abc import Sequence

from sqlalchemy import func
from sqlmodel import Session, col, select

from server.readings.tables import Opening, ReadingDay, Told

_CHUNK = 400


def find_opening(session: Session, station_id: str, person_id: str, on: str, file: str) -> Opening | None:
    return session.get(Opening, (station_id, person_id, on, file))


def list_readers(session: Session, station_id: str, file: str, limit: int) -> list[Opening]:
    """Newest day first."""
    statement = select(Opening).where(Opening.station_id == station_id, Opening.file == file)
    newest = (col(Opening.on).desc(), col(Opening.first_at).desc(), col(Opening.person_id))
    return list(session.exec(statement.order_by(*newest).limit(limit)))


def count_opened_since(session: Session, station_id: str, person_id: str, days: Sequence[str], since: int) -> int:
    """Files first opened on these days at or after an instant."""
    statement = select(func.count()).where(
        Opening.station_id == station_id,
        Opening.person_id == person_id,
        col(Opening.on).in_(days),
        Opening.first_at >= since,
    )
    return session.exec(statement).one()


def find_day(session: Session, station_id: str, person_id: str, on: str) -> ReadingDay | None:
    return session.get(ReadingDay, (station_id, person_id, on))


def list_told(session: Session, station_id: str, replica: str, files: Sequence[str] | None = None) -> list[str]:
    """Files told to a device; of `files` only, where they are given."""
    found: list[str] = []
    statement = select(Told.file).where(Told.station_id == station_id, Told.replica == replica)
    if files is None:
        return list(session.exec(statement.order_by(col(Told.file))))
    for start in range(0, len(files), _CHUNK):
        found += session.exec(statement.where(col(Told.file).in_(files[start : start + _CHUNK])))
    return found

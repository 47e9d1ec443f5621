"""Statements on witnesses, the backup watermark, and everything that `yihu verify` reads; each is bound to one station."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel, col, func, select

from server.intake.tables import Change, LogAudience, LogEntry
from server.keyring.tables import DataKey
from server.log.tables import LogBackup, LogWitness
from server.station.tables import Counter

Row = TypeVar("Row", bound=SQLModel)
_PAGE = 500


def list_witnesses(session: Session, station_id: str) -> list[LogWitness]:
    return list(session.exec(select(LogWitness).where(LogWitness.station_id == station_id).limit(1_000)))


def find_backup(session: Session, station_id: str) -> LogBackup | None:
    return session.get(LogBackup, station_id)


def find_first_brought(session: Session, station_id: str, after: int) -> int | None:
    """The earliest position of a current verdict that devices brought back to a place beyond this one."""
    statement = (
        select(func.min(Change.position))
        .join(LogEntry, col(LogEntry.change_id) == col(Change.change_id))
        .where(
            Change.station_id == station_id,
            LogEntry.station_id == station_id,
            LogEntry.position > after,
            LogEntry.position == Change.entry,
            Change.position <= after,
        )
    )
    return session.exec(statement).one()


def find_counter(session: Session, station_id: str, name: str) -> Counter | None:
    return session.get(Counter, (station_id, name))


def page_entries(session: Session, station_id: str) -> Iterator[list[LogEntry]]:
    """Every entry in order of position, a page at a time."""
    after = -(2**53)
    while page := list(
        session.exec(
            select(LogEntry)
            .where(LogEntry.station_id == station_id, LogEntry.position > after)
            .order_by(col(LogEntry.position))
            .limit(_PAGE)
        )
    ):
        yield page
        after = page[-1].position


def list_audiences(session: Session, station_id: str, first: int, last: int) -> list[LogAudience]:
    """Who is told of the entries from `first` to `last`, both included."""
    statement = select(LogAudience).where(
        LogAudience.station_id == station_id, LogAudience.position >= first, LogAudience.position <= last
    )
    return list(session.exec(statement.order_by(col(LogAudience.position), col(LogAudience.audience))))


def list_audience_positions(session: Session, station_id: str) -> Iterator[tuple[int, str]]:
    statement = select(LogAudience.position, LogAudience.audience).where(LogAudience.station_id == station_id)
    yield from session.exec(statement)


def page_changes(session: Session, station_id: str) -> Iterator[list[Change]]:
    """Every change, file by file, a page at a time."""
    after = ("", "")
    while page := list(
        session.exec(
            select(Change)
            .where(
                Change.station_id == station_id,
                (col(Change.file) > after[0]) | ((col(Change.file) == after[0]) & (col(Change.change_id) > after[1])),
            )
            .order_by(col(Change.file), col(Change.change_id))
            .limit(_PAGE)
        )
    ):
        yield page
        after = (page[-1].file, page[-1].change_id)


def list_all(session: Session, table: type[Row], station_id: str) -> list[Row]:
    """Every row of a table that stays small enough to hold."""
    column: Any = table.__dict__["station_id"]
    return list(session.exec(select(table).where(column == station_id)))


def list_data_keys(session: Session, station_id: str, owners: Sequence[str]) -> list[DataKey]:
    return list(session.exec(select(DataKey).where(DataKey.station_id == station_id, col(DataKey.owner).in_(owners))))


def count_beyond(session: Session, station_id: str, position: int, last: int) -> int:
    """How many changes say that their verdict stands beyond a place, up to another."""
    statement = select(func.count()).where(
        Change.station_id == station_id, col(Change.entry) > position, col(Change.entry) <= last
    )
    return session.exec(statement).one()

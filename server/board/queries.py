"""Statements on the needs board; each is bound to one station."""

from sqlmodel import Session, col, select

from server.board.tables import BoardEntry, BoardReach


def find_entry(session: Session, station_id: str, entry: str) -> BoardEntry | None:
    return session.get(BoardEntry, (station_id, entry))


def list_entries(session: Session, station_id: str, limit: int) -> list[BoardEntry]:
    """Newest first."""
    statement = select(BoardEntry).where(BoardEntry.station_id == station_id)
    return list(session.exec(statement.order_by(col(BoardEntry.posted_on).desc(), col(BoardEntry.entry)).limit(limit)))


def list_of_file(session: Session, station_id: str, file: str) -> list[BoardEntry]:
    statement = select(BoardEntry).where(BoardEntry.station_id == station_id, BoardEntry.file == file)
    return list(session.exec(statement))


def get_reach(session: Session, station_id: str) -> BoardReach:
    return session.get(BoardReach, station_id) or BoardReach(station_id=station_id, position=0)

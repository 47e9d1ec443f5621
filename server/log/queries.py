"""Statements on witnesses and the backup watermark; each is bound to one station."""

from sqlmodel import Session, select

from server.log.tables import LogBackup, LogWitness


def list_witnesses(session: Session, station_id: str) -> list[LogWitness]:
    return list(session.exec(select(LogWitness).where(LogWitness.station_id == station_id).limit(1_000)))


def find_backup(session: Session, station_id: str) -> LogBackup | None:
    return session.get(LogBackup, station_id)

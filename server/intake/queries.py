"""Statements on changes, the log and files; each is bound to one station."""

from collections.abc import Sequence

from sqlmodel import Session, and_, col, func, or_, select

from server.intake.tables import CaseFile, Change, FileMove, IdentityIndex, LogAudience, LogEntry, LogRestart


def find_change(session: Session, station_id: str, change_id: str) -> Change | None:
    return session.get(Change, (station_id, change_id))


def list_changes(session: Session, station_id: str, changes: Sequence[str]) -> list[Change]:
    return list(session.exec(select(Change).where(Change.station_id == station_id, col(Change.change_id).in_(changes))))


def list_file_changes(session: Session, station_id: str, files: Sequence[str]) -> list[Change]:
    """Every change of these files that occupies its dot."""
    statement = select(Change).where(
        Change.station_id == station_id, col(Change.file).in_(files), Change.fork == ""
    )  # fmt: skip
    return list(session.exec(statement.order_by(col(Change.file), col(Change.position))))


def list_forks(session: Session, station_id: str, files: Sequence[str]) -> list[tuple[str, str, str, int, int]]:
    """File, id, dot and time of receipt of every change of these files that does not occupy its dot."""
    statement = select(  # type: ignore[call-overload]  # sqlmodel types four columns
        Change.file, Change.change_id, Change.replica, Change.seq, Change.received_at
    ).where(
        Change.station_id == station_id, col(Change.file).in_(files), Change.fork != ""
    )  # fmt: skip
    return list(session.exec(statement))


def list_told_forks(session: Session, station_id: str, files: Sequence[str]) -> list[Change]:
    """Forks of these files that wait for a person, and those that were put away: some phone may hold them as accepted."""
    statement = select(Change).where(
        Change.station_id == station_id,
        col(Change.file).in_(files),
        Change.fork != "",
        Change.act != "",
        col(Change.status).in_(("quarantined", "declined")),
    )
    return list(session.exec(statement.order_by(col(Change.file), col(Change.position))))


def count_forks(session: Session, station_id: str) -> list[tuple[str, int]]:
    """Forks by the enrolled device behind them. What could not be read (`act` empty) is no fork."""
    statement = (
        select(Change.device, func.count())
        .where(Change.station_id == station_id, Change.fork != "", Change.act != "")
        .group_by(Change.device)
    )
    return list(session.exec(statement))


def list_files_of_device(session: Session, station_id: str, device: str) -> list[str]:
    """Files to which a device, or a route key that it certified, wrote."""
    statement = select(Change.file).where(Change.station_id == station_id, Change.device == device).distinct()
    return list(session.exec(statement))


def find_first_author(session: Session, station_id: str, file: str) -> str | None:
    statement = select(Change.person_id).where(
        Change.station_id == station_id, Change.file == file, Change.status == "accepted"
    )
    return session.exec(statement.order_by(col(Change.received_at), col(Change.position)).limit(1)).first()


def find_file(session: Session, station_id: str, file: str) -> CaseFile | None:
    return session.get(CaseFile, (station_id, file))


def list_files(
    session: Session, station_id: str, *, scope: str | None, kind: str | None, after: str, limit: int
) -> list[CaseFile]:
    """Files by id, a page at a time."""
    statement = select(CaseFile).where(CaseFile.station_id == station_id, col(CaseFile.file) > after)
    if scope is not None:
        statement = statement.where(CaseFile.scope == scope)
    if kind is not None:
        statement = statement.where(CaseFile.kind == kind)
    return list(session.exec(statement.order_by(col(CaseFile.file)).limit(limit)))


def list_case_files(session: Session, station_id: str, files: Sequence[str]) -> list[CaseFile]:
    return list(session.exec(select(CaseFile).where(CaseFile.station_id == station_id, col(CaseFile.file).in_(files))))


def find_entry(session: Session, station_id: str, position: int) -> LogEntry | None:
    return session.get(LogEntry, (station_id, position))


def list_entries(session: Session, station_id: str, positions: Sequence[int]) -> list[LogEntry]:
    return list(
        session.exec(
            select(LogEntry).where(LogEntry.station_id == station_id, col(LogEntry.position).in_(positions))
        )  # fmt: skip
    )


def list_positions(session: Session, station_id: str, audience: str, after: int, limit: int) -> list[int]:
    """Positions that an audience reads, by key, oldest first."""
    statement = select(LogAudience.position).where(
        LogAudience.station_id == station_id, LogAudience.audience == audience, LogAudience.position > after
    )
    return list(session.exec(statement.order_by(col(LogAudience.position)).limit(limit)))


def list_waiting(
    session: Session, station_id: str, statuses: Sequence[str], scopes: Sequence[str], after: int, limit: int
) -> list[tuple[Change, CaseFile]]:
    """Changes with these statuses on which these scopes decide, and the files they are about, oldest verdict first."""
    statement = (
        select(Change, CaseFile)
        .join(CaseFile, (col(CaseFile.station_id) == Change.station_id) & (col(CaseFile.file) == Change.file))
        .where(
            Change.station_id == station_id,
            CaseFile.station_id == station_id,
            or_(and_(Change.asks == "", col(CaseFile.scope).in_(scopes)), col(Change.asks).in_(scopes)),
            col(Change.status).in_(statuses),
            Change.position > after,
        )
        .order_by(col(Change.position))
        .limit(limit)
    )
    return [(change, file) for change, file in session.exec(statement)]


def list_held(session: Session, station_id: str, limit: int) -> list[Change]:
    statement = select(Change).where(Change.station_id == station_id, Change.status == "held")
    return list(session.exec(statement.order_by(col(Change.position)).limit(limit)))


def list_held_naming(session: Session, station_id: str) -> list[tuple[str, str]]:
    """File and named files of every held change that speaks of other files than its own."""
    statement = select(Change.file, Change.names).where(
        Change.station_id == station_id, Change.status == "held", Change.names != ""
    )
    return list(session.exec(statement))


def list_moves(session: Session, station_id: str, positions: Sequence[int]) -> list[FileMove]:
    """Files that moved at these entries of the log."""
    if not positions:
        return []
    statement = select(FileMove).where(FileMove.station_id == station_id, col(FileMove.position).in_(positions))
    return list(session.exec(statement.order_by(col(FileMove.position), col(FileMove.file))))


def list_moved_from(session: Session, station_id: str, scope: str, after: int) -> list[str]:
    """Files that left the scope beyond a place in the log."""
    statement = select(FileMove.file).where(
        FileMove.station_id == station_id, FileMove.before == scope, FileMove.position > after
    )
    return list(session.exec(statement.distinct()))


def list_of_device(session: Session, station_id: str, device: str, statuses: Sequence[str], limit: int) -> list[Change]:
    """Readable changes of a device with these statuses, the latest first."""
    statement = select(Change).where(
        Change.station_id == station_id,
        Change.device == device,
        Change.act != "",
        col(Change.status).in_(statuses),
    )
    return list(session.exec(statement.order_by(col(Change.position).desc()).limit(limit)))


def list_number_files(session: Session, station_id: str, number_hash: str, limit: int) -> list[str]:
    statement = select(IdentityIndex.file).where(
        IdentityIndex.station_id == station_id, IdentityIndex.number_hash == number_hash
    )
    return list(session.exec(statement.limit(limit)))


def list_nodes(session: Session, station_id: str, positions: Sequence[int]) -> list[tuple[int, bytes]]:
    """Position and tree nodes of these entries."""
    if not positions:
        return []
    statement = select(LogEntry.position, LogEntry.nodes).where(
        LogEntry.station_id == station_id, col(LogEntry.position).in_(positions)
    )
    return list(session.exec(statement))


def list_restarts(session: Session, station_id: str) -> list[LogRestart]:
    statement = select(LogRestart).where(LogRestart.station_id == station_id)
    return list(session.exec(statement.order_by(col(LogRestart.epoch))))


def list_accepted(session: Session, station_id: str, files: Sequence[str]) -> list[tuple[str, str, int]]:
    """File, change and position of every accepted change of these files."""
    statement = select(Change.file, Change.change_id, Change.position).where(
        Change.station_id == station_id, col(Change.file).in_(files), Change.status == "accepted"
    )
    return list(session.exec(statement))

"""Statements on a station, its patches, villages and counters."""

from sqlmodel import Session, col, select

from server.station.tables import Counter, LocalSheet, Patch, Station, Village


def find_station(session: Session, station_id: str) -> Station | None:
    return session.get(Station, station_id)


def list_station_ids(session: Session, limit: int) -> list[str]:
    return list(session.exec(select(Station.station_id).order_by(col(Station.created_at)).limit(limit)))


def list_patches(session: Session, station_id: str, limit: int) -> list[Patch]:
    """Patches of villages; the drawers beside them are none."""
    statement = select(Patch).where(Patch.station_id == station_id, Patch.restricts == "")
    return list(session.exec(statement.order_by(col(Patch.listed)).limit(limit)))


def list_drawers(session: Session, station_id: str) -> list[Patch]:
    return list(session.exec(select(Patch).where(Patch.station_id == station_id, Patch.restricts != "")))


def list_villages(session: Session, station_id: str, limit: int) -> list[Village]:
    return list(
        session.exec(select(Village).where(Village.station_id == station_id).order_by(col(Village.listed)).limit(limit))
    )


def get_counter(session: Session, station_id: str, name: str, *, lock: bool) -> Counter:
    statement = select(Counter).where(Counter.station_id == station_id, Counter.name == name)
    return session.exec(statement.with_for_update() if lock else statement).one()


def list_sheets(session: Session, station_id: str, limit: int) -> list[LocalSheet]:
    """Every version of every sheet but the warnings, a sheet's newest last."""
    statement = select(LocalSheet).where(LocalSheet.station_id == station_id, LocalSheet.kind != "warning")
    return list(session.exec(statement.order_by(col(LocalSheet.name), col(LocalSheet.number)).limit(limit)))


def list_warnings(session: Session, station_id: str, limit: int) -> list[LocalSheet]:
    """Every version of every warning, a warning's newest last; where there are too many, the newest of all."""
    statement = select(LocalSheet).where(LocalSheet.station_id == station_id, LocalSheet.kind == "warning")
    rows = list(session.exec(statement.order_by(col(LocalSheet.written_at).desc()).limit(limit)))
    return sorted(rows, key=lambda row: (row.name, row.number))

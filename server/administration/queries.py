"""Statements on administrators, recoveries and stand-ins; each is bound to one station."""

from sqlmodel import Session, col, select

from server.administration.tables import AdminRole, Recovery, StandIn


def find_role(session: Session, station_id: str, person_id: str) -> AdminRole | None:
    return session.get(AdminRole, (station_id, person_id))


def list_roles(session: Session, station_id: str) -> list[AdminRole]:
    return list(session.exec(select(AdminRole).where(AdminRole.station_id == station_id)))


def find_recovery(session: Session, station_id: str, recovery_id: str) -> Recovery | None:
    statement = select(Recovery).where(Recovery.station_id == station_id, Recovery.recovery_id == recovery_id)
    return session.exec(statement.with_for_update()).first()


def list_recoveries(session: Session, station_id: str, limit: int) -> list[Recovery]:
    statement = select(Recovery).where(Recovery.station_id == station_id)
    return list(session.exec(statement.order_by(col(Recovery.asked_at).desc()).limit(limit)))


def find_stand_in(session: Session, station_id: str, stand_in_id: str) -> StandIn | None:
    return session.get(StandIn, (station_id, stand_in_id))


def list_stand_ins(session: Session, station_id: str, limit: int) -> list[StandIn]:
    statement = select(StandIn).where(StandIn.station_id == station_id)
    return list(session.exec(statement.order_by(col(StandIn.from_at).desc()).limit(limit)))


def list_open_stand_ins(session: Session, station_id: str) -> list[StandIn]:
    """Planned and running ones, the earliest first."""
    statement = select(StandIn).where(StandIn.station_id == station_id, col(StandIn.state).in_(("planned", "running")))
    return list(session.exec(statement.order_by(col(StandIn.from_at), col(StandIn.stand_in_id))))

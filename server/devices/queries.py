"""Statements on replicas, sessions, challenges, shares and certificates; each is bound to one station."""

from collections.abc import Sequence

from sqlalchemy import delete
from sqlmodel import Session, col, select

from server.devices.tables import Challenge, DeviceSession, Replica, ReplicaDirectory, RouteReplica, VaultShare


def find_replica(session: Session, station_id: str, replica: str) -> Replica | None:
    return session.get(Replica, (station_id, replica))


def find_station_of(session: Session, replica: str) -> str | None:
    row = session.exec(select(ReplicaDirectory).where(ReplicaDirectory.replica == replica)).first()
    return row.station_id if row else None


def list_replicas(session: Session, station_id: str, limit: int, person_id: str | None = None) -> list[Replica]:
    statement = select(Replica).where(Replica.station_id == station_id)
    if person_id is not None:
        statement = statement.where(Replica.person_id == person_id)
    return list(session.exec(statement.order_by(col(Replica.enrolled_at), col(Replica.replica)).limit(limit)))


def list_named_replicas(session: Session, station_id: str, replicas: Sequence[str]) -> list[Replica]:
    return list(
        session.exec(select(Replica).where(Replica.station_id == station_id, col(Replica.replica).in_(replicas)))
    )


def find_session(session: Session, station_id: str, token_hash: str) -> DeviceSession | None:
    return session.get(DeviceSession, (station_id, token_hash))


def list_sessions(session: Session, station_id: str, replica: str) -> list[DeviceSession]:
    return list(
        session.exec(
            select(DeviceSession).where(DeviceSession.station_id == station_id, DeviceSession.replica == replica)
        )
    )


def delete_sessions(session: Session, station_id: str, replica: str, kind: str | None = None) -> None:
    statement = delete(DeviceSession).where(
        col(DeviceSession.station_id) == station_id, col(DeviceSession.replica) == replica
    )
    if kind is not None:
        statement = statement.where(col(DeviceSession.kind) == kind)
    session.execute(statement)


def delete_session(session: Session, station_id: str, token_hash: str) -> None:
    session.execute(
        delete(DeviceSession).where(
            col(DeviceSession.station_id) == station_id, col(DeviceSession.token_hash) == token_hash
        )
    )


def find_challenge(session: Session, station_id: str, nonce_hash: str) -> Challenge | None:
    """A nonce that was used. Two sessions at once under one nonce make the same key, and the second fails."""
    return session.get(Challenge, (station_id, nonce_hash))


def delete_expired_challenges(session: Session, station_id: str, now: int) -> None:
    session.execute(delete(Challenge).where(col(Challenge.station_id) == station_id, col(Challenge.expires_at) <= now))


def find_share(session: Session, station_id: str, replica: str) -> VaultShare | None:
    statement = select(VaultShare).where(VaultShare.station_id == station_id, VaultShare.replica == replica)
    return session.exec(statement.with_for_update()).first()


def find_route_replica(session: Session, station_id: str, replica: str) -> RouteReplica | None:
    return session.get(RouteReplica, (station_id, replica))

"""The audit record: who enrolled, opened, revoked, decided. Signed changes have their own log and are not repeated here.

Each entry holds the hash of the one before, so that a row altered, removed or slipped in by hand is found and named.
Entries hold ids and counts, never a value that someone typed.
"""

import hashlib
import logging
from collections.abc import Collection

from sqlmodel import Session, col, select

from server.audit.tables import AuditEntry
from server.station import rules as stations

LOG = logging.getLogger("yihu.audit")


def record(
    session: Session,
    station_id: str,
    event: str,
    now: int,
    *,
    person_id: str | None = None,
    replica: str | None = None,
    about: str = "",
) -> None:
    """Adds an entry in the transaction of what it records: neither exists without the other."""
    counter = stations.lock_counter(session, station_id, stations.AUDIT_COUNTER)
    before = _find(session, station_id, counter.value)
    entry = AuditEntry(
        station_id=station_id, position=counter.value + 1, at=now, event=event, person_id=person_id, replica=replica,
        about=about, chain="",
    )  # fmt: skip
    entry.chain = _chain(before.chain if before else "", entry)
    counter.value = entry.position
    session.add(entry)
    session.add(counter)
    session.flush()


def list_entries(session: Session, station_id: str, after: int, limit: int) -> list[AuditEntry]:
    statement = select(AuditEntry).where(AuditEntry.station_id == station_id, AuditEntry.position > after)
    return list(session.exec(statement.order_by(col(AuditEntry.position)).limit(limit)))


def list_events(session: Session, station_id: str, events: Collection[str], since: int, limit: int) -> list[AuditEntry]:
    """Entries of these kinds, newest first."""
    statement = select(AuditEntry).where(
        AuditEntry.station_id == station_id, col(AuditEntry.event).in_(events), AuditEntry.at >= since
    )
    return list(session.exec(statement.order_by(col(AuditEntry.position).desc()).limit(limit)))


def find_entry(session: Session, station_id: str, position: int) -> AuditEntry | None:
    return _find(session, station_id, position)


def find_break(session: Session, station_id: str) -> int | None:
    """The first position at which the record was tampered with, or None where it is whole."""
    position, chain = 0, ""
    while page := list_entries(session, station_id, position, 500):
        for entry in page:
            if entry.position != position + 1 or entry.chain != _chain(chain, entry):
                return position + 1
            position, chain = entry.position, entry.chain
    last = stations.get_audit_position(session, station_id)
    return None if position == last else position + 1


def _find(session: Session, station_id: str, position: int) -> AuditEntry | None:
    return session.exec(
        select(AuditEntry).where(AuditEntry.station_id == station_id, AuditEntry.position == position)
    ).first()


def _chain(before: str, entry: AuditEntry) -> str:
    fields = (entry.position, entry.at, entry.event, entry.person_id, entry.replica, entry.about)
    return hashlib.sha256("\n".join([before, *map(str, fields)]).encode()).hexdigest()

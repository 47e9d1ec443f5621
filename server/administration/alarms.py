"""Alarms on the screens of those who answer for a patch: too much read, a minor's file opened without a grant, a takeover.

An alarm stands until a deputy or head has looked at it; that too is on record. Nothing here stops anybody: it makes seen.
"""

from dataclasses import dataclass

from sqlmodel import Session

from server.accounts import rules as accounts
from server.audit import rules as audit
from server.audit.tables import AuditEntry
from server.context import Context
from server.devices.rules import Caller
from server.errors import YihuError
from server.intake import reading

# About the whole station: every deputy and head sees them.
STATION = frozenset(
    {"recovery_asked", "recovery_confirmed", "appointed_system", "appointed_security", "appointed_audit"}
)
READING = "reading_alarm"
MINOR = "minor_without_grant"
SEEN = "alarm_seen"
DAYS = 90
_DAY_MS = 86_400_000


@dataclass(frozen=True)
class Alarm:
    position: int
    at: int
    event: str
    person_id: str | None
    replica: str | None
    about: str
    seen_by: str | None
    seen_at: int | None


def list_alarms(session: Session, context: Context, caller: Caller) -> list[Alarm]:
    """Those of the last ninety days that concern the caller's patches, newest first. Never one about the caller."""
    since, limit = context.now() - DAYS * _DAY_MS, context.settings.list_rows_max
    found = audit.list_events(session, caller.station_id, {*STATION, READING, MINOR}, since, limit)
    seen = {entry.about: entry for entry in audit.list_events(session, caller.station_id, {SEEN}, since, limit * 2)}
    return [
        Alarm(
            entry.position,
            entry.at,
            entry.event,
            entry.person_id,
            entry.replica,
            entry.about,
            seen[str(entry.position)].person_id if str(entry.position) in seen else None,
            seen[str(entry.position)].at if str(entry.position) in seen else None,
        )  # fmt: skip
        for entry in found
        if _concerns(session, caller, entry)
    ]


def note_seen(session: Session, context: Context, caller: Caller, position: int) -> None:
    """Somebody who answers for it has looked. Safe to repeat: the first stays on record."""
    entry = audit.find_entry(session, caller.station_id, position)
    if entry is None or entry.event not in {*STATION, READING, MINOR} or not _concerns(session, caller, entry):
        raise YihuError("not_found", field="position")
    known = audit.list_events(session, caller.station_id, {SEEN}, entry.at, context.settings.list_rows_max * 2)
    if not any(one.about == str(position) for one in known):
        audit.record(
            session, caller.station_id, SEEN, context.now(), person_id=caller.person_id, replica=caller.replica,
            about=str(position),
        )  # fmt: skip


def _concerns(session: Session, caller: Caller, entry: AuditEntry) -> bool:
    if entry.event in STATION:
        return True
    if entry.person_id == caller.person_id:
        return False  # four eyes: one's own openings are looked at by somebody else
    if entry.event == MINOR:
        view = reading.find_file(session, caller.station_id, entry.about)
        return view is not None and caller.has_duty("deputy", "head", scope=view.scope)
    theirs = accounts.list_duties(session, caller.station_id, entry.person_id or "", caller.epoch)
    return caller.has_duty("head") or any(caller.has_duty("deputy", scope=held.scope) for held in theirs)

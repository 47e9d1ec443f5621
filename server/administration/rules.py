"""Three administrators, never one person: `system` (machines, codes), `security` (duties, recovery), `audit` (the record).

An administrator holds no duty on any file and reads none. Appointed by the operator's command, so that nobody inside the app
makes themselves one. What each may do is in the routes; here is who is who, and what only two can do together.
"""

from dataclasses import dataclass
from typing import Literal

from sqlmodel import Session

from server import crypto
from server.accounts import rules as accounts
from server.accounts.rules import DutyOn
from server.administration import queries
from server.administration.tables import AdminRole, Recovery
from server.audit import rules as audit
from server.context import Context
from server.devices.rules import Caller
from server.errors import YihuError
from server.keyring.rules import Keyring, Place
from server.station import rules as stations

Role = Literal["system", "security", "audit"]
ROLES: tuple[Role, ...] = ("system", "security", "audit")
_RECOVERERS = ("system", "security")
_RECOVERY_HOURS = 72
_HOUR_MS = 3_600_000


@dataclass(frozen=True)
class RecoveryView:
    recovery_id: str
    person_id: str
    duty: str
    reason: str
    asked_by: str
    asked_at: int
    expires_at: int
    confirmed_by: str | None
    confirmed_at: int | None


def find_role(session: Session, station_id: str, person_id: str) -> str | None:
    row = queries.find_role(session, station_id, person_id)
    return row.role if row else None


def has_role(session: Session, station_id: str, role: Role) -> bool:
    """Does anybody hold it?"""
    return any(row.role == role for row in queries.list_roles(session, station_id))


def list_roles(session: Session, station_id: str) -> dict[str, str]:
    """Who is which administrator, by person."""
    return {row.person_id: row.role for row in queries.list_roles(session, station_id)}


def appoint(session: Session, station_id: str, person_id: str, role: Role, now: int) -> None:
    """Makes a person an administrator. Raises `roles_apart` for someone who is one already or holds a duty on files."""
    if not accounts.is_active(session, station_id, person_id):
        raise YihuError("not_found", field="person_id")
    held = queries.find_role(session, station_id, person_id)
    if held is not None and held.role == role:
        return
    epoch = stations.get_epoch(session, station_id)
    if held is not None or accounts.list_duties(session, station_id, person_id, epoch):
        raise YihuError("roles_apart", field="person_id")
    session.add(AdminRole(station_id=station_id, person_id=person_id, role=role, since=now))
    audit.record(session, station_id, f"appointed_{role}", now, about=person_id)


def dismiss(session: Session, station_id: str, person_id: str, now: int) -> None:
    """Ends an administrator's role. Safe to repeat."""
    row = queries.find_role(session, station_id, person_id)
    if row is not None:
        session.delete(row)
        audit.record(session, station_id, f"dismissed_{row.role}", now, about=person_id)


def check_apart(session: Session, station_id: str, person_id: str) -> None:
    """Raises `roles_apart` where a duty on files is about to go to an administrator."""
    if queries.find_role(session, station_id, person_id) is not None:
        raise YihuError("roles_apart", field="person_id")


def ask_recovery(
    session: Session, context: Context, caller: Caller, person_id: str, duty: str, reason: str
) -> RecoveryView:
    """The first half: one administrator names who shall take over. Nothing changes by it."""
    _check_recoverer(session, caller)
    station_id, now = caller.station_id, context.now()
    if not accounts.is_active(session, station_id, person_id):
        raise YihuError("not_found", field="person_id")
    check_apart(session, station_id, person_id)
    recovery_id = crypto.make_id()
    row = Recovery(
        station_id=station_id, recovery_id=recovery_id, person_id=person_id, duty=duty, asked_by=caller.person_id,
        asked_at=now, expires_at=now + _RECOVERY_HOURS * _HOUR_MS,
        sealed_reason=context.keyring.seal_text(session, _place(station_id, recovery_id), reason),
    )  # fmt: skip
    session.add(row)
    audit.record(
        session, station_id, "recovery_asked", now, person_id=caller.person_id, replica=caller.replica, about=person_id
    )
    return _view(session, context.keyring, row)


def confirm_recovery(session: Session, context: Context, caller: Caller, recovery_id: str) -> tuple[str, int]:
    """The second half, by an administrator of the other kind: the duty on every patch, and a code to enrol with."""
    _check_recoverer(session, caller)
    station_id, now = caller.station_id, context.now()
    row = queries.find_recovery(session, station_id, recovery_id)
    if row is None:
        raise YihuError("not_found", field="recovery_id")
    if row.confirmed_at is not None or row.expires_at <= now:
        raise YihuError("conflict")
    first, second = (find_role(session, station_id, one) for one in (row.asked_by, caller.person_id))
    if caller.person_id == row.asked_by or first == second or first not in _RECOVERERS:
        raise YihuError("two_needed")
    check_apart(session, station_id, row.person_id)
    row.confirmed_by, row.confirmed_at = caller.person_id, now
    session.add(row)
    held = accounts.list_duties(session, station_id, row.person_id, stations.get_epoch(session, station_id))
    added = [DutyOn(row.duty, scope) for scope in stations.list_scopes(session, station_id)]
    stations.change_duties(session, station_id, row.person_id, [*dict.fromkeys([*held, *added])])
    audit.record(
        session, station_id, "recovery_confirmed", now, person_id=caller.person_id, replica=caller.replica,
        about=row.person_id,
    )  # fmt: skip
    return accounts.issue_code(
        session, context.keyring, context.settings, station_id, row.person_id, caller.person_id, now
    )  # fmt: skip


def list_recoveries(session: Session, keyring: Keyring, station_id: str, limit: int) -> list[RecoveryView]:
    """For everyone of the station: a recovery behind the station's back would be a break-in."""
    return [_view(session, keyring, row) for row in queries.list_recoveries(session, station_id, limit)]


def _check_recoverer(session: Session, caller: Caller) -> None:
    if find_role(session, caller.station_id, caller.person_id) not in _RECOVERERS:
        raise YihuError("not_allowed")


def _view(session: Session, keyring: Keyring, row: Recovery) -> RecoveryView:
    reason = keyring.open_text(session, _place(row.station_id, row.recovery_id), row.sealed_reason)
    return RecoveryView(
        row.recovery_id, row.person_id, row.duty, reason, row.asked_by, row.asked_at, row.expires_at, row.confirmed_by,
        row.confirmed_at,
    )  # fmt: skip


def _place(station_id: str, recovery_id: str) -> Place:
    return Place(station_id, station_id, "recovery", recovery_id, "sealed_reason")

"""Accounts with an end: a person who works here for a time, or no longer. What ends: duties, devices, an administrator's role.

Their devices are revoked, so that they send what they recorded and then wipe themselves; what arrives late waits for a deputy.
"""

from sqlmodel import Session

from server.accounts import rules as accounts
from server.administration import rules
from server.audit import rules as audit
from server.context import Context
from server.devices import rules as devices
from server.devices.rules import Caller
from server.errors import YihuError
from server.station import rules as stations

YEARS_MAX = 10
_YEAR_MS = 366 * 86_400_000


def set_end(session: Session, context: Context, caller: Caller, person_id: str, until_at: int | None) -> None:
    """The account ends then (an instant that is past: now), or never. By a head, a deputy for workers of hers, or the security administrator."""
    station_id, now = caller.station_id, context.now()
    if not accounts.is_active(session, station_id, person_id):
        raise YihuError("not_found", field="person_id")
    if until_at is not None and until_at > now + YEARS_MAX * _YEAR_MS:
        raise YihuError("invalid_value", field="until_at")
    _check_rights(session, caller, person_id)
    accounts.set_end(session, station_id, person_id, until_at)
    audit.record(
        session, station_id, "account_end_set", now, person_id=caller.person_id, replica=caller.replica, about=person_id
    )  # fmt: skip


def end_due(session: Session, station_id: str, now: int) -> None:
    """Ends every account whose time has come. Safe to repeat."""
    for person_id, until_at in accounts.list_ending(session, station_id):
        if until_at > now:
            return
        if accounts.list_duties(session, station_id, person_id, stations.get_epoch(session, station_id)):
            stations.change_duties(session, station_id, person_id, [])
        rules.dismiss(session, station_id, person_id, now)
        devices.revoke_all(session, station_id, person_id, None, now)
        accounts.disable(session, station_id, person_id, now)
        audit.record(session, station_id, "account_ended", now, about=person_id)


def next_end(session: Session, station_id: str) -> int | None:
    return next((until_at for _person, until_at in accounts.list_ending(session, station_id)), None)


def _check_rights(session: Session, caller: Caller, person_id: str) -> None:
    """Nobody ends their own account: a station must not lose whoever is able to act by a slip."""
    if person_id == caller.person_id:
        raise YihuError("not_allowed", field="person_id")
    if rules.find_role(session, caller.station_id, caller.person_id) == "security":
        return
    theirs = accounts.list_duties(session, caller.station_id, person_id, caller.epoch)
    is_administrator = rules.find_role(session, caller.station_id, person_id) is not None
    as_deputy = bool(theirs) and all(
        held.duty == "worker" and caller.has_duty("deputy", scope=held.scope) for held in theirs
    )
    if is_administrator or not (caller.has_duty("head") or as_deputy):
        raise YihuError("not_allowed", field="person_id")

"""Grants for minors' files: asked for with a reason and an end, decided by a deputy of the patch, never by oneself.

A grant does not open what a duty does not: it is the approval that the law asks for beside the duty. Who opens a minor's
file without one is not stopped (a child may be in danger), but is on record and alarmed. Whoever wrote the first change of a file
found the child, and stays approved until a deputy decides.
"""

from dataclasses import dataclass

from sqlmodel import Session

from server import crypto
from server.accounts import rules as accounts
from server.audit import rules as audit
from server.context import Context
from server.devices.rules import Caller
from server.errors import YihuError
from server.grants import queries
from server.grants.minors import find_minors
from server.grants.tables import AccessGrant
from server.intake import reading
from server.keyring.rules import Keyring, Place
from server.station import rules as stations

DAYS_MAX = 366
_DAY_MS = 86_400_000


@dataclass(frozen=True)
class GrantView:
    grant_id: str
    person_id: str
    file: str | None
    scope: str | None
    reason: str
    asked_at: int
    until_at: int
    state: str
    decided_by: str | None
    decided_at: int | None


def ask(
    session: Session,
    context: Context,
    caller: Caller,
    *,
    file: str | None,
    scope: str | None,
    reason: str,
    until_at: int,
) -> GrantView:
    """Asks for a grant on a file or a patch of one's own."""
    now, station_id = context.now(), caller.station_id
    if (file is None) == (scope is None):
        raise YihuError("invalid_value", field="file")
    if not now < until_at <= now + DAYS_MAX * _DAY_MS:
        raise YihuError("invalid_value", field="until_at")
    if _scope_of(session, station_id, file, scope) not in caller.scopes:
        raise YihuError("not_found", field="file" if file else "scope")
    grant_id = crypto.make_id()
    row = AccessGrant(
        station_id=station_id, grant_id=grant_id, person_id=caller.person_id, file=file, scope=scope, asked_at=now,
        until_at=until_at, sealed_reason=context.keyring.seal_text(session, _place(station_id, grant_id), reason),
    )  # fmt: skip
    session.add(row)
    _record(session, context, caller, "grant_asked", grant_id)
    return _view(session, context.keyring, row)


def approve_at_founding(session: Session, context: Context, station_id: str, reason: str) -> None:
    """Leave for a year for everyone on the patches of their duties, approved by whoever founds the station."""
    now, epoch = context.now(), stations.get_epoch(session, station_id)
    for person in accounts.list_people(session, context.keyring, station_id, epoch, 10_000):
        for scope in dict.fromkeys(held.scope for held in person.duties):
            grant_id = crypto.make_id()
            row = AccessGrant(
                station_id=station_id, grant_id=grant_id, person_id=person.person_id, file=None, scope=scope, asked_at=now,
                until_at=now + (DAYS_MAX - 1) * _DAY_MS, state="approved", decided_at=now,
                sealed_reason=context.keyring.seal_text(session, _place(station_id, grant_id), reason),
            )  # fmt: skip
            session.add(row)
            audit.record(session, station_id, "grant_approved", now, about=grant_id)


def decide(session: Session, context: Context, caller: Caller, grant_id: str, *, is_approved: bool) -> GrantView:
    """A deputy or head of the patch approves, declines, or ends an approved grant by declining it."""
    row = queries.find_grant(session, caller.station_id, grant_id)
    scope = _scope_of(session, caller.station_id, row.file, row.scope) if row else None
    if row is None or scope is None or not caller.has_duty("deputy", "head", scope=scope):
        raise YihuError("not_found", field="grant_id")
    if row.person_id == caller.person_id and not stations.get_terms(session, caller.station_id).is_single_post:
        raise YihuError("not_allowed", field="grant_id")
    if row.state in ("declined", "ended") or (row.state == "approved" and is_approved):
        raise YihuError("conflict")
    row.state = "approved" if is_approved else "ended" if row.state == "approved" else "declined"
    row.decided_by, row.decided_at = caller.person_id, context.now()
    session.add(row)
    _record(session, context, caller, f"grant_{row.state}", grant_id)
    return _view(session, context.keyring, row)


def list_grants(session: Session, context: Context, caller: Caller) -> list[GrantView]:
    """One's own; for a deputy or head also those of her patches."""
    is_deciding = caller.has_duty("deputy", "head")
    rows = queries.list_grants(
        session, caller.station_id, None if is_deciding else caller.person_id, context.settings.list_rows_max
    )  # fmt: skip
    return [
        _view(session, context.keyring, row)
        for row in rows
        if row.person_id == caller.person_id
        or (
            (scope := _scope_of(session, caller.station_id, row.file, row.scope)) is not None
            and caller.has_duty("deputy", "head", scope=scope)
        )
    ]


def is_granted(session: Session, station_id: str, person_id: str, file: str, at: int) -> bool:
    """Was this person approved for this file then? The finder of an undecided child is."""
    view = reading.find_file(session, station_id, file)
    in_force = queries.list_in_force(session, station_id, person_id, at)
    if any(row.file == file or (view is not None and row.scope == view.scope) for row in in_force):
        return True
    decided = [
        row for row in queries.list_grants(session, station_id, person_id, 500) if row.file == file and row.decided_by
    ]
    return not decided and reading.find_first_author(session, station_id, file) == person_id


def has_minor(session: Session, context: Context, station_id: str, file: str) -> bool:
    """Does somebody under 18 stand in the file's accepted state?"""
    view = reading.find_file(session, station_id, file)
    folds = reading.list_folds(session, context.keyring, station_id, [view] if view else [])
    return any(find_minors(folded, context.now()) for _view, folded in folds)


def _scope_of(session: Session, station_id: str, file: str | None, scope: str | None) -> str | None:
    if file is None:
        return scope
    view = reading.find_file(session, station_id, file)
    return view.scope if view else None


def _view(session: Session, keyring: Keyring, row: AccessGrant) -> GrantView:
    reason = keyring.open_text(session, _place(row.station_id, row.grant_id), row.sealed_reason)
    return GrantView(
        row.grant_id, row.person_id, row.file, row.scope, reason, row.asked_at, row.until_at, row.state, row.decided_by,
        row.decided_at,
    )  # fmt: skip


def _record(session: Session, context: Context, caller: Caller, event: str, about: str) -> None:
    audit.record(
        session, caller.station_id, event, context.now(), person_id=caller.person_id, replica=caller.replica, about=about
    )  # fmt: skip


def _place(station_id: str, grant_id: str) -> Place:
    return Place(station_id, station_id, "access_grant", grant_id, "sealed_reason")

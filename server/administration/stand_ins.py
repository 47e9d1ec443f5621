"""Stand-ins: from one instant to another a person does another's duty as well. Begun and ended by the first request after it.

What ends is what the stand-in added: duties that the person held anyway stay.
"""

import json
from dataclasses import dataclass

from sqlmodel import Session

from server import crypto
from server.accounts import rules as accounts
from server.accounts.rules import DutyOn
from server.administration import account_ends, queries, rules
from server.administration.tables import StandIn
from server.audit import rules as audit
from server.context import Context
from server.devices.rules import Caller
from server.errors import YihuError
from server.station import rules as stations

DAYS_MAX = 366


@dataclass(frozen=True)
class StandInView:
    stand_in_id: str
    person_id: str
    for_person_id: str
    duty: str
    from_at: int
    until_at: int
    state: str


_DAY_MS = 86_400_000


def give(
    session: Session,
    context: Context,
    caller: Caller,
    *,
    person_id: str,
    for_person_id: str,
    from_at: int,
    until_at: int,
) -> StandInView:
    """Plans a stand-in. Who may give it: a head, or a deputy for her own duty. Nobody stands in for themselves."""
    station_id, now = caller.station_id, context.now()
    if not (now - _DAY_MS <= from_at < until_at <= from_at + DAYS_MAX * _DAY_MS) or until_at <= now:
        raise YihuError("invalid_value", field="until_at")
    for person in (person_id, for_person_id):
        if not accounts.is_active(session, station_id, person):
            raise YihuError("not_found", field="person_id")
    rules.check_apart(session, station_id, person_id)
    duty = accounts.highest_duty(accounts.list_duties(session, station_id, for_person_id, caller.epoch))
    is_own = caller.person_id == for_person_id and duty == "deputy"
    if duty is None or person_id == for_person_id or not (caller.has_duty("head") or is_own):
        raise YihuError("not_allowed", field="for_person_id")
    row = StandIn(
        station_id=station_id, stand_in_id=crypto.make_id(), person_id=person_id, for_person_id=for_person_id, duty=duty,
        from_at=from_at, until_at=until_at, given_by=caller.person_id, given_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _record(session, station_id, "stand_in_given", now, row, caller)
    stations.set_duties_change(session, station_id, _next_change(session, station_id))
    apply_due(session, station_id, now)
    return _view(row)


def end(session: Session, context: Context, caller: Caller, stand_in_id: str) -> None:
    """Ends one before its time. Safe to repeat."""
    row = queries.find_stand_in(session, caller.station_id, stand_in_id)
    if row is None:
        raise YihuError("not_found", field="stand_in_id")
    if not (caller.has_duty("head") or caller.person_id in (row.given_by, row.for_person_id)):
        raise YihuError("not_allowed")
    if row.state == "over":
        return
    row.until_at = min(row.until_at, context.now())
    session.add(row)
    apply_due(session, caller.station_id, context.now())


def list_stand_ins(session: Session, station_id: str, limit: int) -> list[StandInView]:
    return [_view(row) for row in queries.list_stand_ins(session, station_id, limit)]


def apply_due(session: Session, station_id: str, now: int) -> None:
    """Begins and ends what is due, accounts too, each under a new epoch of the policy. Safe to repeat."""
    stations.lock_counter(
        session, station_id, stations.AUDIT_COUNTER
    )  # of two requests at once the second finds it done
    for row in queries.list_open_stand_ins(session, station_id):
        if row.until_at <= now:
            if row.state == "running":
                _take_away(session, row)
            row.state = "over"
            _record(session, station_id, "stand_in_ended", now, row)
        elif row.state == "planned" and row.from_at <= now:
            _add(session, row)
            row.state = "running"
            _record(session, station_id, "stand_in_begun", now, row)
        session.add(row)
    session.flush()
    account_ends.end_due(session, station_id, now)
    stations.set_duties_change(session, station_id, _next_change(session, station_id))


def _add(session: Session, row: StandIn) -> None:
    epoch = stations.get_epoch(session, row.station_id)
    theirs = accounts.list_duties(session, row.station_id, row.for_person_id, epoch)
    held = accounts.list_duties(session, row.station_id, row.person_id, epoch)
    added = [one for one in theirs if one.duty == row.duty and one not in held]
    row.added = json.dumps([one.scope for one in added])
    stations.change_duties(session, row.station_id, row.person_id, [*held, *added])


def _take_away(session: Session, row: StandIn) -> None:
    held = accounts.list_duties(session, row.station_id, row.person_id, stations.get_epoch(session, row.station_id))
    added = {DutyOn(row.duty, scope) for scope in json.loads(row.added)}
    stations.change_duties(session, row.station_id, row.person_id, [one for one in held if one not in added])


def _next_change(session: Session, station_id: str) -> int | None:
    changes = [
        row.from_at if row.state == "planned" else row.until_at for row in queries.list_open_stand_ins(session, station_id)
    ]  # fmt: skip
    end = account_ends.next_end(session, station_id)
    return min([*changes, *([end] if end is not None else [])], default=None)


def _view(row: StandIn) -> StandInView:
    return StandInView(
        row.stand_in_id, row.person_id, row.for_person_id, row.duty, row.from_at, row.until_at, row.state
    )  # fmt: skip


def _record(
    session: Session, station_id: str, event: str, now: int, row: StandIn, caller: Caller | None = None
) -> None:
    audit.record(
        session, station_id, event, now, person_id=caller.person_id if caller else None,
        replica=caller.replica if caller else None, about=f"{row.person_id} for {row.for_person_id}",
    )  # fmt: skip

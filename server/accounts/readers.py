"""Naming who reads what lies in a drawer, besides the deputies and heads of its patch (R-3)."""

from sqlmodel import Session

from server.accounts import rules as accounts
from server.administration import rules as administration
from server.audit import rules as audit
from server.context import Context
from server.devices.rules import Caller
from server.errors import YihuError
from server.station import rules as stations


def name_reader(
    session: Session, context: Context, caller: Caller, drawer: str, person_id: str, *, reads: bool
) -> list[str]:
    """From a new epoch on the person reads there, or no more; who reads there now. For a deputy or head of the patch."""
    station_id = caller.station_id
    patch = stations.list_drawers(session, station_id).get(drawer)
    if patch is None or not caller.has_duty("deputy", "head", scope=patch):
        raise YihuError("not_found", field="drawer")
    if not accounts.is_active(session, station_id, person_id):
        raise YihuError("not_found", field="person_id")
    if person_id == caller.person_id:
        raise YihuError("not_allowed", field="person_id")
    if reads:
        administration.check_apart(session, station_id, person_id)
    epoch = stations.begin_epoch(session, station_id)
    accounts.name_reader(session, station_id, person_id, drawer, epoch, is_reader=reads)
    audit.record(
        session, station_id, "reader_named" if reads else "reader_unnamed", context.now(), person_id=caller.person_id,
        replica=caller.replica, about=f"{person_id} on {drawer}",
    )  # fmt: skip
    return accounts.list_drawer_readers(session, station_id, epoch).get(drawer, [])

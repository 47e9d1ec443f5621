"""Adding a person and changing duties: who may, and the new epoch of the policy under which it holds.

A head gives and takes any duty on patches where they are head; a deputy only that of worker on hers. Nobody changes their own,
so the station never loses whoever is able to change duties.
"""

import unicodedata
from collections.abc import Sequence

from sqlmodel import Session

from server.accounts import rules as accounts
from server.accounts.rules import DUTIES, DutyOn
from server.administration import rules as administration
from server.audit import rules as audit
from server.context import Context
from server.devices.rules import Caller
from server.errors import YihuError
from server.station import rules as stations
from server.station.rules import PatchView

NAME_CHARACTERS_MAX = 40


def add_person(session: Session, context: Context, caller: Caller, name: str, duties: Sequence[DutyOn]) -> str:
    """A new person with these duties; returns their id. They work once they have enrolled a device."""
    said = unicodedata.normalize("NFC", name).strip()
    if not 1 <= len(said) <= NAME_CHARACTERS_MAX:
        raise YihuError("invalid_value", field="name")
    if not duties:
        raise YihuError("invalid_value", field="duties")
    given = _checked(session, caller, duties)
    _check_rights(caller, given)
    epoch = stations.begin_epoch(session, caller.station_id)
    person_id = accounts.make_person(
        session, context.keyring, caller.station_id, said, given, epoch, context.now()
    )  # fmt: skip
    _record(session, context, caller, "person_added", person_id)
    return person_id


def change_duties(session: Session, context: Context, caller: Caller, person_id: str, duties: Sequence[DutyOn]) -> None:
    """From a new epoch on the person holds these duties and no others; none means that they work here no more.

    What they record on other patches and have not sent yet is quarantined for whoever decides there (D-6).
    """
    if not accounts.is_active(session, caller.station_id, person_id):
        raise YihuError("not_found", field="person_id")
    if person_id == caller.person_id:
        raise YihuError("not_allowed", field="person_id")
    given = _checked(session, caller, duties)
    held = set(accounts.list_duties(session, caller.station_id, person_id, caller.epoch))
    if set(given) == held:
        return
    _check_rights(caller, set(given) ^ held)
    administration.check_apart(session, caller.station_id, person_id)
    stations.change_duties(session, caller.station_id, person_id, given)
    _record(session, context, caller, "duties_changed", person_id)


def hand_over(session: Session, context: Context, caller: Caller, person_id: str, to: str) -> None:
    """All duties of one person go to another, at once: two steps would leave the patches with nobody between them."""
    for person in (person_id, to):
        if not accounts.is_active(session, caller.station_id, person):
            raise YihuError("not_found", field="person_id" if person == person_id else "to")
    if person_id == to or caller.person_id in (person_id, to):
        raise YihuError("not_allowed", field="to")
    administration.check_apart(session, caller.station_id, to)
    theirs = accounts.list_duties(session, caller.station_id, person_id, caller.epoch)
    if not theirs:
        raise YihuError("conflict")
    _check_rights(caller, theirs)
    held = accounts.list_duties(session, caller.station_id, to, caller.epoch)
    epoch = stations.change_duties(session, caller.station_id, to, [*dict.fromkeys([*held, *theirs])])
    accounts.replace_duties(session, caller.station_id, person_id, [], epoch)
    _record(session, context, caller, "duties_handed_over", f"{person_id} to {to}")


def list_patches_to_staff(session: Session, context: Context, caller: Caller) -> list[PatchView]:
    """The patches on which the caller may give a duty."""
    own = {held.scope for held in caller.duties if held.duty in ("deputy", "head")}
    limit = context.settings.list_rows_max
    patches = stations.list_patches(session, context.keyring, caller.station_id, limit)
    return [patch for patch in patches if patch.scope in own]


def _checked(session: Session, caller: Caller, duties: Sequence[DutyOn]) -> list[DutyOn]:
    """Each once, on patches that exist."""
    given = list(dict.fromkeys(duties))
    patches = set(stations.list_scopes(session, caller.station_id))
    if any(held.duty not in DUTIES or held.scope not in patches for held in given):
        raise YihuError("invalid_value", field="duties")
    return given


def _check_rights(caller: Caller, moved: Sequence[DutyOn] | set[DutyOn]) -> None:
    for held in moved:
        may_as_deputy = held.duty == "worker" and caller.has_duty("deputy", scope=held.scope)
        if not may_as_deputy and not caller.has_duty("head", scope=held.scope):
            raise YihuError("not_allowed", field="duties")


def _record(session: Session, context: Context, caller: Caller, event: str, about: str) -> None:
    audit.record(
        session,
        caller.station_id,
        event,
        context.now(),
        person_id=caller.person_id,
        replica=caller.replica,
        about=about,
    )

"""Sending a referral to another station of this server, answering it, and hearing what became of it.

Only what was approved in the file goes out, and only to the station that the approved referral names. Each station has a row of its own:
two transactions, first the receiver's, then the sender's; repeating either is harmless. The content is sealed under the receiver's keys and
is gone once the first contact is confirmed or the referral refused.
"""

import json
from dataclasses import dataclass

from sqlmodel import Session

from server.accounts import rules as accounts
from server.audit import rules as audit
from server.context import Context
from server.devices.rules import Caller
from server.errors import YihuError
from server.intake import reading
from server.keyring.rules import Place
from server.referrals import queries
from server.referrals.tables import Parcel
from server.station import rules as stations
from sync.folded import FoldedFile

STATIONS_MAX = 2_000
PARCELS_MAX = 500
CONTENT_MAX = 1_500_000
_IN_FORCE = ("approved", "amendment_pending", "amendment_submitted", "stale")
_NEXT = {"sent": ("accepted", "refused"), "accepted": ("contacted",)}


@dataclass(frozen=True)
class ParcelView:
    parcel_id: str
    peer: str
    peer_name: str
    file: str
    state: str
    made_at: int
    answered_at: int | None
    contacted_at: int | None
    answered_by: str
    note: str


def list_other_stations(context: Context, caller: Caller) -> list[tuple[str, str]]:
    """Id and name of every other station of this server, each read by itself."""
    ids = context.database.read(lambda session: stations.list_station_ids(session, STATIONS_MAX))
    return [(one, _name(context, one)) for one in ids if one != caller.station_id]


def send(context: Context, caller: Caller, *, file: str, element: str, to: str, content: str) -> None:
    """The parcel has the id of the referral: sent twice, it is one."""
    context.database.read(lambda session: _check_approved(session, context, caller, file, element, to))
    if to == caller.station_id or to not in [one for one, _ in list_other_stations(context, caller)]:
        raise YihuError("not_found", field="to")
    now = context.now()

    def receive(session: Session) -> None:
        if queries.find_parcel(session, to, element) is not None:
            return
        sealed = context.keyring.seal(session, _place(to, element, "content"), content.encode())
        session.add(
            Parcel(
                station_id=to,
                parcel_id=element,
                direction="in",
                peer=caller.station_id,
                sealed_content=sealed,
                made_at=now,
            )  # fmt: skip
        )
        audit.record(session, to, "referral_received", now, about=element)

    def note(session: Session) -> None:
        if queries.find_parcel(session, caller.station_id, element) is not None:
            return
        session.add(
            Parcel(
                station_id=caller.station_id,
                parcel_id=element,
                direction="out",
                peer=to,
                file=file,
                made_at=now,
            )  # fmt: skip
        )
        audit.record(session, caller.station_id, "referral_sent", now, person_id=caller.person_id, about=element)

    context.database.write(receive)
    context.database.write(note)


def list_sent(context: Context, caller: Caller) -> list[ParcelView]:
    """Those of files that the caller may read."""

    def work(session: Session) -> list[ParcelView]:
        rows = queries.list_parcels(session, caller.station_id, "out", PARCELS_MAX)
        return [_view(session, context, row) for row in rows if _may_read(session, caller, row.file)]

    return _named(context, context.database.read(work))


def list_received(context: Context, caller: Caller) -> list[ParcelView]:
    def work(session: Session) -> list[ParcelView]:
        rows = queries.list_parcels(session, caller.station_id, "in", PARCELS_MAX)
        return [_view(session, context, row) for row in rows]

    return _named(context, context.database.read(work))


def open_content(context: Context, caller: Caller, parcel_id: str) -> str:
    """What was handed over, for a deputy or head of the receiving station; each opening is recorded."""

    def work(session: Session) -> str:
        row = _incoming(session, caller, parcel_id)
        if row.sealed_content is None:
            raise YihuError("not_found", field="content")
        audit.record(
            session, caller.station_id, "referral_opened", context.now(), person_id=caller.person_id, about=parcel_id
        )
        place = _place(caller.station_id, parcel_id, "content")
        return context.keyring.open(session, place, row.sealed_content).decode()

    return context.database.write(work)


def answer(context: Context, caller: Caller, parcel_id: str, state: str, note: str) -> None:
    """Accepted, refused, or first contact made; the sending station is told with the name of whoever answered."""
    now = context.now()

    def here(session: Session) -> tuple[str, str]:
        row = _incoming(session, caller, parcel_id)
        said = json.dumps({"by": _person(session, context, caller), "note": note}, ensure_ascii=False)
        _move(session, context, row, state, said, now)
        audit.record(session, caller.station_id, f"referral_{state}", now, person_id=caller.person_id, about=parcel_id)
        return row.peer, said

    peer, said = context.database.write(here)

    def there(session: Session) -> None:
        row = queries.find_parcel(session, peer, parcel_id)
        if row is not None and row.state != state:
            _move(session, context, row, state, said, now)
            audit.record(session, peer, f"referral_{state}", now, about=parcel_id)

    context.database.write(there)


def _move(session: Session, context: Context, row: Parcel, state: str, said: str, now: int) -> None:
    if row.state == state:
        return  # said again
    if state not in _NEXT.get(row.state, ()):
        raise YihuError("conflict", field="state")
    row.state = state
    if state == "contacted":
        row.contacted_at = now
    else:
        row.answered_at = now
    row.sealed_answer = context.keyring.seal(session, _place(row.station_id, row.parcel_id, "answer"), said.encode())
    if state in ("refused", "contacted"):
        row.sealed_content = None
    session.add(row)


def _check_approved(session: Session, context: Context, caller: Caller, file: str, element: str, to: str) -> None:
    view = reading.find_file(session, caller.station_id, file)
    if view is None or view.scope not in caller.scopes:
        raise YihuError("not_found", field="file")
    folded = next((one for _, one in reading.list_folds(session, context.keyring, caller.station_id, [view])), None)
    if folded is None or not _is_approved(folded, element, to):
        raise YihuError("referral_not_approved")


def _is_approved(folded: FoldedFile, element: str, to: str) -> bool:
    path = f"referrals/{element}"
    section, stands = folded["sections"].get(path), folded["elements"].get(path)
    if section is None or stands is None or stands["voided"] or section["status"] not in _IN_FORCE:
        return False
    kind, receiver = (folded["paths"].get(f"{path}/{name}") for name in ("kind", "receiver_station"))
    return bool(kind and receiver and kind["value"] == "station" and receiver["value"] == to)


def _may_read(session: Session, caller: Caller, file: str) -> bool:
    view = reading.find_file(session, caller.station_id, file)
    return view is not None and view.scope in caller.scopes


def _incoming(session: Session, caller: Caller, parcel_id: str) -> Parcel:
    row = queries.find_parcel(session, caller.station_id, parcel_id)
    if row is None or row.direction != "in":
        raise YihuError("not_found", field="parcel_id")
    return row


def _view(session: Session, context: Context, row: Parcel) -> ParcelView:
    said = {"by": "", "note": ""}
    if row.sealed_answer:
        place = _place(row.station_id, row.parcel_id, "answer")
        said = json.loads(context.keyring.open(session, place, row.sealed_answer))
    return ParcelView(
        row.parcel_id, row.peer, "", row.file, row.state, row.made_at, row.answered_at, row.contacted_at, said["by"],
        said["note"],
    )  # fmt: skip


def _named(context: Context, views: list[ParcelView]) -> list[ParcelView]:
    names = {peer: _name(context, peer) for peer in {view.peer for view in views}}
    return [ParcelView(**{**vars(view), "peer_name": names[view.peer]}) for view in views]


def _name(context: Context, station_id: str) -> str:
    return context.database.read(lambda session: stations.get_station(session, context.keyring, station_id).name)


def _person(session: Session, context: Context, caller: Caller) -> str:
    people = accounts.list_people(session, context.keyring, caller.station_id, 1, 10_000)
    return next((one.name for one in people if one.person_id == caller.person_id), "")


def _place(station_id: str, parcel_id: str, field: str) -> Place:
    return Place(station_id, parcel_id, "parcel", parcel_id, field)

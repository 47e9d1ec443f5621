"""What was recorded on a phone with every key closed, and never taken up: it comes up sealed before the vault is wiped (PROTOCOL W-10).

Nobody signed it, so it is no change: a deputy reads it and writes it down under her own name, or puts it away. Kept sealed.
"""

import json
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from server.audit import rules as audit
from server.context import Context
from server.crypto import SealError, open_with_any
from server.devices.rules import Caller, get_device
from server.devices.tables import LeftRecord
from server.errors import YihuError
from server.keyring.rules import Place
from server.keyring.station_keys import list_private_keys
from server.station import rules as stations
from server.web.limits import check_json
from sync.change import from_base64url
from sync.errors import SyncError

INFO = "yihu/left/1"
RECORDS_MAX = 500
TEXT_BYTES_MAX = 64 * 1024
LISTED_MAX = 200


@dataclass(frozen=True)
class LeftView:
    record_id: str
    person_id: str
    at: int
    received_at: int
    said: dict[str, Any]


def take(session: Session, context: Context, station_id: str, replica: str, items: list[tuple[str, str]]) -> list[str]:
    """A code for each (id, sealed): received, known, refused. From a revoked device alone: any other still opens its vault."""
    device = get_device(session, station_id, replica)
    if device.revoked_at is None:
        raise YihuError("conflict")
    keys = list_private_keys(session, context.keyring, station_id, "sealing")
    held = {row.record_id for row in _list(session, station_id, replica)}
    codes = []
    for record_id, sealed in items:
        said = None if record_id in held else _open(record_id, sealed, keys)
        if record_id in held:
            codes.append("known")
        elif said is None or len(held) >= RECORDS_MAX:
            codes.append("refused")
        else:
            held.add(record_id)
            text = context.keyring.seal_text(session, _place(station_id, record_id), json.dumps(said))
            session.add(
                LeftRecord(
                    station_id=station_id, record_id=record_id, replica=replica, person_id=device.person_id,
                    at=int(said["at"]), received_at=context.now(), sealed_text=text,
                )
            )  # fmt: skip
            codes.append("received")
    if "received" in codes:
        audit.record(
            session, station_id, "left_records_received", context.now(), person_id=device.person_id, replica=replica,
            about=str(codes.count("received")),
        )  # fmt: skip
    return codes


def list_open(session: Session, context: Context, caller: Caller) -> list[LeftView]:
    """For whoever decides where the village lies that it names; one that is no village of the station: for all who decide."""
    villages = stations.list_villages(session, context.keyring, caller.station_id, 10_000)
    scope_of = {one.name: one.scope for one in villages}
    found: list[LeftView] = []
    for row in _list(session, caller.station_id):
        if row.decided_at is not None or len(found) == LISTED_MAX:
            break  # what waits comes first
        said = json.loads(context.keyring.open_text(session, _place(row.station_id, row.record_id), row.sealed_text))
        if caller.has_duty("deputy", "head", scope=scope_of.get(said["record"]["villageName"])):
            found.append(LeftView(row.record_id, row.person_id, row.at, row.received_at, said["record"]))
    return found


def decide(session: Session, context: Context, caller: Caller, record_id: str, *, is_taken: bool) -> None:
    """It was written down, or put away."""
    if record_id not in {one.record_id for one in list_open(session, context, caller)}:
        raise YihuError("not_found", field="record_id")
    row = session.get(LeftRecord, (caller.station_id, record_id))
    if row is None:
        raise YihuError("not_found", field="record_id")
    row.decided_by, row.decided_at = caller.person_id, context.now()
    session.add(row)
    audit.record(
        session, caller.station_id, "left_record_taken" if is_taken else "left_record_put_away", context.now(),
        person_id=caller.person_id, replica=caller.replica, about=record_id,
    )  # fmt: skip


def _open(record_id: str, sealed: str, keys: list[bytes]) -> dict[str, Any] | None:
    try:
        plain = open_with_any(from_base64url(sealed), keys, f"{INFO}/{record_id}".encode())
        if len(plain) > TEXT_BYTES_MAX:
            return None
        check_json(plain, depth_max=8)
        said = json.loads(plain)
        record = said["record"]
        texts = all(isinstance(record[name], str) for name in ("villageName", "personName", "note"))
        is_sound = texts and isinstance(record["values"], dict) and type(said["at"]) is int and said["type"] == "left"
        return dict(said) if is_sound and 0 <= said["at"] < 2**53 else None
    except (SealError, SyncError, YihuError, ValueError, KeyError, TypeError):
        return None


def _list(session: Session, station_id: str, replica: str | None = None) -> list[LeftRecord]:
    statement = select(LeftRecord).where(LeftRecord.station_id == station_id)
    if replica is not None:
        statement = statement.where(LeftRecord.replica == replica)
    return list(session.exec(statement.order_by(col(LeftRecord.decided_at).is_not(None), col(LeftRecord.at))))


def _place(station_id: str, record_id: str) -> Place:
    return Place(station_id, station_id, "left_record", record_id, "sealed_text")

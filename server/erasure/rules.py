"""Asking for an erasure, confirming it by another person, and what is left of the file afterwards.

What goes: every text of the file (changes, verdicts, photos, notes) and of the restricted records about it, packs of its patches,
imported ledgers, its numbers in the index. What stays: who wrote when and how much, the hashes that the log's tree is made of, who
asked and who confirmed. The data keys are destroyed here, and the key file forgets their owners (`forgetting.py`), so that no
backup can be read for it either.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from server.audit import rules as audit
from server.context import Context
from server.devices.rules import Caller
from server.erasure import queries
from server.erasure.tables import ErasedFile
from server.errors import YihuError
from server.intake import reading
from server.intake.log import ERASED, mark_change, mark_entry
from server.keyring.rules import Keyring, Place
from server.keyring.station_keys import get_signer
from server.station import rules as stations
from sync import drawers
from sync.canonical import canonical_text
from sync.change import Envelope, to_base64url
from sync.folded import FoldedFile

TOLD_MAX = 500
SECURITY = "security"


@dataclass(frozen=True)
class ErasureView:
    file: str
    scope: str
    state: str
    asked_by: str
    asked_at: int
    reason: str
    decided_by: str | None
    decided_at: int | None


@dataclass(frozen=True)
class Shredded:
    """What must still be destroyed outside the database, once its transaction is on disk."""

    owners: tuple[str, ...]
    blobs: tuple[str, ...]


def list_asked(session: Session, context: Context, caller: Caller, *, sees_all: bool) -> list[ErasureView]:
    """Those of the caller's patches; whoever may confirm for any patch sees all."""
    rows = queries.list_rows(session, caller.station_id, context.settings.list_rows_max)
    return [_view(session, context, row) for row in rows if sees_all or _decides(caller, row.scope)]


def ask(session: Session, context: Context, caller: Caller, file: str, reason: str) -> ErasureView:
    """Raises `not_found`, `not_allowed`, `erasure_merged`, or `conflict` where it was asked or done already."""
    view = reading.find_file(session, caller.station_id, file)
    if view is None or view.scope not in caller.scopes:
        raise YihuError("not_found", field="file")
    if not _decides(caller, view.scope):
        raise YihuError("not_allowed")
    if queries.is_merged(session, caller.station_id, file):
        raise YihuError("erasure_merged", field="file")
    row = queries.find(session, caller.station_id, file)
    if row is not None and row.state != "declined":
        raise YihuError("conflict")
    row = row or ErasedFile(
        station_id=caller.station_id, file=file, scope="", state="", asked_by="", asked_at=0, sealed_reason=b""
    )
    row.scope, row.state, row.asked_by, row.asked_at = view.scope, "asked", caller.person_id, context.now()
    row.sealed_reason = context.keyring.seal_text(session, _reason_place(row), reason)
    row.decided_by = row.decided_at = None
    session.add(row)
    session.flush()
    _record(session, context, caller, "erasure_asked", file)
    return _view(session, context, row)


def decline(session: Session, context: Context, caller: Caller, file: str, *, is_security: bool) -> ErasureView:
    """By anybody who could confirm it, and by whoever asked."""
    row = _find_asked(session, caller, file, is_security=is_security)
    row.state, row.decided_by, row.decided_at = "declined", caller.person_id, context.now()
    session.add(row)
    _record(session, context, caller, "erasure_declined", file)
    return _view(session, context, row)


def confirm(
    session: Session, context: Context, caller: Caller, file: str, *, is_security: bool
) -> tuple[ErasureView, Shredded]:
    """By another deputy or head of the file's patch, or the security administrator. Cannot be taken back."""
    stations.lock_counter(session, caller.station_id)  # nobody writes in the file meanwhile
    row = _find_asked(session, caller, file, is_security=is_security)
    if row.asked_by == caller.person_id:
        raise YihuError("another_needed")
    if queries.is_merged(session, caller.station_id, file):
        raise YihuError("erasure_merged", field="file")
    row.decided_by, row.decided_at = caller.person_id, context.now()
    together = [row, *_records_beside(session, context, row)]
    shredded = [erase(session, context, one) for one in together]
    for one in together:
        _record(session, context, caller, "file_erased", one.file)
    return _view(session, context, row), Shredded(
        tuple(name for one in shredded for name in one.owners), tuple(name for one in shredded for name in one.blobs)
    )


def erase(session: Session, context: Context, row: ErasedFile) -> Shredded:
    """Empties the file's rows and destroys its keys. Safe to repeat."""
    station_id, file = row.station_id, row.file
    scopes = sorted(queries.list_scopes(session, station_id, file) | {row.scope})
    packs = queries.list_packs(session, station_id, scopes)
    imports = queries.list_imports(session, station_id)
    photos, uploads = (
        queries.list_attachments(session, station_id, file), queries.list_uploads(session, station_id, file),
    )  # fmt: skip
    owners = {file, *(pack.key_owner for pack in packs), *(one.import_id for one in imports)}
    owners |= {one for one in queries.list_owners(session, station_id) if one.split("/")[0] in scopes}
    blobs = [one.blob for one in photos] + [one.blob for one in imports]
    blobs += [f"{one.upload_id}.{number}" for one in uploads for number in range(one.parts)]
    blobs += [f"{pack.pack_id}.{number}" for pack in packs for number in range(-(-pack.bytes // 262_144))]
    for gone in (*packs, *imports, *photos, *uploads):
        session.delete(gone)
    _empty(session, context, station_id, file)
    for owner in sorted(owners):
        context.keyring.destroy(session, station_id, owner)
    row.state, row.owners = "erased", json.dumps(sorted(owners))
    row.erased_at = max(
        context.now(), 1 + max((one.erased_at or 0 for one in _all_erased(session, station_id)), default=0)
    )
    row.mark = mark_of(context.keyring, row)
    session.add(row)
    session.flush()
    return Shredded(tuple(sorted(owners)), tuple(blobs))


def list_told(session: Session, context: Context, station_id: str, after: int) -> list[Envelope]:
    """The station's word on what was erased after an instant, oldest first (Z-3); by the key of now, whenever it was."""
    return [_sign(session, context, row) for row in queries.list_erased(session, station_id, after, TOLD_MAX)]


def list_sound(session: Session, keyring: Keyring, station_id: str) -> set[str]:
    """Files that were erased by this server, and not by somebody who can only write in its database."""
    return {row.file for row in _all_erased(session, station_id) if row.mark == mark_of(keyring, row)}


def mark_of(keyring: Keyring, row: ErasedFile) -> str:
    facts = (row.file, row.state, row.asked_by, row.asked_at, row.decided_by, row.decided_at, row.erased_at, row.owners)
    return keyring.blind_index(row.station_id, "erased_file", json.dumps(facts))


def count_erased(session: Session, station_id: str) -> int:
    """How many files of the station were erased so far."""
    return queries.count_erased(session, station_id)


def _records_beside(session: Session, context: Context, row: ErasedFile) -> list[ErasedFile]:
    """What few may know about the household (R-2) goes with it, by the same two people and for the same reason."""
    reason = context.keyring.open_text(session, _reason_place(row), row.sealed_reason)
    records = reading.list_folds(
        session, context.keyring, row.station_id, list(reading.list_files(session, row.station_id, kind=drawers.KIND))
    )
    found = []
    for view in [view for view, state in records if _household_of(state) == row.file]:
        beside = queries.find(session, row.station_id, view.file) or ErasedFile(
            station_id=row.station_id, file=view.file, scope="", state="", asked_by="", asked_at=0, sealed_reason=b""
        )
        beside.scope, beside.state, beside.asked_by, beside.asked_at = view.scope, "asked", row.asked_by, row.asked_at
        beside.sealed_reason = context.keyring.seal_text(session, _reason_place(beside), reason)
        beside.decided_by, beside.decided_at = row.decided_by, row.decided_at
        session.add(beside)
        found.append(beside)
    return found


def _household_of(record: FoldedFile) -> Any:
    register = record["paths"].get("household")
    return register["value"] if register else None


def _empty(session: Session, context: Context, station_id: str, file: str) -> None:
    """Changes and verdicts lose their text; the tree keeps their hashes, so the log stays whole."""
    for change in queries.list_changes(session, station_id, file):
        change.status, change.sealed_body, change.signature, change.names = ERASED, b"", "", ""
        change.mark = mark_change(context.keyring, change)
        session.add(change)
    positions = []
    for entry in queries.list_entries(session, station_id, file):
        entry.status, entry.sealed_verdict, entry.signature = ERASED, b"", ""
        entry.mark = mark_entry(context.keyring, entry, ())
        positions.append(entry.position)
        session.add(entry)
    session.flush()
    queries.drop_what_points_to(session, station_id, file, positions)


def _sign(session: Session, context: Context, row: ErasedFile) -> Envelope:
    body = canonical_text(
        {
            "type": "erasure", "v": 1, "suite": 1, "deployment": context.keyring.deployment, "station": row.station_id,
            "file": row.file, "at": row.erased_at, "by": [row.asked_by, row.decided_by or ""],
        }
    )  # fmt: skip
    return Envelope(body, to_base64url(get_signer(session, context.keyring, row.station_id).sign(body.encode())))


def _find_asked(session: Session, caller: Caller, file: str, *, is_security: bool) -> ErasedFile:
    row = queries.find(session, caller.station_id, file)
    if row is None or not (is_security or _decides(caller, row.scope)):
        raise YihuError("not_found", field="file")
    if row.state != "asked":
        raise YihuError("conflict")
    return row


def _all_erased(session: Session, station_id: str) -> Sequence[ErasedFile]:
    return queries.list_erased(session, station_id, 0, 1_000_000)


def _decides(caller: Caller, scope: str) -> bool:
    return caller.has_duty("deputy", "head", scope=scope)


def _view(session: Session, context: Context, row: ErasedFile) -> ErasureView:
    reason = context.keyring.open_text(session, _reason_place(row), row.sealed_reason) if row.sealed_reason else ""
    return ErasureView(
        row.file, row.scope, row.state, row.asked_by, row.asked_at, reason, row.decided_by, row.decided_at
    )


def _reason_place(row: ErasedFile) -> Place:
    return Place(row.station_id, row.station_id, "erased_file", row.file, "sealed_reason")


def _record(session: Session, context: Context, caller: Caller, event: str, file: str) -> None:
    audit.record(
        session, caller.station_id, event, context.now(), person_id=caller.person_id, replica=caller.replica, about=file
    )  # fmt: skip

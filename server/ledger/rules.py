"""Imports of ledgers: the sealed file, what the deputy decided, and the preview made of both against today's files.

The server never writes a household file from a ledger: it proposes operations, the deputy's device signs them. Reading happens outside
any transaction and in a process of its own.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from server import crypto
from server.context import Context
from server.devices.rules import Caller
from server.errors import YihuError
from server.feed import rules as feed
from server.keyring.rules import Place
from server.ledger import doubts_book, queries
from server.ledger.bodies import CorrectionRequest, CorrectionsRequest, ImportBody, PreviewBody
from server.ledger.doubts_book import answer_column
from server.ledger.existing import Existing, list_said_apart
from server.ledger.households import KIND, Village
from server.ledger.preview import Station, compare_with_station
from server.ledger.reading import Reading, read_ledger
from server.ledger.reading.apart import open_sheets_apart
from server.ledger.reading.errors import LedgerFileError
from server.ledger.reading.rows import SKIP_FIELD, Correction
from server.ledger.reading.workbook import Sheet
from server.ledger.tables import LedgerImport
from server.station import rules as stations
from sync import drawers

TABLE = "ledger_import"
DECISIONS_MAX = 20_000
VILLAGES_MAX = 5_000
_ZONE = ZoneInfo("Asia/Shanghai")  # ages and dates are those of the station's wall calendar


@dataclass(frozen=True)
class Opened:
    """An import with its file and decisions in the clear, for one request."""

    row: LedgerImport
    name: str
    content: bytes
    decisions: dict[str, Any]

    def corrections(self) -> dict[tuple[str, str], Correction]:
        told: Mapping[str, Mapping[str, str | None]] = self.decisions["corrections"]
        return {(row, field): Correction(value) for row, fields in told.items() for field, value in fields.items()}


def _place(station_id: str, import_id: str, field: str) -> Place:
    return Place(station_id, import_id, TABLE, import_id, field)


def _today(context: Context) -> dt.date:
    return dt.datetime.fromtimestamp(context.now() / 1000, _ZONE).date()


def _open_sheets(content: bytes, name: str) -> list[Sheet]:
    try:
        return list(open_sheets_apart(content, name))
    except LedgerFileError as fault:
        raise YihuError(fault.code, field="file", reason=fault.say) from fault


def _read(sheets: list[Sheet], opened: Opened) -> Reading:
    try:
        return read_ledger(sheets, today=dt.date.fromisoformat(opened.row.read_on), corrections=opened.corrections())
    except LedgerFileError as fault:
        raise YihuError(fault.code, field="file", reason=fault.say) from fault


def start_import(context: Context, caller: Caller, name: str, content: bytes) -> PreviewBody:
    """Keeps the file sealed and answers with its preview. The same file again gives the same import with its decisions;
    a returned sheet of doubtful cells gives the import it belongs to with its answers applied."""
    sheets = _open_sheets(content, name)
    answered = doubts_book.find_import_id(sheets)
    if answered is not None:
        return _take_answers(context, caller, answered, sheets)
    row = _keep(context, caller, name, content, sheets)
    opened = _open(context, caller, row.import_id)
    return _preview(context, caller, opened, _read(sheets, opened))


def _keep(context: Context, caller: Caller, name: str, content: bytes, sheets: list[Sheet]) -> LedgerImport:
    blind = context.keyring.blind_index(caller.station_id, "ledger_import", hashlib.sha256(content).hexdigest())
    same = context.database.read(lambda session: queries.find_same(session, caller.station_id, blind))
    if same is not None:
        return same
    today = _today(context)
    try:
        read_ledger(sheets, today=today)  # a workbook without a table is refused before anything is kept
    except LedgerFileError as fault:
        raise YihuError(fault.code, field="file", reason=fault.say) from fault
    import_id, blob, station_id = crypto.make_id(), crypto.make_id(), caller.station_id

    def work(session: Session) -> LedgerImport:
        seal = context.keyring.seal
        context.blobs.put(blob, seal(session, _place(station_id, import_id, "file"), content))
        row = LedgerImport(
            station_id=station_id,
            import_id=import_id,
            person_id=caller.person_id,
            created_at=context.now(),
            size_bytes=len(content),
            blob=blob,
            blind_sha256=blind,
            read_on=today.isoformat(),
            sealed_name=seal(session, _place(station_id, import_id, "name"), name.encode("utf-8")[:400]),
            sealed_decisions=seal(
                session,
                _place(station_id, import_id, "decisions"),
                _decisions_json({"corrections": {}, "villages": {}}),
            ),
        )
        session.add(row)
        return row

    return context.database.write(work)


def _decisions_json(decisions: Mapping[str, Any]) -> bytes:
    return json.dumps(decisions, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _get_row(session: Session, caller: Caller, import_id: str) -> LedgerImport:
    row = queries.find_import(session, caller.station_id, import_id)
    if row is None:
        raise YihuError("not_found", field="import_id")
    return row


def _open(context: Context, caller: Caller, import_id: str) -> Opened:
    def work(session: Session) -> Opened:
        row = _get_row(session, caller, import_id)
        unseal = context.keyring.open
        station_id = caller.station_id
        name = unseal(session, _place(station_id, import_id, "name"), row.sealed_name).decode("utf-8", errors="ignore")
        decisions = json.loads(unseal(session, _place(station_id, import_id, "decisions"), row.sealed_decisions))
        content = unseal(session, _place(station_id, import_id, "file"), context.blobs.get(row.blob))
        return Opened(row, name, content, decisions)

    return context.database.read(work)


def _preview(context: Context, caller: Caller, opened: Opened, reading: Reading, applied: int = 0) -> PreviewBody:
    station = context.database.read(lambda session: _station(session, context, caller))
    read_on = dt.date.fromisoformat(opened.row.read_on)
    compared = compare_with_station(
        reading, station, opened.decisions["villages"], opened.row.import_id, read_on, _today(context)
    )
    return PreviewBody(
        import_id=opened.row.import_id,
        file_name=opened.name,
        created_at=opened.row.created_at,
        filled_on=reading.filled_on,
        applied=applied,
        counts=compared.counts,
        villages=compared.villages,
        sheets=compared.sheets,
        households=compared.households,
    )


def _station(session: Session, context: Context, caller: Caller) -> Station:
    villages = stations.list_villages(session, context.keyring, caller.station_id, VILLAGES_MAX)
    scopes = frozenset(held.scope for held in caller.duties if held.duty in ("deputy", "head"))
    folded = feed.list_folded(session, context.keyring, caller.station_id, KIND)
    files = tuple(Existing.of(view.file, view.scope, state) for view, state in folded)
    records = feed.list_folded(session, context.keyring, caller.station_id, drawers.KIND)
    apart = frozenset(said for view, state in records if view.scope in caller.scopes for said in list_said_apart(state))
    return Station(
        tuple(Village(village.village_id, village.name, village.scope) for village in villages), scopes, files, apart
    )


def get_preview(context: Context, caller: Caller, import_id: str) -> PreviewBody:
    opened = _open(context, caller, import_id)
    return _preview(context, caller, opened, _read(_open_sheets(opened.content, opened.name), opened))


def list_imports(context: Context, caller: Caller) -> list[ImportBody]:
    """Newest first."""

    def work(session: Session) -> list[ImportBody]:
        rows = queries.list_imports(session, caller.station_id, context.settings.list_rows_max)
        context.keyring.load(session, caller.station_id, [row.import_id for row in rows])
        return [
            ImportBody(
                import_id=row.import_id,
                file_name=context.keyring.open(
                    session, _place(caller.station_id, row.import_id, "name"), row.sealed_name
                ).decode("utf-8", errors="ignore"),
                created_at=row.created_at,
                person_id=row.person_id,
                bytes=row.size_bytes,
            )
            for row in rows
        ]

    return context.database.read(work)


def decide(context: Context, caller: Caller, import_id: str, request: CorrectionsRequest) -> PreviewBody:
    """Adds decisions to those already made (the last one about a cell stands) and reads the ledger again. Safe to repeat."""
    _decide(context, caller, import_id, request)
    return get_preview(context, caller, import_id)


def _decide(context: Context, caller: Caller, import_id: str, request: CorrectionsRequest) -> None:
    place = _place(caller.station_id, import_id, "decisions")

    def work(session: Session) -> None:
        row = _get_row(session, caller, import_id)
        decisions = json.loads(context.keyring.open(session, place, row.sealed_decisions))
        _merge(decisions, request)
        row.sealed_decisions = context.keyring.seal(session, place, _decisions_json(decisions))
        row.decisions_version += 1
        session.add(row)

    context.database.write(work)


def _merge(decisions: dict[str, Any], request: CorrectionsRequest) -> None:
    corrections: dict[str, dict[str, str | None]] = decisions["corrections"]
    for made in request.corrections:
        field = made.field if made.value is None else answer_column(made.field)
        corrections.setdefault(made.row, {})[SKIP_FIELD if made.field == SKIP_FIELD else field] = made.value
    for taken in request.withdraw:
        for field in {taken.field, answer_column(taken.field)}:
            corrections.get(taken.row, {}).pop(field, None)
    for village in request.villages:
        if village.village_id is None:
            decisions["villages"].pop(village.name, None)
        else:
            decisions["villages"][village.name] = village.village_id
    if sum(map(len, corrections.values())) > DECISIONS_MAX:
        raise YihuError("too_large", field="corrections")


def _take_answers(context: Context, caller: Caller, import_id: str, sheets: list[Sheet]) -> PreviewBody:
    answers = doubts_book.read_answers(sheets)
    request = CorrectionsRequest(
        corrections=[
            CorrectionRequest(row=answer.row, field=answer.field, value=answer.value) for answer in answers[:5_000]
        ]
    )
    _decide(context, caller, import_id, request)
    opened = _open(context, caller, import_id)
    return _preview(
        context,
        caller,
        opened,
        _read(_open_sheets(opened.content, opened.name), opened),
        applied=len(request.corrections),
    )


def make_doubts_book(context: Context, caller: Caller, import_id: str, *, with_notes: bool) -> bytes:
    """Doubtful cells that nobody decided about yet, as .xlsx."""
    opened = _open(context, caller, import_id)
    reading = _read(_open_sheets(opened.content, opened.name), opened)
    return doubts_book.make_doubts_book(reading, import_id, with_notes=with_notes)

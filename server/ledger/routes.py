"""Importing ledgers, for deputies and heads. The answers hold operations; the caller's device signs and pushes them."""

from typing import Annotated

from fastapi import APIRouter, File, Query, Response, UploadFile

from server.access import DecidingReader, Here
from server.bodies import Id
from server.errors import responses
from server.ledger import rules
from server.ledger.bodies import CorrectionsRequest, ImportsBody, PreviewBody

router = APIRouter(tags=["台账 ledger"], prefix="/ledger")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FILE_FAULTS = (
    "not_a_spreadsheet",
    "save_as_xlsx",
    "ledger_encrypted",
    "ledger_too_large",
    "ledger_unreadable",
    "ledger_no_table",
)
_ALWAYS = ("not_signed_in", "not_allowed")


@router.post(
    "/imports", summary="读一份台账", status_code=201, responses=responses(*_ALWAYS, *_FILE_FAULTS, "storage_full")
)
def start_import(
    context: Here,
    caller: DecidingReader,
    file: Annotated[UploadFile, File(description="台账 .xlsx 或 .xls；或填好交回的核对单")],
) -> PreviewBody:
    """Keeps the file sealed and answers with what it holds, compared with the station's files. Nothing is changed by it."""
    return rules.start_import(context, caller, file.filename or "", file.file.read())


@router.get("/imports", summary="读过的台账", responses=responses(*_ALWAYS))
def list_imports(context: Here, caller: DecidingReader) -> ImportsBody:
    return ImportsBody(imports=rules.list_imports(context, caller))


@router.get("/imports/{import_id}", summary="台账预览", responses=responses(*_ALWAYS, "not_found", *_FILE_FAULTS))
def get_import(import_id: Id, context: Here, caller: DecidingReader) -> PreviewBody:
    """The preview against today's files: what was accepted and synced since then shows as same."""
    return rules.get_preview(context, caller, import_id)


@router.post(
    "/imports/{import_id}/corrections",
    summary="改正或认可存疑的格子",
    responses=responses(*_ALWAYS, "not_found", "invalid_value", *_FILE_FAULTS),
)
def decide(import_id: Id, request: CorrectionsRequest, context: Here, caller: DecidingReader) -> PreviewBody:
    return rules.decide(context, caller, import_id, request)


@router.get(
    "/imports/{import_id}/doubts.xlsx",
    summary="存疑的格子，给村里核对",
    response_class=Response,
    responses={
        200: {"content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}},
        **responses(*_ALWAYS, "not_found", *_FILE_FAULTS),
    },
)
def get_doubts(
    import_id: Id,
    context: Here,
    caller: DecidingReader,
    notes: Annotated[bool, Query(description="also what is only noted")] = False,
) -> Response:
    """Upload the filled-in sheet like a ledger to have its answers applied."""
    content = rules.make_doubts_book(context, caller, import_id, with_notes=notes)
    return Response(content, media_type=XLSX, headers={"Content-Disposition": 'attachment; filename="doubts.xlsx"'})

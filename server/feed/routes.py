"""`POST /sync`: push and pull in one round trip. `GET /packs/{id}`: the first sync, resumable."""

import re
from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Header, Request
from sqlmodel import Session
from starlette.responses import StreamingResponse

from server.access import Here, Reader
from server.bodies import Id
from server.context import Context
from server.devices import rules as devices
from server.devices.rules import Caller
from server.erasure import rules as erasure
from server.errors import YihuError, responses
from server.feed import packs, rules
from server.feed.rules import Page
from server.intake import reading
from server.intake import rules as intake
from server.intake.reading import Entry as LogEntry
from server.keyring.station_keys import list_handovers
from server.log import rules as log
from server.log.generation import note_generation
from server.readings import rules as readings
from sync.change import Envelope
from sync.messages import (
    ChangeEntry,
    EnterEntry,
    Entry,
    LeaveEntry,
    LogAnswer,
    LogClaim,
    PackOffer,
    SignedText,
    SyncAnswer,
    SyncRequest,
    VerdictEntry,
)

router = APIRouter(tags=["同步 sync"])

_RANGE = re.compile(r"bytes=(\d{1,15})-(\d{0,15})")
Unsent = Annotated[
    int | None, Header(alias="Yihu-Unsent", ge=0, le=1_000_000, description="unsent saves after this push")
]
Software = Annotated[
    str | None, Header(alias="Yihu-App", pattern=r"^[0-9A-Za-z_.+-]{1,40}$", description="version of the app")
]
UnsentSince = Annotated[int | None, Header(alias="Yihu-Unsent-Since", ge=0, description="ms; when the oldest was made")]


@router.post(
    "/sync",
    summary="一次往返:上传改动,取回新内容",
    responses=responses(
        "not_signed_in",
        "device_revoked",
        "invalid_value",
        "too_deep",
        "storage_full",
        "log_behind",
        "log_differs",
        "keys_changed",
    ),
)
def sync(
    request: SyncRequest,
    context: Here,
    caller: Reader,
    unsent: Unsent = None,
    since: UnsentSince = None,
    software: Software = None,
) -> SyncAnswer:
    """One verdict a pushed change, in order; then the next page of the log from `cursor`.

    Errors are about the whole request only (who, size, rate); a change that breaks a rule gets a verdict. Any cursor is
    answered: one that the server cannot use, with packs. Repeating a call changes nothing.
    """
    if request.handovers is not None:
        _check_keys(context, caller, request.handovers)
    if request.log is not None:
        _check_log(context, caller, request.log)
    verdicts: list[Envelope] = []
    if request.push or request.certificates:
        pushed = [Envelope(one.body, one.sig) for one in request.push]
        given = [Envelope(one.body, one.sig) for one in request.certificates]

        def take_in(session: Session) -> list[Envelope]:
            devices.note_contact(session, caller, context.now(), unsent, since, software)
            return [verdict for verdict, _known in intake.receive(session, context, caller, pushed, given)]

        verdicts = context.database.write(take_in)
    else:
        _note_idle_contact(context, caller, unsent, since, software)
    limit = min(request.limit, context.settings.page_entries_max)
    page = rules.pull(context, caller, request.cursor, limit, again=request.again, claim=request.log)
    readings.note_told(context, caller, _told_files(page))
    told, backed_up = context.database.read(lambda session: log.tell(session, context, caller.station_id, request.log))
    erased: list[Envelope] = []
    if request.erased is not None:
        after = request.erased
        erased = context.database.read(lambda session: erasure.list_told(session, context, caller.station_id, after))
    if verdicts:
        note_generation(context)
    return SyncAnswer(
        verdicts=[_signed(verdict) for verdict in verdicts],
        entries=_entries(page),
        cursor=page.cursor,
        more=page.more,
        server_at=context.now(),
        epoch=caller.epoch,
        packs=[
            PackOffer(id=pack.pack_id, scope=pack.scope, bytes=pack.bytes, sha256=pack.sha256, cursor=cursor)
            for pack, cursor in page.packs
        ],
        digests=page.digests,
        log=LogAnswer(root=_signed(told.root), proof=told.proof) if told else None,
        backed_up=backed_up,
        erased=[_signed(one) for one in erased],
    )


@router.get(
    "/packs/{pack_id}",
    summary="首次同步包(可断点续传)",
    response_class=StreamingResponse,
    responses={
        **responses("not_signed_in", "device_revoked", "not_found", "range_not_satisfiable"),
        200: {"content": {"application/gzip": {}}, "description": "gzip NDJSON: a head line, then one line a file"},
        206: {"content": {"application/gzip": {}}, "description": "the range asked for"},
    },
)
def get_pack(pack_id: Id, request: Request, context: Here, caller: Reader) -> StreamingResponse:
    """Bytes never change under an id, so a broken download goes on where it stopped (`Range: bytes=N-`)."""
    pack = context.database.read(lambda session: rules.find_readable_pack(session, caller, pack_id))
    if pack is None:
        raise YihuError("not_found", field="pack_id")
    files = context.database.read(
        lambda session: [view.file for view in reading.list_files(session, caller.station_id, scope=pack.scope)]
    )
    readings.note_told(context, caller, files)
    first, last = _read_range(request.headers.get("range"), pack.bytes)
    is_part = "range" in request.headers
    headers = {"Accept-Ranges": "bytes", "ETag": f'"{pack.sha256}"', "Content-Length": str(last - first + 1)}
    if is_part:
        headers["Content-Range"] = f"bytes {first}-{last}/{pack.bytes}"

    def pieces() -> Iterator[bytes]:
        for number in range(first // packs.PIECE_BYTES, last // packs.PIECE_BYTES + 1):
            piece = context.database.read(
                lambda session, number=number: packs.read_piece(  # type: ignore[misc]
                    session, context.keyring, context.blobs, pack, number
                )
            )
            start = number * packs.PIECE_BYTES
            yield piece[max(0, first - start) : last - start + 1]

    return StreamingResponse(pieces(), 206 if is_part else 200, headers, media_type="application/gzip")


def _told_files(page: Page) -> set[str]:
    """Files whose content goes out with a page: what was written by others, and what came into a patch whole."""
    return {entry.file for entry in page.entries if entry.envelope is not None} | {view.file for view in page.enters}


def _check_keys(context: Context, caller: Caller, known: int) -> None:
    """A device that does not know the station's newest keys could believe nothing of the answer."""
    if context.database.read(lambda session: list_handovers(session, caller.station_id, known)):
        raise YihuError("keys_changed")


def _check_log(context: Context, caller: Caller, claim: LogClaim) -> None:
    """Before anything is taken in: a device that remembers another log is not to build on this one."""
    standing = context.database.read(lambda session: log.check(session, caller.station_id, claim))
    if standing != "sound":
        raise YihuError(f"log_{standing}")


def _note_idle_contact(
    context: Context, caller: Caller, unsent: int | None, since: int | None, software: str | None
) -> None:
    """A poll that brings nothing new costs no write."""
    now = context.now()
    if context.database.read(lambda session: devices.is_contact_stale(session, caller, now, unsent, software)):
        context.database.write(lambda session: devices.note_contact(session, caller, now, unsent, since, software))


def _entries(page: Page) -> list[Entry]:
    enters = [EnterEntry(file=view.file, scope=view.scope) for view in (*page.named, *page.enters)]
    return [*enters, *map(_entry, page.entries), *(LeaveEntry(file=file) for file in page.leaves)]


def _entry(entry: LogEntry) -> Entry:
    if entry.envelope is None:
        return VerdictEntry(verdict=_signed(entry.verdict))
    return ChangeEntry(envelope=_signed(entry.envelope), verdict=_signed(entry.verdict))


def _signed(envelope: Envelope) -> SignedText:
    return SignedText(body=envelope.body, sig=envelope.sig)


def _read_range(header: str | None, size: int) -> tuple[int, int]:
    """First and last byte, both included. Only one range from a start is understood."""
    if header is None:
        return 0, size - 1
    found = _RANGE.fullmatch(header.strip())
    first = int(found[1]) if found else size
    if found is None or first >= size:
        raise YihuError("range_not_satisfiable", headers={"Content-Range": f"bytes */{size}"})
    last = min(int(found[2]), size - 1) if found[2] else size - 1
    if last < first:
        raise YihuError("range_not_satisfiable", headers={"Content-Range": f"bytes */{size}"})
    return first, last

"""Records that were left on a wiped phone: up before the wipe, and before a deputy afterwards."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field

from server.access import AnySession, DecidingReader, Here, Installation
from server.bodies import AnswerBody, Id, Instant, RequestBody
from server.devices import left, wiping
from server.errors import responses

router = APIRouter(tags=["设备 devices"])


class LeftItem(RequestBody):
    id: Id
    sealed: Annotated[
        str, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=90_000, description="sealed to the station's sealing key")
    ]


class LeftRequest(RequestBody):
    replica: Id | None = None
    items: Annotated[list[LeftItem], Field(max_length=50)]


class LeftCodes(AnswerBody):
    codes: Annotated[list[str], Field(description="of each item: received, known, refused")]


class LeftBody(AnswerBody):
    record_id: Id
    person_id: Annotated[Id, Field(description="whose device it was; nobody signed the record")]
    at: Annotated[Instant, Field(description="by the phone's clock")]
    received_at: Instant
    said: dict[str, Any]


class LeftList(AnswerBody):
    records: list[LeftBody]


class LeftDecision(RequestBody):
    taken: bool


@router.post(
    "/left-records",
    summary="抹掉手机前，交出从没打开过的记录",
    responses=responses("not_signed_in", "conflict", "invalid_value"),
)
def take(request: LeftRequest, context: Here, caller: AnySession, installation: Installation) -> LeftCodes:
    """Of a revoked device, by the same right as its wipe order: any session of it, or the installation that enrolled. Repeats are harmless."""
    meant = context.database.read(lambda session: wiping.find_meant(session, caller, request.replica, installation))
    items = [(one.id, one.sealed) for one in request.items]
    return LeftCodes(codes=context.database.write(lambda session: left.take(session, context, *meant, items)))


@router.get("/left-records", summary="被抹手机上留下的记录", responses=responses("not_signed_in", "not_allowed"))
def list_open(context: Here, caller: DecidingReader) -> LeftList:
    """What waits for the caller. For deputies and heads of the patch in which the named village lies."""
    found = context.database.read(lambda session: left.list_open(session, context, caller))
    return LeftList(records=[LeftBody(**vars(one)) for one in found])


@router.post(
    "/left-records/{record_id}",
    summary="记下了，或放到一边",
    status_code=204,
    responses=responses("not_signed_in", "not_allowed", "not_found", "invalid_value"),
)
def decide(record_id: Id, request: LeftDecision, context: Here, caller: DecidingReader) -> None:
    """`taken`: the caller wrote it down under their own name."""
    context.database.write(lambda session: left.decide(session, context, caller, record_id, is_taken=request.taken))

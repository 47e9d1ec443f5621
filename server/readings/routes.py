"""Phones tell what was opened; a deputy asks what a device holds."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from server.access import DecidingReader, Here, Reader, Uploader
from server.bodies import AnswerBody, Id, Instant, RequestBody
from server.devices import rules as devices
from server.errors import responses
from server.readings import rules
from server.readings.rules import Opened

router = APIRouter(tags=["查阅 readings"])


class OpenedBody(RequestBody):
    file: Id
    at: Instant
    unmasked: bool = False
    reason: Annotated[str | None, Field(max_length=500, description="why, where no grant stands behind it")] = None


class OpeningsRequest(RequestBody):
    opened: Annotated[list[OpenedBody], Field(min_length=1, max_length=500)]


class OpeningsBody(AnswerBody):
    new: Annotated[int, Field(description="files that were not counted on their day yet")]
    unknown: Annotated[list[Id], Field(description="files not known here yet: tell these openings again later")]


class HeldBody(AnswerBody):
    file: Id
    kind: str
    scope: Id
    classes: Annotated[list[str], Field(description="sensitivities of the fields that hold a value")]
    fields: Annotated[list[str], Field(description="names of the fields above the normal class that hold a value")]


class ReaderBody(AnswerBody):
    person_id: Id
    on: str
    first_at: Instant
    opened: int
    unmasked: int
    without_grant: bool
    reason: str | None


class ReadersBody(AnswerBody):
    file: Id
    readers: list[ReaderBody]


class SpentBody(AnswerBody):
    on: str
    files: int
    files_max: int
    alarmed_at: Instant | None


class HeldListBody(AnswerBody):
    replica: Id
    files: list[HeldBody]


@router.post(
    "/readings", summary="上报打开过的档案", responses=responses("not_signed_in", "invalid_value")
)  # fmt: skip
def report(request: OpeningsRequest, context: Here, caller: Uploader) -> OpeningsBody:
    """What was opened, and unmasked, since the last report; with any session. Files unknown here are named and passed over."""
    opened = [Opened(one.file, one.at, one.unmasked, (one.reason or "").strip() or None) for one in request.opened]
    new, unknown = context.database.write(lambda session: rules.note_openings(session, context, caller, opened))
    return OpeningsBody(new=new, unknown=unknown)


@router.get("/readings", summary="我今天打开了多少户", responses=responses("not_signed_in", "device_revoked"))
def get_spent(context: Here, caller: Reader) -> SpentBody:
    """The caller's own day against the day's budget."""
    spent = context.database.read(lambda session: rules.get_spent(session, context, caller))
    return SpentBody(**vars(spent))


@router.get(
    "/readings/{file}",
    summary="谁打开过这一户",
    responses=responses("not_signed_in", "device_revoked", "not_found"),
)
def list_readers(file: Id, context: Here, caller: Reader) -> ReadersBody:
    """For a deputy or head of the patch: who opened the file on which day, what was unmasked, and why without a grant."""
    readers = context.database.read(lambda session: rules.list_readers(session, context, caller, file))
    return ReadersBody(file=file, readers=[ReaderBody(**vars(one)) for one in readers])


@router.get(
    "/devices/{replica}/held",
    summary="一台设备上可能有哪些档案",
    responses=responses("not_signed_in", "not_allowed", "not_found"),
)
def list_held(replica: Id, context: Here, caller: DecidingReader) -> HeldListBody:
    """For the duty to notify: every file that the device was ever told, or that came from it, and the classes of its fields."""
    held = context.database.read(
        lambda session: (
            devices.get_device(session, caller.station_id, replica),
            rules.list_held(session, context, caller.station_id, replica),
        )[1]
    )
    return HeldListBody(
        replica=replica,
        files=[
            HeldBody(
                file=one.file, kind=one.kind, scope=one.scope, classes=list(one.classes), fields=list(one.fields)
            )  # fmt: skip
            for one in held
        ],
    )

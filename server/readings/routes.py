"""Phones tell what was opened; a deputy asks what a device holds."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from server.access import DecidingReader, Here, Uploader
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


class OpeningsRequest(RequestBody):
    opened: Annotated[list[OpenedBody], Field(min_length=1, max_length=500)]


class OpeningsBody(AnswerBody):
    new: Annotated[int, Field(description="files that were not counted on their day yet")]


class HeldBody(AnswerBody):
    file: Id
    kind: str
    scope: Id
    classes: Annotated[list[str], Field(description="sensitivities of the fields that hold a value")]


class HeldListBody(AnswerBody):
    replica: Id
    files: list[HeldBody]


@router.post(
    "/readings", summary="上报打开过的档案", responses=responses("not_signed_in", "invalid_value")
)  # fmt: skip
def report(request: OpeningsRequest, context: Here, caller: Uploader) -> OpeningsBody:
    """What was opened, and unmasked, since the last report; with any session. Files unknown here are passed over."""
    opened = [Opened(one.file, one.at, one.unmasked) for one in request.opened]
    return OpeningsBody(
        new=context.database.write(lambda session: rules.note_openings(session, context, caller, opened))
    )


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
        files=[HeldBody(file=one.file, kind=one.kind, scope=one.scope, classes=list(one.classes)) for one in held],
    )

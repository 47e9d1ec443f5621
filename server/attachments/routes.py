"""Photos by tus 1.0 (core and creation): resumable in, by hash out."""

import base64
import binascii
import json
import re
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from fastapi.concurrency import run_in_threadpool

from server.access import Here, Reader, Uploader
from server.attachments import rules
from server.bodies import Hash, Id
from server.context import Context
from server.devices.rules import Caller
from server.errors import YihuError, responses
from sync.change import to_base64url

router = APIRouter(tags=["照片 attachments"])

RENDERING = "Yihu-Rendering"
_TUS = {"Tus-Resumable": "1.0.0"}
_PART_TYPE = "application/offset+octet-stream"
Version = Annotated[str, Header(alias="Tus-Resumable")]
Length = Annotated[int, Header(alias="Upload-Length", ge=0, le=2**40)]
Offset = Annotated[int, Header(alias="Upload-Offset", ge=0, le=2**40)]
Metadata = Annotated[
    str, Header(alias="Upload-Metadata", max_length=1000, description="file, sha256, media_type (base64)")
]


@router.post(
    "/attachments",
    summary="开始上传一张照片",
    status_code=201,
    response_class=Response,
    responses={
        **responses("not_signed_in", "not_found", "image_refused", "invalid_value", "too_many", "unsupported_tus", "storage_full"),
        201: {"description": "made; `Location` names the upload, `Upload-Offset` what is there already"},
    },
)  # fmt: skip
def start(context: Here, caller: Uploader, length: Length, metadata: Metadata, version: Version = "1.0.0") -> Response:
    """Starting the same photo again gives the same upload, with what has arrived."""
    _check_version(version)
    given = _read_metadata(metadata)
    progress = context.database.write(
        lambda session: rules.start(
            session,
            context,
            caller,
            file=given["file"],
            sha256=given["sha256"],
            media_type=given["media_type"],
            length=length,
        )  # fmt: skip
    )
    location = f"/api/v1/attachments/{progress.upload_id}"
    return Response(status_code=201, headers={**_TUS, "Location": location, "Upload-Offset": str(progress.received)})


@router.head(
    "/attachments/{upload_id}",
    summary="查询已收到多少",
    response_class=Response,
    responses={**responses("not_signed_in", "not_found"), 200: {"description": "`Upload-Offset`, `Upload-Length`"}},
)
def get_progress(upload_id: Id, context: Here, caller: Uploader) -> Response:
    """Where to go on after a broken connection."""
    progress = context.database.read(lambda session: rules.get_progress(session, caller, upload_id))
    if progress.received == progress.length:
        rules.finish(context, caller, upload_id)  # where the server died between the last part and the check
    headers = {**_TUS, "Upload-Offset": str(progress.received), "Upload-Length": str(progress.length)}
    return Response(status_code=200, headers=headers)


@router.patch(
    "/attachments/{upload_id}",
    summary="续传一段",
    status_code=204,
    response_class=Response,
    responses={
        **responses("not_signed_in", "not_found", "offset_wrong", "unsupported_media_type", "hash_wrong", "exif_found",
                    "image_refused", "sound_refused", "unsupported_tus", "storage_full"),
        204: {"description": "durable; `Upload-Offset` is the new offset"},
    },
)  # fmt: skip
async def take_part(
    upload_id: Id, request: Request, context: Here, caller: Uploader, offset: Offset, version: Version = "1.0.0"
) -> Response:
    """One part, at most 1 MiB. With the last part the photo is checked: its hash, that it is a photo, that no EXIF is left."""
    _check_version(version)
    if request.headers.get("content-type") != _PART_TYPE:
        raise YihuError("unsupported_media_type", field="content-type")
    part = await request.body()
    progress = await run_in_threadpool(_take_part, context, caller, upload_id, offset, part)
    return Response(status_code=204, headers={**_TUS, "Upload-Offset": str(progress.received)})


@router.get(
    "/attachments/{file_id}/{sha256}",
    summary="取一张照片",
    response_class=Response,
    responses={
        **responses("not_signed_in", "device_revoked", "not_found"),
        200: {
            "content": {"image/*": {}, "audio/*": {}},
            "description": "a photo drawn anew, `Yihu-Rendering` says of what; a voice note as it was sent",
        },
    },
)
def get_attachment(file_id: Id, sha256: Hash, context: Here, caller: Reader) -> Response:
    """A photo or voice note of a file that the caller may read."""
    given = context.database.read(lambda session: rules.read_attachment(session, context, caller, file_id, sha256))
    headers = {"ETag": f'"{sha256}"', "Content-Disposition": "inline"}
    if given.rendering is not None:
        headers[RENDERING] = to_base64url(json.dumps(given.rendering.to_json()).encode())
    return Response(given.content, media_type=given.media_type, headers=headers)


def _take_part(context: Context, caller: Caller, upload_id: str, offset: int, part: bytes) -> rules.Progress:
    progress = context.database.write(
        lambda session: rules.take_part(session, context, caller, upload_id, offset, part)
    )
    if progress.received == progress.length:
        rules.finish(context, caller, upload_id)
    return progress


def _check_version(version: str) -> None:
    if version != "1.0.0":
        raise YihuError("unsupported_tus", headers={"Tus-Version": "1.0.0"})


def _read_metadata(header: str) -> dict[str, str]:
    """tus: comma-separated `key base64value` pairs."""
    given: dict[str, str] = {}
    try:
        for pair in header.split(","):
            key, _, encoded = pair.strip().partition(" ")
            given[key] = base64.b64decode(encoded, validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise YihuError("invalid_value", field="upload-metadata") from error
    is_sound = re.fullmatch(r"[0-9a-f]{32}", given.get("file", "")) and re.fullmatch(
        r"[0-9a-f]{64}", given.get("sha256", "")
    )
    if not is_sound or "media_type" not in given:
        raise YihuError("invalid_value", field="upload-metadata")
    return given

"""`POST /bundles`: somebody hands in what others recorded where no network comes."""

from typing import Annotated, Literal

from fastapi import APIRouter, Body, Header, Response
from pydantic import Field

from server.access import Here, Uploader
from server.bodies import AnswerBody, Hash
from server.bundles import rules
from server.errors import YihuError, responses
from sync.bundle import MEDIA_TYPE
from sync.change import to_base64url

router = APIRouter(tags=["捎带 bundles"])

_REFUSALS = (
    "bundle_too_large",
    "not_a_bundle",
    "bundle_damaged",
    "bundle_newer",
    "bundle_elsewhere",
    "bundle_kind",
    "bundle_sealed",
    "bundle_content",
)
_BYTES = {"content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}}


class CarriedResult(AnswerBody):
    id: Hash
    code: Literal["received", "known", "refused"]


class HandedInBody(AnswerBody):
    id: Annotated[Hash, Field(description="SHA-256 of the bundle")]
    results: list[CarriedResult]
    receipts: Annotated[str | None, Field(description="the bundle of receipts to carry back, base64url")]


@router.post(
    "/bundles",
    summary="交上捎来的记录",
    responses=responses("not_signed_in", "unsupported_media_type", "too_many", "storage_full", *_REFUSALS),
)
def hand_in(
    bundle: Annotated[bytes, Body(media_type=MEDIA_TYPE, description="the bytes of one bundle of saves")],
    context: Here,
    carrier: Uploader,
    content_type: Annotated[str, Header(include_in_schema=False)] = "",
) -> HandedInBody:
    """Each save in it is taken in exactly as if its author had pushed it; handing it in again, by anyone, is harmless.

    An upload session is enough: the carrier learns which saves arrived, never what was decided. The verdicts go back in
    `receipts`, sealed to the authors' own devices.
    """
    if content_type.split(";")[0].strip().lower() != MEDIA_TYPE:
        raise YihuError("unsupported_media_type", field="content-type")
    handed = context.database.write(lambda session: rules.hand_in(session, context, carrier, bundle))
    return HandedInBody(
        id=handed.bundle,
        results=[CarriedResult(id=save, code=code) for save, code in handed.results],
        receipts=to_base64url(handed.receipts) if handed.receipts else None,
    )


@router.get(
    "/bundles/{bundle}/receipts",
    summary="再取一次回执",
    response_class=Response,
    responses={
        200: {"description": "A bundle of receipts", **_BYTES},
        204: {"description": "None yet"},
        **responses("not_signed_in", "not_found"),
    },
)
def renew_receipts(bundle: Hash, context: Here, carrier: Uploader) -> Response:
    """The receipts of a bundle that this device handed in, with the verdicts of now: what was held may be decided."""
    packed = context.database.read(lambda session: rules.renew_receipts(session, context, carrier, bundle))
    return Response(packed, media_type=MEDIA_TYPE) if packed else Response(status_code=204)

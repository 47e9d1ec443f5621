"""Referrals between the stations of this server."""

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field

from server.access import DecidingReader, Here, Reader
from server.bodies import AnswerBody, Id, Instant, RequestBody
from server.errors import responses
from server.referrals import rules

router = APIRouter(tags=["转介 referrals"])


class StationBody(AnswerBody):
    station_id: Id
    name: str


class StationsBody(AnswerBody):
    stations: list[StationBody]


class ReferralRequest(RequestBody):
    file: Id
    element: Annotated[Id, Field(description="the approved referral in that file")]
    to: Id
    content: Annotated[str, Field(min_length=2, max_length=rules.CONTENT_MAX, description="what is handed over, JSON")]


class AnswerRequest(RequestBody):
    state: Literal["accepted", "refused", "contacted"]
    note: Annotated[str, Field(max_length=500)] = ""


class ParcelBody(AnswerBody):
    parcel_id: Id
    peer: Id
    peer_name: str
    file: str
    state: str
    made_at: Instant
    answered_at: int | None
    contacted_at: int | None
    answered_by: str
    note: str


class ParcelsBody(AnswerBody):
    parcels: list[ParcelBody]


class ContentBody(AnswerBody):
    content: str


@router.get("/stations", summary="本平台其他社工站", responses=responses("not_signed_in", "device_revoked"))
def list_stations(context: Here, caller: Reader) -> StationsBody:
    """Names only: to whom a family may be referred without leaving this server."""
    found = rules.list_other_stations(context, caller)
    return StationsBody(stations=[StationBody(station_id=one, name=name) for one, name in found])


@router.post(
    "/referrals",
    summary="把转介发到另一个站",
    status_code=204,
    responses=responses("not_signed_in", "device_revoked", "not_found", "referral_not_approved", "invalid_value"),
)
def send(request: ReferralRequest, context: Here, caller: Reader) -> None:
    """Only a referral that was approved, and only to the station that it names. Sending it again changes nothing."""
    rules.send(context, caller, file=request.file, element=request.element, to=request.to, content=request.content)


@router.get("/referrals/sent", summary="发出的转介", responses=responses("not_signed_in", "device_revoked"))
def list_sent(context: Here, caller: Reader) -> ParcelsBody:
    """What became of those of files that the caller may read."""
    return ParcelsBody(parcels=[ParcelBody(**vars(one)) for one in rules.list_sent(context, caller)])


@router.get(
    "/referrals/received",
    summary="收到的转介",
    responses=responses("not_signed_in", "device_revoked", "not_allowed"),
)
def list_received(context: Here, caller: DecidingReader) -> ParcelsBody:
    """For deputies and heads; without what was handed over."""
    return ParcelsBody(parcels=[ParcelBody(**vars(one)) for one in rules.list_received(context, caller)])


@router.get(
    "/referrals/received/{parcel_id}",
    summary="打开收到的转介",
    responses=responses("not_signed_in", "device_revoked", "not_allowed", "not_found"),
)
def open_received(parcel_id: Id, context: Here, caller: DecidingReader) -> ContentBody:
    """Each opening is recorded. Gone once the first contact is confirmed or the referral refused."""
    return ContentBody(content=rules.open_content(context, caller, parcel_id))


@router.post(
    "/referrals/received/{parcel_id}/answer",
    summary="接收、不接收、已首次接触",
    status_code=204,
    responses=responses("not_signed_in", "device_revoked", "not_allowed", "not_found", "conflict", "invalid_value"),
)
def answer(parcel_id: Id, request: AnswerRequest, context: Here, caller: DecidingReader) -> None:
    """The sending station is told at once, with the name of whoever answered."""
    rules.answer(context, caller, parcel_id, request.state, request.note.strip())

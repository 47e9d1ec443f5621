"""People of the station, their duties, and enrolment codes, for those who staff it."""

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field
from sqlmodel import Session

from server.access import DecidingReader, Here, PeopleKeeper
from server.accounts import codes, readers, rules, staffing
from server.accounts.rules import DutyOn
from server.administration import account_ends, stand_ins
from server.administration import rules as administration
from server.audit import rules as audit
from server.bodies import AnswerBody, DutyBody, Id, Instant, RequestBody
from server.context import Context
from server.devices import rules as devices
from server.devices.rules import Caller
from server.errors import YihuError, responses
from server.station import rules as stations

router = APIRouter(tags=["人员 people"])


class PersonBody(AnswerBody):
    person_id: Id
    name: str
    duties: list[DutyBody]
    devices: int
    until_at: Annotated[Instant | None, Field(description="the account ends then")]
    ended_at: Instant | None
    role: Annotated[str | None, Field(description="administrator of this kind")]


class PatchBody(AnswerBody):
    id: Id
    name: str


class PeopleBody(AnswerBody):
    people: list[PersonBody]
    patches: Annotated[list[PatchBody], Field(description="those on which the caller may give a duty")]


class GivenDuty(RequestBody):
    duty: Literal["head", "deputy", "worker"]
    scopes: Annotated[list[Id], Field(min_length=1, max_length=100)]


class NewPerson(RequestBody):
    name: Annotated[str, Field(min_length=1, max_length=staffing.NAME_CHARACTERS_MAX)]
    duties: Annotated[list[GivenDuty], Field(min_length=1, max_length=3)]


class NewDuties(RequestBody):
    duties: Annotated[list[GivenDuty], Field(max_length=3)]


class HandOver(RequestBody):
    to: Id


class AccountEnd(RequestBody):
    until_at: Annotated[Instant | None, Field(description="null: no end; an instant that is past: now")]


class NamedReader(RequestBody):
    person_id: Id
    reads: bool


class ReadersBody(AnswerBody):
    readers: Annotated[list[Id], Field(description="deputies and heads of the patch, and who was named")]


class AddedBody(AnswerBody):
    person_id: Id


class CodeRequest(RequestBody):
    person_id: Id


class CodeBody(AnswerBody):
    code: str
    link: str
    expires_at: Instant


@router.get("/people", summary="本站人员与职责", responses=responses("not_signed_in", "not_allowed"))
def list_people(context: Here, caller: PeopleKeeper) -> PeopleBody:
    """Everyone of the station with today's duties, devices and the end of the account. For deputies, heads, the security administrator."""
    return _people(context, caller)


@router.post(
    "/people",
    summary="添加一名工作人员",
    status_code=201,
    responses=responses("not_signed_in", "not_allowed", "invalid_value"),
)
def add_person(request: NewPerson, context: Here, caller: DecidingReader) -> AddedBody:
    """A new person with duties on patches, under a new epoch of the policy. A deputy adds workers on her own patches."""
    person_id = context.database.write(
        lambda session: staffing.add_person(session, context, caller, request.name, _given(request.duties))
    )
    return AddedBody(person_id=person_id)


@router.post(
    "/people/{person_id}/duties",
    summary="改一个人的职责和片区",
    responses=responses("not_signed_in", "not_allowed", "not_found", "invalid_value"),
)
def change_duties(person_id: Id, request: NewDuties, context: Here, caller: DecidingReader) -> PeopleBody:
    """These duties and no others, from a new epoch on. Nobody changes their own. Answers with everyone as they are now."""
    context.database.write(
        lambda session: staffing.change_duties(session, context, caller, person_id, _given(request.duties))
    )
    return _people(context, caller)


@router.post(
    "/people/{person_id}/hand-over",
    summary="把一个人的职责全部移交给另一个人",
    responses=responses("not_signed_in", "not_allowed", "not_found", "roles_apart", "conflict", "invalid_value"),
)
def hand_over(person_id: Id, request: HandOver, context: Here, caller: DecidingReader) -> PeopleBody:
    """All duties at once, under one new epoch; not to oneself. Answers with everyone as they are now."""
    context.database.write(lambda session: staffing.hand_over(session, context, caller, person_id, request.to))
    return _people(context, caller)


@router.post(
    "/people/{person_id}/account",
    summary="设定账号到期时间(或立即停用)",
    responses=responses("not_signed_in", "not_allowed", "not_found", "invalid_value"),
)
def end_account(person_id: Id, request: AccountEnd, context: Here, caller: PeopleKeeper) -> PeopleBody:
    """When it ends, duties end and its devices are revoked: they send what they recorded, then wipe themselves."""

    def work(session: Session) -> None:
        account_ends.set_end(session, context, caller, person_id, request.until_at)
        stand_ins.apply_due(session, caller.station_id, context.now())

    context.database.write(work)
    return _people(context, caller)


@router.post(
    "/drawers/{drawer}/readers",
    summary="指定(或取消)谁能看某片区的限知记录",
    responses=responses("not_signed_in", "not_allowed", "not_found", "roles_apart", "invalid_value"),
)
def name_reader(drawer: Id, request: NamedReader, context: Here, caller: DecidingReader) -> ReadersBody:
    """Under a new epoch of the policy. For a deputy or head of the patch, and not for oneself; on the audit record."""
    named = context.database.write(
        lambda session: readers.name_reader(
            session, context, caller, drawer, request.person_id, reads=request.reads
        )  # fmt: skip
    )
    return ReadersBody(readers=named)


def _given(duties: list[GivenDuty]) -> list[DutyOn]:
    return [DutyOn(given.duty, scope) for given in duties for scope in given.scopes]


def _people(context: Context, caller: Caller) -> PeopleBody:
    limit = context.settings.list_rows_max
    people, counts, patches, roles = context.database.read(
        lambda session: (
            rules.list_people(
                session, context.keyring, caller.station_id, stations.get_epoch(session, caller.station_id), limit
            ),
            devices.count_devices(session, caller.station_id, limit * 10),
            staffing.list_patches_to_staff(session, context, caller),
            administration.list_roles(session, caller.station_id),
        )
    )
    return PeopleBody(
        patches=[PatchBody(id=patch.scope, name=patch.name) for patch in patches],
        people=[
            PersonBody(
                person_id=person.person_id,
                name=person.name,
                duties=[DutyBody(**duty) for duty in stations.group_duties(person.duties)],
                devices=counts.get(person.person_id, 0),
                until_at=person.until_at,
                ended_at=person.ended_at,
                role=roles.get(person.person_id),
            )
            for person in people
        ],
    )


@router.post(
    "/enrolment/codes",
    summary="给某人发一个一次性登记码",
    status_code=201,
    responses=responses("not_signed_in", "not_allowed", "not_found", "invalid_value"),
)
def issue_code(request: CodeRequest, context: Here, caller: DecidingReader) -> CodeBody:
    """A new code for a person of the station. A deputy enrols workers and deputies; only a head enrols a head."""

    def work(session: Session) -> tuple[str, int]:
        duties = rules.list_duties(session, caller.station_id, request.person_id, caller.epoch)
        if rules.highest_duty(duties) == "head" and not caller.has_duty("head"):
            raise YihuError("not_allowed", field="person_id")
        audit.record(
            session, caller.station_id, "code_issued", context.now(), person_id=caller.person_id,
            replica=caller.replica, about=request.person_id,
        )  # fmt: skip
        return rules.issue_code(
            session, context.keyring, context.settings, caller.station_id, request.person_id, caller.person_id,
            context.now(),
        )  # fmt: skip

    code, expires_at = context.database.write(work)
    return CodeBody(
        code=codes.show_code(code), link=codes.make_link(context.settings.public_url, code), expires_at=expires_at
    )

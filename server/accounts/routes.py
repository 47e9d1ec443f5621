"""People of the station and enrolment codes, for those who staff it."""

from fastapi import APIRouter
from sqlmodel import Session

from server.access import DecidingReader, Here
from server.accounts import codes, rules
from server.audit import rules as audit
from server.bodies import AnswerBody, DutyBody, Id, Instant, RequestBody
from server.devices import rules as devices
from server.errors import YihuError, responses
from server.station import rules as stations

router = APIRouter(tags=["人员 people"])


class PersonBody(AnswerBody):
    person_id: Id
    name: str
    duties: list[DutyBody]
    devices: int


class PeopleBody(AnswerBody):
    people: list[PersonBody]


class CodeRequest(RequestBody):
    person_id: Id


class CodeBody(AnswerBody):
    code: str
    link: str
    expires_at: Instant


@router.get("/people", summary="本站人员与职责", responses=responses("not_signed_in", "not_allowed"))
def list_people(context: Here, caller: DecidingReader) -> PeopleBody:
    """Everyone of the station with today's duties and how many devices each uses. For deputies and heads."""
    limit = context.settings.list_rows_max
    people, counts = context.database.read(
        lambda session: (
            rules.list_people(session, context.keyring, caller.station_id, caller.epoch, limit),
            devices.count_devices(session, caller.station_id, limit * 10),
        )
    )
    return PeopleBody(
        people=[
            PersonBody(
                person_id=person.person_id,
                name=person.name,
                duties=[DutyBody(**duty) for duty in stations.group_duties(person.duties)],
                devices=counts.get(person.person_id, 0),
            )
            for person in people
        ]
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

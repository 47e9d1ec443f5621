"""The audit record for who may read it, recoveries by two, stand-ins with their dates."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import Field
from sqlmodel import Session

from server.access import DecidingReader, Here, Reader
from server.accounts import codes
from server.accounts import rules as accounts
from server.administration import alarms, records, rules, stand_ins
from server.audit import shipping
from server.bodies import AnswerBody, Id, Instant, RequestBody
from server.errors import responses

router = APIRouter(tags=["管理 administration"])


class AuditEntryBody(AnswerBody):
    position: int
    at: Instant
    event: str
    person_id: str | None
    replica: str | None
    about: str


class AuditBody(AnswerBody):
    entries: list[AuditEntryBody]
    more: bool


class VerifiedBody(AnswerBody):
    entries: int
    position: Annotated[int | None, Field(description="the first entry that was altered; null: whole")]
    reason: str | None
    checked_at: Instant


class AlarmBody(AnswerBody):
    position: int
    at: Instant
    event: str
    person_id: str | None
    replica: str | None
    about: str
    seen_by: str | None
    seen_at: Instant | None


class AlarmsBody(AnswerBody):
    alarms: list[AlarmBody]


class AdministratorBody(AnswerBody):
    person_id: Id
    name: str
    role: Annotated[str, Field(description="system, security, audit")]


class AdministratorsBody(AnswerBody):
    mine: Annotated[str | None, Field(description="the caller's own role")]
    reads_audit: bool
    administrators: list[AdministratorBody]


class RecoveryRequest(RequestBody):
    person_id: Id
    duty: Literal["head", "deputy"]
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class RecoveryBody(AnswerBody):
    recovery_id: Id
    person_id: Id
    duty: str
    reason: str
    asked_by: Id
    asked_at: Instant
    expires_at: Instant
    confirmed_by: str | None
    confirmed_at: int | None


class RecoveriesBody(AnswerBody):
    recoveries: list[RecoveryBody]


class RecoveryCodeBody(AnswerBody):
    code: str
    link: str
    expires_at: Instant


class StandInRequest(RequestBody):
    person_id: Id
    for_person_id: Id
    from_at: Instant
    until_at: Instant


class StandInBody(AnswerBody):
    stand_in_id: Id
    person_id: Id
    for_person_id: Id
    duty: str
    from_at: Instant
    until_at: Instant
    state: str


class StandInsBody(AnswerBody):
    stand_ins: list[StandInBody]


@router.get("/audit", summary="审计记录", responses=responses("not_signed_in", "not_allowed", "invalid_value"))
def list_audit(
    context: Here,
    caller: Reader,
    after: Annotated[int, Query(ge=0, description="position of the last entry seen")] = 0,
    alarms_only: Annotated[bool, Query(alias="alarms", description="alarms only")] = False,
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
) -> AuditBody:
    """For the audit administrator; for a head where the station has none. A head always sees the alarms."""
    entries, more = context.database.read(
        lambda session: records.list_entries(session, caller, after, limit, alarms_only=alarms_only)
    )
    return AuditBody(
        entries=[
            AuditEntryBody(
                position=one.position,
                at=one.at,
                event=one.event,
                person_id=one.person_id,
                replica=one.replica,
                about=one.about,
            )  # fmt: skip
            for one in entries
        ],
        more=more,
    )


@router.get("/audit/verify", summary="核对审计记录", responses=responses("not_signed_in", "not_allowed"))
def verify_audit(context: Here, caller: Reader) -> VerifiedBody:
    """Holds the record against its own chain and against the shipped copy; for who reads the whole record."""
    context.database.read(lambda session: records.check_auditor(session, caller))
    found = shipping.compare(context, caller.station_id)
    return VerifiedBody(entries=found.entries, position=found.position, reason=found.reason, checked_at=context.now())


@router.get("/alarms", summary="需要看的警报", responses=responses("not_signed_in", "not_allowed"))
def list_alarms(context: Here, caller: DecidingReader) -> AlarmsBody:
    """Too much read, a minor's file opened without a grant, a takeover: those of the caller's patches, not about the caller."""
    found = context.database.read(lambda session: alarms.list_alarms(session, context, caller))
    return AlarmsBody(alarms=[AlarmBody(**vars(one)) for one in found])


@router.post(
    "/alarms/{position}/seen",
    summary="这条警报我已核实",
    status_code=204,
    responses=responses("not_signed_in", "not_allowed", "not_found"),
)
def note_alarm_seen(position: Annotated[int, Path(ge=1, le=2**53)], context: Here, caller: DecidingReader) -> None:
    """On record: who looked at it, and when. Repeatable."""
    context.database.write(lambda session: alarms.note_seen(session, context, caller, position))


@router.get("/administrators", summary="三类管理员", responses=responses("not_signed_in", "device_revoked"))
def list_administrators(context: Here, caller: Reader) -> AdministratorsBody:
    """Everyone of the station sees who holds which power; nobody holds two."""

    def work(session: Session) -> AdministratorsBody:
        roles = rules.list_roles(session, caller.station_id)
        return AdministratorsBody(
            mine=roles.get(caller.person_id),
            reads_audit=records.is_auditor(session, caller),
            administrators=[
                AdministratorBody(
                    person_id=person_id,
                    name=accounts.get_person_name(session, context.keyring, caller.station_id, person_id),
                    role=role,
                )
                for person_id, role in sorted(roles.items(), key=lambda held: held[1])
            ],
        )

    return context.database.read(work)


@router.get("/recoveries", summary="两名管理员共同办理的接管", responses=responses("not_signed_in", "device_revoked"))
def list_recoveries(context: Here, caller: Reader) -> RecoveriesBody:
    """Everyone of the station sees them, and who asked and confirmed."""
    views = context.database.read(
        lambda session: rules.list_recoveries(session, context.keyring, caller.station_id, 100)
    )  # fmt: skip
    return RecoveriesBody(recoveries=[RecoveryBody(**vars(view)) for view in views])


@router.post(
    "/recoveries",
    summary="申请接管(第一名管理员)",
    status_code=201,
    responses=responses("not_signed_in", "not_allowed", "not_found", "roles_apart", "invalid_value"),
)
def ask_recovery(request: RecoveryRequest, context: Here, caller: Reader) -> RecoveryBody:
    """When no deputy and no head is left. Nothing changes until an administrator of the other kind confirms."""
    view = context.database.write(
        lambda session: rules.ask_recovery(
            session, context, caller, request.person_id, request.duty, request.reason.strip()
        )
    )
    return RecoveryBody(**vars(view))


@router.post(
    "/recoveries/{recovery_id}/confirm",
    summary="确认接管(第二名管理员)",
    responses=responses("not_signed_in", "not_allowed", "not_found", "two_needed", "roles_apart", "conflict"),
)
def confirm_recovery(recovery_id: Id, context: Here, caller: Reader) -> RecoveryCodeBody:
    """Gives the duty on every patch and a code to enrol with; within 72 hours of being asked for."""
    code, expires_at = context.database.write(
        lambda session: rules.confirm_recovery(session, context, caller, recovery_id)
    )
    return RecoveryCodeBody(
        code=codes.show_code(code), link=codes.make_link(context.settings.public_url, code), expires_at=expires_at
    )


@router.get("/stand-ins", summary="代班", responses=responses("not_signed_in", "device_revoked"))
def list_stand_ins(context: Here, caller: Reader) -> StandInsBody:
    rows = context.database.read(lambda session: stand_ins.list_stand_ins(session, caller.station_id, 200))
    return StandInsBody(stand_ins=[StandInBody(**vars(row)) for row in rows])


@router.post(
    "/stand-ins",
    summary="安排代班(起止日期)",
    status_code=201,
    responses=responses("not_signed_in", "not_allowed", "not_found", "roles_apart", "invalid_value"),
)
def give_stand_in(request: StandInRequest, context: Here, caller: DecidingReader) -> StandInBody:
    """A head for anyone, a deputy for herself. The duty begins and ends by itself."""
    row = context.database.write(lambda session: stand_ins.give(session, context, caller, **request.model_dump()))
    return StandInBody(**vars(row))


@router.delete(
    "/stand-ins/{stand_in_id}",
    summary="提前结束代班",
    status_code=204,
    responses=responses("not_signed_in", "not_allowed", "not_found"),
)
def end_stand_in(stand_in_id: Id, context: Here, caller: DecidingReader) -> None:
    context.database.write(lambda session: stand_ins.end(session, context, caller, stand_in_id))

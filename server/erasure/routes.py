"""Erasing one file for good takes two: one asks with a reason, another confirms."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from sqlmodel import Session

from server.access import Here, Reader
from server.administration import rules as administration
from server.bodies import AnswerBody, Id, Instant, RequestBody
from server.context import Context
from server.devices.rules import Caller
from server.erasure import rules, shredding
from server.errors import YihuError, responses

router = APIRouter(tags=["彻底删除 erasures"])


class ErasureRequest(RequestBody):
    file: Id
    reason: Annotated[str, Field(min_length=4, max_length=500, description="not the person's name: it stays")]


class ErasureBody(AnswerBody):
    file: Id
    scope: str
    state: Annotated[str, Field(description="asked, declined, erased")]
    asked_by: str
    asked_at: Instant
    reason: str
    decided_by: str | None
    decided_at: Instant | None


class ErasuresBody(AnswerBody):
    erasures: list[ErasureBody]


@router.get("/erasures", summary="申请彻底删除的档案", responses=responses("not_signed_in", "not_allowed"))
def list_erasures(context: Here, caller: Reader) -> ErasuresBody:
    """Those of one's own patches; the security administrator sees all, without any content."""
    is_security = _check(context, caller)
    views = context.database.read(lambda session: rules.list_asked(session, context, caller, sees_all=is_security))
    return ErasuresBody(erasures=[ErasureBody(**vars(view)) for view in views])


@router.post(
    "/erasures",
    summary="申请彻底删除一户档案",
    status_code=201,
    responses=responses("not_signed_in", "not_allowed", "not_found", "conflict", "erasure_merged", "invalid_value"),
)
def ask(request: ErasureRequest, context: Here, caller: Reader) -> ErasureBody:
    """By a deputy or head of its patch. Nothing happens until another person confirms. A merged file is parted first."""
    _check(context, caller)
    view = context.database.write(
        lambda session: rules.ask(session, context, caller, request.file, request.reason.strip())
    )
    return ErasureBody(**vars(view))


@router.post(
    "/erasures/{file}/confirm",
    summary="确认彻底删除(须另一个人)",
    responses=responses("not_signed_in", "not_allowed", "not_found", "conflict", "erasure_merged", "another_needed"),
)
def confirm(file: Id, context: Here, caller: Reader) -> ErasureBody:
    """By another deputy or head of the patch, or the security administrator; cannot be taken back.

    Its key is destroyed, here and in every backup; imported ledgers of the station go with it; phones drop the file at their
    next sync.
    """
    is_security = _check(context, caller)
    view, shredded = context.database.write(
        lambda session: rules.confirm(session, context, caller, file, is_security=is_security)
    )
    shredding.shred(context, caller.station_id, shredded)
    return ErasureBody(**vars(view))


@router.post(
    "/erasures/{file}/decline",
    summary="不同意彻底删除",
    responses=responses("not_signed_in", "not_allowed", "not_found", "conflict"),
)
def decline(file: Id, context: Here, caller: Reader) -> ErasureBody:
    """By whoever may confirm, or who asked. It may be asked again."""
    is_security = _check(context, caller)
    view = context.database.write(
        lambda session: rules.decline(session, context, caller, file, is_security=is_security)
    )
    return ErasureBody(**vars(view))


def _check(context: Context, caller: Caller) -> bool:
    """Whether it is the security administrator; raises `not_allowed` for whoever is neither that nor decides on a patch."""

    def role(session: Session) -> str | None:
        return administration.find_role(session, caller.station_id, caller.person_id)

    is_security = context.database.read(role) == rules.SECURITY
    if not is_security and not caller.has_duty("deputy", "head"):
        raise YihuError("not_allowed")
    return is_security

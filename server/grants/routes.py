"""Asking for, deciding and listing grants for minors' files."""

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field

from server.access import DecidingReader, Here, Reader
from server.bodies import AnswerBody, Id, Instant, RequestBody
from server.errors import responses
from server.grants import rules

router = APIRouter(tags=["未成年人授权 grants"])


class GrantRequest(RequestBody):
    file: Id | None = None
    scope: Id | None = None
    reason: Annotated[str, Field(min_length=1, max_length=500)]
    until_at: Instant


class GrantDecision(RequestBody):
    decision: Literal["approve", "decline"]


class GrantBody(AnswerBody):
    grant_id: Id
    person_id: Id
    file: str | None
    scope: str | None
    reason: str
    asked_at: Instant
    until_at: Instant
    state: str
    decided_by: str | None
    decided_at: int | None


class GrantsBody(AnswerBody):
    grants: list[GrantBody]


@router.get("/grants", summary="未成年人档案授权", responses=responses("not_signed_in", "device_revoked"))
def list_grants(context: Here, caller: Reader) -> GrantsBody:
    """One's own; a deputy or head also sees those of her patches."""
    views = context.database.read(lambda session: rules.list_grants(session, context, caller))
    return GrantsBody(grants=[GrantBody(**vars(view)) for view in views])


@router.post(
    "/grants",
    summary="申请授权(一户或一个片区)",
    status_code=201,
    responses=responses("not_signed_in", "device_revoked", "not_found", "invalid_value"),
)
def ask(request: GrantRequest, context: Here, caller: Reader) -> GrantBody:
    """With a reason and an end date, at most a year. It counts once a deputy has approved it."""
    view = context.database.write(
        lambda session: rules.ask(
            session,
            context,
            caller,
            file=request.file,
            scope=request.scope,
            reason=request.reason.strip(),
            until_at=request.until_at,
        )  # fmt: skip
    )
    return GrantBody(**vars(view))


@router.post(
    "/grants/{grant_id}",
    summary="批准或不批准授权",
    responses=responses("not_signed_in", "not_allowed", "not_found", "conflict", "invalid_value"),
)
def decide(grant_id: Id, request: GrantDecision, context: Here, caller: DecidingReader) -> GrantBody:
    """By a deputy or head of the patch, not for oneself. Declining an approved grant ends it."""
    view = context.database.write(
        lambda session: rules.decide(session, context, caller, grant_id, is_approved=request.decision == "approve")
    )
    return GrantBody(**vars(view))

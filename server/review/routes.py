"""The deputy's list of what waits for a decision."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from server.access import DecidingReader, Here
from server.bodies import AnswerBody, EnvelopeBody, Hash, Id, Instant, RequestBody
from server.errors import responses
from server.review import rules

router = APIRouter(tags=["审核 review"])


class WaitingBody(AnswerBody):
    change: Hash
    file: Id
    kind: str
    scope: Id
    replica: Id
    person_id: Id
    act: str
    status: str
    position: int
    received_at: Instant
    reasons: list[dict[str, Any]]


class WaitingList(AnswerBody):
    items: list[WaitingBody]
    more: bool


class Decision(RequestBody):
    decision: Literal["accept", "decline"]
    reason: Annotated[str | None, Field(max_length=2000)] = None


class DecisionBody(AnswerBody):
    verdict: EnvelopeBody


@router.get(
    "/review", summary="等待副站长决定的记录", responses=responses("not_signed_in", "not_allowed", "invalid_value")
)
def list_waiting(
    context: Here,
    caller: DecidingReader,
    after: Annotated[int, Query(ge=0, description="position of the last item seen")] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> WaitingList:
    """Held and quarantined changes of the caller's patches, longest waiting first."""
    items, more = context.database.read(lambda session: rules.list_waiting(session, context, caller, after, limit))
    return WaitingList(items=[WaitingBody(**vars(item)) for item in items], more=more)


@router.post(
    "/review/{change}",
    summary="采纳或不采纳一条记录",
    responses=responses("not_signed_in", "not_allowed", "not_found", "change_final", "cannot_accept", "invalid_value"),
)
def decide(change: Hash, request: Decision, context: Here, caller: DecidingReader) -> DecisionBody:
    """Takes a held or quarantined change in, or declines it with a reason. Nobody decides on their own change."""
    verdict = context.database.write(
        lambda session: rules.decide(
            session, context, caller, change, is_accepted=request.decision == "accept", reason=request.reason
        )
    )
    return DecisionBody(verdict=EnvelopeBody.of(verdict))

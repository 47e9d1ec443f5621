"""The deputy's list of what waits for a decision, and what authors may ask and put away."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from server.access import DecidingReader, Here, Reader
from server.bodies import AnswerBody, EnvelopeBody, Hash, Id, Instant, RequestBody
from server.errors import responses
from server.review import rules

router = APIRouter(tags=["审核 review"])

Text = Annotated[str | None, Field(max_length=2000)]
Whys = Literal["held", "former_scope", "role_changed", "lost_phone", "fork", "asked", "other"]


class WaitingBody(AnswerBody):
    change: Hash
    file: Id
    kind: str
    scope: Id
    replica: Id
    seq: int
    person_id: Id
    act: str
    status: str
    why: Annotated[Whys, Field(description="why it is not simply taken in")]
    position: int
    received_at: Instant
    reasons: list[dict[str, Any]]
    asked_at: Annotated[Instant | None, Field(description="since when its author asks for a look")]
    note: str | None


class WaitingList(AnswerBody):
    items: list[WaitingBody]
    more: bool


class AuthorBody(AnswerBody):
    replica: Id
    seq: int
    person_id: Id | None


class OutlookBody(AnswerBody):
    """What taking it in would bring; null where nobody can take it in as it stands."""

    status: str
    reasons: list[dict[str, Any]]
    conflicts: Annotated[list[str], Field(description="paths at which several values would stand open")]


class LookBody(AnswerBody):
    envelope: EnvelopeBody
    verdict: EnvelopeBody
    why: Whys
    status: str
    scope: Id
    reasons: list[dict[str, Any]]
    waits_for: list[AuthorBody]
    if_accepted: OutlookBody | None
    asked_at: Instant | None
    note: str | None


class Decision(RequestBody):
    decision: Literal["accept", "decline", "reissued"]
    reason: Text = None
    instead: Annotated[Hash | None, Field(description="reissued: the accepted change that names this one")] = None


class DecisionBody(AnswerBody):
    verdict: EnvelopeBody


class Decisions(RequestBody):
    decision: Literal["accept", "decline"]
    changes: Annotated[list[Hash], Field(min_length=1, max_length=200)]
    reason: Text = None


class DecidedBody(AnswerBody):
    change: Hash
    status: str | None
    code: Annotated[str | None, Field(description="why it stays: `needs_look`, `cannot_accept`, ...")]


class DecidedList(AnswerBody):
    results: list[DecidedBody]


class Question(RequestBody):
    note: Text = None


class AskedBody(AnswerBody):
    asked_at: Instant


@router.get(
    "/review", summary="等待副站长决定的记录", responses=responses("not_signed_in", "not_allowed", "invalid_value")
)
def list_waiting(
    context: Here,
    caller: DecidingReader,
    after: Annotated[int, Query(ge=0, description="position of the last item seen")] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 200,
) -> WaitingList:
    """Held and quarantined changes of the caller's patches, longest waiting first; returned ones that authors ask about."""
    items, more = context.database.read(lambda session: rules.list_waiting(session, context, caller, after, limit))
    return WaitingList(items=[WaitingBody(**vars(item)) for item in items], more=more)


@router.post(
    "/review/decisions",
    summary="一次决定多条记录",
    responses=responses("not_signed_in", "not_allowed", "invalid_value"),
)
def decide_many(request: Decisions, context: Here, caller: DecidingReader) -> DecidedList:
    """One answer a change, in the order given. What would open a conflict or break a rule is not taken in unseen."""
    decided = context.database.write(
        lambda session: rules.decide_many(
            session, context, caller, request.changes, is_accepted=request.decision == "accept", reason=request.reason
        )
    )
    return DecidedList(results=[DecidedBody(**vars(one)) for one in decided])


@router.get(
    "/review/{change}",
    summary="看一条等待决定的记录",
    responses=responses("not_signed_in", "not_allowed", "not_found"),
)
def look(change: Hash, context: Here, caller: DecidingReader) -> LookBody:
    """The change itself, its verdict, what it waits for, and what taking it in would bring. Writes nothing."""
    found, why, asked_at, note = context.database.read(lambda session: rules.look(session, context, caller, change))
    outlook = found.outlook
    return LookBody(
        envelope=EnvelopeBody.of(found.envelope),
        verdict=EnvelopeBody.of(found.verdict),
        why=why,
        status=found.row.status,
        scope=found.scope,
        reasons=rules.reasons_of(found),
        waits_for=[AuthorBody(**vars(one)) for one in found.waits_for],
        if_accepted=OutlookBody(
            status=outlook.status,
            reasons=[reason.to_json() for reason in outlook.reasons],
            conflicts=list(outlook.conflicts),
        )
        if outlook
        else None,
        asked_at=asked_at,
        note=note,
    )


@router.post(
    "/review/{change}",
    summary="采纳、不采纳，或已另行录入一条记录",
    responses=responses("not_signed_in", "not_allowed", "not_found", "change_final", "cannot_accept", "invalid_value"),
)
def decide(change: Hash, request: Decision, context: Here, caller: DecidingReader) -> DecisionBody:
    """Takes a held or quarantined change in, declines it with a reason, or says under which change its words were entered
    again. Nobody decides on their own change."""
    verdict = context.database.write(
        lambda session: rules.decide(
            session, context, caller, change, request.decision, reason=request.reason, instead=request.instead
        )
    )
    return DecisionBody(verdict=EnvelopeBody.of(verdict))


@router.post(
    "/review/{change}/ask",
    summary="请副站长看一眼自己的一条记录",
    responses=responses("not_signed_in", "not_found", "change_final", "invalid_value"),
)
def ask(change: Hash, request: Question, context: Here, caller: Reader) -> AskedBody:
    """For the author of a change that is held, quarantined or returned: it appears in the deputy's list with the note."""
    asked_at = context.database.write(lambda session: rules.ask(session, context, caller, change, request.note))
    return AskedBody(asked_at=asked_at)


@router.post(
    "/review/{change}/dismiss",
    summary="收起自己被退回的一条记录",
    responses=responses("not_signed_in", "not_found", "change_final", "change_waits"),
)
def dismiss(change: Hash, context: Here, caller: Reader) -> DecisionBody:
    """The answer is proof that the server holds the change; it keeps it sealed. For the author alone. Repeatable."""
    verdict = context.database.write(lambda session: rules.dismiss(session, context, caller, change))
    return DecisionBody(verdict=EnvelopeBody.of(verdict))

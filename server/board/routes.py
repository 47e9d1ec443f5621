"""The needs board: reading it, taking a need up, giving it back. A need is posted and fulfilled by the household's own record."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from server.access import Here, Reader
from server.board import rules
from server.bodies import AnswerBody, Id, RequestBody
from server.errors import responses

router = APIRouter(tags=["需求对接 board"])


class BoardBody(AnswerBody):
    entries: list[rules.BoardView]


class TakeRequest(RequestBody):
    note: Annotated[str, Field(min_length=1, max_length=rules.NOTE_MAX, description="what one offers")]


@router.get("/board", summary="需求对接栏(不带姓名)", responses=responses("not_signed_in", "not_allowed"))
def list_board(context: Here, caller: Reader) -> BoardBody:
    """Every open need of the station. `file` is told only to who reads that household."""
    views = context.database.write(lambda session: rules.list_board(session, context, caller))
    return BoardBody(entries=views)


@router.post(
    "/board/{entry}/take",
    summary="接下一条需求",
    status_code=204,
    responses=responses("not_signed_in", "not_allowed", "not_found", "conflict", "invalid_value"),
)
def take_up(entry: Id, request: TakeRequest, context: Here, caller: Reader) -> None:
    context.database.write(lambda session: rules.take_up(session, context, caller, entry, request.note.strip()))


@router.post(
    "/board/{entry}/give-back",
    summary="退回一条需求",
    status_code=204,
    responses=responses("not_signed_in", "not_allowed", "not_found"),
)
def give_back(entry: Id, context: Here, caller: Reader) -> None:
    context.database.write(lambda session: rules.give_back(session, context, caller, entry))

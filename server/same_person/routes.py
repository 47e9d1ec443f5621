"""One person in two household files, for those who may know of both."""

from typing import Annotated

from fastapi import APIRouter, Query

from server.access import Here, Reader
from server.bodies import AnswerBody, Hash, Id
from server.errors import responses
from server.same_person import rules

router = APIRouter(tags=["一人两档 same_person"])


class PairFileBody(AnswerBody):
    """`readable`: the caller works in its patch; of the other file nothing but its patch is told."""

    file: Id
    scope: Id
    readable: bool


class SamePersonBody(AnswerBody):
    conflict: Id
    digest: Hash
    persons: int
    settled: bool
    files: list[PairFileBody]


class SamePersonList(AnswerBody):
    items: list[SamePersonBody]
    more: bool


@router.get(
    "/same-person", summary="同一个人在两份户档里", responses=responses("not_signed_in", "invalid_value")
)  # fmt: skip
def list_same_persons(
    context: Here, caller: Reader, limit: Annotated[int, Query(ge=1, le=500)] = 200
) -> SamePersonList:
    """Found by the blind index of id numbers and checked against the files as they stand. No name and no number is told."""
    found, more = context.database.read(lambda session: rules.list_same_persons(session, context, caller, limit))
    items = [
        SamePersonBody(
            conflict=one.conflict, digest=one.digest, persons=one.persons, settled=one.settled,
            files=[PairFileBody(**vars(file)) for file in one.files],
        )
        for one in found
    ]  # fmt: skip
    return SamePersonList(items=items, more=more)

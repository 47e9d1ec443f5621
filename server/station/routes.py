"""The signed policy: who is who, which villages, which keys, which limits."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from schemas.registry import KINDS
from server.access import Here, Reader
from server.bodies import EnvelopeBody
from server.errors import YihuError, responses
from server.station import rules

router = APIRouter(tags=["站点 station"])


@router.get(
    "/policy",
    summary="站点规定(已签名)",
    response_model=EnvelopeBody,
    responses={**responses("not_signed_in", "device_revoked"), 304: {"description": "unchanged since this ETag"}},
)
def get_policy(request: Request, response: Response, context: Here, caller: Reader) -> EnvelopeBody | Response:
    """An envelope of `{"type":"policy",...}`; send its ETag back in `If-None-Match`."""
    policy, etag = context.database.read(
        lambda session: rules.make_policy(
            session, context.keyring, context.settings, caller.station_id, caller.person_id, context.now()
        )
    )
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers={"ETag": etag})
    response.headers["ETag"] = etag
    return EnvelopeBody.of(policy)


@router.get(
    "/kinds/{kind}",
    summary="一种档案的合并规则",
    responses=responses("not_signed_in", "device_revoked", "not_found", "invalid_value"),
)
def get_kind_rules(kind: Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,39}$")], caller: Reader) -> dict[str, Any]:
    """What a fold needs to know of a kind (PROTOCOL F-12): policies, collections, sections, duties, version."""
    if kind not in KINDS:
        raise YihuError("not_found", field="kind")
    return KINDS[kind].rules()

"""The signed policy: who is who, which villages, which keys, which limits."""

from fastapi import APIRouter, Request, Response

from server.access import Here, Reader
from server.bodies import EnvelopeBody
from server.errors import responses
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

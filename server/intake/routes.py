"""`POST /sealed`: uploading with the main vault closed."""

from fastapi import APIRouter

from server.access import Here, Uploader
from server.errors import responses
from server.intake import sealed
from sync.messages import SealedAnswer, SealedRequest, SealedResult

router = APIRouter(tags=["同步 sync"])


@router.post(
    "/sealed",
    summary="上传已封好的记录(上锁时也可以)",
    responses=responses("not_signed_in", "invalid_value", "too_deep", "storage_full"),
)
def receive_sealed(request: SealedRequest, context: Here, caller: Uploader) -> SealedAnswer:
    """Each item is a save encrypted to the station (HPKE). The answer says only whether it arrived, never what was decided.

    An upload session is enough, also of a device that was revoked: what it recorded still gets home, and waits there for
    a deputy.
    """
    items = [(item.id, item.sealed) for item in request.items]
    codes = context.database.write(lambda session: sealed.receive_sealed(session, context, caller, items))
    return SealedAnswer(
        results=[SealedResult(id=item.id, code=code) for item, code in zip(request.items, codes, strict=True)]
    )

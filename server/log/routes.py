"""What devices ask about the log as a whole: witness, bring back, compare, prove."""

from fastapi import APIRouter
from sqlmodel import Session

from server.access import Here, Reader
from server.errors import responses
from server.intake import rules as intake
from server.log import have, restarts, rules
from sync.change import Envelope
from sync.messages import (
    HaveAnswer,
    HaveRequest,
    InclusionAnswer,
    InclusionProof,
    InclusionRequest,
    ReturnAnswer,
    ReturnRequest,
    ReturnResult,
    SignedText,
    WitnessAnswer,
    WitnessRequest,
)

router = APIRouter(tags=["核对记录 log"])


@router.post(
    "/log/witness",
    summary="出示手机记得的记录根,核对服务器是否恢复过备份",
    responses=responses("not_signed_in", "device_revoked", "invalid_value"),
)
def hear_witness(request: WitnessRequest, context: Here, caller: Reader) -> WitnessAnswer:
    """A root that this server once signed and has no longer proves that an older copy was put back: then the log goes on in
    a new epoch and a signed statement says so. `differs`: it contradicts the log, and only the operator can say what
    happened (`yihu verify`, `yihu restore`). Repeating it changes nothing.
    """
    shown = Envelope(request.root.body, request.root.sig) if request.root else None
    heard = context.database.write(
        lambda session: restarts.hear_witness(session, context, caller, shown, request.remembered)
    )
    return WitnessAnswer(
        root=_signed(heard.root),
        restarts=[_signed(one) for one in heard.restarts],
        state="sound" if heard.is_sound else "differs",
    )


@router.post(
    "/log/return",
    summary="把服务器忘记的记录连同原来的结论送回",
    responses=responses("not_signed_in", "device_revoked", "invalid_value", "storage_full"),
)
def take_back(request: ReturnRequest, context: Here, caller: Reader) -> ReturnAnswer:
    """Each change with the verdict that this station once signed on it; it counts as it was given. Safe to repeat."""
    items = [
        (Envelope(one.envelope.body, one.envelope.sig), Envelope(one.verdict.body, one.verdict.sig))
        for one in request.items
    ]
    codes = context.database.write(lambda session: intake.take_back(session, context, caller, items))
    ids = [intake.change_id_of(envelope) for envelope, _ in items]
    return ReturnAnswer(results=[ReturnResult(id=one, code=code) for one, code in zip(ids, codes, strict=True)])


@router.post(
    "/have", summary="比较哪些档案不一样", responses=responses("not_signed_in", "device_revoked", "invalid_value")
)
def compare_files(request: HaveRequest, context: Here, caller: Reader) -> HaveAnswer:
    """Which of these files hold other accepted changes here; with `changes`, what is here of them, as much as fits."""

    def work(session: Session) -> HaveAnswer:
        differ = rules.list_differing(session, caller, request.files)
        files = have.pack_files(session, context, caller, differ) if request.changes else []
        return HaveAnswer(differ=differ, unknown=rules.list_unknown(session, caller, request.files), files=files)

    return context.database.read(work)


@router.post(
    "/log/inclusion",
    summary="证明这些结论在记录里",
    responses=responses("not_signed_in", "device_revoked", "invalid_value"),
)
def prove_inclusion(request: InclusionRequest, context: Here, caller: Reader) -> InclusionAnswer:
    """For each place that stands in the log of `size` entries: its leaf and the hashes that join it to that log's root."""
    found = context.database.read(
        lambda session: rules.prove_inclusion(session, caller.station_id, request.positions, request.size)
    )
    return InclusionAnswer(size=request.size, proofs=[InclusionProof.model_validate(one) for one in found])


def _signed(envelope: Envelope) -> SignedText:
    return SignedText(body=envelope.body, sig=envelope.sig)

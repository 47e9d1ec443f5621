"""The signed policy: who is who, which villages, which keys, which limits; and what a station sets for itself."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request, Response
from pydantic import Field, ValidationError

from schemas.local_rules.templates import make_template
from schemas.local_rules.warning import DAYS_MAX, NOTE_MAX, VILLAGES_MAX, Warning
from schemas.registry import KINDS
from server.access import DecidingReader, Here, Reader, RenewingReader
from server.bodies import AnswerBody, EnvelopeBody, Id, Instant, RequestBody
from server.devices.rules import Caller
from server.errors import YihuError, responses
from server.station import local_sheets, rules, warning_sheets

router = APIRouter(tags=["站点 station"])
_TEXT_MAX = 200_000


class SheetBody(AnswerBody):
    name: str
    kind: str
    number: int
    title: str
    text: str
    is_withdrawn: bool
    written_by: str | None
    written_at: Instant


class SheetsBody(AnswerBody):
    sheets: list[SheetBody]


class SheetRequest(RequestBody):
    kind: Literal["county", "visits", "instrument"]
    text: Annotated[str, Field(max_length=_TEXT_MAX, description="YAML, as yihu local check takes it")]
    keep: Annotated[bool, Field(description="false: only say what is wrong")]


class RemarkBody(AnswerBody):
    where: str
    line: int
    say: str
    say_en: str


class PutBody(AnswerBody):
    """`number` is null where nothing was kept."""

    name: str
    number: int | None
    faults: list[RemarkBody]
    notes: list[RemarkBody]


class TemplateBody(AnswerBody):
    text: str


class WithdrawRequest(RequestBody):
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]


class WithdrawnBody(AnswerBody):
    name: str
    number: int


@router.get(
    "/policy",
    summary="站点规定(已签名)",
    response_model=EnvelopeBody,
    responses={**responses("not_signed_in", "device_revoked"), 304: {"description": "unchanged since this ETag"}},
)
def get_policy(request: Request, response: Response, context: Here, caller: RenewingReader) -> EnvelopeBody | Response:
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


@router.get("/local", summary="本站自己的标准、走访频次和量表", responses=responses("not_signed_in", "not_allowed"))
def list_local(context: Here, caller: DecidingReader) -> SheetsBody:
    """The newest version of each sheet as it was written; phones get the same, worked out, in the policy."""
    views = context.database.read(
        lambda session: local_sheets.list_sheets(session, context.keyring, caller.station_id)
    )  # fmt: skip
    return SheetsBody(sheets=[SheetBody(**vars(view)) for view in views])


@router.post(
    "/local",
    summary="检查或保存本站的标准、频次、量表",
    responses=responses("not_signed_in", "not_allowed", "invalid_value"),
)
def put_local(request: SheetRequest, context: Here, caller: DecidingReader) -> PutBody:
    """Every mistake by line and place. A sound sheet that is kept reaches every phone with its next sync."""

    def work(session: Any) -> local_sheets.Put:
        return local_sheets.put_sheet(
            session, context, caller.station_id, request.kind, request.text, caller.person_id, keep=request.keep
        )

    put = context.database.write(work) if request.keep else context.database.read(work)
    return PutBody(
        name=put.checked.name,
        number=put.number,
        faults=[RemarkBody(where=one.where, line=one.line, say=one.zh, say_en=one.en) for one in put.faults],
        notes=[RemarkBody(where=one.where, line=0, say=one.zh, say_en=one.en) for one in put.checked.notes],
    )


@router.post(
    "/local/withdraw",
    summary="停用本站的一份标准或量表",
    responses=responses("not_signed_in", "not_allowed", "not_found", "invalid_value"),
)
def withdraw_local(request: WithdrawRequest, context: Here, caller: DecidingReader) -> WithdrawnBody:
    """The shipped rules hold again. Safe to repeat."""
    number = context.database.write(
        lambda session: local_sheets.withdraw_sheet(session, context, caller.station_id, request.name, caller.person_id)
    )
    return WithdrawnBody(name=request.name, number=number)


@router.get(
    "/local/templates/{kind}",
    summary="标准、频次、量表的样本",
    responses=responses("not_signed_in", "not_allowed", "invalid_value"),
)
def get_local_template(kind: Literal["county", "visits", "instrument"], caller: DecidingReader) -> TemplateBody:
    """A sheet to fill in, with every name that it may hold."""
    return TemplateBody(text=make_template(kind))


class WarningRequest(RequestBody):
    """`id` is made by the phone, so that a call may be repeated over a line that broke."""

    id: Id
    kind: Annotated[str, Field(max_length=40, description="a visit_event that the visit rules answer with days")]
    on: Annotated[date, Field(strict=False)]
    until: Annotated[date, Field(strict=False, description=f"at most {DAYS_MAX} days after `on`")]
    villages: Annotated[list[Id], Field(min_length=1, max_length=VILLAGES_MAX)]
    note: Annotated[str, Field(max_length=NOTE_MAX)] = ""


@router.post(
    "/warnings",
    status_code=204,
    summary="给几个村发预警：那里每户都要上门",
    responses=responses("not_signed_in", "not_allowed", "not_found", "invalid_value"),
)
def declare_warning(request: WarningRequest, context: Here, caller: DecidingReader) -> None:
    """Every household of these villages is due on the phones that have it, until somebody was there or the warning has passed."""
    try:
        warning = Warning(**(request.model_dump() | {"villages": tuple(dict.fromkeys(request.villages))}))
    except ValidationError as error:
        fault = error.errors()[0]
        raise YihuError(
            "invalid_value", field=str(fault["loc"][0] if fault["loc"] else fault["ctx"]["error"])
        ) from None
    context.database.write(
        lambda session: warning_sheets.declare(
            session, context, caller.station_id, warning, caller.person_id, _decides(caller)
        )
    )


@router.post(
    "/warnings/{warning}/end",
    status_code=204,
    summary="预警解除",
    responses=responses("not_signed_in", "not_allowed", "not_found", "invalid_value"),
)
def end_warning(warning: Id, context: Here, caller: DecidingReader) -> None:
    context.database.write(
        lambda session: warning_sheets.end(
            session, context, caller.station_id, warning, caller.person_id, _decides(caller)
        )
    )


def _decides(caller: Caller) -> set[str]:
    return {held.scope for held in caller.duties if held.duty in ("deputy", "head")}

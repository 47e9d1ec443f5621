"""Shapes of the ledger calls. A preview is made anew on every call: it is never stored, only the file and the decisions are."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from server.bodies import AnswerBody, Id, Instant, RequestBody

Text = Annotated[str, Field(max_length=300)]
Status = Literal["new", "changed", "same", "village_unknown", "not_yours"]


class DoubtBody(AnswerBody):
    """One doubtful cell. `row` and `field` name it for a correction; `cell` is null where the sheet has no such column."""

    sheet: str
    row: str
    cell: str | None
    field: str
    code: str
    text: str
    reason: str
    severity: Literal["problem", "note"]
    suggestion: str | None
    accepted: bool


class MemberBody(AnswerBody):
    """A person as read. `id_text` is a damaged number as the sheet has it: never an identity."""

    row: str
    rows: list[str]
    name: str
    relation: str | None
    gender: str | None
    born_on: str | None
    age: int | None
    id_number: str | None
    id_text: str | None
    id_converted: bool
    phone: str | None
    categories: list[str]
    disability: dict[str, str] | None
    remarks: list[str]
    doubts: list[DoubtBody]


class DifferenceBody(AnswerBody):
    """What the ledger says and the file does not. Signing `ops` accepts it."""

    id: str
    path: str
    label: str
    member: str | None
    old: Any
    new: Any
    ops: list[dict[str, Any]]
    advised: bool


class ApartBody(AnswerBody):
    """What few may know about a person: goes into a restricted record of its own in the drawer beside the household's patch."""

    key: str
    name: str
    ops: list[dict[str, Any]]


class HouseholdBody(AnswerBody):
    """`ops`: a whole new file when `status` is new; else empty, and each difference brings its own."""

    key: str
    status: Status
    file_id: Id | None
    scope: Id | None
    number: str | None
    village: str | None
    address: str
    head_name: str | None
    members: list[MemberBody]
    doubts: list[DoubtBody]
    differences: list[DifferenceBody]
    not_mentioned: list[str] = Field(
        description="names of members of the file whom the ledger leaves out; never removed by an import"
    )
    ops: list[dict[str, Any]]
    apart: list[ApartBody]


class ColumnBody(AnswerBody):
    column: str
    label: str
    field: str | None
    how: Literal["word", "content", "none"]


class SkippedBody(AnswerBody):
    row: int
    why: str


class SheetBody(AnswerBody):
    name: str
    rows: int
    people: int
    columns: list[ColumnBody]
    skipped: list[SkippedBody]
    category: str | None
    notes: list[str]


class LedgerVillageBody(AnswerBody):
    """A village name of the ledger and the village of the station it stands for; null: the deputy is asked."""

    name: str
    households: int
    village_id: Id | None
    mapped: bool


class CountsBody(AnswerBody):
    households: int
    people: int
    problems: int
    notes: int
    new: int
    changed: int
    same: int
    waiting: int = Field(description="households whose village the station does not have, or not in the caller's patch")
    absent: int = Field(description="files of the station that this ledger does not mention")


class PreviewBody(AnswerBody):
    import_id: Id
    file_name: str
    created_at: Instant
    filled_on: str | None
    applied: int = Field(description="corrections taken from the uploaded sheet of doubtful cells; 0 otherwise")
    counts: CountsBody
    villages: list[LedgerVillageBody]
    sheets: list[SheetBody]
    households: list[HouseholdBody]


class ImportBody(AnswerBody):
    import_id: Id
    file_name: str
    created_at: Instant
    person_id: Id
    bytes: int


class ImportsBody(AnswerBody):
    imports: list[ImportBody]


class CorrectionRequest(RequestBody):
    """`value` text: the cell should say this. null: the cell is right as it is read. `field` "row" with null leaves the row out."""

    row: Text
    field: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]
    value: Text | None = None


class VillageRequest(RequestBody):
    name: Text
    village_id: Id | None


class CorrectionsRequest(RequestBody):
    model_config = ConfigDict(extra="forbid", strict=True)

    corrections: Annotated[list[CorrectionRequest], Field(max_length=5_000)] = []
    villages: Annotated[list[VillageRequest], Field(max_length=500)] = []
    withdraw: Annotated[
        list[CorrectionRequest], Field(max_length=5_000, description="decisions to take back; `value` is ignored")
    ] = []

"""What a fold gives: plain data, the same JSON in Python and TypeScript. Screens, search and the server read this."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

PathStatus = Literal["settled", "also", "conflict"]
SectionStatus = Literal[
    "draft", "submitted", "returned", "approved", "amendment_pending", "amendment_submitted", "stale"
]
Standing = Literal["in_force", "partial", "superseded", "differs", "returned", "rival"]


class FoldedValue(TypedDict):
    """One live value: every live dot that says it, and the most recent author of it."""

    value: Any
    dots: list[list[Any]]  # [replica, seq], sorted
    person: str
    at: int
    effective_at: int
    position: int | None  # None while undecided
    path: NotRequired[str]  # only in conflicts that span several paths


class LostValue(TypedDict):
    """A value that was replaced: the register's history, in the order of folding."""

    value: Any
    dot: list[Any]
    person: str
    at: int


class FoldedPath(TypedDict):
    """One register. `value` is null in a conflict, where `stands` is the value last settled before."""

    status: PathStatus
    value: Any
    values: list[FoldedValue]
    replaced: list[LostValue]
    stands: NotRequired[Any]


class FoldedElement(TypedDict):
    collection: str
    id: str
    voided: bool
    dot: list[Any]  # the change that appended it


class FoldedConflict(TypedDict):
    id: str
    rule: Literal["values", "edit_of_voided"]
    path: str
    values: list[FoldedValue]


class FoldedAct(TypedDict):
    """A submission or a return that a section shows."""

    change: str
    content: str
    schema: int
    person: str
    at: int
    position: int | None
    reason: NotRequired[str | None]
    remarks: NotRequired[dict[str, str]]


class FoldedApproval(TypedDict):
    """One approval. `snapshot` never changes; `standing` says why it counts or does not (A-4 to A-8)."""

    change: str
    content: str
    schema: int
    person: str
    at: int
    position: int | None
    step: int
    effective: bool
    standing: Standing
    snapshot: dict[str, Any]


class FoldedSection(TypedDict):
    status: SectionStatus
    content: str | None  # hash of what it holds now under the rules' version; null: none (A-2)
    submitted: FoldedAct | None
    returned: FoldedAct | None
    approved: list[FoldedApproval]


class AbsorbedFile(TypedDict):
    """A file that shows in this one since `by` absorbed it; `known`: whether its changes were given."""

    file: str
    by: str
    known: bool


FoldedFile = TypedDict(
    "FoldedFile",
    {
        "file": str,
        "kind": str,
        "rules_version": int,
        "paths": dict[str, FoldedPath],
        "elements": dict[str, FoldedElement],
        "conflicts": list[FoldedConflict],
        "sections": dict[str, FoldedSection],
        "vector": dict[str, int],
        "except": list[list[Any]],
        "absorbed_by": str | None,  # the file under which this one shows; None: under itself
        "absorbs": list[AbsorbedFile],
    },
)

"""What a reading is made of: plain data, no logic beyond small questions about itself."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["problem", "note"]
Gender = Literal["male", "female"]


@dataclass(slots=True)
class Doubt:
    """One thing in one cell that a person should look at.

    `problem`: a value was left out or cannot be trusted. `note`: read without harm, said so that nobody is surprised.
    `row` names the row for a correction: `<sheet>!<row number from 1>`; `cell` is None where the sheet has no such column.
    """

    code: str
    field: str
    severity: Severity
    sheet: str
    row: str
    cell: str | None
    text: str
    reason: str
    suggestion: str | None = None
    accepted: bool = False


@dataclass(slots=True)
class Person:
    name: str
    id_number: str | None = None
    id_converted: bool = False  # made of an old 15-digit number
    id_text: str | None = None  # the damaged text as it stands, never an identity
    born_on: str | None = None  # YYYY-MM-DD, YYYY-MM or YYYY, to the precision of the source
    age: int | None = None
    gender: Gender | None = None
    relation: str | None = None  # GB/T 4761 code
    categories: list[str] = field(default_factory=list)
    phone: str | None = None
    disability: tuple[int, int] | None = None  # kind 1-7, grade 1-4
    certificate: str | None = None
    ethnicity: str | None = None
    remarks: list[str] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)

    @property
    def is_head(self) -> bool:
        return self.relation in ("01", "02")


@dataclass(slots=True)
class Household:
    number: str | None
    village: str | None
    group: str | None
    door: str | None
    address: str  # village + group + door, one text
    head_name: str | None
    household_size: int | None = None
    income_yearly_fen: int | None = None
    registered_address: str | None = None
    members: list[Person] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)

    def all_doubts(self) -> Iterator[Doubt]:
        yield from self.doubts
        for member in self.members:
            yield from member.doubts


@dataclass(slots=True)
class ColumnReport:
    column: str  # A, B, ...
    label: str  # as the sheet writes it
    field: str | None  # None: not read
    how: Literal["word", "content", "none"]


@dataclass(slots=True)
class SheetReport:
    name: str
    rows: int
    people: int
    columns: list[ColumnReport] = field(default_factory=list)
    skipped: list[dict[str, str | int]] = field(default_factory=list)  # {"row", "why"}
    category: str | None = None  # taken from the sheet's name or title
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Reading:
    households: list[Household]
    sheets: list[SheetReport]
    filled_on: str | None = None  # the date the ledger says it was filled in

    def people(self) -> int:
        return sum(len(household.members) for household in self.households)

    def doubts(self) -> list[Doubt]:
        return [doubt for household in self.households for doubt in household.all_doubts()]

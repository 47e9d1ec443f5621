"""How a field of a record is declared: its type, labels, merge policy, sensitivity, code list and limits.

A declaration is data. The engine reads only the policy half (`Field.rule`), forms and checks read the value half.
Merging itself is not known here, and neither is where a value is stored.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

FieldType = Literal[
    "text",  # NFC text, at most length_max characters
    "integer",  # minimum..maximum; with a code list: one of its codes as a number
    "flag",  # true or false
    "date",  # YYYY-MM-DD; partial: YYYY or YYYY-MM too
    "month",  # YYYY-MM
    "time",  # HH:MM, wall clock of the place
    "instant",  # integer milliseconds since 1970 UTC
    "code",  # one code of a list
    "code_set",  # several codes of a list, or free texts where there is no list (a `union` field)
    "phone",  # text as written, digits, spaces, + and - only
    "id_number",  # resident ID number, or the damaged text as it stood
    "money",  # integer fen
    "group",  # several parts written as one value; they conflict together
    "answers",  # object: item id -> answer code or integer
    "reference",  # 32 hex: id of an element, a file or a person
    "reference_set",  # several of those (a `union` field)
    "hash",  # 64 hex: SHA-256 of an attachment
]
Policy = Literal["latest", "union", "max", "min", "safest", "review", "authority", "once"]
Duty = Literal["head", "deputy", "worker"]
Sensitivity = Literal[1, 2, 3]  # 1 normal, 2 sensitive, 3 restricted: need-to-know, hidden in lists

DUTIES: tuple[Duty, ...] = ("head", "deputy", "worker")
SET_TYPES = frozenset({"code_set", "reference_set"})


class Frozen(BaseModel):
    """Declarations never change once made."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Label(Frozen):
    """What a field, list or form is called on screen."""

    zh: str
    en: str


class Field(Frozen):
    """One declared field. `name` is its word in Python, TypeScript, JSON and paths; the unit stands last in it."""

    name: str
    type: FieldType
    zh: str
    en: str
    policy: Policy = "latest"
    order: tuple[str, ...] = ()  # safest: most protective first
    sensitivity: Sensitivity = 1
    codes: str | None = None  # name of the code list
    unit: str | None = None
    minimum: int | None = None
    maximum: int | None = None
    length_max: int = 200
    partial: bool = False  # a date known only to the year or month
    past: bool = False  # a date that cannot lie in the future
    parts: tuple["Field", ...] = ()  # of a group
    refers: str | None = None  # of a reference: person, file, or a collection of the same file
    writers: tuple[Duty, ...] = ()  # empty: every duty that may write the file

    @model_validator(mode="after")
    def _consistent(self) -> "Field":
        if (self.policy == "union") != (self.type in SET_TYPES) and self.type != "group":
            raise ValueError(f"{self.name}: a set merges by union and nothing else does")
        if (self.policy == "safest") != bool(self.order):
            raise ValueError(f"{self.name}: safest needs an order, and only safest has one")
        if (self.type == "group") != bool(self.parts):
            raise ValueError(f"{self.name}: a group has parts, and only a group has them")
        if self.type == "code" and self.codes is None:
            raise ValueError(f"{self.name}: a code needs its list")
        return self

    def rule(self) -> dict[str, Any]:
        """The half that the merge engine reads."""
        rule: dict[str, Any] = {"policy": self.policy}
        if self.order:
            rule["order"] = list(self.order)
        if self.parts:
            rule["group"] = True
        return rule

    def description(self) -> dict[str, Any]:
        """The half that forms and checks read, without what is at its default."""
        return self.model_dump(mode="json", exclude_defaults=True)


class Section(Frozen):
    """A part of a file that is submitted and approved as one: which fields its hash covers and which it leaves free."""

    name: str
    zh: str
    en: str
    pins: tuple[str, ...]
    exempt: tuple[str, ...] = ()
    steps: tuple[Duty, ...] = ("deputy",)

    def rule(self, named: bool) -> dict[str, Any]:
        rule: dict[str, Any] = {"pins": list(self.pins), "exempt": list(self.exempt), "steps": list(self.steps)}
        return {"name": self.name, **rule} if named else rule


class CollectionOf(Frozen):
    """Elements of one sort inside a file, each with an id: members, visits, ..."""

    name: str
    zh: str
    en: str
    fields: tuple[Field, ...]
    section: Section | None = None

    def find_field(self, name: str) -> Field | None:
        return next((field for field in self.fields if field.name == name), None)


def section_over(
    name: str,
    zh: str,
    en: str,
    fields: tuple[Field, ...],
    exempt: tuple[str, ...],
    steps: tuple[Duty, ...] = ("deputy",),
) -> Section:
    """A section that pins every field but the exempt ones, so that a new field is pinned unless someone says otherwise."""
    known = {field.name for field in fields}
    if not known.issuperset(exempt):
        raise ValueError(f"{name}: exempt fields that do not exist: {set(exempt) - known}")
    pins = tuple(field.name for field in fields if field.name not in exempt)
    return Section(name=name, zh=zh, en=en, exempt=exempt, pins=pins, steps=steps)

"""Forms: which fields stand on which card, when they matter, what they demand, what is computed. Data in the YAML files here.

`check_submission` is the server's word on a form; pwa/src/records/forms/engine.ts gives the phone the same answers
(`tests/vectors/forms.json`). Saving is never stopped by a form: what is demanded counts when something is submitted.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import model_validator

from schemas.codes import code_lists, get_code_list
from schemas.doubts import find_future, person_doubts
from schemas.expressions import UNKNOWN, evaluate, holds, names_in
from schemas.fields import Field, Frozen
from schemas.instruments import instruments
from schemas.problems import Problem, Severity, make_problem
from schemas.registry import get_kind
from schemas.values import check_value

FOLDER = Path(__file__).parent
YES = "true"
DIMENSION_ASKED = (("level", "level"), ("seen", "long_text"), ("wanted", "long_text"))


class Constraint(Frozen):
    """`that` must not be false; a doubt is shown and kept, an error stops submission."""

    that: str
    zh: str
    en: str
    severity: Severity = "doubt"


class FormField(Frozen):
    """A field on a card. `of` names a collection where the field belongs to a new element of it; `parts` are those parts of a group
    that must be answered once the group is.
    """

    field: str
    of: str | None = None
    zh: str | None = None
    en: str | None = None
    hint_zh: str | None = None
    hint_en: str | None = None
    show: str | None = None
    relevant: str = YES
    required: str = "false"
    parts: tuple[str, ...] = ()
    default: str | None = None
    filter: dict[str, str] = {}
    constraints: tuple[Constraint, ...] = ()

    @property
    def key(self) -> str:
        """The field's name among a form's values."""
        return f"{self.of}.{self.field}" if self.of else self.field


class Card(Frozen):
    """One small card. `dimension` stands for the three fields of a need dimension."""

    id: str
    zh: str
    en: str
    relevant: str = YES
    closed: bool = False
    tier: str | None = None
    instrument: str | None = None
    notice: str | None = None
    hint_zh: str | None = None
    hint_en: str | None = None
    fields: tuple[FormField, ...]

    @model_validator(mode="before")
    @classmethod
    def _spread_dimension(cls, body: dict[str, Any]) -> dict[str, Any]:
        name = body.pop("dimension", None)
        if name:
            code = get_code_list("need_dimension").find(name)
            body["hint_zh"] = code.extra.get("hint") if code else None
            body["hint_en"] = code.extra.get("hint_en") if code else None
            body["fields"] = [
                {"field": f"{name}_{part}", "show": show, "required": YES if part == "level" else "false"}
                for part, show in DIMENSION_ASKED
            ]
        return body


class Calculation(Frozen):
    """A computed figure, shown and never stored; later ones may read earlier ones."""

    name: str
    zh: str
    en: str
    value: str
    out_of: int | None = None


class Form(Frozen):
    """`collection`: where a filled form becomes an element; empty for the root of the file.

    `number` (F1 to F12) and `step` place it in the process; `date` and `line` name the fields that tell one entry from another in a list.
    """

    id: str
    version: int
    zh: str
    en: str
    kind: str
    collection: str
    number: str | None = None
    step: str | None = None
    date: str | None = None
    line: tuple[str, ...] = ()
    help_zh: str | None = None
    help_en: str | None = None
    context: tuple[str, ...] = ()
    cards: tuple[Card, ...]
    calculations: tuple[Calculation, ...] = ()

    def find_declared(self, asked: FormField) -> Field | None:
        """The declared field behind a field of the form."""
        kind, collection = get_kind(self.kind), asked.of or self.collection
        return kind.find_field(f"{collection}/{'0' * 32}/{asked.field}" if collection else asked.field)

    def person_keys(self) -> dict[str, str]:
        """Field name -> key of what this form asks of a member."""
        asked_fields = [asked for card in self.cards for asked in card.fields]
        return {asked.field: asked.key for asked in asked_fields if (asked.of or self.collection) == "members"}


@cache
def forms() -> dict[str, Form]:
    """Every form by id; each reads only what exists."""
    found = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        form = Form(**yaml.safe_load(path.read_text("utf-8")))
        _require_sound(form)
        found[form.id] = form
    return found


def get_form(form_id: str) -> Form:
    return forms()[form_id]


def variables_of(form: Form, values: Mapping[str, Any], context: Mapping[str, Any]) -> dict[str, Any]:
    """What expressions read: every field (null where not asked), the context, the calculations, `of` fields below their collection."""
    variables: dict[str, Any] = {name: context.get(name) for name in form.context}
    for card in form.cards:
        for asked in card.fields:
            if asked.of:
                variables.setdefault(asked.of, {})[asked.field] = values.get(asked.key)
            else:
                variables[asked.field] = values.get(asked.key)
    for calculation in form.calculations:
        answer = evaluate(calculation.value, variables)
        variables[calculation.name] = None if answer is UNKNOWN else answer
    return variables


def check_submission(
    form_id: str, values: Mapping[str, Any], context: Mapping[str, Any] | None = None
) -> list[Problem]:
    """Problems of a filled form: values out of their type, what is demanded and missing, constraints that do not hold.

    `values`: field key -> value, absent where not asked. A card or field whose relevance is not known counts as not relevant.
    """
    form = get_form(form_id)
    variables = variables_of(form, values, context or {})
    doubts = person_doubts({field: values.get(key) for field, key in form.person_keys().items()})
    problems: list[Problem] = []
    for card in form.cards:
        if not holds(card.relevant, variables):
            continue
        for asked in card.fields:
            declared = form.find_declared(asked)
            if declared and holds(asked.relevant, variables):
                problems += _check_field(asked, declared, values, variables)
                problems += [
                    make_problem(c, asked.key) for c, name in doubts if form.person_keys().get(name) == asked.key
                ]
    return problems


def _check_field(
    asked: FormField, declared: Field, values: Mapping[str, Any], variables: Mapping[str, Any]
) -> list[Problem]:
    value = values.get(asked.key)
    zh, en = asked.zh or declared.zh, asked.en or declared.en
    if value in (None, "", []):
        return [make_problem("required", asked.key, zh, en)] if holds(asked.required, variables) else []
    problems = [
        make_problem("required", asked.key, f"{zh} · {part.zh}", f"{en} · {part.en}")
        for part in declared.parts
        if part.name in asked.parts and isinstance(value, Mapping) and value.get(part.name) in (None, "", [])
    ]
    problems += check_value(declared, value, asked.key)
    problems += find_future(declared, value, asked.key, variables.get("today"))
    for rule in asked.constraints:
        if holds(rule.that, variables) is False:
            problems.append(Problem(code="constraint", path=asked.key, severity=rule.severity, zh=rule.zh, en=rule.en))
    return problems


def _require_sound(form: Form) -> None:
    """Every field is declared, every name an expression reads exists, every filter names a column, every instrument is there."""
    for name in (*form.line, *([form.date] if form.date else [])):
        if form.find_declared(FormField(field=name)) is None:
            raise ValueError(f"{form.id}: no field {name}")
    known = set(form.context) | {calculation.name for calculation in form.calculations}
    known |= {asked.of or asked.field for card in form.cards for asked in card.fields}
    expressions = [calculation.value for calculation in form.calculations]
    for card in form.cards:
        expressions.append(card.relevant)
        if card.instrument and card.instrument not in instruments():
            raise ValueError(f"{form.id}: no instrument {card.instrument}")
        for asked in card.fields:
            declared = form.find_declared(asked)
            if declared is None:
                raise ValueError(f"{form.id}: no field {asked.key}")
            if not {part.name for part in declared.parts}.issuperset(asked.parts):
                raise ValueError(f"{form.id}: {asked.key} has no such parts")
            for column in asked.filter:
                if not any(column in code.extra for code in code_lists()[declared.codes or ""].codes):
                    raise ValueError(f"{form.id}: {asked.key} has no column {column}")
            expressions += [asked.relevant, asked.required, *(rule.that for rule in asked.constraints)]
    for expression in expressions:
        if not names_in(expression) <= known:
            raise ValueError(f"{form.id}: {expression} reads what is not in the form")

"""The declarations as plain data for other readers: the phone's JSON, JSON Schema, TypeScript types, the field tables of the README.

Pure: gives text and dictionaries; `export.py` writes them.
"""

from pathlib import Path
from typing import Any

import yaml

from schemas.codes import CodeList, code_lists
from schemas.fields import SET_TYPES, CollectionOf, Field
from schemas.forms import Form, forms
from schemas.instruments import Instrument, instruments
from schemas.kind import Kind
from schemas.policies import policies, policy_facts, policy_parameters
from schemas.process import DATES, STEP_OF, six_steps
from schemas.registry import KINDS
from schemas.semantic import semantic_rules
from schemas.visit_rules import VisitRules, visit_rules

NOTICES = Path(__file__).parent / "notices"
# Lists for the desk's reports; no field of the phone has them.
NOT_ON_PHONE = frozenset(
    (
        "division_level",
        "town_kind",
        "village_kind",
        "urban_rural_class",
        "credit_code_class",
        "group_kind",
        "supervision_way",
    )
)
DRAFT = "https://json-schema.org/draft/2020-12/schema"
PATTERNS = {
    "time": r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
    "month": r"^[0-9]{4}-[0-9]{2}$",
    "reference": r"^[0-9a-f]{32}$",
    "reference_set": r"^[0-9a-f]{32}$",
    "hash": r"^[0-9a-f]{64}$",
}
TYPESCRIPT = dict.fromkeys(("integer", "money", "instant"), "number") | {
    "flag": "boolean",
    "code_set": "string[]",
    "reference_set": "string[]",
    "answers": "Record<string, string | number | null>",
}


def label_of(thing: Field | Kind | CollectionOf | CodeList) -> dict[str, str]:
    return {"zh-CN": thing.zh, "en": thing.en}


def describe_field(field: Field) -> dict[str, Any]:
    """A field as the phone reads it; defaults are left out to keep the phone's share small, and what its merge rules say already."""
    described = field.description()
    for key in ("name", "zh", "en", "parts", "policy", "order"):
        described.pop(key, None)
    described = {"type": field.type, "label": label_of(field), **described}
    if field.parts:
        described["parts"] = {part.name: describe_field(part) for part in field.parts}
    return described


def describe_kind(kind: Kind) -> dict[str, Any]:
    return {
        "name": kind.name,
        "version": kind.version,
        "label": label_of(kind),
        "fields": {field.name: describe_field(field) for field in kind.fields},
        "collections": {
            collection.name: {
                "label": label_of(collection),
                "fields": {field.name: describe_field(field) for field in collection.fields},
                **({"section": collection.section.name} if collection.section else {}),
            }
            for collection in kind.collections
        },
        "sections": {s.name: {"label": {"zh-CN": s.zh, "en": s.en}} for s in kind.sections},
    }


def describe_codes(first: bool) -> dict[str, Any]:
    """Code lists of the first load, or the rest: name -> label and codes as {code: [zh, en, extra?]}."""
    return {
        name: {
            "label": label_of(found),
            "codes": [[c.code, c.zh, c.en, *([_extra(c.extra)] if _extra(c.extra) else [])] for c in found.codes],
        }
        for name, found in sorted(code_lists().items())
        if found.first == first and name not in NOT_ON_PHONE
    }


def _extra(extra: dict[str, str]) -> dict[str, str]:
    """The further columns that the phone uses; definitions and sources stay in the data files."""
    kept = ("short_zh", "unit", "sensitivity", "group", "quick", "topic", "weight", "level", "hint", "phone")
    return {key: extra[key] for key in kept if key in extra}


def describe_forms() -> dict[str, Any]:
    return {form.id: _describe_form(form) for form in forms().values()}


def _describe_form(form: Form) -> dict[str, Any]:
    body = form.model_dump(mode="json", exclude_defaults=True)
    for thing in (body, *body["cards"], *body.get("calculations", ())):
        _move_label(thing)
    for card in body["cards"]:
        for asked in card["fields"]:
            _move_label(asked)
            for constraint in asked.get("constraints", ()):
                _move_label(constraint)
    return body


def _move_label(thing: dict[str, Any]) -> None:
    """zh and en become one label, hint_zh and hint_en one hint, help_zh and help_en one help."""
    for prefix, name in (("", "label"), ("hint_", "hint"), ("help_", "help")):
        zh, en = thing.pop(f"{prefix}zh", None), thing.pop(f"{prefix}en", None)
        if zh or en:
            thing[name] = {"zh-CN": zh or en, "en": en or zh}


def describe_semantic_rules() -> dict[str, Any]:
    """Kind -> its semantic rules as the phone evaluates them; sentences per locale, what is empty left out."""
    return {
        name: {
            "version": rules.version,
            "rules": [_describe_semantic(rule.model_dump(mode="json", exclude_defaults=True)) for rule in rules.rules],
            "across": [
                _describe_semantic(rule.model_dump(mode="json", exclude_defaults=True)) for rule in rules.across
            ],
        }
        for name, rules in ((name, semantic_rules(name)) for name in KINDS)
        if rules.rules
    }


def _describe_semantic(body: dict[str, Any]) -> dict[str, Any]:
    for thing in (body, *body.get("offers", ())):
        _move_label(thing)
    body["say"] = {"zh-CN": body.pop("say_zh"), "en": body.pop("say_en")}
    return body


def describe_instruments() -> dict[str, Any]:
    return {instrument.id: describe_instrument(instrument) for instrument in instruments().values()}


def describe_instrument(instrument: Instrument) -> dict[str, Any]:
    body = instrument.model_dump(mode="json", exclude_defaults=True, by_alias=True, exclude={"licence"})
    for name in ("score", "notice", "question"):
        _move_label(body[name])
        body[name] = body[name]["label"]
    things = [body, *body["items"], *body["options"], *body["bands"]]
    things += [*body.get("alerts", ()), *body.get("lifts", ()), *body.get("parts", ())]
    things += [option for item in body["items"] for option in item.get("options", ())]
    for thing in things:
        _move_label(thing)
    return body


def describe_visit_rules() -> dict[str, Any]:
    return describe_rules(visit_rules())


def describe_rules(rules: VisitRules) -> dict[str, Any]:
    body = rules.model_dump(
        mode="json", exclude_defaults=True, exclude={"source": True, "rules": {"__all__": {"basis"}}}
    )
    for thing in (body, *body["rules"]):
        _move_label(thing)
    return body


def describe_process() -> dict[str, Any]:
    body = six_steps().model_dump(mode="json", exclude_defaults=True, include={"steps"})
    for step in body["steps"]:
        for condition in (*step["conditions"], *step.get("entry", ())):
            _move_label(condition)
    return body | {"dates": DATES, "step_of": STEP_OF}


def describe_notices() -> dict[str, Any]:
    """The texts that are read to families: id -> version and paragraphs, and the texts that were signed before."""
    notices = {}
    for path in sorted(NOTICES.glob("*.yaml")):
        body = yaml.safe_load(path.read_text("utf-8"))
        notices[body["id"]] = _notice(body) | {"earlier": [_notice(one) for one in body.get("earlier", [])]}
    return notices


def _notice(body: dict[str, Any]) -> dict[str, Any]:
    if len(body["zh"]) != len(body["en"]):
        raise ValueError(f"notice {body['version']}: the languages differ in their paragraphs")
    return {"version": body["version"], "text": {"zh-CN": body["zh"], "en": body["en"]}}


def describe_policies() -> dict[str, Any]:
    body = policies().model_dump(mode="json", exclude_defaults=True, by_alias=True)
    titles = body.pop("titles")
    for policy in body["policies"]:
        policy["label"] = dict(zip(("zh-CN", "en"), titles[policy["id"]].values(), strict=True))
        if "note" in policy:
            policy["note"] = dict(zip(("zh-CN", "en"), policy["note"].values(), strict=True))
    for name, words in (("facts", policy_facts()), ("parameters", policy_parameters())):
        body[name] = {one: dict(said) for one, said in words.items()}
        for said in body[name].values():
            _move_label(said)
    return body


def json_schema(kind: Kind) -> dict[str, Any]:
    """JSON Schema of a file of this kind as one plain document: root fields, and each collection as a list of elements."""
    properties = {field.name: _field_schema(field) for field in kind.fields}
    for collection in kind.collections:
        fields = {"id": {"type": "string", "pattern": PATTERNS["reference"]}}
        fields |= {field.name: _field_schema(field) for field in collection.fields}
        element = {"type": "object", "required": ["id"], "properties": fields}
        properties[collection.name] = {"type": "array", "title": collection.zh, "items": element}
    return {
        "$schema": DRAFT,
        "$id": f"urn:yihu:kind:{kind.name}:{kind.version}",
        "title": kind.zh,
        "description": f"{kind.en}. null: asked, no answer; absent: not asked.",
        "type": "object",
        "properties": properties,
    }


def _field_schema(field: Field) -> dict[str, Any]:
    schema = {"title": field.zh, "description": _describe_meaning(field)}
    if field.parts:
        return schema | {"type": ["object", "null"], "properties": {p.name: _field_schema(p) for p in field.parts}}
    if field.type in SET_TYPES:
        return schema | {"type": ["array", "null"], "items": _scalar_schema(field), "uniqueItems": True}
    scalar = _scalar_schema(field)
    kind = scalar.pop("type")
    if "enum" in scalar:
        scalar["enum"] = [*scalar["enum"], None]
    return schema | {"type": [kind, "null"]} | scalar


def _scalar_schema(field: Field) -> dict[str, Any]:
    if field.type in ("integer", "money", "instant"):
        limits = {"minimum": field.minimum, "maximum": field.maximum}
        return {"type": "integer"} | {key: value for key, value in limits.items() if value is not None}
    if field.type == "flag":
        return {"type": "boolean"}
    if field.type == "answers":
        return {"type": "object", "additionalProperties": {"type": ["string", "integer", "null"]}}
    if field.codes:
        return {"type": "string", "enum": [code.code for code in code_lists()[field.codes].codes]}
    if field.type == "date":
        return {"type": "string"} | ({} if field.partial else {"format": "date"})
    if field.type in PATTERNS:
        return {"type": "string", "pattern": PATTERNS[field.type]}
    return {"type": "string", "maxLength": field.length_max}


def _describe_meaning(field: Field) -> str:
    unit = f", {field.unit}" if field.unit else ""
    return f"{field.en}{unit}. Merge: {field.policy}. Sensitivity {field.sensitivity}."


def typescript() -> str:
    """types.ts: the field names of each kind and collection with the type of their values."""
    lines = ["/* Written by `python -m schemas.export`; change schemas/ and run it again. */", ""]
    for kind in KINDS.values():
        lines += _interface(_camel(kind.name), kind.en, kind.fields)
        for collection in kind.collections:
            lines += _interface(_camel(kind.name) + _camel(collection.name), collection.en, collection.fields)
    lines.append(f"export type KindName = {' | '.join(repr(name) for name in KINDS)}")
    lists = sorted(code_lists())
    lines.append(f"export type CodeListName =\n  | {(chr(10) + '  | ').join(repr(name) for name in lists)}")
    return "\n".join(lines) + "\n"


def _interface(name: str, title: str, fields: tuple[Field, ...]) -> list[str]:
    rows = [f"  {field.name}?: {_typescript_type(field)} | null // {field.zh}" for field in fields]
    return [
        f"/** {title}. Absent: not asked; null: asked, no answer. */",
        f"export interface {name} {{",
        *rows,
        "}",
        "",
    ]


def _typescript_type(field: Field) -> str:
    if field.parts:
        return "{ " + "; ".join(f"{p.name}?: {_typescript_type(p)} | null" for p in field.parts) + " }"
    return TYPESCRIPT.get(field.type, "string")


def _camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def field_tables() -> str:
    """Markdown tables of every field, for schemas/README.md."""
    parts: list[str] = []
    for kind in KINDS.values():
        parts += [f"### Kind `{kind.name}` v{kind.version} — {kind.zh}", "", *_table(kind.fields)]
        parts += [f"Section `{s.name}` ({s.zh}) pins: {', '.join(s.pins)}.\n" for s in kind.sections]
        for collection in kind.collections:
            parts += [f"#### `{kind.name}` → `{collection.name}` — {collection.zh}", "", *_table(collection.fields)]
            if collection.section:
                exempt = ", ".join(collection.section.exempt)
                parts.append(f"Each element is a section `{collection.section.name}`; all pinned except {exempt}.\n")
    return "\n".join(parts)


def _table(fields: tuple[Field, ...]) -> list[str]:
    rows = ["| field | 中文 | type | policy | codes, parts, unit | S |", "|---|---|---|---|---|---|"]
    for field in fields:
        order = f" ({' > '.join(field.order)})" if field.order else ""
        parts = ["{" + ", ".join(part.name for part in field.parts) + "}"] if 0 < len(field.parts) < 12 else []
        notes = [*([f"`{field.codes}`"] if field.codes else []), *parts]
        notes += [f"→ {field.refers}"] if field.refers else []
        notes += [field.unit] if field.unit else []
        notes += ["partial date"] if field.partial else []
        notes += [f"written by {', '.join(field.writers)}"] if field.writers else []
        rows.append(
            f"| `{field.name}` | {field.zh} | {field.type} | {field.policy}{order} | {'; '.join(notes)} | {field.sensitivity} |"
        )
    return [*rows, ""]

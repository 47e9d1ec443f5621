"""How a semantic rule is declared, and reading the declarations of a kind. What a rule finds is `find`'s."""

import re
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import Field, model_validator

from schemas.expressions import names_in
from schemas.fields import Duty, Frozen

KINDS_FOLDER = Path(__file__).parents[1] / "kinds"
OWN_WORDS = ("id", "path", "section")
"""What every element is read by beside its fields."""
MARK = "mark"
"""Read like a field: what its ID number is compared by."""


class Looked(Frozen):
    """Elements of a collection, under a name: those for which `where` holds."""

    name: str  # the alias: of one element (each), of the list (gather)
    item: str  # the alias under which `where` reads one element
    of: str
    where: str = "true"
    fields: tuple[str, ...] = ()  # which fields of the element the rule reads


class Fact(Frozen):
    name: str
    value: str


class Offer(Frozen):
    """One operation that makes the facts agree."""

    id: str
    zh: str
    en: str
    op: Literal["set", "remove", "void"]
    path: str | None = None  # a root field
    element: str | None = None  # or the alias of an element,
    field: str | None = None  # and its field
    value: str | None = None


class SemanticRule(Frozen):
    id: str
    zh: str
    en: str
    say_zh: str
    say_en: str
    decides: Duty
    each: tuple[Looked, ...] = ()
    gather: tuple[Looked, ...] = ()
    when: str
    facts: tuple[Fact, ...]
    offers: tuple[Offer, ...] = ()
    root: tuple[str, ...] = Field(default=(), description="root fields that the rule reads")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if len({one.of for one in self.each}) < len(self.each) > 2:
            raise ValueError(f"{self.id}: pairs within a collection stand alone")
        return self


class AcrossRule(Frozen):
    """One number that stands in two files of the kind."""

    id: str
    zh: str
    en: str
    say_zh: str
    say_en: str
    decides: Duty
    of: str
    item: str
    where: str = "true"
    fields: tuple[str, ...] = ()
    mark: Literal["id_number"]
    proposes: Literal["merge"]


class SemanticRules(Frozen):
    kind: str
    version: int
    rules: tuple[SemanticRule, ...]
    across: tuple[AcrossRule, ...] = ()


NO_RULES = SemanticRules(kind="", version=0, rules=())


@cache
def semantic_rules(kind: str) -> SemanticRules:
    """The rules of a kind; a kind without a file of them has none."""
    path = KINDS_FOLDER / kind / "semantic_rules.yaml"
    if not re.fullmatch(r"[a-z_]+", kind) or not path.exists():
        return NO_RULES
    data = yaml.safe_load(path.read_text("utf-8"))
    return SemanticRules(
        kind=kind,
        version=data["version"],
        rules=tuple(_read_rule(one) for one in data["rules"]),
        across=tuple(_read_across(one) for one in data.get("across", ())),
    )


def _read_rule(data: dict[str, Any]) -> SemanticRule:
    texts = [data["when"], *data["facts"].values(), *(o["value"] for o in data.get("offers", ()) if o.get("value"))]
    each = {name: {"item": name, **body} for name, body in data.get("each", {}).items()}
    gather = {name: {**body, "item": body["as"]} for name, body in data.get("gather", {}).items()}
    looked = {**each, **gather}
    texts += [body.get("where", "true") for body in looked.values()]
    named = {*looked, *(body["item"] for body in looked.values())}
    return SemanticRule(
        **{key: data[key] for key in ("id", "zh", "en", "say_zh", "say_en", "decides", "when")},
        each=tuple(_read_looked(name, body, texts) for name, body in each.items()),
        gather=tuple(_read_looked(name, body, texts) for name, body in gather.items()),
        facts=tuple(Fact(name=name, value=value) for name, value in data["facts"].items()),
        offers=tuple(Offer(**offer) for offer in data.get("offers", ())),
        root=tuple(sorted({name for text in texts for name in names_in(text)} - named)),
    )


def _read_looked(name: str, body: dict[str, Any], texts: list[str]) -> Looked:
    item = body["item"]
    return Looked(
        name=name, item=item, of=body["of"], where=body.get("where", "true"), fields=_fields_read(item, texts)
    )


def _read_across(data: dict[str, Any]) -> AcrossRule:
    where, item = data.get("where", "true"), data["as"]
    plain = {key: value for key, value in data.items() if key != "as"}
    return AcrossRule(**plain, item=item, fields=(*_fields_read(item, [where]), MARK))


def _fields_read(alias: str, texts: list[str]) -> tuple[str, ...]:
    found = {name for text in texts for name in re.findall(rf"(?<![\w.]){re.escape(alias)}\.(\w+)", text)}
    return tuple(sorted(found - set(OWN_WORDS)))

"""The merge rules of a kind as the engine reads them: policies, collections, sections, duties. Data from `schemas/`.

The engine knows no field, no section and no duty by name; everything it needs to know about them is here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sync.body import VOID_FIELD
from sync.errors import RulesError

POLICIES: Final = frozenset({"latest", "union", "max", "min", "safest", "review", "authority", "once"})


@dataclass(frozen=True, slots=True)
class FieldRule:
    """How several values of one field are brought together; `order` is most protective first (`safest`)."""

    policy: str
    order: tuple[str, ...] = ()

    def rank(self, value: object) -> int:
        """Place in `order`; a value that it does not name is the least protective."""
        return self.order.index(value) if isinstance(value, str) and value in self.order else len(self.order)


@dataclass(frozen=True, slots=True)
class SectionRule:
    """Which fields an approval pins, and which duties decide, step by step (1 to 3)."""

    name: str
    pins: tuple[str, ...]
    exempt: tuple[str, ...]
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CollectionRule:
    fields: Mapping[str, FieldRule]
    section: SectionRule | None


UNKNOWN_FIELD: Final = FieldRule("latest")
VOID_RULE: Final = FieldRule("review")
PLACE_RULE: Final = FieldRule("review")  # where a file lives and what it absorbs: `$scope`, `$merged/<file>`


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one version of one kind. `duties` highest first; `acts` names duties per act where the kind does."""

    kind: str
    version: int
    fields: Mapping[str, FieldRule]
    collections: Mapping[str, CollectionRule]
    sections: Mapping[str, SectionRule]
    duties: tuple[str, ...]
    acts: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, rules: Rules | Mapping[str, Any]) -> Rules:
        """Read the JSON form; rules that were read already pass through. Raises `RulesError`."""
        if isinstance(rules, Rules):
            return rules
        try:
            return cls(
                kind=rules["kind"],
                version=rules["version"],
                fields=_read_fields(rules.get("fields", {})),
                collections={
                    name: _read_collection(name, value) for name, value in rules.get("collections", {}).items()
                },
                sections={name: _read_section(name, value) for name, value in rules.get("sections", {}).items()},
                duties=tuple(rules.get("duties", ())),
                acts={act: tuple(duties) for act, duties in rules.get("acts", {}).items()},
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise RulesError(f"The merge rules cannot be read: {error!r}.") from error

    def field(self, path: str) -> FieldRule:
        """Rule of a register; a field that these rules do not know folds as `latest` (F-10)."""
        parts = path.split("/")
        if parts[-1] == VOID_FIELD:
            return VOID_RULE
        if path.startswith("$"):
            return PLACE_RULE
        if len(parts) == 1:
            return self.fields.get(path, UNKNOWN_FIELD)
        collection = self.collections.get(parts[0])
        return collection.fields.get(parts[2], UNKNOWN_FIELD) if collection else UNKNOWN_FIELD

    def find_section(self, path: str) -> SectionRule | None:
        """Rule of the section at `basics` or `assessments/<id>`; None where there is no section."""
        collection, slash, _ = path.partition("/")
        if not slash:
            return self.sections.get(path)
        found = self.collections.get(collection)
        return found.section if found else None

    def pinned_paths(self, section: str, rule: SectionRule) -> list[str]:
        """Full paths of the section's pinned fields."""
        return [f"{section}/{name}" if "/" in section else name for name in rule.pins]

    def safest_paths(self, section: str, rule: SectionRule) -> list[str]:
        """Full paths of the section's `safest` fields: a move to a more protective value makes an approval stale."""
        if "/" in section:
            fields = self.collections[section.partition("/")[0]].fields
            return [f"{section}/{name}" for name, field in fields.items() if field.policy == "safest"]
        return [name for name in (*rule.pins, *rule.exempt) if self.field(name).policy == "safest"]


def _read_fields(fields: Mapping[str, Any]) -> dict[str, FieldRule]:
    return {name: _read_field(name, value) for name, value in fields.items()}


def _read_field(name: str, value: Mapping[str, Any]) -> FieldRule:
    if value["policy"] not in POLICIES:
        raise RulesError(f"Field {name} has the unknown policy {value['policy']}.")
    return FieldRule(value["policy"], tuple(value.get("order", ())))


def _read_collection(name: str, value: Mapping[str, Any]) -> CollectionRule:
    section = value.get("section")
    return CollectionRule(_read_fields(value.get("fields", {})), _read_section(name, section) if section else None)


def _read_section(name: str, value: Mapping[str, Any]) -> SectionRule:
    return SectionRule(
        value.get("name", name), tuple(value["pins"]), tuple(value.get("exempt", ())), tuple(value["steps"])
    )

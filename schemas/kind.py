"""A file kind: its fields, collections and sections, the merge rules it gives the engine, and what it says of an operation."""

import re
from collections.abc import Mapping
from typing import Any

from schemas.doubts import find_doubts
from schemas.fields import DUTIES, SET_TYPES, CollectionOf, Duty, Field, Frozen, Section
from schemas.problems import Problem, make_problem
from schemas.values import check_element, check_value


class Actor(Frozen):
    """Who writes: the duties held on the file's scope."""

    duties: tuple[Duty, ...]


class Kind(Frozen):
    """One kind of file."""

    name: str
    version: int
    zh: str
    en: str
    fields: tuple[Field, ...]
    collections: tuple[CollectionOf, ...] = ()
    sections: tuple[Section, ...] = ()

    def rules(self) -> dict[str, Any]:
        """The merge rules as the engine reads them: policies, collections, sections, duties (highest first)."""
        collections: dict[str, Any] = {}
        for collection in self.collections:
            rule: dict[str, Any] = {"fields": {field.name: field.rule() for field in collection.fields}}
            if collection.section:
                rule["section"] = collection.section.rule(named=True)
            collections[collection.name] = rule
        return {
            "kind": self.name,
            "version": self.version,
            "fields": {field.name: field.rule() for field in self.fields},
            "collections": collections,
            "sections": {section.name: section.rule(named=False) for section in self.sections},
            "duties": list(DUTIES),
        }

    def find_collection(self, name: str) -> CollectionOf | None:
        return next((collection for collection in self.collections if collection.name == name), None)

    def find_field(self, path: str) -> Field | None:
        """The field at `field` or `collection/<id>/field`; None where nothing is declared."""
        parts = path.split("/")
        if len(parts) == 1:
            return next((field for field in self.fields if field.name == path), None)
        collection = self.find_collection(parts[0]) if len(parts) == 3 else None
        return collection.find_field(parts[2]) if collection else None

    def check_operation(
        self,
        op: Mapping[str, Any],
        actor: Actor | None = None,
        *,
        schema: int | None = None,
        values: Mapping[str, Any] | None = None,
        today: str | None = None,
    ) -> list[Problem]:
        """Problems of one operation; the save is refused when one of them is an `error`, and flagged by a `doubt`.

        `schema` is the version the change was written under: what a newer one adds is kept and not judged. `values` maps
        paths to shown values of the file (for doubts between fields), `today` is the receiver's date (for future dates).
        """
        path, name = str(op.get("path", "")), op.get("op")
        newer = schema is not None and schema > self.version
        if not re.fullmatch(r"[a-z0-9_]+(/[0-9a-f]{32}(/[a-z0-9_]+)?)?", path):
            return [make_problem("bad_path", path)]
        if name in ("void", "restore"):
            return self._check_element_operation(path, newer)
        if name == "append":
            return self._check_append(op, path, actor, newer, values, today)
        field = self.find_field(path)
        if field is None:
            return [] if newer else [make_problem("unknown_field", path)]
        problems = _check_write(field, str(name), op.get("value"), path, actor)
        if not problems and name == "set":
            problems += check_value(field, op.get("value"), path)
            problems += find_doubts({path: op.get("value")}, {path: field}, values or {}, today)
        return problems

    def _check_element_operation(self, path: str, newer: bool) -> list[Problem]:
        parts = path.split("/")
        if len(parts) == 2 and (newer or self.find_collection(parts[0])):
            return []
        return [make_problem("bad_path", path)]

    def _check_append(
        self,
        op: Mapping[str, Any],
        path: str,
        actor: Actor | None,
        newer: bool,
        values: Mapping[str, Any] | None,
        today: str | None,
    ) -> list[Problem]:
        collection, first, element = self.find_collection(path), op.get("value"), str(op.get("id", ""))
        if not re.fullmatch(r"[0-9a-f]{32}", element) or not isinstance(first, Mapping):
            return [make_problem("bad_path", path)]
        if collection is None:
            return [] if newer else [make_problem("unknown_field", path)]
        problems: list[Problem] = []
        written: dict[str, Any] = {}
        fields: dict[str, Field] = {}
        for name, value in first.items():
            at, field = f"{path}/{element}/{name}", collection.find_field(name)
            if field is None:
                problems += [] if newer else [make_problem("unknown_field", at)]
                continue
            problems += _check_writer(field, at, actor) or check_value(field, value, at)
            written[at], fields[at] = value, field
        return problems + find_doubts(written, fields, values or {}, today)


def _check_writer(field: Field, path: str, actor: Actor | None) -> list[Problem]:
    if actor and field.writers and not set(actor.duties) & set(field.writers):
        return [make_problem("not_your_field", path, field.zh, field.en)]
    return []


def _check_write(field: Field, name: str, value: Any, path: str, actor: Actor | None) -> list[Problem]:
    expected = ("add", "remove") if field.type in SET_TYPES else ("set",)
    if name not in expected:
        return [make_problem("wrong_operation", path, field.zh, field.en)]
    problems = _check_writer(field, path, actor)
    # A set may hold a code that has left its list since; taking it out is always allowed.
    return problems if name != "add" or problems else check_element(field, value, path)

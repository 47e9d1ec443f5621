"""Loads the data files of words once: columns.yaml, categories.yaml, words.yaml. Code knows fields, data knows words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from server.ledger.reading.text import bare, squeeze


@dataclass(frozen=True, slots=True)
class Columns:
    """`exact`: bare label -> field; `patterns`: in order of the file; `ambiguous`: bare label -> candidate fields."""

    exact: Mapping[str, str]
    patterns: tuple[tuple[str, re.Pattern[str]], ...]
    ambiguous: Mapping[str, tuple[str, ...]]
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Categories:
    codes: Mapping[str, str]  # bare word -> code
    loose: frozenset[str]
    none: frozenset[str]
    fillers: tuple[str, ...]
    longest: int
    delimiters: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Words:
    gender: Mapping[str, str]
    relations: Mapping[str, str]
    relations_by_gender: Mapping[str, Mapping[str, str]]
    relations_unsure: Mapping[str, tuple[str, ...]]
    relation_gender: Mapping[str, str]
    disability_kinds: tuple[tuple[str, int], ...]  # longest word first
    disability_grades: tuple[tuple[str, int], ...]
    nothing: frozenset[str]
    id_missing: frozenset[str]
    totals: tuple[str, ...]
    footers: tuple[str, ...]
    remarks: tuple[tuple[str, str], ...]  # (word, code)
    remark_reasons: Mapping[str, str]


def _load(name: str) -> dict[str, Any]:
    data = yaml.safe_load(files(__package__).joinpath(name).read_text(encoding="utf-8"))
    if not isinstance(data, dict):
        raise TypeError(f"{name} must hold a mapping")
    return data


def _invert(groups: Mapping[Any, list[Any]]) -> dict[str, Any]:
    return {squeeze(str(word)): code for code, listed in groups.items() for word in listed}


@cache
def columns() -> Columns:
    data = _load("columns.yaml")
    exact: dict[str, str] = {}
    patterns = []
    for field, told in data["fields"].items():
        for word in told.get("words", []):
            exact.setdefault(bare(str(word)), field)
        patterns += [(field, re.compile(pattern)) for pattern in told.get("patterns", [])]
    ambiguous = {bare(str(word)): tuple(fields) for word, fields in data["ambiguous"].items()}
    labels = {field: told.get("label", field) for field, told in data["fields"].items()}
    return Columns(exact, tuple(patterns), ambiguous, labels)


@cache
def categories() -> Categories:
    data = _load("categories.yaml")
    codes: dict[str, str] = {}
    loose = set()
    for entry in data["categories"]:
        for word in entry["words"]:
            codes[bare(str(word))] = entry["code"]
        for word in entry.get("loose", []):
            codes[bare(str(word))] = entry["code"]
            loose.add(bare(str(word)))
    delimiters = re.compile("[" + re.escape(data["delimiters"]) + "]+")
    fillers = tuple(sorted({bare(str(word)) for word in data["fillers"]}, key=len, reverse=True))
    none = frozenset(bare(str(word)) for word in data["none"]) | {""}
    return Categories(codes, frozenset(loose), none, fillers, max(map(len, codes)), delimiters)


@cache
def words() -> Words:
    data = _load("words.yaml")
    disability = data["disability"]

    def by_length(groups: Mapping[int, list[str]]) -> tuple[tuple[str, int], ...]:
        return tuple(
            sorted(
                ((squeeze(str(w)), int(k)) for k, listed in groups.items() for w in listed),
                key=lambda pair: -len(pair[0]),
            )
        )

    return Words(
        gender=_invert(data["gender"]),
        relations=_invert(data["relations"]),
        relations_by_gender=data["relations_by_gender"],
        relations_unsure={word: tuple(codes) for word, codes in data["relations_unsure"].items()},
        relation_gender=_invert(data["relation_gender"]),
        disability_kinds=by_length(disability["kinds"]),
        disability_grades=by_length(disability["grades"]),
        nothing=frozenset(squeeze(str(word)) for word in data["nothing"]),
        id_missing=frozenset(squeeze(str(word)) for word in data["id_missing"]),
        totals=tuple(data["totals"]),
        footers=tuple(data["footers"]),
        remarks=tuple((word, code) for code, listed in data["remarks"].items() for word in listed),
        remark_reasons=data["remark_reasons"],
    )

"""Code lists: reading the data files of this folder, and looking codes up. The lists themselves are data, never code."""

import csv
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

from schemas.fields import Frozen

FOLDER = Path(__file__).parent


class Code(Frozen):
    """One code with both labels; `extra` holds the list's further columns as text."""

    code: str
    zh: str
    en: str
    extra: dict[str, str] = {}


class CodeList(Frozen):
    """A code list, where it comes from and which edition. `first`: part of the phone's first load."""

    name: str
    zh: str
    en: str
    source: str
    version: str
    first: bool = False
    codes: tuple[Code, ...]

    @cached_property
    def _by_code(self) -> dict[str, Code]:
        return {entry.code: entry for entry in self.codes}

    def find(self, code: str) -> Code | None:
        return self._by_code.get(code)

    def has(self, code: str) -> bool:
        return code in self._by_code


@cache
def code_lists() -> dict[str, CodeList]:
    """Every code list by name."""
    found: dict[str, CodeList] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        for name, body in yaml.safe_load(path.read_text("utf-8")).items():
            if name in found:
                raise ValueError(f"code list {name} is declared twice")
            found[name] = _read(name, body)
    return found


def get_code_list(name: str) -> CodeList:
    """The list of that name; KeyError names the missing one."""
    return code_lists()[name]


def _read(name: str, body: dict[str, Any]) -> CodeList:
    head = {key: body[key] for key in ("zh", "en", "source", "version")} | {"first": body.get("first", False)}
    codes = _csv_codes(body["file"]) if "file" in body else _inline_codes(body)
    if len({code.code for code in codes}) != len(codes):
        raise ValueError(f"code list {name} holds a code twice")
    return CodeList(name=name, codes=codes, **head)


def _csv_codes(file: str) -> tuple[Code, ...]:
    with (FOLDER / file).open(encoding="utf-8", newline="") as handle:
        return tuple(
            Code(code=row.pop("code"), zh=row.pop("zh"), en=row.pop("en"), extra={k: v for k, v in row.items() if v})
            for row in csv.DictReader(handle)
        )


def _inline_codes(body: dict[str, Any]) -> tuple[Code, ...]:
    columns = body.get("columns", [])
    return tuple(
        Code(code=code, zh=zh, en=en, extra={k: str(v) for k, v in zip(columns, more, strict=True) if v != ""})
        for code, (zh, en, *more) in body["codes"].items()
    )

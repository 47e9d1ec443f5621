"""Makes doubts: code and cell in, sentence and severity from reasons.yaml out."""

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from server.ledger.reading.model import Doubt
from server.ledger.reading.rows import Line
from server.ledger.reading.text import shown

# field of the reading -> column fields it may come from, best first
_SOURCES = {
    "born_on": ("born", "age"),
    "categories": ("category",),
    "disability": ("disability", "disability_kind", "disability_grade", "certificate"),
    "address": ("address", "village", "group", "door"),
}


@cache
def reasons() -> dict[str, dict[str, Any]]:
    data = yaml.safe_load(files(__package__).joinpath("reasons.yaml").read_text(encoding="utf-8"))
    return {code: told for code, told in data.items() if code != "version"}


def source_field(line: Line, name: str) -> str:
    """The column of this sheet that holds a field of the reading."""
    return next(
        (column for column in _SOURCES.get(name, (name,)) if column in line.places), _SOURCES.get(name, (name,))[0]
    )


def make_doubt(
    line: Line, code: str, *, text: str | None = None, suggestion: str | None = None, column: str | None = None
) -> Doubt:
    """A doubt on a row; accepted when the deputy has accepted that field of that row."""
    told = reasons()[code]
    name = str(told["field"])
    column = column or source_field(line, name)
    return Doubt(
        code=code,
        field=name,
        severity=told["severity"],
        sheet=line.sheet,
        row=line.key,
        cell=line.places.get(column),
        text=text if text is not None else shown(line.cells.get(column)),
        reason=str(told["say"]) + (f"（可能是 {suggestion}）" if suggestion else ""),
        suggestion=suggestion,
        accepted=name in line.accepted or column in line.accepted,
    )

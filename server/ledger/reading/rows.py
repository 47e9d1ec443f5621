"""Tells people from everything else that stands under a head: totals, signatures, notes, repeated heads, blank rows. Turns a row into raw cells by field."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from server.ledger.reading.cells import looks_like_name, read_categories, read_name
from server.ledger.reading.headers import Table
from server.ledger.reading.text import Cell, column_letter, fold, is_empty, shown, squeeze
from server.ledger.reading.vocabulary import words
from server.ledger.reading.workbook import Sheet

HOUSEHOLD_FIELDS = (
    "number",
    "village",
    "group",
    "door",
    "address",
    "head_name",
    "household_size",
    "income_yearly",
    "registered_address",
    "head_id_number",
)
_COUNT = re.compile(r"^\d+(人|户|名|户\d+人)$")
_TOTAL = re.compile(r"^共(计)?\d+|^\d+(户|人)(\d+(户|人))?$|(合计|小计|总计|共计)")


@dataclass(slots=True)
class Line:
    """One row that is a person, still as the sheet has it. `key` names it for corrections."""

    sheet: str
    number: int  # row in the sheet, from 1
    cells: dict[str, Cell]
    places: dict[str, str]  # field -> cell reference such as J5
    section: str | None = None  # category words of a heading inside the table
    accepted: frozenset[str] = field(default_factory=frozenset)

    @property
    def key(self) -> str:
        return f"{self.sheet}!{self.number}"

    def text(self, name: str) -> str:
        return fold(self.cells.get(name))

    def has(self, name: str) -> bool:
        cell = self.cells.get(name)
        return not is_empty(cell) and squeeze(cell) not in words().nothing


@dataclass(frozen=True, slots=True)
class Correction:
    """What the deputy or a village decided about one field of one row. `value` None accepts the cell as it was read."""

    value: str | None


Corrections = Mapping[tuple[str, str], Correction]
SKIP_FIELD = "row"  # a correction of this field leaves the row out


def _why_no_person(filled: list[str], line: Line) -> str | None:
    has_id = bool(re.search(r"\d{14}", line.text("id_number")))
    if not has_id:
        if any(_TOTAL.search(text) for text in filled) and any(
            text.startswith(words().totals) or _COUNT.match(text) or _TOTAL.match(text) for text in filled
        ):
            return "total"
        if any(re.match(rf"({'|'.join(map(re.escape, words().footers))})[::]", text) for text in filled):
            return "footer"
        if len(filled) == 1 and not looks_like_name(read_name(line.cells.get("name")).value):
            return "note"
    name = read_name(line.cells.get("name")).value
    if not name and not has_id and not line.has("phone") and not line.has("relation"):
        return "empty"
    if (
        name
        and not looks_like_name(name)
        and not has_id
        and (len(name) > 15 or any(character.isdigit() for character in name))
    ):
        return "note"
    return None


def _is_head_again(sheet: Sheet, table: Table, row: int) -> bool:
    """The same words stand where the head has them: a head printed again at the top of a page."""
    cells = sheet.rows[row]
    filled = [column for column, cell in enumerate(cells) if not is_empty(cell)]
    for head in range(table.head, table.first):
        same = [
            column for column in filled if column < len(sheet.rows[head]) and cells[column] == sheet.rows[head][column]
        ]
        if len(same) >= 2 and len(same) >= 0.8 * len(filled):
            return True
    return False


def _line(sheet: Sheet, table: Table, row: int, corrections: Corrections) -> Line:
    cells: dict[str, Cell] = {}
    places: dict[str, str] = {}
    for name, columns in table.columns.items():
        chosen = next((column for column in columns if not is_empty(sheet.at(row, column))), columns[0])
        cells[name], places[name] = sheet.at(row, chosen), f"{column_letter(chosen)}{row + 1}"
    if "name" not in table.columns and "head_name" in table.columns:
        cells["name"], places["name"] = cells["head_name"], places["head_name"]
    if "household_size" in cells and shown(cells["household_size"]) == "":
        del cells["household_size"]
    key = f"{sheet.name}!{row + 1}"
    accepted = set()
    for (corrected, name), correction in corrections.items():
        if corrected == key and name != SKIP_FIELD:
            if correction.value is None:
                accepted.add(name)
            else:
                cells[name] = correction.value
    return Line(sheet.name, row + 1, cells, places, accepted=frozenset(accepted))


def read_lines(
    sheet: Sheet, table: Table, corrections: Corrections, skipped: list[dict[str, str | int]]
) -> Iterator[Line]:
    """People of a table in the sheet's order. What is left out goes to `skipped` with its reason, except blank rows."""
    section = None
    for row in range(table.first, table.last):
        cells = sheet.rows[row]
        filled = [squeeze(cell) for cell in cells if not is_empty(cell)]
        if not filled:
            continue
        if (f"{sheet.name}!{row + 1}", SKIP_FIELD) in corrections:
            skipped.append({"row": row + 1, "why": "left_out"})
            continue
        if _is_head_again(sheet, table, row):
            continue
        line = _line(sheet, table, row, corrections)
        why = _why_no_person(filled, line)
        if (
            why == "note"
            and len(set(filled)) == 1
            and len(filled[0]) <= 30
            and "category" not in table.columns
            and read_categories(filled[0]).value
        ):
            section, why = filled[0], "section"
        if why:
            skipped.append({"row": row + 1, "why": why})
            continue
        line.section = section
        yield line

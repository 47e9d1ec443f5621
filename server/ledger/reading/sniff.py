"""Says what a column holds by looking at its cells, for labels we do not know or that mean several things. Pure."""

import datetime as dt
import re
from collections.abc import Callable

from server.ledger.reading.cells import looks_like_name, read_categories, read_disability, read_name, read_phone
from server.ledger.reading.dates import read_birth
from server.ledger.reading.text import Cell, bare, is_empty, squeeze
from server.ledger.reading.vocabulary import words
from server.ledger.reading.workbook import Sheet

SAMPLE_ROWS = 400
_FAR = dt.date(2100, 1, 1)
_NUMBER = re.compile(r"[A-Za-z]{0,4}-?\d{1,12}")


def looks_like_id(cell: Cell) -> bool:
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        return abs(cell) >= 1e14
    return bool(re.fullmatch(r"\d{15}|\d{17}[\dXx]", squeeze(cell)))


def _is_certificate(cell: Cell) -> bool:
    return bool(re.fullmatch(r"\d{17}[\dXx]\d{2}(B\d)?", squeeze(cell)))


def _is_phone(cell: Cell) -> bool:
    return read_phone(cell).value is not None and len(re.sub(r"\D", "", squeeze(cell))) <= 13


def _is_birth(cell: Cell) -> bool:
    found = read_birth(cell, _FAR)
    return found.value is not None and found.code is None and len(squeeze(cell)) >= 5


def _is_category(cell: Cell) -> bool:
    found = read_categories(cell)
    return bool(found.value) and "category_unknown" not in found.codes


def _is_disability(cell: Cell) -> bool:
    kind, grade = read_disability(cell).value
    return kind is not None and grade is not None and len(squeeze(cell)) <= 12 and not squeeze(cell).isdigit()


def _is_kind(cell: Cell) -> bool:
    kind, grade = read_disability(cell).value
    return kind is not None and grade is None


def _is_grade(cell: Cell) -> bool:
    return bool(re.fullmatch(r"[一二三四1-4ⅠⅡⅢⅣ]级", squeeze(cell)))


def _is_name(cell: Cell) -> bool:
    text = read_name(cell).value
    return (
        2 <= len(text) <= 4
        and looks_like_name(text)
        and bare(text) not in words().relations
        and not _is_village(cell)
        and not _is_category(cell)
    )


def _is_village(cell: Cell) -> bool:
    return bool(re.fullmatch(r".{1,10}(村|社区|居委会|村委会|嘎查)", squeeze(cell)))


def _is_group(cell: Cell) -> bool:
    return bool(re.fullmatch(r"第?(\d{1,2}|[一二三四五六七八九十]{1,3})(村民小组|小组|组|社|队|屯)", squeeze(cell)))


def _is_door(cell: Cell) -> bool:
    return bool(re.fullmatch(r"\d{1,4}([\-之附]\d+)?号", squeeze(cell)))


def _is_address(cell: Cell) -> bool:
    return len(squeeze(cell)) >= 6 and bool(re.search("(村|社区|镇|乡|街).*(组|号|社|队|屯|栋)", squeeze(cell)))


# field, test, share of the filled cells that must pass. Order matters: the narrow tests come first.
_TESTS: tuple[tuple[str, Callable[[Cell], bool], float], ...] = (
    ("certificate", _is_certificate, 0.6),
    ("id_number", looks_like_id, 0.5),
    ("gender", lambda cell: squeeze(cell) in words().gender, 0.8),
    ("relation", lambda cell: bare(squeeze(cell)) in words().relations, 0.8),
    ("phone", _is_phone, 0.4),
    ("born", _is_birth, 0.6),
    ("disability", _is_disability, 0.6),
    ("disability_kind", _is_kind, 0.7),
    ("disability_grade", _is_grade, 0.8),
    ("category", _is_category, 0.6),
    ("village", _is_village, 0.8),
    ("group", _is_group, 0.8),
    ("door", _is_door, 0.7),
    ("address", _is_address, 0.6),
    ("name", _is_name, 0.8),
)


def _number_or_serial(cells: list[Cell], rows: int) -> str | None:
    """A number on each row that never repeats counts rows; one that is blank or repeated inside a household counts households."""
    texts = [squeeze(cell) for cell in cells]
    if not all(re.fullmatch(r"[A-Za-z]{0,4}[\d\-]{1,16}", text) for text in texts):
        return None
    return "serial" if len(set(texts)) == len(texts) and len(texts) >= 0.95 * rows else "number"


def guess_field(
    sheet: Sheet, first: int, last: int, column: int, candidates: tuple[str, ...], taken: set[str]
) -> str | None:
    """The field of a column, or None. `candidates` limits the choice; without them a field already known by its word is not guessed again."""
    cells = [sheet.at(row, column) for row in range(first, min(last, first + SAMPLE_ROWS))]
    filled = [cell for cell in cells if not is_empty(cell) and squeeze(cell) not in words().nothing]
    if candidates == ("category",) or (candidates and not filled):
        return candidates[0]
    if len(filled) < 2 and not (filled and (looks_like_id(filled[0]) or _is_certificate(filled[0]))):
        return None
    rows = sum(
        1 for row in range(first, min(last, first + SAMPLE_ROWS)) if any(not is_empty(cell) for cell in sheet.rows[row])
    )
    if "number" in candidates and (kind := _number_or_serial(filled, rows)):
        return kind
    for name, test, share in _TESTS:
        allowed = (
            name in candidates and (len(candidates) == 1 or name not in taken) if candidates else name not in taken
        )
        if allowed and sum(map(test, filled)) >= share * len(filled):
            return name
    return next((name for name in candidates if name in ("remarks",)), None)


def _head_rows(sheet: Sheet, first: int, last: int, relation: int) -> list[int]:
    return [
        row
        for row in range(first, min(last, first + SAMPLE_ROWS))
        if words().relations.get(bare(squeeze(sheet.at(row, relation)))) in ("01", "02")
    ]


def _is_by_household(sheet: Sheet, first: int, last: int, column: int, heads: int) -> bool:
    """As many values as heads although there are more people: blank or repeated below each head."""
    people = range(first, min(last, first + SAMPLE_ROWS))
    texts = {text for row in people if _NUMBER.fullmatch(text := squeeze(sheet.at(row, column)))}
    return len(people) > heads + 1 and len(texts) <= heads + 1


def find_by_heads(
    sheet: Sheet, first: int, last: int, columns: dict[str, list[int]], free: list[int]
) -> dict[str, int]:
    """Household number and head's name among columns nobody could name, told by the rows of the heads.

    The head's name equals the person's own there; the number is written there and differs from household to household. Any other
    column of names (a village cadre's) or numbers (a group's) fails one of the two.
    """
    found: dict[str, int] = {}
    if "relation" not in columns or "name" not in columns:
        return found
    rows = _head_rows(sheet, first, last, columns["relation"][0])
    if len(rows) < 2:
        return found
    own = [read_name(sheet.at(row, columns["name"][0])).value for row in rows]
    for column in free:
        cells = [sheet.at(row, column) for row in rows]
        if sum(read_name(cell).value == name for cell, name in zip(cells, own, strict=True)) >= 0.9 * len(rows):
            if "head_name" not in columns:
                found.setdefault("head_name", column)
            continue
        if not _is_by_household(sheet, first, last, column, len(rows)):
            continue
        texts = [squeeze(cell) for cell in cells]
        numbers = all(_NUMBER.fullmatch(text) for text in texts)
        if numbers and len(set(texts)) == len(texts) and "number" not in columns:
            found.setdefault("number", column)
    return found

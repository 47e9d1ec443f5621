"""The door of this room: a ledger file in, households with people and doubts out. Deterministic for a file, a day and corrections."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from server.ledger.reading.blocks import Block, gather
from server.ledger.reading.cells import read_categories, read_village
from server.ledger.reading.errors import NoTableError
from server.ledger.reading.headers import Table, agree_on_labels, find_tables
from server.ledger.reading.households import flag_repeated_numbers, join_blocks, make_household
from server.ledger.reading.model import Person, Reading, SheetReport
from server.ledger.reading.people import read_person
from server.ledger.reading.rows import Correction, Line, read_lines
from server.ledger.reading.text import fold
from server.ledger.reading.workbook import Sheet, open_sheets

_FILLED_ON = re.compile(r"(\d{4})[年.\-/](\d{1,2})[月.\-/](\d{1,2})日?")
_SECTION_ORDINAL = re.compile(
    r"^[一二三四五六七八九十\d]+[、.．]|名册|花名册|台账|登记表|信息表|统计表|汇总表|名单|\(.*?\)"
)
Progress = Callable[[str, int], None]  # sheet, people so far


def _sheet_categories(sheet: Sheet, table: Table) -> tuple[list[str], str | None]:
    """Category of a sheet without a category column: its name, else its title."""
    for text in (sheet.name, *reversed(table.title[:4])):
        spoken = _SECTION_ORDINAL.sub("", fold(text))
        found = read_categories(spoken)
        if found.value and "category_unknown" not in found.codes:
            return found.value, fold(text)
    for text in table.title[:4]:
        found = read_categories(_SECTION_ORDINAL.sub("", fold(text)))
        if len(found.value) == 1:
            return found.value, fold(text)
    return [], None


def _sheet_village(sheet: Sheet, table: Table) -> str | None:
    """One sheet a village: its name says so."""
    name = fold(sheet.name)
    if "village" in table.columns or not re.fullmatch(r".{1,12}(村|社区|居委会|村委会|嘎查)", name):
        return None
    return read_village(name)


def _filled_on(table: Table, today: dt.date) -> dt.date | None:
    """The date in the lines above the first head."""
    for text in table.title:
        if match := _FILLED_ON.search(text):
            try:
                told = dt.date(int(match[1]), int(match[2]), int(match[3]))
            except ValueError:
                continue
            if dt.date(2000, 1, 1) <= told <= today + dt.timedelta(days=366):
                return told
    return None


def _read_sheet(
    sheet: Sheet,
    tables: list[Table],
    today: dt.date,
    corrections: Mapping[tuple[str, str], Correction],
    people: dict[str, Person],
    lines: dict[str, Line],
) -> tuple[list[Block], SheetReport, dt.date | None]:
    report = SheetReport(sheet.name, len(sheet.rows), 0)
    if not tables:
        report.notes.append("no_head")
        return [], report, None
    filled_on = _filled_on(tables[0], today)
    blocks: list[Block] = []
    for table in tables:
        categories, source = _sheet_categories(sheet, table) if "category" not in table.columns else ([], None)
        report.category = report.category or source
        report.columns += table.reports if table is tables[0] else []
        read = list(read_lines(sheet, table, corrections, report.skipped))
        for line in read:
            people[line.key] = read_person(
                line, categories, today, filled_on=filled_on or today, date1904=sheet.date1904
            )
            lines[line.key] = line
        report.people += len(read)
        if read and "category" not in table.columns and not categories and not any(line.section for line in read):
            report.notes.append("category_missing")
        if read and "id_number" not in table.columns:
            report.notes.append("id_column_missing")
        blocks += gather(read, _sheet_village(sheet, table))
    return blocks, report, filled_on


def read_file(path: Path, *, today: dt.date, progress: Progress | None = None) -> Reading:
    """Reads a ledger from disk. See `read_ledger`."""
    with path.open("rb") as opened:
        return read_ledger(open_sheets(opened, path.name), today=today, progress=progress)


def read_ledger(
    sheets: Iterable[Sheet],
    *,
    today: dt.date,
    corrections: Mapping[tuple[str, str], Correction] | None = None,
    progress: Progress | None = None,
) -> Reading:
    """Reads every visible sheet. `today` bounds birth dates and stands in where the ledger has no date of its own.

    `corrections` by (row key, field) replace cells before they are read, so a corrected ledger is simply read again.
    Raises `LedgerFileError` for the file as a whole; never for a cell.
    """
    people: dict[str, Person] = {}
    lines: dict[str, Line] = {}
    blocks: list[Block] = []
    reports: list[SheetReport] = []
    filled_on: dt.date | None = None
    opened = [(sheet, [] if sheet.hidden else find_tables(sheet)) for sheet in sheets]
    agree_on_labels([table for _, tables in opened for table in tables])
    for sheet, tables in opened:
        if sheet.hidden:
            reports.append(SheetReport(sheet.name, len(sheet.rows), 0, notes=["hidden"]))
            continue
        found, report, told = _read_sheet(sheet, tables, today, corrections or {}, people, lines)
        blocks += found
        reports.append(report)
        filled_on = filled_on or told
        if progress:
            progress(sheet.name, len(people))
    if not any(report.columns for report in reports):
        raise NoTableError(
            "没有找到表头：至少要有“姓名”和“身份证号”“与户主关系”这样的列名。请核对是不是选错了文件，或把列名写在第一行再导入。"
        )
    households = [make_household(group, people) for group in join_blocks(blocks, people)]
    flag_repeated_numbers(households, lines)
    return Reading(households, reports, filled_on.isoformat() if filled_on else None)

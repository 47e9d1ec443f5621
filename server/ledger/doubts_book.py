"""Doubtful cells as a workbook for the villages to correct, and the corrected workbook back as corrections.

Every cell is written as text, so a name that begins with `=` stays a name. The first cell names the import: a returned sheet is
simply uploaded like a ledger.
"""

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from openpyxl import Workbook
from openpyxl.cell import Cell as BookCell
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.worksheet.worksheet import Worksheet

from server.ledger.reading import Household, Person, Reading
from server.ledger.reading.model import Doubt
from server.ledger.reading.text import fold
from server.ledger.reading.workbook import Sheet

SHEET_NAME = "待核对"
MARK = "台账核对单"
_HEAD = (
    "工作表",
    "单元格",
    "村(居)",
    "户编号",
    "户主",
    "姓名",
    "项目",
    "现在写的",
    "为什么要核对",
    "可能是",
    "请填正确的（空着表示不改）",
    "行标记",
    "项目标记",
)
_WIDTHS = (12, 9, 12, 10, 10, 10, 12, 24, 44, 22, 28, 22, 14)
_FIELD_WORDS = {
    "id_number": "身份证号",
    "born_on": "出生日期",
    "age": "年龄",
    "gender": "性别",
    "relation": "与户主关系",
    "categories": "对象类别",
    "disability": "残疾情况",
    "phone": "联系电话",
    "name": "姓名",
    "address": "住址",
    "remarks": "备注",
}
# field of a doubt -> column of the ledger that a typed answer replaces
ANSWER_COLUMNS = {
    "born_on": "born",
    "categories": "category",
    "id_number": "id_number",
    "disability": "disability",
    "address": "address",
}
_ANSWER, _ROW_MARK, _FIELD_MARK = 10, 11, 12
_ILLEGAL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class Answer:
    row: str
    field: str
    value: str


def answer_column(field: str) -> str:
    return ANSWER_COLUMNS.get(field, field)


def _write(sheet: Worksheet, row: int, column: int, text: str) -> BookCell:
    cell = cast(BookCell, sheet.cell(row=row, column=column))
    cell.value = _ILLEGAL.sub("", text)
    cell.data_type = "s"
    cell.number_format = "@"
    cell.quotePrefix = True
    return cell


def _lines(reading: Reading, *, with_notes: bool) -> Iterator[tuple[Household, Person | None, Doubt]]:
    for household in reading.households:
        for person, doubt in [(None, doubt) for doubt in household.doubts] + [
            (member, doubt) for member in household.members for doubt in member.doubts
        ]:
            if not doubt.accepted and (with_notes or doubt.severity == "problem"):
                yield household, person, doubt


def make_doubts_book(reading: Reading, import_id: str, *, with_notes: bool = False) -> bytes:
    """The workbook as bytes, sorted by village so that it can be cut up by hand."""
    book = Workbook()
    sheet = cast(Worksheet, book.active)
    sheet.title = SHEET_NAME
    _write(sheet, 1, 1, f"{MARK} {import_id}")
    _write(
        sheet, 2, 1, "请村(居)照证件核对，把正确的内容填在“请填正确的”一列，交回后由副站长原样上传。最后两列请不要改。"
    )
    for column, (word, width) in enumerate(zip(_HEAD, _WIDTHS, strict=True), 1):
        cell = _write(sheet, 3, column, word)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="DDEBF7")
        sheet.column_dimensions[cell.column_letter].width = width
    for row, (household, person, doubt) in enumerate(
        sorted(_lines(reading, with_notes=with_notes), key=lambda line: line[0].village or ""), 4
    ):
        texts = (
            doubt.sheet,
            doubt.cell or "",
            household.village or "",
            household.number or "",
            household.head_name or "",
            person.name if person else "",
            _FIELD_WORDS.get(doubt.field, doubt.field),
            doubt.text,
            doubt.reason,
            doubt.suggestion or "",
            "",
            doubt.row,
            doubt.field,
        )
        for column, text in enumerate(texts, 1):
            cell = _write(sheet, row, column, text)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.cell(row=row, column=_ANSWER + 1).fill = PatternFill("solid", fgColor="FFF2CC")
        sheet.cell(row=row, column=_ANSWER + 1).protection = Protection(locked=False)
    sheet.freeze_panes = "A4"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def find_import_id(sheets: Sequence[Sheet]) -> str | None:
    """The import a returned sheet of doubtful cells belongs to; None for any other workbook."""
    for sheet in sheets:
        if sheet.rows and (match := re.match(rf"^{MARK} ?([0-9a-f]{{32}})$", fold(sheet.at(0, 0)))):
            return match[1]
    return None


def read_answers(sheets: Sequence[Sheet]) -> list[Answer]:
    """What the villages filled in. Columns are found by their words, so a village may have moved them."""
    answers = []
    for sheet in sheets:
        head = next(
            (index for index, row in enumerate(sheet.rows[:10]) if "行标记" in [fold(cell) for cell in row]), None
        )
        if head is None:
            continue
        places = {fold(cell): column for column, cell in enumerate(sheet.rows[head])}
        answer, row_mark, field_mark = (
            places.get(_HEAD[_ANSWER].replace("（", "(").replace("）", ")")),
            places["行标记"],
            places.get("项目标记"),
        )
        if answer is None or field_mark is None:
            continue
        for row in range(head + 1, len(sheet.rows)):
            value, key, field = (
                fold(sheet.at(row, answer)),
                fold(sheet.at(row, row_mark)),
                fold(sheet.at(row, field_mark)),
            )
            if value and key and re.fullmatch(r"[a-z_]{1,40}", field):
                answers.append(Answer(key, answer_column(field), value[:300]))
    return answers

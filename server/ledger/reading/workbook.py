"""Opens .xlsx and .xls by calamine after `guard` has looked at the file: sheets as rows of plain cells, merged cells filled downwards.

calamine rather than openpyxl: it reads both formats, is about 30 times faster and keeps the memory of a large ledger small.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import python_calamine as calamine

from server.ledger.reading.errors import EncryptedError, TooLargeError, UnreadableError
from server.ledger.reading.guard import COLUMNS_MAX, ROWS_MAX, inspect
from server.ledger.reading.text import Cell, is_empty

_ERROR_CELLS = ("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!")


@dataclass(slots=True)
class Sheet:
    """`rows[r][c]`, both from 0, all rows equally wide. `merged` are (top, left, bottom, right), inclusive."""

    name: str
    rows: list[list[Cell]]
    merged: list[tuple[int, int, int, int]]
    hidden: bool
    date1904: bool

    def at(self, row: int, column: int) -> Cell:
        return self.rows[row][column] if row < len(self.rows) and column < len(self.rows[row]) else None


def _plain(cell: object) -> Cell:
    if cell == "" or (isinstance(cell, str) and cell in _ERROR_CELLS):
        return None
    if isinstance(cell, float) and not math.isfinite(cell):
        return None
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return int(cell)
    return cell  # type: ignore[return-value]


def _fill_down(rows: list[list[Cell]], merged: list[tuple[int, int, int, int]]) -> None:
    """A merged cell of several rows means its value for each of them. Cells merged across columns keep their first place."""
    for top, left, bottom, _ in merged:
        if bottom == top or top >= len(rows) or left >= len(rows[top]) or is_empty(rows[top][left]):
            continue
        for row in range(top + 1, min(bottom, len(rows) - 1) + 1):
            rows[row][left] = rows[top][left]


def _read_sheet(book: calamine.CalamineWorkbook, told: calamine.SheetMetadata, date1904: bool) -> Sheet:
    opened = book.get_sheet_by_name(told.name)
    if opened.total_height > ROWS_MAX or opened.total_width > COLUMNS_MAX:
        raise TooLargeError(
            f"工作表有 {opened.total_height} 行、{opened.total_width} 列，一次最多读 {ROWS_MAX} 行、{COLUMNS_MAX} 列。请按村拆成几个文件再导入。"
        )
    rows = [[_plain(cell) for cell in row] for row in opened.to_python(skip_empty_area=False)]
    merged = [(top, left, bottom, right) for (top, left), (bottom, right) in opened.merged_cell_ranges or []]
    _fill_down(rows, merged)
    return Sheet(told.name, rows, merged, told.visible != calamine.SheetVisibleEnum.Visible, date1904)


def open_sheets(opened: BinaryIO, name: str) -> Iterator[Sheet]:
    """Worksheets in the book's order. `name` is the name the file came under; its ending can refuse it."""
    told = inspect(opened, name)
    try:
        with calamine.CalamineWorkbook.from_filelike(opened) as book:
            for metadata in book.sheets_metadata:
                if metadata.typ == calamine.SheetTypeEnum.WorkSheet:
                    yield _read_sheet(book, metadata, told.date1904)
    except calamine.PasswordError as fault:
        raise EncryptedError("表格设了打开密码，读不了。请在 WPS 或 Excel 里取消密码，另存后再导入。") from fault
    except (calamine.CalamineError, calamine.XmlError, calamine.ZipError, OSError, ValueError) as fault:
        raise UnreadableError("表格已损坏，读不出来。请在 WPS 或 Excel 里打开，另存为 .xlsx 后再导入。") from fault

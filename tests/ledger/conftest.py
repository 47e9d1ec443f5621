"""The ledger API runs against the whole server on both databases, with the phones of the server's own suite."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server.ledger.reading import Reading, read_file
from tests.server.conftest import (  # noqa: F401
    base_url,
    clock,
    cluster,
    context,
    database_url,
    deputy,
    enrol,
    head,
    issue,
    make_phone,
    query,
    settings,
    sqlite_template,
    station_id,
    worker,
)

DATA = Path(__file__).parent / "data"
TODAY = dt.date(2026, 11, 22)
Rows = list[list[Any]]


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., Path]:
    """Writes rows as a workbook: `book(rows)` or `book({"sheet": rows})`, `merge` by ranges such as A4:A5."""
    import openpyxl

    def make(rows: Rows | dict[str, Rows], merge: list[str] | None = None, name: str = "ledger.xlsx") -> Path:
        made = openpyxl.Workbook()
        made.remove(made.active)
        for title, lines in (rows if isinstance(rows, dict) else {"台账": rows}).items():
            sheet = made.create_sheet(title)
            for line in lines:
                sheet.append(line)
            for cells in merge or []:
                sheet.merge_cells(cells)
        path = tmp_path / name
        made.save(path)
        return path

    return make


@pytest.fixture
def read(book: Callable[..., Path]) -> Callable[..., Reading]:
    """Reads rows as if they came in a workbook."""
    return lambda rows, **more: read_file(book(rows, **more), today=TODAY)

"""Files that are no ledger, or more than one can bear: refused by code before they cost anything, with what to do."""

import io
import os
import random
import struct
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlwt

from server.ledger.reading import guard, read_file, read_ledger
from server.ledger.reading.apart import open_sheets_apart
from server.ledger.reading.errors import LedgerFileError
from server.ledger.reading.workbook import open_sheets
from tests.ledger.conftest import DATA, TODAY
from tests.ledger.test_tables_in_sheets import HEAD, MEMBERS, names

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def refused(content: bytes, name: str = "台账.xlsx") -> LedgerFileError:
    with pytest.raises(LedgerFileError) as caught:
        list(open_sheets(io.BytesIO(content), name))
    assert "。" in caught.value.say
    return caught.value


def workbook(sheet_xml: bytes | None = None, **parts: bytes) -> bytes:
    """A real small workbook whose parts are replaced or added."""
    made = openpyxl.Workbook()
    for row in [HEAD, *MEMBERS]:
        made.active.append(row)
    plain = io.BytesIO()
    made.save(plain)
    out = io.BytesIO()
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            if sheet_xml is not None and entry.filename.startswith("xl/worksheets/"):
                content = sheet_xml
            new.writestr(entry.filename, content)
        for name, content in parts.items():
            new.writestr(name, content)
    return out.getvalue()


def sheet(body: str) -> bytes:
    return f'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{body}</sheetData></worksheet>'.encode()


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.xlsx", "not_a_spreadsheet"),
        (b"%PDF-1.7 ....", "a.xlsx", "not_a_spreadsheet"),
        (os.urandom(4096), "a.xlsx", "not_a_spreadsheet"),
        (OLE + b"\0" * 600, "a.et", "save_as_xlsx"),
        (OLE + b"\0" * 600, "a.xls", "not_a_spreadsheet"),
        (OLE + b"\0" * 600 + "WordDocument".encode("utf-16-le"), "a.xls", "save_as_xlsx"),
        (OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "ledger_encrypted"),
        (OLE + b"\0" * 600 + "Workbook".encode("utf-16-le"), "a.xls", "ledger_unreadable"),
        (b"<html><body><table></table>", "a.xls", "save_as_xlsx"),
        ("姓名,身份证".encode(), "a.csv", "save_as_xlsx"),
        (b"PK\x03\x04" + b"\0" * 100, "a.xlsx", "ledger_unreadable"),
    ],
)
def test_what_is_no_workbook_is_refused(content: bytes, name: str, code: str) -> None:
    assert refused(content, name).code == code


def test_et_is_told_to_be_saved_as_xlsx_in_wps() -> None:
    assert "WPS" in refused(workbook(), "台账.et").say
    assert "另存为 .xlsx" in refused(workbook(), "台账.et").say


def test_other_zips_are_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("word/document.xml", "<w/>")
    assert refused(out.getvalue()).code == "save_as_xlsx"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("readme.txt", "hello")
    assert refused(out.getvalue()).code == "not_a_spreadsheet"


def test_a_bomb_is_refused_by_its_directory() -> None:
    assert refused(workbook(**{"xl/media/bomb.bin": b"\0" * (40 << 20)})).code == "ledger_too_large"


def test_a_bomb_that_lies_about_its_size_is_refused_too() -> None:
    content = bytearray(workbook(sheet("<row/>" + " " * (30 << 20))))
    size = len(sheet("<row/>" + " " * (30 << 20)))
    assert content.count(struct.pack("<L", size)) >= 1
    lied = bytes(content).replace(struct.pack("<L", size), struct.pack("<L", 4096))
    assert refused(lied).code in ("ledger_unreadable", "ledger_too_large")


def test_too_many_parts_are_refused() -> None:
    assert refused(workbook(**{f"xl/x{at}.xml": b"<x/>" for at in range(guard.ENTRIES_MAX)})).code == "ledger_too_large"


def test_a_million_rows_are_refused_before_they_are_opened() -> None:
    rows = "".join(f'<row r="{at}"><c r="A{at}"><v>1</v></c></row>' for at in range(1, 1_000_001, 1))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made, zipfile.ZipFile(io.BytesIO(workbook())) as old:
        for entry in old.infolist():
            body = old.read(entry) if "worksheets" not in entry.filename else sheet(rows)
            made.writestr(entry.filename, body)
    fault = refused(out.getvalue())
    assert fault.code == "ledger_too_large"
    assert "拆成" in fault.say


def test_one_cell_in_the_far_corner_does_not_cost_the_whole_rectangle() -> None:
    assert refused(workbook(sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))).code == "ledger_too_large"


def test_empty_styled_rows_at_the_end_are_not_rows(book: Callable[..., Path]) -> None:
    path = book([HEAD, *MEMBERS])
    made = openpyxl.load_workbook(path)
    made.active.cell(row=60_000, column=1).number_format = "@"
    made.save(path)
    assert len(read_file(path, today=TODAY).households) == 2


def test_a_workbook_without_a_head_is_refused(book: Callable[..., Path]) -> None:
    with pytest.raises(LedgerFileError) as caught:
        read_file(book([["盐", 2], ["米", 5]]), today=TODAY)
    assert caught.value.code == "ledger_no_table"


def test_old_xls_is_read_with_its_merged_cells(tmp_path: Path) -> None:
    made = xlwt.Workbook()
    page = made.add_sheet("台账")
    for row, cells in enumerate([HEAD, *MEMBERS]):
        for column, cell in enumerate(cells):
            if cell is not None and not (row == 1 and column in (0, 1, 2, 8)):
                page.write(row, column, cell)
    for column in (0, 1, 2, 8):
        page.write_merge(1, 2, column, column, MEMBERS[0][column])
    path = tmp_path / "台账.xls"
    made.save(str(path))
    found = read_file(path, today=TODAY)
    assert names(found) == [["王一", "李二"], ["赵三"]]
    assert found.households[0].members[1].id_number == MEMBERS[1][6]


def test_a_process_of_its_own_reads_the_same() -> None:
    path = DATA / "ledger-c.xlsx"
    apart = read_ledger(open_sheets_apart(path.read_bytes(), path.name), today=TODAY)
    assert apart == read_file(path, today=TODAY)


def test_a_process_of_its_own_hands_errors_over() -> None:
    with pytest.raises(LedgerFileError) as caught:
        list(open_sheets_apart(b"hello", "台账.xlsx"))
    assert caught.value.code == "not_a_spreadsheet"


def test_an_old_workbook_that_claims_every_cell_kills_only_its_own_process(tmp_path: Path) -> None:
    made = xlwt.Workbook()
    for at in range(60):
        page = made.add_sheet(f"s{at}")
        page.write(0, 0, "x")
        page.write(65_535, 255, "x")
    path = tmp_path / "台账.xls"
    made.save(str(path))
    with pytest.raises(LedgerFileError) as caught:
        list(open_sheets_apart(path.read_bytes(), path.name))
    assert caught.value.code in ("ledger_too_large", "ledger_unreadable")


def test_mutilated_workbooks_raise_only_the_errors_that_are_promised() -> None:
    rng = random.Random(7)
    sound = (DATA / "ledger-b.xlsx").read_bytes()
    outcomes = Counter[str]()
    for _ in range(150):
        content = bytearray(sound)
        for _ in range(rng.randrange(1, 12)):
            at = rng.randrange(len(content))
            if rng.random() < 0.5:
                content[at] = rng.randrange(256)
            else:
                del content[at : at + rng.randrange(1, 40)]
        try:
            read_ledger(open_sheets(io.BytesIO(bytes(content)), "台账.xlsx"), today=TODAY)
            outcomes["read"] += 1
        except LedgerFileError as fault:
            outcomes[fault.code] += 1
    assert outcomes["ledger_unreadable"] > 50
    assert set(outcomes) <= {
        "read",
        "ledger_unreadable",
        "ledger_too_large",
        "ledger_no_table",
        "not_a_spreadsheet",
        "ledger_encrypted",
    }

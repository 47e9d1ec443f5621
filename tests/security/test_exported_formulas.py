"""T-8: whatever somebody typed, an exported sheet holds text; a spreadsheet program computes nothing from it."""

import io
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from tests.security.full_station import ledger_of
from tests.server.phone import Phone

HOSTILE = [
    "=cmd|'/c calc'!A1", "=1+1", "=HYPERLINK(\"http://x.example\",\"点我\")", "=WEBSERVICE(\"http://x.example\")",
    "+1+1", "+cmd|' /C calc'!A0", "-1+1", "-2+3+cmd|' /C calc'!A0", "@SUM(1,1)", "@A1", "\t=1+1", "\r=1+1", "\n=1+1",
    " =1+1", "=IMPORTXML(\"http://x.example\",\"//a\")", "=DDE(\"cmd\";\"/C calc\";\"x\")", "=\"\"&1", "='x'!A1", "=A1",
    "=SUM(A1:A9)", "=1;2", "＝1+1", "＋1", "－1", "＠x", "=INDIRECT(\"A1\")", "=OFFSET(A1,1,1)", "=EXEC(\"calc\")",
    "=RTD(\"x\",,\"y\")", "=CALL(\"x\",\"y\")", "|calc", "%0A=1+1", "=1+1\t", "==1+1", "=+1", "=-1", "=@x", "+=1",
    "\u200b=1+1", "\ufeff=1+1",
]  # fmt: skip


def export(deputy: Phone) -> bytes:
    """The sheet of doubtful cells of a ledger whose every cell is hostile."""
    book = ledger_of([f"{text}" for text in HOSTILE], ["1234"], ["abc"], HOSTILE)
    made = deputy.http.post("/ledger/imports", files={"file": ("台账.xlsx", book)})
    assert made.status_code == 201, made.text
    answer = deputy.http.get(f"/ledger/imports/{made.json()['import_id']}/doubts.xlsx", params={"notes": "true"})
    assert answer.status_code == 200
    return answer.content


def find_formulas(book: bytes) -> tuple[int, list[str]]:
    """How many cells hold text, and which hold anything that a program would compute."""
    sheets = openpyxl.load_workbook(io.BytesIO(book)).worksheets
    cells = [cell for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    wrong = [f"{cell.coordinate}={cell.value!r}" for cell in cells if cell.data_type != "s"]
    return len(cells), wrong


def test_no_cell_of_an_exported_sheet_is_a_formula(deputy: Phone, figure: Callable[[str], None]) -> None:
    cells, formulas = find_formulas(export(deputy))
    assert cells > 3 * len(HOSTILE)
    figure(f"{len(HOSTILE)} hostile texts in {cells} cells, {len(formulas)} formulas")
    assert formulas == []


def test_the_hostile_words_arrive_unchanged_as_text(deputy: Phone) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(export(deputy))).worksheets[0]
    said = {str(cell.value).strip() for row in sheet.iter_rows() for cell in row if cell.value is not None}
    kept = [text for text in HOSTILE if any(text.strip() in one for one in said)]
    assert "@SUM(1,1)" in kept
    assert len(kept) >= 12


def test_every_export_of_the_server_goes_through_text_cells() -> None:
    """A new export must not write cells by itself: openpyxl is used in one place only."""
    import server

    writers = [
        path.name
        for path in Path(server.__file__).parent.rglob("*.py")
        if "Workbook(" in path.read_text("utf-8") and "def _write" not in path.read_text("utf-8")
    ]
    assert writers == []


def test_an_office_program_reads_the_same_text(deputy: Phone, tmp_path: Path, figure: Callable[[str], None]) -> None:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        figure("no office program on this machine: read back with openpyxl only")
        return
    (tmp_path / "doubts.xlsx").write_bytes(export(deputy))
    command = [program, "--headless", "--convert-to", "csv", "--outdir", str(tmp_path), str(tmp_path / "doubts.xlsx")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert "=1+1" in (tmp_path / "doubts.csv").read_text("utf-8", errors="replace")


def test_teeth_cells_written_the_librarys_own_way_are_formulas(deputy: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(sheet, row, column, text):  # type: ignore[no-untyped-def]
        cell = sheet.cell(row=row, column=column)
        cell.value = "".join(letter for letter in text if letter >= " ")
        return cell

    monkeypatch.setattr("server.ledger.doubts_book._write", write)
    assert len(find_formulas(export(deputy))[1]) > 5

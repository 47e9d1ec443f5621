"""Looks at a file before any spreadsheet code opens it: what it is, how large it would become, how many rows it claims.

A spreadsheet library builds the whole rectangle from A1 to the farthest cell, so one cell at XFD1048576 in a file of 5 KB would
take all memory: cells are counted in the stream first. Limits are in the names, units last.
"""

import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO, BinaryIO

from server.ledger.reading.errors import (
    EncryptedError,
    NotASpreadsheetError,
    TooLargeError,
    UnreadableError,
    WrongFormatError,
)

FILE_BYTES_MAX = 30 * 1024 * 1024
UNPACKED_BYTES_MAX = 200 * 1024 * 1024
RATIO_MAX = 100
ENTRIES_MAX = 1_000
SHEETS_MAX = 100
ROWS_MAX = 50_000
COLUMNS_MAX = 300
CELLS_MAX = 3_000_000
_CHUNK_BYTES = 1 << 20
_RATIO_FROM_BYTES = 1 << 20  # small parts of a workbook may pack better than 1:100 and harm nobody

_FILLED_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*?(?<!/)>')
_ROW = re.compile(rb"<(?:\w+:)?row\b")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAVE = "请在 WPS 或 Excel 里打开，另存为 .xlsx 后再导入。"
_BY_ENDING = {
    ".et": "这是 WPS 的 .et 文件。请在 WPS 里另存为 .xlsx，再导入。",
    ".ett": "这是 WPS 的模板文件。请在 WPS 里另存为 .xlsx，再导入。",
    ".csv": "这是 .csv 文本，身份证号在里面容易丢位。" + _SAVE,
    ".ods": "这是 .ods 文件。" + _SAVE,
    ".xlsb": "这是 .xlsb 文件。" + _SAVE,
    ".numbers": "这是苹果 Numbers 文件。请导出为 Excel 的 .xlsx，再导入。",
    ".doc": "这是文字文档。请把表格复制到 WPS 表格里，另存为 .xlsx，再导入。",
    ".docx": "这是文字文档。请把表格复制到 WPS 表格里，另存为 .xlsx，再导入。",
    ".pdf": "这是 PDF。请向填表的人要原来的表格（.xlsx），再导入。",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What the guard learned that the reader needs."""

    kind: str  # "xlsx" or "xls"
    date1904: bool


def _column(letters: bytes) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index


def _too_many(rows: int, columns: int) -> TooLargeError:
    return TooLargeError(
        f"表格太大：有 {rows} 行、{columns} 列，一次最多读 {ROWS_MAX} 行、{COLUMNS_MAX} 列。请删去表尾的空行或按村拆成几个文件，再导入。"
    )


def _measure_sheet(part: IO[bytes]) -> int:
    """Cells the sheet's rectangle would hold; refuses as soon as a limit is passed."""
    rows = columns = last_row = 0
    tail = b""
    while chunk := part.read(_CHUNK_BYTES):
        text = tail + chunk
        cut = text.rfind(b"<")
        ready, tail = (text[:cut], text[cut:]) if cut > 0 else (b"", text)
        if len(tail) > 4 * _CHUNK_BYTES:
            raise UnreadableError("表格的内容不合格式，读不出来。" + _SAVE)
        rows += len(_ROW.findall(ready))
        for letters, number in _FILLED_CELL.findall(ready):
            last_row, columns = max(last_row, int(number)), max(columns, _column(letters))
        if last_row > ROWS_MAX or columns > COLUMNS_MAX or (rows > ROWS_MAX and not last_row):
            raise _too_many(max(last_row, rows), columns)
    for letters, number in _FILLED_CELL.findall(tail):
        last_row, columns = max(last_row, int(number)), max(columns, _column(letters))
    if last_row > ROWS_MAX or columns > COLUMNS_MAX:
        raise _too_many(last_row, columns)
    return last_row * columns


def _check_directory(entries: list[zipfile.ZipInfo], packed: int) -> None:
    """The directory's word only refuses early; `_measure_sheet` and calamine still read no more than it claims."""
    if len(entries) > ENTRIES_MAX:
        raise TooLargeError(f"文件里有 {len(entries)} 个部件，超过 {ENTRIES_MAX} 个，不像一张台账。" + _SAVE)
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > UNPACKED_BYTES_MAX:
        raise TooLargeError(
            f"文件解开后有 {unpacked >> 20} MB，最多读 {UNPACKED_BYTES_MAX >> 20} MB。请删去图片和空行，或按村拆成几个文件，再导入。"
        )
    for entry in entries:
        if entry.file_size > _RATIO_FROM_BYTES and entry.file_size > RATIO_MAX * max(entry.compress_size, 1):
            raise TooLargeError("文件压缩得异常厉害，可能不是正常的台账。" + _SAVE)
    if unpacked > _RATIO_FROM_BYTES and unpacked > RATIO_MAX * max(packed, 1):
        raise TooLargeError("文件压缩得异常厉害，可能不是正常的台账。" + _SAVE)


def _read_through(book: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """zipfile stops at the size the directory claims and then checks the sum: a part that lies about its size fails here."""
    with book.open(entry) as part:
        while part.read(_CHUNK_BYTES):
            pass


def _inspect_zip(opened: BinaryIO, size: int) -> Told:
    try:
        with zipfile.ZipFile(opened) as book:
            entries = book.infolist()
            _check_directory(entries, size)
            names = {entry.filename.lower().replace("\\", "/").lstrip("/"): entry for entry in entries}
            if any(entry.flag_bits & 0x1 for entry in entries):
                raise EncryptedError("文件设了密码，读不了。请取消密码，另存后再导入。")
            if "xl/workbook.bin" in names:
                raise WrongFormatError(_BY_ENDING[".xlsb"])
            if "xl/workbook.xml" not in names:
                kind = (
                    ".docx"
                    if any(name.startswith("word/") for name in names)
                    else ".ods"
                    if "content.xml" in names
                    else ""
                )
                raise (
                    WrongFormatError(_BY_ENDING[kind])
                    if kind
                    else NotASpreadsheetError("这不是电子表格文件。请选台账的 .xlsx 或 .xls 文件。")
                )
            sheets = [
                entry for name, entry in names.items() if name.startswith("xl/worksheets/") and name.endswith(".xml")
            ]
            if len(sheets) > SHEETS_MAX:
                raise TooLargeError(f"文件有 {len(sheets)} 张工作表，最多读 {SHEETS_MAX} 张。请拆成几个文件，再导入。")
            for entry in entries:
                if entry.filename.endswith((".xml", ".rels")) and entry not in sheets:
                    _read_through(book, entry)
            cells = 0
            for entry in sheets:
                with book.open(entry) as part:
                    cells += _measure_sheet(part)
            if cells > CELLS_MAX:
                raise TooLargeError(f"文件共有约 {cells} 个格子，最多读 {CELLS_MAX} 个。请按村拆成几个文件，再导入。")
            with book.open(names["xl/workbook.xml"]) as part:
                head = part.read(_CHUNK_BYTES)
            return Told("xlsx", bool(re.search(rb'date1904="(1|true)"', head)))
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        EOFError,
        NotImplementedError,
        OSError,
        RuntimeError,
        ValueError,
    ) as fault:
        raise UnreadableError("文件不完整或已损坏，打不开。请重新传一份，或" + _SAVE) from fault


def _inspect_ole(opened: BinaryIO) -> Told:
    content = opened.read()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise EncryptedError("表格设了打开密码，读不了。请在 WPS 或 Excel 里取消密码，另存后再导入。")
    if not any(stream.encode("utf-16-le") in content for stream in ("Workbook", "WORKBOOK", "Book")):
        word = "WordDocument".encode("utf-16-le") in content
        raise (
            WrongFormatError(_BY_ENDING[".doc"])
            if word
            else NotASpreadsheetError("这不是电子表格文件。请选台账的 .xlsx 或 .xls 文件。")
        )
    return Told("xls", False)


def inspect(opened: BinaryIO, name: str) -> Told:
    """Refuses by exception what must not be opened. Leaves `opened` at its beginning."""
    ending = "." + name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if ending in _BY_ENDING:
        raise WrongFormatError(_BY_ENDING[ending])
    size = opened.seek(0, 2)
    opened.seek(0)
    if size == 0:
        raise NotASpreadsheetError("文件是空的。请重新选台账文件。")
    if size > FILE_BYTES_MAX:
        raise TooLargeError(
            f"文件有 {size >> 20} MB，最多读 {FILE_BYTES_MAX >> 20} MB。请删去图片，或按村拆成几个文件，再导入。"
        )
    head = opened.read(4096)
    opened.seek(0)
    if head.startswith((b"PK\x03\x04", _OLE)):
        told = _inspect_zip(opened, size) if head.startswith(b"PK") else _inspect_ole(opened)
        opened.seek(0)
        return told
    if re.search(rb"<html|<table|<\?mso|<!doctype", head, re.IGNORECASE):
        raise WrongFormatError("这其实是网页，只是名字像表格。" + _SAVE)
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        raise WrongFormatError("这是旧的 XML 表格。" + _SAVE)
    raise NotASpreadsheetError("这不是电子表格文件。请选台账的 .xlsx 或 .xls 文件。")

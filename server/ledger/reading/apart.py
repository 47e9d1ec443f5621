"""Opens a workbook in a process of its own with little memory and time: a hostile file can end that process, never the server.

Only plain JSON comes back over the pipe. The child runs this module: `python -m server.ledger.reading.apart NAME < file`.
"""

import datetime as dt
import io
import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from server.ledger.reading import errors
from server.ledger.reading.errors import LedgerFileError, TooLargeError, UnreadableError
from server.ledger.reading.text import Cell
from server.ledger.reading.workbook import Sheet, open_sheets

MEMORY_BYTES_MAX = 1 << 30
CPU_SECONDS_MAX = 60
WALL_SECONDS_MAX = 180
_ROOT = Path(__file__).resolve().parents[3]
_ERRORS: dict[str, type[LedgerFileError]] = {
    kind.code: kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, LedgerFileError)
}


def _to_json(cell: Cell) -> Any:
    if isinstance(cell, dt.datetime):
        return {"at": cell.isoformat()}
    if isinstance(cell, dt.date):
        return {"on": cell.isoformat()}
    return str(cell) if isinstance(cell, dt.time | dt.timedelta) else cell


def _from_json(cell: Any) -> Cell:
    if isinstance(cell, dict):
        return dt.datetime.fromisoformat(cell["at"]) if "at" in cell else dt.date.fromisoformat(cell["on"])
    return cell  # type: ignore[no-any-return]


def open_sheets_apart(content: bytes, name: str) -> Iterator[Sheet]:
    """Like `open_sheets`, in a child process. Whatever kills the child becomes `UnreadableError`."""
    try:
        done = subprocess.run(  # noqa: S603 -- our own module, the file goes by the pipe and only its ending by the command line
            [sys.executable, "-m", "server.ledger.reading.apart", "ledger" + Path(name).suffix[:10]],
            input=content,
            capture_output=True,
            timeout=WALL_SECONDS_MAX,
            cwd=_ROOT,
            env={"PATH": os.environ.get("PATH", ""), "PYTHONIOENCODING": "utf-8"},
            check=False,
        )
    except subprocess.TimeoutExpired as fault:
        raise TooLargeError("表格太大，读了很久还没有读完。请按村拆成几个文件，再导入。") from fault
    lines = done.stdout.splitlines()
    if done.returncode != 0 or not lines:
        raise UnreadableError("表格读不出来，可能已损坏或内容异常。请在 WPS 或 Excel 里打开，另存为 .xlsx 后再导入。")
    for line in lines:
        told = json.loads(line)
        if "error" in told:
            raise _ERRORS[told["error"]](told["say"])
        if "name" in told:
            rows = [[_from_json(cell) for cell in row] for row in told["rows"]]
            yield Sheet(
                told["name"], rows, [(a, b, c, d) for a, b, c, d in told["merged"]], told["hidden"], told["date1904"]
            )


def _serve() -> None:
    """The child: sheets as JSON lines on standard output, or one line with the error."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS_MAX, CPU_SECONDS_MAX))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    out = sys.stdout
    try:
        for sheet in open_sheets(io.BytesIO(sys.stdin.buffer.read()), sys.argv[1]):
            rows = [[_to_json(cell) for cell in row] for row in sheet.rows]
            told = {
                "name": sheet.name,
                "rows": rows,
                "merged": sheet.merged,
                "hidden": sheet.hidden,
                "date1904": sheet.date1904,
            }
            out.write(json.dumps(told, ensure_ascii=True) + "\n")
        out.write('{"end": true}\n')
    except LedgerFileError as fault:
        out.write(json.dumps({"error": fault.code, "say": fault.say}) + "\n")


if __name__ == "__main__":
    _serve()

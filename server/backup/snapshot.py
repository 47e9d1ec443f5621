"""What a backup set holds: a consistent copy of the database and every sealed file, in pieces named by their hash.

SQLite copies itself, PostgreSQL is dumped by its own `pg_dump` as of one instant. The key file is not in it: it is kept apart.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from server.backup import postgres
from server.context import Context

PIECE_BYTES = 4 * 1024 * 1024
DATABASE = "db/yihu.sqlite3"
DUMP = "db/yihu.pgdump"


def take(context: Context, folder: Path) -> Path:
    """A copy of the live database as of one instant; the server goes on meanwhile. Raises `ToolError` where PostgreSQL's are missing."""
    if context.database.engine.dialect.name == "postgresql":
        dump = folder / "snapshot.pgdump"
        postgres.dump(context.settings, dump)
        return dump
    copy = folder / "snapshot.sqlite3"
    borrowed = context.database.engine.raw_connection()
    source: Any = borrowed.driver_connection
    try:
        target = type(source)(str(copy))
        source.backup(target)
        target.close()
    finally:
        borrowed.close()
    return copy


def list_files(copy: Path, files: Path) -> Iterator[tuple[str, Path]]:
    """Name within the data folder, and where it lies now."""
    yield DUMP if copy.suffix == Path(DUMP).suffix else DATABASE, copy
    for path in sorted(files.rglob("*")):
        if path.is_file() and not path.name.endswith(".part"):
            yield f"files/{path.relative_to(files)}", path


def split(path: Path) -> Iterator[tuple[str, bytes]]:
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield hashlib.sha256(piece).hexdigest(), piece


def describe(files: dict[str, list[str]], marked: dict[str, int], at: int) -> bytes:
    return json.dumps({"yihu_backup": 1, "at": at, "log": marked, "files": files}, sort_keys=True).encode()


def read(content: bytes) -> dict[str, list[str]]:
    found: dict[str, Any] = json.loads(content)
    names = {str(name): [str(one) for one in pieces] for name, pieces in found["files"].items()}
    if any(name.startswith("/") or ".." in Path(name).parts for name in names):
        raise ValueError("a backup set names a file outside the data folder")
    return names

"""Sealed bytes too large for the database, behind one interface; a plain folder is the small station's backend.

Callers seal before they put, so a backend only ever sees ciphertext. A put is durable when it returns, and repeating it is
harmless. Names are random ids, two levels of folders deep.
"""

import os
import re
import secrets
from pathlib import Path
from typing import Protocol

_NAME = re.compile(r"[0-9a-f]{32}(\.[0-9]{1,6})?")


class BlobStore(Protocol):
    def put(self, name: str, content: bytes) -> None: ...

    def get(self, name: str) -> bytes: ...

    def delete(self, name: str) -> None: ...


class FolderBlobStore:
    """One file a blob: written beside its place, flushed, then renamed into it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, content: bytes) -> None:
        path = self._path(name)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
        try:
            with beside.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        except OSError:
            beside.unlink(missing_ok=True)
            raise
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def get(self, name: str) -> bytes:
        """Raises FileNotFoundError."""
        return self._path(name).read_bytes()

    def delete(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError("not a blob name")
        return self._folder / name[:2] / name[2:4] / name

"""The keeper of backups, on another host: whoever has the adding token may add, whoever has the reading token may read.

Nothing here overwrites or removes, for nobody: a server in the hands of blackmailers can add rubbish and take nothing away.
Pieces are named by their hash, so one that is there is right. Old sets are removed on the keeper's own host, by its own keeper.
"""

import hashlib
import hmac
import os
import re
import secrets
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PIECE_BYTES_MAX = 8 * 1024 * 1024
_PIECE = re.compile(r"/pieces/([0-9a-f]{64})")
_SET = re.compile(r"/sets/(\d{8}T\d{6}Z-[0-9a-f]{8})")


class Keeper(ThreadingHTTPServer):
    """`folder` is the keeper's own: nobody else on its host needs to reach it."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], folder: Path, adding: str, reading: str) -> None:
        super().__init__(address, _Handler)
        self.folder, self.adding, self.reading = folder, adding, reading
        for name in ("pieces", "sets"):
            (folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)


class _Handler(BaseHTTPRequestHandler):
    server: Keeper
    timeout = 60
    server_version, sys_version = "keeper", ""

    def do_PUT(self) -> None:
        content = self._read_body() if self._may(self.server.adding) else None
        if content is None:
            return
        piece, named = _PIECE.fullmatch(self.path), _SET.fullmatch(self.path)
        if piece and hashlib.sha256(content).hexdigest() != piece[1]:
            self._answer(422)
        elif piece:
            _add(self.server.folder / "pieces" / piece[1], content)  # one that is there has this very content
            self._answer(201)
        elif named:
            self._answer(201 if _add(self.server.folder / "sets" / named[1], content) else 409)
        else:
            self._answer(404)

    def do_HEAD(self) -> None:
        """Whether a piece is there: so that only what is new travels."""
        piece = _PIECE.fullmatch(self.path)
        if self._may(self.server.adding, self.server.reading):
            self._answer(200 if piece and (self.server.folder / "pieces" / piece[1]).is_file() else 404)

    def do_GET(self) -> None:
        if self.path == "/newest" and self._may(self.server.adding, self.server.reading):
            self._answer(200, max((one.name for one in (self.server.folder / "sets").iterdir()), default="").encode())
            return
        found = _PIECE.fullmatch(self.path) or _SET.fullmatch(self.path)
        if self.path == "/newest" or not self._may(self.server.reading):
            return
        path = (
            self.server.folder / ("sets" if self.path.startswith("/sets/") else "pieces") / (found[1] if found else "-")
        )
        self._answer(200, path.read_bytes()) if found and path.is_file() else self._answer(404)

    def log_message(self, format: str, *given: object) -> None:
        """Silent: what comes is named by hashes."""

    def _may(self, *tokens: str) -> bool:
        given = (self.headers.get("Authorization") or "").removeprefix("Bearer ").encode()
        if any(hmac.compare_digest(given, token.encode()) for token in tokens):
            return True
        self._answer(403)
        return False

    def _read_body(self) -> bytes | None:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > PIECE_BYTES_MAX:
            self._answer(413)
            return None
        content = self.rfile.read(int(length))
        return content if len(content) == int(length) else None

    def _answer(self, status: int, content: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


def _add(path: Path, content: bytes) -> bool:
    """Durable, and only where nothing is: a link never replaces."""
    beside = path.with_name(f".{secrets.token_hex(8)}")
    with beside.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(beside, path)
    except FileExistsError:
        return False
    finally:
        beside.unlink()
    return True

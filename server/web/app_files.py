"""Serves the built app: hashed assets for ever, the page and the service worker always asked for anew.

Files are read and packed once, at start. Any path that is not a file is a screen of the app and gets the page.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from server.errors import YihuError
from server.web.problems import send_problem

_FOREVER = "public, max-age=31536000, immutable"
_ASK_ALWAYS = "no-cache"
KILL_PATH, WORKER_PATH = "/sw-off", "/sw.js"
_PACKABLE = (".html", ".js", ".mjs", ".css", ".json", ".svg", ".webmanifest", ".wasm", ".txt", ".map")
_NOT_BUILT = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>Yihu</title>
<p>服务器已启动,但应用页面还没有构建。请运行 <code>scripts/start</code>。</p>
<p>The server runs, but the app is not built yet: run <code>scripts/start</code>.</p></html>"""

mimetypes.add_type("application/manifest+json", ".webmanifest")
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("application/wasm", ".wasm")


@dataclass(frozen=True)
class AppFile:
    media_type: str
    plain: bytes
    packed: bytes | None
    etag: str
    cache_control: str


class AppFiles:
    """ASGI app for everything outside /api."""

    def __init__(self, folder: Path, kill_switch: Path) -> None:
        self._kill_switch = kill_switch
        self._files = {f"/{path.relative_to(folder).as_posix()}": _load(folder, path) for path in _list(folder)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if scope["method"] not in ("GET", "HEAD"):
            await send_problem(YihuError("method_not_allowed"), scope, receive, send)
            return
        path = scope["path"]
        if path == KILL_PATH:
            await self._tell_worker()(scope, receive, send)
            return
        # With the switch thrown no page can put the worker back that was just taken away.
        is_gone = path == WORKER_PATH and self._kill_switch.exists()
        file = None if is_gone else self._files.get(path)
        if file is None:
            if path.startswith(("/assets/", "/api/")) or "." in path.rsplit("/", 1)[-1]:
                await send_problem(YihuError("not_found"), scope, receive, send)
                return
            file = self._files.get("/index.html")
        response = HTMLResponse(_NOT_BUILT, 503) if file is None else _answer(Request(scope), file)
        await response(scope, receive, send)

    def _tell_worker(self) -> Response:
        """Whether service workers shall go: the way out of a broken release. The page then comes from the server again."""
        word = "off" if self._kill_switch.exists() else "on"
        return Response(status_code=204, headers={"Yihu-Worker": word, "Cache-Control": "no-store"})


def _answer(request: Request, file: AppFile) -> Response:
    headers = {"Cache-Control": file.cache_control, "ETag": file.etag, "Vary": "Accept-Encoding"}
    if file.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    body = file.plain
    if file.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        body = file.packed
    headers["Content-Length"] = str(len(body))
    return Response(b"" if request.method == "HEAD" else body, headers=headers, media_type=file.media_type)


def _list(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.endswith((".gz", ".map")))


def _load(folder: Path, path: Path) -> AppFile:
    plain = path.read_bytes()
    packed = gzip.compress(plain, 9, mtime=0) if path.suffix in _PACKABLE else None
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    is_hashed = path.relative_to(folder).parts[0] == "assets"
    return AppFile(
        media_type,
        plain,
        packed if packed is not None and len(packed) < len(plain) else None,
        f'"{hashlib.sha256(plain).hexdigest()[:24]}"',
        _FOREVER if is_hashed else _ASK_ALWAYS,
    )

"""Every body is capped before anything parses it: bytes on the wire, bytes after gzip, nesting, duplicate keys.

A body that says how long it is and is too long is refused unread; one that does not say is cut off at the cap. Routes get
the plain bytes, already known to be JSON of a sane shape where they say they are JSON.
"""

import json
import re
import zlib
from collections.abc import Callable
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.errors import YihuError
from server.settings import Settings
from server.web.problems import send_problem
from sync.bundle import MEDIA_TYPE as BUNDLE

_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL)
API = "/api/"


class BodyLimits:
    """ASGI middleware; innermost of the edge, so that its refusals get the fixed headers too."""

    def __init__(self, app: ASGIApp, settings: Settings, multipart_paths: Callable[[str], bool]) -> None:
        self.app = app
        self._settings = settings
        self._is_multipart_path = multipart_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "DELETE", "OPTIONS"):
            await self.app(scope, receive, send)
            return
        try:
            body = await self._read(scope, receive)
        except YihuError as error:
            await send_problem(error, scope, receive, send)
            return
        replayed = False

        async def replay() -> Message:
            nonlocal replayed
            if replayed:
                return await receive()
            replayed = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self.app(scope, replay, send)

    async def _read(self, scope: Scope, receive: Receive) -> bytes:
        headers = Headers(scope=scope)
        wire_max = self._wire_bytes_max(scope["path"], headers)
        announced = headers.get("content-length")
        if announced is not None and (not announced.isdigit() or int(announced) > wire_max):
            raise _too_large(wire_max)
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise YihuError("bad_request")
            body += message.get("body", b"")
            if len(body) > wire_max:
                raise _too_large(wire_max)
            if not message.get("more_body", False):
                break
        plain = bytes(body)
        encoding = headers.get("content-encoding", "identity").lower()
        if encoding == "gzip":
            plain = gunzip(plain, self._settings.json_bytes_max)
            changed = MutableHeaders(scope=scope)
            del changed["content-encoding"]
            changed["content-length"] = str(len(plain))
        elif encoding != "identity":
            raise YihuError("unsupported_media_type", field="content-encoding")
        if plain and headers.get("content-type", "").split(";")[0].strip().lower() == "application/json":
            check_json(plain, self._settings.json_depth_max)
        return plain

    def _wire_bytes_max(self, path: str, headers: Headers) -> int:
        if self._is_multipart_path(path):
            return self._settings.ledger_bytes_max
        if headers.get("content-type", "").startswith(BUNDLE):
            return self._settings.bundle_bytes_max
        if headers.get("content-type", "").startswith("application/offset+octet-stream"):
            return self._settings.upload_part_bytes_max
        return self._settings.json_bytes_max


def gunzip(packed: bytes, plain_bytes_max: int) -> bytes:
    """Unpacks one gzip member; stops at the cap, so a bomb costs no more than the cap."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(packed, plain_bytes_max + 1)
    except zlib.error as error:
        raise YihuError("bad_request", field="body") from error
    if len(plain) > plain_bytes_max:
        raise _too_large(plain_bytes_max)
    if not unpacker.eof or unpacker.unused_data:
        raise YihuError("bad_request", field="body")
    return plain


def check_json(body: bytes, depth_max: int) -> None:
    """Refuses deep nesting (before parsing), duplicate keys, NaN and text that is not UTF-8."""
    if body.count(b"{") + body.count(b"[") > depth_max:
        depth = 0
        for token in _TOKENS.finditer(body):
            first = body[token.start()]
            if first in b"[{":
                depth += 1
                if depth > depth_max:
                    raise YihuError("too_deep", field="body")
            elif first in b"]}":
                depth -= 1
    try:
        json.loads(body, object_pairs_hook=_refuse_duplicates, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise YihuError("bad_request", field="body") from error


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> None:
    if len({key for key, _value in pairs}) != len(pairs):
        raise ValueError("duplicate key")


def _refuse_constant(_name: str) -> None:
    raise ValueError("not JSON")


def _too_large(bytes_max: int) -> YihuError:
    return YihuError("too_large", bytes_max=bytes_max, headers={"Connection": "close"})

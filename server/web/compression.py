"""Gzip on JSON answers; packs, photos and the app's files bring their own encoding."""

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

_OWN_ENCODING = ("/api/v1/packs/", "/api/v1/attachments")


class ApiCompression:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._compressed = GZipMiddleware(app, minimum_size=400, compresslevel=6)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        is_json = scope["type"] == "http" and path.startswith("/api/") and not path.startswith(_OWN_ENCODING)
        await (self._compressed if is_json else self.app)(scope, receive, send)

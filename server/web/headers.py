"""Fixed headers on every answer, whatever made it; and no request from another site.

The app runs no inline script and no string as code (Trusted Types); the key-derivation worker alone may compile
WebAssembly, and may not reach the network.
"""

import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.errors import YihuError
from server.web.problems import log_failure, send_problem

PROTOCOL = "1"
APP_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; "
    "media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types vue yihu"
)
KDF_WORKER_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'unsafe-eval'; connect-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
# An API answer is data: nothing in it may load, run or be framed. Short, because it rides on every sync.
API_POLICY = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
KDF_WORKER_PREFIX = "/assets/kdf-worker-"
_FIXED = {
    "Yihu-Protocol": PROTOCOL,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(self), payment=(), usb=()",
}


class FixedHeaders:
    """ASGI middleware; outermost, so that no answer leaves without them."""

    def __init__(self, app: ASGIApp, *, is_tls: bool) -> None:
        self.app = app
        self._is_tls = is_tls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path: str = scope["path"]
        is_api = path.startswith("/api/")

        has_started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal has_started
            has_started = True
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _FIXED.items():
                    headers[name] = value
                headers["Content-Security-Policy"] = content_policy(path)
                if is_api:
                    headers["Cache-Control"] = "no-store"
                if self._is_tls and not is_this_machine(Headers(scope=scope).get("host", "")):
                    headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
            await send(message)

        if is_api and is_foreign(Headers(scope=scope)):
            await send_problem(YihuError("foreign_origin"), scope, receive, send_with_headers)
            return
        try:
            await self.app(scope, receive, send_with_headers)
        except Exception as error:
            # The framework answers, then raises again for the server to log the exception's text, which may quote data.
            if not has_started:
                log_failure(scope, error)
                await send_problem(YihuError("internal"), scope, receive, send_with_headers)


def content_policy(path: str) -> str:
    """The content security policy of an answer at this path."""
    if path.startswith("/api/"):
        return API_POLICY
    return KDF_WORKER_POLICY if path.startswith(KDF_WORKER_PREFIX) else APP_POLICY


def is_this_machine(host: str) -> bool:
    """localhost or a bare address. A browser keeps HSTS by name and not by port: told of localhost, it would refuse every
    other program of that machine that speaks plain http. Bare addresses are ignored by browsers in any case.
    """
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or name.endswith(".localhost") or bool(ipaddress.ip_address(name))
    except ValueError:
        return False


def is_foreign(headers: Headers) -> bool:
    """Does a browser say that another site sent this? Programs send neither header and hold no ambient cookies."""
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = headers.get("origin")
    try:
        return origin is not None and urlsplit(origin).netloc != headers.get("host", "")
    except ValueError:
        return True

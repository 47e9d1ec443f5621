"""The edge of the device: one narrow call to a server. Only here is httpx known.

An answer without the header `Yihu-Protocol: 1` is no answer (a captive portal says 200 to everything), and no answer is
`None`, not an exception: being without a network is a state.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

import httpx

from sync.device.errors import RefusedError
from sync.messages import PROTOCOL_HEADER, PROTOCOL_VERSION

PREFIX: Final = "/api/v1"
GZIP_FROM_BYTES: Final = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said. Header names are lower-case."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def is_fine(self) -> bool:
        return self.status < 400

    def json(self) -> Any:
        return json.loads(self.content)

    def to_error(self) -> RefusedError:
        """The problem document as an error to raise or to report."""
        try:
            problem = self.json()
            code, detail = str(problem["code"]), str(problem.get("say_en") or problem.get("detail") or problem["code"])
        except (ValueError, KeyError, TypeError):
            code, detail = f"http_{self.status}", f"The server answered {self.status}."
        return RefusedError(detail, code=code, status=self.status)


def is_whole(answer: Answer) -> bool:
    """Whether a JSON answer arrived to its end. One that was cut on the way is no answer: it is asked for again."""
    try:
        json.loads(answer.content or b"null")
    except ValueError:
        return False
    return True


class Transport(Protocol):
    def call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer | None:
        """`path` follows `/api/v1`, or is absolute as a `Location` gave it. None: no network, or not our server."""

    def close(self) -> None: ...


class HttpTransport:
    """One server over httpx. Session cookies live in the client and die with it."""

    def __init__(self, origin: str, *, verify: bool | str = True, timeout_seconds: float = 30) -> None:
        self._client = httpx.Client(base_url=origin, verify=verify, timeout=timeout_seconds)

    def call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer | None:
        sent = dict(headers or {})
        if body is not None:
            content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
            sent["Content-Type"] = "application/json"
            if len(content) >= GZIP_FROM_BYTES:
                content = gzip.compress(content, mtime=0)
                sent["Content-Encoding"] = "gzip"
        url = path if path.startswith(PREFIX) else PREFIX + path
        try:
            response = self._client.request(method, url, content=content, headers=sent)
        except (httpx.TransportError, httpx.DecodingError):
            return None
        if response.headers.get(PROTOCOL_HEADER) != PROTOCOL_VERSION:
            return None
        answer = Answer(response.status_code, {k.lower(): v for k, v in response.headers.items()}, response.content)
        return answer if "json" not in answer.headers.get("content-type", "") or is_whole(answer) else None

    def close(self) -> None:
        self._client.close()

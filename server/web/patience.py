"""How long a connection may take, and how many one address may hold: the slow senders that tie a server up are let go.

A head must be whole within seconds of its first byte (or of the connection); a body must keep coming, and after a while at a least
rate that the slowest village network still reaches. Answers are not hurried: a slow reader costs one socket.
"""

import asyncio
from typing import Any

from h11 import IDLE, SEND_BODY
from uvicorn.protocols.http.h11_impl import H11Protocol

from server.settings import Settings


class PatientProtocol(H11Protocol):
    """uvicorn's h11 protocol with a watch over what the other side sends. Limits are set by `make_protocol`."""

    head_seconds_max: float = 15
    body_idle_seconds_max: float = 30
    body_bytes_per_second_min: int = 200
    connections_per_address_max: int | None = 100

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._watch: asyncio.TimerHandle | None = None
        self._body_began_at: float | None = None
        self._body_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if self._is_crowded():
            transport.abort()
            return
        self._wait(self.head_seconds_max)

    def connection_lost(self, exc: Exception | None) -> None:
        self._rest()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        state = self.conn.their_state
        if state is SEND_BODY:
            self._watch_body(len(data))
        elif state is IDLE and not self.transport.is_closing():
            self._body_began_at = None
            if self._watch is None:  # the first bytes of a head; more of them win no time
                self._wait(self.head_seconds_max)
        else:
            self._rest()

    def _watch_body(self, size: int) -> None:
        now = self.loop.time()
        if self._body_began_at is None:
            self._body_began_at, self._body_bytes = now, 0
        self._body_bytes += size
        taken = now - self._body_began_at
        if taken > self.body_idle_seconds_max and self._body_bytes < taken * self.body_bytes_per_second_min:
            self.transport.abort()
            return
        self._rest(keep_body=True)
        self._wait(self.body_idle_seconds_max)

    def _wait(self, seconds: float) -> None:
        self._watch = self.loop.call_later(seconds, self.transport.abort)

    def _rest(self, *, keep_body: bool = False) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        if not keep_body:
            self._body_began_at = None

    def _is_crowded(self) -> bool:
        most, address = self.connections_per_address_max, self.client[0] if self.client else None
        if most is None or address is None:
            return False
        clients = [getattr(one, "client", None) for one in self.connections]
        return sum(1 for client in clients if client is not None and client[0] == address) > most


def make_protocol(settings: Settings, *, is_proxied: bool) -> type[PatientProtocol]:
    """The protocol with an operator's limits. Behind a proxy every connection comes from the proxy: no limit by address."""
    limits = {
        "head_seconds_max": settings.head_seconds_max,
        "body_idle_seconds_max": settings.body_idle_seconds_max,
        "body_bytes_per_second_min": settings.body_bytes_per_second_min,
        "connections_per_address_max": None if is_proxied else settings.connections_per_address_max,
    }
    return type("LimitedProtocol", (PatientProtocol,), limits)

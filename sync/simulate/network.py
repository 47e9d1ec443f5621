"""The virtual network between phones and station: what it does to a request or a reply is drawn from the step's seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Final, Protocol

from sync.device.transport import Answer, is_whole

FAULTS: Final = ("lost_request", "lost_reply", "duplicated", "delayed", "truncated")


class Server(Protocol):
    page: Mapping[str, Any]  # the last that was told

    def answer(
        self, replica: str, method: str, path: str, body: Any, headers: Mapping[str, str], now: int
    ) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Request:
    """A request that is on its way, as it was sent."""

    number: int
    replica: str
    method: str
    path: str
    body: Any
    headers: Mapping[str, str]


@dataclass(slots=True)
class Network:
    """Lines to one server. `chance` of a fault per call; `watch` is told every page that reaches a phone."""

    server: Server
    clock: Callable[[], int]
    count: Callable[[str], None]
    watch: Callable[[str, Mapping[str, Any]], None]
    chance: float = 0.0
    in_flight: list[Request] = field(default_factory=list)
    sent: int = 0
    is_dying: bool = (
        False  # the server dies while it works on a request: nothing of it is written, or all and no answer
    )
    newest: dict[str, int] = field(default_factory=dict)  # by replica: number of the last request that arrived

    def carry(
        self, rng: Random, replica: str, method: str, path: str, body: Any, headers: Mapping[str, str]
    ) -> Answer | None:
        """One call of a phone: its answer, or None."""
        self.sent += 1
        request = Request(self.sent, replica, method, path, body, dict(headers))
        if self.is_dying:
            if rng.random() < 0.5:
                self._arrive(request)
            return None
        fault = rng.choice(FAULTS) if rng.random() < self.chance else None
        if fault:
            self.count(fault)
        if fault == "lost_request":
            return None
        if fault == "delayed":
            self.in_flight.append(request)
            return None
        answer = self._arrive(request)
        if fault == "duplicated":
            answer = self._arrive(request)
        if fault == "lost_reply":
            return None
        if fault == "truncated":
            answer = replace(answer, content=answer.content[: rng.randrange(len(answer.content) + 1)])
            if not path.startswith("/packs/") and not is_whole(answer):
                return None
            if not answer.content:
                return None
        if path == "/sync" and answer.is_fine:
            self.watch(replica, self.server.page)
        return answer

    def deliver_late(self, rng: Random | None) -> None:
        """Requests that were delayed arrive now, in any order; their replies reach nobody. `rng` None: all of them."""
        waiting = self.in_flight
        if rng:
            rng.shuffle(waiting)
        arriving = waiting if rng is None else [one for one in waiting if rng.random() < 0.3]
        self.in_flight = [one for one in waiting if one not in arriving]
        for request in arriving:
            if self.newest.get(request.replica, 0) > request.number:
                self.count("reordered")
            self._arrive(request)

    def _arrive(self, request: Request) -> Answer:
        self.newest[request.replica] = max(self.newest.get(request.replica, 0), request.number)
        return self.server.answer(
            request.replica, request.method, request.path, request.body, request.headers, self.clock()
        )


class Line:
    """One phone's `Transport`. `during` runs while a call is under way: the person, in another tab."""

    def __init__(self, network: Network, rng: Random, replica: str, *, is_cut: bool) -> None:
        self._network = network
        self._rng = rng
        self._replica = replica
        self._is_cut = is_cut
        self.during: Callable[[], None] | None = None

    def call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer | None:
        if self._is_cut:
            return None
        answer = self._network.carry(self._rng, self._replica, method, path, body, headers or {})
        if path == "/sync" and self.during:
            meanwhile, self.during = self.during, None
            meanwhile()
        return answer

    def close(self) -> None:
        """A line holds nothing."""

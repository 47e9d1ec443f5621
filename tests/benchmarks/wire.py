"""Bytes and requests of a first sync, of a day's work and of an idle sync, as a phone's browser would send them."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from sync.change import Envelope
from sync.versions import Base
from tests.benchmarks.households import make_household, make_visit
from tests.benchmarks.server_process import Wire, served
from tests.server.phone import Phone, new_id

VISITS_A_DAY = 8
IDLE_SYNCS_A_DAY = 4
HOUSEHOLDS = (100, 2_000)
BATCH = 100
# What Chromium 120 on Android adds to a same-origin fetch.
BROWSER_HEADERS = {
    "User-Agent": "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36",  # noqa: E501
    "Accept": "*/*",
    "Accept-Encoding": "gzip, deflate, br",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8",
    "sec-ch-ua": '"Not_A Brand";v="8", "Chromium";v="120", "Google Chrome";v="120"',
    "sec-ch-ua-mobile": "?1",
    "sec-ch-ua-platform": '"Android"',
    "Sec-Fetch-Site": "same-origin",
    "Sec-Fetch-Mode": "cors",
    "Sec-Fetch-Dest": "empty",
}


class BrowserPhone(Phone):
    """A phone whose requests are as large as a browser's, and that counts them."""

    def __init__(self, base_url: str) -> None:
        super().__init__(base_url)
        self.requests = 0
        headers = {**BROWSER_HEADERS, "Origin": base_url, "Referer": f"{base_url}/households"}
        self.http = httpx.Client(
            base_url=f"{base_url}/api/v1", timeout=120, headers=headers, event_hooks={"request": [self._count]}
        )

    def _count(self, _request: httpx.Request) -> None:
        self.requests += 1

    def sync(
        self,
        *envelopes: Envelope,
        cursor: str | None = None,
        limit: int = 500,
        certificates: list[Envelope] | None = None,
    ) -> dict[str, Any]:
        request = {"push": [one.to_json() for one in envelopes], "certificates": [], "cursor": cursor, "limit": limit}
        packed = gzip.compress(json.dumps(request, ensure_ascii=False, separators=(",", ":")).encode())
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        answer = self.http.post("/sync", content=packed, headers=headers)
        answer.raise_for_status()
        return dict(answer.json())

    def push_accepted(self, *envelopes: Envelope) -> None:
        """Pushes and pulls in one call, and insists that everything was accepted."""
        answer = self.sync(*envelopes, cursor=self.cursor)
        self.cursor = answer["cursor"] if self.cursor else None
        verdicts = [self.read(one) for one in answer["verdicts"]]
        refused = [(one.status, list(one.reasons)) for one in verdicts if one.status != "accepted"]
        if refused or len(verdicts) != len(envelopes):
            raise RuntimeError(f"not accepted: {refused[:3]}")


def measure_wire() -> dict[str, Any]:
    """Figures of each size of station part; the day's work is that of the larger one."""
    figures: dict[str, Any] = {}
    for count in HOUSEHOLDS:
        with served() as server:
            wire = Wire(server.port)
            colleague = BrowserPhone(server.url).enrol(server.codes["周青禾"])
            files = fill(colleague, count)
            phone = BrowserPhone(wire.url).enrol(server.codes["林小满"])
            with counted(phone, wire, figures, f"first_sync_{count}"):
                phone.open_session()
                entries = phone.pull_all()
            if len(entries) != count:
                raise RuntimeError(f"{len(entries)} of {count} households came")
            if count == HOUSEHOLDS[-1]:
                measure_day(phone, wire, figures, files, colleague.replica)
            wire.close()
    return figures


def measure_day(phone: BrowserPhone, wire: Wire, figures: dict[str, Any], files: list[str], creator: str) -> None:
    with counted(phone, wire, figures, "idle_sync"):
        phone.push_accepted()
    rng = random.Random(8)
    visited = rng.sample(files, 2 * VISITS_A_DAY)
    base = Base({creator: 1})
    with counted(phone, wire, figures, "day_of_8_visits"):
        phone.open_session()
        for file in visited[:VISITS_A_DAY]:
            phone.push_accepted(phone.save(file, make_visit(rng), base=base))
        for _ in range(IDLE_SYNCS_A_DAY):
            phone.push_accepted()
    with counted(phone, wire, figures, "8_visits_in_one_sync"):
        visits = [phone.save(file, make_visit(rng), base=base) for file in visited[VISITS_A_DAY:]]
        phone.push_accepted(*visits)


def fill(phone: BrowserPhone, count: int) -> list[str]:
    """`count` households in the phone's patch, as changes of its own; gives their file ids."""
    phone.open_session()
    rng = random.Random(count)
    villages = [village for village in phone.policy["villages"] if village["scope"] == phone.scope]
    files = [new_id() for _ in range(count)]
    for start in range(0, count, BATCH):
        phone.push_accepted(*(phone.save(file, make_household(rng, villages)) for file in files[start : start + BATCH]))
    return files


@contextmanager
def counted(phone: BrowserPhone, wire: Wire, figures: dict[str, Any], name: str) -> Iterator[None]:
    """Adds what goes over the wire meanwhile to `figures`."""
    (up, down, _), requests = wire.read(), phone.requests
    yield
    now_up, now_down, _ = wire.read()
    figures[name] = {
        "requests": phone.requests - requests,
        "bytes_up": now_up - up,
        "bytes_down": now_down - down,
        "bytes": now_up - up + now_down - down,
    }

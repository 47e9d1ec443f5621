"""T-12: a phone's clock and the server's may stand anywhere and jump: no save is refused, no order changes, no right appears.

The server has one clock (`Context.now`), so turning it turns everything; a test holds that nothing else asks the time.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import server
from server.context import Context
from tests.server.conftest import Clock
from tests.server.phone import Phone, new_id, set_phone

DAY = 86_400_000
YEAR = 365 * DAY
NOW = 1_795_300_000_000
PHONE_CLOCKS = {
    "ten years behind": NOW - 10 * YEAR, "a day behind": NOW - DAY, "right": NOW, "a minute ahead": NOW + 60_000,
    "a year ahead": NOW + YEAR, "at the beginning of time": 0, "in the year 2100": 4_102_444_800_000,
}  # fmt: skip
SERVER_JUMPS = [0, DAY, -DAY, -2 * DAY, 10 * DAY]


def test_no_clock_of_a_phone_costs_a_save_or_changes_the_order(
    worker: Phone, colleague: Phone, figure: Callable[[str], None]
) -> None:
    refused, order = 0, []
    file = new_id()
    for number, at in enumerate(PHONE_CLOCKS.values()):
        envelope = worker.save(file, [set_phone(f"1350000000{number}")], at=at, server_at=0)
        [verdict] = worker.push(envelope)
        refused += verdict.status != "accepted"
        order.append(verdict.position)
    pulled = [entry["verdict"] for entry in colleague.pull_all()]
    assert [Phone.read(one).position for one in pulled] == sorted(order) == order
    figure(f"{len(PHONE_CLOCKS)} phone clocks from 1970 to 2100: {refused} saves refused")
    assert refused == 0


def test_a_jump_of_the_servers_clock_loses_nothing_and_keeps_the_order(
    worker: Phone, clock: Clock, figure: Callable[[str], None]
) -> None:
    positions, refused = [], 0
    for jump in SERVER_JUMPS:
        clock.now = NOW + jump
        if worker.http.get("/policy").status_code == 401:
            assert worker.open_session("read").status_code == 201
        [verdict] = worker.push(worker.save(new_id(), [set_phone("13500000001")]))
        refused += verdict.status != "accepted"
        positions.append(verdict.position)
    figure(f"{len(SERVER_JUMPS)} jumps of the server's clock: {refused} saves refused, order kept")
    assert (refused, positions) == (0, list(range(1, len(SERVER_JUMPS) + 1)))


def test_a_clock_set_back_prolongs_no_session_beyond_its_length(worker: Phone, clock: Clock, context: Context) -> None:
    """Set back a day, a session lives that day longer and not more; its device key is needed for the next in any case."""
    clock.now += context.settings.read_session_seconds * 1000
    assert worker.http.get("/policy").status_code == 401
    clock.now += DAY
    assert worker.http.get("/policy").status_code == 401


def test_a_waiting_guesser_gains_nothing_by_the_phones_clock(worker: Phone, clock: Clock) -> None:
    from tests.server.test_vault_share import WRONG, ask

    for _ in range(5):
        ask(worker, WRONG)
    assert ask(worker).json()["code"] == "locked"
    clock.now -= DAY
    assert ask(worker).json()["code"] == "locked"


def list_other_clocks() -> list[str]:
    """Places that ask the time past `Context.now`; monotonic waiting is allowed, it dates nothing."""
    asks = re.compile(
        r"\btime\.time\b|time_ns\(|datetime\.now\(|\.utcnow\(|date\.today\(|CURRENT_TIMESTAMP|func\.now\("
    )
    found = []
    for path in Path(server.__file__).parent.rglob("*.py"):
        if path.parent.name == "command" or path.name == "context.py":
            continue
        found += [f"{path.name}: {line.strip()}" for line in path.read_text("utf-8").splitlines() if asks.search(line)]
    return found


def test_the_server_has_one_clock() -> None:
    assert list_other_clocks() == []


def test_teeth_a_server_that_trusts_the_phones_clock_is_found(worker: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuses what was recorded in the future, as a careful programmer might."""
    from server.intake import batch
    from sync.verdict import Reason

    kind = batch.find_doubts

    def doubt(author: Any) -> tuple[Reason, ...]:
        return (*kind(author), Reason("clock"))

    monkeypatch.setattr(batch, "find_doubts", doubt)
    [verdict] = worker.push(worker.save(new_id(), [set_phone("13500000001")], at=NOW + YEAR))
    assert verdict.status != "accepted"


def test_teeth_a_second_clock_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "slice.py").write_text("import time\n\n\ndef at() -> float:\n    return time.time()\n")
    monkeypatch.setattr(server, "__file__", str(tmp_path / "__init__.py"))
    assert list_other_clocks() == ["slice.py: return time.time()"]

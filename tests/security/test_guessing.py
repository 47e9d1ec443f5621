"""T-3: whoever guesses passwords or codes is stopped after few tries that count, and learns nothing about which devices exist."""

import statistics
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from server.context import Context
from server.devices import queries, share
from sync.change import to_base64url
from tests.server.phone import Phone, new_id

ACCOUNTS, TRIES = 20, 1_000
WRONG = to_base64url(b"w" * 32)


@pytest.fixture
def accounts(enrol: Callable[[str], Phone]) -> list[Phone]:
    """The guesser's best case: the whole of twenty phones in hand, cookies and all, but no password."""
    people = ["林小满", "周青禾", "沈若兰", "贺长庚"]
    return [enrol(people[number % 4]) for number in range(ACCOUNTS)]


def guess(accounts: list[Phone], tries: int) -> Counter[tuple[int, str]]:
    """Answers by account and code."""
    told: Counter[tuple[int, str]] = Counter()
    for number in range(tries):
        phone = accounts[number % len(accounts)]
        answer = phone.http.post("/vault/share", json={"replica": phone.replica, "auth": WRONG})
        told[(number % len(accounts), answer.json()["code"])] += 1
    return told


def most_evaluated(told: Counter[tuple[int, str]]) -> int:
    return max((count for (_account, code), count in told.items() if code == "wrong_password"), default=0)


def test_a_thousand_tries_over_twenty_accounts_are_five_each_at_most(
    accounts: list[Phone], context: Context, figure: Callable[[str], None]
) -> None:
    context.settings.password_tries_per_address_max = 10**6  # as if each try came from another address
    most = most_evaluated(guess(accounts, TRIES))
    figure(f"{TRIES} tries over {ACCOUNTS} accounts, at most {most} evaluated each")
    assert 1 <= most <= 5


def test_one_address_is_stopped_before_all_its_accounts_are_spent(
    accounts: list[Phone], context: Context, figure: Callable[[str], None]
) -> None:
    told = guess(accounts, 300)
    evaluated = sum(count for (_account, code), count in told.items() if code == "wrong_password")
    figure(f"300 tries from one address, {evaluated} evaluated in all")
    assert evaluated <= context.settings.password_tries_per_address_max


def test_a_thousand_enrolment_codes_from_one_address_are_hardly_tried(
    make_phone: Callable[[], Phone], station_id: str, context: Context
) -> None:
    phone = make_phone()
    told = Counter(phone.look(f"{number:016}").json()["code"] for number in range(200))
    assert told["code_unknown"] <= context.settings.enrolment_tries_per_address_max
    assert told["too_many"] >= 150


def probe(phone: Phone, replica: str) -> tuple[int, dict[str, Any], dict[str, str]]:
    """What a stranger is told of a device by every door that names one."""
    asked = phone.http.post("/vault/share", json={"replica": replica, "auth": WRONG})
    headers = {name: value for name, value in asked.headers.items() if name != "date"}
    return asked.status_code, asked.json(), headers


def open_as_a_stranger(phone: Phone, replica: str) -> tuple[int, dict[str, Any]]:
    nonce = phone.http.post("/sessions/challenge", json={"replica": replica}).json()["nonce"]
    request = {"replica": replica, "kind": "read", "nonce": nonce, "sig": to_base64url(b"s" * 64)}
    answer = phone.http.post("/sessions", json=request)
    return answer.status_code, answer.json()


def count_statements(context: Context, ask: Callable[[], Any]) -> int:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        statements.append(statement)

    event.listen(context.database.engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        event.remove(context.database.engine, "before_cursor_execute", note)
    return len(statements)


def _let_ask_for_ever(context: Context) -> None:
    """What is compared is how answers look and what they cost, not how many there are."""
    context.settings.password_tries_per_address_max = context.settings.stranger_tries_per_day_max = 10**6


def find_differences(context: Context, stranger: Phone, known: str) -> list[str]:
    """Every way in which a stranger can tell a known device from one that is none, but for time."""
    _let_ask_for_ever(context)
    probe(stranger, new_id())
    told = {name: probe(stranger, one) for name, one in (("known", known), ("unknown", new_id()))}
    opened = {name: open_as_a_stranger(stranger, one) for name, one in (("known", known), ("unknown", new_id()))}
    work = {
        name: count_statements(context, lambda one=one: probe(stranger, one))  # type: ignore[misc]
        for name, one in (("known", known), ("unknown", new_id()))
    }
    found = [
        ("share", told["known"], told["unknown"]),
        ("session", opened["known"], opened["unknown"]),
        ("work", work["known"], work["unknown"]),
    ]
    return [name for name, left, right in found if left != right]


def test_a_known_device_and_none_look_and_cost_the_same(
    worker: Phone, context: Context, make_phone: Callable[[], Phone]
) -> None:
    assert find_differences(context, make_phone(), worker.replica) == []


def test_their_answers_take_the_same_time(
    worker: Phone, context: Context, make_phone: Callable[[], Phone], figure: Callable[[str], None],
    long_or: Callable[[int, int], int],
) -> None:  # fmt: skip
    """Known and unknown by turns, so that whatever else the machine does falls on both; the best of five rounds."""
    _let_ask_for_ever(context)
    stranger, nobody, differences = make_phone(), new_id(), []
    for _round in range(5):
        taken: dict[bool, list[float]] = {True: [], False: []}
        for number in range(2 * long_or(120, 1_000)):
            replica = worker.replica if number % 2 else nobody
            started = time.perf_counter()
            stranger.http.post("/vault/share", json={"replica": replica, "auth": WRONG})
            taken[bool(number % 2)].append(time.perf_counter() - started)
        known, unknown = (statistics.median(taken[one]) for one in (True, False))
        differences.append(abs(known - unknown) / max(known, unknown))
        if differences[-1] < 0.05:
            break
    figure(f"median time of known and unknown devices differs by {min(differences):.1%}")
    assert min(differences) < 0.05


def test_teeth_without_the_limit_every_try_is_evaluated(accounts: list[Phone], context: Context) -> None:
    settings = context.settings
    settings.password_tries_per_address_max = settings.share_tries_before_wait = settings.share_tries_max = 10**6
    assert most_evaluated(guess(accounts, 200)) == 10


def test_teeth_an_early_answer_for_unknown_devices_is_seen(
    worker: Phone, context: Context, make_phone: Callable[[], Phone], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = share._find_station

    def early(session: Any, replica: str, installation: Any, caller: Any) -> str | None:
        return kept(session, replica, installation, caller) if queries.find_station_of(session, replica) else None

    monkeypatch.setattr(share, "_find_station", early)
    assert find_differences(context, make_phone(), worker.replica) == ["work"]

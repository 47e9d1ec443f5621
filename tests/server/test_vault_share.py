"""The server's half of a vault: five wrong wait, ten destroy, and every try is on disk before it is compared."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from server.context import Context
from server.devices import share
from server.settings import Settings
from sync.change import to_base64url
from tests.server.conftest import Clock
from tests.server.phone import Phone

WRONG = to_base64url(b"w" * 32)


def ask(phone: Phone, auth: str | None = None) -> httpx.Response:
    given = auth or to_base64url(phone.auth)
    return phone.http.post("/vault/share", json={"replica": phone.replica, "auth": given})


def test_the_right_password_releases_the_share_without_any_session(worker: Phone) -> None:
    for session in ("yihu_read", "yihu_upload"):
        worker.http.cookies.delete(session)
    assert ask(worker).json() == {"share": worker.share}


def test_a_session_of_the_device_stands_in_for_a_lost_cookie_and_brings_it_back(worker: Phone) -> None:
    worker.http.cookies.delete("yihu_device")
    assert ask(worker).json() == {"share": worker.share}
    assert worker.open_session("upload").status_code == 201
    worker.http.cookies.delete("yihu_upload")
    assert worker.http.cookies["yihu_device"]
    assert ask(worker).json() == {"share": worker.share}


def test_an_owner_whose_browser_lost_everything_has_five_tries_a_day(worker: Phone, clock: Clock) -> None:
    worker.http.cookies.clear()
    assert [ask(worker, WRONG).json()["remaining"] for _ in range(3)] == [4, 3, 2]
    assert ask(worker).json() == {"share": worker.share}
    assert ask(worker, WRONG).json()["remaining"] == 0
    assert ask(worker).json()["code"] == "too_many"
    clock.pass_seconds(86_400)
    assert ask(worker).json() == {"share": worker.share}


def test_a_colleague_who_knows_a_devices_id_cannot_use_its_tries_up(worker: Phone, colleague: Phone) -> None:
    told = [
        colleague.http.post("/vault/share", json={"replica": worker.replica, "auth": WRONG}).json()["code"]
        for _ in range(12)
    ]
    assert told == ["wrong_password"] * 5 + ["too_many"] * 7
    assert ask(worker).json() == {"share": worker.share}


def test_without_its_browser_the_right_password_waits_as_well(worker: Phone) -> None:
    for _ in range(5):
        ask(worker, WRONG)
    worker.http.cookies.clear()
    assert ask(worker).json()["code"] == "locked"
    assert ask(worker, WRONG).json()["code"] == "wrong_password"


def test_people_who_share_a_browser_share_its_secret(
    worker: Phone, make_phone: Callable[[], Phone], issue: Callable[[str], str]
) -> None:
    second = make_phone()
    second.http.cookies.set("yihu_device", worker.http.cookies["yihu_device"], domain="127.0.0.1", path="/")
    second.enrol(issue("周青禾"))
    assert second.http.cookies["yihu_device"] == worker.http.cookies["yihu_device"]
    assert ask(second).status_code == ask(worker).status_code == 200


def test_the_fifth_wrong_password_waits_and_the_right_one_waits_too(
    worker: Phone, clock: Clock, settings: Settings
) -> None:
    answers = [ask(worker, WRONG).json() for _ in range(5)]
    assert [(answer["code"], answer["remaining"]) for answer in answers] == [
        ("wrong_password", left) for left in (4, 3, 2, 1, 0)
    ]
    assert answers[4]["until"] == clock.now + 1_800_000
    locked = ask(worker)
    assert (locked.status_code, locked.json()["code"]) == (429, "locked")
    clock.pass_seconds(1_800)
    assert ask(worker).status_code == 200


def test_the_tenth_wrong_password_destroys_the_share_for_good(
    worker: Phone, clock: Clock, settings: Settings, query: Callable[[str], list[Any]]
) -> None:
    for _ in range(2):
        for _ in range(5):
            last = ask(worker, WRONG)
        clock.pass_seconds(1_800)
    assert last.json()["code"] == "share_destroyed"
    assert ask(worker).json()["code"] == "share_destroyed"
    assert query("SELECT sealed_share FROM vault_share") == [(None,)]


def test_a_right_password_starts_the_count_anew(worker: Phone) -> None:
    for _ in range(3):
        for _ in range(4):
            assert ask(worker, WRONG).json()["code"] == "wrong_password"
        assert ask(worker).status_code == 200


def test_tries_sent_side_by_side_are_not_evaluated_beyond_the_fifth(worker: Phone) -> None:
    with ThreadPoolExecutor(16) as pool:
        codes = [answer.json()["code"] for answer in pool.map(lambda _: ask(worker, WRONG), range(24))]
    assert codes.count("wrong_password") == 5
    assert codes.count("locked") == 19


def test_a_crash_between_counting_and_comparing_still_costs_a_try(
    worker: Phone, context: Context, station_id: str
) -> None:
    for _ in range(5):
        context.database.write(lambda session: share._count(session, context, station_id, worker.replica))
    assert ask(worker).json()["code"] == "locked"


def test_an_unknown_device_and_a_known_one_get_a_stranger_the_same_answer(
    worker: Phone, make_phone: Callable[[], Phone]
) -> None:
    stranger = make_phone()
    answers = [
        stranger.http.post("/vault/share", json={"replica": replica, "auth": WRONG})
        for replica in ("0" * 32, worker.replica)
    ]
    assert answers[0].json() == answers[1].json()
    assert [answer.status_code for answer in answers] == [403, 403]

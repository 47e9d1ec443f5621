"""The policy profiles: data with a source a row, chosen for a station, told to its phones and enforced by the server."""

from collections.abc import Callable
from typing import Any

import pytest

from server.context import Context
from server.profiles import rules as profiles
from server.profiles.data import load, read_rows
from sync.change import to_base64url
from tests.server.conftest import Clock
from tests.server.phone import KDF, Phone, new_id, set_phone
from tests.server.test_vault_share import WRONG, ask

DAY, MINUTE = 86_400, 60


@pytest.fixture
def mlps(context: Context, station_id: str) -> None:
    context.database.write(lambda session: profiles.choose(session, station_id, "mlps", context.now()))


def change(phone: Phone, new: bytes, *, salt: str | None = None, old: str | None = None) -> Any:
    kdf = {**KDF, "salt": salt or KDF["salt"]}
    body = {
        "replica": phone.replica, "auth": old, "new_auth": to_base64url(new), "kdf": kdf,
    }  # fmt: skip
    return phone.http.post("/vault/password", json=body)


def test_every_row_names_its_source_for_each_profile() -> None:
    for row in read_rows():
        assert set(row["source"]) == {"default", "mlps"}, row["rule"]
        assert row["enforced_by"] in ("server", "phone")
    assert load("default").password_classes_min == 0
    assert load("mlps").password_classes_min == 3


def test_a_phone_is_told_its_profile_before_and_after_it_enrols(
    mlps: None, make_phone: Callable[[], Phone], issue: Callable[[str], str]
) -> None:
    phone, code = make_phone(), issue("林小满")
    offered = phone.http.post("/enrolment/look", json={"code": code}).json()
    assert offered["profile"]["password_days"] == 90
    assert phone.enrol(code).policy["profile"] == offered["profile"]


def test_an_idle_read_session_ends_and_a_used_one_goes_on(mlps: None, worker: Phone, clock: Clock) -> None:
    for _ in range(3):
        clock.pass_seconds(25 * MINUTE)
        assert worker.http.get("/grants").status_code == 200
    clock.pass_seconds(31 * MINUTE)
    assert worker.http.get("/grants").status_code == 401
    assert worker.http.get("/wipe-order").status_code == 200  # the upload session goes on


def test_a_session_ends_after_a_working_day(mlps: None, worker: Phone, clock: Clock) -> None:
    for _ in range(19):
        clock.pass_seconds(25 * MINUTE)
        assert worker.http.get("/policy").status_code == 200
    clock.pass_seconds(25 * MINUTE)
    assert worker.http.get("/policy").status_code == 401


def test_an_old_password_reads_nothing_until_it_is_changed(mlps: None, worker: Phone, clock: Clock) -> None:
    file = new_id()
    save = worker.save(file, [set_phone("13500000001")])
    clock.pass_seconds(80 * DAY)
    worker.open_session("read")
    worker.open_session("upload")
    worker.push(save)
    clock.pass_seconds(11 * DAY)
    assert ask(worker).json()["must_change"] is True
    assert worker.open_session("read").status_code == 201
    answer = worker.http.post("/sync", json={})
    assert (answer.status_code, answer.json()["code"]) == (403, "password_expired")
    assert worker.http.get("/policy").status_code == 200
    sealed = worker.seal(worker.save(file, [set_phone("13500000002")]))
    assert worker.http.post("/sealed", json={"items": [sealed]}).json()["results"][0]["code"] == "received"
    assert change(worker, b"n" * 32).status_code == 200
    assert worker.http.post("/sync", json={}).status_code == 200


def test_the_last_five_passwords_are_not_taken_again(mlps: None, worker: Phone) -> None:
    for number in range(1, 6):
        assert change(worker, bytes([number]) * 32).status_code == 200
    assert change(worker, bytes([5]) * 32).json()["code"] == "password_reused"
    assert change(worker, bytes([1]) * 32).json()["code"] == "password_reused"
    assert change(worker, bytes([9]) * 32, salt="A" * 22).json()["code"] == "invalid_value"
    assert change(worker, worker.auth).status_code == 200  # the sixth before


def test_a_changed_password_opens_and_the_former_does_not(worker: Phone) -> None:
    fresh = change(worker, b"n" * 32, salt="B" * 22, old=to_base64url(worker.auth)).json()["share"]
    assert fresh != worker.share
    assert ask(worker, to_base64url(b"n" * 32)).json()["share"] == fresh
    assert ask(worker).json()["code"] == "wrong_password"


def test_changing_with_a_wrong_password_counts_as_a_try(worker: Phone) -> None:
    codes = [change(worker, b"n" * 32, old=WRONG).json()["code"] for _ in range(6)]
    assert codes == ["wrong_password"] * 5 + ["locked"]


def test_nobody_changes_the_password_of_another_device(worker: Phone, colleague: Phone) -> None:
    body = {"replica": colleague.replica, "auth": None, "new_auth": to_base64url(b"n" * 32), "kdf": KDF}
    assert worker.http.post("/vault/password", json=body).status_code == 403


def test_one_person_has_one_live_device(
    mlps: None, worker: Phone, deputy: Phone, make_phone: Callable[[], Phone], issue: Callable[[str], str]
) -> None:
    second, code = make_phone(), issue("林小满")
    assert second.confirm(code).json()["code"] == "device_limit"
    deputy.http.post(f"/devices/{worker.replica}/revoke")
    assert second.confirm(code).status_code == 201


def test_a_device_unused_for_a_quarter_reads_no_more_and_sends_what_it_has(
    mlps: None, worker: Phone, clock: Clock
) -> None:
    clock.pass_seconds(91 * DAY)
    assert worker.open_session("read").json()["code"] == "device_dormant"
    assert worker.open_session("upload").status_code == 201


def test_the_default_profile_asks_for_none_of_these(
    worker: Phone, clock: Clock, make_phone: Callable[[], Phone], issue: Callable[[str], str]
) -> None:
    assert make_phone().confirm(issue("林小满")).status_code == 201
    clock.pass_seconds(400 * DAY)
    assert worker.open_session("read").status_code == 201
    assert worker.http.post("/sync", json={}).status_code == 200
    assert change(worker, worker.auth, salt="C" * 22).status_code == 200


def test_choosing_a_profile_is_on_record_and_begins_an_epoch(worker: Phone, head: Phone, mlps: None) -> None:
    assert worker.http.post("/sync", json={}).json()["epoch"] == worker.policy["epoch"] + 1
    assert "profile_mlps" in {one["event"] for one in head.http.get("/audit").json()["entries"]}

"""Sessions: opened by the device's key, ended at lock, worth nothing for reading once the device is revoked."""

from collections.abc import Callable

import pytest

from server.access import cookie_name
from server.settings import Settings
from sync.change import sign_document
from tests.server.conftest import Clock
from tests.server.phone import Phone, new_id, set_phone

READING = [
    ("GET", "/policy"),
    ("POST", "/sync"),
    ("GET", f"/packs/{'0' * 32}"),
    ("GET", f"/attachments/{'0' * 32}/{'0' * 64}"),
]


def test_locking_ends_reading_and_keeps_uploading(worker: Phone) -> None:
    assert worker.http.delete("/sessions/read").status_code == 204
    for method, path in READING:
        answer = worker.http.request(method, path, json={} if method == "POST" else None)
        assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in"), path
    sealed = worker.seal(worker.save(new_id(), [set_phone("13500000001")]))
    assert worker.http.post("/sealed", json={"items": [sealed]}).json()["results"][0]["code"] == "received"


def test_an_ended_session_is_ended_on_the_server_too(worker: Phone) -> None:
    stolen = worker.http.cookies["yihu_read"]
    worker.http.delete("/sessions/read")
    assert worker.http.get("/policy", headers={"Cookie": f"yihu_read={stolen}"}).status_code == 401


def test_an_upload_cookie_does_not_read_even_under_the_other_name(worker: Phone) -> None:
    upload = worker.http.cookies["yihu_upload"]
    worker.http.cookies.clear()
    assert worker.http.get("/policy", headers={"Cookie": f"yihu_read={upload}"}).status_code == 401


def test_the_devices_key_opens_a_session_again(worker: Phone, clock: Clock, settings: Settings) -> None:
    clock.pass_seconds(settings.read_session_seconds)
    assert worker.http.get("/policy").status_code == 401
    assert worker.open_session("read").status_code == 201
    assert worker.http.get("/policy").status_code == 200


def test_a_nonce_opens_one_session_and_only_for_its_device(worker: Phone, colleague: Phone) -> None:
    nonce = worker.http.post("/sessions/challenge", json={"replica": worker.replica}).json()["nonce"]
    document = {
        "type": "session", "v": 1, "deployment": worker.policy["deployment"], "replica": worker.replica,
        "kind": "read", "nonce": nonce,
    }  # fmt: skip
    request = {"replica": worker.replica, "kind": "read", "nonce": nonce}
    forged = {**request, "sig": sign_document(document, colleague.key).sig}
    assert worker.http.post("/sessions", json=forged).json()["code"] == "challenge_wrong"
    for_upload = {**request, "kind": "upload", "sig": sign_document(document, worker.key).sig}
    assert worker.http.post("/sessions", json=for_upload).json()["code"] == "challenge_wrong"
    right = {**request, "sig": sign_document(document, worker.key).sig}
    assert worker.http.post("/sessions", json=right).status_code == 201
    assert worker.http.post("/sessions", json=right).json()["code"] == "challenge_wrong"


def test_an_unknown_device_gets_a_nonce_like_any_other(make_phone: Callable[[], Phone], station_id: str) -> None:
    answer = make_phone().http.post("/sessions/challenge", json={"replica": new_id()})
    assert answer.status_code == 200
    assert len(answer.json()["nonce"]) == 43


def test_a_revoked_device_reads_nothing_but_gets_its_records_home_for_a_deputy(
    worker: Phone, deputy: Phone, colleague: Phone
) -> None:
    file = new_id()
    worker.push(worker.save(file, [set_phone("13500000001")]))
    late = worker.save(file, [set_phone("13500000002")])
    assert colleague.http.post(f"/devices/{worker.replica}/revoke").json()["code"] == "not_allowed"
    for _ in range(2):
        assert deputy.http.post(f"/devices/{worker.replica}/revoke").status_code == 204
    assert worker.http.get("/policy").status_code in (401, 403)
    assert worker.open_session("read").json()["code"] == "device_revoked"
    assert worker.http.post("/sealed", json={"items": [worker.seal(late)]}).json()["results"][0]["code"] == "received"
    [item] = deputy.http.get("/review").json()["items"]
    assert (item["status"], item["reasons"][0]["code"]) == ("quarantined", "replica_revoked")


@pytest.mark.parametrize(("is_tls", "expected"), [(True, "__Host-yihu_read"), (False, "yihu_read")])
def test_cookies_are_bound_to_the_host_over_tls(is_tls: bool, expected: str) -> None:
    assert cookie_name("read", is_tls=is_tls) == expected


def test_cookies_are_closed_to_scripts_and_other_sites(
    make_phone: Callable[[], Phone], issue: Callable[[str], str]
) -> None:
    cookies = make_phone().confirm(issue("林小满")).headers.get_list("set-cookie")
    assert len(cookies) == 3
    for cookie in cookies:
        assert {"httponly", "samesite=strict", "path=/"} <= {part.strip().lower() for part in cookie.split(";")}


def test_the_policy_is_signed_names_only_own_villages_and_is_not_sent_twice(worker: Phone, deputy: Phone) -> None:
    answer = worker.http.get("/policy")
    assert {village["scope"] for village in worker.policy["villages"]} == {worker.scope}
    assert (len(worker.policy["villages"]), len(deputy.policy["villages"])) == (6, 12)
    again = worker.http.get("/policy", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")

"""The wipe order: whoever uses a shared phone next brings it, to that browser and for that device alone."""

import json
from collections.abc import Callable

from sync.change import Envelope, from_base64url, verify
from tests.server.phone import Phone, new_id


def share_browser(one: Phone, other: Phone) -> None:
    """The second person of a phone: the cookies of both are one jar, and the second enrolled with the first's secret."""
    other.http.cookies.set("yihu_device", one.http.cookies["yihu_device"], domain="127.0.0.1", path="/")


def test_another_person_of_the_same_phone_brings_the_order_and_says_that_it_was_obeyed(
    worker: Phone, make_phone: Callable[[], Phone], issue: Callable[[str], str], deputy: Phone
) -> None:
    second = make_phone()
    share_browser(worker, second)
    second.enrol(issue("林小满"))
    assert second.http.get("/wipe-order", params={"replica": worker.replica}).json()["order"] is None
    deputy.http.post(f"/devices/{worker.replica}/revoke")
    order = Envelope(**second.http.get("/wipe-order", params={"replica": worker.replica}).json()["order"])
    assert verify(order, from_base64url(second.policy["verdict_key"]))
    assert json.loads(order.body)["replica"] == worker.replica
    assert second.http.get("/wipe-order").json()["order"] is None
    done = second.http.post("/wipe-order/done", json={"replica": worker.replica})
    assert done.status_code == 204
    assert "Clear-Site-Data" not in done.headers
    assert second.http.get("/policy").status_code == 200
    assert worker.http.post("/sealed", json={"items": []}).status_code in (401, 422)


def test_a_phone_without_any_session_still_hears_its_order(worker: Phone, deputy: Phone) -> None:
    deputy.http.post(f"/devices/{worker.replica}/revoke")
    for name in ("yihu_read", "yihu_upload"):
        worker.http.cookies.delete(name)
    assert worker.http.get("/wipe-order", params={"replica": worker.replica}).json()["order"]
    done = worker.http.post("/wipe-order/done", json={"replica": worker.replica, "last": True})
    assert done.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'


def test_strangers_learn_and_report_nothing(worker: Phone, colleague: Phone, deputy: Phone) -> None:
    deputy.http.post(f"/devices/{worker.replica}/revoke")
    for replica in (worker.replica, new_id()):
        assert colleague.http.get("/wipe-order", params={"replica": replica}).json()["code"] == "not_signed_in"
        assert colleague.http.post("/wipe-order/done", json={"replica": replica}).json()["code"] == "not_signed_in"
    worker.http.cookies.clear()
    assert worker.http.get("/wipe-order", params={"replica": worker.replica}).status_code == 401
    assert worker.http.get("/wipe-order").status_code == 401
    [seen] = [one for one in deputy.http.get("/devices").json()["devices"] if one["replica"] == worker.replica]
    assert seen["wiped_at"] is None


def test_a_device_that_is_in_use_cannot_be_reported_as_wiped(worker: Phone) -> None:
    assert worker.http.post("/wipe-order/done", json={"last": True}).json()["code"] == "conflict"

"""Records that were made on a locked phone and never taken up come home before the phone is wiped, and a deputy decides on them."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from server.accounts import rules as accounts
from server.accounts.rules import DutyOn
from server.context import Context
from server.crypto import seal_to
from sync.change import from_base64url, to_base64url
from tests.server.phone import Phone, new_id

NOTE = "院门锁着,邻居说住院了"


def left(phone: Phone, village: str, **changed: Any) -> dict[str, str]:
    record = {"villageName": village, "personName": "石大山", "note": NOTE, "values": {"visited_on": "2026-11-22"}}
    said = {"type": "left", "at": 1_795_000_000_000, "record": record, **changed}
    record_id = new_id()
    sealed = seal_to(
        json.dumps(said).encode(), from_base64url(phone.policy["sealing_key"]), f"yihu/left/1/{record_id}".encode()
    )
    return {"id": record_id, "sealed": to_base64url(sealed)}


def send(phone: Phone, *items: dict[str, str]) -> Any:
    return phone.http.post("/left-records", json={"replica": phone.replica, "items": list(items)})


@pytest.fixture
def village(worker: Phone) -> str:
    return str(worker.policy["villages"][0]["name"])


def test_what_was_never_opened_comes_up_before_the_wipe_and_is_written_down(
    worker: Phone, deputy: Phone, west_worker: Phone, village: str, query: Callable[[str], list[Any]]
) -> None:
    item = left(worker, village)
    assert send(worker, item).json()["code"] == "conflict"  # its vault still opens
    deputy.http.post(f"/devices/{worker.replica}/revoke")
    assert send(worker, item).json()["codes"] == ["received"]
    assert send(worker, item).json()["codes"] == ["known"]
    [found] = deputy.http.get("/left-records").json()["records"]
    assert (found["person_id"], found["said"]["note"], found["at"]) == (worker.me, NOTE, 1_795_000_000_000)
    assert west_worker.http.get("/left-records").status_code == 403
    kept = query("SELECT sealed_text FROM left_record")[0][0]
    assert NOTE.encode() not in bytes(kept)
    path = f"/left-records/{item['id']}"
    assert deputy.http.post(path, json={"taken": True}).status_code == 204
    assert deputy.http.get("/left-records").json()["records"] == []
    assert deputy.http.post(path, json={"taken": True}).status_code == 404
    events = [row[0] for row in query("SELECT event FROM audit_entry ORDER BY position")]
    assert events.count("left_records_received") == events.count("left_record_taken") == 1


def test_a_browser_that_enrolled_needs_no_session_and_a_stranger_gets_nowhere(
    worker: Phone, deputy: Phone, colleague: Phone, village: str
) -> None:
    deputy.http.post(f"/devices/{worker.replica}/revoke")
    assert send(worker, left(worker, village)).status_code == 200  # its sessions ended with the revocation
    foreign = colleague.http.post("/left-records", json={"replica": worker.replica, "items": [left(worker, village)]})
    assert foreign.status_code == 401


@pytest.mark.parametrize(
    "item",
    [
        pytest.param({"at": "yesterday"}, id="no instant"),
        pytest.param({"type": "other"}, id="another type"),
        pytest.param({"record": {"note": 1}}, id="no texts"),
        pytest.param(
            {"record": {"villageName": "x", "personName": "x", "note": "x" * 65_800, "values": {}}}, id="too long"
        ),
    ],
)
def test_what_is_no_record_is_refused_and_stops_no_other(
    worker: Phone, deputy: Phone, village: str, item: dict[str, Any]
) -> None:
    deputy.http.post(f"/devices/{worker.replica}/revoke")
    other = left(worker, village)
    swapped = {"id": new_id(), "sealed": other["sealed"]}  # sealed for another id
    assert send(worker, left(worker, village, **item), swapped, other).json()["codes"] == [
        "refused",
        "refused",
        "received",
    ]


def test_one_of_a_village_that_nobody_knows_waits_for_all_who_decide(worker: Phone, deputy: Phone, head: Phone) -> None:
    deputy.http.post(f"/devices/{worker.replica}/revoke")
    item = left(worker, "从没听说过的村")
    send(worker, item)
    for who in (deputy, head):
        assert [one["record_id"] for one in who.http.get("/left-records").json()["records"]] == [item["id"]]


def test_what_waits_in_another_patch_takes_nobodys_place_in_the_list(
    worker: Phone, deputy: Phone, village: str, context: Context, station_id: str, enrol: Callable[[str], Phone],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    patches = {one["id"]: one["name"] for one in deputy.policy["patches"]}
    west = next(scope for scope, name in patches.items() if name == "西片区")
    context.database.write(
        lambda session: accounts.make_person(
            session, context.keyring, station_id, "覃守望", [DutyOn("deputy", west)], 1, context.now()
        )
    )
    of_the_west = enrol("覃守望")
    theirs = next(one["name"] for one in of_the_west.policy["villages"])
    monkeypatch.setattr("server.devices.left.LISTED_MAX", 1)
    deputy.http.post(f"/devices/{worker.replica}/revoke")
    waiting = [left(worker, village, at=1), left(worker, village, at=2), left(worker, theirs)]
    assert send(worker, *waiting).json()["codes"] == ["received"] * 3
    assert [one["record_id"] for one in of_the_west.http.get("/left-records").json()["records"]] == [waiting[2]["id"]]

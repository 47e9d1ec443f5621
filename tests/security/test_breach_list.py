"""T-20 and T-1c on the server: a lost phone's list names exactly what it may hold, and its wipe order wipes nothing else.

The truth is kept by the phones themselves: each remembers every file whose content it ever received or wrote.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from server.context import Context
from server.readings import rules as readings
from sync.change import Envelope, from_base64url, verify
from tests.server.conftest import Clock
from tests.server.phone import Phone, new_id, set_phone


def files_of(entries: list[dict[str, Any]]) -> set[str]:
    return {
        json.loads(entry["envelope"]["body"])["file"]
        for entry in entries
        if entry["kind"] == "change" and entry.get("envelope")
    }


def work_a_while(phones: dict[str, Phone], context: Context) -> dict[str, set[str]]:
    """Saves, packs, pulls at different times; returns what each phone really holds."""
    context.settings.pack_from_entries = 10
    held: dict[str, set[str]] = {name: set() for name in phones}
    for round_ in range(3):
        for name, phone in phones.items():
            if name == "deputy":
                continue
            files = [new_id() for _ in range(12)]
            member = {
                "op": "append",
                "path": "members",
                "id": new_id(),
                "value": {"name": "无名", "id_number": "990001195501011221"},
            }
            phone.push(*[phone.save(file, [set_phone("13500000001"), member]) for file in files])
            held[name] |= set(files)
        for name, phone in phones.items():
            if round_ == 2 and name == "worker":
                continue  # out of contact: what came after is not on it
            held[name] |= files_of(phone.pull_all())
    return held


def listed(deputy: Phone, phone: Phone) -> dict[str, list[str]]:
    answer = deputy.http.get(f"/devices/{phone.replica}/held")
    assert answer.status_code == 200, answer.text
    return {one["file"]: one["classes"] for one in answer.json()["files"]}


@pytest.fixture
def phones(worker: Phone, colleague: Phone, west_worker: Phone, deputy: Phone) -> dict[str, Phone]:
    return {"worker": worker, "colleague": colleague, "west": west_worker, "deputy": deputy}


def test_the_list_of_a_lost_phone_is_exact(
    phones: dict[str, Phone], context: Context, figure: Callable[[str], None]
) -> None:
    held = work_a_while(phones, context)
    wrong, files = 0, 0
    for name, phone in phones.items():
        found = listed(phones["deputy"], phone)
        wrong += len(set(found) ^ held[name])
        files += len(held[name])
        assert all(classes for classes in found.values())
    classes = set().union(*listed(phones["deputy"], phones["worker"]).values())
    assert {"sensitive"} <= classes <= {"normal", "sensitive", "restricted"}
    figure(f"4 devices, {files} holdings: {wrong} files too many or missing in the lists")
    assert len({len(one) for one in held.values()}) > 2
    assert wrong == 0


def test_only_who_decides_may_ask_and_only_of_their_station(worker: Phone, colleague: Phone, deputy: Phone) -> None:
    assert worker.http.get(f"/devices/{colleague.replica}/held").json()["code"] == "not_allowed"
    assert deputy.http.get(f"/devices/{new_id()}/held").json()["code"] == "not_found"


def test_a_revoked_phone_gets_its_records_home_and_then_a_signed_order_for_itself(
    worker: Phone, colleague: Phone, deputy: Phone, figure: Callable[[str], None]
) -> None:
    late = worker.seal(worker.save(new_id(), [set_phone("13500000001")]))
    assert worker.http.get("/wipe-order").json()["order"] is None
    assert worker.http.post("/wipe-order/done").json()["code"] == "conflict"
    deputy.http.post(f"/devices/{worker.replica}/revoke")
    assert worker.http.post("/sealed", json={"items": [late]}).json()["results"][0]["code"] == "received"
    order = Envelope(**worker.http.get("/wipe-order").json()["order"])
    assert verify(order, from_base64url(worker.policy["verdict_key"]))
    body = json.loads(order.body)
    assert (body["type"], body["replica"], body["deployment"]) == ("wipe", worker.replica, worker.policy["deployment"])
    assert colleague.http.get("/wipe-order").json()["order"] is None
    assert worker.http.post("/wipe-order/done").status_code == 204
    assert worker.http.post("/sealed", json={"items": [late]}).status_code == 401
    [seen] = [one for one in deputy.http.get("/devices").json()["devices"] if one["replica"] == worker.replica]
    assert seen["wiped_at"] is not None
    figure("wipe order: signed, for one replica, after its records came home")


def test_reading_too_much_raises_one_alarm(
    worker: Phone, head: Phone, context: Context, clock: Clock, figure: Callable[[str], None]
) -> None:
    files = [new_id() for _ in range(200)]
    worker.push(*[worker.save(file, [set_phone("13500000001")]) for file in files])
    for start in range(0, 200, 50):
        opened = [{"file": file, "at": clock.now + start * 1000} for file in files[start : start + 50]]
        assert worker.http.post("/readings", json={"opened": opened}).json() == {"new": 50, "unknown": []}
    again = worker.http.post("/readings", json={"opened": [{"file": files[0], "at": clock.now, "unmasked": True}]})
    assert again.json() == {"new": 0, "unknown": []}
    alarms = [one["event"] for one in head.http.get("/audit", params={"alarms": "true"}).json()["entries"]]
    figure(f"200 files opened within an hour: {alarms.count('reading_alarm')} alarm")
    assert alarms.count("reading_alarm") == 1
    events = [one["event"] for one in head.http.get("/audit").json()["entries"]]
    assert events.count("unmasked") == 1


def test_a_minors_file_without_a_grant_is_alarmed_and_with_one_recorded(
    worker: Phone, colleague: Phone, deputy: Phone, head: Phone, clock: Clock
) -> None:
    child, grown = new_id(), new_id()
    for file, born in ((child, "2015-03-01"), (grown, "1950-03-01")):
        member = {"op": "append", "path": "members", "id": new_id(), "value": {"name": "无名", "born_on": born}}
        worker.push(worker.save(file, [member]))

    def opened(phone: Phone, file: str) -> list[str]:
        before = len(head.http.get("/audit").json()["entries"])
        phone.http.post("/readings", json={"opened": [{"file": file, "at": clock.now}]})
        return [one["event"] for one in head.http.get("/audit").json()["entries"][before:]]

    assert opened(worker, child) == ["minor_opened"]  # who found the child
    assert opened(colleague, grown) == []
    assert opened(colleague, child) == ["minor_without_grant"]
    request = {"file": child, "reason": "接手这一户", "until_at": clock.now + 86_400_000}
    asked = colleague.http.post("/grants", json=request).json()
    assert (
        colleague.http.post(f"/grants/{asked['grant_id']}", json={"decision": "approve"}).json()["code"]
        == "not_allowed"
    )
    clock.now += 86_400_000 - 60_000
    for phone in (colleague, deputy, head):
        phone.open_session("read")
    assert opened(colleague, child) == ["minor_without_grant"]
    assert deputy.http.post(f"/grants/{asked['grant_id']}", json={"decision": "approve"}).json()["state"] == "approved"
    assert [one["state"] for one in colleague.http.get("/grants").json()["grants"]] == ["approved"]
    assert worker.http.get("/grants").status_code in (200, 401)
    clock.now += 120_000
    assert opened(colleague, child) == []  # counted today already
    clock.now += 86_400_000
    for phone in (colleague, head):
        phone.open_session("read")
    assert opened(colleague, child) == ["minor_without_grant"]  # its end has passed


def test_a_grant_for_a_patch_covers_its_files_until_it_is_ended(
    worker: Phone, colleague: Phone, deputy: Phone, context: Context, station_id: str, clock: Clock
) -> None:
    from server.grants import rules as grants

    file = new_id()
    member = {"op": "append", "path": "members", "id": new_id(), "value": {"name": "无名", "born_on": "2015-03"}}
    worker.push(worker.save(file, [member]))
    request = {"scope": colleague.scope, "reason": "片区儿童走访", "until_at": clock.now + 86_400_000}
    asked = colleague.http.post("/grants", json=request).json()

    def granted() -> bool:
        return context.database.read(
            lambda session: grants.is_granted(session, station_id, colleague.me, file, context.now())
        )

    assert not granted()
    deputy.http.post(f"/grants/{asked['grant_id']}", json={"decision": "approve"})
    assert granted()
    assert deputy.http.post(f"/grants/{asked['grant_id']}", json={"decision": "decline"}).json()["state"] == "ended"
    assert not granted()


def test_teeth_content_that_leaves_unnoted_is_missed_by_the_list(
    phones: dict[str, Phone], context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readings, "note_told", lambda *_given: None)
    held = work_a_while(phones, context)
    assert set(listed(phones["deputy"], phones["colleague"])) != held["colleague"]


def test_teeth_an_order_for_another_phone_does_not_verify_as_its_own(
    worker: Phone, colleague: Phone, deputy: Phone
) -> None:
    deputy.http.post(f"/devices/{worker.replica}/revoke")
    order = Envelope(**worker.http.get("/wipe-order").json()["order"])
    bent = Envelope(order.body.replace(worker.replica, colleague.replica), order.sig)
    assert not verify(bent, from_base64url(colleague.policy["verdict_key"]))

"""Devices, sessions, accounts with an end, duties handed over, who read what, and alarms: what a deputy and a worker are shown."""

from collections.abc import Callable
from typing import Any

import pytest

from server.accounts import rules as accounts
from server.administration import rules as administration
from server.context import Context
from tests.server.conftest import Clock
from tests.server.phone import Phone, new_id, set_phone

DAY = 86_400_000


def device_of(asker: Phone, replica: str) -> dict[str, Any]:
    return next(one for one in asker.http.get("/devices").json()["devices"] if one["replica"] == replica)


def person_of(asker: Phone, person: str) -> dict[str, Any]:
    return next(one for one in asker.http.get("/people").json()["people"] if one["person_id"] == person)


@pytest.fixture
def administrator(context: Context, station_id: str, enrol: Callable[[str], Phone]) -> Callable[[str, str], Phone]:
    """Somebody without a duty on files, appointed from outside."""

    def make(role: str, name: str) -> Phone:
        def work(session: accounts.Session) -> None:
            person = accounts.make_person(session, context.keyring, station_id, name, [], 1, context.now())
            administration.appoint(session, station_id, person, role, context.now())  # type: ignore[arg-type]

        context.database.write(work)
        return enrol(name)

    return make


def child_file(finder: Phone, born: str = "2015-03-01") -> str:
    file = new_id()
    member = {"op": "append", "path": "members", "id": new_id(), "value": {"name": "无名", "born_on": born}}
    [verdict] = finder.push(finder.save(file, [member, set_phone("13500000001")]))
    assert verdict.status == "accepted"
    return file


# --- devices ---


def test_the_list_of_devices_says_version_lease_and_how_far_the_wipe_order_came(
    worker: Phone, deputy: Phone, clock: Clock
) -> None:
    worker.http.post(
        "/sync",
        json={"push": [], "cursor": None, "limit": 10},
        headers={"Yihu-App": "2026.11.22-ab12", "Yihu-Unsent": "3"},
    )
    seen = device_of(deputy, worker.replica)
    assert (seen["software"], seen["unsent_count"]) == ("2026.11.22-ab12", 3)
    assert seen["lease_until"] == clock.now + 14 * DAY
    deputy.http.post(f"/devices/{worker.replica}/revoke")
    asked = device_of(deputy, worker.replica)
    assert (asked["revoked_at"], asked["order_at"], asked["wiped_at"]) == (clock.now, None, None)
    clock.pass_seconds(60)
    assert worker.http.get("/wipe-order").json()["order"]
    fetched = device_of(deputy, worker.replica)
    assert (fetched["order_at"], fetched["wiped_at"]) == (clock.now, None)
    clock.pass_seconds(60)
    worker.http.get("/wipe-order")
    worker.http.post("/wipe-order/done")
    obeyed = device_of(deputy, worker.replica)
    assert (obeyed["order_at"], obeyed["wiped_at"]) == (fetched["order_at"], clock.now)


def test_a_version_that_is_no_version_is_refused(worker: Phone) -> None:
    answer = worker.http.post("/sync", json={"push": [], "cursor": None, "limit": 10}, headers={"Yihu-App": "<b>1</b>"})
    assert answer.status_code == 422


def test_the_list_of_a_lost_phone_names_the_fields_that_held_something(worker: Phone, deputy: Phone) -> None:
    file = new_id()
    member = {
        "op": "append",
        "path": "members",
        "id": new_id(),
        "value": {"name": "无名", "id_number": "990001195501011221"},
    }
    worker.push(worker.save(file, [member, set_phone("13500000001")]))
    [held] = deputy.http.get(f"/devices/{worker.replica}/held").json()["files"]
    assert "members.id_number" in held["fields"]
    assert "phone" in held["fields"]
    assert "990001195501011221" not in str(held)


def test_the_system_administrator_keeps_devices_and_sees_no_people_or_files(
    worker: Phone, administrator: Callable[[str, str], Phone]
) -> None:
    system = administrator("system", "方砚秋")
    assert system.http.get("/devices").status_code == 200
    assert system.http.get("/people").json()["code"] == "not_allowed"
    assert system.http.get(f"/devices/{worker.replica}/held").json()["code"] == "not_allowed"
    assert system.http.post(f"/devices/{worker.replica}/revoke").status_code == 204
    assert administrator("audit", "顾闻笛").http.get("/devices").json()["code"] == "not_allowed"


# --- sessions ---


def test_one_sees_and_ends_the_sessions_of_ones_own_other_device_and_of_no_other(
    worker: Phone, colleague: Phone, enrol: Callable[[str], Phone], deputy: Phone
) -> None:
    second = enrol("林小满")
    own = {one["replica"]: one for one in second.http.get("/sessions").json()["devices"]}
    assert set(own) == {worker.replica, second.replica}
    assert own[second.replica]["is_this"]
    assert own[worker.replica]["read_since"] is not None
    assert second.http.post(f"/sessions/{second.replica}/end").json()["code"] == "conflict"
    assert second.http.post(f"/sessions/{colleague.replica}/end").json()["code"] == "not_found"
    assert second.http.post(f"/sessions/{worker.replica}/end").status_code == 204
    assert worker.http.get("/policy").status_code == 401
    assert worker.http.post("/sealed", json={"items": []}).status_code == 401
    own = {one["replica"]: one for one in second.http.get("/sessions").json()["devices"]}
    assert (own[worker.replica]["read_since"], own[worker.replica]["upload_until"]) == (None, None)
    assert colleague.http.get("/policy").status_code == 200
    worker.open_session("read")  # its own key opens it again: ending is no revocation
    assert worker.http.get("/policy").status_code == 200


# --- accounts with an end ---


def test_an_account_ends_by_itself_its_duties_and_devices_with_it_and_what_was_recorded_still_comes_home(
    worker: Phone, deputy: Phone, head: Phone, clock: Clock
) -> None:
    late = worker.seal(worker.save(new_id(), [set_phone("13500000001")]))
    until = clock.now + DAY
    assert worker.http.post(f"/people/{worker.me}/account", json={"until_at": until}).json()["code"] == "not_allowed"
    answer = deputy.http.post(f"/people/{worker.me}/account", json={"until_at": until})
    assert answer.status_code == 200
    assert person_of(deputy, worker.me)["until_at"] == until
    worker.open_session("read")
    assert worker.http.get("/policy").status_code == 200
    clock.now = until + 1
    for phone in (deputy, head):
        phone.open_session("read")
    assert worker.http.get("/policy").status_code in (401, 403)
    ended = person_of(head, worker.me)
    assert (ended["ended_at"], ended["duties"]) == (clock.now, [])
    assert device_of(head, worker.replica)["revoked_at"] == clock.now
    assert head.http.post("/enrolment/codes", json={"person_id": worker.me}).json()["code"] == "not_found"
    assert worker.open_session("read").status_code == 403
    worker.open_session("upload")
    assert worker.http.post("/sealed", json={"items": [late]}).json()["results"][0]["code"] == "received"
    assert worker.http.get("/wipe-order").json()["order"]
    waiting = head.http.get("/review").json()["items"]
    assert [one["person_id"] for one in waiting] == [worker.me]
    events = [one["event"] for one in head.http.get("/audit").json()["entries"]]
    assert {"account_end_set", "account_ended", "device_revoked"} <= set(events)


def test_who_may_end_whose_account(
    worker: Phone,
    deputy: Phone,
    head: Phone,
    west_worker: Phone,
    administrator: Callable[[str, str], Phone],
    clock: Clock,
) -> None:
    def end(by: Phone, whom: str) -> str | None:
        answer = by.http.post(f"/people/{whom}/account", json={"until_at": clock.now + DAY})
        return answer.json().get("code") if answer.status_code >= 400 else None

    security, system = administrator("security", "陆知遥"), administrator("system", "方砚秋")
    assert end(deputy, head.me) == "not_allowed"
    assert end(deputy, west_worker.me) is None  # she is deputy of both patches
    assert end(deputy, system.me) == "not_allowed"
    assert end(system, worker.me) == "not_allowed"
    assert end(security, head.me) is None
    assert end(security, security.me) == "not_allowed"
    assert security.http.post(f"/people/{head.me}/account", json={"until_at": None}).status_code == 200
    assert person_of(security, head.me)["until_at"] is None


# --- handing over ---


def test_duties_go_to_another_in_one_step(worker: Phone, colleague: Phone, deputy: Phone, head: Phone) -> None:
    answer = deputy.http.post(f"/people/{worker.me}/hand-over", json={"to": colleague.me})
    assert answer.status_code == 200
    found = {one["person_id"]: one["duties"] for one in answer.json()["people"]}
    assert found[worker.me] == []
    assert [one["duty"] for one in found[colleague.me]] == ["worker"]
    assert deputy.http.post(f"/people/{worker.me}/hand-over", json={"to": colleague.me}).json()["code"] == "conflict"
    assert deputy.http.post(f"/people/{colleague.me}/hand-over", json={"to": deputy.me}).json()["code"] == "not_allowed"
    assert deputy.http.post(f"/people/{head.me}/hand-over", json={"to": colleague.me}).json()["code"] == "not_allowed"
    assert worker.http.post(f"/people/{colleague.me}/hand-over", json={"to": worker.me}).json()["code"] == "not_allowed"


def test_an_administrator_is_given_no_duties_by_a_hand_over(
    worker: Phone, head: Phone, administrator: Callable[[str, str], Phone]
) -> None:
    audit = administrator("audit", "顾闻笛")
    assert head.http.post(f"/people/{worker.me}/hand-over", json={"to": audit.me}).json()["code"] == "roles_apart"


# --- readings and alarms ---


def test_who_opened_a_file_is_shown_to_its_deputy_with_the_reason_and_to_nobody_else(
    worker: Phone, colleague: Phone, west_worker: Phone, deputy: Phone, clock: Clock, query: Callable[[str], list[Any]]
) -> None:
    file = child_file(worker)
    told = {"file": file, "at": clock.now, "reason": "邻居说孩子两天没出门"}
    colleague.http.post("/readings", json={"opened": [told, {**told, "unmasked": True}]})
    worker.http.post("/readings", json={"opened": [{"file": file, "at": clock.now}]})
    readers = {one["person_id"]: one for one in deputy.http.get(f"/readings/{file}").json()["readers"]}
    assert (readers[colleague.me]["without_grant"], readers[colleague.me]["reason"]) == (True, told["reason"])
    assert (readers[colleague.me]["opened"], readers[colleague.me]["unmasked"]) == (2, 1)
    assert (readers[worker.me]["without_grant"], readers[worker.me]["reason"]) == (False, None)
    for other in (worker, colleague, west_worker):
        assert other.http.get(f"/readings/{file}").json()["code"] == "not_found"
    assert told["reason"] not in str(query("SELECT * FROM opening"))


def test_an_opening_of_a_file_that_is_not_here_yet_is_named_and_counted_when_it_is_told_again(
    worker: Phone, clock: Clock
) -> None:
    file = new_id()
    told = {"opened": [{"file": file, "at": clock.now}]}
    assert worker.http.post("/readings", json=told).json() == {"new": 0, "unknown": [file]}
    worker.push(worker.save(file, [set_phone("13500000001")]))
    assert worker.http.post("/readings", json=told).json() == {"new": 1, "unknown": []}


def test_ones_own_day_is_told_against_its_budget(worker: Phone, context: Context, clock: Clock) -> None:
    files = [child_file(worker, "1950-01-01") for _ in range(3)]
    worker.http.post("/readings", json={"opened": [{"file": file, "at": clock.now} for file in files]})
    spent = worker.http.get("/readings").json()
    assert (spent["files"], spent["files_max"], spent["alarmed_at"]) == (
        3,
        context.settings.reading_files_per_day_max,
        None,
    )


def test_an_alarm_reaches_who_answers_for_the_patch_until_somebody_has_looked(
    worker: Phone, colleague: Phone, deputy: Phone, head: Phone, west_worker: Phone, context: Context, clock: Clock
) -> None:
    context.settings.reading_files_per_hour_max = 3
    file = child_file(worker)
    colleague.http.post("/readings", json={"opened": [{"file": file, "at": clock.now}]})
    more = [child_file(worker, "1950-01-01") for _ in range(4)]
    colleague.http.post("/readings", json={"opened": [{"file": one, "at": clock.now} for one in more]})

    def standing(phone: Phone) -> list[tuple[str, str]]:
        found = phone.http.get("/alarms").json()["alarms"]
        return sorted((one["event"], one["person_id"]) for one in found if one["seen_at"] is None)

    both = [("minor_without_grant", colleague.me), ("reading_alarm", colleague.me)]
    assert standing(deputy) == standing(head) == both
    assert colleague.http.get("/alarms").json()["code"] == "not_allowed"
    minor = next(one for one in head.http.get("/alarms").json()["alarms"] if one["event"] == "minor_without_grant")
    assert minor["about"] == file
    assert deputy.http.post(f"/alarms/{minor['position']}/seen").status_code == 204
    assert head.http.post(f"/alarms/{minor['position']}/seen").status_code == 204
    assert standing(head) == [("reading_alarm", colleague.me)]
    [seen] = [one for one in head.http.get("/alarms").json()["alarms"] if one["event"] == "minor_without_grant"]
    assert seen["seen_by"] == deputy.me
    assert head.http.post("/alarms/1/seen").json()["code"] == "not_found"  # an entry that is no alarm


def test_nobody_looks_at_their_own_alarm(worker: Phone, deputy: Phone, head: Phone, clock: Clock) -> None:
    file = child_file(worker)
    deputy.http.post("/readings", json={"opened": [{"file": file, "at": clock.now}]})
    assert deputy.http.get("/alarms").json()["alarms"] == []
    [alarm] = head.http.get("/alarms").json()["alarms"]
    assert deputy.http.post(f"/alarms/{alarm['position']}/seen").json()["code"] == "not_found"
    assert head.http.post(f"/alarms/{alarm['position']}/seen").status_code == 204


def test_the_record_is_verified_by_whoever_reads_it_and_an_altered_row_is_named(
    context: Context,
    worker: Phone,
    head: Phone,
    administrator: Callable[[str, str], Phone],
    query: Callable[[str], list[Any]],
) -> None:
    assert worker.http.get("/audit/verify").json()["code"] == "not_allowed"
    assert head.http.get("/audit/verify").json()["position"] is None
    audit = administrator("audit", "顾闻笛")
    assert head.http.get("/audit/verify").json()["code"] == "not_allowed"  # there is somebody for it now
    whole = audit.http.get("/audit/verify").json()
    assert whole["entries"] > 3
    assert whole["position"] is None
    guards = ("no_UPDATE", "no_DELETE") if context.database.is_sqlite else ("append_only ON audit_entry",)
    for guard in guards:
        query(f"DROP TRIGGER audit_entry_{guard}")
    query("UPDATE audit_entry SET about = 'nobody' WHERE position = 2")
    assert audit.http.get("/audit/verify").json()["position"] == 2


def test_everyone_sees_who_holds_which_power(worker: Phone, administrator: Callable[[str, str], Phone]) -> None:
    system = administrator("system", "方砚秋")
    seen = worker.http.get("/administrators").json()
    assert (seen["mine"], [one["role"] for one in seen["administrators"]]) == (None, ["system"])
    assert system.http.get("/administrators").json()["mine"] == "system"

"""Adding people and changing their duties: who may, and from which epoch it holds."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from server.context import Context
from server.station import rules as stations
from tests.server.phone import Phone, new_id, set_phone

Patches = dict[str, str]


@pytest.fixture
def patches(context: Context, station_id: str, worker: Phone) -> Patches:
    found = context.database.read(lambda session: stations.list_patches(session, context.keyring, station_id, 10))
    return {patch.name: patch.scope for patch in found}


def add(by: Phone, name: str, duty: str, *scopes: str) -> Any:
    return by.http.post("/people", json={"name": name, "duties": [{"duty": duty, "scopes": list(scopes)}]})


def give(by: Phone, person: str, *duties: tuple[str, list[str]]) -> Any:
    body = {"duties": [{"duty": duty, "scopes": scopes} for duty, scopes in duties]}
    return by.http.post(f"/people/{person}/duties", json=body)


def test_a_deputy_adds_a_worker_who_enrols_and_reads_the_patch(
    deputy: Phone, worker: Phone, make_phone: Callable[[], Phone], patches: Patches
) -> None:
    file = new_id()
    worker.push(worker.save(file, [set_phone("13900000001")]))
    offered = {patch["name"]: patch["id"] for patch in deputy.http.get("/people").json()["patches"]}
    assert offered == patches
    answer = add(deputy, " 苏念慈 ", "worker", patches["东片区"])
    assert answer.status_code == 201, answer.text
    person = answer.json()["person_id"]
    code = deputy.http.post("/enrolment/codes", json={"person_id": person}).json()["code"]
    new = make_phone().enrol(code)
    assert new.policy["me"]["name"] == "苏念慈"
    assert [entry["kind"] for entry in new.pull_all()] == ["change"]


def test_each_change_of_duties_begins_an_epoch_that_devices_hear_of(
    head: Phone, worker: Phone, patches: Patches, query: Callable[[str], list[Any]]
) -> None:
    before = worker.sync()["epoch"]
    assert give(head, worker.me, ("worker", [patches["西片区"]])).status_code == 200
    assert worker.sync()["epoch"] == before + 1
    policy = json.loads(worker.http.get("/policy").json()["body"])
    assert [scope["name"] for scope in policy["scopes"]] == ["西片区"]
    assert give(head, worker.me, ("worker", [patches["西片区"]])).status_code == 200
    assert worker.sync()["epoch"] == before + 1
    events = [row[0] for row in query("SELECT event FROM audit_entry ORDER BY position")]
    assert events.count("duties_changed") == 1


def test_whoever_loses_a_patch_is_told_to_leave_its_files(head: Phone, worker: Phone, patches: Patches) -> None:
    file = new_id()
    worker.push(worker.save(file, [set_phone("13900000001")]))
    worker.pull_all()
    give(head, worker.me, ("worker", [patches["西片区"]]))
    assert {"kind": "leave", "file": file} in worker.pull_all()


def test_someone_without_any_duty_reads_nothing_and_may_still_send(
    head: Phone, worker: Phone, patches: Patches
) -> None:
    file = new_id()
    late = worker.save(file, [set_phone("13900000001")])
    assert give(head, worker.me).status_code == 200
    assert [verdict.status for verdict in worker.push(late)] == ["quarantined"]


def test_a_deputy_gives_no_duty_above_worker_and_touches_no_head(
    deputy: Phone, head: Phone, worker: Phone, patches: Patches
) -> None:
    east = patches["东片区"]
    assert add(deputy, "甲某", "deputy", east).json()["code"] == "not_allowed"
    assert give(deputy, worker.me, ("deputy", [east])).json()["code"] == "not_allowed"
    assert give(deputy, head.me, ("worker", [east])).json()["code"] == "not_allowed"
    assert give(deputy, worker.me, ("worker", [east, patches["西片区"]])).status_code == 200


def test_nobody_changes_their_own_duties(deputy: Phone, head: Phone, patches: Patches) -> None:
    for one in (deputy, head):
        assert give(one, one.me, ("worker", [patches["东片区"]])).json()["code"] == "not_allowed"


def test_a_worker_neither_adds_nor_changes(worker: Phone, colleague: Phone, patches: Patches) -> None:
    assert add(worker, "甲某", "worker", patches["东片区"]).json()["code"] == "not_allowed"
    assert give(worker, colleague.me).json()["code"] == "not_allowed"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"name": "  ", "duties": [{"duty": "worker", "scopes": ["PATCH"]}]}, "invalid_value"),
        ({"name": "甲某", "duties": []}, "invalid_value"),
        ({"name": "甲某", "duties": [{"duty": "worker", "scopes": ["ab" * 16]}]}, "invalid_value"),
        ({"name": "甲某", "duties": [{"duty": "king", "scopes": ["PATCH"]}]}, "invalid_value"),
    ],
)
def test_a_person_needs_a_name_and_a_duty_on_a_patch_that_exists(
    head: Phone, patches: Patches, body: dict[str, Any], code: str
) -> None:
    for duty in body["duties"]:
        duty["scopes"] = [patches["东片区"] if scope == "PATCH" else scope for scope in duty["scopes"]]
    answer = head.http.post("/people", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_an_unknown_person_is_not_found(head: Phone, patches: Patches) -> None:
    assert give(head, "ab" * 16, ("worker", [patches["东片区"]])).status_code == 404

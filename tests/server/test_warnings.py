"""A warning for whole villages: who may declare it, whose phones are told, how it ends."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.server.conftest import Clock
from tests.server.phone import Phone, new_id

TODAY = datetime.fromtimestamp(Clock().now / 1000, UTC).date()


def villages(phone: Phone) -> list[str]:
    return [village["id"] for village in phone.policy["villages"]]


def declare(phone: Phone, places: list[str], **other: Any) -> Any:
    body = {"id": new_id(), "kind": "disaster_warning", "on": str(TODAY), "until": str(TODAY + timedelta(days=3))}
    return phone.http.post("/warnings", json={**body, "villages": places, "note": "台风蓝色预警", **other})


def told(phone: Phone) -> list[dict[str, Any]]:
    phone.policy = json.loads(phone.http.get("/policy").json()["body"])
    return list(phone.policy.get("warnings", []))


def test_a_warning_for_several_villages_is_in_the_signed_policy_of_who_works_there_and_of_nobody_else(
    deputy: Phone, worker: Phone, west_worker: Phone
) -> None:
    before = worker.policy["epoch"]
    places = villages(worker)[:2]
    assert declare(deputy, places).status_code == 204
    [one] = told(worker)
    assert (one["kind"], one["note"], sorted(one["villages"])) == ("disaster_warning", "台风蓝色预警", sorted(places))
    assert (one["on"], one["until"]) == (str(TODAY), str(TODAY + timedelta(days=3)))
    assert worker.policy["epoch"] == before + 1  # so every phone hears of it with its next sync
    assert told(west_worker) == []


def test_villages_of_another_patch_are_left_out_of_what_a_phone_is_told(
    head: Phone, worker: Phone, west_worker: Phone
) -> None:
    east, west = villages(worker)[0], villages(west_worker)[0]
    assert declare(head, [east, west]).status_code == 204
    assert [one["villages"] for one in told(worker)] == [[east]]
    assert [one["villages"] for one in told(west_worker)] == [[west]]


def test_only_who_decides_in_a_village_may_warn_it(
    head: Phone, deputy: Phone, worker: Phone, west_worker: Phone
) -> None:
    east = [{"duty": "deputy", "scopes": [worker.scope]}]
    assert head.http.post(f"/people/{deputy.me}/duties", json={"duties": east}).status_code == 200
    assert declare(worker, villages(worker)[:1]).status_code == 403
    assert declare(deputy, [villages(worker)[0], villages(west_worker)[0]]).status_code == 403
    assert declare(deputy, [new_id()]).status_code == 404
    assert told(worker) == []


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"kind": "party"}, "kind"),
        ({"until": str(TODAY - timedelta(days=1))}, "until"),
        ({"until": str(TODAY + timedelta(days=61))}, "until"),
        ({"villages": []}, "villages"),
        ({"note": "长" * 201}, "note"),
    ],
)
def test_a_mistake_is_named_by_its_field_and_nothing_is_declared(
    deputy: Phone, worker: Phone, other: dict[str, Any], field: str
) -> None:
    answer = declare(deputy, villages(worker)[:1], **other)
    assert (answer.status_code, answer.json()["field"].removeprefix("body/")) == (422, field)
    assert told(worker) == []


def test_a_repeated_call_declares_once_and_an_ended_warning_is_told_no_more(deputy: Phone, worker: Phone) -> None:
    one = new_id()
    for _ in range(2):
        assert declare(deputy, villages(worker)[:1], id=one).status_code == 204
    assert [warning["id"] for warning in told(worker)] == [one]
    assert worker.http.post(f"/warnings/{one}/end").status_code == 403
    epoch = worker.policy["epoch"]
    for _ in range(2):
        assert deputy.http.post(f"/warnings/{one}/end").status_code == 204
    assert told(worker) == []
    assert worker.policy["epoch"] == epoch + 1
    assert deputy.http.post(f"/warnings/{new_id()}/end").status_code == 404


def test_a_warning_that_has_passed_is_told_no_more_and_no_sheet_of_the_station_knows_it(
    deputy: Phone, worker: Phone
) -> None:
    past = {"on": str(TODAY - timedelta(days=9)), "until": str(TODAY - timedelta(days=3))}
    assert declare(deputy, villages(worker)[:1], **past).status_code == 204
    assert told(worker) == []
    assert deputy.http.get("/local").json() == {"sheets": []}
    assert "local" not in worker.policy

"""A referral between two stations of one server: only what was approved goes, to the station it names; answer and first contact come back."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from schemas.registry import KINDS
from server.context import Context
from server.station.founding import DEMO_FILE, found_station, read_plan
from sync.fold import fold
from sync.rules import Rules
from sync.versions import Base
from tests.server.phone import Phone, fold_inputs, new_id

SECRET = "皮带抽的印子"


@pytest.fixture
def other_station(context: Context, station_id: str) -> str:
    return context.database.write(
        lambda session: found_station(session, context.keyring, read_plan(DEMO_FILE), context.now())
    )


@pytest.fixture
def receiver(other_station: str, issue: Callable[..., str], make_phone: Callable[[], Phone]) -> Phone:
    return make_phone().enrol(issue("沈若兰", other_station))


@pytest.fixture
def their_worker(other_station: str, issue: Callable[..., str], make_phone: Callable[[], Phone]) -> Phone:
    return make_phone().enrol(issue("林小满", other_station))


def referral(receiver: Phone) -> dict[str, Any]:
    return {
        "applied_on": "2026-11-20", "kind": "station", "reason": "moved", "receiver": "邻站", "answer_due_on": "2026-12-01",
        "receiver_station": receiver.policy["station"]["id"], "handed_over": ["basics"], "continuity": "先由我们管",
        "no_consent_reason": "已迁走，电话同意",
    }  # fmt: skip


def contents(phone: Phone, file: str, element: str) -> dict[str, Any]:
    rules = Rules.of(KINDS["household"].rules())
    inputs = [one for one in fold_inputs(phone.pull_all()) if one.change.file == file]
    return {"section": f"referrals/{element}", "folded": fold(rules, inputs)}


def apply_for(worker: Phone, file: str, element: str, value: dict[str, Any]) -> dict[str, Any]:
    made = worker.save(file, [{"op": "append", "path": "referrals", "id": element, "value": value}])
    assert worker.push(made)[0].status == "accepted"
    seen = contents(worker, file, element)
    about = {
        "section": seen["section"],
        "content": seen["folded"]["sections"][seen["section"]]["content"],
        "schema": worker.policy["schema_versions"]["household"],
    }
    assert worker.push(worker.save(file, [], act="submit", about=about))[0].status == "accepted"
    return about


def send(phone: Phone, file: str, element: str, to: str) -> Any:
    parcel = json.dumps({"yihu_parcel": 1, "pages": [["姓名", "石大山"]]}, ensure_ascii=False)
    return phone.http.post("/referrals", json={"file": file, "element": element, "to": to, "content": parcel})


def approve(deputy: Phone, worker: Phone, file: str, about: dict[str, Any]) -> None:
    deputy.pull_all()
    made = deputy.save(file, [], act="approve", about={**about, "step": 1}, base=Base({worker.replica: 2}))
    assert deputy.push(made)[0].status == "accepted"


def test_a_referral_goes_only_once_approved_and_only_where_it_was_approved_for(
    worker: Phone, deputy: Phone, receiver: Phone, west_worker: Phone
) -> None:
    file, element, to = new_id(), new_id(), receiver.policy["station"]["id"]
    about = apply_for(worker, file, element, referral(receiver))
    assert (send(worker, file, element, to).status_code, send(worker, file, element, to).json()["code"]) == (
        409,
        "referral_not_approved",
    )
    approve(deputy, worker, file, about)
    assert send(worker, file, element, worker.policy["station"]["id"]).json()["code"] == "referral_not_approved"
    assert send(west_worker, file, element, to).status_code == 404
    assert receiver.http.get("/referrals/received").json()["parcels"] == []
    assert send(worker, file, element, to).status_code == 204
    assert send(worker, file, element, to).status_code == 204
    [parcel] = receiver.http.get("/referrals/received").json()["parcels"]
    assert (parcel["parcel_id"], parcel["state"], parcel["peer_name"]) == (
        element,
        "sent",
        worker.policy["station"]["name"],
    )


def test_it_stays_open_until_the_first_contact_and_its_content_is_gone_then(
    worker: Phone, deputy: Phone, receiver: Phone, query: Callable[[str], list[Any]]
) -> None:
    file, element, to = new_id(), new_id(), receiver.policy["station"]["id"]
    approve(deputy, worker, file, apply_for(worker, file, element, referral(receiver)))
    assert send(worker, file, element, to).status_code == 204
    assert "石大山" in receiver.http.get(f"/referrals/received/{element}").json()["content"]
    assert "石大山" not in repr(query("SELECT * FROM parcel"))

    def answer(state: str) -> int:
        body = {"state": state, "note": "周一去"}
        return receiver.http.post(f"/referrals/received/{element}/answer", json=body).status_code

    assert answer("contacted") == 409
    assert answer("accepted") == 204
    assert answer("accepted") == 204
    [sent] = worker.http.get("/referrals/sent").json()["parcels"]
    assert (sent["state"], sent["answered_by"], sent["note"], sent["file"]) == ("accepted", "沈若兰", "周一去", file)
    assert answer("refused") == 409
    assert answer("contacted") == 204
    [sent] = deputy.http.get("/referrals/sent").json()["parcels"]
    assert (sent["state"], sent["contacted_at"] is not None) == ("contacted", True)
    assert receiver.http.get(f"/referrals/received/{element}").status_code == 404
    assert query("SELECT sealed_content FROM parcel WHERE sealed_content IS NOT NULL") == []


def test_nobody_but_the_receiving_stations_deputies_opens_it(
    worker: Phone, deputy: Phone, head: Phone, receiver: Phone, their_worker: Phone, west_worker: Phone
) -> None:
    file, element, to = new_id(), new_id(), receiver.policy["station"]["id"]
    approve(deputy, worker, file, apply_for(worker, file, element, referral(receiver)))
    assert send(worker, file, element, to).status_code == 204
    for phone in (worker, deputy, head, their_worker):
        assert phone.http.get(f"/referrals/received/{element}").status_code in (403, 404)
        answered = phone.http.post(f"/referrals/received/{element}/answer", json={"state": "accepted"})
        assert answered.status_code in (403, 404)
    assert deputy.http.get("/referrals/received").json()["parcels"] == []
    assert west_worker.http.get("/referrals/sent").json()["parcels"] == []
    assert receiver.http.get("/referrals/sent").json()["parcels"] == []


def test_stations_know_of_each_other_by_name(worker: Phone, receiver: Phone) -> None:
    named = worker.http.get("/stations").json()["stations"]
    assert [one["station_id"] for one in named] == [receiver.policy["station"]["id"]]

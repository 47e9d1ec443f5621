"""Two stations on one server: neither sees, decides, revokes or fetches anything of the other."""

import hashlib
from collections.abc import Callable

import pytest

from server.context import Context
from server.station.founding import DEMO_FILE, found_station, read_plan
from sync.change import change_id
from tests.server.phone import Phone, new_id, set_phone
from tests.server.test_photos import photo, upload


@pytest.fixture
def foreign_head(context: Context, issue: Callable[..., str], make_phone: Callable[[], Phone]) -> Phone:
    other = context.database.write(
        lambda session: found_station(session, context.keyring, read_plan(DEMO_FILE), context.now())
    )
    return make_phone().enrol(issue("贺长庚", other))


def test_a_head_of_another_station_reaches_nothing_of_this_one(
    worker: Phone, deputy: Phone, foreign_head: Phone, context: Context
) -> None:
    file, content = new_id(), photo()
    worker.push(
        *[worker.save(new_id(), [set_phone("13500000001")]) for _ in range(context.settings.pack_from_entries + 1)]
    )
    worker.push(worker.save(file, [set_phone("13500000001")]))
    assert upload(worker, file, content).status_code == 204
    [pack] = worker.sync(cursor=None)["packs"]
    worker.seqs.pop(file)
    worker.heads.pop(file)
    fork = worker.save(file, [set_phone("13500000002")])
    assert worker.push(fork)[0].status == "quarantined"
    people = {person["person_id"] for person in foreign_head.http.get("/people").json()["people"]}
    assert not people & {worker.me, deputy.me}
    asked = [
        foreign_head.http.get(f"/packs/{pack['id']}"),
        foreign_head.http.get(f"/attachments/{file}/{hashlib.sha256(content).hexdigest()}"),
        foreign_head.http.post(f"/devices/{worker.replica}/revoke"),
        foreign_head.http.post(f"/review/{change_id(fork.body)}", json={"decision": "accept"}),
        foreign_head.http.post("/enrolment/codes", json={"person_id": worker.me}),
    ]
    assert [answer.status_code for answer in asked] == [404] * len(asked)
    assert foreign_head.http.get("/review").json()["items"] == []
    assert [device["replica"] for device in foreign_head.http.get("/devices").json()["devices"]] == [
        foreign_head.replica
    ]
    page = foreign_head.sync(cursor=worker.sync(cursor=None)["cursor"])
    assert (page["entries"], page["packs"]) == ([], [])
    assert worker.http.get("/policy").status_code == 200


def test_a_change_for_this_station_is_nobodys_change_at_another(worker: Phone, foreign_head: Phone) -> None:
    envelope = worker.save(new_id(), [set_phone("13500000001")])
    [verdict] = foreign_head.push(envelope)
    assert (verdict.status, verdict.reasons[0].code) == ("returned", "bad_signature")
    assert worker.push(envelope)[0].status == "accepted"


def test_a_token_is_worth_nothing_under_another_stations_name(worker: Phone, foreign_head: Phone) -> None:
    secret = worker.http.cookies["yihu_read"].split(".")[1]
    station = foreign_head.policy["station"]["id"]
    answer = foreign_head.http.get("/policy", headers={"Cookie": f"yihu_read={station}.{secret}"})
    assert answer.status_code == 401

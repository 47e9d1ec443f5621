"""T-15: a station whose deputies are gone is taken over by two administrators together, in the open; one alone is refused.

With it the three kinds of administrators, who are three persons, and stand-ins with dates.
"""

from collections.abc import Callable
from typing import Any

import pytest

from server.accounts import rules as accounts
from server.accounts.rules import DutyOn
from server.administration import rules as administration
from server.context import Context
from server.errors import YihuError
from tests.server.conftest import Clock
from tests.server.phone import Phone, new_id, set_phone

HOUR, DAY = 3_600_000, 86_400_000


@pytest.fixture
def make_person(context: Context, station_id: str) -> Callable[..., str]:
    """A further person of the station, by name, with duties."""

    def make(name: str, *duties: DutyOn) -> str:
        return context.database.write(
            lambda session: accounts.make_person(session, context.keyring, station_id, name, duties, 1, context.now())
        )

    return make


@pytest.fixture
def administrators(
    context: Context, station_id: str, make_person: Callable[..., str], enrol: Callable[[str], Phone]
) -> dict[str, Phone]:
    found = {}
    for role, name in (("system", "方砚秋"), ("security", "陆知遥"), ("audit", "顾闻笛")):
        person = make_person(name)
        context.database.write(
            lambda session, person=person, role=role: administration.appoint(  # type: ignore[misc]
                session, station_id, person, role, context.now()
            )
        )
        found[role] = enrol(name)
    return found


def ask(phone: Phone, person: str, duty: str = "deputy") -> Any:
    return phone.http.post("/recoveries", json={"person_id": person, "duty": duty, "reason": "两位副站长都离职了"})


def test_two_administrators_give_the_station_a_deputy_again_and_approvals_go_on(
    administrators: dict[str, Phone], worker: Phone, make_phone: Callable[[], Phone], make_person: Callable[..., str],
    figure: Callable[[str], None],
) -> None:  # fmt: skip
    file = new_id()
    worker.push(worker.save(file, [set_phone("13500000001")]))
    worker.seqs.pop(file)
    worker.heads.pop(file)
    [fork] = worker.push(worker.save(file, [set_phone("13500000002")]))
    heir = make_person("温如玉")
    asked = ask(administrators["system"], heir).json()
    code = administrators["security"].http.post(f"/recoveries/{asked['recovery_id']}/confirm").json()["code"]
    successor = make_phone().enrol(code)
    assert {duty["duty"] for duty in successor.policy["me"]["duties"]} == {"deputy"}
    waiting = successor.http.get("/review").json()["items"]
    assert [item["change"] for item in waiting] == [fork.change]
    decided = successor.http.post(f"/review/{fork.change}", json={"decision": "decline", "reason": "重复"})
    assert decided.status_code == 200
    seen = worker.http.get("/recoveries").json()["recoveries"]
    assert (seen[0]["person_id"], seen[0]["asked_by"], seen[0]["confirmed_by"]) == (
        heir, administrators["system"].me, administrators["security"].me,
    )  # fmt: skip
    events = [one["event"] for one in administrators["audit"].http.get("/audit").json()["entries"]]
    assert {"recovery_asked", "recovery_confirmed"} <= set(events)
    figure("recovery by two: a deputy again, the waiting change decided, seen by the station and on record")


def lone_ways(administrators: dict[str, Phone], worker: Phone, head: Phone, heir: str) -> list[str]:
    """Every way of one person alone that ended with a code."""
    system, security, audit = (administrators[one] for one in ("system", "security", "audit"))
    asked = ask(system, heir).json()["recovery_id"]
    answers = {
        "system twice": system.http.post(f"/recoveries/{asked}/confirm"),
        "the audit administrator confirms": audit.http.post(f"/recoveries/{asked}/confirm"),
        "a worker confirms": worker.http.post(f"/recoveries/{asked}/confirm"),
        "a head confirms": head.http.post(f"/recoveries/{asked}/confirm"),
        "a code by the system administrator": system.http.post("/enrolment/codes", json={"person_id": heir}),
        "a code by the security administrator": security.http.post("/enrolment/codes", json={"person_id": heir}),
        "a worker asks": ask(worker, heir),
        "an audit administrator asks": ask(audit, heir),
        "duties by the security administrator": security.http.post(f"/people/{heir}/duties", json={"duties": []}),
    }
    return [name for name, answer in answers.items() if answer.status_code < 400]


def test_one_alone_is_refused_in_every_way(
    administrators: dict[str, Phone], worker: Phone, head: Phone, make_person: Callable[..., str],
    figure: Callable[[str], None],
) -> None:  # fmt: skip
    ways = lone_ways(administrators, worker, head, make_person("温如玉"))
    figure(f"one alone in 9 ways: {len(ways)} worked")
    assert ways == []


def test_a_recovery_is_confirmed_once_and_in_time(
    administrators: dict[str, Phone], make_person: Callable[..., str], clock: Clock
) -> None:
    security = administrators["security"]
    first = ask(administrators["system"], make_person("温如玉")).json()["recovery_id"]
    assert security.http.post(f"/recoveries/{first}/confirm").status_code == 200
    assert security.http.post(f"/recoveries/{first}/confirm").json()["code"] == "conflict"
    late = ask(administrators["system"], make_person("白露")).json()["recovery_id"]
    clock.now += 73 * HOUR
    for one in administrators.values():
        one.open_session("read")
    assert security.http.post(f"/recoveries/{late}/confirm").json()["code"] == "conflict"


def test_no_account_can_hold_two_powers(
    administrators: dict[str, Phone], context: Context, station_id: str, deputy: Phone, head: Phone
) -> None:
    people = {role: phone.me for role, phone in administrators.items()} | {"deputy": deputy.me, "head": head.me}
    refused = 0
    for held, person in people.items():
        for role in administration.ROLES:
            if role == held:
                continue
            with pytest.raises(YihuError, match="roles_apart"):
                context.database.write(
                    lambda session, person=person, role=role: administration.appoint(  # type: ignore[misc]
                        session, station_id, person, role, context.now()
                    )
                )
            refused += 1
    assert refused == 12
    given = {"duties": [{"duty": "worker", "scopes": [head.policy["scopes"][0]["id"]]}]}
    assert head.http.post(f"/people/{people['audit']}/duties", json=given).json()["code"] == "roles_apart"


def test_administrators_read_no_file_and_the_audit_administrator_alone_the_record(
    administrators: dict[str, Phone], worker: Phone, head: Phone, deputy: Phone
) -> None:
    worker.push(worker.save(new_id(), [set_phone("13500000001")]))
    for phone in administrators.values():
        page = phone.sync(cursor=None)
        assert (page["entries"], page["packs"]) == ([], [])
        assert phone.http.get("/review").status_code == 403
    answers = {
        name: phone.http.get("/audit").status_code
        for name, phone in {**administrators, "head": head, "deputy": deputy, "worker": worker}.items()
    }
    assert [name for name, status in answers.items() if status == 200] == ["audit"]
    assert head.http.get("/audit", params={"alarms": "true"}).status_code == 200


def test_without_an_audit_administrator_the_head_reads_the_record(head: Phone, deputy: Phone) -> None:
    assert head.http.get("/audit").json()["entries"][0]["event"] == "device_enrolled"
    assert deputy.http.get("/audit").json()["code"] == "not_allowed"


def test_a_stand_in_begins_and_ends_by_itself_and_leaves_what_was_held_before(
    deputy: Phone, worker: Phone, west_worker: Phone, clock: Clock
) -> None:
    file = new_id()
    worker.push(worker.save(file, [set_phone("13500000001")]))
    request = {
        "person_id": west_worker.me,
        "for_person_id": deputy.me,
        "from_at": clock.now + DAY,
        "until_at": clock.now + 3 * DAY,
    }
    assert west_worker.http.post("/stand-ins", json=request).json()["code"] == "not_allowed"
    given = deputy.http.post("/stand-ins", json=request)
    assert (given.status_code, given.json()["state"]) == (201, "planned")
    assert west_worker.http.get("/review").status_code == 403
    told = {}
    for days in (1, 2, 3):
        clock.now += DAY
        west_worker.open_session("read")
        told[days] = west_worker.http.get("/review").status_code
    assert told == {1: 200, 2: 200, 3: 403}
    assert [one["state"] for one in west_worker.http.get("/stand-ins").json()["stand_ins"]] == ["over"]
    west_worker.open_session("read")
    import json

    policy = json.loads(west_worker.http.get("/policy").json()["body"])
    assert [duty["duty"] for duty in policy["me"]["duties"]] == ["worker"]


def test_a_stand_in_can_be_ended_early(deputy: Phone, west_worker: Phone, clock: Clock) -> None:
    request = {
        "person_id": west_worker.me,
        "for_person_id": deputy.me,
        "from_at": clock.now,
        "until_at": clock.now + 3 * DAY,
    }
    given = deputy.http.post("/stand-ins", json=request).json()
    assert (given["state"], west_worker.http.get("/review").status_code) == ("running", 200)
    assert deputy.http.delete(f"/stand-ins/{given['stand_in_id']}").status_code == 204
    assert west_worker.http.get("/review").status_code == 403


def test_teeth_when_one_person_suffices_it_is_seen(
    administrators: dict[str, Phone], worker: Phone, head: Phone, make_person: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(administration, "_RECOVERERS", ("system", "security", "audit"))
    ways = lone_ways(administrators, worker, head, make_person("温如玉"))
    assert ways == ["the audit administrator confirms", "an audit administrator asks"]

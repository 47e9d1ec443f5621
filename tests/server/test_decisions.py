"""What people decide about changes that wait: take in, decline, enter again, ask, put away; one by one and in bulk."""

from collections.abc import Callable
from typing import Any

import pytest

from server.context import Context
from server.station import rules as stations
from sync.change import Envelope, change_id
from sync.verdict import Verdict
from sync.versions import Base
from tests.server.phone import Phone, new_id, set_phone


def listed(deputy: Phone) -> dict[str, dict[str, Any]]:
    answer = deputy.http.get("/review")
    assert answer.status_code == 200, answer.text
    return {item["change"]: item for item in answer.json()["items"]}


def decide(deputy: Phone, change: Envelope, decision: str, **more: Any) -> Any:
    return deputy.http.post(f"/review/{change_id(change.body)}", json={"decision": decision, **more})


def verdict_of(answer: Any) -> Verdict:
    assert answer.status_code == 200, answer.text
    return Phone.read(answer.json()["verdict"])


def look(deputy: Phone, change: Envelope) -> dict[str, Any]:
    answer = deputy.http.get(f"/review/{change_id(change.body)}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def missing_base(phone: Phone, file: str) -> Envelope:
    """Held: its form showed a change that never arrived."""
    return phone.save(
        file, [set_phone("13900000001")], base=Base({phone.replica: phone.seqs.get(file, 0), "ab" * 16: 1})
    )


def revoke(deputy: Phone, phone: Phone) -> None:
    assert deputy.http.post(f"/devices/{phone.replica}/revoke").status_code == 204


def push_sealed(phone: Phone, *envelopes: Envelope) -> None:
    answer = phone.http.post("/sealed", json={"items": [phone.seal(one) for one in envelopes]})
    assert [one["code"] for one in answer.json()["results"]] == ["received"] * len(envelopes), answer.text


def forked(phone: Phone, file: str) -> Envelope:
    """A second change under the dot of one that the server has."""
    body = phone.body(file, [set_phone("13900000002")])
    twin = phone.save(file, [set_phone("13900000003")])
    assert phone.push(twin)[0].status == "accepted"
    from sync.change import sign_document

    fork = sign_document(body, phone.key)
    (verdict,) = phone.push(fork)
    assert (verdict.status, verdict.reasons[0].code) == ("quarantined", "fork")
    return fork


@pytest.fixture
def file(worker: Phone) -> str:
    made = new_id()
    assert worker.push(worker.save(made, [set_phone("13900000000")]))[0].status == "accepted"
    return made


def test_a_held_change_says_whom_it_waits_for_and_is_forced_by_a_deputy(
    worker: Phone, colleague: Phone, deputy: Phone, file: str
) -> None:
    unseen = colleague.save(file, [set_phone("13900000009")], base=Base({worker.replica: 1}))
    waiting = worker.save(file, [set_phone("13900000001")], base=Base({worker.replica: 1, colleague.replica: 1}))
    assert worker.push(waiting)[0].status == "held"
    item = listed(deputy)[change_id(waiting.body)]
    assert (item["why"], item["reasons"][0]["code"]) == ("held", "dependency_missing")
    seen = look(deputy, waiting)
    assert seen["waits_for"] == [{"replica": colleague.replica, "seq": 1, "person_id": colleague.me}]
    assert seen["if_accepted"] == {"status": "accepted", "reasons": [{"code": "admitted"}], "conflicts": []}
    assert seen["envelope"] == waiting.to_json()
    forced = verdict_of(decide(deputy, waiting, "accept", reason="李姐的手机丢了，等不到"))
    assert (forced.status, forced.by) == ("accepted", deputy.me)
    assert [(one.code, one.say) for one in forced.reasons] == [("admitted", "李姐的手机丢了，等不到")]
    assert listed(deputy) == {}
    assert colleague.push(unseen)[0].status == "accepted"


def test_looking_writes_nothing(worker: Phone, deputy: Phone, file: str, query: Callable[[str], list[Any]]) -> None:
    waiting = missing_base(worker, file)
    worker.push(waiting)
    before = query("SELECT count(*), max(position) FROM log_entry")
    look(deputy, waiting)
    assert query("SELECT count(*), max(position) FROM log_entry") == before


def test_what_the_server_cannot_read_is_not_forced(worker: Phone, deputy: Phone, file: str) -> None:
    newer = worker.save(file, [set_phone("13900000001")], schema=999)
    assert worker.push(newer)[0].reasons[0].code == "schema_newer"
    assert look(deputy, newer)["if_accepted"] is None
    assert decide(deputy, newer, "accept").json()["code"] == "cannot_accept"
    assert verdict_of(decide(deputy, newer, "decline", reason="请更新后重填")).status == "declined"


def test_the_list_says_why_each_change_waits(
    worker: Phone, colleague: Phone, deputy: Phone, head: Phone, file: str, west_worker: Phone, context: Context
) -> None:
    fork = forked(worker, file)
    late = colleague.save(new_id(), [set_phone("13900000004")])
    move = {"duties": [{"duty": "worker", "scopes": [west_worker.scope]}]}
    assert head.http.post(f"/people/{colleague.me}/duties", json=move).status_code == 200
    assert colleague.push(late)[0].reasons[0].code == "no_longer_allowed"
    revoke(deputy, worker)
    lost = worker.save(file, [set_phone("13900000005")])
    push_sealed(worker, lost)
    whys = {change: item["why"] for change, item in listed(deputy).items()}
    assert whys == {
        change_id(fork.body): "fork",
        change_id(late.body): "former_scope",
        change_id(lost.body): "lost_phone",
    }


def test_a_change_whose_author_lost_the_duty_but_not_the_patch_says_so(
    worker: Phone, deputy: Phone, head: Phone, file: str
) -> None:
    resolved = deputy.save(file, [set_phone("13900000007")], act="resolve", base=Base({worker.replica: 1}))
    lower = {"duties": [{"duty": "worker", "scopes": [scope["id"] for scope in deputy.policy["scopes"]]}]}
    assert head.http.post(f"/people/{deputy.me}/duties", json=lower).status_code == 200
    assert deputy.push(resolved)[0].reasons[0].code == "no_longer_allowed"
    assert listed(head)[change_id(resolved.body)]["why"] == "role_changed"
    assert verdict_of(decide(head, resolved, "accept")).status == "accepted"


def test_of_a_lost_phone_many_are_taken_in_at_once_but_nothing_that_meets_another_value(
    worker: Phone, colleague: Phone, deputy: Phone, file: str
) -> None:
    files = [new_id() for _ in range(20)]
    worker.push(*[worker.save(one, [set_phone("13900000010")]) for one in files])
    now = colleague.sync()["server_at"]
    revoke(deputy, colleague)
    lost: list[Envelope] = []
    for one in files:
        lost.append(
            colleague.save(
                one,
                [{"op": "set", "path": "household_size", "value": 4}],
                base=Base({worker.replica: 1}),
                server_at=now,
                at=now,
            )
        )
        member = new_id()
        lost.append(
            colleague.save(
                one,
                [{"op": "append", "path": "members", "id": member, "value": {"name": "单小妹"}}],
                base=Base({worker.replica: 1, colleague.replica: 1}),
                server_at=now,
                at=now,
            )
        )
        lost.append(
            colleague.save(
                one,
                [{"op": "set", "path": f"members/{member}/name", "value": "单小红"}],
                base=Base({worker.replica: 1, colleague.replica: 2}),
                server_at=now,
                at=now,
            )
        )
    push_sealed(colleague, *lost)
    met = files[3]
    worker.push(worker.save(met, [{"op": "set", "path": "household_size", "value": 5}]))
    ids = [change_id(one.body) for one in lost]
    answer = deputy.http.post("/review/decisions", json={"decision": "accept", "changes": ids, "reason": "本人确认"})
    results = {one["change"]: one for one in answer.json()["results"]}
    stays = {change for change, one in results.items() if one["code"]}
    assert stays == {change_id(lost[9].body)}
    assert {one["code"] for one in results.values()} == {None, "needs_look"}
    assert set(listed(deputy)) == stays
    assert look(deputy, lost[9])["if_accepted"]["conflicts"] == ["household_size"]
    assert verdict_of(decide(deputy, lost[9], "accept")).status == "accepted"


def test_of_a_lost_phone_nothing_is_taken_in_that_showed_what_came_here_later(
    worker: Phone, colleague: Phone, deputy: Phone, file: str
) -> None:
    """Under the worker's number the lost phone had what a log held that was put back; nobody there is left to say so."""
    worker.push(worker.save(file, [set_phone("13900000011")]))
    showed = Base({worker.replica: worker.seqs[file]})
    blind = colleague.save(file, [set_phone("13900000012")], base=showed)
    revoke(deputy, colleague)
    push_sealed(colleague, blind)
    assert change_id(blind.body) in listed(deputy)
    refused = decide(deputy, blind, "accept")
    assert (refused.status_code, refused.json()["code"]) == (409, "cannot_accept")
    assert worker.push(worker.save(file, [set_phone("13900000013")]))[0].status == "accepted"


def test_many_are_declined_only_with_a_reason(worker: Phone, colleague: Phone, deputy: Phone, file: str) -> None:
    revoke(deputy, colleague)
    lost = [colleague.save(file, [set_phone(f"1390000002{n}")], base=Base({worker.replica: 1})) for n in range(2)]
    push_sealed(colleague, *lost)
    ids = [change_id(one.body) for one in lost]
    refused = deputy.http.post("/review/decisions", json={"decision": "decline", "changes": ids})
    assert refused.json()["field"] == "reason"
    done = deputy.http.post("/review/decisions", json={"decision": "decline", "changes": ids, "reason": "不是本人写的"})
    assert [one["status"] for one in done.json()["results"]] == ["declined", "declined"]


def test_a_fork_is_entered_again_by_the_deputy_and_its_author_is_told(worker: Phone, deputy: Phone, file: str) -> None:
    fork = forked(worker, file)
    assert look(deputy, fork)["if_accepted"] is None
    assert decide(deputy, fork, "accept").json()["code"] == "cannot_accept"
    stranger = deputy.save(file, [set_phone("13900000002")], base=Base({worker.replica: 2}))
    deputy.push(stranger)
    wrong = decide(deputy, fork, "reissued", instead=change_id(stranger.body))
    assert wrong.json()["field"] == "instead"
    again = deputy.save(
        file, [set_phone("13900000002")], base=Base({worker.replica: 2, deputy.replica: 1}),
        reissues=change_id(fork.body),
    )  # fmt: skip
    assert deputy.push(again)[0].status == "accepted"
    told = verdict_of(decide(deputy, fork, "reissued", instead=change_id(again.body), reason="已代您录入"))
    reasons = [("reissued", "已代您录入"), ("fork", None)]  # it stays one (C-6)
    assert (told.status, [(one.code, one.say) for one in told.reasons]) == ("declined", reasons)
    assert worker.push(fork)[0].status == "declined"


def test_an_author_asks_about_a_returned_change_and_the_deputy_sees_the_note(
    worker: Phone, deputy: Phone, colleague: Phone, file: str
) -> None:
    refused = worker.save(file, [{"op": "set", "path": "household_size", "value": -4}])
    assert worker.push(refused)[0].status == "returned"
    path = f"/review/{change_id(refused.body)}"
    assert listed(deputy) == {}
    assert decide(deputy, refused, "decline", reason="不对").json()["code"] == "change_final"
    assert colleague.http.post(f"{path}/ask", json={"note": "不是我的"}).status_code == 404
    assert worker.http.post(f"{path}/ask", json={"note": "系统说不行，可是真的"}).status_code == 200
    item = listed(deputy)[change_id(refused.body)]
    assert (item["why"], item["note"], item["status"]) == ("asked", "系统说不行，可是真的", "returned")
    assert decide(deputy, refused, "accept").json()["code"] == "cannot_accept"
    assert verdict_of(decide(deputy, refused, "decline", reason="请写实际人数")).status == "declined"
    assert listed(deputy) == {}
    assert worker.http.post(f"{path}/ask", json={}).json()["code"] == "change_final"


def test_the_author_alone_puts_a_returned_change_away_and_the_server_keeps_it(
    worker: Phone, colleague: Phone, file: str, query: Callable[[str], list[Any]]
) -> None:
    refused = worker.save(file, [{"op": "set", "path": "household_size", "value": -4}])
    worker.push(refused)
    path = f"/review/{change_id(refused.body)}/dismiss"
    assert colleague.http.post(path).status_code == 404
    away = verdict_of(worker.http.post(path))
    assert (away.status, away.reasons[0].code, away.by) == ("declined", "dismissed", worker.me)
    assert verdict_of(worker.http.post(path)).position == away.position
    assert query(f"SELECT status FROM change WHERE change_id = '{change_id(refused.body)}'") == [("declined",)]  # noqa: S608
    waiting = missing_base(worker, file)
    worker.push(waiting)
    assert worker.http.post(f"/review/{change_id(waiting.body)}/dismiss").json()["code"] == "change_waits"


def test_a_deputy_of_another_patch_neither_sees_nor_decides(
    worker: Phone, deputy: Phone, head: Phone, file: str, context: Context, station_id: str
) -> None:
    waiting = missing_base(worker, file)
    worker.push(waiting)
    patches = context.database.read(lambda session: stations.list_patches(session, context.keyring, station_id, 10))
    west = next(patch.scope for patch in patches if patch.name == "西片区")
    only_west = {"duties": [{"duty": "deputy", "scopes": [west]}]}
    assert head.http.post(f"/people/{deputy.me}/duties", json=only_west).status_code == 200
    assert listed(deputy) == {}
    assert deputy.http.get(f"/review/{change_id(waiting.body)}").status_code == 404
    many = deputy.http.post("/review/decisions", json={"decision": "accept", "changes": [change_id(waiting.body)]})
    assert many.json()["results"][0]["code"] == "not_found"


def test_a_new_reader_gets_undecided_forks_with_the_pack(
    worker: Phone, deputy: Phone, enrol: Callable[[str], Phone], file: str
) -> None:
    fork = forked(worker, file)
    worker.push(*[worker.save(new_id(), [set_phone("13900000010")]) for _ in range(120)])
    entries = enrol("沈若兰").pull_all()
    assert fork.to_json() in [entry["envelope"] for entry in entries if entry["kind"] == "change"]


def test_the_device_list_names_a_phone_whose_store_was_copied(worker: Phone, deputy: Phone, file: str) -> None:
    forked(worker, file)
    devices = {one["replica"]: one["forks"] for one in deputy.http.get("/devices").json()["devices"]}
    assert (devices[worker.replica], devices[deputy.replica]) == (1, 0)

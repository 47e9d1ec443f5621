"""Pushing changes and pulling what others made: verdicts in order, nothing twice, nothing lost, nothing outside one's scope."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from schemas.registry import get_kind
from server.context import Context
from server.intake import rules as intake
from server.intake.checks import find_rules
from server.station import rules as stations
from sync.change import Envelope, change_id, from_base64url, sign_document, verify
from sync.fold import fold, state_digest
from sync.rules import Rules
from sync.tree import EMPTY_ROOT
from sync.versions import Base, Dot
from tests.server.phone import Phone, fold_inputs, new_id, set_phone

Query = Callable[[str], list[Any]]


def codes(*verdicts: Any) -> list[tuple[str, str | None]]:
    return [(verdict.status, verdict.reasons[0].code if verdict.reasons else None) for verdict in verdicts]


def test_a_pushed_change_is_accepted_and_reaches_the_colleague_with_its_digest(worker: Phone, colleague: Phone) -> None:
    file = new_id()
    envelope = worker.save(file, [set_phone("13500000001")])
    [verdict] = worker.push(envelope)
    assert (verdict.status, verdict.position, verdict.duty) == ("accepted", 1, "worker")
    page = colleague.sync(cursor=None)
    [entry] = page["entries"]
    assert entry["envelope"] == envelope.to_json()
    rules = find_rules("household")
    assert rules is not None
    assert page["digests"] == {file: state_digest(fold(rules, fold_inputs([entry])))}


def test_a_device_that_starts_from_the_beginning_is_sent_its_own_changes_again(worker: Phone) -> None:
    envelope = worker.save(new_id(), [set_phone("13500000001")])
    worker.push(envelope)
    assert [entry.get("envelope") for entry in worker.sync(cursor=None)["entries"]] == [envelope.to_json()]


def test_verdicts_come_in_the_order_of_the_batch_and_are_signed_by_the_station(worker: Phone) -> None:
    files = [new_id() for _ in range(20)]
    envelopes = [worker.save(file, [set_phone(f"1350000{n:04}")]) for n, file in enumerate(files)]
    answer = worker.sync(*envelopes)
    key = from_base64url(worker.policy["verdict_key"])
    verdicts = [Envelope(**one) for one in answer["verdicts"]]
    assert all(verify(one, key) for one in verdicts)
    read = [worker.read(one) for one in answer["verdicts"]]
    assert [one.change for one in read] == [change_id(envelope.body) for envelope in envelopes]
    assert [one.position for one in read] == list(range(1, 21))


def test_pushing_again_changes_nothing_and_gives_the_same_verdicts(worker: Phone, query: Query) -> None:
    envelopes = [worker.save(new_id(), [set_phone("13500000001")]) for _ in range(3)]
    first = worker.sync(*envelopes, envelopes[0])["verdicts"]
    assert first[3] == first[0]
    for _ in range(2):
        assert worker.sync(*envelopes)["verdicts"] == first[:3]
    assert query("SELECT COUNT(*) FROM change") == [(3,)]
    assert query("SELECT value FROM counter WHERE name = 'log'") == [(3,)]


def test_own_changes_come_back_as_verdicts_only(worker: Phone) -> None:
    envelope = worker.save(new_id(), [set_phone("13500000001")])
    page = worker.sync(envelope, cursor=worker.sync()["cursor"])
    assert [entry["kind"] for entry in page["entries"]] == ["verdict"]
    assert page["entries"][0]["verdict"] == page["verdicts"][0]


def test_a_change_with_one_byte_altered_is_returned_and_the_sound_one_still_counts(worker: Phone, query: Query) -> None:
    file = new_id()
    sound = worker.save(file, [set_phone("13500000001")])
    altered = replace(sound, body=sound.body.replace("13500000001", "13500000007"))
    [verdict] = worker.push(altered)
    assert codes(verdict) == [("returned", "bad_signature")]
    assert (verdict.change, verdict.dot, verdict.file) == (change_id(altered.body), None, None)
    assert codes(*worker.push(altered, sound)) == [("returned", "bad_signature"), ("accepted", None)]
    assert query("SELECT COUNT(*) FROM change") == [(2,)]


def test_a_stranger_cannot_spoil_a_change_by_sending_it_first_with_a_false_signature(
    worker: Phone, colleague: Phone
) -> None:
    sound = worker.save(new_id(), [set_phone("13500000001")])
    false = replace(sound, sig=sign_document({"type": "other"}, colleague.key).sig)
    assert codes(*colleague.push(false)) == [("returned", "bad_signature")]
    assert codes(*worker.push(sound)) == [("accepted", None)]


@pytest.mark.parametrize("text", ["", "{}", "not json", '{"a":1,"a":2}', '{"x":"\\ud800"}', "[" * 5000, '{"v":1.5}'])
def test_text_that_is_no_change_is_answered_in_its_place_and_blocks_nothing(worker: Phone, text: str) -> None:
    sound = worker.save(new_id(), [set_phone("13500000001")])
    nonsense = Envelope(text, "A" * 86)
    assert [verdict.status for verdict in worker.push(nonsense, sound, nonsense)] == [
        "returned",
        "accepted",
        "returned",
    ]


def test_a_malformed_change_that_its_author_signed_is_returned_and_occupies_its_dot(worker: Phone) -> None:
    file = new_id()
    body = {**worker.body(file, [set_phone("13500000001")]), "ops": "none"}
    [verdict] = worker.push(sign_document(body, worker.key))
    assert (verdict.status, verdict.dot, verdict.file) == ("returned", Dot(worker.replica, 1), file)
    other = worker.save(file, [set_phone("13500000002")])
    assert codes(*worker.push(other)) == [("quarantined", "fork")]


def test_a_change_beyond_its_size_is_returned_alone(worker: Phone) -> None:
    big = worker.body(new_id(), [set_phone("13500000001")])
    big["padding"] = "长" * 30_000
    sound = worker.save(new_id(), [set_phone("13500000001")])
    verdicts = worker.push(sign_document(big, worker.key), sound)
    assert codes(*verdicts) == [("returned", "too_large"), ("accepted", None)]


def test_a_field_of_a_newer_app_waits_and_loses_nothing(worker: Phone, colleague: Phone, deputy: Phone) -> None:
    newer = worker.policy["schema_versions"]["household"] + 1
    ops = [{"op": "set", "path": "field_of_tomorrow", "value": "kept"}]
    envelope = worker.save(new_id(), ops, schema=newer, extra={"key_of_tomorrow": "kept too"})
    assert codes(*worker.push(envelope)) == [("held", "schema_newer")]
    [entry] = colleague.pull_all()
    assert entry["envelope"] == envelope.to_json()
    assert deputy.http.get("/review").json()["items"][0]["status"] == "held"


def test_what_waited_for_a_newer_server_is_judged_when_the_server_is_newer(
    worker: Phone, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = get_kind("household")
    envelope = worker.save(new_id(), [set_phone("13500000001")], schema=kind.version + 1)
    assert codes(*worker.push(envelope)) == [("held", "schema_newer")]
    station = worker.policy["station"]["id"]
    assert context.database.write(lambda session: intake.judge_held_again(session, context, station)) == 0
    newer = kind.model_copy(update={"version": kind.version + 1})
    monkeypatch.setattr("server.intake.batch.find_kind", lambda _name: newer)
    monkeypatch.setattr("server.intake.batch.find_rules", lambda _name: Rules.of(newer.rules()))
    assert context.database.write(lambda session: intake.judge_held_again(session, context, station)) == 1
    assert codes(*worker.push(envelope)) == [("accepted", None)]


def test_an_unknown_key_in_a_change_is_kept_byte_for_byte(worker: Phone, colleague: Phone) -> None:
    envelope = worker.save(new_id(), [set_phone("13500000001")], extra={"weather": "晴"})
    assert codes(*worker.push(envelope)) == [("accepted", None)]
    assert colleague.pull_all()[0]["envelope"] == envelope.to_json()


@pytest.mark.parametrize(("years", "flag"), [(10, "clock_ahead"), (-10, "clock_behind")])
def test_a_clock_ten_years_off_is_accepted_and_flagged(worker: Phone, context: Context, years: int, flag: str) -> None:
    now = context.now()
    at = now + years * 365 * 86_400_000
    [verdict] = worker.push(worker.save(new_id(), [set_phone("13500000001")], at=at, server_at=now))
    assert codes(verdict) == [("accepted", flag)]


def test_a_change_waits_for_what_it_builds_on_and_is_judged_again_when_that_arrives(
    worker: Phone, colleague: Phone
) -> None:
    file = new_id()
    first, second, third = (worker.save(file, [set_phone(f"1350000000{n}")]) for n in range(3))
    assert codes(*worker.push(third, second)) == [("held", "dependency_missing"), ("held", "dependency_missing")]
    assert codes(*worker.push(first)) == [("accepted", None)]
    assert codes(*worker.push(second, third)) == [("accepted", None), ("accepted", None)]
    latest = {}
    for entry in colleague.pull_all():
        verdict = Phone.read(entry["verdict"])
        latest[verdict.change] = (verdict.status, entry["kind"])
    assert set(latest.values()) == {("accepted", "change")}


def test_a_second_change_under_the_same_dot_is_quarantined_and_never_taken_in(worker: Phone, deputy: Phone) -> None:
    file = new_id()
    first = worker.save(file, [set_phone("13500000001")])
    worker.seqs, worker.heads = {}, {}
    second = worker.save(file, [set_phone("13500000002")])
    assert codes(*worker.push(first, second)) == [("accepted", None), ("quarantined", "fork")]
    answer = deputy.http.post(f"/review/{change_id(second.body)}", json={"decision": "accept"})
    assert answer.json()["code"] == "cannot_accept"
    declined = deputy.http.post(
        f"/review/{change_id(second.body)}", json={"decision": "decline", "reason": "重复的编号"}
    )
    verdict = Phone.read(declined.json()["verdict"])
    assert (verdict.status, verdict.by, verdict.reasons[0].say) == ("declined", deputy.me, "重复的编号")
    assert codes(*worker.push(second)) == [("declined", "declined")]


def test_a_deputy_takes_in_what_a_revoked_phone_had_recorded(worker: Phone, colleague: Phone, deputy: Phone) -> None:
    file = new_id()
    worker.push(worker.save(file, [set_phone("13500000001")]))
    colleague.pull_all()
    deputy.http.post(f"/devices/{worker.replica}/revoke")
    late = worker.save(file, [set_phone("13500000002")])
    assert worker.http.post("/sealed", json={"items": [worker.seal(late)]}).status_code == 200
    assert colleague.pull_all()[0]["kind"] == "change"
    change = change_id(late.body)
    assert colleague.http.post(f"/review/{change}", json={"decision": "accept"}).json()["code"] == "not_allowed"
    decided = Phone.read(deputy.http.post(f"/review/{change}", json={"decision": "accept"}).json()["verdict"])
    assert (decided.status, decided.by) == ("accepted", deputy.me)
    assert deputy.http.get("/review").json()["items"] == []
    again = deputy.http.post(f"/review/{change}", json={"decision": "decline", "reason": "x"})
    assert again.json()["code"] == "change_final"
    assert Phone.read(colleague.pull_all()[0]["verdict"]).status == "accepted"


def test_nobody_writes_in_anothers_name_or_into_another_station(worker: Phone, colleague: Phone) -> None:
    in_name = worker.save(new_id(), [set_phone("13500000001")], person=colleague.me)
    elsewhere = worker.save(new_id(), [set_phone("13500000001")], station=new_id())
    replayed = worker.save(new_id(), [set_phone("13500000001")], deployment=new_id())
    assert codes(*worker.push(in_name, elsewhere, replayed)) == [
        ("returned", "wrong_author"), ("returned", "wrong_station"), ("returned", "wrong_deployment")
    ]  # fmt: skip


def test_nothing_of_one_patch_reaches_a_worker_of_another(
    worker: Phone, west_worker: Phone, deputy: Phone, context: Context
) -> None:
    east, west = new_id(), new_id()
    worker.push(worker.save(east, [set_phone("13500000001")]))
    west_worker.push(west_worker.save(west, [set_phone("13500000002")]))
    intruding = west_worker.save(east, [set_phone("13500000003")])
    inventing = west_worker.save(new_id(), [set_phone("13500000003")], scope=worker.scope)
    assert codes(*west_worker.push(intruding, inventing)) == [("returned", "not_allowed")] * 2
    seen = [entry["envelope"]["body"] for entry in west_worker.pull_all() if entry["kind"] == "change"]
    assert not any(east in body and "13500000001" in body for body in seen)
    assert {Phone.read(entry["verdict"]).file for entry in deputy.pull_all()} >= {east, west}


def test_a_cursor_that_names_anothers_scope_opens_nothing(worker: Phone, west_worker: Phone) -> None:
    worker.push(worker.save(new_id(), [set_phone("13500000001")]))
    forged = worker.sync(cursor=None)["cursor"]
    page = west_worker.sync(cursor=forged)
    assert [entry for entry in page["entries"] if entry["kind"] == "change"] == []


@pytest.mark.parametrize("cursor", [None, "", "nonsense", "e30", "eyJ2Ijo5OSwiYSI6e319", "A" * 4000])
def test_any_cursor_gets_an_answer_and_an_unusable_one_starts_from_the_beginning(
    worker: Phone, colleague: Phone, cursor: str | None
) -> None:
    worker.push(*[worker.save(new_id(), [set_phone("13500000001")]) for _ in range(3)])
    assert len(colleague.sync(cursor=cursor)["entries"]) == 3


def test_pages_by_key_bring_each_entry_once(worker: Phone, colleague: Phone) -> None:
    files = [new_id() for _ in range(25)]
    worker.push(*[worker.save(file, [set_phone("13500000001")]) for file in files])
    entries = colleague.pull_all(limit=4)
    assert [Phone.read(entry["verdict"]).position for entry in entries] == list(range(1, 26))
    assert colleague.pull_all() == []


def test_the_first_sync_comes_as_a_pack_with_the_tail_behind_it(
    worker: Phone, colleague: Phone, context: Context
) -> None:
    files = [new_id() for _ in range(context.settings.pack_from_entries + 20)]
    for start in range(0, len(files), 60):
        worker.push(*[worker.save(file, [set_phone("13500000001")]) for file in files[start : start + 60]])
    page = colleague.sync(cursor=None)
    [pack] = page["packs"]
    assert (page["entries"], page["more"]) == ([], False)
    assert {Phone.read(entry["verdict"]).file for entry in colleague.read_pack(pack)} == set(files)
    worker.push(worker.save(files[0], [set_phone("13500000002")]))
    tail = colleague.sync(cursor=page["cursor"])
    assert [Phone.read(entry["verdict"]).file for entry in tail["entries"]] == [files[0]]
    again = colleague.sync(cursor=None)
    assert [one["id"] for one in again["packs"]] == [pack["id"]]
    assert [Phone.read(entry["verdict"]).file for entry in again["entries"]] == [files[0]]


def test_a_broken_pack_download_goes_on_where_it_stopped(worker: Phone, west_worker: Phone, context: Context) -> None:
    count = context.settings.pack_from_entries + 10
    worker.push(*[worker.save(new_id(), [set_phone("13500000001")]) for _ in range(count)])
    [pack] = worker.sync(cursor=None)["packs"]
    url = f"/packs/{pack['id']}"
    whole = worker.http.get(url).content
    rest = worker.http.get(url, headers={"Range": f"bytes={1000}-"})
    assert (rest.status_code, rest.headers["Content-Range"]) == (206, f"bytes 1000-{len(whole) - 1}/{len(whole)}")
    assert whole[:1000] + rest.content == whole
    beyond = worker.http.get(url, headers={"Range": f"bytes={len(whole)}-"})
    assert beyond.json()["code"] == "range_not_satisfiable"
    assert west_worker.http.get(url).status_code == 404


def test_a_file_leaves_a_device_whose_person_lost_the_patch(worker: Phone, colleague: Phone, context: Context) -> None:
    file = new_id()
    worker.push(worker.save(file, [set_phone("13500000001")]))
    colleague.pull_all()
    station = colleague.policy["station"]["id"]

    context.database.write(lambda session: stations.change_duties(session, station, colleague.me, []))
    page = colleague.sync(cursor=colleague.cursor)
    assert page["entries"] == [{"kind": "leave", "file": file}]
    assert colleague.sync(cursor=page["cursor"])["entries"] == []
    late = colleague.save(file, [set_phone("13500000002")], base=Base({worker.replica: 1}))
    assert codes(*colleague.push(late)) == [("quarantined", "no_longer_allowed")]


def test_who_asks_for_everything_anew_is_told_what_left_and_what_entered_meanwhile(
    worker: Phone, colleague: Phone, context: Context
) -> None:
    file = new_id()
    worker.push(worker.save(file, [set_phone("13500000001")]))
    colleague.push(colleague.save(new_id(), [set_phone("13500000009")]))
    colleague.pull_all()
    station, before = colleague.policy["station"]["id"], colleague.cursor
    again = {"cursor": before, "again": True}

    page = colleague.http.post("/sync", json=again).json()
    assert {"kind": "enter", "file": file, "scope": worker.scope} in page["entries"]
    assert sum(entry["kind"] == "change" for entry in page["entries"]) == 2  # also one's own
    context.database.write(lambda session: stations.change_duties(session, station, colleague.me, []))
    late = colleague.save(file, [set_phone("13500000002")], base=Base({worker.replica: 1}))
    page = colleague.http.post("/sync", json=again | {"push": [late.to_json()]}).json()
    assert {"kind": "leave", "file": file} in page["entries"]
    assert page["digests"] == {}  # nobody compares what they may not hold


def test_a_locked_phone_gets_sealed_saves_home_and_learns_nothing_else(worker: Phone, colleague: Phone) -> None:
    envelope = worker.save(new_id(), [set_phone("13500000001")])
    item = worker.seal(envelope)
    broken = {"id": item["id"], "sealed": item["sealed"][:-8] + "AAAAAAAA"}
    misnamed = {**item, "id": "0" * 64}
    worker.http.cookies.delete("yihu_read")
    answers = [
        worker.http.post("/sealed", json={"items": items}).json() for items in ([item, broken, misnamed], [item])
    ]
    assert [[one["code"] for one in answer["results"]] for answer in answers] == [
        ["received", "refused", "refused"], ["known"]
    ]  # fmt: skip
    assert {key for one in answers[0]["results"] for key in one} == {"id", "code"}
    assert [entry["envelope"] for entry in colleague.pull_all()] == [envelope.to_json()]


def test_a_device_of_an_epoch_that_is_not_here_is_refused_though_it_remembers_no_root(worker: Phone) -> None:
    def ask(epoch: int) -> Any:
        claim = {"epoch": epoch, "size": 0, "hash": EMPTY_ROOT.hex()}
        return worker.http.post("/sync", json={"push": [], "cursor": None, "limit": 10, "log": claim})

    assert ask(0).status_code == 200
    assert (ask(7).status_code, ask(7).json()["code"]) == (409, "log_behind")

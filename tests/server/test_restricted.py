"""Restricted records: who works in a patch puts them into its drawer, and only deputies, heads and who is named there read them."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from sync.change import Envelope
from sync.drawers import KIND, drawer_of
from tests.server.phone import Phone, new_id, set_phone

CANARY = "金丝雀限知九九零"


def put_in(phone: Phone, scope: str, file: str | None = None, **changed: Any) -> tuple[str, Envelope]:
    file = file or new_id()
    ops = [
        {"op": "set", "path": "note", "value": CANARY},
        {"op": "add", "path": "categories", "value": "mental_severe"},
    ]
    given = {"kind": KIND, "scope": drawer_of(scope), "schema": phone.policy["schema_versions"][KIND], **changed}
    return file, phone.save(file, given.pop("ops", ops), **given)


def policy_of(phone: Phone) -> dict[str, Any]:
    phone.policy = json.loads(phone.http.get("/policy").json()["body"])
    return phone.policy


def everything(phone: Phone, *files: str) -> str:
    """All that the server tells a phone that asks for everything, by every way that it has."""
    phone.cursor = None
    told: list[Any] = [phone.pull_all(), policy_of(phone), phone.sync(cursor=phone.cursor)]
    for file in files:
        [differs] = [phone.http.post("/have", json={"files": {file: "0" * 64}, "changes": True}).json()]
        told.append(json.dumps(differs, ensure_ascii=False).replace(file, "asked"))
    told += [phone.http.get(path).text for path in ("/review", "/returned", "/people", "/readings", "/same-persons")]
    return json.dumps(told, ensure_ascii=False)


def test_a_worker_puts_a_record_in_and_reads_it_no_more(
    worker: Phone, colleague: Phone, deputy: Phone, west_worker: Phone
) -> None:
    household = new_id()
    worker.push(worker.save(household, [set_phone("13900000001")]))
    file, envelope = put_in(worker, worker.scope)
    [verdict] = worker.push(envelope)
    assert (verdict.status, verdict.duty) == ("accepted", "worker")

    for outside in (colleague, west_worker):
        told = everything(outside, file, household)
        assert CANARY not in told
        assert file not in told
        assert "mental_severe" not in told
    # Its author hears the verdict, which holds no word of it, and nothing else.
    own = everything(worker, file, household)
    assert CANARY not in own
    assert '"kind": "enter"' not in own

    entries = {entry["kind"]: entry for entry in deputy.pull_all() if file in json.dumps(entry)}
    assert CANARY in entries["change"]["envelope"]["body"]
    assert deputy.sync(cursor=None)["digests"] is not None


def test_a_new_device_of_the_author_gets_nothing_of_it_in_a_pack_either(
    worker: Phone, enrol: Callable[[str], Phone], context: Any
) -> None:
    context.settings.pack_from_entries = 1
    for _ in range(3):
        worker.push(worker.save(new_id(), [set_phone("13900000001")]))
    file, envelope = put_in(worker, worker.scope)
    worker.push(envelope)
    again = enrol("林小满")
    told = json.dumps(again.pull_all(), ensure_ascii=False)
    assert "13900000001" in told
    assert CANARY not in told
    new_deputy = enrol("沈若兰")
    assert CANARY in json.dumps(new_deputy.pull_all(), ensure_ascii=False)


def test_nobody_adds_to_what_they_may_not_read_but_its_author(worker: Phone, colleague: Phone, deputy: Phone) -> None:
    file, envelope = put_in(worker, worker.scope)
    worker.push(envelope)
    [blind] = colleague.push(put_in(colleague, worker.scope, file)[1])
    assert (blind.status, blind.reasons[0].code) == ("returned", "not_allowed")
    [own] = worker.push(put_in(worker, worker.scope, file, ops=[{"op": "set", "path": "told_by", "value": "邻居"}])[1])
    assert own.status == "accepted"
    [note] = deputy.push(
        put_in(deputy, worker.scope, file, ops=[{"op": "set", "path": "agreed", "value": "每周去"}])[1]
    )
    assert (note.status, note.duty) == ("accepted", "deputy")


def test_whoever_works_elsewhere_puts_nothing_in(west_worker: Phone, worker: Phone) -> None:
    [verdict] = west_worker.push(put_in(west_worker, worker.scope)[1])
    assert (verdict.status, verdict.reasons[0].code) == ("returned", "not_allowed")


@pytest.mark.parametrize(
    ("kind", "in_drawer"),
    [pytest.param(KIND, False, id="a restricted record in a patch"), pytest.param("household", True, id="a household")],
)
def test_each_kind_lives_where_it_belongs(worker: Phone, colleague: Phone, kind: str, in_drawer: bool) -> None:
    scope = drawer_of(worker.scope) if in_drawer else worker.scope
    ops = [set_phone("13900000001")] if in_drawer else [{"op": "set", "path": "note", "value": CANARY}]
    [verdict] = worker.push(worker.save(new_id(), ops, kind=kind, scope=scope, schema=1))
    assert (verdict.status, verdict.reasons[0].code) == ("returned", "wrong_scope")
    assert CANARY not in everything(colleague)


def test_what_few_may_know_is_returned_from_a_household_file(worker: Phone) -> None:
    member = {"op": "append", "path": "members", "id": new_id(), "value": {"categories": ["dibao", "child_hiv"]}}
    [verdict] = worker.push(worker.save(new_id(), [member]))
    assert (verdict.status, verdict.reasons[0].code) == ("returned", "belongs_apart")


def test_a_deputy_names_a_reader_and_takes_it_back(
    deputy: Phone, worker: Phone, colleague: Phone, query: Callable[[str], list[Any]]
) -> None:
    file, envelope = put_in(worker, worker.scope)
    worker.push(envelope)
    drawer = drawer_of(worker.scope)
    [told] = policy_of(worker)["drawers"]
    assert (told["id"], told["of"], told["reads"]) == (drawer, worker.scope, False)
    assert (
        worker.http.post(f"/drawers/{drawer}/readers", json={"person_id": colleague.me, "reads": True}).status_code
        == 403
    )
    named = deputy.http.post(f"/drawers/{drawer}/readers", json={"person_id": colleague.me, "reads": True})
    assert named.status_code == 200
    assert colleague.me in named.json()["readers"]
    assert colleague.me in policy_of(worker)["drawers"][0]["readers"]

    assert policy_of(colleague)["drawers"][0]["reads"] is True
    assert colleague.policy["me"]["duties"] == [{"duty": "worker", "scopes": [colleague.scope]}]
    assert CANARY in json.dumps(colleague.pull_all(), ensure_ascii=False)
    [note] = colleague.push(
        put_in(colleague, worker.scope, file, ops=[{"op": "set", "path": "agreed", "value": "好"}])[1]
    )
    assert note.status == "accepted"

    deputy.http.post(f"/drawers/{drawer}/readers", json={"person_id": colleague.me, "reads": False})
    left = colleague.pull_all()
    assert {"kind": "leave", "file": file} in left
    assert CANARY not in everything(colleague, file)
    events = [row[0] for row in query("SELECT event FROM audit_entry ORDER BY position")]
    assert (events.count("reader_named"), events.count("reader_unnamed")) == (1, 1)


def test_duties_given_anew_leave_named_readers_and_a_deputy_who_goes_reads_no_more(
    head: Phone, deputy: Phone, worker: Phone, colleague: Phone
) -> None:
    drawer = drawer_of(worker.scope)
    file, envelope = put_in(worker, worker.scope)
    worker.push(envelope)
    deputy.http.post(f"/drawers/{drawer}/readers", json={"person_id": colleague.me, "reads": True})
    west = next(one["id"] for one in head.policy["scopes"] if one["id"] != worker.scope)
    given = {"duties": [{"duty": "worker", "scopes": [west]}]}
    assert head.http.post(f"/people/{colleague.me}/duties", json=given).status_code == 200
    assert CANARY in json.dumps(colleague.pull_all(), ensure_ascii=False)
    deputy.pull_all()
    assert head.http.post(f"/people/{deputy.me}/duties", json=given).status_code == 200
    assert {"kind": "leave", "file": file} in deputy.pull_all()
    assert CANARY not in everything(deputy, file)


def test_a_record_goes_along_when_its_household_moves_and_nowhere_else(
    deputy: Phone, worker: Phone, west_worker: Phone
) -> None:
    file, envelope = put_in(worker, worker.scope)
    worker.push(envelope)
    deputy.pull_all()
    west = next(one["id"] for one in deputy.policy["scopes"] if one["id"] != worker.scope)
    [refused] = deputy.push(put_in(deputy, worker.scope, file, ops=[], act="transfer", to=west)[1])
    assert (refused.status, refused.reasons[0].code) == ("returned", "scope_unknown")
    [moved] = deputy.push(put_in(deputy, worker.scope, file, ops=[], act="transfer", to=drawer_of(west))[1])
    assert moved.status == "accepted"
    assert CANARY not in everything(west_worker, file)

"""The needs board: posted by a record made offline, seen by the whole station without a name, taken up by one, fulfilled by the record."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.server.phone import Phone, new_id

Op = dict[str, object]


def need(element: str, **changed: object) -> Op:
    value = {
        "linked_on": "2026-11-20", "need": "rehabilitation", "kind": "goods", "state": "sought", "on_board": True,
        "board_text": "一位独居老人需要轮椅一辆", "quantity": "一辆", **changed,
    }  # fmt: skip
    return {"op": "append", "path": "resource_links", "id": element, "value": value}


def member(name: str) -> Op:
    return {
        "op": "append",
        "path": "members",
        "id": new_id(),
        "value": {"name": name, "relation": "02", "former_names": "老憨"},
    }


def change(element: str, field: str, value: object) -> Op:
    return {"op": "set", "path": f"resource_links/{element}/{field}", "value": value}


def board(phone: Phone) -> list[dict[str, object]]:
    answer = phone.http.get("/board")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["entries"])


def save(phone: Phone, file: str, *ops: Op) -> None:
    [verdict] = phone.push(phone.save(file, list(ops)))
    assert verdict.status == "accepted", verdict.reasons


def test_a_need_stands_on_everyones_board_without_the_family(worker: Phone, west_worker: Phone) -> None:
    file, element = new_id(), new_id()
    save(worker, file, member("牛占山"), need(element))
    [own], [far] = board(worker), board(west_worker)
    assert (own["file"], own["element"]) == (file, element)
    assert (far["file"], far["element"]) == (None, None)
    assert (far["words"], far["quantity"], far["state"]) == ("一位独居老人需要轮椅一辆", "一辆", "open")
    assert far["patch"]
    assert "牛占山" not in str(far)
    assert file not in str(far)


@pytest.mark.parametrize("words", ["牛占山要轮椅", "老憨家要轮椅", "打13900000990", "第12号院要轮椅"])
def test_words_that_tell_who_it_is_are_withheld_until_they_are_put_otherwise(
    worker: Phone, west_worker: Phone, words: str
) -> None:
    file, element = new_id(), new_id()
    address: Op = {"op": "set", "path": "address", "value": {"village_name": "上坪村", "door": "12号院"}}
    save(worker, file, member("牛占山"), address, need(element, board_text=words))
    assert board(west_worker) == []
    [own] = board(worker)
    assert own["state"] == "withheld"
    assert west_worker.http.post(f"/board/{own['entry']}/take", json={"note": "我有"}).status_code == 404
    save(worker, file, change(element, "board_text", "一位老人要轮椅"))
    assert [one["words"] for one in board(west_worker)] == ["一位老人要轮椅"]


def test_one_person_takes_it_up_and_the_record_fulfils_it(worker: Phone, west_worker: Phone, deputy: Phone) -> None:
    file, element = new_id(), new_id()
    save(worker, file, need(element))
    [entry] = [str(one["entry"]) for one in board(west_worker)]
    assert west_worker.http.post(f"/board/{entry}/take", json={"note": "残联有一辆"}).status_code == 204
    assert deputy.http.post(f"/board/{entry}/take", json={"note": "我也有"}).status_code == 409
    [seen] = board(worker)
    assert (seen["state"], seen["taken_by"], seen["note"]) == ("taken", west_worker.me, "残联有一辆")
    save(worker, file, change(element, "quantity", "两辆"))  # what is written meanwhile leaves it taken
    assert [one["state"] for one in board(worker)] == ["taken"]
    save(worker, file, change(element, "state", "delivered"), change(element, "delivered_on", "2026-11-21"))
    assert [one["state"] for one in board(west_worker)] == ["fulfilled"]
    save(worker, file, change(element, "state", "not_needed"))
    assert board(west_worker) == []


def test_only_who_took_it_or_who_decides_there_gives_it_back(worker: Phone, west_worker: Phone, deputy: Phone) -> None:
    file = new_id()
    save(worker, file, need(new_id()))
    [entry] = [str(one["entry"]) for one in board(west_worker)]
    assert west_worker.http.post(f"/board/{entry}/take", json={"note": "我来"}).status_code == 204
    assert worker.http.post(f"/board/{entry}/give-back").status_code == 403
    assert deputy.http.post(f"/board/{entry}/give-back").status_code == 204
    assert [(one["state"], one["taken_by"], one["note"]) for one in board(worker)] == [("open", None, "")]
    assert west_worker.http.post(f"/board/{new_id()}/take", json={"note": "我来"}).status_code == 404


def test_its_words_lie_sealed_in_the_database(worker: Phone, query: Callable[[str], list[Any]]) -> None:
    save(worker, new_id(), need(new_id(), board_text="轮椅轮椅轮椅"))
    assert len(board(worker)) == 1
    [row] = query("SELECT * FROM board_entry")
    assert "轮椅轮椅".encode() not in b"".join(
        str(one).encode() if isinstance(one, str | int) else bytes(one or b"") for one in row
    )

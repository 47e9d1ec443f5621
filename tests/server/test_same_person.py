"""One person in two files: found by the blind index, checked against the files as they stand, told only to those who may know."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import Session

from schemas.id_number import check_character
from server.accounts import rules as accounts
from server.accounts.rules import DutyOn
from server.context import Context
from server.station import rules as stations
from sync.versions import Base
from tests.server.phone import Phone, new_id


def number(place: int) -> str:
    first17 = f"99010119500101{place:03d}"
    return first17 + check_character(first17)


def old(new: str) -> str:
    return new[:6] + new[8:17]


def add_person(phone: Phone, id_number: str, file: str | None = None, **more: Any) -> tuple[str, str]:
    file, member = file or new_id(), new_id()
    value = {"name": "单桂英", "id_number": id_number, **more}
    [verdict] = phone.push(phone.save(file, [{"op": "append", "path": "members", "id": member, "value": value}]))
    assert verdict.status == "accepted"
    return file, member


def pairs(phone: Phone) -> list[tuple[str, ...]]:
    phone.open_session()
    answer = phone.http.get("/same-person")
    assert answer.status_code == 200, answer.text
    return [tuple(sorted(file["file"] for file in item["files"])) for item in answer.json()["items"]]


def test_a_worker_and_the_deputy_learn_of_two_files_in_their_patch(
    worker: Phone, colleague: Phone, deputy: Phone
) -> None:
    one, _ = add_person(worker, number(1))
    other, _ = add_person(colleague, number(1).lower())
    add_person(colleague, number(2))
    for phone in (worker, deputy):
        assert pairs(phone) == [tuple(sorted((one, other)))]
    item = deputy.http.get("/same-person").json()["items"][0]
    assert item["persons"] == 1
    assert all(file["readable"] for file in item["files"])


def test_a_worker_is_not_told_that_someone_is_on_a_list_elsewhere(
    worker: Phone, west_worker: Phone, deputy: Phone
) -> None:
    one, _ = add_person(worker, number(1))
    other, _ = add_person(west_worker, number(1))
    assert pairs(worker) == pairs(west_worker) == []
    assert pairs(deputy) == [tuple(sorted((one, other)))]


def test_a_deputy_of_one_patch_learns_that_the_other_file_exists_and_nothing_of_it(
    context: Context, station_id: str, enrol: Callable[[str], Phone], worker: Phone, west_worker: Phone
) -> None:
    def appoint(session: Session) -> str:
        patches = stations.list_patches(session, context.keyring, station_id, 10)
        west = next(patch.scope for patch in patches if patch.name == "西片区")
        duties = [DutyOn("deputy", west)]
        return accounts.make_person(session, context.keyring, station_id, "严望舒", duties, 1, context.now())

    context.database.write(appoint)
    west_deputy = enrol("严望舒")
    one, _ = add_person(worker, number(1))
    other, _ = add_person(west_worker, number(1))
    add_person(worker, number(3))
    add_person(worker, number(3))  # a pair in which she has no part
    assert pairs(west_deputy) == [tuple(sorted((one, other)))]
    text = west_deputy.http.get("/same-person").text
    assert number(1) not in text
    assert "单桂英" not in text
    told = {file["file"]: file["readable"] for file in west_deputy.http.get("/same-person").json()["items"][0]["files"]}
    assert told == {one: False, other: True}


def test_an_old_number_of_fifteen_digits_finds_the_new_one(worker: Phone) -> None:
    one, _ = add_person(worker, old(number(1)))
    other, _ = add_person(worker, number(1))
    assert pairs(worker) == [tuple(sorted((one, other)))]


def test_what_was_corrected_or_moved_out_since_makes_no_pair(worker: Phone) -> None:
    add_person(worker, number(1))
    file, member = add_person(worker, number(1))
    [verdict] = worker.push(
        worker.save(file, [{"op": "set", "path": f"members/{member}/id_number", "value": number(4)}])
    )
    assert verdict.status == "accepted"
    add_person(worker, number(5), moved_out_on="2026-01-02")
    add_person(worker, number(5))
    assert pairs(worker) == []


def test_damaged_numbers_make_no_pair(worker: Phone) -> None:
    add_person(worker, "99010119500101")
    add_person(worker, "99010119500101")
    assert pairs(worker) == []


def test_a_settled_pair_is_told_as_settled(worker: Phone, deputy: Phone) -> None:
    one, _ = add_person(worker, number(1))
    other, _ = add_person(worker, number(1))
    deputy.open_session()
    item = deputy.http.get("/same-person").json()["items"][0]
    assert not item["settled"]
    value = {
        "rule": "same_id_number", "conflict": item["conflict"], "facts": item["digest"], "reason": "派出所重号，已报",
    }  # fmt: skip
    change = deputy.save(max(one, other), [{"op": "append", "path": "settlements", "id": new_id(), "value": value}])
    [verdict] = deputy.push(change)
    assert verdict.status == "accepted"
    assert deputy.http.get("/same-person").json()["items"][0]["settled"]


def test_a_worker_settles_nothing(worker: Phone) -> None:
    one, _ = add_person(worker, number(1))
    value = {"rule": "size_differs", "conflict": "0" * 32, "facts": "0" * 64, "reason": "x"}
    [verdict] = worker.push(worker.save(one, [{"op": "append", "path": "settlements", "id": new_id(), "value": value}]))
    assert verdict.status == "returned"


def test_nobody_is_told_without_an_open_vault(worker: Phone, make_phone: Callable[[], Phone]) -> None:
    assert make_phone().http.get("/same-person").status_code == 401
    worker.open_session("upload")
    worker.http.cookies.delete("yihu_read")
    assert worker.http.get("/same-person").status_code == 401


@pytest.mark.parametrize("limit", [0, 501])
def test_a_limit_out_of_bounds_is_refused(worker: Phone, limit: int) -> None:
    worker.open_session()
    assert worker.http.get(f"/same-person?limit={limit}").status_code == 422


def test_files_that_were_merged_are_one_and_part_again_when_the_merge_is_undone(worker: Phone, deputy: Phone) -> None:
    one, _ = add_person(worker, number(1))
    other, _ = add_person(worker, number(1))
    third, _ = add_person(worker, number(1))
    base = {"vector": {worker.replica: 1}, "except": []}
    merge = deputy.save(one, [], act="merge", merge={"file": other, "base": base}, base=Base({worker.replica: 1}))
    [verdict] = deputy.push(merge)
    assert verdict.status == "accepted", verdict
    assert pairs(deputy) == [tuple(sorted((one, third)))]
    unmerge = deputy.save(
        one, [], act="unmerge", merge={"file": other}, base=Base({deputy.replica: 1, worker.replica: 1})
    )
    [verdict] = deputy.push(unmerge)
    assert verdict.status == "accepted", verdict
    assert len(pairs(deputy)) == 3

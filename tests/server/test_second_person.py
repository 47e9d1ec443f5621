"""A risk level is lowered by two people, and a file number belongs to one household: the server refuses what a tampered phone sends."""

from collections.abc import Callable

import pytest

from tests.server.phone import Phone, new_id

Op = dict[str, object]


def level(value: object) -> Op:
    return {"op": "set", "path": "risk_level", "value": value}


def review(by: Phone, proposed: str, element: str, **changed: object) -> Op:
    value = {"reviewed_on": "2026-11-20", "level": proposed, "level_before": "red", "proposed_by": by.me, **changed}
    return {"op": "append", "path": "risk_reviews", "id": element, "value": value}


def confirm(by: Phone, element: str) -> Op:
    return {"op": "add", "path": f"risk_reviews/{element}/confirmed_by", "value": by.me}


def codes(phone: Phone, file: str, *ops: Op) -> set[str]:
    [verdict] = phone.push(phone.save(file, list(ops)))
    return {reason.code for reason in verdict.reasons} if verdict.status == "returned" else {verdict.status}


@pytest.mark.parametrize("lower", ["yellow", "blue", "green", None])
def test_one_person_alone_lowers_nothing(worker: Phone, lower: str | None) -> None:
    file, element = new_id(), new_id()
    assert codes(worker, file, level("red")) == {"accepted"}  # raising needs nobody
    assert codes(worker, file, level(lower)) == {"second_person_needed"}
    if lower is not None:
        own = [review(worker, lower, element), confirm(worker, element), level(lower)]
        assert codes(worker, file, *own) == {"second_person_needed"}


def test_two_people_lower_it_and_only_to_the_level_that_was_proposed(worker: Phone, deputy: Phone) -> None:
    file, element = new_id(), new_id()
    first = worker.save(file, [level("red")])
    second = worker.save(file, [review(worker, "blue", element)])
    assert [one.status for one in worker.push(first, second)] == ["accepted", "accepted"]
    seen = deputy_base(worker, file)
    green = deputy.save(file, [confirm(deputy, element), level("green")], base=seen)
    assert {reason.code for reason in deputy.push(green)[0].reasons} == {"second_person_needed"}
    blue = deputy.save(file, [confirm(deputy, element), level("blue")], base=seen)
    assert deputy.push(blue)[0].status == "accepted"


def test_nobody_proposes_or_confirms_in_another_persons_name(worker: Phone, deputy: Phone) -> None:
    file, element = new_id(), new_id()
    assert codes(worker, file, level("red")) == {"accepted"}
    forged = review(worker, "green", element, proposed_by=deputy.me)
    assert "not_in_your_name" in codes(worker, file, forged, confirm(worker, element), level("green"))
    stamped = review(worker, "green", element, confirmed_by=[deputy.me])
    assert "not_in_your_name" in codes(worker, file, stamped, level("green"))
    other = {"op": "add", "path": f"risk_reviews/{element}/confirmed_by", "value": deputy.me}
    assert "not_in_your_name" in codes(worker, file, review(worker, "green", element), other, level("green"))


def test_a_file_number_is_given_once(deputy: Phone, make_phone: Callable[[], Phone]) -> None:
    one, other = new_id(), new_id()
    number: Op = {"op": "set", "path": "file_number", "value": "GX-0001"}
    assert codes(deputy, one, number) == {"accepted"}
    assert codes(deputy, other, number) == {"number_taken"}
    assert codes(deputy, one, {"op": "set", "path": "phone", "value": "13900000990"}) == {"accepted"}
    assert codes(deputy, other, {**number, "value": "GX-0002"}) == {"accepted"}
    third, fourth = (
        deputy.save(new_id(), [{**number, "value": "GX-3"}]),
        deputy.save(new_id(), [{**number, "value": "GX-3"}]),
    )
    assert [one.status for one in deputy.push(third, fourth)] == ["accepted", "returned"]  # in one batch


def deputy_base(author: Phone, file: str):  # type: ignore[no-untyped-def]
    """What a colleague sees who holds all of this author's saves."""
    from sync.versions import Base

    return Base({author.replica: author.seqs[file]})

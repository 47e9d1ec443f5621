"""Values, instruments and forms are checked on the server as on the phone: a save by its values, a submission by its form."""

import pytest

from schemas.instruments import instruments
from tests.server.phone import Phone, new_id, set_phone


def test_an_approval_cannot_be_asked_for_what_its_form_demands_and_nobody_answered(worker: Phone) -> None:
    file, element = new_id(), new_id()
    started = worker.save(file, [{"op": "append", "path": "assessments", "id": element, "value": {}}])
    assert worker.push(started)[0].status == "accepted"  # a save is never stopped by a form
    about = {
        "section": f"assessments/{element}",
        "content": "0" * 64,
        "schema": worker.policy["schema_versions"]["household"],
    }
    [verdict] = worker.push(worker.save(file, [], act="submit", about=about))
    assert verdict.status == "returned"
    assert {reason.code for reason in verdict.reasons} == {"required"}
    assert all(reason.path and reason.path.startswith(f"assessments/{element}/") for reason in verdict.reasons)


def test_a_plan_is_judged_by_its_form_goal_by_goal(worker: Phone) -> None:
    file, element = new_id(), new_id()
    plan = {"starts_on": "2026-11-20", "ends_on": "2026-11-01", "goal_1": {"goal": "屋顶不漏"}}
    assert worker.push(
        worker.save(file, [{"op": "append", "path": "plans", "id": element, "value": plan}])
    )[0].status == "accepted"  # fmt: skip
    about = {
        "section": f"plans/{element}",
        "content": "0" * 64,
        "schema": worker.policy["schema_versions"]["household"],
    }
    [verdict] = worker.push(worker.save(file, [], act="submit", about=about))
    assert verdict.status == "returned"
    found = {(reason.code, str(reason.path).rpartition("/")[2]) for reason in verdict.reasons}
    assert {("required", "goal_1"), ("required", "measure_1"), ("constraint", "ends_on")} <= found
    assert any(reason.say == "请填写“目标1 · 要达到”。" for reason in verdict.reasons)


def test_a_score_that_is_not_its_answers_score_is_returned(worker: Phone) -> None:
    instrument = next(iter(instruments().values()))
    result = {
        "instrument": instrument.id, "instrument_version": instrument.version, "answers": {}, "score": 99, "band": "x"
    }  # fmt: skip
    ops = [{"op": "append", "path": "instrument_results", "id": new_id(), "value": result}]
    [verdict] = worker.push(worker.save(new_id(), ops))
    assert verdict.status == "returned"
    assert "wrong_score" in {reason.code for reason in verdict.reasons}


@pytest.mark.parametrize(
    ("op", "code"),
    [
        ({"op": "set", "path": "phone", "value": 13500000001}, None),
        ({"op": "set", "path": "risk_level", "value": "purple"}, None),
        ({"op": "set", "path": "field_of_nobody", "value": "x"}, "unknown_field"),
        ({"op": "add", "path": "phone", "value": "13500000001"}, "operation_misfits"),
    ],
)
def test_a_value_that_does_not_fit_is_returned_with_its_place_and_spoils_nothing_else(
    worker: Phone, op: dict[str, object], code: str | None
) -> None:
    wrong, right = worker.save(new_id(), [op]), worker.save(new_id(), [set_phone("13500000001")])
    returned, accepted = worker.push(wrong, right)
    assert (returned.status, accepted.status) == ("returned", "accepted")
    assert returned.reasons[0].op == 0
    assert returned.reasons[0].path == op["path"]
    assert code in (None, returned.reasons[0].code)
    assert "13500000001" not in str(returned.reasons)

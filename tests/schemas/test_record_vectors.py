"""The vectors that both languages read; vitest runs the same files in pwa/src/records."""

from typing import Any

import pytest

from schemas.expressions import UNKNOWN, ExpressionError, evaluate, names_in
from schemas.file_doubts import find_file_doubts
from schemas.forms import check_submission, get_form, variables_of
from schemas.instruments import instruments, score
from schemas.policies import match_policies
from schemas.process import missing_for, read_process
from schemas.registry import get_kind
from schemas.semantic import find_conflicts, semantic_rules
from schemas.values import check_value
from schemas.visit_rules import VisitFacts, find_due, read_facts, visit_rules
from tests.schemas.record_vectors import load, name_of
from tests.schemas.scene import make_state

Case = dict[str, Any]


@pytest.mark.parametrize("case", load("expressions"), ids=name_of)
def test_expression(case: Case) -> None:
    if case.get("refused"):
        with pytest.raises(ExpressionError):
            names_in(case["expression"])
        return
    answer = evaluate(case["expression"], case.get("variables", {}))
    if case.get("unknown"):
        assert answer is UNKNOWN
    else:
        assert answer == case["value"]
        assert type(answer) is type(case["value"])


@pytest.mark.parametrize("case", load("instruments"), ids=name_of)
def test_instrument(case: Case) -> None:
    found = score(instruments()[case["instrument"]], case["answers"])
    assert found.model_dump(mode="json") == {key: case[key] for key in found.model_dump()}


@pytest.mark.parametrize("case", load("forms"), ids=name_of)
def test_form(case: Case) -> None:
    if "problems" in case:
        problems = check_submission(case["form"], case["values"], case["context"])
        assert [[problem.code, problem.path] for problem in problems] == case["problems"]
    variables = variables_of(get_form(case["form"]), case["values"], case["context"])
    for name, value in case.get("calculated", {}).items():
        assert variables[name] == value, name


@pytest.mark.parametrize("case", load("values"), ids=name_of)
def test_value(case: Case) -> None:
    path = case["path"].replace("*", "0" * 32)
    field = get_kind("household").find_field(path)
    assert field is not None
    assert [problem.code for problem in check_value(field, case["value"], path)] == case["codes"]


@pytest.mark.parametrize("case", load("visit_rules"), ids=name_of)
def test_visit_rule(case: Case) -> None:
    found = find_due(VisitFacts(**case["facts"]), visit_rules(), case["today"])
    assert (found.model_dump() if found else None) == case["due"]


@pytest.mark.parametrize("case", load("process"), ids=name_of)
def test_process(case: Case) -> None:
    state = make_state(case["scene"])
    found = read_process(state, case["today"]).model_dump(mode="json")
    found["steps"] = [list(step.values()) for step in found["steps"]]
    assert found == case["standing"]
    assert {step: list(missing_for(state, step)) for step in case["missing_for"]} == case["missing_for"]


@pytest.mark.parametrize("case", load("visit_facts"), ids=name_of)
def test_visit_facts_of_a_file(case: Case) -> None:
    facts = read_facts(make_state(case["scene"]), case["today"])
    assert facts.model_dump(mode="json") == case["facts"]
    due = find_due(facts, visit_rules(), case["today"])
    assert (due.model_dump() if due else None) == case["due"]


@pytest.mark.parametrize("case", load("policy_rules"), ids=name_of)
def test_policies(case: Case) -> None:
    found = match_policies(make_state(case["scene"]), case["today"], case["parameters"])
    assert [list(one.model_dump(mode="json").values()) for one in found] == case["matches"]


@pytest.mark.parametrize("case", load("file_doubts"), ids=name_of)
def test_file_doubts(case: Case) -> None:
    state = make_state(case["scene"])
    found = find_file_doubts(state, case["today"])
    assert [[problem.code, problem.path] for problem in found] == case["doubts"]
    assert {problem.severity for problem in found} <= {"doubt", "error"}
    # A fact is said in one place: what a semantic rule says is no doubt of the file, and the other way round.
    said = {conflict["rule"] for conflict in find_conflicts(semantic_rules("household"), state)}
    assert said >= set(case.get("said_by", ())), said

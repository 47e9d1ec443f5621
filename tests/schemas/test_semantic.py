"""Semantic conflicts: the vectors that the phone reads too, and what the rules promise whatever the facts are."""

import copy
from typing import Any

import pytest

from schemas.registry import get_kind
from schemas.semantic import find_conflicts, find_same_persons, line_of, semantic_rules
from schemas.semantic.find import conflict_id, mark_of
from schemas.semantic.rules import MARK
from tests.schemas.record_vectors import load, name_of

Case = dict[str, Any]
RULES = semantic_rules("household")


@pytest.mark.parametrize("case", load("semantic"), ids=name_of)
def test_semantic_conflict(case: Case) -> None:
    if "state" in case:
        assert find_conflicts(RULES, case["state"]) == case["conflicts"]
        return
    lines = [line_of(RULES, state) for state in case["states"]]
    assert lines == case["lines"]
    assert find_same_persons(RULES, lines) == case["conflicts"]


def test_every_rule_is_shown_open_and_closed() -> None:
    opened, silent = set(), set()
    names = {rule.id for rule in (*RULES.rules, *RULES.across)}
    for case in load("semantic"):
        found = {conflict["rule"] for conflict in case["conflicts"]}
        opened |= found
        silent |= names - found
    assert opened == silent == names


def test_rules_read_only_what_the_kind_declares() -> None:
    kind = get_kind("household")
    for rule in RULES.rules:
        assert all(kind.find_field(name) for name in rule.root), rule.id
        for looked in (*rule.each, *rule.gather):
            collection = kind.find_collection(looked.of)
            assert collection is not None, (rule.id, looked.of)
            assert all(collection.find_field(name) for name in looked.fields if name != MARK), (rule.id, looked.name)
            assert collection.find_field(MARK) is None
    for offer in (offer for rule in RULES.rules for offer in rule.offers):
        assert offer.op == "void" or offer.value, offer.id


def test_sentences_name_only_facts_and_elements_of_their_rule() -> None:
    for rule in RULES.rules:
        known = {looked.name for looked in rule.each} | {fact.name for fact in rule.facts}
        for text in (rule.say_zh, rule.say_en, *(text for offer in rule.offers for text in (offer.zh, offer.en))):
            named = {part.split("}")[0] for part in text.split("{")[1:]}
            assert named <= known, (rule.id, text)


def test_what_is_offered_closes_the_conflict() -> None:
    """Each offer of each vector, carried out on the state, leaves the conflict closed."""
    done = 0
    for case in load("semantic"):
        for conflict in case["conflicts"] if "state" in case else ():
            for offer in conflict["offers"]:
                state = copy.deepcopy(case["state"])
                for op in offer["ops"]:
                    _apply(state, op)
                assert conflict["id"] not in [one["id"] for one in find_conflicts(RULES, state)], (case["name"], offer)
                done += 1
    assert done > 20


def _apply(state: dict[str, Any], op: dict[str, Any]) -> None:
    if op["op"] == "void":
        state["elements"][op["path"]]["voided"] = True
    elif op["op"] == "remove":
        found = state["paths"][op["path"]]
        found["value"] = [value for value in found["value"] if value != op["value"]]
    else:
        state["paths"][op["path"]] = {"status": "settled", "value": op["value"]}


def test_a_settlement_has_its_fields_and_only_a_deputy_or_head_writes_it() -> None:
    settlements = get_kind("household").find_collection("settlements")
    assert settlements is not None
    assert {field.name: field.writers for field in settlements.fields} == dict.fromkeys(
        ("rule", "conflict", "facts", "reason"), ("head", "deputy")
    )


def test_a_mark_tells_nothing_of_the_number_and_equal_numbers_have_one() -> None:
    number = "990101195001010018"
    assert mark_of(number) == mark_of(number.lower())
    assert number not in str(mark_of(number))
    assert mark_of("990101195001010019") is None
    assert mark_of(None) is None


def test_ids_differ_by_file_rule_and_elements() -> None:
    ids = {
        conflict_id(file, rule, elements)
        for file in ("a" * 32, "b" * 32)
        for rule in ("size_differs", "two_heads")
        for elements in ([], ["members/1"], ["members/1", "members/2"], ["members/2", "members/1"])
    }
    assert len(ids) == 16


def test_a_kind_without_rules_has_no_conflicts() -> None:
    assert semantic_rules("unlinked_record").rules == ()
    assert semantic_rules("../household").rules == ()

"""What the household kind says of operations, and the merge rules it gives the engine."""

from typing import Any

import pytest

from schemas.codes import code_lists, get_code_list
from schemas.fields import Field
from schemas.kind import Actor
from schemas.registry import KINDS, find_kind, get_kind

MEMBER = "members/" + "a" * 32
HOUSEHOLD = get_kind("household")
WORKER, DEPUTY = Actor(duties=("worker",)), Actor(duties=("deputy",))


def codes(op: dict[str, Any], actor: Actor | None = None, **known: Any) -> list[tuple[str, str]]:
    return [(problem.code, problem.severity) for problem in HOUSEHOLD.check_operation(op, actor, **known)]


def put(path: str, value: Any) -> dict[str, Any]:
    return {"op": "set", "path": path, "value": value}


def test_a_sound_save_has_no_problem() -> None:
    assert codes(put("phone", "13900000000"), WORKER) == []
    assert codes({"op": "add", "path": "categories", "value": "dibao"}, WORKER) == []
    value = {"name": "赵老根", "relation": "02", "categories": ["dibao"], "id_number": "990105194912310023"}
    assert codes({"op": "append", "path": "members", "id": "a" * 32, "value": value}) == []
    assert codes({"op": "void", "path": MEMBER}) == []


def test_an_answer_withheld_is_a_value_and_may_be_written() -> None:
    assert codes(put("income_yearly_fen", None)) == []
    assert codes(put(f"{MEMBER}/disability", None)) == []


@pytest.mark.parametrize(
    ("op", "code"),
    [
        (put("favourite_colour", "red"), "unknown_field"),
        (put("pets/" + "a" * 32 + "/name", "x"), "unknown_field"),
        ({"op": "append", "path": "pets", "id": "a" * 32, "value": {}}, "unknown_field"),
        (put("members/1/name", "x"), "bad_path"),
        (put("__proto__/x", "x"), "bad_path"),
        ({"op": "append", "path": "members", "id": "1", "value": {}}, "bad_path"),
        ({"op": "append", "path": "members", "id": "a" * 32, "value": "x"}, "bad_path"),
        ({"op": "void", "path": "phone"}, "bad_path"),
        (put("categories", ["dibao"]), "wrong_operation"),
        ({"op": "add", "path": "phone", "value": "1"}, "wrong_operation"),
        ({"op": "add", "path": "categories", "value": "poor"}, "unknown_code"),
        ({"op": "add", "path": "categories", "value": None}, "wrong_type"),
        (put(f"{MEMBER}/born_on", "1949-02-30"), "impossible_date"),
        (put(f"{MEMBER}/name", "名" * 61), "too_long"),
    ],
)
def test_a_save_that_cannot_be_is_refused_with_its_code(op: dict[str, Any], code: str) -> None:
    assert codes(op) == [(code, "error")]


def test_what_a_newer_app_added_is_kept_and_not_judged() -> None:
    newer = {"schema": HOUSEHOLD.version + 1}
    assert codes(put("favourite_colour", "red"), **newer) == []
    assert codes({"op": "append", "path": "pets", "id": "a" * 32, "value": {"name": "旺财"}}, **newer) == []
    value = {"name": "赵老根", "shoe_size": 41}
    assert codes({"op": "append", "path": "members", "id": "a" * 32, "value": value}, **newer) == []
    assert codes(put(f"{MEMBER}/gender", "x"), **newer) == [("unknown_code", "error")]


def test_a_code_that_left_its_list_can_still_be_taken_out() -> None:
    assert codes({"op": "remove", "path": "categories", "value": "wubao"}) == []


def test_the_file_number_is_the_deputys_to_write() -> None:
    assert codes(put("file_number", "990105001-003-00012"), WORKER) == [("not_your_field", "error")]
    assert codes(put("file_number", "990105001-003-00012"), DEPUTY) == []
    note = {"op": "append", "path": "visits", "id": "b" * 32, "value": {"review_note": "很好"}}
    assert codes(note, WORKER) == [("not_your_field", "error")]


def test_a_damaged_id_number_is_a_doubt_and_never_a_refusal() -> None:
    assert codes(put(f"{MEMBER}/id_number", "990105194912310021")) == [("id_check_digit", "doubt")]
    assert codes(put(f"{MEMBER}/id_number", "9.90105E+17")) == [("id_length", "doubt")]


def test_number_birth_date_and_gender_are_held_against_each_other() -> None:
    known = {f"{MEMBER}/born_on": "1949-12", f"{MEMBER}/gender": "2"}
    assert codes(put(f"{MEMBER}/id_number", "990105194912310023"), values=known) == []
    wrong = {f"{MEMBER}/born_on": "1950", f"{MEMBER}/gender": "1"}
    assert codes(put(f"{MEMBER}/id_number", "990105194912310023"), values=wrong) == [
        ("id_born_on_differs", "doubt"),
        ("id_gender_differs", "doubt"),
    ]


def test_an_old_difference_is_not_brought_up_by_another_field() -> None:
    known = {f"{MEMBER}/born_on": "1950", f"{MEMBER}/id_number": "990105194912310023"}
    assert codes(put(f"{MEMBER}/phone", "13900000000"), values=known) == []


def test_a_certificate_is_held_against_id_number_kind_and_grade() -> None:
    known = {f"{MEMBER}/id_number": "990105194912310023"}
    good = {"kind": "4", "grade": "2", "certificate": "99010519491231002342"}
    assert codes(put(f"{MEMBER}/disability", good), values=known) == []
    assert codes(put(f"{MEMBER}/disability", {**good, "grade": "1"}), values=known) == [
        ("certificate_kind_differs", "doubt")
    ]
    other = {f"{MEMBER}/id_number": "990105195001010015"}
    assert ("certificate_id_differs", "doubt") in codes(put(f"{MEMBER}/disability", good), values=other)


def test_a_future_date_is_doubted_only_where_the_receivers_date_is_given() -> None:
    op = put(f"visits/{'b' * 32}/visited_on", "2036-11-22")
    assert codes(op) == []
    assert codes(op, today="2026-11-22") == [("future_date", "doubt")]
    assert codes(put("next_visit_on", "2036-11-22"), today="2026-11-22") == []


def test_no_problem_repeats_the_value() -> None:
    secret = "赵老根的秘密"
    for path in ("phone", "risk_level", f"{MEMBER}/born_on", f"{MEMBER}/id_number", f"{MEMBER}/categories"):
        for name in ("set", "add"):
            for problem in HOUSEHOLD.check_operation({"op": name, "path": path, "value": secret}):
                assert secret not in problem.zh + problem.en + problem.path


def test_merge_rules_follow_the_protocols_table() -> None:
    rules = HOUSEHOLD.rules()
    root, member = rules["fields"], rules["collections"]["members"]["fields"]
    assert root["risk_level"] == {"policy": "safest", "order": ["red", "yellow", "blue", "green"]}
    assert root["consent"] == {"policy": "safest", "order": ["withdrawn", "refused", "given"]}
    assert root["address"] == {"policy": "review", "group": True}
    assert {name: root[name]["policy"] for name in ("phone", "directions", "next_visit_on")} == dict.fromkeys(
        ("phone", "directions", "next_visit_on"), "latest"
    )
    assert {root[name]["policy"] for name in ("income_yearly_fen", "household_size")} == {"review"}
    assert root["file_number"]["policy"] == "once"
    assert root["last_contact_on"]["policy"] == "max"
    assert member["categories"]["policy"] == "union"
    assert {member[name]["policy"] for name in ("disability", "id_number", "name")} == {"review"}
    assert rules["duties"] == ["head", "deputy", "worker"]


def test_an_assessment_is_a_section_that_pins_all_but_the_workers_memo_and_the_next_date() -> None:
    section = HOUSEHOLD.rules()["collections"]["assessments"]["section"]
    fields = set(HOUSEHOLD.rules()["collections"]["assessments"]["fields"])
    assert fields - set(section["pins"]) == {"next_assessment_on", "worker_note"}
    assert section["steps"] == ["deputy"]
    assert len([pin for pin in section["pins"] if pin.endswith("_level")]) == 12


def test_basics_leave_what_changes_by_the_week_free() -> None:
    pins = set(HOUSEHOLD.rules()["sections"]["basics"]["pins"])
    assert pins >= {"address", "household_size", "income_yearly_fen", "categories", "policies_enjoyed"}
    assert not pins & {"phone", "directions", "next_visit_on", "notes", "risk_level", "consent"}


def every_field() -> list[Field]:
    found = []
    for kind in KINDS.values():
        for field in [*kind.fields, *(f for collection in kind.collections for f in collection.fields)]:
            found += [field, *field.parts]
    return found


def test_every_field_speaks_both_languages_and_names_a_list_that_exists() -> None:
    for field in every_field():
        assert field.zh, field.name
        assert field.en, field.name
        assert field.codes is None or field.codes in code_lists(), field.name
        assert (
            not set(field.order) - {code.code for code in get_code_list(field.codes or "").codes} if field.order else 1
        )


def test_every_money_field_says_fen_in_its_name() -> None:
    assert all(field.name.endswith("_fen") for field in every_field() if field.type == "money")


def test_an_unknown_kind_is_none_or_an_error_never_a_guess() -> None:
    assert find_kind("castle") is None
    with pytest.raises(KeyError):
        get_kind("castle")

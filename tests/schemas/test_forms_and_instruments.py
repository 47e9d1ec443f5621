"""Forms demand little and never hide a value; instrument results are computed again from their answers."""

from schemas.codes import get_code_list
from schemas.expressions import evaluate
from schemas.forms import check_submission, forms, get_form
from schemas.instruments import check_result, instruments
from schemas.registry import get_kind

SIX = {"eating": "reached", "dressing": "reached", "bed": "reached", "toilet": "reached", "walking": "reached"}
RESULT = {
    "instrument": "self_care_six",
    "instrument_version": 1,
    "answers": {**SIX, "bathing": "not_reached"},
    "score": 1,
    "band": "partial",
}


def test_every_form_speaks_both_languages_on_every_card() -> None:
    assert {"visit", "assessment", "self_care", "member", "household_basics", "new_household"} <= set(forms())
    for form in forms().values():
        for card in form.cards:
            assert card.zh, (form.id, card.id)
            assert card.en, (form.id, card.id)
            assert card.fields, (form.id, card.id)


def test_a_form_asks_each_field_once() -> None:
    for form in forms().values():
        keys = [asked.key for card in form.cards for asked in card.fields]
        assert len(keys) == len(set(keys)), form.id


def test_the_visit_form_covers_every_declared_field_but_what_others_write() -> None:
    from schemas.registry import get_kind

    visits = get_kind("household").find_collection("visits")
    assert visits
    asked = {field.key for card in get_form("visit").cards for field in card.fields}
    assert {field.name for field in visits.fields} - asked == {"review_note", "signature"}


def test_the_assessment_asks_level_seen_and_wanted_of_all_ten_dimensions() -> None:
    asked = {field.key for card in get_form("assessment").cards for field in card.fields}
    assert len({key for key in asked if key.endswith("_seen")}) == 10
    assert len({key for key in asked if key.endswith("_wanted")}) == 10


def test_a_constraint_stops_only_a_submission_and_so_is_an_error_only_where_something_is_submitted() -> None:
    for form in forms().values():
        collection = get_kind(form.kind).find_collection(form.collection)
        severities = {rule.severity for card in form.cards for asked in card.fields for rule in asked.constraints}
        assert severities <= ({"doubt", "error"} if collection and collection.section else {"doubt"}), form.id


def test_every_record_that_is_reviewed_has_the_form_by_which_the_server_judges_it() -> None:
    sections = {c.section.name for c in get_kind("household").collections if c.section}
    assert sections == {"assessment", "intake", "plan", "crisis", "referral", "evaluation", "closure"}
    assert {form.id for form in forms().values()} >= sections


def test_the_forms_of_the_casework_stand_in_the_process_by_number_and_step() -> None:
    numbered = {form.number: form for form in forms().values() if form.number}
    assert sorted(numbered, key=lambda number: int(number[1:])) == [f"F{n}" for n in range(1, 13)]
    steps = {code.code for code in get_code_list("process_step").codes}
    assert {form.step for form in numbered.values()} == steps
    assert all(form.help_zh and form.help_en for form in numbered.values())


def test_required_sentences_name_the_field_in_both_languages() -> None:
    problem = check_submission("visit", {})[0]
    assert "走访日期" in problem.zh
    assert "Visited on" in problem.en


def test_a_result_that_follows_from_its_answers_is_sound() -> None:
    assert check_result(RESULT, "instrument_results/x") == []


def test_a_result_may_be_unfinished_without_a_score() -> None:
    assert check_result({**RESULT, "answers": SIX, "score": None, "band": None}, "r") == []


def test_a_typed_score_is_found_out() -> None:
    for wrong in ({"score": 0}, {"band": "full"}, {"score": None}, {"answers": SIX}):
        assert [p.code for p in check_result({**RESULT, **wrong}, "r")] == ["wrong_score"], wrong


def test_an_answer_to_an_item_that_does_not_exist_is_found_out() -> None:
    for answers in ({"flying": "reached"}, {"eating": "maybe"}):
        assert [p.code for p in check_result({**RESULT, "answers": answers}, "r")] == ["bad_answer"]


def test_an_unknown_instrument_or_version_is_named() -> None:
    for wrong in ({"instrument": "barthel"}, {"instrument_version": 2}):
        assert [p.code for p in check_result({**RESULT, **wrong}, "r")] == ["unknown_instrument"]


def test_instruments_that_may_not_be_embedded_are_not_shipped() -> None:
    assert not {"barthel", "mmse", "moca", "sdss"} & set(instruments())
    assert all(instrument.licence and instrument.source for instrument in instruments().values())


def test_self_care_bands_are_codes_of_the_members_field() -> None:
    from schemas.codes import get_code_list

    bands = {band.code for band in instruments()["self_care_six"].bands}
    assert bands == {code.code for code in get_code_list("self_care_level").codes}


def test_an_expression_changes_nothing_it_reads() -> None:
    values = {"a": [1, 2], "b": {"c": 3}}
    evaluate("a + [3]", values)
    assert values == {"a": [1, 2], "b": {"c": 3}}

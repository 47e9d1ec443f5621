"""The code lists hold what the standards and the guides say."""

import pytest

from schemas.codes import code_lists, get_code_list


def test_every_list_names_source_version_and_both_languages() -> None:
    assert len(code_lists()) > 50
    for found in code_lists().values():
        assert found.source
        assert found.version
        assert found.codes
        for code in found.codes:
            assert code.code, (found.name, code)
            assert code.zh, (found.name, code)
            assert code.en, (found.name, code)


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("service_function", 13),
        ("service_domain", 16),
        ("process_step", 6),
        ("need_tier", 3),
        ("need_dimension", 10),
        ("need_level", 4),
        ("home_safety", 10),
        ("ethnic_group", 58),
        ("disability_kind", 7),
        ("disability_grade", 4),
        ("mandatory_report_situation", 9),
        ("political_affiliation", 13),
        ("resource_kind", 8),
        ("closure_kind", 8),
        ("work_method", 3),
    ],
)
def test_lists_of_a_fixed_size(name: str, size: int) -> None:
    assert len(get_code_list(name).codes) == size


def test_every_category_has_unit_sensitivity_group_and_definition() -> None:
    categories = get_code_list("client_category").codes
    groups = {code.code for code in get_code_list("category_group").codes}
    assert len(categories) == 44
    for code in categories:
        assert code.extra["unit"] in {"household", "person", "either"}, code.code
        assert code.extra["sensitivity"] in {"1", "2", "3", "4"}, code.code
        assert code.extra["group"] in groups, code.code
        assert code.extra["definition"], code.code


def test_restricted_categories_are_those_the_law_names() -> None:
    apart = {c.code for c in get_code_list("client_category").codes if c.extra["sensitivity"] == "4"}
    assert apart >= {"child_hiv", "community_correction", "community_detox", "released_prisoner", "mental_severe"}
    assert not apart & {"dibao", "elder_alone", "disabled"}


def test_findings_and_needs_stand_under_a_card_and_a_tier() -> None:
    topics = {code.extra["topic"] for code in get_code_list("visit_finding").codes}
    assert topics == {"health", "economy", "support", "safety", "environment", "child"}
    assert {code.extra["level"] for code in get_code_list("service_need").codes} == {"material", "mental", "social"}


def test_relation_codes_of_the_short_list_are_part_of_the_standard() -> None:
    quick = [code.code for code in get_code_list("relation").codes if "quick" in code.extra]
    assert quick == ["02", "10", "20", "28", "30", "38", "40", "51", "52", "70", "97", "99"]

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


@pytest.mark.parametrize(
    ("document", "groups"),
    [
        (
            "NM-19",
            "特困人员 最低生活保障对象 农村留守儿童 农村留守妇女 农村留守老年人 困难退役军人 孤寡老人 高龄老年人 残疾人 未成年人 困境儿童",
        ),
        ("SZ-10", "最低生活保障对象 特困人员 困境儿童 老年人 残疾人 困难妇女"),
        ("SZ-11", "有需求的居民"),
        ("GD-24", "空巢老年人 农村留守老年人 失能 重残老年人 计划生育特殊家庭"),
    ],
)
def test_every_group_that_a_document_names_has_a_category(document: str, groups: str) -> None:
    words = [code.zh for code in get_code_list("client_category").codes]
    lacking = [group for group in groups.split() if not any(group in word for word in words)]
    assert lacking == [], document


@pytest.mark.parametrize(
    ("document", "functions"),
    [
        ("GD-36", "情绪疏导 心理抚慰 精神关爱 关系调适 能力建设 资源链接 社会融入"),
        ("SN-32", "心理抚慰 精神关爱 关系调适 社会融入"),  # named there 心理疏导, 精神抚慰
        ("NM-21", "帮困扶弱 行为矫治 社会康复 权益维护 危机干预 矛盾化解"),
    ],
)
def test_every_function_that_a_document_names_is_one_of_the_thirteen(document: str, functions: str) -> None:
    assert set(functions.split()) <= {code.zh for code in get_code_list("service_function").codes}, document


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

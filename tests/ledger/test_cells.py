"""Single cells: every way a ledger writes a number, a date, a word; and what is said when one cannot be trusted."""

import datetime as dt

import pytest

from server.ledger.reading.cells import (
    read_categories,
    read_disability,
    read_door,
    read_group,
    read_name,
    read_phone,
    read_relation,
    read_village,
    split_address,
)
from server.ledger.reading.dates import read_birth
from server.ledger.reading.identity import read_identity

TODAY = dt.date(2026, 11, 22)
SOUND = "990587197408048193"


@pytest.mark.parametrize(
    "cell",
    [
        SOUND,
        f" {SOUND}\n",
        "'" + SOUND,
        "‘" + SOUND,
        "990587 19740804 8193",
        "990587-19740804-8193",
        "９９０５８７１９７４０８０４８１９３",
        f"身份证:{SOUND}",
        "\u200b" + SOUND,
    ],
)
def test_a_sound_number_is_read_however_it_is_dressed(cell: str) -> None:
    found = read_identity(cell, TODAY)
    assert (found.number, found.code) == (SOUND, None)


def test_a_small_or_wide_x_is_the_check_character() -> None:
    for cell in ("99055819680520646x", "99055819680520646Ｘ", "99055819680520646X"):
        assert read_identity(cell, TODAY).number == "99055819680520646X"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (9.909651958070478e17, "id_rounded"),
        (float(int(SOUND)), "id_rounded"),
        (int(SOUND), "id_rounded"),
        ("9.90587E+17", "id_rounded"),
        ("990587197408048000", "id_rounded"),
        (SOUND[:17] + "4", "id_wrong_check"),
        ("990587197413048193", "id_bad_date"),
        ("990587299901018193", "id_bad_date"),
        (SOUND[:17], "id_wrong_length"),
        (SOUND + "1", "id_wrong_length"),
        ("99O587197408048193", "id_malformed"),
        (None, "id_missing"),
        ("无", "id_missing"),
        ("办理中", "id_missing"),
        ("/", "id_missing"),
    ],
)
def test_a_damaged_number_is_flagged_and_never_passed_off_as_sound(cell: object, code: str) -> None:
    found = read_identity(cell, TODAY)  # type: ignore[arg-type]
    assert (found.number, found.code) == (None, code)


def test_a_number_that_was_stored_as_a_number_is_not_trusted_even_when_its_check_digit_fits() -> None:
    exact = 990587197408048128  # a multiple of 128: survives as a float; nobody can know that it did
    assert read_identity(float(exact), TODAY).number is None


def test_an_old_number_is_converted_and_marked() -> None:
    found = read_identity("990587740804819", TODAY)
    assert (found.number, found.code, found.converted) == (SOUND, "id_converted", True)
    assert read_identity(990587740804819, TODAY).number == SOUND, "15 digits survive as a number"


def test_a_likely_slip_is_offered_and_not_taken() -> None:
    found = read_identity("9905871974O8048193", TODAY)
    assert (found.number, found.suggestion) == (None, SOUND)
    assert read_identity(SOUND + "42", TODAY).suggestion == SOUND


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (dt.datetime(1974, 8, 4), "1974-08-04"),  # noqa: DTZ001 -- a spreadsheet knows no zone
        (dt.date(1974, 8, 4), "1974-08-04"),
        (27245, "1974-08-04"),
        ("27245", "1974-08-04"),
        (19740804, "1974-08-04"),
        ("19740804", "1974-08-04"),
        ("1974.8.4", "1974-08-04"),
        ("1974/08/04", "1974-08-04"),
        ("1974-8-4", "1974-08-04"),
        ("1974年8月4日", "1974-08-04"),
        ("１９７４年８月４日", "1974-08-04"),
        ("一九七四年八月四日", "1974-08-04"),
        ("一九七四年十二月二十一日", "1974-12-21"),
        ("1974-08-04 00:00:00", "1974-08-04"),
        ("1950年3月", "1950-03"),
        ("197208", "1972-08"),
        (197208, "1972-08"),
        ("1941.11", "1941-11"),
        (1941.11, "1941-11"),
        ("1972-1", "1972-01"),
        ("1974年8月4日生", "1974-08-04"),
    ],
)
def test_a_date_is_read_in_each_of_its_ways(cell: object, value: str) -> None:
    found = read_birth(cell, TODAY)  # type: ignore[arg-type]
    assert (found.value, found.code) == (value, None)


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        (1941.1, "1941", "born_month_unsure"),
        ("1974", "1974", "born_year_only"),
        ("74.8.4", "1974-08-04", "born_century_unsure"),
        ("1974.13.4", "1974", "born_unreadable"),
        ("1974-02-30", "1974-02", "born_unreadable"),
        ("农历1974年六月", "1974", "born_lunar"),
        ("2036-01-01", None, "born_in_future"),
        ("2026-12-01", None, "born_in_future"),
        ("不记得", None, "born_unreadable"),
    ],
)
def test_an_unsure_date_keeps_only_what_is_sure(cell: object, value: str | None, code: str) -> None:
    found = read_birth(cell, TODAY)  # type: ignore[arg-type]
    assert (found.value, found.code) == (value, code)


def test_serials_of_workbooks_that_count_from_1904_are_read() -> None:
    assert read_birth(25783, TODAY, date1904=True).value == "1974-08-04"


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("低保", ["dibao"]),
        ("低 保 户", ["dibao"]),
        ("低保、残疾;高龄", ["dibao", "disabled", "elder_oldest"]),
        ("独居,高龄老人", ["elder_alone", "elder_oldest"]),
        ("低保 边缘户", ["dibao", "dibao_margin"]),
        ("低保边缘户", ["dibao_margin"]),
        ("边缘户", ["dibao_margin"]),
        ("边缘易致贫户", ["relapse_monitor"]),
        ("低保残疾人", ["dibao", "disabled"]),
        ("农村低保户/A类", ["dibao"]),
        ("特困(集中供养)", ["tekun_institution"]),
        ("留守儿童+肢体二级", ["child_left_behind", "disabled"]),
        ("80周岁以上老人", ["elder_oldest"]),
        ("无", []),
        ("一般户", []),
        (None, []),
    ],
)
def test_category_words_become_codes(cell: str | None, codes: list[str]) -> None:
    found = read_categories(cell)
    assert sorted(found.value) == sorted(codes)
    assert "category_unknown" not in found.codes


def test_plain_tekun_is_read_as_at_home_and_said() -> None:
    for word in ("特困", "五保"):
        assert read_categories(word).value == ["tekun_home"]
        assert read_categories(word).codes == ["category_loose"]
    assert read_categories("分散供养特困").codes == []


def test_an_unknown_category_is_said_beside_the_known_ones() -> None:
    found = read_categories("低保、飞行员")
    assert (found.value, found.codes) == (["dibao"], ["category_unknown"])


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("肢体二级", (4, 2)),
        ("智力 3级", (5, 3)),
        ("听力/四级", (2, 4)),
        ("视力残疾Ⅱ级", (1, 2)),
        ("精神残疾（壹级）", (6, 1)),
        ("42", (4, 2)),
        ("肢体", (4, None)),
        ("无", (None, None)),
        ("肢体二级、视力一级", (7, 1)),
    ],
)
def test_disability_words_become_kind_and_grade(cell: str, value: tuple[int | None, int | None]) -> None:
    assert read_disability(cell).value == value


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("13800000001", "13800000001"),
        (13800000001, "13800000001"),
        ("138-0000-0001", "13800000001"),
        ("138 0000 0001 ", "13800000001"),
        ("１３８００００００００１", None),
        ("１３８００００００１１", "13800000011"),
        ("+86 13800000001", "13800000001"),
        ("13800000001/13900000002", "13800000001"),
        ("0999-1234567", "0999-1234567"),
        ("无", None),
        ("1380000", "1380000"),
        ("138000", None),
    ],
)
def test_phones_are_read(cell: object, value: str | None) -> None:
    assert read_phone(cell).value == value  # type: ignore[arg-type]


def test_relations_take_the_sex_of_the_person_where_the_word_leaves_it_open() -> None:
    assert read_relation("配偶", "female").value == "12"
    assert read_relation("子女", "female").value == "30"
    assert read_relation("户主之妻", "female").value == "12"
    assert read_relation("长子", None).value == "22"
    assert read_relation("飞行员", None).codes == ["relation_unknown"]


def test_names_lose_spaces_and_brackets_but_not_their_dot() -> None:
    assert read_name("王 芳").value == "王芳"
    assert read_name("王\u3000芳 ").value == "王芳"
    assert read_name("阿依古丽•买买提").value == "阿依古丽·买买提"
    assert (read_name("王芳(已故)").value, read_name("王芳(已故)").codes) == ("王芳", ["name_bracket"])


@pytest.mark.parametrize(
    ("text", "village", "parts"),
    [
        ("上坪村3组12号", "上坪村", ("上坪村", "3组", "12号")),
        ("上坪村3组12号", None, ("上坪村", "3组", "12号")),
        ("桂溪镇上坪村三组12号", None, ("上坪村", "3组", "12号")),
        ("某县桂溪镇上坪村第3村民小组12-1号", None, ("上坪村", "3组", "12-1号")),
        ("3组12号", "上坪村", ("上坪村", "3组", "12号")),
        ("12", "上坪村", ("上坪村", None, "12号")),
        ("圩镇社区解放路12号", None, ("圩镇社区", None, "解放路12号")),
    ],
)
def test_an_address_falls_into_village_group_and_door(
    text: str, village: str | None, parts: tuple[str | None, ...]
) -> None:
    assert split_address(text, village) == parts


def test_parts_of_an_address_are_written_in_one_way() -> None:
    assert [read_group(cell) for cell in (9, "9组", "第九组", "十二小组", "3社", "无", "坝上屯")] == [
        "9组",
        "9组",
        "9组",
        "12组",
        "3社",
        None,
        "坝上屯",
    ]
    assert [read_door(cell) for cell in (12, "12号", "门牌12", "12-3")] == ["12号", "12号", "12号", "12-3号"]
    assert [
        read_village(cell) for cell in ("上坪村", "上坪村委会", "上坪村村民委员会", "桂溪镇上坪村", "老镇口村")
    ] == ["上坪村"] * 4 + ["老镇口村"]

"""Whole tables: heads, households over several rows, the same person on several sheets, rows that are nobody."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server.ledger.reading import Reading
from tests.ledger.invented import check_digit

Read = Callable[..., Reading]
HEAD = ["户编号", "村", "户主", "姓名", "与户主关系", "性别", "身份证号", "对象类别", "住址"]


def number(sequence: int, born: str = "19500101") -> str:
    seventeen = f"990001{born}{sequence:03d}"
    return seventeen + check_digit(seventeen)


def names(reading: Reading) -> list[list[str]]:
    return [[member.name for member in household.members] for household in reading.households]


def codes(reading: Reading) -> set[str]:
    return {doubt.code for doubt in reading.doubts()}


MEMBERS: list[list[Any]] = [
    ["1", "上坪村", "王一", "王一", "户主", "男", number(1), "低保", "上坪村1组1号"],
    [None, None, None, "李二", "妻", "女", number(2), None, None],
    ["2", "上坪村", "赵三", "赵三", "户主", "男", number(3), "低保", "上坪村1组2号"],
]


def test_empty_household_cells_belong_to_the_household_above(read: Read) -> None:
    assert names(read([HEAD, *MEMBERS])) == [["王一", "李二"], ["赵三"]]


def test_merged_household_cells_belong_to_each_row(read: Read) -> None:
    merged = read([HEAD, *MEMBERS], merge=["A2:A3", "B2:B3", "C2:C3", "I2:I3"])
    assert names(merged) == [["王一", "李二"], ["赵三"]]
    assert merged.households[0].address == "上坪村1组1号"


def test_a_category_merged_over_a_household_is_everyones(read: Read) -> None:
    merged = read([HEAD, *MEMBERS], merge=["H2:H3"])
    assert [member.categories for member in merged.households[0].members] == [["dibao"], ["dibao"]]


def test_repeated_household_cells_are_one_household(read: Read) -> None:
    rows = [list(row) for row in MEMBERS]
    rows[1][:3], rows[1][8] = rows[0][:3], rows[0][8]
    assert names(read([HEAD, *rows])) == [["王一", "李二"], ["赵三"]]


def test_without_numbers_households_part_at_the_head_of_each(read: Read) -> None:
    keep = [1, 3, 4, 5, 6, 7, 8]
    rows = [[row[column] for column in keep] for row in [HEAD, *MEMBERS]]
    found = read(rows)
    assert names(found) == [["王一", "李二"], ["赵三"]]
    assert [household.number for household in found.households] == [None, None]


def test_a_serial_counted_by_household_is_its_number(read: Read) -> None:
    rows = [list(row) for row in [HEAD, *MEMBERS]]
    rows[0][0] = "序号"
    found = read(rows)
    assert [household.number for household in found.households] == ["1", "2"]


def test_a_serial_counted_by_person_is_nobodys_number(read: Read) -> None:
    rows = [list(row) for row in [HEAD, *MEMBERS]]
    rows[0][0] = "编号"
    for serial, row in enumerate(rows[1:], 1):
        row[0] = serial
    found = read(rows)
    assert names(found) == [["王一", "李二"], ["赵三"]]
    assert found.households[0].number is None


def test_titles_totals_blanks_notes_and_repeated_heads_are_nobody(read: Read) -> None:
    rows = [
        ["某镇困难群众台账"],
        ["填报单位:某镇", None, None, "填报日期:2026年10月1日"],
        HEAD,
        MEMBERS[0],
        [None] * 9,
        HEAD,
        MEMBERS[1],
        ["小计", None, None, "2人"],
        MEMBERS[2],
        [None, None, None, "合计:2户 3人"],
        ["填表人:某某", None, None, "审核人:某某"],
        ["注:本表一式两份。"],
    ]
    found = read(rows)
    assert names(found) == [["王一", "李二"], ["赵三"]]
    assert found.filled_on == "2026-10-01"
    assert [entry["why"] for entry in found.sheets[0].skipped] == ["total", "total", "footer", "footer"]


def test_two_head_rows_with_a_parent_over_several_columns_are_one_head(read: Read) -> None:
    rows = [
        ["户号", "家庭住址", None, None, "成员", None, None, "残疾", None],
        [None, "村", "小组", "门牌", "姓名", "关系", "身份证号码", "类别", "等级"],
        ["7", "上坪村", "3组", "9号", "王一", "户主", number(1), "肢体", "二级"],
        [None, None, None, None, "李二", "妻", number(2), None, None],
    ]
    found = read(rows)
    assert names(found) == [["王一", "李二"]]
    assert (found.households[0].number, found.households[0].address) == ("7", "上坪村3组9号")
    assert found.households[0].members[0].disability == (4, 2)


def test_columns_of_a_guardian_are_not_the_persons_own(read: Read) -> None:
    rows = [
        ["姓名", "身份证号", "住址", "监护人", None],
        [None, None, None, "姓名", "联系电话"],
        ["王一", number(1), "上坪村1组1号", "李四", "13800000001"],
    ]
    person = read(rows).households[0].members[0]
    assert (person.name, person.phone) == ("王一", None)


def test_unknown_labels_are_understood_by_what_stands_below(read: Read) -> None:
    rows = [["甲", "姓名", "乙", "丙", "丁", "戊"]]
    for at in range(6):
        rows.append(["上坪村", f"王{'一二三四五六'[at]}", number(at * 2 + 1), "户主", "低保", f"1380000000{at}"])
    found = read(rows)
    assert [(column.field, column.how) for column in found.sheets[0].columns] == [
        ("village", "content"),
        ("name", "word"),
        ("id_number", "content"),
        ("relation", "content"),
        ("category", "content"),
        ("phone", "content"),
    ]


CATEGORY_HEAD = ["村", "户主", "姓名", "关系", "性别", "年龄", "身份证", "电话", "住址"]


def test_a_person_on_several_sheets_is_one_person_with_all_categories(read: Read) -> None:
    row = ["上坪村", "王一", "王 一", "本人", "男", 76, number(1), None, "上坪村1组1号"]
    found = read(
        {"低保": [["低保名册"], CATEGORY_HEAD, row], "高龄老人": [CATEGORY_HEAD, [*row[:7], "13800000001", row[8]]]}
    )
    person = found.households[0].members[0]
    assert len(found.households) == found.people() == 1
    assert (sorted(person.categories), person.phone) == (["dibao", "elder_oldest"], "13800000001")


def test_a_number_damaged_on_one_sheet_and_sound_on_another_is_sound(read: Read) -> None:
    row = ["上坪村", "王一", "王一", "本人", "男", 76, number(1), None, "上坪村1组1号"]
    rounded = [*row[:6], float(int(number(1)[:17] + "0")), None, row[8]]
    found = read({"低保": [CATEGORY_HEAD, rounded], "高龄老人": [CATEGORY_HEAD, row]})
    assert [member.id_number for member in found.households[0].members] == [number(1)]
    assert codes(found) == set()


def test_two_people_of_one_name_in_one_household_stay_two(read: Read) -> None:
    rows = [
        HEAD,
        MEMBERS[0],
        [None, None, None, "王小", "孙子", "男", number(5, "20150101"), None, None],
        [None, None, None, "王小", "孙女", "女", number(6, "20170101"), None, None],
    ]
    assert names(read(rows)) == [["王一", "王小", "王小"]]


def test_two_heads_of_one_name_at_two_addresses_stay_two_households(read: Read) -> None:
    other = ["3", "上坪村", "王一", "王一", "户主", "男", number(9), None, "上坪村4组8号"]
    assert len(read([HEAD, MEMBERS[0], other]).households) == 2


def test_one_number_under_two_people_is_said_on_both(read: Read) -> None:
    rows = [list(row) for row in MEMBERS]
    rows[2][6] = rows[0][6]
    found = read([HEAD, *rows])
    assert [[doubt.code for doubt in household.members[0].doubts] for household in found.households] == [
        ["id_repeated"],
        ["id_repeated"],
    ]


def test_a_certificate_suggests_a_damaged_number_and_never_replaces_it(read: Read) -> None:
    head = [*HEAD, "残疾证号"]
    row = [*MEMBERS[0], number(1) + "42"]
    row[6] = float(int(number(1)[:17] + "0"))
    person = read([head, row]).households[0].members[0]
    assert person.id_number is None
    assert (person.doubts[0].code, person.doubts[0].suggestion) == ("id_rounded", number(1))
    assert person.disability == (4, 2)


def test_cells_that_disagree_are_said(read: Read) -> None:
    head = [*HEAD, "出生日期", "年龄"]
    found = read([head, [*MEMBERS[0][:5], "女", *MEMBERS[0][6:], "1960-02-02", 40]])
    assert codes(found) == {"gender_disagrees", "born_disagrees", "age_disagrees"}
    assert found.households[0].members[0].born_on == "1950-01-01"


def test_a_remark_that_someone_died_is_said(read: Read) -> None:
    found = read([[*HEAD, "备注"], [*MEMBERS[0], "2026年3月死亡"]])
    assert codes(found) == {"deceased"}


def test_one_sheet_a_village_gives_the_village(read: Read) -> None:
    head = ["户编号", "姓名", "与户主关系", "身份证号", "组", "门牌号"]
    found = read(
        {
            "上坪村": [head, ["1", "王一", "户主", number(1), 3, 9]],
            "下坪村": [head, ["1", "赵三", "户主", number(3), 2, 5]],
        }
    )
    assert [household.address for household in found.households] == ["上坪村3组9号", "下坪村2组5号"]


def test_hidden_and_headless_sheets_are_told_and_not_read(tmp_path: Path, book: Callable[..., Path]) -> None:
    import openpyxl

    from server.ledger.reading import read_file
    from tests.ledger.conftest import TODAY

    path = book({"台账": [HEAD, *MEMBERS], "上月": [HEAD, *MEMBERS], "说明": [["请认真填写"]]})
    made = openpyxl.load_workbook(path)
    made["上月"].sheet_state = "hidden"
    made.save(path)
    found = read_file(path, today=TODAY)
    assert [(sheet.name, sheet.people, sheet.notes) for sheet in found.sheets] == [
        ("台账", 3, []),
        ("上月", 0, ["hidden"]),
        ("说明", 0, ["no_head"]),
    ]


def test_rows_of_nonsense_do_not_stop_the_others(read: Read) -> None:
    odd = [None, None, None, "@@##12", "???", "也许", "abc", "飞行员", None]
    found = read([HEAD, *MEMBERS, odd])
    assert [member.name for household in found.households for member in household.members][:3] == [
        "王一",
        "李二",
        "赵三",
    ]


@pytest.mark.parametrize(
    "text", ["=1+1", "@SUM(A1)", "<script>alert(1)</script>", "'; DROP TABLE x; --", "\u202eab", "a" * 30_000]
)
def test_hostile_text_is_only_text(read: Read, text: str) -> None:
    row = list(MEMBERS[0])
    row[8] = text if not text.startswith("=") else "'" + text
    assert read([HEAD, row]).people() == 1


def test_labels_that_carry_instructions_are_still_labels(read: Read) -> None:
    head = list(HEAD)
    head[4] = "与户主关系（户主、配偶、子女、父母、祖父母、孙辈、兄弟姐妹、其他亲属）"
    head[7] = "对象类别：可多选"
    assert names(read([["某镇台账"], head, *MEMBERS])) == [["王一", "李二"], ["赵三"]]


def test_a_village_keeps_the_spelling_of_its_column(read: Read) -> None:
    head = ["户编号", "村", "组", "门牌", "姓名", "与户主关系", "身份证号"]
    found = read([head, ["1", "上坪村委会", 3, 9, "王一", "户主", number(1)]])
    assert found.households[0].address == "上坪村委会3组9号"
    assert codes(found) == set()


def test_one_village_in_two_spellings_is_no_disagreement(read: Read) -> None:
    rows = [list(row) for row in MEMBERS]
    rows[0][1], rows[2][1] = "桂溪镇上坪村", "上坪村民委员会"
    found = read([HEAD, *rows])
    assert [household.address for household in found.households] == ["上坪村1组1号", "上坪村1组2号"]
    assert codes(found) == set()

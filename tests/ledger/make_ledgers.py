"""Writes messy ledgers with their truth, from a seed: the kinds that villages send, with other words, other orders and other damage.

`python -m tests.ledger.make_ledgers LAYOUT SEED OUT.xlsx` writes OUT.xlsx and OUT.truth.json. Layouts: `a` one long table with merged or
empty household cells, `b` one sheet a category with ages, `c` two head rows with birth months.
"""

import datetime as dt
import json
import random
import sys
from pathlib import Path
from typing import Any

import openpyxl

from tests.ledger.invented import TODAY, Home, Person, make_homes

WORDS: dict[str, list[str]] = {
    "serial": ["序号", "编号", "序", "No.", "顺序号"],
    "village": ["村(居)", "村", "所在村", "行政村", "村名", "村/社区", "所属村(社区)", "村居名称"],
    "group": ["组", "小组", "村民小组", "组别", "所在组"],
    "number": ["户编号", "户号", "家庭编号", "户序号", "档案编号", "户籍编号"],
    "head": ["户主姓名", "户主", "户主 姓名", "户 主"],
    "name": ["姓名", "姓 名", "家庭成员姓名", "成员姓名", "人员姓名", "对象姓名"],
    "relation": ["与户主关系", "关系", "与户主的关系", "家庭关系", "与户主\n关系", "称谓"],
    "gender": ["性别", "性 别", "男/女"],
    "born": ["出生日期", "出生年月日", "出生时间", "生日", "出生年月"],
    "age": ["年龄", "周岁", "年龄(岁)", "实足年龄"],
    "id": [
        "身份证号码",
        "身份证号",
        "身份证",
        "公民身份号码",
        "证件号码",
        "居民身份证号码",
        "身份证号\n(18位)",
        "公民身份证号",
    ],
    "category": ["对象类别", "人员类别", "类别", "类型", "救助类别", "困难类型", "人群类别", "保障类型(可多选)"],
    "disability": ["残疾类别/等级", "残疾情况", "残疾类别及等级", "残疾种类、等级"],
    "certificate": ["残疾证号", "残疾人证号", "残疾证号码"],
    "phone": ["联系电话", "电话", "手机号", "联系方式", "手机号码", "电话(手机)"],
    "address": ["现住址", "住址", "家庭住址", "详细地址", "居住地址"],
    "door": ["门牌", "门牌号"],
    "remarks": ["备注", "说明"],
}
PARENTS = {
    "place": ["家庭住址", "居住地", "住址"],
    "people": ["家庭成员情况", "家庭成员", "成员信息"],
    "care": ["保障情况", "救助情况", "帮扶信息"],
}
CATEGORY_WORDS = {
    "dibao": ["低保", "低保户", "最低生活保障", "农村低保"],
    "tekun_home": ["特困", "五保", "分散供养特困", "五保户"],
    "dibao_margin": ["低保边缘", "边缘户", "低保边缘户", "低边户"],
    "disabled": ["残疾", "残疾人", "持证残疾人"],
    "child_left_behind": ["留守儿童", "农村留守儿童"],
    "child_defacto": ["事实无人抚养儿童", "事孤", "事实孤儿"],
    "child_orphan": ["孤儿", "散居孤儿"],
    "elder_alone": ["独居", "独居老人"],
    "elder_empty_nest": ["空巢", "空巢老人"],
    "elder_left_behind": ["留守老人", "农村留守老人"],
    "elder_oldest": ["高龄", "高龄老人"],
    "woman_left_behind": ["留守妇女", "农村留守妇女"],
}
RELATION_WORDS = {
    "户主": ["户主", "本人"],
    "配偶": ["配偶", "配偶"],
    "子": ["子", "长子", "儿子"],
    "女": ["女", "长女", "女儿"],
    "孙子": ["孙子", "孙"],
    "孙女": ["孙女"],
    "母亲": ["母亲", "母"],
}
KINDS = ["", "视力", "听力", "言语", "肢体", "智力", "精神"]
DELIMITERS = ["、", ",", "，", ";", "；", "/", " ", "+", "｜"]
FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
EXCEL_EPOCH = dt.date(1899, 12, 30)


class Maker:
    """One ledger being written; every random choice comes from its seed."""

    def __init__(self, layout: str, seed: int, homes: int) -> None:
        self.rng = random.Random(f"{layout}-{seed}")
        self.layout = layout
        self.homes = make_homes(self.rng, homes)
        self.losses: list[dict[str, str]] = []
        self.words = {name: self.rng.choice(words) for name, words in WORDS.items()}
        if "编号" in (self.words["serial"],) and layout != "b":
            self.words["serial"] = "序号"
        self.damage = self.rng.choice([0.02, 0.07, 0.15])
        self.number_form = self.rng.choice(["{:05d}", "{:05d}", "H{:04d}", "{:d}", "GX-{:03d}"])
        for index, home in enumerate(self.homes):
            home.number = self.number_form.format(index + 1)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def name(self, text: str) -> str:
        if self.chance(0.1) and len(text) == 2:
            return self.rng.choice([" ", "  ", "\u3000"]).join(text)
        return text + self.rng.choice([" ", "", "", "", "", "\u3000"])

    def id_cell(self, home: Home, person: Person) -> object:
        if self.chance(self.damage):
            return self.damaged_id(home, person)
        text = person.id_number
        form = self.rng.randrange(20)
        if form == 0:
            return f"{text[:6]} {text[6:14]} {text[14:]}"
        if form == 1:
            return text.translate(FULL_WIDTH)
        if form == 2:
            return "'" + text
        if form == 3:
            return text.lower()
        if form == 4:
            return self.rng.choice([" " + text, text + " ", text + "\n", "\u200b" + text, "\t" + text])
        if form == 5:
            return f"{text[:6]}-{text[6:14]}-{text[14:]}"
        return text

    def damaged_id(self, home: Home, person: Person) -> object:
        text = person.id_number
        kind = self.rng.choice(
            ["id_rounded", "id_rounded", "id_wrong", "id_wrong", "id_missing", "id_exponent", "id_short", "id_letter"]
        )
        told = {"id_exponent": "id_rounded", "id_short": "id_wrong", "id_letter": "id_wrong"}.get(kind, kind)
        if kind in ("id_rounded", "id_exponent") and text.endswith("X"):
            kind, told = "id_missing", "id_missing"
        self.losses.append({"household": home.number, "name": person.name, "loss": told})
        if kind == "id_rounded":
            return float(int(text)) if self.chance(0.7) else float(text[:15] + "000")
        if kind == "id_exponent":
            return f"{int(text):.5E}"
        if kind == "id_missing":
            return self.rng.choice([None, "无", "办理中", "遗失", ""])
        if kind == "id_short":
            return text[:17] if self.chance(0.5) else text + "1"
        if kind == "id_letter":
            at = next((i for i in range(6, 17) if text[i] in "01"), 9)
            return text[:at] + ("O" if text[at] == "0" else "l") + text[at + 1 :]
        at = self.rng.randrange(6, 17)
        return text[:at] + str((int(text[at]) + self.rng.randrange(1, 9)) % 10) + text[at + 1 :]

    def born_cell(self, person: Person) -> object:
        d = person.born
        if self.layout == "c":
            return self.rng.choice(
                [
                    f"{d.year}年{d.month}月",
                    f"{d.year}.{d.month}",
                    f"{d:%Y-%m}",
                    f"{d:%Y%m}",
                    f"{d:%Y.%m}",
                    f"{d.year}/{d.month}",
                    f"{d.year}年{d.month:02d}月",
                ]
            )
        forms: list[object] = [
            dt.datetime(d.year, d.month, d.day),  # noqa: DTZ001 -- a spreadsheet knows no zone
            (d - EXCEL_EPOCH).days,
            f"{d:%Y%m%d}",
            int(f"{d:%Y%m%d}"),
            f"{d.year}.{d.month}.{d.day}",
            f"{d:%Y-%m-%d}",
            f"{d.year}年{d.month}月{d.day}日",
            f"{d.year}/{d.month}/{d.day}",
            f"{d:%Y.%m.%d}",
            f"{d:%Y-%m-%d} 00:00:00",
            f"{d:%Y%m%d}".translate(FULL_WIDTH),
        ]
        return self.rng.choice(forms)

    def phone_cell(self, person: Person) -> object:
        p = person.phone
        if p is None:
            return self.rng.choice([None, None, "无", "/", "-"])
        return self.rng.choice(
            [p, p, int(p), f"{p[:3]}-{p[3:7]}-{p[7:]}", f"{p[:3]} {p[3:7]} {p[7:]}", p.translate(FULL_WIDTH), p + " "]
        )

    def category_cell(self, person: Person) -> str | None:
        spoken = [self.rng.choice(CATEGORY_WORDS[code]) for code in person.categories]
        self.rng.shuffle(spoken)
        return self.rng.choice(DELIMITERS).join(spoken) or self.rng.choice([None, None, "无"])

    def disability_cell(self, person: Person) -> str | None:
        if not person.disability:
            return self.rng.choice([None, None, None, "无"])
        kind, grade = int(str(person.disability["kind"])), int(str(person.disability["grade"]))
        return self.rng.choice(
            [
                f"{KINDS[kind]}{'一二三四'[grade - 1]}级",
                f"{KINDS[kind]} {grade}级",
                f"{KINDS[kind]}残疾{'一二三四'[grade - 1]}级",
                f"{KINDS[kind]}/{grade}级",
            ]
        )

    def relation_cell(self, person: Person) -> str:
        words = RELATION_WORDS[person.relation]
        if person.relation == "配偶":
            words = [*words, "妻" if not person.male else "夫", "妻子" if not person.male else "丈夫"]
        return self.rng.choice(words)

    def gender_cell(self, person: Person) -> str:
        return self.rng.choice(["男", "男", "男性"] if person.male else ["女", "女", "女性"])

    def household_cell(self, home: Home, name: str) -> object:
        return {
            "village": home.village,
            "group": home.group if self.layout != "c" else f"{home.group}组",
            "number": int(home.number) if self.number_form == "{:d}" else home.number,
            "head": home.members[0].name,
            "address": home.address,
            "door": f"{home.door}号",
        }[name]

    def person_cell(self, home: Home, person: Person, name: str, serial: int) -> object:
        return {
            "serial": lambda: serial,
            "name": lambda: self.name(person.name),
            "relation": lambda: self.relation_cell(person),
            "gender": lambda: self.gender_cell(person),
            "born": lambda: self.born_cell(person),
            "age": lambda: person.age,
            "id": lambda: self.id_cell(home, person),
            "category": lambda: self.category_cell(person),
            "disability": lambda: self.disability_cell(person),
            "certificate": lambda: person.disability["certificate"] if person.disability and self.chance(0.6) else None,
            "phone": lambda: self.phone_cell(person),
            "remarks": lambda: self.rng.choice([None, None, "动态调整", "新增"]),
        }[name]()

    def truth(self) -> dict[str, Any]:
        return {
            "layout": self.layout,
            "households": [
                {
                    "number": home.number,
                    "village": home.village,
                    "group": home.group,
                    "address": home.address,
                    "members": [
                        {
                            "name": person.name,
                            "male": person.male,
                            "born": person.born.isoformat(),
                            "id_number": person.id_number,
                            "relation": person.relation,
                            "categories": person.categories,
                            "disability": person.disability,
                            "phone": person.phone,
                        }
                        for person in home.members
                    ],
                }
                for home in self.homes
            ],
            "losses": self.losses,
        }


HOUSEHOLD = ("village", "group", "number", "head", "address", "door")


def _titles(maker: Maker, sheet: Any, title: str, width: int) -> None:
    for text in maker.rng.sample(
        [title, "填报单位:某镇社会工作服务站   填报日期:2026年11月1日", "附件2", "单位:人"], maker.rng.randrange(0, 4)
    ):
        sheet.append([text])
        if maker.chance(0.5):
            sheet.merge_cells(start_row=sheet.max_row, end_row=sheet.max_row, start_column=1, end_column=width)


def _write_rows(maker: Maker, sheet: Any, names: list[str], head_rows: list[list[object]]) -> None:
    """Rows of layouts a and c; household cells merged, left empty or repeated, with totals, blanks and repeated heads between."""
    style = maker.rng.choice(["merged", "merged", "empty", "repeated"])
    between = maker.rng.choice([0.0, 0.0, 0.04])
    serial = 0
    for home in maker.homes:
        first = sheet.max_row + 1
        for index, person in enumerate(home.members):
            serial += 1
            row = [
                (maker.household_cell(home, name) if index == 0 or style == "repeated" else None)
                if name in HOUSEHOLD
                else maker.person_cell(home, person, name, serial)
                for name in names
            ]
            sheet.append(row)
        if style == "merged" and len(home.members) > 1:
            for column, name in enumerate(names, 1):
                if name in HOUSEHOLD:
                    sheet.merge_cells(start_row=first, end_row=sheet.max_row, start_column=column, end_column=column)
        if maker.chance(between):
            extra = maker.rng.choice(["blank", "subtotal", "head"])
            if extra == "blank":
                sheet.append([None] * (len(names) - 1) + [" "])
            elif extra == "subtotal":
                sheet.append([maker.rng.choice(["小计", "小 计", "本页小计"]), None, None, f"{serial}人"])
            else:
                for head in head_rows:
                    sheet.append(head)
    at = names.index("name")
    if maker.chance(0.6):
        sheet.append([None] * at + [f"合计:{len(maker.homes)}户 {serial}人"])
    if maker.chance(0.5):
        sheet.append(["填表人:某某", None, None, "审核人:某某", None, "联系电话:0999-1234567"])
        sheet.append(["注:本表一式两份，镇、村各存一份。"])


def write_a(maker: Maker, book: Any) -> None:
    names = [
        "serial",
        "village",
        "group",
        "number",
        "head",
        "name",
        "relation",
        "gender",
        "born",
        "id",
        "category",
        "disability",
        "phone",
        "address",
    ]
    if maker.chance(0.7):
        maker.rng.shuffle(names)
    if maker.chance(0.4):
        names.append("remarks")
    sheet = book.active
    sheet.title = maker.rng.choice(["台账", "Sheet1", "花名册", "2026年"])
    _titles(maker, sheet, "某镇困难群众和特殊群体台账", len(names))
    head: list[object] = [maker.words[name] for name in names]
    sheet.append(head)
    _write_rows(maker, sheet, names, [head])


def write_c(maker: Maker, book: Any) -> None:
    groups = [
        ("place", ["village", "group", "door"]),
        ("people", ["relation", "name", "id", "gender", "born", "phone"]),
        ("care", ["category", "disability"]),
    ]
    for _, inner in groups:
        if maker.chance(0.6):
            maker.rng.shuffle(inner)
    if maker.chance(0.5):
        maker.rng.shuffle(groups)
    layout: list[tuple[str, str | None]] = [
        ("number", None),
        *[(name, parent) for parent, inner in groups for name in inner],
        ("remarks", None),
    ]
    names = [name for name, _ in layout]
    sheet = book.active
    _titles(maker, sheet, "某镇一户一档花名册(2026年第三季度)", len(names))
    parents: list[object] = []
    children: list[object] = []
    last = None
    for name, parent in layout:
        parents.append(
            maker.words[name] if parent is None else (maker.rng.choice(PARENTS[parent]) if parent != last else None)
        )
        children.append(None if parent is None else maker.words[name])
        last = parent
    sheet.append(parents)
    sheet.append(children)
    top = sheet.max_row - 1
    if maker.chance(0.5):
        column = 1
        for _, parent in layout:
            if parent is None:
                sheet.merge_cells(start_row=top, end_row=top + 1, start_column=column, end_column=column)
            column += 1
        start = 2
        for _, inner in groups:
            sheet.merge_cells(start_row=top, end_row=top, start_column=start, end_column=start + len(inner) - 1)
            start += len(inner)
    _write_rows(maker, sheet, names, [parents, children])


def write_b(maker: Maker, book: Any) -> None:
    names = ["village", "head", "name", "relation", "gender", "age", "id", "certificate", "phone", "address", "remarks"]
    if maker.chance(0.7):
        maker.rng.shuffle(names)
    if maker.chance(0.4):
        names.insert(0, "serial")
    book.remove(book.active)
    codes = sorted({code for home in maker.homes for person in home.members for code in person.categories})
    maker.rng.shuffle(codes)
    for code in codes:
        title = maker.rng.choice(CATEGORY_WORDS[code])
        sheet = book.create_sheet(title)
        _titles(maker, sheet, title + "名册", len(names))
        sheet.append([maker.words[name] for name in names])
        rows = [(home, person) for home in maker.homes for person in home.members if code in person.categories]
        if maker.chance(0.3):
            maker.rng.shuffle(rows)
        for serial, (home, person) in enumerate(rows, 1):
            row = []
            for name in names:
                if name == "head":
                    row.append(maker.name(home.members[0].name))
                else:
                    row.append(
                        maker.household_cell(home, name)
                        if name in HOUSEHOLD
                        else maker.person_cell(home, person, name, serial)
                    )
            sheet.append(row)
        if maker.chance(0.3):
            sheet.append(["合计", None, f"{len(rows)}人"])


def make_ledger(layout: str, seed: int, path: Path, homes: int = 40) -> dict[str, Any]:
    """Writes the workbook and returns its truth."""
    maker = Maker(layout, seed, homes)
    book = openpyxl.Workbook()
    {"a": write_a, "b": write_b, "c": write_c}[layout](maker, book)
    book.save(path)
    return maker.truth()


if __name__ == "__main__":
    out = Path(sys.argv[3])
    truth = make_ledger(sys.argv[1], int(sys.argv[2]), out)
    out.with_suffix(".truth.json").write_text(json.dumps(truth, ensure_ascii=False), "utf-8")
    print(f"{out}: {len(truth['households'])} households, {len(truth['losses'])} damaged numbers, filled {TODAY}")

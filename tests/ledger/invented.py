"""Invented households for ledgers: people, sound identity numbers of a place that does not exist (990…), categories by age."""

import datetime as dt
import random
from dataclasses import dataclass, field

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蔡蒋余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严武戴莫孔向汤"
COMPOUND = ("欧阳", "上官", "司马", "诸葛")
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅春菊凤琴云莲珍荣贵生福根水木土火金全志文国建德发旺"
VILLAGE_HEADS = "大小上下新老东西南北石白黄青红龙凤桥塘坪岭溪河湾坝沙梅竹松枫柳古高长双三五七"
VILLAGE_TAILS = "头塘坪岭溪湾坝田坑背屋陂洞寨洲港埔排墩岗家口坡冲山"
TODAY = dt.date(2026, 11, 1)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass
class Person:
    name: str
    male: bool
    born: dt.date
    id_number: str
    relation: str
    categories: list[str] = field(default_factory=list)
    disability: dict[str, object] | None = None
    phone: str | None = None

    @property
    def age(self) -> int:
        return TODAY.year - self.born.year - ((TODAY.month, TODAY.day) < (self.born.month, self.born.day))


@dataclass
class Home:
    number: str
    village: str
    group: int
    door: int
    members: list[Person]

    @property
    def address(self) -> str:
        return f"{self.village}{self.group}组{self.door}号"


def check_digit(seventeen: str) -> str:
    return "10X98765432"[sum(int(d) * w for d, w in zip(seventeen, WEIGHTS, strict=True)) % 11]


def make_id(rng: random.Random, born: dt.date, *, male: bool) -> str:
    sequence = rng.randrange(10, 99) * 10 + rng.choice([1, 3, 5, 7, 9] if male else [2, 4, 6, 8])
    seventeen = f"990{rng.randrange(100, 999)}{born:%Y%m%d}{sequence:03d}"
    return seventeen + check_digit(seventeen)


def make_villages(rng: random.Random, count: int) -> list[str]:
    names: set[str] = set()
    while len(names) < count:
        names.add(
            rng.choice(VILLAGE_HEADS)
            + rng.choice(VILLAGE_TAILS)
            + rng.choice(["", "", rng.choice(VILLAGE_TAILS)])
            + rng.choice(["村"] * 6 + ["社区"])
        )
    return sorted(names)


def _person(rng: random.Random, relation: str, surname: str, age: int, *, male: bool) -> Person:
    born = dt.date(TODAY.year - age, rng.randrange(1, 13), rng.randrange(1, 29))
    if born > TODAY - dt.timedelta(days=300):
        born = born.replace(year=born.year - 1)
    name = surname + "".join(rng.choice(GIVEN) for _ in range(rng.choice([1, 2, 2])))
    phone = f"1{rng.choice('3589')}{rng.randrange(10**9):09d}" if age > 12 and rng.random() < 0.6 else None
    return Person(name, male, born, make_id(rng, born, male=male), relation, phone=phone)


def _classify(rng: random.Random, person: Person) -> None:
    pools = {
        "child": ["child_left_behind", "child_defacto", "child_orphan", "dibao"],
        "adult": ["dibao", "dibao_margin", "woman_left_behind" if not person.male else "dibao", "tekun_home"],
        "old": ["elder_left_behind", "elder_empty_nest", "elder_alone", "dibao", "tekun_home"],
    }
    pool = pools["child" if person.age < 16 else "old" if person.age >= 60 else "adult"]
    chosen = (
        set(rng.sample(pool, rng.choice([0, 1, 1, 1, 2])))
        if person.relation != "户主"
        else set(rng.sample(pool, rng.choice([1, 1, 2])))
    )
    if person.age >= 80 and rng.random() < 0.8:
        chosen.add("elder_oldest")
    if rng.random() < 0.18:
        chosen.add("disabled")
        kind, grade = rng.randrange(1, 7), rng.randrange(1, 5)
        person.disability = {"kind": kind, "grade": grade, "certificate": f"{person.id_number}{kind}{grade}"}
    person.categories = sorted(chosen)


def make_homes(rng: random.Random, count: int) -> list[Home]:
    villages = make_villages(rng, 12)
    homes = []
    used: set[tuple[str, str]] = set()
    while len(homes) < count:
        surname = rng.choice(SURNAMES) if rng.random() < 0.97 else rng.choice(COMPOUND)
        head_male = rng.random() < 0.7
        age = rng.choice([rng.randrange(34, 58), rng.randrange(60, 92), rng.randrange(60, 92)])
        members = [_person(rng, "户主", surname, age, male=head_male)]
        if rng.random() < 0.6:
            members.append(
                _person(rng, "配偶", rng.choice(SURNAMES), max(22, age - rng.randrange(-4, 6)), male=not head_male)
            )
        if age < 60:
            members += [
                _person(rng, "子" if male else "女", surname, rng.randrange(1, max(2, min(age - 20, 24))), male=male)
                for male in rng.sample([True, False], rng.randrange(0, 3))
            ]
            if rng.random() < 0.3:
                members.append(
                    _person(rng, "母亲", rng.choice(SURNAMES), min(95, age + rng.randrange(20, 30)), male=False)
                )
        else:
            members += [
                _person(rng, "孙子" if male else "孙女", surname, rng.randrange(1, 16), male=male)
                for male in rng.sample([True, False], rng.choice([0, 0, 1, 2]))
            ]
        for person in members:
            _classify(rng, person)
        home = Home(f"{len(homes) + 1:05d}", rng.choice(villages), rng.randrange(1, 16), rng.randrange(1, 200), members)
        key = (members[0].name, home.address)
        if key not in used and len({member.name for member in members}) == len(members):
            used.add(key)
            homes.append(home)
    return homes

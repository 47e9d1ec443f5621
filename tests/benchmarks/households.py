"""Invented households and visits of a likely size, as operations of changes. Ids and choices come from a seed."""

from __future__ import annotations

import random
from typing import Any

Operation = dict[str, Any]

FAMILY = "单曾赵钱孙李周吴仇解区陈林黄何罗"
GIVEN = ("桂英", "守田", "玉兰", "建国", "小军", "春梅", "德福", "秀芳", "文斌", "长顺", "思雨", "佳怡", "有根", "翠莲")
CATEGORIES = ("elder_alone", "disabled", "dibao", "elder_empty_nest", "tekun_home")
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def hex_id(rng: random.Random) -> str:
    return f"{rng.getrandbits(128):032x}"


def make_id_number(rng: random.Random, born_on: str) -> str:
    """A number of the invented place 990 with a sound check digit."""
    body = f"990{rng.randint(100, 999)}{born_on.replace('-', '')}{rng.randint(0, 999):03d}"
    rest = sum(int(digit) * weight for digit, weight in zip(body, ID_WEIGHTS, strict=True)) % 11
    return body + "10X98765432"[rest]


def make_household(rng: random.Random, villages: list[dict[str, str]]) -> list[Operation]:
    """What a ledger import writes: the household's own fields and two to four members."""
    village, family = rng.choice(villages), rng.choice(FAMILY)
    count = rng.randint(2, 4)
    address = {
        "village_id": village["id"],
        "village_name": village["name"],
        "group_no": str(rng.randint(1, 12)),
        "door": str(rng.randint(1, 200)),
    }
    return [
        {"op": "set", "path": "address", "value": address},
        {"op": "set", "path": "phone", "value": f"1990000{rng.randint(0, 9999):04d}"},
        {"op": "set", "path": "risk_level", "value": rng.choice(("green", "blue", "yellow", "red"))},
        {"op": "set", "path": "household_size", "value": count},
        {"op": "set", "path": "income_yearly_fen", "value": rng.randint(300_000, 4_000_000)},
        {"op": "set", "path": "ledger_number", "value": f"GX-{rng.randint(1, 99999):05d}"},
        {"op": "set", "path": "next_visit_on", "value": f"2026-12-{rng.randint(1, 28):02d}"},
        {"op": "add", "path": "categories", "value": rng.choice(CATEGORIES)},
        *(make_member(rng, family, number) for number in range(count)),
    ]


def make_member(rng: random.Random, family: str, number: int) -> Operation:
    born_on = f"{rng.randint(1936, 2018)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
    id_number = make_id_number(rng, born_on)
    value = {
        "name": family + rng.choice(GIVEN),
        "relation": "02" if number == 0 else rng.choice(("10", "20", "30")),
        "gender": "1" if int(id_number[16]) % 2 else "2",
        "born_on": born_on,
        "id_number": id_number,
        "id_number_state": "sound",
        "phone": f"1990000{rng.randint(0, 9999):04d}",
        "categories": [rng.choice(CATEGORIES)],
    }
    return {"op": "append", "path": "members", "id": hex_id(rng), "value": value}


def make_visit(rng: random.Random) -> list[Operation]:
    """One home visit as written in three minutes, and the next date on the household's first page."""
    value = {
        "visited_on": "2026-11-22",
        "started_time": "09:10",
        "ended_time": "09:40",
        "method": "home",
        "outcome": "met",
        "met_others": "邻居",
        "health_state": "fine",
        "economy_state": "watch",
        "economy_note": "上月起领取低保金，家里添了一头牛，开支还紧。",
        "safety_state": "fine",
        "environment_state": "fine",
        "said": "近来腰不大好，走远路要歇几回，药还够吃两个星期。",
        "observation": "精神尚可，屋内整洁，灶台旁堆有柴草，已提醒移开。",
        "next_steps": "下次带血压计；与村医核对用药。",
        "next_visit_on": f"2026-12-{rng.randint(1, 28):02d}",
    }
    return [
        {"op": "append", "path": "visits", "id": hex_id(rng), "value": value},
        {"op": "set", "path": "next_visit_on", "value": value["next_visit_on"]},
    ]

"""The server's evaluator (a CEL library) and the phone's (our own code) must answer alike, whatever the expression and the values.

Random expressions, sound and broken, are evaluated here and in one Node process. `YIHU_DIFFERENTIAL_EXPRESSIONS` sets how many,
`YIHU_DIFFERENTIAL_SEED` where to begin. Mutants of the phone's code show that a fault would be noticed.
"""

import json
import os
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from schemas.expressions import UNKNOWN, ExpressionError, evaluate

ROOT = Path(__file__).resolve().parents[2]
PWA = ROOT / "pwa"
COUNT = int(os.environ.get("YIHU_DIFFERENTIAL_EXPRESSIONS", "6000"))
SEED = int(os.environ.get("YIHU_DIFFERENTIAL_SEED", "0"))
NAMES = ("a", "b", "c", "d")
LITERALS = (*map(str, range(-4, 8)), "'x'", "'村'", "'2026-02-29'", "'2024-02-29'", "''", "true", "false", "null", "[]")
OPERATORS = ("==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "&&", "||", "in")
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, 2, -3, "", "x", "村", "2024-02-29", "2026-11-22", "2026", "2026-11"),
    *([], [1, 2], ["x"], [None, 1]),
)
GROUPS: tuple[Any, ...] = (None, {"grade": "1"}, {"grade": 2, "kind": None}, {}, "x", [1])

pytestmark = [
    pytest.mark.skipif(shutil.which("node") is None, reason="needs Node"),
    pytest.mark.skipif(not (PWA / "node_modules" / "rolldown").exists(), reason="needs pwa/node_modules"),
]


def make(chance: random.Random, depth: int) -> str:
    """A random expression of the subset."""
    form = chance.randrange(9) if depth else chance.randrange(3)
    if form == 0:
        return chance.choice(NAMES)
    if form == 1:
        return chance.choice(LITERALS)
    if form == 2 and chance.random() < 0.2:
        return f"(group {chance.choice(('==', '!='))} null)"  # a group is otherwise read by its parts only
    if form == 2:
        return f"{chance.choice((*NAMES, 'group', 'group'))}.{chance.choice(('grade', 'kind', 'constructor'))}"
    if form == 3:
        return "[" + ", ".join(make(chance, depth - 1) for _ in range(chance.randrange(3))) + "]"
    if form == 4:
        return f"({make(chance, depth - 1)} ? {make(chance, depth - 1)} : {make(chance, depth - 1)})"
    if form == 5:
        return f"{chance.choice(('!', '0 - '))}({make(chance, depth - 1)})"
    if form == 6:
        name = chance.choice(("count", "total", "days_between", "years_between", "surely_before"))
        count = 1 if name in ("count", "total") else 2
        return f"{name}({', '.join(make(chance, depth - 1) for _ in range(count))})"
    left, right = make(chance, depth - 1), make(chance, depth - 1)
    joined = f"{left} {chance.choice(OPERATORS)} {right}"
    return joined if form == 7 else f"({joined})"


def make_figure(chance: random.Random, depth: int) -> str:
    """Arithmetic over small whole numbers and dates: answers, seldom errors."""
    if not depth:
        dates = [
            f"'{2020 + chance.randrange(6)}-0{chance.randrange(1, 4)}-{chance.choice((10, 28, 29, 30))}'" for _ in "ab"
        ]
        calls = (f"years_between({', '.join(dates)})", f"days_between({', '.join(dates)})")
        return chance.choice((str(chance.randrange(-9, 10)), *calls)) if chance.random() < 0.6 else "c"
    left, right = make_figure(chance, depth - 1), make_figure(chance, depth - 1)
    return f"({left} {chance.choice('+-*/%')} {right})"


def break_it(chance: random.Random, expression: str) -> str:
    """The same with one character taken out, doubled or put in: often outside the subset, sometimes just another one."""
    place = chance.randrange(len(expression))
    piece = chance.choice(("", expression[place] * 2, expression[place] + chance.choice("().[]'\"!-+ 1a,?:|&=<%")))
    return expression[:place] + piece + expression[place + 1 :]


def cases(count: int) -> list[dict[str, Any]]:
    chance = random.Random(SEED)  # noqa: S311
    made = []
    for number in range(count):
        expression = make(chance, chance.randrange(1, 4)) if number % 3 else make_figure(chance, chance.randrange(3))
        if number % 4 == 3:
            expression = break_it(chance, expression)
        variables = {name: chance.choice(VALUES) for name in NAMES} | {"group": chance.choice(GROUPS)}
        made.append({"expression": expression, "variables": variables})
    return made


def phones_answers(made: list[dict[str, Any]], *mutation: str) -> list[dict[str, Any]]:
    done = subprocess.run(  # noqa: S603
        ["node", str(ROOT / "tests/schemas/expression_runner.mjs"), str(PWA), *mutation],  # noqa: S607
        input="\n".join(json.dumps(case) for case in made),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def servers_answer(case: dict[str, Any]) -> dict[str, Any]:
    try:
        answer = evaluate(case["expression"], case["variables"])
    except ExpressionError:
        return {"refused": True}
    return {"unknown": True} if answer is UNKNOWN else {"value": answer}


def differences(made: list[dict[str, Any]], *mutation: str) -> list[Any]:
    theirs = phones_answers(made, *mutation)
    ours = [servers_answer(case) for case in made]
    assert len(theirs) == len(ours)
    return [
        (case, server, phone)
        for case, server, phone in zip(made, ours, theirs, strict=True)
        if json.dumps(server, sort_keys=True) != json.dumps(phone, sort_keys=True)
    ]


def test_server_and_phone_answer_alike() -> None:
    made = cases(COUNT)
    found = differences(made)
    assert found[:5] == [], f"{len(found)} of {COUNT} differ"
    kinds = [next(iter(servers_answer(case))) for case in made]
    assert min(kinds.count(kind) for kind in ("value", "unknown", "refused")) > COUNT / 50


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("if (missing) throw missing", ""),
        ("Math.trunc(number(a) / divisor(b))", "Math.floor(number(a) / divisor(b))"),
        ("const other = boolean(right(v))", "if (missing) throw missing\n    const other = boolean(right(v))"),
        ("end.slice(5) < start.slice(5)", "end.slice(5) <= start.slice(5)"),
    ],
)
def test_a_fault_in_the_phones_evaluator_would_be_noticed(before: str, after: str) -> None:
    assert differences(cases(6000), before, after)

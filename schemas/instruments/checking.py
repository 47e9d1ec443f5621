"""Explains what is wrong with the file of an instrument, in sentences for the person who wrote it. A file without faults is an instrument.

First the text (is it YAML), then the shape (what is missing or unknown), then the sense: do the bands cover every total once, does each
expression read only items, can each item be answered at all.
"""

import re
from collections.abc import Iterator
from typing import Any

import yaml
from pydantic import ValidationError

from schemas.expressions import ExpressionError, names_in
from schemas.fields import Frozen
from schemas.instruments.shapes import Instrument, Item

SIZE_MAX = 200_000
ITEMS_MAX = 200
NAME = re.compile(r"[a-z][a-z0-9_]{1,58}")
OWN_PREFIX = "own_"


class Fault(Frozen):
    """`where`: the place in the file, such as `items.3.options.1.code`, counted from 1. `line`: 0 where nobody looked."""

    where: str
    zh: str
    en: str
    line: int = 0


def check_text(text: str, own: bool = False) -> tuple[Instrument | None, list[Fault]]:
    """The instrument of a YAML text, or None and every fault that was found. `own`: it is a station's and must be named as one."""
    if len(text) > SIZE_MAX:
        return None, [Fault(where="", zh="文件太大，量表最多 20 万字。", en="The file is too large for an instrument.")]
    try:
        body = yaml.safe_load(text)
    except yaml.YAMLError as error:
        return None, [describe_syntax(error)]
    if not isinstance(body, dict):
        return None, [
            Fault(where="", zh="文件里没有内容，或不是“名称: 值”的写法。", en="The file holds no “name: value” lines.")
        ]
    try:
        instrument = Instrument(**body)
    except ValidationError as error:
        return None, [describe_shape(one) for one in error.errors()]
    except TypeError:
        return None, [Fault(where="", zh="最外层的名称必须是文字。", en="The outermost names must be words.")]
    faults = find_faults(instrument, own)
    return (None, faults) if faults else (instrument, [])


def find_faults(instrument: Instrument, own: bool = False) -> list[Fault]:
    """What makes no sense in an instrument that has the right shape."""
    return [
        *_names(instrument, own),
        *_items(instrument),
        *(_bands(instrument) if instrument.items and all(map(instrument.options_of, instrument.items)) else ()),
        *_expressions(instrument),
    ]


def describe_syntax(error: yaml.YAMLError) -> Fault:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else 0
    return Fault(
        where=f"line {line}",
        zh=f"第 {line} 行附近写法不对：检查缩进、冒号后的空格和引号。",
        en=f"Near line {line} this is not YAML: look at the indentation, the space after a colon, and quotes.",
    )


def describe_shape(error: Any) -> Fault:
    """A fault of shape in plain words; the commonest are a forgotten line and `no` or `0` without quotes."""
    where = ".".join(str(part + 1 if isinstance(part, int) else part) for part in error["loc"])
    name = next((str(part) for part in reversed(error["loc"]) if not isinstance(part, int)), "")
    given = error.get("input")
    if error["type"] == "missing":
        return Fault(where=where, zh=f"缺少“{name}”这一行。", en=f"The line “{name}” is missing.")
    if error["type"] == "extra_forbidden":
        return Fault(where=where, zh=f"不认识“{name}”，可能写错了名称。", en=f"“{name}” is not known; is it misspelt?")
    if error["type"] == "string_type" and isinstance(given, bool | int):
        return Fault(
            where=where,
            zh=f'“{name}”要加引号，例如 "no"、"0"，不加引号会被当成是非或数字。',
            en=f'“{name}” needs quotes, such as "no" or "0": without them it is read as a truth value or a number.',
        )
    if error["type"] == "literal_error":
        allowed = str(error.get("ctx", {}).get("expected", ""))
        return Fault(where=where, zh=f"“{name}”只能是 {allowed}。", en=f"“{name}” must be {allowed}.")
    if error["type"].startswith("int"):
        return Fault(where=where, zh=f"“{name}”要写整数。", en=f"“{name}” must be a whole number.")
    return Fault(where=where, zh=f"“{name}”的内容格式不对。", en=f"“{name}” has the wrong shape.")


def _names(instrument: Instrument, own: bool) -> Iterator[Fault]:
    if not NAME.fullmatch(instrument.id):
        yield Fault(where="id", zh="编号只能用小写字母、数字和下划线。", en="The id takes small letters, digits and _.")
    if own and not instrument.id.startswith(OWN_PREFIX):
        yield Fault(
            where="id",
            zh="本站自己的量表，编号要以 own_ 开头。",
            en="The id of a station's own instrument begins with own_.",
        )
    if instrument.version < 1:
        yield Fault(where="version", zh="版本从 1 开始。", en="Versions begin at 1.")
    if not instrument.licence.strip() or not instrument.source.strip():
        yield Fault(
            where="licence",
            zh="请写明来源和许可：没有许可的量表不能用。",
            en="Say source and licence: one without a licence may not be used.",
        )
    if instrument.min_age is not None and instrument.max_age is not None and instrument.min_age > instrument.max_age:
        yield Fault(where="min_age", zh="最小年龄大于最大年龄。", en="The least age is above the greatest.")
    for place, names in (
        ("items", [item.id for item in instrument.items]),
        ("bands", [band.code for band in instrument.bands]),
        ("parts", [part.id for part in instrument.parts]),
    ):
        for name in sorted({one for one in names if names.count(one) > 1}):
            yield Fault(where=place, zh=f"“{name}”出现了两次。", en=f"“{name}” stands there twice.")


def _items(instrument: Instrument) -> Iterator[Fault]:
    if not instrument.items:
        yield Fault(where="items", zh="没有题目。", en="There are no items.")
    if len(instrument.items) > ITEMS_MAX:
        yield Fault(where="items", zh=f"题目太多，最多 {ITEMS_MAX} 题。", en=f"Too many items: at most {ITEMS_MAX}.")
    parts = {part.id for part in instrument.parts}
    for number, item in enumerate(instrument.items, 1):
        where = f"items.{number}"
        if not NAME.fullmatch(item.id) or item.id == "score":
            yield Fault(
                where=where,
                zh=f"第 {number} 题的编号“{item.id}”不能用。",
                en=f"Item {number}: the id “{item.id}” cannot be used.",
            )
        if item.part is not None and item.part not in parts:
            yield Fault(
                where=where,
                zh=f"第 {number} 题属于“{item.part}”，但没有这个部分。",
                en=f"Item {number} stands in “{item.part}”, which is no part.",
            )
        yield from _options(instrument, item, number)


def _options(instrument: Instrument, item: Item, number: int) -> Iterator[Fault]:
    codes = [option.code for option in instrument.options_of(item)]
    where = f"items.{number}.options"
    if len(codes) < 2:
        yield Fault(
            where=where, zh=f"第 {number} 题至少要有两个选项。", en=f"Item {number} needs two options at least."
        )
    if len(set(codes)) != len(codes):
        yield Fault(
            where=where, zh=f"第 {number} 题有两个选项的代码一样。", en=f"Item {number} has two options with one code."
        )
    for code in sorted(set(item.scores) - set(codes)):
        yield Fault(
            where=where,
            zh=f"第 {number} 题给“{code}”记分，但没有这个选项。",
            en=f"Item {number} scores “{code}”, which is no option.",
        )


def _bands(instrument: Instrument) -> Iterator[Fault]:
    per_item = [[o.score for o in instrument.options_of(item)] for item in instrument.items if item.scored]
    for total in range(sum(map(min, per_item)), sum(map(max, per_item)) + 1):
        fitting = [
            b.code for b in instrument.bands if b.low is not None and b.high is not None and b.low <= total <= b.high
        ]
        if len(fitting) == 0:
            yield Fault(
                where="bands", zh=f"总分 {total} 不在任何等级里。", en=f"A total of {total} falls into no band."
            )
            return
        if len(fitting) > 1:
            yield Fault(
                where="bands",
                zh=f"总分 {total} 同时在几个等级里：{'、'.join(fitting)}。",
                en=f"A total of {total} falls into several bands: {', '.join(fitting)}.",
            )
            return


def _expressions(instrument: Instrument) -> Iterator[Fault]:
    items = {item.id for item in instrument.items}
    bands = {band.code for band in instrument.bands}
    rules = [(f"alerts.{n}", alert.when, items) for n, alert in enumerate(instrument.alerts, 1)]
    rules += [(f"lifts.{n}", lift.when, items | {"score"}) for n, lift in enumerate(instrument.lifts, 1)]
    for where, expression, known in rules:
        try:
            unknown = names_in(expression) - known
        except ExpressionError:
            yield Fault(
                where=where, zh=f"条件“{expression}”写法不对。", en=f"The condition “{expression}” cannot be read."
            )
            continue
        for name in sorted(unknown):
            yield Fault(where=where, zh=f"条件里的“{name}”不是题目的编号。", en=f"“{name}” in a condition is no item.")
    for number, lift in enumerate(instrument.lifts, 1):
        if (lift.to is None) == (lift.by is None):
            yield Fault(
                where=f"lifts.{number}",
                zh="要写 to（到哪一级）或 by（加重几级），只写一个。",
                en="Give either “to” or “by”.",
            )
        if lift.to is not None and lift.to not in bands:
            yield Fault(where=f"lifts.{number}", zh=f"没有“{lift.to}”这个等级。", en=f"There is no band “{lift.to}”.")

"""Explains what is wrong with a station's own figures, frequencies or instrument: by line and field, in sentences for whoever wrote it."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import yaml
from pydantic import ValidationError

from schemas.codes import code_lists
from schemas.fields import Frozen
from schemas.instruments.checking import Fault, describe_shape, describe_syntax
from schemas.local_rules.shapes import County, OwnRule, Visits
from schemas.policies import policies, policy_parameters
from schemas.process import six_steps
from schemas.standing import RISKS
from schemas.visit_rules import visit_rules

SIZE_MAX = 60_000
DAYS_MAX = 366
OWN = "own_"
_UNITS = {"fen": ("元", 100), "permille": ("%", 10), "years": ("岁", 1)}
_WITH_UNIT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(元|%|岁)?\s*")
_LIMITS = {"fen": 10_000_000, "permille": 1000, "years": 120}


class Note(Frozen):
    """Not wrong, but worth a second look before it is sent to the phones."""

    where: str
    zh: str
    en: str


def read_body(text: str) -> tuple[dict[str, Any] | None, list[Fault]]:
    if len(text) > SIZE_MAX:
        return None, [
            Fault(where="", zh=f"内容太多，最多 {SIZE_MAX} 字。", en=f"Too long: at most {SIZE_MAX} characters.")
        ]
    try:
        body = yaml.safe_load(text)
    except yaml.YAMLError as error:
        return None, [describe_syntax(error)]
    except ValueError:  # YAML reads 2026-02-30 as a date that does not exist
        return None, [Fault(where="", zh="有一个日期不是真实存在的日期。", en="One of the dates is not a real date.")]
    if not isinstance(body, dict) or not all(isinstance(name, str) for name in body):
        return None, [Fault(where="", zh="没有内容，或不是“名称: 值”的写法。", en="There are no “name: value” lines.")]
    return body, []


def check_county(text: str) -> tuple[County | None, list[Fault]]:
    """The county's figures with every amount in its smallest unit, or None and every fault."""
    body, faults = read_body(text)
    if body is None:
        return None, faults
    try:
        county = County(**body)
    except ValidationError as error:
        return None, [describe_shape(one) for one in error.errors()]
    amounts, faults = _amounts(county.amounts)
    titles = policies().titles
    faults += [
        Fault(where=f"offices.{name}", zh=f"没有“{name}”这项政策。", en=f"There is no policy “{name}”.")
        for name in county.offices
        if name not in titles
    ]
    faults += _days(county.valid_from, county.valid_to)
    if not faults:
        faults += _order(amounts)
    return (None, faults) if faults else (county.model_copy(update={"amounts": amounts}), [])


def check_visits(text: str) -> tuple[Visits | None, list[Fault]]:
    body, faults = read_body(text)
    if body is None:
        return None, faults
    try:
        visits = Visits(**body)
    except ValidationError as error:
        return None, [describe_shape(one) for one in error.errors()]
    faults = [*_days(visits.valid_from, visits.valid_to), *_rules(visits), *_numbers(visits)]
    return (None, faults) if faults else (visits, [])


def find_looser(visits: Visits) -> list[Note]:
    """Where the station asks for less than the shipped rule: allowed, and worth a second look."""
    shipped = {rule.id: rule for rule in visit_rules().rules}
    notes = []
    for name, own in visits.rules.items():
        rule = shipped.get(name)
        for risk, days in own.home_days.items():
            usual = rule.home_days.get(risk) if rule else None
            if rule is not None and usual is not None and days > usual:
                notes.append(
                    Note(
                        where=f"rules.{name}.home_days.{risk}",
                        zh=f"“{rule.zh}”比默认宽：{days} 天，默认 {usual} 天（依据：{rule.basis}）。请确认有文件依据。",
                        en=f"“{rule.en}” is looser than usual: {days} days instead of {usual} ({rule.basis}).",
                    )
                )
    return notes


def line_of(text: str, where: str) -> int:
    """The line of the file on which a place such as `rules.dibao.home_days` stands; of what is missing, that of what it belongs to. 0: unknown."""
    if where.startswith("line "):
        return int(where.removeprefix("line "))
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError):
        return 0
    line = 0
    for part in where.split(".") if where else []:
        found = _step(node, part)
        if found is None:
            break
        line, node = found
    return line


def _step(node: Any, part: str) -> tuple[int, Any] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == part:
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and part.isdigit() and 0 < int(part) <= len(node.value):
        item = node.value[int(part) - 1]
        return item.start_mark.line + 1, item
    return None


def _amounts(written: Mapping[str, int | float | str]) -> tuple[dict[str, int], list[Fault]]:
    known = policy_parameters()
    amounts: dict[str, int] = {}
    faults = []
    for name, value in written.items():
        where = f"amounts.{name}"
        if name not in known:
            names = "、".join(f"{one}（{said['zh']}）" for one, said in known.items())
            faults.append(Fault(where=where, zh=f"不认识“{name}”。可以写：{names}。", en=f"“{name}” is not known."))
            continue
        unit = known[name]["unit"]
        word, factor = _UNITS[unit]
        found = _WITH_UNIT.fullmatch(str(value))
        amount = None
        if found and not isinstance(value, bool) and found[2] in (None, word):
            number = Decimal(found[1]) * (factor if found[2] else 1)
            amount = int(number) if number == int(number) else None
        if amount is None:
            example = {"fen": "780元", "permille": "60%", "years": "80岁"}[unit]
            faults.append(
                Fault(
                    where=where,
                    zh=f"“{known[name]['zh']}”要写成数字加单位，例如 {example}。",
                    en=f"“{known[name]['en']}” is written as a number with its unit, such as {example}.",
                )
            )
        elif not 0 < amount <= _LIMITS[unit]:
            faults.append(
                Fault(
                    where=where,
                    zh=f"“{known[name]['zh']}”不可能是这个数，请核对单位。",
                    en=f"“{known[name]['en']}” cannot be this number: look at the unit.",
                )
            )
        else:
            amounts[name] = amount
    return amounts, faults


def _order(amounts: Mapping[str, int]) -> Iterator[Fault]:
    low, high = amounts.get("dibao_standard_fen"), amounts.get("margin_standard_fen")
    if low is not None and high is not None and high <= low:
        yield Fault(
            where="amounts.margin_standard_fen",
            zh="低保边缘标准应当高于低保标准，请核对两个数是不是写反了。",
            en="The margin standard is above the dibao standard: are the two swapped?",
        )


def _days(first: str, last: str | None) -> Iterator[Fault]:
    for where, written in (("valid_from", first), ("valid_to", last)):
        try:
            if written is not None:
                date.fromisoformat(written)
        except ValueError:
            yield Fault(where=where, zh="不是真实存在的日期，请写成 2026-01-01。", en="Not a real date: 2026-01-01.")
            return
    if last is not None and last < first:
        yield Fault(where="valid_to", zh="结束日期早于开始日期。", en="The last day lies before the first.")


def _rules(visits: Visits) -> Iterator[Fault]:
    shipped = {rule.id: rule for rule in visit_rules().rules}
    known = {code.code for code in code_lists()["client_category"].codes}
    for name, rule in visits.rules.items():
        where = f"rules.{name}"
        if name not in shipped:
            yield from _own_rule(name, rule)
        elif rule.categories or rule.zh or rule.en:
            yield Fault(
                where=where,
                zh="已有的规则只能改天数；要换对象，请另立一条 own_ 开头的规则。",
                en="Of a shipped rule only days are changed; for other people write a rule of your own (own_…).",
            )
        elif shipped[name].by_plan or shipped[name].calendar_year:
            yield Fault(where=where, zh="这条规则没有天数，不能改。", en="This rule has no days to change.")
        for code in sorted(set(rule.categories) - known):
            yield Fault(where=f"{where}.categories", zh=f"没有“{code}”这个类别。", en=f"There is no category “{code}”.")
        for field, days in (("home_days", rule.home_days), ("contact_days", rule.contact_days)):
            for risk in sorted(set(days) - set(RISKS)):
                yield Fault(
                    where=f"{where}.{field}.{risk}",
                    zh=f"风险等级只有 red、yellow、blue、green，没有“{risk}”。",
                    en=f"Risk levels are red, yellow, blue, green; “{risk}” is none.",
                )


def _own_rule(name: str, rule: OwnRule) -> Iterator[Fault]:
    where = f"rules.{name}"
    if not name.startswith(OWN):
        names = "、".join(f"{one.id}（{one.zh}）" for one in visit_rules().rules)
        yield Fault(
            where=where,
            zh=f"没有“{name}”这条规则。已有：{names}；自己立的规则要以 own_ 开头。",
            en=f"There is no rule “{name}”; one of your own begins with own_.",
        )
    elif not (rule.zh and rule.en and rule.categories and (rule.home_days or rule.contact_days)):
        yield Fault(
            where=where,
            zh="自己立的规则要写明 zh、en、categories（对象类别），以及 home_days 或 contact_days。",
            en="A rule of your own names zh, en, categories, and home_days or contact_days.",
        )


def _numbers(visits: Visits) -> Iterator[Fault]:
    numbers: dict[str, int] = {}
    for name, rule in visits.rules.items():
        for field, days in (("home_days", rule.home_days), ("contact_days", rule.contact_days)):
            numbers |= {f"rules.{name}.{field}.{risk}": count for risk, count in days.items()}
    numbers |= {f"event_days.{kind}": count for kind, count in visits.event_days.items()}
    numbers |= {f"closure_days.{place}": count for place, count in enumerate(visits.closure_days, 1)}
    numbers |= {f"step_days.{step}": count for step, count in visits.step_days.items()}
    for where, count in numbers.items():
        if not 1 <= count <= DAYS_MAX:
            yield Fault(where=where, zh=f"天数要在 1 到 {DAYS_MAX} 之间。", en=f"Days are from 1 to {DAYS_MAX}.")
    events, steps = set(visit_rules().event_days), {step.id for step in six_steps().steps}
    for kind in sorted(set(visits.event_days) - events):
        yield Fault(
            where=f"event_days.{kind}",
            zh=f"没有“{kind}”这种事。可以写：{'、'.join(sorted(events))}。",
            en=f"There is no event “{kind}”.",
        )
    for step in sorted(set(visits.step_days) - steps):
        yield Fault(
            where=f"step_days.{step}",
            zh=f"没有“{step}”这一步。可以写：{'、'.join(sorted(steps))}。",
            en=f"There is no step “{step}”.",
        )
    if list(visits.closure_days) != sorted(set(visits.closure_days)):
        yield Fault(
            where="closure_days", zh="回访天数要从小到大写，不要重复。", en="Follow-up days stand in rising order."
        )

"""Sheets to fill in: every name that one may hold, with its Chinese and what the shipped rule says."""

from schemas.policies import policies, policy_parameters
from schemas.process import six_steps
from schemas.visit_rules import visit_rules

_EXAMPLES = {"fen": "780元", "permille": "60%", "years": "80岁"}
_INSTRUMENT = """\
# 本站自己的量表。编号以 own_ 开头；内容改了，版本加一。
id: own_sleep
version: 1
zh: 睡眠两问
en: Sleep
source: 本站自编
licence: CC0
notice: {zh: 只是了解，不是诊断。, en: No diagnosis.}
question: {zh: 最近一周, en: In the past week}
options:
  - {code: "0", zh: 没有, en: Never, score: 0}
  - {code: "1", zh: 有时, en: Sometimes, score: 1}
  - {code: "2", zh: 经常, en: Often, score: 2}
items:
  - {id: falling, zh: 睡不着, en: Cannot fall asleep}
  - {id: waking, zh: 半夜醒来, en: Wakes at night}
score: {zh: 合计, en: Total}
bands:
  - {code: well, from: 0, to: 1, zh: 睡得好, en: Well}
  - {code: badly, from: 2, to: 4, zh: 睡得不好, en: Badly}
"""


def make_template(kind: str) -> str:
    return {"county": _county, "visits": _visits}.get(kind, lambda: _INSTRUMENT)()


def _example(name: str, unit: str) -> str:
    return "1170元" if name == "margin_standard_fen" else _EXAMPLES[unit]  # above the dibao standard


def _county() -> str:
    amounts = [
        f"  {name}: {_example(name, said['unit'])}  # {said['zh']}（示例，请改成当地的）"
        for name, said in policy_parameters().items()
    ]
    offices = [f"  # {one.id}: {one.office}  # {policies().titles[one.id].zh}" for one in policies().policies]
    return "\n".join(
        [
            *("# 本县当年的标准。没有的项删掉整行；去掉 offices 下的 # 可以写本地的受理单位。", "county: 某县"),
            *("basis: 文件名和文号", 'valid_from: "2026-01-01"', 'valid_to: "2026-12-31"', "amounts:"),
            *amounts,
            *("offices:", '  dibao: "乡镇社会救助窗口"', *offices),
        ]
    )


def _visits() -> str:
    lines = [
        *("# 走访频次。不写的用默认。天数：red 红、yellow 黄、blue 蓝、green 绿。", "basis: 文件名和文号"),
        *('valid_from: "2026-01-01"', "rules:"),
    ]
    for rule in visit_rules().rules:
        if rule.home_days:
            days = ", ".join(f"{risk}: {count}" for risk, count in rule.home_days.items())
            lines.append(f"  {rule.id}: {{home_days: {{{days}}}}}  # {rule.zh}")
    events = ", ".join(f"{kind}: {days}" for kind, days in visit_rules().event_days.items())
    steps = ", ".join(f"{step.id}: {step.days}" for step in six_steps().steps)
    return "\n".join(
        [
            *lines,
            f"event_days: {{{events}}}  # 出了什么事，几天内去看",
            f"closure_days: {list(visit_rules().closure_days)}  # 结案后第几天回访",
            f"step_days: {{{steps}}}  # 每一步最多几天，超过算卡住",
        ]
    )

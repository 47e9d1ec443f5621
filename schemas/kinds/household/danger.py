"""What cannot wait: crises (F8), events that force a visit, and reviews of the risk level.

A crisis is written after acting; nobody's approval stands before a report. Its fields are restricted: the family never sees the record.
A risk of red counts at once, a lower one only when a second person has confirmed it (`schemas.risk`).
"""

from schemas.fields import CollectionOf, Field, section_over
from schemas.kinds.brief import (
    code,
    code_set,
    day,
    flag,
    one,
    past_day,
    reviewers_note,
    seen_by_deputy,
    several,
    story,
    text,
)

CRISIS_FIELDS = (
    Field(name="found_at", type="instant", zh="发现时间", en="Found at", policy="min"),
    code("kind", "危机种类", "Kind of crisis", "crisis_kind", policy="review", sensitivity=3),
    several("members", "涉及家人", "Members concerned", "members", sensitivity=3),
    story("what_happened", "发生了什么", "What happened", policy="review", sensitivity=3),
    story("seen", "亲眼看到、听到的", "Seen and heard", policy="review", sensitivity=3),
    code("danger", "现在的危险", "Danger now", "danger_level", policy="review", sensitivity=3),
    code_set(
        "danger_signs", "强制报告情形", "Signs that must be reported", "mandatory_report_situation", sensitivity=3
    ),
    code_set("acts", "已经做的", "Done at once", "crisis_act", sensitivity=3),
    text("acts_note", "怎么做的", "How", 1000, policy="review", sensitivity=3),
    code_set("reported_to", "已报告给", "Reported to", "reported_to", sensitivity=3),
    Field(name="reported_at", type="instant", zh="报告时间", en="Reported at", policy="min", sensitivity=3),
    one("reported_by", "报告人", "Reported by", "person", sensitivity=3),
    text("receipt", "回执号或接警人", "Receipt", 120, sensitivity=3),
    text("not_reported_reason", "没有报告的理由", "Why not reported", 500, policy="review", sensitivity=3),
    several("evidence", "证据", "Evidence", "attachments", sensitivity=3),
    flag("safe_now", "人已安全", "Safe now", policy="review", sensitivity=3),
    text("result", "处理结果", "Result", 1000, policy="review", sensitivity=3),
    day("next_on", "下次跟进", "Next on"),
    one("instrument_result", "来自哪次量表", "From which instrument", "instrument_results"),
    text("worker_note", "社工备忘（不参与审批）", "Worker's memo (not reviewed)", 1000, sensitivity=3),
    one("raised_by", "谁拉的警报", "Who raised the alarm", "person", policy="once"),
    *seen_by_deputy(),
)

CRISES = CollectionOf(
    name="crises",
    zh="危机介入",
    en="Crises",
    fields=CRISIS_FIELDS,
    section=section_over(
        "crisis",
        "危机介入",
        "Crisis",
        CRISIS_FIELDS,
        exempt=("next_on", "worker_note", "raised_by", "seen_by", "seen_at"),
    ),
)

EVENTS = CollectionOf(
    name="events",
    zh="大事记",
    en="Events",
    fields=(
        code("kind", "什么事", "What", "visit_event", policy="review", sensitivity=2),
        past_day("happened_on", "发生日期", "Happened on", policy="review"),
        one("member", "关于谁", "About whom", "members"),
        text("note", "说明", "Note", 500, sensitivity=2),
        code("source", "谁说的", "Told by", "fact_source"),
        flag("no_visit_needed", "不用上门", "No visit needed", policy="authority", writers=("head", "deputy")),
    ),
)

RISK_REVIEWS = CollectionOf(
    name="risk_reviews",
    zh="风险定级",
    en="Risk reviews",
    fields=(
        past_day("reviewed_on", "定级日期", "Reviewed on", policy="review"),
        code("level", "风险等级", "Level", "risk_level", policy="once", sensitivity=2),
        code("level_before", "原来的等级", "Level before", "risk_level", policy="once", sensitivity=2),
        one("member", "关于谁", "About whom", "members"),
        story("reason", "理由", "Reason", 1000),
        one("instrument_result", "依据的量表", "Instrument behind it", "instrument_results"),
        one("proposed_by", "提出人", "Proposed by", "person", policy="once"),
        several("confirmed_by", "确认人", "Confirmed by", "person"),
        reviewers_note(),
    ),
)

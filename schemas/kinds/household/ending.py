"""Handing on and ending: referral (F9), evaluation (F10), closure (F11), follow-up after closure (F12)."""

from schemas.fields import CollectionOf, Field, section_over
from schemas.kinds.brief import code, code_set, day, flag, group, number, one, past_day, several, story, text
from schemas.kinds.household.plan import GOALS_MAX

# What went out, and what only the receiver can tell: codes made from a secret inside the sealed parcel.
PARCEL_PARTS = (
    Field(name="id", type="reference", zh="编号", en="Id"),
    Field(name="sha256", type="hash", zh="文件摘要", en="Digest of the file"),
    Field(name="bytes", type="integer", zh="大小", en="Size", minimum=1, maximum=20_000_000, unit="bytes"),
    Field(name="secret", type="hash", zh="回执密钥", en="Secret of the receipt"),
    Field(name="made_at", type="instant", zh="制作时间", en="Made at"),
)

REFERRAL_FIELDS = (
    past_day("applied_on", "申请日期", "Applied on", policy="review"),
    code("kind", "转到哪里", "Where to", "referral_kind", policy="review"),
    several("members", "转介对象", "Who is referred", "members"),
    code("reason", "转介原因", "Reason", "referral_reason", policy="review"),
    story("reason_note", "原因说明", "Reason: note", 1000, policy="review"),
    text("receiver", "接收方", "Receiver", 120, policy="review"),
    text("receiver_contact", "联系人与电话", "Contact", 120, policy="review", sensitivity=2),
    one("consent", "对方的同意", "Consent", "consents", policy="review"),
    text("no_consent_reason", "没有同意的理由", "Why without consent", 500, policy="review"),
    code_set("handed_over", "移交哪些内容", "What is handed over", "referral_part"),
    text("kept_back", "不移交的内容", "What is kept back", 500, policy="review"),
    text("continuity", "转介期间谁来管", "Who stays in charge meanwhile", 500, policy="review"),
    flag("we_stay", "本站继续服务", "We stay on the case", policy="review"),
    code("state", "进展", "State", "referral_state"),
    past_day("answered_on", "对方答复日期", "Answered on"),
    text("answered_by", "答复人", "Answered by", 60),
    past_day("first_contact_on", "对方首次接触日期", "First contact on"),
    text("feedback", "反馈", "Feedback", 1000, sensitivity=2),
    text("receipt", "回执", "Receipt", 200),
    one("receiver_person", "接手的社工", "Receiving worker", "person", policy="review"),
    one("receiver_station", "接收的站", "Receiving station", "station", policy="review"),
    past_day("sent_on", "发出日期", "Sent on"),
    day("answer_due_on", "最晚答复", "Answer due on"),
    group("parcel", "移交件", "Parcel", PARCEL_PARTS, sensitivity=3),
)

REFERRALS = CollectionOf(
    name="referrals",
    zh="转介",
    en="Referrals",
    fields=REFERRAL_FIELDS,
    section=section_over(
        "referral",
        "转介申请",
        "Referral",
        REFERRAL_FIELDS,
        exempt=(
            *("state", "answered_on", "answered_by", "first_contact_on", "feedback", "receipt"),
            *("sent_on", "answer_due_on", "parcel"),
        ),
    ),
)

SATISFACTION = (
    number("satisfaction", "满意度", "Satisfaction", 1, 5, codes="satisfaction", policy="review"),
    one("satisfaction_asked_by", "谁问的满意度", "Who asked", "person", policy="review"),
    past_day("satisfaction_on", "询问日期", "Asked on", policy="review"),
    text("satisfaction_note", "对方怎么说", "What they said", 500, policy="review", sensitivity=2),
)


def goal_result(place: int) -> Field:
    parts = (
        code("result", "达成情况", "Result", "goal_result"),
        text("now", "现在", "Now", 80, sensitivity=2),
        text("note", "说明", "Note", 300, sensitivity=2),
    )
    return group(f"goal_{place}_result", f"目标{place}的结果", f"Result of goal {place}", parts, policy="review")


EVALUATION_FIELDS = (
    past_day("evaluated_on", "评估日期", "Evaluated on", policy="review"),
    one("plan", "服务计划", "Plan", "plans", policy="review"),
    several("evaluators", "评估人", "Evaluators", "person"),
    code_set("methods", "评估方法", "Ways of evaluating", "evaluation_method"),
    *(goal_result(place + 1) for place in range(GOALS_MAX)),
    several("scores_before", "服务前的量表", "Instruments before", "instrument_results"),
    several("scores_after", "服务后的量表", "Instruments after", "instrument_results"),
    story("changes", "变化", "What changed", policy="review"),
    *SATISFACTION,
    code("conclusion", "结论", "Conclusion", "evaluation_conclusion", policy="review"),
    story("conclusion_note", "结论说明", "Conclusion: note", 1000, policy="review"),
    text("worker_note", "社工备忘（不参与审批）", "Worker's memo (not reviewed)", 1000),
)

EVALUATIONS = CollectionOf(
    name="evaluations",
    zh="服务评估",
    en="Evaluations",
    fields=EVALUATION_FIELDS,
    section=section_over("evaluation", "服务评估", "Evaluation", EVALUATION_FIELDS, exempt=("worker_note",)),
)

CLOSURE_FIELDS = (
    past_day("closed_on", "结案日期", "Closed on", policy="review"),
    code("kind", "结案类型", "Kind of closure", "closure_kind", policy="review"),
    one("plan", "服务计划", "Plan", "plans", policy="review"),
    story("result", "服务成效", "Result", policy="review"),
    story("client_reaction", "对方对结案的反应", "The family's reaction", 1000, policy="review"),
    story("remaining_needs", "还有的需求", "Needs that remain", 1000, policy="review"),
    story("advice", "给对方的建议", "Advice given", 1000, policy="review"),
    text("later_contact", "以后找谁", "Whom to turn to later", 120, policy="review"),
    code_set("follow_up_rounds", "回访安排", "Follow-up", "follow_up_round"),
    *SATISFACTION,
    one("worker", "结案社工", "Worker", "person", policy="review"),
    one("signature", "对方签名", "Signature", "attachments", policy="review", sensitivity=2),
    text("worker_note", "社工备忘（不参与审批）", "Worker's memo (not reviewed)", 1000),
)

CLOSURES = CollectionOf(
    name="closures",
    zh="结案报告",
    en="Closures",
    fields=CLOSURE_FIELDS,
    section=section_over(
        "closure", "结案报告", "Closure", CLOSURE_FIELDS, exempt=("worker_note",), steps=("deputy", "head")
    ),
)

FOLLOW_UPS = CollectionOf(
    name="follow_ups",
    zh="结案回访",
    en="Follow-ups",
    fields=(
        past_day("done_on", "回访日期", "Done on", policy="review"),
        code("round", "第几次回访", "Round", "follow_up_round"),
        one("closure", "哪次结案", "Which closure", "closures"),
        code("method", "回访方式", "Way", "visit_method"),
        code("outcome", "是否见到", "Met or not", "visit_outcome", policy="review"),
        code("situation", "现在的情况", "How it is now", "follow_up_situation", policy="review"),
        story("note", "情况说明", "Note", 1000),
        code_set("needs", "新的需求", "New needs", "service_need", sensitivity=2),
        flag("reopen", "需要重新开案", "To be opened again"),
        one("worker", "回访社工", "Worker", "person"),
        day("next_on", "下次回访", "Next on"),
    ),
)

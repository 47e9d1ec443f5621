"""The first step: the intake register (F1) and what the family agreed to (F2).

An intake is reviewed, consent is not: it is the family's word. A withdrawn consent outweighs a given one, however late it came.
"""

from schemas.fields import CollectionOf, section_over
from schemas.kinds.brief import code, code_set, day, flag, one, past_day, several, story, text
from schemas.kinds.household.person import contact

INTAKE_FIELDS = (
    past_day("received_on", "接案日期", "Received on", policy="review"),
    code("source", "来源", "Source", "case_source", policy="review"),
    text("source_note", "谁介绍来的", "Who brought it", 120),
    several("members", "涉及家人", "Members concerned", "members"),
    story("presenting_problem", "求助的问题", "Presenting problem", policy="review"),
    story("hopes", "希望得到什么", "What they hope for", 1000, policy="review"),
    code("urgency", "紧急程度", "Urgency", "urgency", policy="review"),
    code("decision", "处理意见", "Decision", "intake_decision", policy="review"),
    story("decision_reason", "理由", "Reason", 1000, policy="review"),
    one("worker", "接案社工", "Worker", "person", policy="review"),
    text("next_steps", "下一步", "Next steps", 1000),
)

INTAKES = CollectionOf(
    name="intakes",
    zh="接案登记",
    en="Intakes",
    fields=INTAKE_FIELDS,
    section=section_over("intake", "接案登记", "Intake", INTAKE_FIELDS, exempt=("next_steps",)),
)

CONSENTS = CollectionOf(
    name="consents",
    zh="知情同意与协议",
    en="Consents and agreements",
    fields=(
        code("kind", "种类", "Kind", "consent_kind", policy="review"),
        text("text_version", "文本版本", "Version of the text", 40, policy="once"),
        one("member", "谁的同意", "Whose consent", "members", policy="review"),
        code("state", "结果", "Result", "consent_state", policy="safest", order=("withdrawn", "refused", "given")),
        code_set("items", "同意的事项", "Agreed to", "consent_item"),
        past_day("signed_on", "签署日期", "Signed on", policy="review"),
        code("signed_by", "谁签的", "Who signed", "consent_signer", policy="review"),
        contact("guardian", "监护人", "Guardian", policy="review"),
        text("guardian_note", "监护人为什么没签", "Why the guardian did not sign", 500, sensitivity=2),
        code("signature_kind", "确认方式", "Confirmed by", "signature_kind"),
        one("signature", "签名", "Signature", "attachments", sensitivity=2),
        several("papers", "纸质件照片", "Photos of the paper", "attachments", sensitivity=2),
        flag("read_aloud", "已读给对方听", "Read aloud"),
        flag("limits_explained", "已说明保密的限度", "Limits of confidentiality explained"),
        one("worker", "经手社工", "Worker", "person"),
        day("valid_to", "有效期至", "Valid until"),
        past_day("withdrawn_on", "撤回日期", "Withdrawn on", policy="max"),
        text("withdrawn_reason", "撤回的说明", "What was said on withdrawal", 500, sensitivity=2),
        code("legal_basis", "没有同意时的依据", "Legal basis without consent", "legal_basis"),
        text("note", "备注", "Note", 1000),
    ),
)

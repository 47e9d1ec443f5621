"""A home visit (入户走访记录): head, body card by card, foot. Everything is optional; what was not asked is not written."""

from schemas.fields import CollectionOf, Field

TOPICS = (
    ("health", "健康", "Health"),
    ("economy", "经济与政策待遇", "Money and benefits"),
    ("support", "赡养扶养与照料", "Family support and care"),
    ("safety", "居住安全", "Safety of the home"),
    ("environment", "卫生与居住环境", "Hygiene and surroundings"),
    ("child", "儿童", "Children"),
)


def topic_fields(topic: str, zh: str, en: str) -> tuple[Field, ...]:
    """A card of the body: how it stands, chips, a few words."""
    return (
        Field(name=f"{topic}_state", type="code", zh=zh, en=en, codes="topic_state", sensitivity=2),
        Field(
            name=f"{topic}_findings",
            type="code_set",
            zh=f"{zh}：所见",
            en=f"{en}: findings",
            policy="union",
            codes="visit_finding",
            sensitivity=2,
        ),
        Field(name=f"{topic}_note", type="text", zh=f"{zh}：说明", en=f"{en}: note", length_max=1000, sensitivity=2),
    )


HEAD = (
    Field(name="visited_on", type="date", zh="走访日期", en="Visited on", policy="review", past=True),
    Field(name="started_time", type="time", zh="开始时间", en="Started at"),
    Field(name="ended_time", type="time", zh="结束时间", en="Ended at"),
    Field(name="visitors", type="reference_set", zh="走访人", en="Visitors", policy="union", refers="person"),
    Field(name="companions", type="text", zh="同行人", en="Accompanied by", length_max=120),
    Field(name="visit_type", type="code", zh="走访类型", en="Type of visit", codes="visit_type"),
    Field(name="method", type="code", zh="走访方式", en="Way of visiting", policy="review", codes="visit_method"),
    Field(name="outcome", type="code", zh="是否见到", en="Met or not", policy="review", codes="visit_outcome"),
    Field(name="not_met_reason", type="code", zh="未见原因", en="Why not met", codes="not_met_reason"),
    Field(
        name="met_members", type="reference_set", zh="见到的家人", en="Members met", policy="union", refers="members"
    ),
    Field(name="met_others", type="text", zh="见到的其他人与关系", en="Others met and relation", length_max=120),
    Field(
        name="place",
        type="group",
        zh="定位",
        en="Position",
        sensitivity=2,
        parts=(
            Field(name="lat_e7", type="integer", zh="纬度", en="Latitude", minimum=-900000000, maximum=900000000),
            Field(name="lng_e7", type="integer", zh="经度", en="Longitude", minimum=-1800000000, maximum=1800000000),
            Field(name="accuracy_m", type="integer", zh="精度", en="Accuracy", minimum=0, maximum=100000, unit="m"),
        ),
    ),
)

BODY = (
    Field(
        name="member_changes", type="code_set", zh="家庭成员变化", en="Changes", policy="union", codes="member_change"
    ),
    Field(name="member_changes_note", type="text", zh="成员变化说明", en="Changes: note", length_max=500),
    *(field for topic in TOPICS for field in topic_fields(*topic)),
    Field(
        name="needs", type="code_set", zh="服务需求", en="Needs", policy="union", codes="service_need", sensitivity=2
    ),
    Field(name="needs_note", type="text", zh="需求说明", en="Needs: note", length_max=1000, sensitivity=2),
    Field(
        name="policies_told",
        type="code_set",
        zh="宣讲政策",
        en="Policies explained",
        policy="union",
        codes="policy_enjoyed",
    ),
    Field(
        name="services_given",
        type="code_set",
        zh="当场服务",
        en="Done on the spot",
        policy="union",
        codes="service_function",
    ),
    Field(name="services_note", type="text", zh="服务说明", en="Done: note", length_max=1000),
    Field(name="problems", type="text", zh="发现问题", en="Problems found", length_max=1000, sensitivity=2),
    Field(name="urgency", type="code", zh="紧急程度", en="Urgency", codes="urgency"),
    Field(
        name="danger_signs",
        type="code_set",
        zh="强制报告情形",
        en="Signs that must be reported",
        policy="union",
        codes="mandatory_report_situation",
        sensitivity=3,
    ),
    Field(
        name="reported_to",
        type="code_set",
        zh="已报告给",
        en="Reported to",
        policy="union",
        codes="reported_to",
        sensitivity=3,
    ),
    Field(
        name="report_note", type="text", zh="报告时间与回执", en="Report: when, receipt", length_max=500, sensitivity=3
    ),
    Field(name="next_steps", type="text", zh="下一步", en="Next steps", length_max=1000),
    Field(name="next_visit_on", type="date", zh="下次走访日期", en="Next visit on"),
)

FOOT = (
    Field(name="said", type="text", zh="对方陈述", en="What they said", length_max=2000, sensitivity=2),
    Field(name="observation", type="text", zh="社工观察", en="What the worker saw", length_max=2000, sensitivity=2),
    Field(name="photo_consent", type="code", zh="拍照同意", en="Consent to photos", codes="photo_consent"),
    Field(
        name="photos", type="reference_set", zh="照片", en="Photos", policy="union", refers="attachments", sensitivity=2
    ),
    Field(name="signature_kind", type="code", zh="确认方式", en="Confirmed by", codes="signature_kind"),
    Field(name="signature", type="reference", zh="签名", en="Signature", refers="attachments", sensitivity=2),
    Field(
        name="review_note",
        type="text",
        zh="审核意见",
        en="Reviewer's note",
        policy="authority",
        length_max=1000,
        writers=("head", "deputy"),
    ),
)

VISITS = CollectionOf(name="visits", zh="走访记录", en="Visits", fields=(*HEAD, *BODY, *FOOT))

"""A needs assessment (预估, before the plan): ten dimensions on four levels, each with what was seen and what is wanted.

Ten dimensions in three tiers (material, mental, social; NM-29). Reviewed as one section, all but two fields pinned.
"""

from schemas.fields import CollectionOf, Field, section_over

DIMENSIONS = (
    ("income", "经济收入", "Income"),
    ("housing", "住房与居家安全", "Housing and home safety"),
    ("health", "健康医疗", "Health"),
    ("care", "照护与自理", "Care and self-care"),
    ("livelihood", "就业与生计", "Work and livelihood"),
    ("education", "教育", "Education"),
    ("mood", "情绪与心理", "Mood and mind"),
    ("family", "家庭关系与监护", "Family and guardianship"),
    ("social_support", "社会支持与融入", "Social support"),
    ("rights", "权益与政策落实", "Rights and policies"),
)


def dimension_fields(name: str, zh: str, en: str) -> tuple[Field, ...]:
    """One dimension: level 0-3, what was seen, what the person wants. Three registers, so remarks can stand beside each."""
    return (
        Field(
            name=f"{name}_level",
            type="integer",
            zh=zh,
            en=en,
            policy="review",
            codes="need_level",
            minimum=0,
            maximum=3,
            sensitivity=2,
        ),
        Field(
            name=f"{name}_seen",
            type="text",
            zh=f"{zh}：看到了什么",
            en=f"{en}: what was seen",
            policy="review",
            length_max=1000,
            sensitivity=2,
        ),
        Field(
            name=f"{name}_wanted",
            type="text",
            zh=f"{zh}：本人想要什么",
            en=f"{en}: what the person wants",
            policy="review",
            length_max=1000,
            sensitivity=2,
        ),
    )


FIELDS = (
    Field(name="assessed_on", type="date", zh="预估日期", en="Assessed on", policy="review", past=True),
    Field(name="method", type="code", zh="预估方式", en="Way of assessing", codes="assessment_method"),
    Field(name="assessors", type="reference_set", zh="预估人", en="Assessors", policy="union", refers="person"),
    Field(name="informants", type="text", zh="信息提供人与关系", en="Informants and relation", length_max=200),
    *(field for dimension in DIMENSIONS for field in dimension_fields(*dimension)),
    Field(
        name="home_safety",
        type="code_set",
        zh="居家安全隐患",
        en="Home safety hazards",
        policy="union",
        codes="home_safety",
        sensitivity=2,
    ),
    Field(
        name="strengths", type="text", zh="优势与资源", en="Strengths and resources", policy="review", length_max=2000
    ),
    Field(
        name="instruments",
        type="reference_set",
        zh="所用量表",
        en="Instruments used",
        policy="union",
        refers="instrument_results",
    ),
    Field(
        name="difficulty_level",
        type="code",
        zh="困难程度",
        en="Difficulty level",
        policy="review",
        codes="difficulty_level",
        sensitivity=2,
    ),
    Field(
        name="risk_level",
        type="code",
        zh="风险等级",
        en="Risk level",
        policy="safest",
        order=("red", "yellow", "blue", "green"),
        codes="risk_level",
        sensitivity=2,
    ),
    Field(
        name="risk_reason",
        type="text",
        zh="风险理由",
        en="Why this risk",
        policy="review",
        length_max=1000,
        sensitivity=2,
    ),
    Field(
        name="conclusion", type="text", zh="预估结论", en="Conclusion", policy="review", length_max=2000, sensitivity=2
    ),
    Field(name="next_assessment_on", type="date", zh="下次预估日期", en="Next assessment on"),
    Field(
        name="worker_note", type="text", zh="社工备忘（不参与审批）", en="Worker's memo (not reviewed)", length_max=1000
    ),
)

ASSESSMENTS = CollectionOf(
    name="assessments",
    zh="需求预估",
    en="Needs assessments",
    fields=FIELDS,
    section=section_over(
        "assessment", "需求预估", "Needs assessment", FIELDS, exempt=("next_assessment_on", "worker_note")
    ),
)

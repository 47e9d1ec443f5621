"""A member of the household: who, relation, papers, categories, health, where they are."""

from schemas.fields import CollectionOf, Field, Policy

DISABILITY_PARTS = (
    Field(name="kind", type="code", zh="残疾类别", en="Kind", codes="disability_kind", sensitivity=2),
    Field(name="grade", type="code", zh="残疾等级", en="Grade", codes="disability_grade", sensitivity=2),
    Field(name="certificate", type="text", zh="残疾证号", en="Certificate number", length_max=24, sensitivity=2),
    Field(
        name="components",
        type="code_set",
        zh="多重残疾包含",
        en="Kinds within multiple disability",
        policy="union",
        codes="disability_kind",
        sensitivity=2,
    ),
)

CONTACT_PARTS = (
    Field(name="name", type="text", zh="姓名", en="Name", length_max=40),
    Field(name="relation", type="text", zh="关系", en="Relation", length_max=40),
    Field(name="phone", type="phone", zh="电话", en="Phone", length_max=40, sensitivity=2),
)


def contact(name: str, zh: str, en: str, policy: Policy = "latest") -> Field:
    """A person beside the family: name, relation, phone, written as one."""
    return Field(name=name, type="group", zh=zh, en=en, policy=policy, parts=CONTACT_PARTS, sensitivity=2)


FIELDS = (
    Field(name="name", type="text", zh="姓名", en="Name", policy="review", length_max=60),
    Field(name="former_names", type="text", zh="曾用名、小名", en="Former and pet names", length_max=60),
    Field(name="relation", type="code", zh="与户主关系", en="Relation to head", policy="review", codes="relation"),
    Field(name="gender", type="code", zh="性别", en="Gender", policy="review", codes="gender"),
    Field(name="born_on", type="date", zh="出生日期", en="Born on", policy="review", partial=True, past=True),
    Field(
        name="age_told",
        type="group",
        zh="台账所写年龄",
        en="Age as told",
        parts=(
            Field(name="years", type="integer", zh="年龄", en="Age", minimum=0, maximum=130, unit="years"),
            Field(name="on", type="date", zh="截至日期", en="As of", partial=True),
        ),
    ),
    Field(
        name="id_number",
        type="id_number",
        zh="身份证号",
        en="ID number",
        policy="review",
        sensitivity=2,
        length_max=40,
    ),
    Field(
        name="id_number_state",
        type="code",
        zh="身份证号状态",
        en="State of ID number",
        codes="id_number_state",
    ),
    Field(
        name="id_number_none_reason",
        type="code",
        zh="没有身份证号的原因",
        en="Why no ID number",
        codes="id_number_none_reason",
    ),
    Field(
        name="other_paper",
        type="group",
        zh="其他证件",
        en="Other paper",
        sensitivity=2,
        parts=(
            Field(name="kind", type="code", zh="种类", en="Kind", codes="paper_kind"),
            Field(name="number", type="text", zh="号码", en="Number", length_max=40, sensitivity=2),
        ),
    ),
    Field(name="phone", type="phone", zh="电话", en="Phone", sensitivity=2, length_max=40),
    Field(
        name="categories",
        type="code_set",
        zh="对象类别",
        en="Client categories",
        policy="union",
        codes="client_category",
        sensitivity=2,
    ),
    Field(
        name="disability",
        type="group",
        zh="残疾情况",
        en="Disability",
        policy="review",
        sensitivity=2,
        parts=DISABILITY_PARTS,
    ),
    Field(name="ethnic_group", type="code", zh="民族", en="Ethnic group", codes="ethnic_group"),
    Field(name="education", type="code", zh="文化程度", en="Education", codes="education"),
    Field(name="marital_status", type="code", zh="婚姻状况", en="Marital status", codes="marital_status"),
    Field(
        name="political_affiliation",
        type="code",
        zh="政治面貌",
        en="Political affiliation",
        codes="political_affiliation",
    ),
    Field(
        name="health_states",
        type="code_set",
        zh="健康状况",
        en="Health",
        policy="union",
        codes="health_state",
        sensitivity=2,
    ),
    Field(name="health_note", type="text", zh="疾病与用药", en="Illness and medicine", length_max=500, sensitivity=2),
    Field(
        name="self_care",
        type="code",
        zh="自理能力",
        en="Self-care",
        policy="review",
        codes="self_care_level",
        sensitivity=2,
    ),
    Field(name="work_ability", type="code", zh="劳动能力", en="Ability to work", policy="review", codes="work_ability"),
    Field(name="employed", type="flag", zh="有工作", en="Has work"),
    Field(
        name="supporter_state",
        type="code",
        zh="法定赡养（抚养、扶养）人",
        en="Person with a legal duty of support",
        policy="review",
        codes="supporter_state",
        sensitivity=2,
    ),
    Field(
        name="parents_state",
        type="code",
        zh="父母情况",
        en="State of the parents",
        policy="review",
        codes="parents_state",
        sensitivity=3,
    ),
    Field(name="needs_long_term_care", type="flag", zh="需要长期照护", en="Needs long-term care", sensitivity=2),
    Field(name="seriously_ill", type="flag", zh="重病", en="Seriously ill", sensitivity=2),
    Field(name="living_situation", type="code", zh="居住状况", en="Living situation", codes="living_situation"),
    Field(name="occupation", type="text", zh="职业", en="Occupation", length_max=80),
    Field(name="whereabouts", type="code", zh="去向", en="Whereabouts", codes="whereabouts"),
    Field(name="whereabouts_place", type="text", zh="务工或就读地点", en="Place of work or school", length_max=120),
    Field(name="school_stage", type="code", zh="就学情况", en="Schooling", codes="school_stage"),
    Field(name="school", type="text", zh="学校班级", en="School and class", length_max=80),
    Field(
        name="policies_enjoyed",
        type="code_set",
        zh="享受政策",
        en="Policies enjoyed",
        policy="union",
        codes="policy_enjoyed",
        sensitivity=2,
    ),
    contact("guardian", "监护人", "Guardian", "review"),
    contact("caregiver", "照料人", "Caregiver"),
    Field(name="registered_type", type="code", zh="户籍性质", en="Household registration", codes="registered_type"),
    Field(name="moved_out_on", type="date", zh="迁出日期", en="Moved out on", policy="review", partial=True, past=True),
    Field(name="died_on", type="date", zh="去世日期", en="Died on", policy="review", partial=True, past=True),
    Field(name="note", type="text", zh="备注", en="Note", length_max=1000),
)

MEMBERS = CollectionOf(name="members", zh="家庭成员", en="Members", fields=FIELDS)

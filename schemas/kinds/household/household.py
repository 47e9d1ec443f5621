"""The household itself: address, contact, standing, economy, housing; and the whole kind put together."""

from schemas.fields import Field, section_over
from schemas.kind import Kind
from schemas.kinds.household.assessment import ASSESSMENTS
from schemas.kinds.household.attachment import ATTACHMENTS
from schemas.kinds.household.danger import CRISES, EVENTS, RISK_REVIEWS
from schemas.kinds.household.ending import CLOSURES, EVALUATIONS, FOLLOW_UPS, REFERRALS
from schemas.kinds.household.instrument_result import INSTRUMENT_RESULTS
from schemas.kinds.household.opening import CONSENTS, INTAKES
from schemas.kinds.household.person import MEMBERS, contact
from schemas.kinds.household.plan import PLANS
from schemas.kinds.household.settlement import SETTLEMENTS
from schemas.kinds.household.standing import CATEGORY_ASSIGNMENTS, FACTS, POLICY_MATCHES, RELATIONS, STEPS
from schemas.kinds.household.visit import VISITS
from schemas.kinds.household.working import CONFERENCES, INTERVENTIONS, RESOURCE_LINKS

ADDRESS_PARTS = (
    Field(name="village_id", type="reference", zh="村编号", en="Village id", refers="village"),
    Field(name="village_name", type="text", zh="村", en="Village", length_max=60),
    Field(name="group_no", type="text", zh="组", en="Group", length_max=20),
    Field(name="door", type="text", zh="门牌", en="Door", length_max=60),
    Field(name="lat_e7", type="integer", zh="纬度", en="Latitude", minimum=-900000000, maximum=900000000),
    Field(name="lng_e7", type="integer", zh="经度", en="Longitude", minimum=-1800000000, maximum=1800000000),
)

WHERE_AND_CONTACT = (
    Field(name="address", type="group", zh="现住址", en="Address", policy="review", parts=ADDRESS_PARTS, sensitivity=2),
    Field(name="registered_address", type="text", zh="户籍地", en="Registered address", length_max=120, sensitivity=2),
    Field(name="directions", type="text", zh="怎么走", en="Directions", length_max=300, sensitivity=2),
    Field(name="phone", type="phone", zh="联系电话", en="Phone", sensitivity=2, length_max=40),
    contact("emergency_contact", "紧急联系人", "Emergency contact"),
)

STANDING = (
    Field(
        name="file_number",
        type="text",
        zh="档号",
        en="File number",
        policy="once",
        length_max=40,
        writers=("head", "deputy"),
    ),
    Field(name="ledger_number", type="text", zh="台账户编号", en="Number in the ledger", length_max=40),
    Field(name="opened_on", type="date", zh="建档日期", en="File opened on", policy="min", past=True),
    Field(name="listed_on", type="date", zh="认定日期", en="Listed on", policy="review", partial=True, past=True),
    Field(name="file_state", type="code", zh="在册状态", en="State", policy="review", codes="file_state"),
    Field(name="case_source", type="code", zh="来源", en="Source", codes="case_source"),
    Field(
        name="responsible_worker",
        type="reference",
        zh="责任社工",
        en="Responsible worker",
        policy="authority",
        refers="person",
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
    Field(name="risk_reason", type="text", zh="风险理由", en="Why this risk", length_max=500, sensitivity=2),
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
        name="categories",
        type="code_set",
        zh="家庭类别",
        en="Household categories",
        policy="union",
        codes="client_category",
        sensitivity=2,
    ),
    Field(name="next_visit_on", type="date", zh="约定下次走访", en="Next visit agreed"),
    Field(
        name="last_contact_on", type="date", zh="台账最近走访日期", en="Last contact on paper", policy="max", past=True
    ),
    Field(
        name="consent",
        type="code",
        zh="知情同意",
        en="Consent",
        policy="safest",
        order=("withdrawn", "refused", "given"),
        codes="consent_state",
        sensitivity=2,
    ),
    Field(name="consent_on", type="date", zh="同意日期", en="Consent on", past=True),
    Field(name="legal_basis", type="code", zh="处理依据", en="Legal basis", codes="legal_basis"),
    Field(name="relative_of_official", type="flag", zh="干部近亲属", en="Relative of an official", policy="review"),
)

SITUATION = (
    Field(
        name="household_size",
        type="integer",
        zh="家庭人口",
        en="Household size",
        policy="review",
        minimum=0,
        maximum=60,
        unit="persons",
    ),
    Field(
        name="registered_type", type="code", zh="户籍性质", en="Registration", policy="review", codes="registered_type"
    ),
    Field(
        name="income_yearly_fen",
        type="money",
        zh="家庭年收入",
        en="Yearly income",
        policy="review",
        minimum=0,
        maximum=10_000_000_000,
        unit="fen",
        sensitivity=2,
    ),
    Field(
        name="income_sources",
        type="code_set",
        zh="收入来源",
        en="Sources of income",
        policy="union",
        codes="income_source",
        sensitivity=2,
    ),
    Field(
        name="rigid_expense_yearly_fen",
        type="money",
        zh="年刚性支出",
        en="Yearly rigid expenses",
        policy="review",
        minimum=0,
        maximum=10_000_000_000,
        unit="fen",
        sensitivity=2,
    ),
    Field(
        name="policies_enjoyed",
        type="code_set",
        zh="享受政策",
        en="Policies enjoyed",
        policy="union",
        codes="policy_enjoyed",
        sensitivity=2,
    ),
    Field(
        name="benefit_monthly_fen",
        type="money",
        zh="月补贴金额",
        en="Monthly benefit",
        policy="review",
        minimum=0,
        maximum=100_000_000,
        unit="fen",
        sensitivity=2,
    ),
    Field(
        name="poverty_causes",
        type="code_set",
        zh="致贫（困）原因",
        en="Causes of poverty",
        policy="union",
        codes="poverty_cause",
        sensitivity=2,
    ),
    Field(name="housing_kind", type="code", zh="住房类型", en="Housing", policy="review", codes="housing_kind"),
    Field(
        name="housing_grade", type="code", zh="房屋安全等级", en="Housing grade", policy="review", codes="housing_grade"
    ),
    Field(
        name="housing_helped_before",
        type="flag",
        zh="享受过危房改造",
        en="Housing help had before",
        policy="review",
    ),
    Field(name="registered_here", type="flag", zh="本地户籍", en="Registered here", policy="review"),
    Field(
        name="property_state",
        type="code",
        zh="财产状况",
        en="Property",
        policy="review",
        codes="property_state",
        sensitivity=2,
    ),
    Field(name="housing_area_m2", type="integer", zh="住房面积", en="Floor area", minimum=0, maximum=5000, unit="m2"),
    Field(
        name="difficulties", type="text", zh="主要困难及诉求", en="Main difficulties", length_max=1000, sensitivity=2
    ),
    Field(name="strengths", type="text", zh="优势与资源", en="Strengths and resources", length_max=1000),
    Field(name="helper", type="text", zh="帮扶人", en="Helper", length_max=120),
    Field(name="notes", type="text", zh="备注", en="Notes", length_max=2000),
)

FIELDS = (*WHERE_AND_CONTACT, *STANDING, *SITUATION)

BASICS_EXEMPT = (
    *("directions", "phone", "emergency_contact", "file_number", "ledger_number", "opened_on", "responsible_worker"),
    *("risk_level", "risk_reason", "next_visit_on", "last_contact_on", "consent", "consent_on", "legal_basis"),
    *("case_source", "helper", "notes"),
)

COLLECTIONS = (
    *(MEMBERS, VISITS, ASSESSMENTS, INSTRUMENT_RESULTS, ATTACHMENTS),
    *(INTAKES, CONSENTS, PLANS, RESOURCE_LINKS, INTERVENTIONS, CONFERENCES, CRISES),
    *(REFERRALS, EVALUATIONS, CLOSURES, FOLLOW_UPS),
    *(FACTS, CATEGORY_ASSIGNMENTS, POLICY_MATCHES, STEPS, RELATIONS, RISK_REVIEWS, EVENTS),
    SETTLEMENTS,
)

HOUSEHOLD = Kind(
    name="household",
    version=1,
    zh="户档",
    en="Household file",
    fields=FIELDS,
    collections=COLLECTIONS,
    sections=(section_over("basics", "基本情况", "Basics", FIELDS, exempt=BASICS_EXEMPT),),
)

"""The service plan (F4): goals that can be measured, what is done for them, by whom and until when.

Five goals and eight measures stand in the plan itself, not beside it: what the deputy approves is the whole plan, and a hash covers one
element. A family with more than five goals needs a second plan, or fewer goals.
"""

from schemas.fields import CollectionOf, Field, section_over
from schemas.kinds.brief import code, code_set, day, flag, group, number, one, past_day, several, story, text

GOALS_MAX = 5
MEASURES_MAX = 8


def goal(place: int) -> Field:
    parts = (
        text("goal", "目标", "Goal", 200, sensitivity=2),
        code("kind", "目标类型", "Kind of goal", "goal_kind"),
        text("measure", "用什么衡量", "Measured by", 120),
        text("now", "现在", "Now", 80, sensitivity=2),
        text("target", "要达到", "Target", 80, sensitivity=2),
        day("due_on", "期限", "Until"),
    )
    return group(f"goal_{place}", f"目标{place}", f"Goal {place}", parts, policy="review", sensitivity=2)


def measure(place: int) -> Field:
    parts = (
        text("what", "做什么", "What", 200),
        number("goal_no", "为哪个目标", "For goal no.", 1, GOALS_MAX),
        code("function", "服务职能", "Function", "service_function"),
        code("method", "工作方法", "Method", "work_method"),
        one("who", "谁来做", "Who", "person"),
        text("other_who", "其他人", "Someone else", 60),
        text("how_often", "频次", "How often", 40),
        day("due_on", "期限", "Until"),
    )
    return group(f"measure_{place}", f"措施{place}", f"Measure {place}", parts, policy="review")


FIELDS = (
    past_day("planned_on", "制定日期", "Planned on", policy="review"),
    day("starts_on", "开始日期", "Starts on", policy="review"),
    day("ends_on", "结束日期", "Ends on", policy="review"),
    code("plan_state", "计划状态", "State of the plan", "plan_state"),
    several("members", "服务对象", "For whom", "members"),
    one("responsible", "负责社工", "Responsible worker", "person", policy="review"),
    code("domain", "主要服务领域", "Main domain", "service_domain", policy="review"),
    code_set("functions", "服务职能", "Functions", "service_function"),
    code_set("methods", "工作方法", "Methods", "work_method"),
    code_set("needs", "回应的需求", "Needs answered", "service_need", sensitivity=2),
    *(goal(place + 1) for place in range(GOALS_MAX)),
    *(measure(place + 1) for place in range(MEASURES_MAX)),
    number("visit_every_days", "多久入户一次", "A visit at home every", 1, 366, unit="days", policy="review"),
    number("contact_every_days", "多久联系一次", "A contact every", 1, 366, unit="days", policy="review"),
    story("resources", "要用到的资源", "Resources to be used", 1000, policy="review"),
    story("risks", "可能的困难与对策", "Possible trouble and answers", 1000, policy="review"),
    flag("agreed_with_client", "已与对方商定", "Agreed with the family", policy="review"),
    day("review_on", "下次检视日期", "Look at it again on"),
    text("worker_note", "社工备忘（不参与审批）", "Worker's memo (not reviewed)", 1000),
)

PLANS = CollectionOf(
    name="plans",
    zh="服务计划",
    en="Service plans",
    fields=FIELDS,
    section=section_over("plan", "服务计划", "Service plan", FIELDS, exempt=("plan_state", "review_on", "worker_note")),
)

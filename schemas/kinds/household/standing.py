"""What is known and how it is known: facts with their source, categories with their dates, policies followed up, steps, relations.

`categories` of the household and its members stay the short list that lists and rules read; an assignment says since when, until when
and on what paper. An assignment that has ended takes its category off again (`pwa/src/records/standing.ts`, `schemas.standing`).
"""

from schemas.fields import CollectionOf
from schemas.kinds.brief import code, code_set, day, flag, money, number, one, past_day, several, story, text

FACTS = CollectionOf(
    name="facts",
    zh="情况核实",
    en="Facts and their sources",
    fields=(
        code("topic", "哪方面", "Topic", "fact_topic"),
        text("field", "对应的项目", "Field of the file", 120, policy="once"),
        one("member", "关于谁", "About whom", "members"),
        story("statement", "情况", "What is so", 500, policy="review"),
        code("source", "来源", "Source", "fact_source", policy="review"),
        text("told_by", "谁说的、什么关系", "Told by whom", 80),
        past_day("known_on", "何时得知", "Known on", policy="review"),
        code("checked_how", "怎样核实", "Checked how", "fact_check"),
        past_day("checked_on", "核实日期", "Checked on", policy="max"),
        one("checked_by", "核实人", "Checked by", "person"),
        several("papers", "证明材料", "Papers", "attachments", sensitivity=2),
    ),
)

CATEGORY_ASSIGNMENTS = CollectionOf(
    name="category_assignments",
    zh="类别认定",
    en="Category assignments",
    fields=(
        code("category", "对象类别", "Category", "client_category", policy="once", sensitivity=2),
        one("member", "给谁（空：全户）", "Who (empty: the household)", "members", policy="once"),
        day("starts_on", "开始日期", "From", policy="review", partial=True),
        day("ends_on", "结束日期", "Until", policy="review", partial=True),
        code("end_reason", "结束原因", "Why it ended", "category_end", policy="review"),
        text("basis", "认定依据（文件、批次）", "Basis (document)", 200, policy="review"),
        text("paper_number", "证件或批文号", "Number of the paper", 60, sensitivity=2),
        several("evidence", "证明材料", "Evidence", "attachments", sensitivity=2),
        code("source", "怎么知道的", "How known", "fact_source"),
        one("verified_by", "核实人", "Verified by", "person"),
        past_day("verified_on", "核实日期", "Verified on", policy="max"),
    ),
)

POLICY_MATCHES = CollectionOf(
    name="policy_matches",
    zh="政策跟进",
    en="Policies followed up",
    fields=(
        text("policy", "政策", "Policy", 60, policy="once"),
        number("policy_version", "规则版本", "Version of the rule", 1, 9999, policy="once"),
        one("member", "给谁", "For whom", "members", policy="once"),
        code("match", "匹配结果", "Match", "policy_outcome"),
        code("state", "进展", "State", "policy_state"),
        past_day("suggested_on", "提示日期", "Suggested on", policy="min"),
        past_day("applied_on", "申请日期", "Applied on", policy="review"),
        past_day("decided_on", "批复日期", "Decided on", policy="review"),
        money("amount_monthly_fen", "每月金额", "Amount a month", policy="review"),
        story("reason", "原因", "Reason", 500),
        text("office", "受理单位", "Office", 120),
        code_set("papers_ready", "已备材料", "Papers ready", None),
        one("worker", "经手社工", "Worker", "person"),
        text("note", "备注", "Note", 500),
    ),
)

STEPS = CollectionOf(
    name="steps",
    zh="服务进程",
    en="Steps of the process",
    fields=(
        code("step", "步骤", "Step", "process_step", policy="once"),
        past_day("entered_on", "进入日期", "Entered on", policy="min"),
        flag("skipped", "跳过", "Skipped", policy="once"),
        text("reason", "理由", "Reason", 500),
        number("round", "第几轮", "Round", 1, 99, policy="once"),
        one("worker", "经手社工", "Worker", "person"),
    ),
)

RELATIONS = CollectionOf(
    name="relations",
    zh="家系与生态关系",
    en="Relations",
    fields=(
        one("person", "谁", "Who", "members", policy="review"),
        one("other", "和哪位家人", "With which member", "members", policy="review"),
        text("other_name", "和家外的谁", "With whom outside", 60, policy="review"),
        code("other_kind", "家外的谁是", "Kind outside", "network_kind", policy="review"),
        code("tie", "什么关系", "Relation", "tie_kind", policy="review"),
        code("quality", "关系怎样", "How it is", "tie_quality", sensitivity=2),
        code_set("support", "给什么支持", "Support given", "tie_support"),
        text("note", "说明", "Note", 300, sensitivity=2),
    ),
)

"""What few may know about somebody of a household: a file of its own beside the household's, with its own key and readers.

Categories and notes that the law keeps close (mental disorder, HIV, drug treatment, correction), who told of violence, what is
done to protect a child. The household file says nothing of it, not even that it exists.
"""

from schemas.fields import CollectionOf, Field
from schemas.kind import Kind
from schemas.kinds.brief import code, code_set, day, one, past_day, text

NOTES = CollectionOf(
    name="notes",
    zh="后续记录",
    en="Later notes",
    fields=(
        past_day("noted_on", "日期", "Date", policy="review"),
        text("note", "内容", "Note", 4000, policy="review", sensitivity=3),
        one("noted_by", "谁写的", "Written by", "person", policy="once"),
        day("next_on", "下次跟进", "Next on"),
    ),
)

RESTRICTED_RECORD = Kind(
    name="restricted_record",
    version=1,
    zh="限知记录",
    en="Restricted record",
    fields=(
        one("household", "哪一户", "Household", "file", policy="once"),
        one("member", "关于谁", "About whom", "members", policy="once"),
        text("person_name", "姓名", "Name", 60, policy="review", sensitivity=3),
        text("village_name", "村", "Village", 60, policy="review"),
        code("subject", "哪方面的事", "Subject", "restricted_subject", policy="review", sensitivity=3),
        code_set("categories", "对象类别", "Categories", "client_category", sensitivity=3),
        text("note", "内容", "Note", 4000, policy="review", sensitivity=3),
        text("told_by", "谁说的(对外保密)", "Told by (kept secret)", 120, sensitivity=3),
        text("agreed", "已商定怎么做", "What was agreed", 2000, policy="review", sensitivity=3),
        past_day("noted_on", "日期", "Date", policy="review"),
        Field(
            name="ended_on", type="date", zh="结束日期", en="Ended on", policy="authority", writers=("head", "deputy")
        ),
    ),
    collections=(NOTES,),
)

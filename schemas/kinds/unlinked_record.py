"""A record made while its household file could not be opened: written only, linked to the file at the next full unlock."""

from schemas.fields import Field
from schemas.kind import Kind
from schemas.kinds.brief import seen_by_deputy
from schemas.kinds.household.visit import VISITS

UNLINKED_RECORD = Kind(
    name="unlinked_record",
    version=1,
    zh="未挂接记录",
    en="Unlinked record",
    fields=(
        Field(name="village_name", type="text", zh="村", en="Village", policy="review", length_max=60),
        Field(name="person_name", type="text", zh="姓名", en="Name", policy="review", length_max=60),
        Field(name="phone", type="phone", zh="电话", en="Phone", sensitivity=2, length_max=40),
        Field(name="note", type="text", zh="记录", en="Note", policy="review", length_max=2000, sensitivity=2),
        Field(
            name="values",
            type="group",
            zh="走访内容",
            en="Visit",
            policy="review",
            sensitivity=2,
            parts=VISITS.fields,
        ),
        Field(name="recorded_at", type="instant", zh="记录时间", en="Recorded at", policy="once"),
        Field(name="linked_to", type="reference", zh="已挂接到", en="Linked to", policy="once", refers="file"),
        Field(name="linked_element", type="reference", zh="挂接为走访", en="Linked as visit", policy="once"),
        *seen_by_deputy(),
    ),
)

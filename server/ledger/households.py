"""What a household of the ledger becomes in a household file: field values and the operations that write them.

Field names and codes are those of `schemas/` (kind `household`). A value the ledger does not have is not written: it stays "not asked".
Element ids come from the import and the row, so the same import always names the same person alike.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from schemas.codes import get_code_list
from schemas.values import APART
from server.ledger.reading import Household, Person

Operation = dict[str, Any]
KIND = "household"
HEAD = "02"
_GENDER = {"male": "1", "female": "2"}
_NO_NUMBER = {
    "无户籍": "unregistered",
    "无户口": "unregistered",
    "未上户": "unregistered",
    "未上户口": "unregistered",
    "黑户": "unregistered",
    "遗失": "lost",
    "丢失": "lost",
    "补办": "lost",
    "补办中": "lost",
    "拒绝提供": "refused",
}
TEXT_MAX = 300
NOTED = "台账所列"


@dataclass(frozen=True)
class Village:
    """A village of the station that a name in the ledger stands for."""

    village_id: str
    name: str
    scope: str


def element_id(import_id: str, row: str) -> str:
    return hashlib.sha256(f"{import_id}\n{row}".encode()).hexdigest()[:32]


def household_key(household: Household) -> str:
    """Names a household of the preview; its first row, which corrections never move."""
    return household.rows[0]


def group_no(group: str | None) -> str | None:
    """Groups are numbers in the file: 9组 is `9`; a hamlet keeps its name."""
    match = re.fullmatch(r"(\d+)组", group or "")
    return match[1] if match else group


def address_value(household: Household, village: Village) -> dict[str, Any]:
    parts = {
        "village_id": village.village_id,
        "village_name": village.name,
        "group_no": group_no(household.group),
        "door": household.door,
    }
    return {name: value[:60] for name, value in parts.items() if value}


def _ethnic_code(text: str | None) -> str | None:
    if not text:
        return None
    for code in get_code_list("ethnic_group").codes:
        if code.zh in (text, text + "族"):
            return code.code
    return None


def _identity(person: Person) -> dict[str, Any]:
    """Sound numbers as sound; damaged text as written and doubtful; what a spreadsheet rounded is not kept at all."""
    if person.id_number:
        return {"id_number": person.id_number, "id_number_state": "sound"}
    codes = {doubt.code for doubt in person.doubts}
    text = re.sub(r"[\s'`]", "", person.id_text or "")
    if "id_rounded" in codes:
        return {"id_number_state": "none", "id_number_none_reason": "damaged"}
    if re.search(r"\d{6}", text):
        return {"id_number": text[:40], "id_number_state": "doubtful"}
    reason = _NO_NUMBER.get(text)
    return {"id_number_state": "none", "id_number_none_reason": reason} if reason else {}


def _disability(person: Person) -> dict[str, Any] | None:
    if not person.disability:
        return None
    kind, grade = person.disability
    value = {"kind": str(kind), "grade": str(grade)}
    return {**value, "certificate": person.certificate} if person.certificate else value


def member_values(person: Person, told_on: str) -> dict[str, Any]:
    """First values of a member, by field of the kind. `told_on`: the day the ledger counts ages on."""
    relation = HEAD if person.relation == "01" else person.relation
    values: dict[str, Any] = {
        "name": person.name,
        "relation": relation,
        "gender": _GENDER.get(person.gender or ""),
        "born_on": person.born_on,
        "age_told": {"years": person.age, "on": told_on} if person.age is not None and person.born_on is None else None,
        **_identity(person),
        "phone": person.phone,
        "categories": sorted(set(person.categories) - apart_codes()) or None,
        "disability": _disability(person),
        "ethnic_group": _ethnic_code(person.ethnicity),
        "note": "；".join(person.remarks)[:TEXT_MAX] or None,
    }
    return {name: value for name, value in values.items() if value not in (None, "")}


@cache
def apart_codes() -> frozenset[str]:
    """Categories that stand in no household file."""
    return frozenset(one.code for one in get_code_list("client_category").codes if one.extra["sensitivity"] == APART)


def apart_operations(
    person: Person, codes: Iterable[str], element: str, village: str, today: dt.date
) -> list[Operation]:
    """A restricted record for what a ledger says of a person that is for few. Which household, its reader adds."""
    said = {
        "member": element,
        "person_name": person.name,
        "village_name": village[:60],
        "noted_on": today.isoformat(),
        "note": NOTED,
    }
    ops: list[Operation] = [{"op": "set", "path": path, "value": value} for path, value in said.items() if value]
    return ops + [{"op": "add", "path": "categories", "value": code} for code in sorted(codes)]


def household_phone(household: Household) -> str | None:
    """The head's number, else the first one written."""
    phones = [
        member.phone for member in sorted(household.members, key=lambda member: not member.is_head) if member.phone
    ]
    return phones[0] if phones else None


def has_head(household: Household) -> bool:
    return any(member.is_head for member in household.members)


def head_value(household: Household) -> dict[str, Any] | None:
    """The head whom a register by category names but does not list."""
    return None if has_head(household) or not household.head_name else {"name": household.head_name, "relation": HEAD}


def operations_for_new(
    household: Household, village: Village, import_id: str, told_on: str, today: dt.date
) -> list[Operation]:
    """A whole new file, in the order a reader expects: where, what, who."""
    values = {
        "address": address_value(household, village),
        "ledger_number": household.number,
        "phone": household_phone(household),
        "registered_address": (household.registered_address or "")[:120] or None,
        "household_size": household.household_size,
        "income_yearly_fen": household.income_yearly_fen,
        "opened_on": today.isoformat(),
        "file_state": "listed",
    }
    ops: list[Operation] = [
        {"op": "set", "path": name, "value": value} for name, value in values.items() if value is not None
    ]
    if head := head_value(household):
        ops.append(
            {
                "op": "append",
                "path": "members",
                "id": element_id(import_id, household_key(household) + "#head"),
                "value": head,
            }
        )
    for member in household.members:
        ops.append(
            {
                "op": "append",
                "path": "members",
                "id": element_id(import_id, member.rows[0]),
                "value": member_values(member, told_on),
            }
        )
    return ops

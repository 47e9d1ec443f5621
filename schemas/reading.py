"""Reading a folded file: shown values, elements that stand, how far a section has come. For rules that look at a whole file.

Mirror of the reading half of pwa/src/records/people.ts. A folded file is plain data (`paths`, `elements`, `sections`); how it was
merged is the engine's affair.
"""

from collections.abc import Mapping
from typing import Any

from schemas.id_number import is_real_date, read_id_number

State = Mapping[str, Any]
APPROVED = frozenset({"approved", "amendment_pending", "amendment_submitted", "stale"})


def shown_value(state: State, path: str) -> Any:
    """The value that stands for a path: the settled one; in an open conflict the one last settled. None: not asked or no answer."""
    found = state["paths"].get(path)
    if found is None:
        return None
    return found.get("stands") if found["status"] == "conflict" else found["value"]


def list_elements(state: State, collection: str) -> list[str]:
    """Ids of a collection's elements that are not struck out."""
    found = state["elements"].values()
    return [one["id"] for one in found if one["collection"] == collection and not one["voided"]]


def read_elements(state: State, collection: str) -> list[dict[str, Any]]:
    """Every element that stands, with its id and the shown value of each field."""
    elements: dict[str, dict[str, Any]] = {one: {"id": one} for one in list_elements(state, collection)}
    for path in state["paths"]:
        parts = path.split("/")
        if len(parts) == 3 and parts[0] == collection and parts[1] in elements and not parts[2].startswith("$"):
            elements[parts[1]][parts[2]] = shown_value(state, path)
    return list(elements.values())


def section_status(state: State, path: str) -> str:
    return str((state.get("sections") or {}).get(path, {}).get("status", "draft"))


def is_approved(state: State, path: str) -> bool:
    """An approval is in force, whatever has been written since."""
    return section_status(state, path) in APPROVED


def text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def texts(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def day(value: Any) -> str | None:
    """A whole real day, or None."""
    return value if isinstance(value, str) and is_real_date(value) else None


def birth_date(member: Mapping[str, Any]) -> str | None:
    """Birth date as written, else from a sound ID number. May be YYYY or YYYY-MM."""
    return text(member.get("born_on")) or read_id_number(text(member.get("id_number"))).born_on


def age_on(born_on: str | None, today: str) -> int | None:
    """Whole years on a day; from a partial date the year alone decides (one year more or less)."""
    if not born_on or not born_on[:4].isdigit() or len(born_on) < 4:
        return None
    years = int(today[:4]) - int(born_on[:4])
    known = born_on[5:]
    return years - (1 if known and today[5 : 5 + len(known)] < known else 0)


def member_age(member: Mapping[str, Any], today: str) -> int | None:
    """Age of a member, also from an age that was only told. The dead have none."""
    if text(member.get("died_on")):
        return None
    age = age_on(birth_date(member), today)
    told = member.get("age_told")
    if age is not None or not isinstance(told, Mapping) or not isinstance(told.get("years"), int):
        return age
    on = text(told.get("on"))
    return int(told["years"]) + (int(today[:4]) - int(on[:4]) if on else 0)

"""What a ledger says that a household file does not: differences, each with the operations that would accept it.

Only proposals: nothing the file holds is overwritten, and nobody is removed, without the deputy's tap. An empty or doubtful cell says nothing.
Pure.
"""

from dataclasses import dataclass
from typing import Any

from schemas.registry import get_kind
from server.ledger.existing import Existing, ExistingMember, place_of
from server.ledger.households import (
    Operation,
    Village,
    address_value,
    apart_codes,
    element_id,
    household_phone,
    member_values,
)
from server.ledger.reading import Household, Person
from server.ledger.reading.text import squeeze

# fields of a member that a ledger can correct, in the order shown
_MEMBER_FIELDS = ("name", "relation", "gender", "born_on", "id_number", "phone", "disability", "ethnic_group")
_DOUBTED = {
    "born_on": "born_on",
    "id_number": "id_number",
    "gender": "gender",
    "relation": "relation",
    "phone": "phone",
    "disability": "disability",
    "name": "name",
}


@dataclass(frozen=True)
class Difference:
    """One proposal. `old` and `new` are field values for the screen to word; `advised` False: shown unticked."""

    id: str
    path: str
    label: str
    member: str | None
    old: Any
    new: Any
    ops: tuple[Operation, ...]
    advised: bool = True


def _label(path: str) -> str:
    declared = get_kind("household").find_field(path)
    return declared.zh if declared else path


def _same_relation(old: Any, new: Any) -> bool:
    """01 reads as 02; a generic code (20 子) agrees with its kinds (22 长子)."""
    if old == new or {old, new} <= {"01", "02"}:
        return True
    return bool(old and new and str(old)[0] == str(new)[0] and "0" in (str(old)[1], str(new)[1]) and str(new) != "02")


def _same(name: str, old: Any, new: Any) -> bool:
    if old == new:
        return True
    if name == "relation":
        return _same_relation(old, new)
    if name == "born_on":
        return bool(old and new) and (str(old).startswith(str(new)) or str(new).startswith(str(old)))
    if name == "disability" and isinstance(old, dict) and isinstance(new, dict):
        return all(
            old.get(part) == value for part, value in new.items() if part != "certificate" or old.get("certificate")
        )
    if name in ("phone", "name", "id_number"):
        return squeeze(old).replace("-", "").upper() == squeeze(new).replace("-", "").upper()
    return False


def _more_precise(name: str, old: Any, new: Any) -> bool:
    return name == "born_on" and bool(old and new) and str(new).startswith(str(old)) and len(str(new)) > len(str(old))


def match_members(household: Household, found: Existing) -> list[tuple[Person, ExistingMember | None]]:
    """By sound identity number first, then by name; a member of the file answers to one person only."""
    free = list(found.members)
    matches: dict[int, ExistingMember] = {}
    for index, person in enumerate(household.members):
        hit = next(
            (m for m in free if person.id_number and squeeze(m.values.get("id_number")).upper() == person.id_number),
            None,
        )
        if hit:
            matches[index] = hit
            free.remove(hit)
    for index, person in enumerate(household.members):
        if index in matches:
            continue
        hit = next((m for m in free if m.name == person.name and not _two_people(person, m)), None)
        if hit:
            matches[index] = hit
            free.remove(hit)
    return [(person, matches.get(index)) for index, person in enumerate(household.members)]


def _two_people(person: Person, member: ExistingMember) -> bool:
    """Both numbers sound and different."""
    return bool(
        person.id_number
        and member.values.get("id_number")
        and member.values.get("id_number_state") == "sound"
        and squeeze(member.values["id_number"]).upper() != person.id_number
    )


def _member_differences(person: Person, member: ExistingMember, told_on: str, *, removals: bool) -> list[Difference]:
    differences = []
    doubtful = {doubt.field for doubt in person.doubts if doubt.severity == "problem" and not doubt.accepted}
    values = member_values(person, told_on)
    for name in _MEMBER_FIELDS:
        new, old = values.get(name), member.values.get(name)
        if new is None or _DOUBTED.get(name) in doubtful:
            continue
        known = any(_same(name, said, new) for said in [old, *member.said.get(name, [])])
        if known and not _more_precise(name, old, new):
            continue
        path = f"members/{member.element}/{name}"
        ops: list[Operation] = [{"op": "set", "path": path, "value": new}]
        if name == "id_number":
            ops.append({"op": "set", "path": f"members/{member.element}/id_number_state", "value": "sound"})
        differences.append(Difference(path, path, _label(path), person.name, old, new, tuple(ops)))
    return differences + _category_differences(person, member, removals=removals and "categories" not in doubtful)


def _category_differences(person: Person, member: ExistingMember, *, removals: bool) -> list[Difference]:
    """New categories are advised; one the ledger no longer has is offered, not advised."""
    path = f"members/{member.element}/categories"
    held = [str(code) for code in member.values.get("categories") or []]
    differences = [
        Difference(
            f"{path}+{code}",
            path,
            _label(path),
            person.name,
            None,
            [code],
            ({"op": "add", "path": path, "value": code},),
        )
        for code in sorted(set(person.categories) - set(held) - apart_codes())
    ]
    if person.categories and removals:
        for code in sorted(set(held) - set(person.categories)):
            differences.append(
                Difference(
                    f"{path}-{code}",
                    path,
                    _label(path),
                    person.name,
                    [code],
                    None,
                    ({"op": "remove", "path": path, "value": code},),
                    advised=False,
                )
            )
    return differences


def _root_differences(household: Household, village: Village, found: Existing) -> list[Difference]:
    differences = []
    address = address_value(household, village)
    # A ledger that names only the village says nothing about the door: a part it leaves out is not a difference.
    if household.door and all(
        place_of(address) != place_of(said) for said in [found.values.get("address"), *found.said.get("address", [])]
    ):
        kept = {
            name: value for name, value in (found.values.get("address") or {}).items() if name in ("lat_e7", "lng_e7")
        }
        differences.append(
            _root("address", found.values.get("address"), address | (kept if _same_village(address, found) else {}))
        )
    if household.number and not found.values.get("ledger_number"):
        differences.append(_root("ledger_number", None, household.number))
    for name, new in (("household_size", household.household_size), ("income_yearly_fen", household.income_yearly_fen)):
        if new is not None and new not in [found.values.get(name), *found.said.get(name, [])]:
            differences.append(_root(name, found.values.get(name), new))
    phone = household_phone(household)
    if phone and not found.values.get("phone") and not any(member.values.get("phone") for member in found.members):
        differences.append(_root("phone", None, phone))
    return differences


def _same_village(address: dict[str, Any], found: Existing) -> bool:
    return bool(place_of(address)[0] == found.place[0])


def _root(name: str, old: Any, new: Any) -> Difference:
    return Difference(name, name, _label(name), None, old, new, ({"op": "set", "path": name, "value": new},))


def compare(
    household: Household, village: Village, found: Existing, import_id: str, told_on: str, *, removals: bool
) -> tuple[list[Difference], list[str]]:
    """(differences, names of members whom the ledger does not mention). Members are never proposed for removal.

    `removals`: the ledger has a column of categories, so one it leaves out may have ended; a register of one category cannot know.
    """
    differences = _root_differences(household, village, found)
    matched = match_members(household, found)
    for person, member in matched:
        if member is not None:
            differences += _member_differences(person, member, told_on, removals=removals)
            continue
        element = element_id(import_id, person.rows[0])
        values = member_values(person, told_on)
        path = f"members/{element}"
        append: Operation = {"op": "append", "path": "members", "id": element, "value": values}
        differences.append(Difference(path, path, "新的家庭成员", person.name, None, values, (append,)))
    known = {member.element for _, member in matched if member}
    missing = [
        member.name
        for member in found.members
        if member.element not in known
        and not (member.name == squeeze(household.head_name) and member.values.get("relation") in ("01", "02"))
    ]
    return differences, missing


__all__ = ["Difference", "compare", "match_members"]

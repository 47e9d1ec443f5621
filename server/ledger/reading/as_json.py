"""The reading as the plain JSON that `yihu ledger read --json` prints and the preview carries."""

from dataclasses import asdict
from typing import Any

from server.ledger.reading.model import Doubt, Household, Person, Reading


def doubt_json(doubt: Doubt) -> dict[str, Any]:
    return asdict(doubt)


def person_json(person: Person) -> dict[str, Any]:
    """`problems` are what must be decided, `notes` what is only said. A damaged number is never in `id_number`."""
    open_doubts = [doubt for doubt in person.doubts if not doubt.accepted]
    return {
        "name": person.name,
        "id_number": person.id_number,
        "id_converted": person.id_converted,
        "born_on": person.born_on if person.born_on and len(person.born_on) > 4 else None,
        "born_year": int(person.born_on[:4]) if person.born_on else None,
        "age": person.age,
        "gender": person.gender,
        "relation": person.relation or "",
        "categories": sorted(person.categories),
        "phone": person.phone,
        "disability": {"kind": person.disability[0], "grade": person.disability[1]} if person.disability else None,
        "disability_certificate": person.certificate,
        "ethnicity": person.ethnicity,
        "remarks": person.remarks,
        "rows": person.rows,
        "problems": [doubt_json(doubt) for doubt in open_doubts if doubt.severity == "problem"],
        "notes": [doubt_json(doubt) for doubt in open_doubts if doubt.severity == "note"],
    }


def household_json(household: Household) -> dict[str, Any]:
    return {
        "number": household.number,
        "address": household.address,
        "village": household.village,
        "group": household.group,
        "door": household.door,
        "head_name": household.head_name,
        "household_size": household.household_size,
        "members": [person_json(member) for member in household.members],
        "doubts": [doubt_json(doubt) for doubt in household.doubts if not doubt.accepted],
    }


def reading_json(reading: Reading) -> dict[str, Any]:
    return {
        "filled_on": reading.filled_on,
        "households": [household_json(household) for household in reading.households],
        "sheets": [asdict(sheet) for sheet in reading.sheets],
    }

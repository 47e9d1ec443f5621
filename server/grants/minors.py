"""Who in a folded file is under 18, by what is written: birth date, sound ID number, or age told in a year.

Someone whose birth year alone is known counts as a minor until the year is surely past: the grant protects children.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from schemas.id_number import read_id_number
from sync.folded import FoldedFile

ADULT_YEARS = 18
_STATION_ZONE = timedelta(hours=8)


def find_minors(folded: FoldedFile, now: int) -> list[str]:
    """Elements (`members/<id>`) of people under 18 who stand in the file."""
    today = (datetime.fromtimestamp(now / 1000, UTC) + _STATION_ZONE).date().isoformat()
    return [
        element
        for element, state in folded["elements"].items()
        if state["collection"] == "members" and not state["voided"] and _is_minor(folded, element, today)
    ]


def _is_minor(folded: FoldedFile, element: str, today: str) -> bool:
    def value(name: str) -> Any:
        register = folded["paths"].get(f"{element}/{name}")
        return register["value"] if register else None

    born = value("born_on")
    number = value("id_number")
    if not isinstance(born, str) and isinstance(number, str):
        born = read_id_number(number).born_on
    if isinstance(born, str) and born[:4].isdigit():
        # `YYYY` or `YYYY-MM` is taken at its end: surely 18 only when the last day of it is 18 years past.
        last = born + "-12-31"[len(born) - 4 :] if len(born) < 10 else born
        return f"{int(last[:4]) + ADULT_YEARS:04}{last[4:]}" > today
    told = value("age_told")
    if isinstance(told, dict) and isinstance(told.get("years"), int) and isinstance(told.get("on"), str):
        return int(told["years"]) + int(today[:4]) - int(told["on"][:4]) < ADULT_YEARS
    return False

"""A risk level is lowered by two people. What one save writes is held against the file as its author saw it; nothing here merges or stores.

Raising needs nobody: an error towards red costs a visit. A lowering counts only when somebody else than who proposed it says so, in a review
of that very level, and nobody writes a proposal or a confirmation in another person's name.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from schemas.problems import Problem, make_problem
from schemas.reading import State, read_elements, shown_value, text, texts
from schemas.standing import RISKS

_REVIEWS = "risk_reviews"
_LEVEL = "risk_level"


def touches_risk(operations: Sequence[Mapping[str, Any]]) -> bool:
    return any(str(one["path"]) == _LEVEL or str(one["path"]).split("/")[0] == _REVIEWS for one in operations)


def check_second_person(
    seen: State, operations: Sequence[Mapping[str, Any]], author: str, *, is_reissue: bool = False
) -> list[tuple[int, Problem]]:
    """Number of the operation, and what is wrong with it. `is_reissue`: a deputy enters a colleague's words again, names included."""
    reviews = {one["id"]: one for one in read_elements(seen, _REVIEWS)}
    found: list[tuple[int, Problem]] = []
    for index, one in enumerate(operations):
        path = str(one["path"]).split("/")
        if path == [_REVIEWS] and one["op"] == "append":
            value = one.get("value") or {}
            reviews[one["id"]] = {**value, "id": one["id"]}
            if text(value.get("proposed_by")) != author and not is_reissue:
                found.append((index, make_problem("not_in_your_name", f"{_REVIEWS}/{one['id']}/proposed_by")))
            if set(texts(value.get("confirmed_by"))) - {author}:
                found.append((index, make_problem("not_in_your_name", f"{_REVIEWS}/{one['id']}/confirmed_by")))
        elif len(path) == 3 and path[0] == _REVIEWS and path[2] in ("proposed_by", "confirmed_by"):
            if one["op"] != "remove" and one.get("value") != author and not is_reissue:
                found.append((index, make_problem("not_in_your_name", str(one["path"]))))
            elif path[1] in reviews and one["op"] == "add":
                review = reviews[path[1]]
                reviews[path[1]] = {**review, "confirmed_by": [*texts(review.get("confirmed_by")), author]}
    for index, one in enumerate(operations):
        level = one.get("value")
        is_lowering = one["path"] == _LEVEL and one["op"] == "set" and _lowers(seen, level)
        if is_lowering and not any(_agreed(review, level) for review in reviews.values()):
            found.append((index, make_problem("second_person_needed", _LEVEL)))
    return sorted(found, key=lambda pair: pair[0])


def _lowers(seen: State, level: Any) -> bool:
    before = text(shown_value(seen, _LEVEL))
    return before in RISKS and (level not in RISKS or RISKS.index(level) > RISKS.index(before))


def _agreed(review: Mapping[str, Any], level: Any) -> bool:
    """Somebody else than who proposed this level has confirmed it."""
    proposed = text(review.get("proposed_by"))
    return bool(proposed) and review.get("level") == level and bool(set(texts(review.get("confirmed_by"))) - {proposed})

"""How a household stands today: its categories with dated assignments applied, its risk with what still waits for a second person, the plan
in force. Over folded files; mirrored by pwa/src/records/summary.ts (`tests/vectors/visit_facts.json`).
"""

from typing import Any

from schemas.fields import Frozen
from schemas.reading import State, day, is_approved, read_elements, shown_value, text, texts

RISKS = ("red", "yellow", "blue", "green")  # most urgent first
PAUSED = frozenset({"paused", "ended"})


class Risk(Frozen):
    """`level`: what counts now. `pending`: the id of the review that waits for a second person, and what it would make of the level."""

    level: str | None
    since: str | None
    pending: str | None
    pending_level: str | None


def categories_of(state: State, today: str) -> list[str]:
    """Codes of the household and its living members, each once: those written plainly and those assigned, without the ended ones."""
    people = [one for one in read_elements(state, "members") if not text(one.get("died_on"))]
    held: dict[str, set[str]] = {"": set(texts(shown_value(state, "categories")))}
    held |= {one["id"]: set(texts(one.get("categories"))) for one in people}
    ended: set[tuple[str, str]] = set()
    running: set[tuple[str, str]] = set()
    for one in read_elements(state, "category_assignments"):
        owner, code = text(one.get("member")), text(one.get("category"))
        starts, ends = text(one.get("starts_on")), text(one.get("ends_on"))
        if owner not in held or not code:
            continue
        if ends and ends < today[: len(ends)]:
            ended.add((owner, code))
        elif not starts or starts <= today[: len(starts)]:
            running.add((owner, code))
    for owner, code in ended - running:
        held[owner].discard(code)
    for owner, code in running:
        held[owner].add(code)
    return sorted(set().union(*held.values()))


def read_risk(state: State) -> Risk:
    """Red counts at once, any other level when it is no lowering or a second person has confirmed it (the last review decides)."""
    level = text(shown_value(state, "risk_level")) or None
    reviews = [one for one in read_elements(state, "risk_reviews") if text(one.get("level")) in RISKS]
    if not reviews:
        return Risk(level=level if level in RISKS else None, since=None, pending=None, pending_level=None)
    last = max(reviews, key=lambda one: (text(one.get("reviewed_on")), one["id"]))
    proposed, before = text(last["level"]), text(last.get("level_before"))
    alone = not [person for person in texts(last.get("confirmed_by")) if person != text(last.get("proposed_by"))]
    lowers = before in RISKS and RISKS.index(proposed) > RISKS.index(before)
    waits = alone and (proposed == "red" or lowers)
    counts = proposed if not (waits and lowers) else before
    known = [one for one in (level, counts) if one in RISKS]
    stricter = min(known, key=RISKS.index)
    return Risk(
        level=stricter if waits or proposed == "red" else (level if level in RISKS else counts),
        since=day(last.get("reviewed_on")) if counts == proposed else None,
        pending=last["id"] if waits else None,
        pending_level=proposed if waits else None,
    )


def plan_in_force(state: State, today: str) -> dict[str, Any] | None:
    """The approved plan whose days hold today, neither paused nor ended; of several the one that began last."""
    plans = [
        one
        for one in read_elements(state, "plans")
        if is_approved(state, f"plans/{one['id']}")
        and text(one.get("plan_state")) not in PAUSED
        and (day(one.get("starts_on")) or today) <= today <= (day(one.get("ends_on")) or today)
    ]
    return max(plans, key=lambda one: (text(one.get("starts_on")), one["id"]), default=None)

"""Where a case stands in the six steps: what is done, owed, left out with a reason; how long each step has taken; whether it is stuck.

Worked out from the records themselves, so that nobody writes a step down twice; a `steps` entry is needed only to leave one out or to
enter one by word. A case that was closed and taken up again by a new intake starts a new round. Mirrored by pwa/src/records/process.ts;
`tests/vectors/process.json` holds both.
"""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from schemas.expressions import holds, names_in
from schemas.fields import Frozen
from schemas.reading import State, day, is_approved, read_elements, shown_value, text, texts

FOLDER = Path(__file__).parent
DATES = {
    "intakes": "received_on",
    "assessments": "assessed_on",
    "plans": "planned_on",
    "resource_links": "linked_on",
    "referrals": "applied_on",
    "interventions": "done_on",
    "conferences": "held_on",
    "evaluations": "evaluated_on",
    "closures": "closed_on",
    "follow_ups": "done_on",
}
STEP_OF = {
    "intakes": "identification",
    "assessments": "assessment",
    "plans": "plan",
    "resource_links": "coordination",
    "referrals": "coordination",
    "interventions": "intervention",
    "evaluations": "follow_up",
    "closures": "follow_up",
}
StepState = Literal["done", "current", "owed", "skipped", "ahead"]


class Condition(Frozen):
    that: str
    zh: str
    en: str


class Step(Frozen):
    """A `lasting` step goes on until a later one is entered, however much of it is done."""

    id: str
    forms: tuple[str, ...]
    days: int
    lasting: bool = False
    conditions: tuple[Condition, ...]
    entry: tuple[Condition, ...] = ()


class Process(Frozen):
    id: str
    version: int
    zh: str
    en: str
    source: str
    steps: tuple[Step, ...]


class StepStanding(Frozen):
    """`owed`: a later step was begun and this one is neither done nor left out. `missing`: numbers of its conditions that do not hold."""

    id: str
    state: StepState
    entered_on: str | None
    days: int | None
    missing: tuple[int, ...]
    reason: str | None


class Standing(Frozen):
    """`current` is None before anything was begun and after everything is done. `stuck_days`: days over what the step allows."""

    current: str | None
    round_from: str | None
    stuck_days: int
    steps: tuple[StepStanding, ...]


@cache
def six_steps() -> Process:
    process = Process(**yaml.safe_load((FOLDER / "six_steps.yaml").read_text("utf-8")))
    known = set(count_records({"paths": {}, "elements": {}, "sections": {}}, None))
    for step in process.steps:
        for condition in (*step.conditions, *step.entry):
            if not names_in(condition.that) <= known:
                raise ValueError(f"{step.id}: {condition.that} reads what is not counted")
    return process


def find_round(state: State) -> str | None:
    """The day the present round began: the first accepted intake after the last approved closure; None in the first round."""
    closed = [
        on
        for one in read_elements(state, "closures")
        if is_approved(state, f"closures/{one['id']}") and (on := day(one.get("closed_on")))
    ]
    if not closed:
        return None
    later = [
        on
        for one in read_elements(state, "intakes")
        if one.get("decision") == "accept" and (on := day(one.get("received_on"))) and on > max(closed)
    ]
    return min(later) if later else None


def count_records(state: State, since: str | None) -> dict[str, Any]:
    """What conditions read: records of this round, how many approved, and whether the family agreed or a legal basis stands."""
    counts: dict[str, Any] = {}
    for collection in DATES:
        found = _of_round(state, collection, since)
        counts[collection] = len(found)
        counts[f"{collection}_approved"] = sum(is_approved(state, f"{collection}/{one['id']}") for one in found)
    intakes = _of_round(state, "intakes", since)
    counts["intakes_accepted"] = sum(one.get("decision") == "accept" for one in intakes)
    consents = read_elements(state, "consents")
    counts["agreed"] = (
        shown_value(state, "consent") == "given"
        or bool(text(shown_value(state, "legal_basis")))
        or any(one.get("state") == "given" or text(one.get("legal_basis")) for one in consents)
    )
    rounds = {code for one in _of_round(state, "closures", since) for code in texts(one.get("follow_up_rounds"))}
    visited = [one for one in _of_round(state, "follow_ups", since) if one.get("outcome") != "not_met"]
    counts["rounds_left"] = len(rounds - {text(one.get("round")) for one in visited})
    return counts


def missing_for(state: State, step_id: str) -> tuple[str, ...]:
    """Why `step_id` may not be entered without a reason: `step/number` of conditions, `entry/number`. Empty when it may."""
    process, since = six_steps(), find_round(state)
    counts, (_, skipped) = count_records(state, since), _entries(state, since)
    missing: list[str] = []
    for step in process.steps:
        if step.id == step_id:
            return (*missing, *(f"entry/{n}" for n, one in enumerate(step.entry) if not holds(one.that, counts)))
        if step.id not in skipped:
            missing += [f"{step.id}/{n}" for n in _missing(step, counts)]
    return tuple(missing)


def read_process(state: State, today: str) -> Standing:
    """The standing of the present round on `today`."""
    process, since = six_steps(), find_round(state)
    counts, (entered, skipped) = count_records(state, since), _entries(state, since)
    order = [step.id for step in process.steps]
    missing = [_missing(step, counts) for step in process.steps]
    last = max((place for place, one in enumerate(order) if one in entered), default=-1)
    at = last
    if last >= 0 and not missing[last] and not process.steps[last].lasting:
        at = next((place for place, one in enumerate(order) if place > last and one not in skipped), len(order))
    steps = []
    for place, step in enumerate(process.steps):
        state_of = _state_of(place, at, last, bool(missing[place]), step.id in skipped)
        on = entered.get(step.id) or (_begun(order, entered, place) if state_of == "current" else None)
        steps.append(
            StepStanding(
                id=step.id,
                state=state_of,
                entered_on=on,
                days=_elapsed(order, entered, place, on, today if place == at else None) if on else None,
                missing=missing[place],
                reason=skipped.get(step.id),
            )
        )
    current = next((one for one in steps if one.state == "current"), None)
    over = (current.days or 0) - process.steps[order.index(current.id)].days if current else 0
    return Standing(
        current=current.id if current else None, round_from=since, stuck_days=max(0, over), steps=tuple(steps)
    )


def _state_of(place: int, at: int, last: int, is_missing: bool, is_skipped: bool) -> StepState:
    if last < 0:
        return "ahead"
    if place == at:
        return "current"
    if not is_missing and place <= last:
        return "done"
    if is_skipped:
        return "skipped"
    return "owed" if place < last else "ahead"


def _missing(step: Step, counts: dict[str, Any]) -> tuple[int, ...]:
    return tuple(number for number, one in enumerate(step.conditions) if not holds(one.that, counts))


def _of_round(state: State, collection: str, since: str | None) -> list[dict[str, Any]]:
    found = read_elements(state, collection)
    return [one for one in found if not since or (day(one.get(DATES[collection])) or since) >= since]


def _entries(state: State, since: str | None) -> tuple[dict[str, str], dict[str, str]]:
    """Step -> the day it was first entered, and step -> the reason for which it was left out; leaving out needs its reason."""
    entered: dict[str, str] = {}
    skipped: dict[str, str] = {}
    for one in read_elements(state, "steps"):
        step, on = text(one.get("step")), day(one.get("entered_on"))
        if not on or (since and on < since):
            continue
        if one.get("skipped") is True:
            if text(one.get("reason")):
                skipped[step] = text(one.get("reason"))
        else:
            entered[step] = min(on, entered.get(step, on))
    for collection, step in STEP_OF.items():
        for one in _of_round(state, collection, since):
            begun = day(one.get(DATES[collection]))
            if begun:
                entered[step] = min(begun, entered.get(step, begun))
    return entered, skipped


def _begun(order: list[str], entered: dict[str, str], place: int) -> str | None:
    """A step for which nothing was written yet began when the last one before it was entered."""
    return max((entered[one] for one in order[:place] if one in entered), default=None)


def _elapsed(order: list[str], entered: dict[str, str], place: int, on: str, today: str | None) -> int | None:
    """Days from entering a step until a later one was entered, or until today; None where neither is known."""
    until = min((entered[one] for one in order[place + 1 :] if one in entered and entered[one] >= on), default=today)
    return max(0, (date.fromisoformat(until) - date.fromisoformat(on)).days) if until else None

"""When a household is next due, and by which rule: the strictest of category, risk and plan, of what happened, of the date agreed.

The rules are data in this folder. Mirrored by pwa/src/records/due.ts; `tests/vectors/visit_rules.json` holds both. `read_facts` takes what
the rules look at out of a folded file (`tests/vectors/visit_facts.json`).
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from schemas.fields import Frozen
from schemas.reading import State, day, is_approved, read_elements, shown_value, text
from schemas.standing import categories_of, plan_in_force, read_risk

FOLDER = Path(__file__).parent
Way = Literal["home", "contact"]
PAPER = "paper"  # the last contact that a ledger told of, by whatever way
CLOSED_STATES = frozenset({"cancelled", "moved_out", "deceased"})


class VisitRule(Frozen):
    """Days by risk level; a household without a risk level is taken as green. No categories: every household, `unless` it holds one of those.

    `ways`: the ways that count as this rule's contact, where they differ from the common ones. `at_once`: risk levels that ask for a visit on
    the very day they were given. `by_plan`: nothing but the plan says when. `valid_from`, `valid_to`: days on which the rule holds.
    `scope`: the beginning of the division codes where it holds.
    """

    id: str
    zh: str
    en: str
    basis: str
    categories: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    home_days: dict[str, int] = {}
    contact_days: dict[str, int] = {}
    ways: tuple[str, ...] = ()
    at_once: tuple[str, ...] = ()
    by_plan: bool = False
    grace_days: int = 0
    calendar_year: bool = False
    valid_from: str | None = None
    valid_to: str | None = None
    scope: str | None = None


class VisitRules(Frozen):
    """`event_days`: how soon after an event somebody goes and sees. `closure_days`: follow-ups after a closure."""

    id: str
    version: int
    zh: str
    en: str
    source: str
    ways_home: tuple[str, ...]
    ways_contact: tuple[str, ...]
    rules: tuple[VisitRule, ...]
    event_days: dict[str, int] = {}
    closure_days: tuple[int, ...] = ()


class HappenedOn(Frozen):
    kind: str
    on: str


class VisitFacts(Frozen):
    """What the rules look at. Dates YYYY-MM-DD; `since`: on our lists since, for a household never visited. `last_by_way`: the last met
    contact of each way. `risk_on`: when the risk level was given. `plan_*`: the plan in force.
    """

    categories: tuple[str, ...] = ()
    risk_level: str | None = None
    risk_on: str | None = None
    file_state: str | None = None
    last_home_on: str | None = None
    last_contact_on: str | None = None
    last_by_way: dict[str, str] = {}
    agreed_on: str | None = None
    since: str | None = None
    plan_since: str | None = None
    plan_home_days: int | None = None
    plan_contact_days: int | None = None
    events: tuple[HappenedOn, ...] = ()
    closed_on: str | None = None
    scope: str | None = None


class Due(Frozen):
    """`rule` is a rule's id, or `agreed`, `plan`, `closure`, `event_<kind>`; `days` the days it allows; `way` what it asks for."""

    due_on: str
    rule: str
    way: Way
    days: int | None
    overdue_days: int


@cache
def visit_rules(rules_id: str = "default") -> VisitRules:
    return VisitRules(**yaml.safe_load((FOLDER / f"{rules_id}.yaml").read_text("utf-8")))


def find_due(facts: VisitFacts, rules: VisitRules, today: str) -> Due | None:
    """The earliest date on which something is due; None for a closed file. Equal dates: in the order agreed, events, plan, rules, closure."""
    if facts.file_state in CLOSED_STATES:
        return None
    found = [*_agreed(facts), *_events(facts, rules), *_plan(facts, today)]
    for rule in rules.rules:
        if _holds(rule, facts, today):
            found += _by_rule(rule, facts, today)
    found += _after_closure(facts, rules)
    if not found:
        return None
    first = min(found, key=lambda one: one.due_on)
    overdue = (date.fromisoformat(today) - date.fromisoformat(first.due_on)).days - first.grace
    return Due(due_on=first.due_on, rule=first.rule, way=first.way, days=first.days, overdue_days=max(0, overdue))


class _Asked(Frozen):
    due_on: str
    rule: str
    way: Way
    days: int | None = None
    grace: int = 0


def _agreed(facts: VisitFacts) -> Iterator[_Asked]:
    if facts.agreed_on and not (facts.last_contact_on and facts.last_contact_on >= facts.agreed_on):
        yield _Asked(due_on=facts.agreed_on, rule="agreed", way="home")


def _events(facts: VisitFacts, rules: VisitRules) -> Iterator[_Asked]:
    """Only a visit at home on that day or later settles an event."""
    for one in facts.events:
        days = rules.event_days.get(one.kind)
        if days is not None and not (facts.last_home_on and facts.last_home_on >= one.on):
            yield _Asked(due_on=_after(one.on, days, one.on), rule=f"event_{one.kind}", way="home", days=days)


def _plan(facts: VisitFacts, today: str) -> Iterator[_Asked]:
    if facts.plan_home_days:
        start = max(filter(None, (facts.last_home_on, facts.plan_since)), default=facts.since)
        yield _Asked(
            due_on=_after(start, facts.plan_home_days, today), rule="plan", way="home", days=facts.plan_home_days
        )
    if facts.plan_contact_days:
        start = max(filter(None, (facts.last_contact_on, facts.plan_since)), default=facts.since)
        on = _after(start, facts.plan_contact_days, today)
        yield _Asked(due_on=on, rule="plan", way="contact", days=facts.plan_contact_days)


def _holds(rule: VisitRule, facts: VisitFacts, today: str) -> bool:
    if rule.by_plan or (rule.categories and not set(rule.categories) & set(facts.categories)):
        return False
    if set(rule.unless) & set(facts.categories):
        return False
    if (rule.valid_from and today < rule.valid_from) or (rule.valid_to and today > rule.valid_to):
        return False
    return rule.scope is None or (facts.scope or "").startswith(rule.scope)


def _by_rule(rule: VisitRule, facts: VisitFacts, today: str) -> Iterator[_Asked]:
    risk, home = facts.risk_level or "green", facts.last_home_on
    if rule.calendar_year:
        yield _Asked(due_on=_year_end(home, facts.since or today), rule=rule.id, way="home", grace=rule.grace_days)
    if risk in rule.at_once and facts.risk_on and not (home and home >= facts.risk_on):
        yield _Asked(due_on=facts.risk_on, rule=rule.id, way="home", days=0, grace=rule.grace_days)
    if risk in rule.home_days:
        days = rule.home_days[risk]
        on = _after(home or facts.since, days, today)
        yield _Asked(due_on=on, rule=rule.id, way="home", days=days, grace=rule.grace_days)
    if risk in rule.contact_days:
        days = rule.contact_days[risk]
        last = facts.last_contact_on
        if rule.ways and facts.last_by_way:
            counted = (*rule.ways, PAPER)
            last = max((facts.last_by_way[way] for way in counted if way in facts.last_by_way), default=None)
        on = _after(last or facts.since, days, today)
        yield _Asked(due_on=on, rule=rule.id, way="contact", days=days, grace=rule.grace_days)


def _after_closure(facts: VisitFacts, rules: VisitRules) -> Iterator[_Asked]:
    """The first follow-up that no contact since has answered."""
    if facts.closed_on is None:
        return
    dates = [(_after(facts.closed_on, days, facts.closed_on), days) for days in rules.closure_days]
    last = facts.last_contact_on or ""
    # A contact settles every round whose turn had begun half way from the round before.
    for number, (on, days) in enumerate(dates):
        before = dates[number - 1][0] if number else facts.closed_on
        half = _after(before, (date.fromisoformat(on) - date.fromisoformat(before)).days // 2, before)
        if last < half:
            yield _Asked(due_on=on, rule="closure", way="contact", days=days)
            return


def _after(start: str | None, days: int, today: str) -> str:
    """`days` after the start; nothing known of the household: today."""
    return (date.fromisoformat(start) + timedelta(days=days)).isoformat() if start else today


def _year_end(last_home_on: str | None, since: str) -> str:
    year = int(last_home_on[:4]) + 1 if last_home_on else int(since[:4])
    return f"{year}-12-31"


def read_facts(state: State, today: str, rules: VisitRules | None = None) -> VisitFacts:
    """What the rules look at, out of a folded file. A visit counts when somebody was met; one without an outcome counts as met."""
    rules = rules or visit_rules()
    by_way: dict[str, str] = {}
    for visit in read_elements(state, "visits"):
        on, way = day(visit.get("visited_on")), text(visit.get("method")) or "home"
        if on and visit.get("outcome") != "not_met":
            by_way[way] = max(on, by_way.get(way, on))
    paper = day(shown_value(state, "last_contact_on"))
    if paper:
        by_way[PAPER] = paper
    plan = plan_in_force(state, today)
    risk = read_risk(state)
    closures = [one for one in read_elements(state, "closures") if is_approved(state, f"closures/{one['id']}")]
    events = [
        (text(one.get("kind")), day(one.get("happened_on")), one.get("no_visit_needed"))
        for one in read_elements(state, "events")
    ]
    return VisitFacts(
        categories=tuple(categories_of(state, today)),
        risk_level=risk.level,
        risk_on=risk.since,
        file_state=text(shown_value(state, "file_state")) or None,
        last_home_on=_latest(by_way, rules.ways_home),
        last_contact_on=_latest(by_way, rules.ways_contact),
        last_by_way=by_way,
        agreed_on=day(shown_value(state, "next_visit_on")),
        since=day(shown_value(state, "opened_on")),
        plan_since=day(plan.get("starts_on")) if plan else None,
        plan_home_days=_count(plan, "visit_every_days"),
        plan_contact_days=_count(plan, "contact_every_days"),
        events=tuple(
            HappenedOn(kind=kind, on=on)
            for kind, on, needless in sorted(events, key=str)
            if on and needless is not True
        ),
        closed_on=max((on for one in closures if (on := day(one.get("closed_on")))), default=None),
    )


def _latest(by_way: Mapping[str, str], ways: tuple[str, ...]) -> str | None:
    return max((by_way[way] for way in (*ways, PAPER) if way in by_way), default=None)


def _count(plan: Mapping[str, Any] | None, name: str) -> int | None:
    value = plan.get(name) if plan else None
    return value if isinstance(value, int) and value > 0 else None

"""When a household is next due, and by which rule. The rules are data in this folder; the answer is the strictest of them and
of the date agreed with the family. Mirrored by pwa/src/records/due.ts; `tests/vectors/visit_rules.json` holds both.
"""

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

from schemas.fields import Frozen

FOLDER = Path(__file__).parent
CLOSED_STATES = frozenset({"cancelled", "moved_out", "deceased"})


class VisitRule(Frozen):
    """Days by risk level; a household without a risk level is taken as green. No categories: every household."""

    id: str
    zh: str
    en: str
    basis: str
    categories: tuple[str, ...] = ()
    home_days: dict[str, int] = {}
    contact_days: dict[str, int] = {}
    calendar_year: bool = False


class VisitRules(Frozen):
    id: str
    version: int
    zh: str
    en: str
    source: str
    ways_home: tuple[str, ...]
    ways_contact: tuple[str, ...]
    rules: tuple[VisitRule, ...]


class VisitFacts(Frozen):
    """What the rules look at. Dates YYYY-MM-DD; `since`: on our lists since, for a household never visited."""

    categories: tuple[str, ...] = ()
    risk_level: str | None = None
    file_state: str | None = None
    last_home_on: str | None = None
    last_contact_on: str | None = None
    agreed_on: str | None = None
    since: str | None = None


class Due(Frozen):
    """`rule` is the rule's id, or `agreed`; `days` the days it allows; `way` what it asks for."""

    due_on: str
    rule: str
    way: Literal["home", "contact"]
    days: int | None
    overdue_days: int


@cache
def visit_rules(rules_id: str = "default") -> VisitRules:
    return VisitRules(**yaml.safe_load((FOLDER / f"{rules_id}.yaml").read_text("utf-8")))


def find_due(facts: VisitFacts, rules: VisitRules, today: str) -> Due | None:
    """The earliest date on which something is due; None for a closed file. Equal dates: agreed first, then in rule order."""
    if facts.file_state in CLOSED_STATES:
        return None
    found: list[tuple[str, str, Literal["home", "contact"], int | None]] = []
    if facts.agreed_on and not (facts.last_contact_on and facts.last_contact_on >= facts.agreed_on):
        found.append((facts.agreed_on, "agreed", "home", None))
    risk = facts.risk_level or "green"
    for rule in rules.rules:
        if rule.categories and not set(rule.categories) & set(facts.categories):
            continue
        if rule.calendar_year:
            found.append((_year_end(facts.last_home_on, facts.since or today), rule.id, "home", None))
        if risk in rule.home_days:
            days = rule.home_days[risk]
            found.append((_after(facts.last_home_on or facts.since, days, today), rule.id, "home", days))
        if risk in rule.contact_days:
            days = rule.contact_days[risk]
            found.append((_after(facts.last_contact_on or facts.since, days, today), rule.id, "contact", days))
    if not found:
        return None
    due_on, rule_id, way, allowed = min(found, key=lambda one: one[0])
    overdue = (date.fromisoformat(today) - date.fromisoformat(due_on)).days
    return Due(due_on=due_on, rule=rule_id, way=way, days=allowed, overdue_days=max(0, overdue))


def _after(start: str | None, days: int, today: str) -> str:
    """`days` after the start; nothing known of the household: today."""
    return (date.fromisoformat(start) + timedelta(days=days)).isoformat() if start else today


def _year_end(last_home_on: str | None, since: str) -> str:
    year = int(last_home_on[:4]) + 1 if last_home_on else int(since[:4])
    return f"{year}-12-31"

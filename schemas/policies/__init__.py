"""Policies that a household might be entitled to: rules over facts, never a decision. Possibly eligible, unlikely, or not known yet, each with
the facts used and those that nobody knows.

Three-valued: a fact nobody knows makes a condition neither true nor false, and is named as missing only where it could turn the answer.
Amounts and thresholds are the county's parameters; none is shipped. Mirrored by pwa/src/records/policies.ts (`tests/vectors/policy_rules.json`).
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field as Attribute

from schemas.fields import Frozen, Label
from schemas.reading import State, birth_date, day, member_age, read_elements, shown_value, text, texts
from schemas.standing import categories_of

FOLDER = Path(__file__).parent
EVENT_DAYS = 90
Outcome = Literal["possibly_eligible", "unlikely", "unknown", "enjoyed"]
Answer = tuple[bool | None, frozenset[str]]  # what holds, and the facts that are missing for it
COMPARISONS = ("is", "in", "any_of", "at_least", "at_most", "below", "above")


class Policy(Frozen):
    id: str
    about: Literal["member", "household"] = Attribute(alias="for")
    enjoyed: str | None = None
    basis: str
    office: str
    papers: tuple[str, ...]
    note: Label | None = None
    when: dict[str, Any]
    unless: dict[str, Any] | None = None


class Policies(Frozen):
    version: int
    policies: tuple[Policy, ...]
    titles: dict[str, Label]


class Match(Frozen):
    """`member` is None for the whole household. `used`: the facts that are known and were read."""

    policy: str
    member: str | None
    outcome: Outcome
    used: tuple[str, ...]
    missing: tuple[str, ...]


@cache
def policy_facts() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = yaml.safe_load((FOLDER / "facts.yaml").read_text("utf-8"))
    return found


@cache
def policy_parameters() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = yaml.safe_load((FOLDER / "parameters.yaml").read_text("utf-8"))
    return found


@cache
def policies() -> Policies:
    """The shipped rules, every fact, parameter and title known."""
    found = Policies(**yaml.safe_load((FOLDER / "national.yaml").read_text("utf-8")))
    for policy in found.policies:
        if policy.id not in found.titles:
            raise ValueError(f"{policy.id}: no title")
        for condition in (policy.when, policy.unless or {"all": []}):
            _require_sound(policy.id, condition)
    return found


def match_policies(state: State, today: str, parameters: Mapping[str, int] | None = None) -> list[Match]:
    """What each policy says of the household and of each living member, in the order of the rules."""
    members = [one for one in read_elements(state, "members") if not text(one.get("died_on"))]
    shared = _household_facts(state, today)
    facts = {one["id"]: shared | _member_facts(one, today) for one in sorted(members, key=lambda one: one["id"])}
    matches = []
    for policy in policies().policies:
        subjects: list[tuple[str | None, dict[str, Any]]] = (
            [(None, shared)] if policy.about == "household" else list(facts.items())
        )
        matches += [weigh(policy, subject, known, parameters or {}) for subject, known in subjects]
    return matches


def weigh(policy: Policy, member: str | None, facts: Mapping[str, Any], parameters: Mapping[str, int]) -> Match:
    """One policy for one subject. What speaks against it and is not known leaves it possible, with the fact named."""
    holds, missing = _ask(policy.when, facts, parameters)
    against, open_facts = _ask(policy.unless, facts, parameters) if policy.unless else (False, frozenset[str]())
    outcome: Outcome = "unknown"
    if policy.enjoyed and policy.enjoyed in facts["enjoyed"]:
        outcome, missing, open_facts = "enjoyed", frozenset(), frozenset()
    elif holds is False or against is True:
        outcome, missing, open_facts = "unlikely", frozenset(), frozenset()
    elif holds is True:
        outcome = "possibly_eligible"
    named = _facts_of(policy.when) | (_facts_of(policy.unless) if policy.unless else set())
    used = tuple(sorted(name for name in named if facts.get(name) is not None))
    return Match(
        policy=policy.id, member=member, outcome=outcome, used=used, missing=tuple(sorted(missing | open_facts))
    )


def _ask(condition: Mapping[str, Any], facts: Mapping[str, Any], parameters: Mapping[str, int]) -> Answer:
    if "all" in condition or "any" in condition:
        is_all = "all" in condition
        answers = [_ask(one, facts, parameters) for one in condition["all" if is_all else "any"]]
        if any(holds is (not is_all) for holds, _ in answers):
            return (not is_all), frozenset()
        open_ones = [missing for holds, missing in answers if holds is None]
        return (None if open_ones else is_all), frozenset().union(*open_ones)
    name = condition["fact"]
    value = facts.get(name)
    word = next(one for one in COMPARISONS if one in condition)
    limit = condition[word]
    if isinstance(limit, str) and limit.startswith("$"):
        parameter, limit = limit, parameters.get(limit[1:])
        if limit is None:
            return None, frozenset({parameter} | ({name} if value is None else set()))
    return (None, frozenset({name})) if value is None else (_compare(word, value, limit), frozenset())


def _compare(word: str, value: Any, limit: Any) -> bool:
    if word == "is":
        return bool(value == limit)
    if word == "in":
        return value in limit
    if word == "any_of":
        return bool(set(value) & set(limit))
    return bool(
        {"at_least": value >= limit, "at_most": value <= limit, "below": value < limit, "above": value > limit}[word]
    )


def _facts_of(condition: Mapping[str, Any]) -> set[str]:
    inner = condition.get("all") or condition.get("any")
    return set().union(*(_facts_of(one) for one in inner)) if inner else {condition["fact"]}


def _require_sound(policy: str, condition: Mapping[str, Any]) -> None:
    inner = condition.get("all", condition.get("any"))
    if inner is not None:
        for one in inner:
            _require_sound(policy, one)
        return
    words = [word for word in COMPARISONS if word in condition]
    limit = condition[words[0]] if len(words) == 1 else None
    if condition.get("fact") not in policy_facts() or len(words) != 1:
        raise ValueError(f"{policy}: {condition}")
    if isinstance(limit, str) and limit.startswith("$") and limit[1:] not in policy_parameters():
        raise ValueError(f"{policy}: no parameter {limit}")


def _household_facts(state: State, today: str) -> dict[str, Any]:
    income, size = shown_value(state, "income_yearly_fen"), shown_value(state, "household_size")
    expense = shown_value(state, "rigid_expense_yearly_fen")
    since = (date.fromisoformat(today) - timedelta(days=EVENT_DAYS)).isoformat()
    recent = [
        text(one.get("kind"))
        for one in read_elements(state, "events")
        if (on := day(one.get("happened_on"))) and since <= on <= today
    ]
    per_head = income // size // 12 if isinstance(income, int) and isinstance(size, int) and size > 0 else None
    share = expense * 1000 // income if isinstance(expense, int) and isinstance(income, int) and income > 0 else None
    plain = ("property_state", "registered_here", "housing_kind", "housing_grade", "housing_helped_before")
    return {name: shown_value(state, name) for name in plain} | {
        "income_monthly_fen": per_head,
        "expense_permille": share,
        "household_categories": categories_of(state, today),
        "events": sorted(set(recent)),
        "enjoyed": texts(shown_value(state, "policies_enjoyed")),
    }


def _member_facts(member: Mapping[str, Any], today: str) -> dict[str, Any]:
    disability = member.get("disability")
    disability = disability if isinstance(disability, Mapping) else {}
    plain = (
        *("self_care", "needs_long_term_care", "work_ability", "employed", "seriously_ill"),
        *("supporter_state", "parents_state", "school_stage"),
    )
    return {name: member.get(name) for name in plain} | {
        "age": member_age(member, today),
        "born_on": birth_date(member),
        "categories": texts(member.get("categories")),
        "disability_kind": disability.get("kind") or None,
        "disability_grade": disability.get("grade") or None,
        "enjoyed": texts(member.get("policies_enjoyed")),
    }

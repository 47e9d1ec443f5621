"""What a station sets for itself: the county's figures and offices, its own visit frequencies, its own instruments.

Written as YAML, checked here with every mistake explained by line and field, and given to the phones as the plain data that they read
offline. Storing and signing it is the server's.
"""

from typing import Any, Literal

from schemas.describe import describe_instrument, describe_rules
from schemas.fields import Frozen
from schemas.instruments import Fault, Instrument, check_text
from schemas.local_rules.checking import Note, check_county, check_visits, find_looser, line_of
from schemas.local_rules.shapes import County, Visits
from schemas.visit_rules import VisitRule, VisitRules, visit_rules

LocalKind = Literal["county", "visits", "instrument"]
Content = County | Visits | Instrument


class Checked(Frozen):
    """`name`: what the sheet is kept under; an instrument's is its id. `content` is None where there are faults."""

    content: Content | None
    name: str
    faults: tuple[Fault, ...]
    notes: tuple[Note, ...] = ()


def check_local(kind: LocalKind, text: str) -> Checked:
    """One sheet of a station, with every fault's line in the text."""
    content, faults, notes = _read(kind, text)
    placed = tuple(fault.model_copy(update={"line": line_of(text, fault.where)}) for fault in faults)
    name = content.id if isinstance(content, Instrument) else kind
    return Checked(content=content, name=name, faults=placed, notes=tuple(notes))


def _read(kind: LocalKind, text: str) -> tuple[Content | None, list[Fault], list[Note]]:
    if kind == "county":
        return *check_county(text), []
    if kind == "visits":
        visits, faults = check_visits(text)
        return visits, faults, find_looser(visits) if visits else []
    return *check_text(text, own=True), []


def describe_county(county: County) -> dict[str, Any]:
    return county.model_dump(mode="json")


def describe_visits(visits: Visits) -> dict[str, Any]:
    """The whole rules as they hold at this station, so that a phone puts nothing together itself."""
    own = visits.model_dump(mode="json", include={"basis", "valid_from", "valid_to", "step_days"}, exclude_none=True)
    return own | {"rules": describe_rules(apply_visits(visits))}


def apply_visits(visits: Visits, shipped: VisitRules | None = None) -> VisitRules:
    """The shipped rules with the station's days in place of theirs, and its own rules after them."""
    shipped = shipped or visit_rules()
    rules = [_changed(rule, visits) for rule in shipped.rules]
    known = {rule.id for rule in shipped.rules}
    rules += [
        VisitRule(
            id=name, zh=own.zh or name, en=own.en or name, basis=own.basis or visits.basis, categories=own.categories,
            home_days=own.home_days, contact_days=own.contact_days, grace_days=own.grace_days or 0,
        )
        for name, own in visits.rules.items()
        if name not in known
    ]  # fmt: skip
    return shipped.model_copy(
        update={
            "rules": tuple(rules),
            "event_days": {**shipped.event_days, **visits.event_days},
            "closure_days": visits.closure_days or shipped.closure_days,
        }
    )


def _changed(rule: VisitRule, visits: Visits) -> VisitRule:
    own = visits.rules.get(rule.id)
    if own is None:
        return rule
    return rule.model_copy(
        update={
            "basis": own.basis or visits.basis,
            "home_days": {**rule.home_days, **own.home_days},
            "contact_days": {**rule.contact_days, **own.contact_days},
            "grace_days": rule.grace_days if own.grace_days is None else own.grace_days,
        }
    )


__all__ = [
    "Checked", "Content", "County", "LocalKind", "Visits", "apply_visits", "check_local", "describe_county",
    "describe_instrument", "describe_visits",
]  # fmt: skip

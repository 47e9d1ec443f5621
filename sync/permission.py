"""Which duties may do which act (D-8): the kind's own table, else the one of the protocol."""

from __future__ import annotations

from typing import Final

from sync.body import ACTS_OF_A_MERGE
from sync.change import Change
from sync.rules import Rules

ACTS_OF_A_STEP: Final = frozenset({"approve", "return"})
ACTS_THAT_MOVE: Final = frozenset({"transfer", *ACTS_OF_A_MERGE})
ACTS_ABOVE_THE_LOWEST_DUTY: Final = frozenset({"resolve", *ACTS_THAT_MOVE})


def may(rules: Rules, duties: frozenset[str], change: Change) -> bool:
    """Whether someone with these duties may do this act: the kind's own table, else the table of the protocol (D-8)."""
    allowed = rules.acts.get(change.act)
    if allowed is None:
        allowed = _default_duties(rules, change)
    return any(duty in duties for duty in allowed)


def _default_duties(rules: Rules, change: Change) -> tuple[str, ...]:
    if change.act in ACTS_ABOVE_THE_LOWEST_DUTY:
        return rules.duties[:-1] or rules.duties
    section = rules.find_section(change.about.section) if change.about else None
    if change.act in ACTS_OF_A_STEP and change.about and section:
        steps = section.steps[change.about.step - 1 : change.about.step] if change.about.step else section.steps
        ranks = [rules.duties.index(duty) for duty in steps if duty in rules.duties]
        return rules.duties[: max(ranks) + 1] if ranks else ()
    return rules.duties

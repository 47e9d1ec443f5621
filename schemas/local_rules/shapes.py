"""What a station may set for itself: its county's figures and offices, its own visit frequencies. Its own instruments have their shape in
`schemas/instruments`.
"""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from schemas.fields import Frozen

Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Text = Annotated[str, Field(min_length=1, max_length=200)]


def _as_text(value: Any) -> Any:
    """YAML reads a plain 2026-01-01 as a date; whoever writes it means the text."""
    return value.isoformat() if hasattr(value, "isoformat") else value


WrittenDay = Annotated[Day, BeforeValidator(_as_text)]


class County(Frozen):
    """Amounts and thresholds of one county and year, and where each policy is applied for. `amounts` may be written with their unit."""

    county: Text
    basis: Text
    valid_from: WrittenDay
    valid_to: WrittenDay
    amounts: dict[str, int | float | str]
    offices: dict[str, Text] = {}


class OwnRule(Frozen):
    """Days by risk level for a shipped rule, by its id, or for a rule of the station's own (`own_…`, with names and categories)."""

    zh: Text | None = None
    en: Text | None = None
    basis: Text | None = None
    categories: tuple[str, ...] = ()
    home_days: dict[str, int] = {}
    contact_days: dict[str, int] = {}
    grace_days: int | None = None


class Visits(Frozen):
    """How often somebody goes, where the county or the station says otherwise than the shipped rules."""

    basis: Text
    valid_from: WrittenDay
    valid_to: WrittenDay | None = None
    rules: dict[str, OwnRule] = {}
    event_days: dict[str, int] = {}
    closure_days: tuple[int, ...] = ()
    step_days: dict[str, int] = {}

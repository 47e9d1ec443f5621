"""A warning for whole villages (a typhoon, a flood, a cold spell): one event that forces a visit to every household there until it has passed."""

import json
from datetime import date
from typing import Annotated, Any, Self

from pydantic import Field, ValidationError, model_validator

from schemas.fields import Frozen
from schemas.visit_rules import visit_rules

VILLAGES_MAX = 300
NOTE_MAX = 200
DAYS_MAX = 60  # a warning that never ends would stand on the due lists for ever

Id = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class Warning(Frozen):
    """`kind` is a `visit_event` that the visit rules answer with days; `on` is the day from which a visit at home settles it."""

    id: Id
    kind: str
    on: date
    until: date
    villages: Annotated[tuple[Id, ...], Field(min_length=1, max_length=VILLAGES_MAX)]
    note: Annotated[str, Field(max_length=NOTE_MAX)] = ""

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.kind not in visit_rules().event_days:
            raise ValueError("kind")
        if not 0 <= (self.until - self.on).days <= DAYS_MAX:
            raise ValueError("until")
        return self


def read_warning(text: str) -> Warning | None:
    """None for one that this version of the program no longer reads."""
    try:
        return Warning.model_validate_json(text)
    except ValidationError:
        return None


def write_warning(warning: Warning) -> str:
    return json.dumps(warning.model_dump(mode="json"), ensure_ascii=False, sort_keys=True)


def describe_warning(warning: Warning, villages: set[str]) -> dict[str, Any] | None:
    """As the phones of somebody with these villages are told; None where it is none of theirs."""
    own = [village for village in warning.villages if village in villages]
    return {**warning.model_dump(mode="json", exclude={"villages"}), "villages": own} if own else None

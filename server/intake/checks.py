"""The value checks of `schemas/` as the engine asks for them: reasons by operation, sentences without values."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache

from schemas.fields import DUTIES
from schemas.kind import Actor, Kind
from schemas.registry import find_kind
from sync.change import Change
from sync.rules import Rules
from sync.verdict import Reason

# Dates are judged at the end of the earth's latest day, so that no time zone makes today look like tomorrow.
_LATEST_ZONE = timedelta(hours=14)
_REASONS_MAX = 50


@cache
def find_rules(kind: str) -> Rules | None:
    """The newest merge rules of a kind, or None for a kind from a newer app."""
    found = find_kind(kind)
    return Rules.of(found.rules()) if found else None


def make_check(kind: Kind | None, duties: frozenset[str], received_at: int) -> Callable[[Change], Sequence[Reason]]:
    """Only errors refuse a save; a doubt is kept, and shown where the value stands."""
    actor = Actor(duties=tuple(duty for duty in DUTIES if duty in duties))
    today = (datetime.fromtimestamp(received_at / 1000, UTC) + _LATEST_ZONE).date().isoformat()

    def check(change: Change) -> Sequence[Reason]:
        reasons: list[Reason] = []
        for index, operation in enumerate(change.body["ops"]):
            if kind is None or len(reasons) >= _REASONS_MAX:
                break
            reasons += [
                Reason(problem.code, op=index, path=problem.path, say=problem.zh)
                for problem in kind.check_operation(operation, actor, schema=change.schema, today=today)
                if problem.severity == "error"
            ]
        return reasons

    return check


def list_id_numbers(change: Change) -> list[str]:
    """The id numbers that a change writes, for the blind index."""
    kind = find_kind(change.kind)
    if kind is None:
        return []
    found: list[str] = []
    for operation in change.ops:
        if operation.op == "append" and isinstance(operation.value, dict):
            written = {f"{operation.path}/{operation.id}/{name}": value for name, value in operation.value.items()}
        else:
            written = {operation.path: operation.value}
        for path, value in written.items():
            declared = kind.find_field(path)
            if declared is not None and declared.type == "id_number" and isinstance(value, str):
                found.append(value.upper())
    return found

"""The value checks of `schemas/` as the engine asks for them: reasons by operation, sentences without values."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache

from schemas.fields import DUTIES
from schemas.forms import check_submission, forms
from schemas.id_number import comparable_number
from schemas.instruments import Instrument, check_result
from schemas.kind import Actor, Kind
from schemas.problems import Problem, make_problem
from schemas.registry import find_kind
from schemas.second_person import check_second_person, touches_risk
from sync.change import Change
from sync.fold import FoldInput, fold, seen_from
from sync.rules import Rules
from sync.verdict import Reason

# Dates are judged at the end of the earth's latest day, so that no time zone makes today look like tomorrow.
_LATEST_ZONE = timedelta(hours=14)
_REASONS_MAX = 50
_RESULTS = "instrument_results"
_HOUSEHOLD, _FILE_NUMBER = "household", "file_number"
OwnInstruments = Mapping[tuple[str, int], Instrument]


@cache
def find_rules(kind: str) -> Rules | None:
    """The newest merge rules of a kind, or None for a kind from a newer app."""
    found = find_kind(kind)
    return Rules.of(found.rules()) if found else None


def make_check(
    kind: Kind | None,
    duties: frozenset[str],
    received_at: int,
    accepted: Sequence[FoldInput],
    own_instruments: Callable[[], OwnInstruments] = dict,
    is_number_taken: Callable[[str], bool] = lambda number: False,
) -> Callable[[Change], Sequence[Reason]]:
    """Only errors refuse a save; a doubt is kept, and shown where the value stands. A form counts at submission."""
    actor = Actor(duties=tuple(duty for duty in DUTIES if duty in duties))
    today = (datetime.fromtimestamp(received_at / 1000, UTC) + _LATEST_ZONE).date().isoformat()

    def check(change: Change) -> Sequence[Reason]:
        reasons: list[Reason] = []
        for index, operation in enumerate(change.body["ops"]):
            if kind is None or len(reasons) >= _REASONS_MAX:
                break
            problems = kind.check_operation(operation, actor, schema=change.schema, today=today)
            reasons += _errors(problems, op=index)
            if operation["op"] == "append" and operation["path"] == _RESULTS and change.schema <= kind.version:
                path = f"{_RESULTS}/{operation['id']}"
                reasons += _errors(check_result(operation["value"], path, own_instruments()), op=index)
            if operation["path"] == _FILE_NUMBER and isinstance(operation.get("value"), str):
                taken = is_number_taken(operation["value"])
                reasons += _errors([make_problem("number_taken", _FILE_NUMBER)], op=index) if taken else []
        if kind is not None and kind.name == _HOUSEHOLD and touches_risk(change.body["ops"]):
            reasons += _check_risk(change, accepted)
        if change.act == "submit" and kind is not None and change.schema <= kind.version:
            reasons += _check_submitted(change, accepted)
        return reasons

    return check


def _check_risk(change: Change, accepted: Sequence[FoldInput]) -> list[Reason]:
    """A lowering that no second person stands behind, as its author saw the file."""
    rules = find_rules(change.kind)
    if rules is None:
        return []
    seen = fold(rules, seen_from(accepted, change.base, change.file), change.file)
    found = check_second_person(seen, change.body["ops"], change.person, is_reissue=change.reissues is not None)
    return [reason for index, problem in found for reason in _errors([problem], op=index)]


def _check_submitted(change: Change, accepted: Sequence[FoldInput]) -> list[Reason]:
    """What the section's form demands and its author's own view of the file does not hold."""
    rules = find_rules(change.kind)
    section = rules.find_section(change.about.section) if rules and change.about else None
    if rules is None or section is None or change.about is None or section.name not in forms():
        return []
    seen = fold(rules, [*seen_from(accepted, change.base, change.file), FoldInput(change)], change.file)
    prefix = f"{change.about.section}/" if "/" in change.about.section else ""
    values = {
        path.removeprefix(prefix): register["value"]
        for path, register in seen["paths"].items()
        if path.startswith(prefix) and "/" not in path.removeprefix(prefix) and register["status"] != "conflict"
    }
    return _errors(check_submission(section.name, values), prefix=prefix)


def _errors(problems: Sequence[Problem], *, op: int | None = None, prefix: str = "") -> list[Reason]:
    return [
        Reason(problem.code, op=op, path=f"{prefix}{problem.path}", say=problem.zh)
        for problem in problems
        if problem.severity == "error"
    ]


def list_file_numbers(change: Change) -> list[str]:
    """The number of its file, where a change writes it."""
    written = [one.value for one in change.ops if one.op == "set" and one.path == _FILE_NUMBER]
    return [value for value in written if isinstance(value, str)] if change.kind == _HOUSEHOLD else []


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
                found.append(comparable_number(value))
    return found

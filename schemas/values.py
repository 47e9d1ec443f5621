"""Is a value one that its field can hold? Mirrored by pwa/src/records/values.ts; `tests/vectors/values.json` holds both.

Knows one value at a time. What two fields say about each other is in `doubts.py`; what a form demands is in `forms`.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

from schemas.codes import get_code_list
from schemas.fields import SET_TYPES, Field
from schemas.id_number import is_real_date, read_id_number
from schemas.problems import Problem, make_problem

SAFE_INTEGER = 2**53 - 1
YEARS = (1850, 2200)
ANSWERS_MAX = 200
APART = "4"  # sensitivity of a code that stands in no file which many read


def check_value(field: Field, value: Any, path: str | None = None) -> list[Problem]:
    """Problems of one value of `field`; null (asked, no answer) is always allowed. A set field is given its whole list."""
    if value is None:
        return []
    return list(_CHECKS[field.type](field, value, path or field.name))


def check_element(field: Field, value: Any, path: str) -> list[Problem]:
    """Problems of one element of a set field, as `add` and `remove` carry it."""
    return list(_element(field, value, path))


def _problem(code: str, field: Field, path: str, limit: str = "") -> Problem:
    return make_problem(code, path, field.zh, field.en, limit)


def _text(field: Field, value: Any, path: str) -> Iterator[Problem]:
    if not isinstance(value, str) or unicodedata.normalize("NFC", value) != value:
        yield _problem("wrong_type", field, path)
    elif len(value) > field.length_max:
        yield _problem("too_long", field, path, str(field.length_max))
    elif field.type == "phone" and not re.fullmatch(r"[+0-9][0-9 \-]{2,38}", value) and value != "":
        yield _problem("bad_phone", field, path)
    elif field.type == "id_number" and value != "":
        doubt = read_id_number(value).doubt
        if doubt:
            yield _problem(doubt, field, path)


def _integer(field: Field, value: Any, path: str) -> Iterator[Problem]:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > SAFE_INTEGER:
        yield _problem("wrong_type", field, path)
        return
    low, high = field.minimum, field.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        limit = f"{'' if low is None else low}–{'' if high is None else high}"
        yield _problem("out_of_range", field, path, limit)
    elif field.codes and not get_code_list(field.codes).has(str(value)):
        yield _problem("unknown_code", field, path)


def _flag(field: Field, value: Any, path: str) -> Iterator[Problem]:
    if not isinstance(value, bool):
        yield _problem("wrong_type", field, path)


def _date(field: Field, value: Any, path: str) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield _problem("wrong_type", field, path)
        return
    whole = value
    if field.type == "month" or (field.partial and re.fullmatch(r"[0-9]{4}-[0-9]{2}", value)):
        whole = f"{value}-01"
    elif field.partial and re.fullmatch(r"[0-9]{4}", value):
        whole = f"{value}-01-01"
    if not is_real_date(whole) or not YEARS[0] <= int(whole[:4]) <= YEARS[1]:
        yield _problem("impossible_date", field, path)


def _time(field: Field, value: Any, path: str) -> Iterator[Problem]:
    if not isinstance(value, str) or not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value):
        yield _problem("impossible_time", field, path)


def _code(field: Field, value: Any, path: str) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield _problem("wrong_type", field, path)
    elif field.codes and not (found := get_code_list(field.codes).find(value)):
        yield _problem("unknown_code", field, path)
    elif field.codes and found and found.extra.get("sensitivity") == APART and field.sensitivity < 3:
        yield _problem("belongs_apart", field, path)


def _element(field: Field, value: Any, path: str) -> Iterator[Problem]:
    if field.type == "reference_set":
        yield from _reference(field, value, path)
    elif field.codes:
        yield from _code(field, value, path)
    else:
        yield from _text(field, value, path)


def _set(field: Field, value: Any, path: str) -> Iterator[Problem]:
    if not isinstance(value, list):
        yield _problem("wrong_type", field, path)
        return
    for element in value:
        yield from _element(field, element, path)


def _reference(field: Field, value: Any, path: str) -> Iterator[Problem]:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9a-f]{32}", value):
        yield _problem("bad_reference", field, path)


def _hash(field: Field, value: Any, path: str) -> Iterator[Problem]:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9a-f]{64}", value):
        yield _problem("bad_hash", field, path)


def _group(field: Field, value: Any, path: str) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield _problem("wrong_type", field, path)
        return
    parts = {part.name: part for part in field.parts}
    for name, inner in value.items():
        # A part that this version does not know came from a newer app: kept, not judged.
        if name in parts:
            yield from check_value(parts[name], inner, f"{path}.{name}")


def _answers(field: Field, value: Any, path: str) -> Iterator[Problem]:
    fine = isinstance(value, dict) and len(value) <= ANSWERS_MAX
    if not fine or any(not isinstance(v, str | int | type(None)) or isinstance(v, bool) for v in value.values()):
        yield _problem("wrong_type", field, path)


_CHECKS: dict[str, Callable[[Field, Any, str], Iterator[Problem]]] = {
    "text": _text,
    "phone": _text,
    "id_number": _text,
    "integer": _integer,
    "money": _integer,
    "instant": _integer,
    "flag": _flag,
    "date": _date,
    "month": _date,
    "time": _time,
    "code": _code,
    "group": _group,
    "answers": _answers,
    "reference": _reference,
    "hash": _hash,
} | dict.fromkeys(SET_TYPES, _set)

"""Expressions of forms: a strict subset of CEL, evaluated by the `common-expression-language` package.

The subset: whole numbers, texts, true, false, null, lists; names and `a.b`; `?:`, `||`, `&&`, comparisons, `in`, `+ - * / %`, one `!`, a minus sign
before a number; and the functions below. No decimals, indexes, methods, macros; a group is read by its parts or held against null. pwa/src/records/forms/expression.ts evaluates the same subset;
tests/vectors/expressions.json and a differential test hold both to the same answers.

An expression over something not asked has no answer: that is the value UNKNOWN, never an exception. The functions are total: they
give null for what they cannot take.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from enum import Enum
from functools import cache
from typing import Any, Final

import cel

from schemas.id_number import is_real_date

LENGTH_MAX = 1000
NUMBER_MAX = 2**53 - 1


class Unknown(Enum):
    """Its only member says: no answer follows from what is known."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN


class ExpressionError(ValueError):
    """An expression outside the subset: a fault of a form, found when it is loaded."""


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def count(values: Any) -> int | None:
    """How many elements a list has."""
    return len(values) if isinstance(values, list) else None


def total(values: Any) -> int | None:
    """Sum of the whole numbers of a list; null when it holds none."""
    numbers = [value for value in values if _whole(value)] if isinstance(values, list) else []
    return sum(numbers) if numbers else None


def days_between(start: Any, end: Any) -> int | None:
    """Days from one YYYY-MM-DD to another, negative when the end lies before."""
    if not (_is_date(start) and _is_date(end)):
        return None
    return (date.fromisoformat(end) - date.fromisoformat(start)).days


def years_between(start: Any, end: Any) -> int | None:
    """Whole years from one YYYY-MM-DD to another: an age."""
    if not (_is_date(start) and _is_date(end)):
        return None
    return int(end[:4]) - int(start[:4]) - (1 if end[5:] < start[5:] else 0)


def surely_before(first: Any, second: Any) -> bool | None:
    """Whether one date lies before another for certain; of dates known to the year or month, only what both know counts."""
    if not (_is_partial_date(first) and _is_partial_date(second)):
        return None
    known = min(len(first), len(second))
    return bool(first[:known] < second[:known])


def _is_partial_date(value: Any) -> bool:
    return isinstance(value, str) and (
        re.fullmatch(r"[0-9]{4}(-(0[1-9]|1[0-2]))?", value) is not None or is_real_date(value)
    )


def _is_date(value: Any) -> bool:
    return isinstance(value, str) and is_real_date(value)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "count": count,
    "total": total,
    "days_between": days_between,
    "years_between": years_between,
    "surely_before": surely_before,
}
ARGUMENTS = {"count": 1, "total": 1, "days_between": 2, "years_between": 2, "surely_before": 2}

_TOKEN = re.compile(
    r"""(?P<space>[ \n]+)|(?P<number>[0-9]+)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<text>'(?:[^'\\\n]|\\['"\\n])*'|"(?:[^"\\\n]|\\['"\\n])*")
    |(?P<mark>\|\||&&|==|!=|<=|>=|[<>+\-*/%!?:,.()\[\]])""",
    re.VERBOSE,
)
EDGE = ("", "")
WORDS = frozenset({"true", "false", "null", "in"})
RESERVED = re.compile(
    "as|break|const|continue|else|for|function|if|import|let|loop|package|namespace|return|var|void|while"
)
Token = tuple[str, str]  # kind, text


def _neighbours(tokens: list[Token]) -> Iterator[tuple[Token, Token, Token]]:
    """Each token with the one before and the one after it."""
    return zip([EDGE, *tokens], tokens, [*tokens[1:], EDGE], strict=False)


@cache
def names_in(expression: str) -> frozenset[str]:
    """The variables that an expression reads; ExpressionError when it leaves the subset."""
    if len(expression) > LENGTH_MAX:
        raise ExpressionError("expression too long")
    tokens = _tokens(expression)
    names = set()
    for (_, before), (kind, text), (_, after) in _neighbours(tokens):
        if kind == "name" and RESERVED.fullmatch(text):
            raise ExpressionError(f"reserved word: {text}")
        if kind == "name" and before != "." and after != "(" and text not in WORDS:
            names.add(text)
        if before == "." and (kind != "name" or after == "(" or text in WORDS):
            raise ExpressionError("a dot is followed by a name")
    _require_plain(tokens)
    _require_known_calls(tokens)
    _compile(expression)
    return frozenset(names)


def _require_plain(tokens: list[Token]) -> None:
    """Leaves out what the library and the phone would read differently, or what no form needs."""
    for before, (kind, text), after in _neighbours(tokens):
        after_value = before[0] in ("text", "number") or before[1] in (")", "]")
        after_value = after_value or (before[0] == "name" and before[1] != "in")
        if text == "[" and after_value:
            raise ExpressionError("indexes are not part of the subset")
        if kind == "text" and after_value:
            raise ExpressionError("a text stands where none may")
        if text == "-" and not after_value and after[0] != "number":
            raise ExpressionError("a minus sign stands before a number; write 0 - x")
        if text == "/" and after[1] == "/":
            raise ExpressionError("comments are not part of the subset")
        if text == "!" and after[1] in ("!", "-"):
            raise ExpressionError("one sign before a value")
        if text == "." and not (after_value and before[0] not in ("text", "number")):
            raise ExpressionError("a dot follows a name")
        if text == "," and (before[1] in ("[", "(") or after[1] in ("]", ")")):
            raise ExpressionError("a comma stands between two values")
        if kind == "number" and (
            int(text) > NUMBER_MAX or after[1] == "." or (after[0] == "name" and after[1] != "in")
        ):
            raise ExpressionError(f"not a whole number: {text}")


def _require_known_calls(tokens: list[Token]) -> None:
    """Only our functions, each with as many arguments as it takes."""
    open_marks: list[tuple[str | None, int]] = []
    for before, (_, text), after in _neighbours(tokens):
        if text in ("(", "["):
            name = before[1] if text == "(" and before[0] == "name" and before[1] != "in" else None
            if name is not None and name not in FUNCTIONS:
                raise ExpressionError(f"unknown function: {name}")
            open_marks.append((name, 0 if after[1] in (")", "]") else 1))
        elif text == "," and open_marks:
            name, count_so_far = open_marks.pop()
            open_marks.append((name, count_so_far + 1))
        elif text in (")", "]") and open_marks:
            name, arguments = open_marks.pop()
            if name is not None and arguments != ARGUMENTS[name]:
                raise ExpressionError(f"{name} takes {ARGUMENTS[name]}")


def _tokens(expression: str) -> list[Token]:
    tokens, place = [], 0
    while place < len(expression):
        found = _TOKEN.match(expression, place)
        if found is None:
            raise ExpressionError(f"unexpected character at {place}")
        place = found.end()
        if found.lastgroup != "space":
            tokens.append((str(found.lastgroup), found.group()))
    return tokens


@cache
def _compile(expression: str) -> cel.Program:
    try:
        return cel.compile(expression)
    except ValueError as error:
        raise ExpressionError(f"cannot be read: {expression}") from error


def evaluate(expression: str, variables: Mapping[str, Any]) -> Any:
    """The answer, or UNKNOWN. A name that `variables` does not hold is null. Nothing is changed."""
    names = names_in(expression)
    context = cel.Context(variables={name: variables.get(name) for name in names}, functions=dict(FUNCTIONS))
    try:
        answer = _compile(expression).execute(context)
    except (TypeError, ValueError, ArithmeticError, LookupError, RuntimeError):
        return UNKNOWN
    return UNKNOWN if _whole(answer) and abs(answer) > NUMBER_MAX else answer


def holds(expression: str, variables: Mapping[str, Any]) -> bool | None:
    """True, false, or None where no yes or no follows."""
    answer = evaluate(expression, variables)
    return answer if isinstance(answer, bool) else None

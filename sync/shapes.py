"""Tiny declarative shape checks for signed documents, so that Python and TypeScript refuse exactly the same ones.

A shape is an object of named shapes (`key?` is optional, other keys pass) or a check made by the functions here.
pydantic serves the calls (`sync.messages`); it would be too liberal for bytes that two languages must agree on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from sync.errors import MalformedError

Check = Callable[[object, str], None]
Shape = Mapping[str, "Shape | Check"]


def check_shape(value: object, shape: Shape | Check, place: str = "") -> None:
    """Raise `MalformedError` naming the place, never the value."""
    if callable(shape):
        shape(value, place)
        return
    if not isinstance(value, dict):
        raise _wrong(place, "an object")
    for key, inner in shape.items():
        name, optional = (key[:-1], True) if key.endswith("?") else (key, False)
        if name in value:
            check_shape(value[name], inner, f"{place}/{name}".lstrip("/"))
        elif not optional:
            raise _wrong(f"{place}/{name}".lstrip("/"), "present")


def text(minimum: int = 0, maximum: int = 1_000_000, *, pattern: str | None = None) -> Check:
    """A text whose length in code points lies within the bounds and that matches the whole pattern."""
    compiled = re.compile(pattern) if pattern else None

    def check(value: object, place: str) -> None:
        if not isinstance(value, str) or not minimum <= len(value) <= maximum:
            raise _wrong(place, "a text of the right length")
        if compiled and not compiled.fullmatch(value):
            raise _wrong(place, "in the right form")

    return check


def integer(minimum: int, maximum: int = 2**53 - 1) -> Check:
    """An integer within the bounds; true and false are none."""

    def check(value: object, place: str) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or not minimum <= value <= maximum:
            raise _wrong(place, f"an integer from {minimum} to {maximum}")

    return check


def one_of(*allowed: str | int) -> Check:
    def check(value: object, place: str) -> None:
        if isinstance(value, bool) or value not in allowed:
            raise _wrong(place, "one of " + ", ".join(str(choice) for choice in allowed))

    return check


def optional_null(inner: Check) -> Check:
    def check(value: object, place: str) -> None:
        if value is not None:
            inner(value, place)

    return check


def each(*, item: Shape | Check, key: Check | None = None, maximum: int = 10_000) -> Check:
    """A list of items, or with `key` an object from keys to items."""

    def check(value: object, place: str) -> None:
        if not isinstance(value, dict if key else list) or len(value) > maximum:
            raise _wrong(place, f"{'an object' if key else 'a list'} of at most {maximum}")
        pairs: Any = value.items() if isinstance(value, dict) else enumerate(value)
        for name, inner in pairs:
            if key:
                key(name, place)
            check_shape(inner, item, f"{place}/{name}")

    return check


def tuple_of(parts: tuple[Check, ...]) -> Check:
    """A list with exactly these parts, in order."""

    def check(value: object, place: str) -> None:
        if not isinstance(value, list) or len(value) != len(parts):
            raise _wrong(place, f"a list of {len(parts)}")
        for index, part in enumerate(parts):
            part(value[index], f"{place}/{index}")

    return check


def is_hex(value: object, digits: int) -> bool:
    """Whether `value` is exactly so many lower-case hex digits."""
    return isinstance(value, str) and len(value) == digits and all(digit in "0123456789abcdef" for digit in value)


def _wrong(place: str, wanted: str) -> MalformedError:
    return MalformedError(f"`{place or 'the document'}` is not {wanted}.", path=place)

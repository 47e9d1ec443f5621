"""Short ways to declare the fields that come again and again: a text, a day, a code, a person, a group.

Every name of a parameter is that of `schemas.fields.Field`; what is not said stands at that class's default.
"""

from typing import Any

from schemas.fields import Field


def text(name: str, zh: str, en: str, length_max: int = 200, **more: Any) -> Field:
    return Field(name=name, type="text", zh=zh, en=en, length_max=length_max, **more)


def story(name: str, zh: str, en: str, length_max: int = 2000, **more: Any) -> Field:
    """A text of several sentences about somebody: sensitive unless said otherwise."""
    return Field(name=name, type="text", zh=zh, en=en, length_max=length_max, **{"sensitivity": 2, **more})


def day(name: str, zh: str, en: str, **more: Any) -> Field:
    return Field(name=name, type="date", zh=zh, en=en, **more)


def past_day(name: str, zh: str, en: str, **more: Any) -> Field:
    """A day that cannot lie in the future."""
    return day(name, zh, en, past=True, **more)


def clock(name: str, zh: str, en: str) -> Field:
    return Field(name=name, type="time", zh=zh, en=en)


def code(name: str, zh: str, en: str, codes: str, **more: Any) -> Field:
    return Field(name=name, type="code", zh=zh, en=en, codes=codes, **more)


def code_set(name: str, zh: str, en: str, codes: str | None, **more: Any) -> Field:
    return Field(name=name, type="code_set", zh=zh, en=en, policy="union", codes=codes, **more)


def flag(name: str, zh: str, en: str, **more: Any) -> Field:
    return Field(name=name, type="flag", zh=zh, en=en, **more)


def number(name: str, zh: str, en: str, low: int, high: int, **more: Any) -> Field:
    return Field(name=name, type="integer", zh=zh, en=en, minimum=low, maximum=high, **more)


def money(name: str, zh: str, en: str, **more: Any) -> Field:
    return Field(
        name=name, type="money", zh=zh, en=en, minimum=0, maximum=10_000_000_000, unit="fen", sensitivity=2, **more
    )


def one(name: str, zh: str, en: str, refers: str, **more: Any) -> Field:
    """One element of the same file, or one person of the station."""
    return Field(name=name, type="reference", zh=zh, en=en, refers=refers, **more)


def several(name: str, zh: str, en: str, refers: str, **more: Any) -> Field:
    return Field(name=name, type="reference_set", zh=zh, en=en, policy="union", refers=refers, **more)


def group(name: str, zh: str, en: str, parts: tuple[Field, ...], **more: Any) -> Field:
    return Field(name=name, type="group", zh=zh, en=en, parts=parts, **more)


def reviewers_note() -> Field:
    """What deputy or head writes beside a record that is sampled and not approved."""
    return story("review_note", "审核意见", "Reviewer's note", 1000, policy="authority", writers=("head", "deputy"))


def seen_by_deputy() -> tuple[Field, Field]:
    """An alarm rings on the phones of deputies and heads until one of them has written these."""
    deciders: Any = ("head", "deputy")
    return (
        Field(
            name="seen_by", type="reference_set", zh="谁看到了警报", en="Who saw the alarm", policy="union",
            refers="person", writers=deciders,
        ),
        Field(name="seen_at", type="instant", zh="看到警报的时间", en="Alarm seen at", policy="min", writers=deciders),
    )  # fmt: skip

"""What an instrument is made of: items, options, parts, bands, lifts, alerts. Shapes only; scoring and checking stand beside it."""

from typing import Literal

from pydantic import Field as Attribute

from schemas.fields import Frozen, Label


class Option(Frozen):
    code: str
    zh: str
    en: str
    score: int


class Part(Frozen):
    """A heading with a subtotal of its own."""

    id: str
    zh: str
    en: str


class Item(Frozen):
    """`scores` replaces the scores of the shared options where an item is keyed the other way round. An item that is not `scored`
    stays out of the total and is read by alerts and lifts alone.
    """

    id: str
    zh: str
    en: str
    part: str | None = None
    scored: bool = True
    scores: dict[str, int] = {}
    options: tuple[Option, ...] = ()


class Band(Frozen):
    """A result in words for a score from `from` to `to`, both included. Bands stand lightest first. A band without numbers is reached by a
    lift alone.
    """

    code: str
    low: int | None = Attribute(default=None, alias="from")
    high: int | None = Attribute(default=None, alias="to")
    zh: str
    en: str


class Lift(Frozen):
    """Where `when` holds, the result is at least the band `to`, or heavier `by` that many bands. All `to` come before all `by`."""

    when: str
    to: str | None = None
    by: int | None = None
    zh: str
    en: str


class Alert(Frozen):
    """A card that opens as soon as `when` holds over the items' scores, whatever the total. `crisis` or `report`."""

    when: str
    card: Literal["crisis", "report"]
    zh: str
    en: str


class Instrument(Frozen):
    """`for`: a member, or the household as a whole. `better`: which way of the score is the good one. `fills`: the member's field that the
    band may be offered for; `grades`: the household's level that it proposes.
    """

    id: str
    version: int
    zh: str
    en: str
    source: str
    licence: str
    about: Literal["member", "household"] = Attribute(default="member", alias="for")
    better: Literal["low", "high"] = "low"
    min_age: int | None = None
    max_age: int | None = None
    notice: Label
    question: Label
    options: tuple[Option, ...]
    parts: tuple[Part, ...] = ()
    items: tuple[Item, ...]
    score: Label
    bands: tuple[Band, ...]
    lifts: tuple[Lift, ...] = ()
    alerts: tuple[Alert, ...] = ()
    fills: str | None = None
    grades: str | None = None

    def options_of(self, item: Item) -> tuple[Option, ...]:
        """The item's options with the scores that count for it."""
        shared = item.options or self.options
        return tuple(
            option.model_copy(update={"score": item.scores.get(option.code, option.score)}) for option in shared
        )

"""Scoring an instrument by its data alone. Mirrored by pwa/src/records/forms/instrument.ts; `tests/vectors/instruments.json` holds both."""

from collections.abc import Mapping
from typing import Any

from schemas.expressions import holds
from schemas.fields import Frozen
from schemas.instruments.shapes import Instrument


class Score(Frozen):
    """`score` and `band` stay None until every item is answered; `alerts` are the cards to open now, `warned` the numbers of the alerts that
    hold; `lifted`: numbers of the lifts that changed the band; `parts`: subtotals of the parts that are whole.
    """

    score: int | None
    band: str | None
    missing: tuple[str, ...]
    alerts: tuple[str, ...]
    warned: tuple[int, ...] = ()
    lifted: tuple[int, ...] = ()
    parts: dict[str, int] = {}


def score(instrument: Instrument, answers: Mapping[str, Any]) -> Score:
    """Score `answers` (item id -> option code). An answer outside the options counts as not given."""
    scores: dict[str, int] = {}
    for item in instrument.items:
        chosen = next((o for o in instrument.options_of(item) if o.code == answers.get(item.id)), None)
        if chosen:
            scores[item.id] = chosen.score
    missing = tuple(item.id for item in instrument.items if item.id not in scores)
    total = None if missing else sum(scores[item.id] for item in instrument.items if item.scored)
    band, lifted = (None, ()) if total is None else _grade(instrument, total, scores)
    warned = tuple(number for number, alert in enumerate(instrument.alerts) if holds(alert.when, scores))
    return Score(
        score=total,
        band=band,
        missing=missing,
        alerts=tuple(dict.fromkeys(instrument.alerts[number].card for number in warned)),
        warned=warned,
        lifted=lifted,
        parts=_subtotals(instrument, scores),
    )


def _grade(instrument: Instrument, total: int, scores: Mapping[str, int]) -> tuple[str | None, tuple[int, ...]]:
    """The band of a whole result, and the lifts that made it heavier."""
    order = [band.code for band in instrument.bands]
    place = next(
        (n for n, b in enumerate(instrument.bands) if b.low is not None and b.low <= total <= (b.high or 0)), -1
    )
    lifted = []
    held = [(n, lift) for n, lift in enumerate(instrument.lifts) if holds(lift.when, {**scores, "score": total})]
    for number, lift in (*(one for one in held if one[1].to), *(one for one in held if not one[1].to)):
        higher = max(place, order.index(lift.to)) if lift.to else min(len(order) - 1, place + (lift.by or 0))
        if higher > place:
            lifted.append(number)
        place = higher
    return (order[place] if place >= 0 else None), tuple(sorted(lifted))


def _subtotals(instrument: Instrument, scores: Mapping[str, int]) -> dict[str, int]:
    found = {}
    for part in instrument.parts:
        items = [item.id for item in instrument.items if item.part == part.id and item.scored]
        if items and all(item in scores for item in items):
            found[part.id] = sum(scores[item] for item in items)
    return found

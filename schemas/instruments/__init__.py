"""Instruments: questionnaires scored by data. Items, options, scores, bands and alerts stand in the YAML files of this folder.

A result keeps every answer and the version, so its score can be computed again; `check_result` does that on the server.
Mirrored by pwa/src/records/forms/instrument.ts; `tests/vectors/instruments.json` holds both to the same scores.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field as Attribute

from schemas.expressions import holds, names_in
from schemas.fields import Frozen, Label
from schemas.problems import Problem, make_problem

FOLDER = Path(__file__).parent


class Option(Frozen):
    code: str
    zh: str
    en: str
    score: int


class Item(Frozen):
    """`scores` replaces the scores of the shared options where an item is keyed the other way round."""

    id: str
    zh: str
    en: str
    scores: dict[str, int] = {}
    options: tuple[Option, ...] = ()


class Band(Frozen):
    """A result in words for a score from `low` to `high`, both included. Bands stand lightest first."""

    code: str
    low: int = Attribute(alias="from")
    high: int = Attribute(alias="to")
    zh: str
    en: str


class Alert(Frozen):
    """A card that opens as soon as `when` holds over the items' scores, whatever the total."""

    when: str
    card: str
    zh: str
    en: str


class Instrument(Frozen):
    id: str
    version: int
    zh: str
    en: str
    source: str
    licence: str
    notice: Label
    question: Label
    options: tuple[Option, ...]
    items: tuple[Item, ...]
    score: Label
    bands: tuple[Band, ...]
    alerts: tuple[Alert, ...] = ()
    fills: str | None = None

    def options_of(self, item: Item) -> tuple[Option, ...]:
        """The item's options with the scores that count for it."""
        shared = item.options or self.options
        return tuple(
            option.model_copy(update={"score": item.scores.get(option.code, option.score)}) for option in shared
        )


class Score(Frozen):
    """`score` and `band` stay None until every item is answered; `alerts` are the cards to open now."""

    score: int | None
    band: str | None
    missing: tuple[str, ...]
    alerts: tuple[str, ...]


@cache
def instruments() -> dict[str, Instrument]:
    """Every instrument by id, each with sound bands and expressions."""
    found = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        instrument = Instrument(**yaml.safe_load(path.read_text("utf-8")))
        _require_sound(instrument)
        found[instrument.id] = instrument
    return found


def score(instrument: Instrument, answers: Mapping[str, Any]) -> Score:
    """Score `answers` (item id -> option code). An answer outside the options counts as not given."""
    scores: dict[str, int] = {}
    for item in instrument.items:
        chosen = next((o for o in instrument.options_of(item) if o.code == answers.get(item.id)), None)
        if chosen:
            scores[item.id] = chosen.score
    missing = tuple(item.id for item in instrument.items if item.id not in scores)
    total = None if missing else sum(scores.values())
    band = next((b.code for b in instrument.bands if total is not None and b.low <= total <= b.high), None)
    alerts = tuple(alert.card for alert in instrument.alerts if holds(alert.when, scores))
    return Score(score=total, band=band, missing=missing, alerts=alerts)


def check_result(result: Mapping[str, Any], path: str) -> list[Problem]:
    """Problems of an `instrument_results` element: unknown instrument, an answer outside its options, a score not its own."""
    instrument = instruments().get(str(result.get("instrument")))
    if instrument is None or result.get("instrument_version") != instrument.version:
        return [make_problem("unknown_instrument", f"{path}/instrument")]
    answers = result.get("answers") or {}
    items = {item.id: item for item in instrument.items}
    for name, answer in answers.items():
        if answer is not None and (
            name not in items or answer not in {o.code for o in instrument.options_of(items[name])}
        ):
            return [make_problem("bad_answer", f"{path}/answers")]
    computed = score(instrument, answers)
    if result.get("score") != computed.score or result.get("band") != computed.band:
        return [make_problem("wrong_score", f"{path}/score")]
    return []


def _require_sound(instrument: Instrument) -> None:
    """Bands must cover every possible total once, and alerts may read only items."""
    per_item = [[option.score for option in instrument.options_of(item)] for item in instrument.items]
    for total in range(sum(map(min, per_item)), sum(map(max, per_item)) + 1):
        if sum(band.low <= total <= band.high for band in instrument.bands) != 1:
            raise ValueError(f"{instrument.id}: a score of {total} does not fall into one band")
    items = {item.id for item in instrument.items}
    for alert in instrument.alerts:
        if not names_in(alert.when) <= items:
            raise ValueError(f"{instrument.id}: an alert reads what is no item")

"""Instruments: questionnaires scored by data. Items, options, scores, bands, lifts and alerts stand in the YAML files of this folder.

A result keeps every answer and the version, so its score can be computed again; `check_result` does that on the server. A station may
have instruments of its own: `check_text` reads one and explains its mistakes, `load_own` reads a folder of them.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from schemas.instruments.checking import Fault, check_text
from schemas.instruments.scoring import Score, score
from schemas.instruments.shapes import Instrument
from schemas.problems import Problem, make_problem

__all__ = ["Fault", "Instrument", "Score", "check_result", "check_text", "instruments", "load_own", "score"]

FOLDER = Path(__file__).parent
OWN = "own_"  # what the id of a station's own instrument begins with, so that none can take the place of a shipped one


@cache
def instruments() -> dict[str, Instrument]:
    """Every instrument by id that is shipped."""
    found: dict[str, Instrument] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        instrument, faults = check_text(path.read_text("utf-8"))
        if instrument is None:
            raise ValueError(f"{path.name}: {faults[0].en}")
        found[instrument.id] = instrument
    return found


def load_own(folder: Path) -> tuple[dict[str, Instrument], dict[str, list[Fault]]]:
    """A station's own instruments by id, and the faults of the files that were left out, by file name."""
    found: dict[str, Instrument] = {}
    left_out: dict[str, list[Fault]] = {}
    for path in sorted(folder.glob("*.yaml")):
        instrument, faults = check_text(path.read_text("utf-8"), own=True)
        if instrument is None:
            left_out[path.name] = faults
        elif instrument.id in found:
            fault = Fault(
                where="id", zh=f"编号 {instrument.id} 已经有了。", en=f"There is already an instrument {instrument.id}."
            )
            left_out[path.name] = [fault]
        else:
            found[instrument.id] = instrument
    return found, left_out


def check_result(
    result: Mapping[str, Any], path: str, own: Mapping[tuple[str, int], Instrument] | None = None
) -> list[Problem]:
    """Problems of an `instrument_results` element: unknown instrument, an answer outside its options, a score not its own.

    `own`: every version of the station's own instruments, by id and version.
    """
    name, version = str(result.get("instrument")), result.get("instrument_version")
    instrument = (own or {}).get((name, version)) if isinstance(version, int) else None
    instrument = instrument or instruments().get(name)
    if instrument is None or version != instrument.version:
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

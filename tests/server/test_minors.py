"""Who counts as under 18, by a table that the phone is held to as well (`pwa/src/records/minors.test.ts`)."""

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, cast

import pytest

from server.grants.minors import find_minors
from sync.folded import FoldedFile

CASES = json.loads((Path(__file__).parent / "minors.json").read_text("utf-8"))
HERE = timezone(timedelta(hours=8))


def folded(values: dict[str, Any]) -> FoldedFile:
    element = f"members/{'e' * 32}"
    state = {
        "elements": {element: {"collection": "members", "id": "e" * 32, "voided": False}},
        "paths": {f"{element}/{name}": {"status": "settled", "value": value} for name, value in values.items()},
    }
    return cast(FoldedFile, state)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_person_counts_as_a_minor_by_what_is_written(case: dict[str, Any]) -> None:
    noon = datetime.fromisoformat(f"{case['today']}T12:00").replace(tzinfo=HERE)
    found = find_minors(folded(case["values"]), int(noon.timestamp() * 1000))
    assert bool(found) == case["minor"]


def test_whoever_was_struck_out_counts_no_more() -> None:
    state = folded({"born_on": "2020-01-01"})
    next(iter(state["elements"].values()))["voided"] = True
    assert find_minors(state, 1_795_300_000_000) == []

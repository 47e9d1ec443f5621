"""Python reads the hand-over vectors; pwa/src/sync/handover.test.ts reads the same file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sync.change import Envelope
from sync.handover import HandoverError, follow, keys_of

CASES = json.loads((Path(__file__).parents[1] / "vectors" / "handover.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_handover(case: dict[str, Any]) -> None:
    given, expect = case["input"], case["expect"]
    if "policy" in given:
        assert keys_of(given["policy"]).believes(Envelope.from_json(given["document"])) is expect["believed"]
        return
    steps = [Envelope.from_json(one) for one in given["handovers"]]
    if "code" in expect:
        with pytest.raises(HandoverError) as refused:
            follow(given["pinned"], given["deployment"], given["station"], steps)
        assert refused.value.code == expect["code"]
    else:
        assert follow(given["pinned"], given["deployment"], given["station"], steps) == expect["key"]

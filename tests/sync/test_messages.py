"""The vectors of messages; `pwa/src/sync/messages.test.ts` runs the same file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

import sync.messages

CASES = json.loads((Path(__file__).parents[1] / "vectors" / "messages.json").read_text())


def place(error: ValidationError) -> str:
    """The field that is to blame, without what the library adds: the tag of a union, the mark of a key."""
    parts = [str(part) for part in error.errors()[0]["loc"]]
    if parts[-1:] == ["[key]"]:
        parts = parts[:-2]
    if parts[:1] == ["entries"]:
        del parts[2:3]
    return "/".join(parts)


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES])
def test_messages(case: dict[str, Any]) -> None:
    message = getattr(sync.messages, case["input"]["message"])
    for read in (message.model_validate, lambda value: message.model_validate_json(json.dumps(value))):
        if case["expect"]["ok"]:
            read(case["input"]["value"])
        else:
            with pytest.raises(ValidationError) as caught:
                read(case["input"]["value"])
            assert place(caught.value) == case["expect"]["field"]

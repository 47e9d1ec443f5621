"""T-1e: a phone that locked itself has forgotten. Real Chromium works, its own clockwork locks it after idle minutes, then the heaps of page and
workers are read over the debugging port: no word of a household, no password, PIN or field code, no key that opens or signs. The browser's half is
`tests/end_to_end/proof_locked_memory.test.ts`; the same look while the vault was open shows that it sees.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.security.canaries import NAMES, NOTES, NUMBERS, PHONES
from tests.security.phone_image import fill_station, play
from tests.server.test_process import ServeProcess

WORDS = [*NAMES, *NUMBERS, *PHONES, *NOTES]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder: Path = tmp_path_factory.mktemp("locked")
    server = ServeProcess(folder / "data", "--demo")
    try:
        households = fill_station(server, list(zip(NAMES, NUMBERS, PHONES, NOTES, strict=True)))
        given = {
            "link": f"{server.url}/enrol#{server.codes()['林小满']}", "origin": server.url, "words": WORDS, "names": NAMES,
            "households": [vars(one) for one in households], "notes": NOTES, "told": str(folder / "told.json"),
        }  # fmt: skip
        play("proof_locked_memory", given, folder)
    finally:
        server.end()
    found: dict[str, Any] = json.loads((folder / "told.json").read_text())
    return found


def test_nothing_of_the_day_lies_in_memory_after_the_lock(told: dict[str, Any], figure: Callable[[str], None]) -> None:
    locked, opened = told["locked"], told["open"]
    figure(
        f"{locked['heaps']} heaps after the lock: {len(locked['words'])} of {len(WORDS)} words, {len(locked['keys'])} keys, "
        f"{len(told['secrets'])} secrets in {locked['strings'] // 1_000_000} "
        f"million characters; while open: {len(opened['words'])} words, {len(opened['keys'])} keys"
    )
    assert locked["words"] == []
    assert locked["keys"] == []
    assert told["secrets"] == []


def test_teeth_the_same_look_sees_words_and_keys_while_the_vault_is_open(told: dict[str, Any]) -> None:
    assert len(told["open"]["words"]) >= 10
    assert len(told["open"]["keys"]) >= 3
    assert told["locked"]["strings"] > 100_000  # it read a living heap

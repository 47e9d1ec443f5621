"""The same folds by the phone's TypeScript: one long-lived Node process beside each worker, asked while histories go on.

Needs Node and `pwa/node_modules`. Where they are missing nothing is compared, and the run says so and counts none.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sync.canonical import encode, sha256_hex
from sync.fold import accepted_of, fold, state_digest
from sync.inputs import FoldInput
from sync.rules import Rules
from sync.simulate.kinds import RULES, VERSIONS

PWA: Final = Path(__file__).resolve().parents[2] / "pwa"
SCRIPT: Final = Path(__file__).with_name("mirror.mjs")

EVERY: Final = 5  # of the folds made on the way
_HISTORIES: Final = 4

Mutation = tuple[str, str, str]  # file of pwa/src/sync, text that occurs there once, what stands there instead


@dataclass(frozen=True, slots=True)
class FoldAsked:
    """What one fold was given. Rules by version: simulated files are of one kind."""

    version: int
    file: str
    inputs: tuple[FoldInput, ...]

    def here(self) -> str:
        """Hash of what Python makes of it: the whole folded file, and the digest of what is accepted."""
        rules = VERSIONS[self.version]
        folded = encode(fold(rules, self.inputs, self.file))
        return sha256_hex((folded + state_digest(fold(rules, accepted_of(self.inputs), self.file))).encode())


def choose_folds(
    finals: Sequence[FoldAsked], made: Sequence[tuple[Rules, Sequence[FoldInput], str | None]]
) -> list[FoldAsked]:
    """What is compared of a history: how its files ended, and of the folds on the way every few, forms with unsent saves too."""
    on_the_way = [
        FoldAsked(rules.version, file or given[0].change.file, tuple(given))
        for rules, given, file in made[::EVERY]
        if given
    ]
    return [*finals, *on_the_way]


def is_compared(seed: int) -> bool:
    """Whether the folds of this history are made in both languages: of every fourth."""
    return seed % _HISTORIES == 1


def is_available() -> bool:
    return shutil.which("node") is not None and (PWA / "node_modules" / "rolldown").exists()


class Mirror:
    """One Node process. `ask` does not wait; `answers` does."""

    def __init__(self, *mutation: str) -> None:
        self._process = subprocess.Popen(  # noqa: S603
            ["node", str(SCRIPT), str(PWA), *mutation],  # noqa: S607
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self._asked: list[tuple[int, list[str]]] = []
        self._write({"rules": RULES})

    def ask(self, seed: int, folds: Sequence[FoldAsked]) -> None:
        """Have the folds of one history made; what Python makes of them is worked out meanwhile."""
        texts = {item.change.id: encode(item.change.body) for one in folds for item in one.inputs}
        asked = [{"version": one.version, "file": one.file, "inputs": _told(one.inputs)} for one in folds]
        self._write({"texts": texts, "folds": asked})
        self._asked.append((seed, [one.here() for one in folds]))

    def answers(self) -> list[tuple[int, int, int]]:
        """Of each history asked about since the last time: its seed, how many folds, how many differ."""
        assert self._process.stdout is not None  # noqa: S101
        asked, self._asked = self._asked, []
        found = []
        for seed, here in asked:
            line = self._process.stdout.readline()
            if not line:
                raise RuntimeError("the Node process that folds in TypeScript ended")
            there = json.loads(line)
            differing = sum(a != b for a, b in zip(here, there, strict=False)) + abs(len(here) - len(there))
            found.append((seed, len(here), differing))
        return found

    def close(self) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None  # noqa: S101, PT018
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(30)

    def _write(self, document: Any) -> None:
        assert self._process.stdin is not None  # noqa: S101
        self._process.stdin.write(json.dumps(document) + "\n")
        self._process.stdin.flush()


def _told(inputs: Sequence[FoldInput]) -> list[Any]:
    return [[item.change.id, _verdict(item)] for item in inputs]


def _verdict(item: FoldInput) -> dict[str, Any] | None:
    verdict = item.verdict
    if verdict is None:
        return None
    return {
        "change": verdict.change,
        "status": verdict.status,
        "position": verdict.position,
        "received_at": verdict.received_at,
        "duty": verdict.duty,
    }

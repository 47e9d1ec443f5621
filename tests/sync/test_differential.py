"""Both folds, the server's in Python and the phone's in TypeScript, must give the same file for any history.

Random histories (`histories.py`) are folded here and in one long-lived Node process; the whole folded file and its
digest are compared as canonical text. `YIHU_DIFFERENTIAL_HISTORIES` sets how many, `YIHU_DIFFERENTIAL_SEED` where to
begin. On a difference the history is made as small as it can be and printed as JSON with its seed. Mutants of the
TypeScript show that a fault would be noticed.
"""

from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sync.canonical import canonical_text
from sync.change import Envelope, change_id, read_change
from sync.fold import FoldInput, fold, state_digest
from sync.verdict import Verdict
from tests.sync.histories import Author, History

ROOT = Path(__file__).resolve().parents[2]
PWA = ROOT / "pwa"
HISTORIES = int(os.environ.get("YIHU_DIFFERENTIAL_HISTORIES", "20000"))
SEED = int(os.environ.get("YIHU_DIFFERENTIAL_SEED", "0"))
BATCH = 50

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("node") is None, reason="needs Node"),
    pytest.mark.skipif(not (PWA / "node_modules" / "rolldown").exists(), reason="needs pwa/node_modules"),
]

Json = Any


class Phone:
    """The phone's fold in one Node process; a line in, a line out."""

    def __init__(self, *mutation: str) -> None:
        self.process = subprocess.Popen(  # noqa: S603
            ["node", str(ROOT / "tests/sync/fold_runner.mjs"), str(PWA), *mutation],  # noqa: S607
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def ask(self, history: History) -> None:
        assert self.process.stdin
        line = {"rules": history.rules, "changes": [wire(change) for change in history.changes]}
        self.process.stdin.write(json.dumps(line) + "\n")

    def flush(self) -> None:
        assert self.process.stdin
        self.process.stdin.flush()

    def answer(self) -> str:
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, "the Node process ended"
        return line.rstrip("\n")


@contextmanager
def phone(*mutation: str) -> Iterator[Phone]:
    opened = Phone(*mutation)
    try:
        yield opened
    finally:
        assert opened.process.stdin
        assert opened.process.stdout
        opened.process.stdin.close()
        opened.process.stdout.close()
        opened.process.wait(30)


def wire(change: Json) -> Json:
    return {"body": canonical_text(change["body"]), "verdict": change["verdict"]}


def identify(body: Json) -> str:
    return change_id(canonical_text(body))


def inputs_of(changes: list[Json]) -> list[FoldInput]:
    found = []
    for change in changes:
        read = read_change(Envelope(canonical_text(change["body"]), ""))
        verdict = change["verdict"]
        found.append(FoldInput(read, None if verdict is None else Verdict(change=read.id, **verdict)))
    return found


def content_of(rules: Json, bodies: list[Json], section: str) -> str | None:
    """Content hash of the section in what an author saw: all of it accepted in the order of making."""
    folded = fold(rules, inputs_of([seen_as_accepted(body, place) for place, body in enumerate(bodies, 1)]))
    found = folded["sections"].get(section)
    return found["content"] if found else None


def seen_as_accepted(body: Json, position: int) -> Json:
    verdict = {"status": "accepted", "position": position, "received_at": body["at"], "duty": "worker"}
    return {"body": body, "verdict": verdict}


def make_history(seed: int) -> History:
    author = Author(seed, content_of, identify)
    return author.make(author.rng.choice((2, 4, 6, 8, 12)))


def fold_here(history: History) -> str:
    folded = fold(history.rules, inputs_of(history.changes))
    return canonical_text({"digest": state_digest(folded), "folded": folded})


def find_difference(opened: Phone, seeds: range) -> History | None:
    """The first history of a batch that the two languages fold differently."""
    histories = [make_history(seed) for seed in seeds]
    for history in histories:
        opened.ask(history)
    opened.flush()
    here = [fold_here(history) for history in histories]
    there = [opened.answer() for _ in histories]
    return next((history for history, a, b in zip(histories, here, there, strict=True) if a != b), None)


def differs(opened: Phone, history: History) -> bool:
    opened.ask(history)
    opened.flush()
    return fold_here(history) != opened.answer()


def shrink(history: History, still_fails: Callable[[History], bool]) -> History:
    """Drop changes, then operations and first values, one at a time, as long as the difference stays."""
    smaller = True
    while smaller:
        smaller = False
        for candidate in list_smaller(history):
            if still_fails(candidate):
                history, smaller = candidate, True
                break
    return history


def list_smaller(history: History) -> Iterator[History]:
    for place in range(len(history.changes) - 1, -1, -1):
        yield History(history.seed, history.rules, history.changes[:place] + history.changes[place + 1 :])
    for place, change in enumerate(history.changes):
        for number, op in enumerate(change["body"]["ops"]):
            yield with_ops(history, place, number, None)
            if op["op"] == "append":
                for name in op["value"]:
                    kept = {key: value for key, value in op["value"].items() if key != name}
                    yield with_ops(history, place, number, {**op, "value": kept})


def with_ops(history: History, place: int, number: int, replacement: Json | None) -> History:
    changes = copy.deepcopy(history.changes)
    changes[place]["body"]["ops"][number : number + 1] = [] if replacement is None else [replacement]
    return History(history.seed, history.rules, changes)


def explain(opened: Phone, history: History) -> str:
    small = shrink(history, lambda candidate: differs(opened, candidate))
    opened.ask(small)
    opened.flush()
    there = opened.answer()
    return "\n".join(
        [
            f"seed {history.seed}: the folds differ; smallest history:",
            json.dumps({"rules": small.rules, "changes": small.changes}, ensure_ascii=False),
            f"python:     {fold_here(small)}",
            f"typescript: {there}",
        ]
    )


@pytest.mark.timeout(900)
def test_python_and_the_phone_fold_any_history_to_the_same_file() -> None:
    with phone() as opened:
        for start in range(SEED, SEED + HISTORIES, BATCH):
            found = find_difference(opened, range(start, min(start + BATCH, SEED + HISTORIES)))
            if found is not None:
                pytest.fail(explain(opened, found))


MUTANTS: list[tuple[str, str, str, str]] = []


@pytest.mark.parametrize(("name", "file", "before", "after"), MUTANTS)
def test_a_fault_in_the_phones_fold_is_noticed(name: str, file: str, before: str, after: str) -> None:
    with phone(file, before, after) as opened:
        for start in range(0, 4000, BATCH):
            found = find_difference(opened, range(start, start + BATCH))
            if found is not None:
                small = shrink(found, lambda candidate: differs(opened, candidate))
                assert 0 < len(small.changes) <= len(found.changes)
                return
    pytest.fail(f"{name}: 4,000 histories did not notice it")

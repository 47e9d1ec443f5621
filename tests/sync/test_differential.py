"""Both folds, the server's in Python and the phone's in TypeScript, must give the same file for any history.

Random histories (`histories.py`) are folded here and in one long-lived Node process; the whole folded file and its
digest are compared as canonical text. `YIHU_DIFFERENTIAL_HISTORIES` sets how many, `YIHU_DIFFERENTIAL_SEED` where to
begin. On a difference the history is made as small as it can be and printed as JSON with its seed. Mutants of the
TypeScript show that a fault would be noticed.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from sync.change import Change, Envelope, change_id, read_change
from sync.errors import MalformedError
from sync.fold import FoldInput, fold, state_digest
from sync.verdict import Verdict
from tests.sync.histories import Author, History

ROOT = Path(__file__).resolve().parents[2]
PWA = ROOT / "pwa"
HISTORIES = int(os.environ.get("YIHU_DIFFERENTIAL_HISTORIES", "20000"))
SEED = int(os.environ.get("YIHU_DIFFERENTIAL_SEED", "0"))
BATCH = 50
MUTANT_HISTORIES = 6000

pytestmark = [
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

    def send(self, *lines: Json) -> None:
        assert self.process.stdin
        for line in lines:
            self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()

    def ask(self, *histories: History) -> None:
        self.send(*({"rules": history.rules, "changes": history.changes} for history in histories))

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


def plain_text(value: Json) -> str:
    """For this value space the canonical form, ten times as fast to make; `read_change` refuses it where it is not."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def write(body: Json) -> tuple[str, str]:
    text = plain_text(body)
    return text, change_id(text)


@lru_cache(maxsize=1000)
def read(text: str) -> Change:
    return read_change(Envelope(text, ""))


def inputs_of(changes: list[Json]) -> list[FoldInput]:
    found = []
    for change in changes:
        body, verdict = read(change["text"]), change["verdict"]
        found.append(FoldInput(body, None if verdict is None else Verdict(change=body.id, **verdict)))
    return found


def content_of(rules: Json, texts: list[str], file: str, section: str) -> str | None:
    """Content hash of the section in what an author saw: all of it accepted in the order of making."""
    given = {"status": "accepted", "received_at": 1_000_000, "duty": "worker"}
    seen = [{"text": text, "verdict": {**given, "position": place}} for place, text in enumerate(texts, 1)]
    found = fold(rules, inputs_of(seen), file)["sections"].get(section)
    return found["content"] if found else None


def make_history(seed: int) -> History:
    author = Author(seed, write, content_of)
    return author.make(author.rng.choice((2, 4, 6, 8, 12)))


def fold_here(history: History) -> str:
    inputs = inputs_of(history.changes)
    folds = [fold(history.rules, inputs, file) for file in sorted({item.change.file for item in inputs})]
    return plain_text([{"digest": state_digest(folded), "folded": folded} for folded in folds])


def find_difference(opened: Phone, seeds: range) -> History | None:
    """The first history of a batch that the two languages fold differently."""
    histories = [make_history(seed) for seed in seeds]
    opened.ask(*histories)
    here = [fold_here(history) for history in histories]
    there = [opened.answer() for _ in histories]
    return next((history for history, a, b in zip(histories, here, there, strict=True) if a != b), None)


def differs(opened: Phone, history: History) -> bool:
    opened.ask(history)
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
        for number, op in enumerate(json.loads(change["text"])["ops"]):
            yield with_ops(history, place, number, None)
            if op["op"] == "append":
                for name in op["value"]:
                    kept = {key: value for key, value in op["value"].items() if key != name}
                    yield with_ops(history, place, number, {**op, "value": kept})


def with_ops(history: History, place: int, number: int, replacement: Json | None) -> History:
    body = json.loads(history.changes[place]["text"])
    body["ops"][number : number + 1] = [] if replacement is None else [replacement]
    changes = list(history.changes)
    changes[place] = {**changes[place], "text": plain_text(body)}
    return History(history.seed, history.rules, changes)


def explain(opened: Phone, history: History) -> str:
    small = shrink(history, lambda candidate: differs(opened, candidate))
    opened.ask(small)
    there = opened.answer()
    return "\n".join(
        [
            f"seed {history.seed}: the folds differ; smallest history:",
            json.dumps({"rules": small.rules, "changes": small.changes}, ensure_ascii=False),
            f"python:     {fold_here(small)}",
            f"typescript: {there}",
        ]
    )


def search(seeds: range) -> int | None:
    """The first seed of the range whose history the two languages fold differently."""
    with phone() as opened:
        for start in range(seeds.start, seeds.stop, BATCH):
            found = find_difference(opened, range(start, min(start + BATCH, seeds.stop)))
            if found is not None:
                return found.seed
    return None


def test_the_first_histories_fold_alike() -> None:
    assert search(range(200)) is None


def test_both_read_and_refuse_the_same_damaged_texts() -> None:
    rng = random.Random(SEED)
    texts = [damaged(rng, change["text"]) for seed in range(600) for change in make_history(seed).changes]
    with phone() as opened:
        there = []
        for start in range(0, len(texts), BATCH):
            opened.send(*({"text": text} for text in texts[start : start + BATCH]))
            there += [json.loads(opened.answer()) for _ in texts[start : start + BATCH]]
    here = [code_of(text) for text in texts]
    assert {"read", "not_canonical", "malformed"} <= set(here)
    differing = [text for text, a, b in zip(texts, here, there, strict=True) if a != b]
    assert differing == []


def damaged(rng: random.Random, text: str) -> str:
    """The text with one likely fault: a character, a key, a number, an operation, or none."""
    place = rng.randrange(len(text))
    part = rng.choice(ODD)
    body = json.loads(text)
    where = rng.choice([body, body["base"], *body["ops"], *([body["about"]] if "about" in body else [])])
    key = rng.choice([*where, "unheard_of"])
    return rng.choice(
        [
            lambda: text[:place] + part + text[place + rng.randint(0, 2) :],
            lambda: plain_text(where | {key: rng.choice(VALUES_ODD)}) if where is body else text,
            lambda: where.update({key: rng.choice(VALUES_ODD)}) or plain_text(body),
            lambda: where.pop(key, None) and plain_text(body) or text,
            lambda: text,
        ]
    )()


ODD = (*'"\\,:{}[]0-. eé\n', "e\u0301", "\ud800", "\U00010000", "\\u0041", '"a":1,', "null", "1e3", "\x7f")
VALUES_ODD = (
    *(None, True, 0, -1, 1, 2**53, 2**53 - 1, 3.0, 1.5, "", "a", "A" * 32, "a" * 32, "f" * 64, "é", "x" * 2001),
    *([], {}, [1], {"a": 1}, [["a" * 32, 1]], {"a" * 32: 1}, "members/" + "1" * 32, "members", "members\n", "$void"),
)


def code_of(text: str) -> str:
    try:
        read_change(Envelope(text, ""))
    except MalformedError as error:
        return error.code
    return "read"


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_python_and_the_phone_fold_any_history_to_the_same_file() -> None:
    workers = os.cpu_count() or 1
    share = -(-HISTORIES // workers)
    stop = SEED + HISTORIES
    parts = [range(start, min(start + share, stop)) for start in range(SEED, stop, share)]
    with ProcessPoolExecutor(workers) as pool:
        found = [seed for seed in pool.map(search, parts) if seed is not None]
    if found:
        with phone() as opened:
            pytest.fail(explain(opened, make_history(min(found))))


MUTANTS = [
    ("a base covers one too few", "versions.ts", ">= dot[1] && !excepts", "> dot[1] && !excepts"),
    ("exceptions are ignored", "versions.ts", "&& !excepts(base, dot)", ""),
    ("the union of bases forgets", "versions.ts", "if (!covers(other, dot)) missed", "if (covers(other, dot)) missed"),
    ("latest goes by save time", "fold.ts", "Math.min(accepted.received_at, claimed)", "claimed"),
    ("accepted in order of receipt", "inputs.ts", "comparePlaces(since(a), since(b)) || comparePlaces(a.place, b.place)", "0"),
    ("dots of two files are one", "versions.ts", "return file === within ? plain : plain + '@' + file", "return plain"),
    ("what was before a merge stands before it", "inputs.ts", "later(place, joined.get(input.change.file) as Place)", "place"),
    ("a merge is never undone", "inputs.ts", "change.act === 'merge', input)", "true, input)"),
    ("the higher id survives", "inputs.ts", "tops.sort()[0]", "tops.sort().reverse()[0]"),
    ("the other file's groups are approved here", "fold.ts", "(isOwn || about.section.indexOf('/') >= 0)", "true"),
    ("the absorbed file moves its survivor", "fold.ts", "if (isOwn && change.act === 'transfer'", "if (change.act === 'transfer'"),
    ("a parted element is still in conflict", "fold.ts", "&& !this.elements.has(element)) return", "&& false) return"),
    ("a merge brings only what it brought itself", "inputs.ts", "if (merge.by === name && !found.has(merge.file))", "if (merge.by === file)"),
    ("duty of the lowest", "policies.ts", "const top = Math.min(...ranks)", "const top = Math.max(...ranks)"),
    ("text ordered by UTF-16 unit", "policies.ts", "return compareCodePoints(a, b)", "return a < b ? -1 : a > b ? 1 : 0"),
    ("no answer beats an answer", "policies.ts", "return found.length ? found : several", "return several"),
    ("a save ends a conflict", "policies.ts", "several.length > 1 && choose", "several.length > 9 && choose"),
    ("a second number slips in", "policies.ts", "if (rule.policy === 'once') return true", ""),
    ("least protective shows", "policies.ts", "const safest = Math.min", "const safest = Math.max"),
    ("late writes return", "registers.ts", "if (!covers(this.overruled, write.dot)) ", ""),
    ("removed elements return", "registers.ts", "if (!overruled || !covers(overruled, write.dot)) ", ""),
    ("a remove takes unseen adds", "registers.ts", "|| !covers(write.base, other.dot))", ")"),
    ("what stood is forgotten", "registers.ts", "if (shown) this.lastShown = shown.value", ""),
    ("protection waits for paperwork", "inputs.ts", "['held', 'quarantined', 'returned']", "['held', 'quarantined']"),
    ("void without its conflict", "conflicts.ts", "&& !covers(edit.base, struck.dot)", "&& covers(edit.base, struck.dot)"),
    ("void ends its own conflict", "fold.ts", ", voids.some(struck => covers(write.base, struck.dot))", ""),
    ("a return comes too late", "approvals.ts", "if (returns.some(back => cancels(back, approval))) return 'returned'", ""),
    ("rivals both count", "approvals.ts", "return approvals.some(isRival) ?", "return !isRival ?"),
    ("changed content stays approved", "approvals.ts", "if (!approval.matches) return 'differs'", ""),
    ("one step is enough", "approvals.ts", "rule.steps.every(", "rule.steps.some("),
    ("the old approval stays", "approvals.ts", "standings.set(act.id, 'superseded')", "standings.set(act.id, 'in_force')"),
    ("protection leaves approval fresh", "approvals.ts", "return 'stale'", "return 'approved'"),
    ("the snapshot moves", "approvals.ts", "act.matches ? act.fields : view.fieldsAt(act)", "view.fields"),
    ("returned for ever", "approvals.ts", "&& !answers.some(answer => knew(answer, act))", ""),
    ("amendment looks approved", "approvals.ts", "'approved' : 'amendment_pending'", "'approved' : 'approved'"),
    ("a struck section keeps its hash", "fold.ts", "if (this.isVoided(section)) return null", ""),
    ("unsettled content has a hash", "fold.ts", "if (!register.isSettled) return null", ""),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("name", "file", "before", "after"), MUTANTS, ids=[mutant[0] for mutant in MUTANTS])
def test_a_fault_in_the_phones_fold_is_noticed(name: str, file: str, before: str, after: str) -> None:
    with phone(file, before, after) as opened:
        for start in range(0, MUTANT_HISTORIES, BATCH):
            found = find_difference(opened, range(start, start + BATCH))
            if found is not None:
                small = shrink(found, lambda candidate: differs(opened, candidate))
                assert 0 < len(small.changes) <= len(found.changes)
                return
    pytest.fail(f"{name}: {MUTANT_HISTORIES} histories did not notice it")

"""The third fold: what the page says, read by a stranger, and what the engine does are the same file for random histories."""

import json
import os
from typing import Any

import pytest

from sync.fold import accepted_of, fold, state_digest
from tests.stranger.approving import fold as fold_of_the_stranger
from tests.sync.test_differential import History, inputs_of, make_history

HISTORIES = int(os.environ.get("YIHU_STRANGER_HISTORIES", "1500"))


def plain(value: Any) -> Any:
    return json.loads(json.dumps(value))


def told_alike(history: History, file: str) -> bool:
    """Everything that both tell: paths with their history, elements, conflicts, merges, sections, base and digest."""
    inputs = inputs_of(history.changes)
    ours = plain(fold(history.rules, inputs, file))
    changes = [
        {"body": json.loads(one["text"]), "verdict": one["verdict"] and {"duty": None, **one["verdict"]}}
        for one in history.changes
    ]
    theirs = fold_of_the_stranger(history.rules, changes, file)
    for shown in theirs["paths"].values():
        del shown["live"]
    kept = {key: plain(theirs[key]) for key in theirs if key not in ("sections", "digest")}
    return (
        kept == {key: ours[key] for key in kept}
        and theirs["digest"] == state_digest(fold(history.rules, accepted_of(inputs), file))
        and plain(sections(theirs["sections"])) == sections(ours["sections"])
    )


def sections(folded: dict[str, Any]) -> dict[str, Any]:
    return {
        path: [
            section["status"],
            section["content"],
            section["submitted"] and section["submitted"]["change"],
            section["returned"] and section["returned"]["change"],
            [[one["change"], one["standing"], one["effective"], one["snapshot"]] for one in section["approved"]],
        ]
        for path, section in folded.items()
    }


@pytest.mark.slow
def test_both_tell_random_histories_alike() -> None:
    differing = []
    for seed in range(HISTORIES):
        history = make_history(seed)
        files = sorted({json.loads(one["text"])["file"] for one in history.changes})
        differing += [(seed, file) for file in files if not told_alike(history, file)]
    assert differing == []


def test_the_first_histories_are_told_alike_and_a_fault_would_be_noticed() -> None:
    history = make_history(3)
    file = json.loads(history.changes[0]["text"])["file"]
    assert told_alike(history, file)
    body = json.loads(history.changes[0]["text"])
    forged = {**history.changes[0], "text": json.dumps({**body, "person": "9" * 32}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))}  # fmt: skip
    ours, theirs = inputs_of(history.changes), inputs_of([forged, *history.changes[1:]])
    assert plain(fold(history.rules, ours, file)) != plain(fold(history.rules, theirs, file))

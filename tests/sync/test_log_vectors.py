"""The log's vectors (L-1 to L-9, D-2); `pwa/src/sync/log.test.ts` runs the same file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sync.change import Envelope
from sync.log import LogError, LogMemory, Restart, Root, epoch_of, files_hash, may_forget
from sync.tree import is_consistent, is_included, leaf_hash, root_of
from sync.verdict import supersedes, verdict_of

CASES = json.loads((Path(__file__).parents[1] / "vectors" / "log.json").read_text())


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES])
def test_log(case: dict[str, Any]) -> None:
    try:
        found = answer(case["input"])
    except LogError as error:
        found = {"code": error.code}
    assert found == case["expect"]


def answer(given: dict[str, Any]) -> dict[str, Any]:
    if "leaf_of" in given:
        return {"leaf": leaf_hash(given["leaf_of"]).hex()}
    if "texts" in given:
        return {"root": root_of([leaf_hash(text) for text in given["texts"]]).hex()}
    if "old" in given:
        proof = [bytes.fromhex(one) for one in given["proof"]]
        old, new = bytes.fromhex(given["old_root"]), bytes.fromhex(given["root"])
        return {"consistent": is_consistent(given["old"], old, given["size"], new, proof)}
    if "leaf" in given:
        proof = [bytes.fromhex(one) for one in given["proof"]]
        leaf, root = bytes.fromhex(given["leaf_hash"]), bytes.fromhex(given["root"])
        return {"included": is_included(given["leaf"], leaf, given["size"], root, proof)}
    if "position" in given:
        return {"epoch": epoch_of(given["position"])}
    if "accepted" in given:
        return {"hash": files_hash((change, position) for change, position in given["accepted"])}
    if "later" in given:
        earlier = verdict_of(given["earlier"]) if given["earlier"] else None
        return {"replaces": supersedes(verdict_of(given["later"]), earlier)}
    if "own" in given:
        return {"may_forget": may_forget(given["own"], given["backed_up"])}
    memory = LogMemory.from_json(given["memory"])
    if "shown" in given:
        return {"signed": memory.take_signed(Root(**given["shown"]), Envelope("", "")).signed is not None}
    if "lost" in given:
        return {"forgotten": memory.is_forgotten(given["lost"])}
    if "restarts" in given:
        return {"memory": memory.take_restarts(Restart(**one) for one in given["restarts"]).to_json()}
    return {"memory": memory.take_root(Root(**given["root"]), given["proof"]).to_json()}

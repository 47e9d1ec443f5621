"""The messages of PROTOCOL 7: what each language refuses, and which field it names (M-7)."""

from __future__ import annotations

from typing import Any

from tests.sync.vector_source.cases import Case

A, HASH = "a" * 32, "b" * 64
SIGNED = {"body": "{}", "sig": "x"}
CLAIM = {"epoch": 1, "size": 2, "hash": HASH}
ANSWER = {"server_at": 1, "epoch": 1}
PACKED = {"envelope": SIGNED, "verdict": SIGNED}
OFFER = {"id": "p", "scope": A, "bytes": 1, "sha256": HASH, "cursor": "c"}


def messages() -> list[Case]:
    return [*_sync(), *_sync_answers(), *_log(), *_sealed()]


def _good(name: str, message: str, value: Any) -> Case:
    return {"name": name, "rules": ["M-7"], "input": {"message": message, "value": value}, "expect": {"ok": True}}


def _bad(name: str, field: str, message: str, value: Any) -> Case:
    expect = {"ok": False, "field": field}
    return {"name": name, "rules": ["M-7"], "input": {"message": message, "value": value}, "expect": expect}


def _sync() -> list[Case]:
    def bad(name: str, field: str, value: Any) -> Case:
        return _bad(name, field, "SyncRequest", value)

    full = {"push": [SIGNED], "certificates": [], "cursor": "c", "again": True, "limit": 1, "log": CLAIM}
    return [
        _good("an empty request of sync", "SyncRequest", {}),
        _good("a full one", "SyncRequest", full),
        _good("keys that are not known are dropped", "SyncRequest", {"weather": "rain"}),
        _good("null where it may be null", "SyncRequest", {"cursor": None, "log": None}),
        bad("a limit that is a text", "limit", {"limit": "1"}),
        bad("a limit that is true", "limit", {"limit": True}),
        bad("a limit that is null", "limit", {"limit": None}),
        bad("a limit with a fraction", "limit", {"limit": 1.5}),
        bad("a limit of nothing", "limit", {"limit": 0}),
        bad("a limit of too many", "limit", {"limit": 1001}),
        bad("again that is a text", "again", {"again": "true"}),
        bad("again that is a number", "again", {"again": 1}),
        bad("a cursor that is a number", "cursor", {"cursor": 7}),
        bad("a cursor that is too long", "cursor", {"cursor": "c" * 4001}),
        bad("a batch that is an object", "push", {"push": {}}),
        bad("a batch that is null", "push", {"push": None}),
        bad("201 changes", "push", {"push": [SIGNED] * 201}),
        bad("21 certificates", "certificates", {"certificates": [SIGNED] * 21}),
        bad("a body that is no text", "push/1/body", {"push": [SIGNED, {"body": 1, "sig": "x"}]}),
        bad("no signature", "push/0/sig", {"push": [{"body": "{}"}]}),
        bad("a signature that is too long", "push/0/sig", {"push": [{"body": "{}", "sig": "x" * 201}]}),
        bad("what is no envelope", "push/0", {"push": ["{}"]}),
        bad("a log of which only the hash is told", "log/epoch", {"log": {"hash": HASH}}),
        bad("a size that is a text", "log/size", {"log": CLAIM | {"size": "2"}}),
        bad("a hash in capitals", "log/hash", {"log": CLAIM | {"hash": "B" * 64}}),
        bad("a request that is a list", "", []),
        bad("a request that is null", "", None),
    ]


def _sync_answers() -> list[Case]:
    def bad(name: str, field: str, value: Any) -> Case:
        return _bad(name, field, "SyncAnswer", ANSWER | value)

    entries = [
        {"kind": "change", **PACKED},
        {"kind": "verdict", "verdict": SIGNED},
        {"kind": "enter", "file": A, "scope": A},
        {"kind": "leave", "file": A},
    ]
    log = {"root": SIGNED, "proof": [HASH]}
    full = {
        "verdicts": [SIGNED],
        "entries": entries,
        "cursor": "c",
        "more": True,
        "packs": [OFFER],
        "digests": {A: HASH},
    }
    return [
        _good("the least answer of sync", "SyncAnswer", ANSWER),
        _good("a full answer", "SyncAnswer", ANSWER | full | {"log": log, "backed_up": 4}),
        _bad("an answer without a time", "server_at", "SyncAnswer", {"epoch": 1}),
        bad("a time that is a text", "server_at", {"server_at": "1"}),
        bad("an epoch that is true", "epoch", {"epoch": True}),
        bad("more that is a number", "more", {"more": 0}),
        bad("an entry of no kind", "entries/0", {"entries": [{"file": A}]}),
        bad("an entry of an unknown kind", "entries/0", {"entries": [{"kind": "song", "file": A}]}),
        bad(
            "an entry with half a change",
            "entries/1/verdict",
            {"entries": [entries[3], {"kind": "change", "envelope": SIGNED}]},
        ),
        bad("a file that enters without its patch", "entries/0/scope", {"entries": [{"kind": "enter", "file": A}]}),
        bad("a pack without its size", "packs/0/bytes", {"packs": [OFFER | {"bytes": "1"}]}),
        bad("a digest that is no hash", f"digests/{A}", {"digests": {A: "b"}}),
        bad("a digest of what is no file", "digests", {"digests": {"x": HASH}}),
        bad("a proof that is no list", "log/proof", {"log": {"root": SIGNED, "proof": HASH}}),
        bad("a mark that is a text", "backed_up", {"backed_up": "4"}),
    ]


def _log() -> list[Case]:
    return [
        _good("a witness", "WitnessRequest", {"root": SIGNED, "remembered": [CLAIM]}),
        _bad("65 memories", "remembered", "WitnessRequest", {"remembered": [CLAIM] * 65}),
        _good("what a witness is told", "WitnessAnswer", {"root": SIGNED, "restarts": [], "state": "sound"}),
        _bad("another state", "state", "WitnessAnswer", {"root": SIGNED, "restarts": [], "state": "well"}),
        _good("what is brought back", "ReturnRequest", {"items": [PACKED]}),
        _bad("nothing brought back", "items", "ReturnRequest", {"items": []}),
        _bad("brought back without its verdict", "items/0/verdict", "ReturnRequest", {"items": [{"envelope": SIGNED}]}),
        _good("what became of it", "ReturnAnswer", {"results": [{"id": HASH, "code": "taken"}]}),
        _bad(
            "a code of another call", "results/0/code", "ReturnAnswer", {"results": [{"id": HASH, "code": "received"}]}
        ),
        _good("which files differ", "HaveRequest", {"files": {A: HASH}, "changes": True}),
        _bad("files in a list", "files", "HaveRequest", {"files": [A]}),
        _bad("a file without its hash", f"files/{A}", "HaveRequest", {"files": {A: 1}}),
        _bad("changes that are a text", "changes", "HaveRequest", {"files": {}, "changes": "yes"}),
        _good("these differ", "HaveAnswer", {"differ": [A], "unknown": [], "files": []}),
        _bad("these, but no ids", "differ/0", "HaveAnswer", {"differ": ["a"]}),
        _good("places", "InclusionRequest", {"positions": [1, 2], "size": 3}),
        _bad("a place before the first", "positions/0", "InclusionRequest", {"positions": [0], "size": 3}),
        _bad("a place that is a text", "positions/0", "InclusionRequest", {"positions": ["1"], "size": 3}),
    ]


def _sealed() -> list[Case]:
    return [
        _good("sealed saves", "SealedRequest", {"items": [{"id": HASH, "sealed": "x"}]}),
        _bad("no sealed save", "items", "SealedRequest", {"items": []}),
        _bad("201 sealed saves", "items", "SealedRequest", {"items": [{"id": HASH, "sealed": "x"}] * 201}),
        _bad("a sealed save without its id", "items/0/id", "SealedRequest", {"items": [{"sealed": "x"}]}),
        _bad(
            "a sealed save that is too large",
            "items/0/sealed",
            "SealedRequest",
            {"items": [{"id": HASH, "sealed": "x" * 200_001}]},
        ),
        _good("they arrived", "SealedAnswer", {"results": [{"id": HASH, "code": "received"}]}),
        _bad("they arrived somehow", "results/0/code", "SealedAnswer", {"results": [{"id": HASH, "code": "ok"}]}),
    ]

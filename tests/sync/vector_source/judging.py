"""How a case of a verdict is told: a story whose last change is judged, and what the server says of it."""

from __future__ import annotations

from typing import Any

from sync.change import Change
from sync.versions import dot_within
from tests.sync.vector_source.cases import Case
from tests.sync.vector_source.story import DEPLOYMENT, DUTIES, MINUTE, PEOPLE, REPLICAS, STATION, Story

# What a reason points at where that is the same each time (D-9b).
PLACES = {
    "section_unknown": "about/section",
    "content_differs": "about/content",
    "not_submitted": "about",
    "step_unknown": "about/step",
    "step_missing": "about/step",
    "ops_not_allowed": "ops",
    "scope_unknown": "to",
    "receiver_undecided": "to",
    "file_absorbed": "file",
    "kinds_differ": "merge/file",
    "absorbed_elsewhere": "merge/file",
    "not_merged": "merge/file",
}


def judged(name: str, cited: str, story: Story, status: str, *reasons: str, **context: Any) -> Case:
    """The last change told is judged; all before it are known with the verdict they were given.

    `reasons`: `code`, and after it what it names, if anything: `#` the operation's index, `@` the path.
    `context` overrides what the server would bring: duties then and now, doubts, faults, problems of values, ...;
    `waits_for` in it is expected, and `say` is what the first reason says in words.
    """
    change, body, _ = story.told[-1]
    before = story.told[:-1]
    known = [
        {
            "dot": list(dot_within(earlier.dot, earlier.file, change.file)),
            "id": earlier.id,
            "status": verdict["status"] if verdict else "held",
        }
        for earlier, _, verdict in before
    ]
    duties = [DUTIES[letter] for letter, replica in REPLICAS.items() if replica == change.dot.replica]
    waits_for, say = context.pop("waits_for", []), context.pop("say", None)
    given = {
        "deployment": DEPLOYMENT,
        "station": STATION,
        "received_at": change.at + 1_000,
        "file_kind": "household",
        "duties_then": duties,
        "duties_now": duties,
        "doubts": [],
        "faults": [],
        "problems": [],
        "single_post": False,
        "forks": [],
        "forked": [],
        "contested": [],
        "admitted": False,
        "former": False,
        "patches": [],
        "duties_there": [],
        "absorbed": {"kind": None, "duties_then": [], "duties_now": [], "by": None},
        "absorbed_by": None,
        "known": known,
        "rules": story.rules,
    } | context
    verdict = _verdict(change, given, status, [_reason(reason) for reason in reasons])
    if say:
        verdict["reasons"][0]["say"] = say
    return {
        "name": name,
        "rules": cited.split() + ["D-9b"] * any("path" in reason for reason in verdict["reasons"]),
        "input": {"change": body, "accepted": Story.to_json(_with(before, story))["changes"], "context": given},
        "expect": {"verdict": verdict, "waits_for": waits_for},
    }


def _reason(told: str) -> dict[str, Any]:
    """`code#op@path` as a verdict says it."""
    code, _, path = told.partition("@")
    code, _, op = code.partition("#")
    path = path or PLACES.get(code, "")
    return {"code": code} | ({"op": int(op)} if op else {}) | ({"path": path} if path else {})


def _verdict(change: Change, given: dict[str, Any], status: str, reasons: list[dict[str, Any]]) -> dict[str, Any]:
    """The whole body that the server signs (D-1), at position 7; who took a change in is a person of the test."""
    ranked = [duty for duty in ("head", "deputy", "worker") if duty in given["duties_now"]]
    admitted = given["admitted"]
    return {
        "type": "verdict",
        "v": 1,
        "suite": 1,
        "deployment": DEPLOYMENT,
        "station": STATION,
        "change": change.id,
        "file": change.file,
        "dot": list(change.dot),
        "status": status,
        "position": 7,
        "received_at": given["received_at"],
        "duty": ranked[0] if ranked and given["rules"] else None,
        "reasons": reasons,
        "by": PEOPLE["h"] if admitted else None,
        "decided_at": given["received_at"] + MINUTE if admitted else None,
    }


def _with(before: list[Any], story: Story) -> Story:
    told = Story(story.rules)
    told.told = [entry for entry in before if entry[2] and entry[2]["status"] == "accepted"]
    return told

"""Corners of the verdicts: cases that a changed line of the engine got past the other vectors (`tests/sync/mutants.md`)."""

from __future__ import annotations

from typing import Any

from sync.fold import fold, state_digest
from tests.sync.vector_source.approvals import PLAN, Review, hash_of
from tests.sync.vector_source.cases import Case
from tests.sync.vector_source.judging import judged
from tests.sync.vector_source.merging_stories import MEMBER, two_files
from tests.sync.vector_source.story import (
    ELEMENT,
    FILE,
    HIGH,
    LOW,
    NOON,
    OTHER,
    RULES,
    Story,
    add,
    append,
    dots,
    put,
)

DAY = 86_400_000
ABSORBED = {"kind": "household", "duties_then": ["deputy"], "duties_now": ["deputy"], "by": None}


def judged_corners() -> list[Case]:
    return [*_chains(), *_contested(), *_operations(), *_flags(), *_steps(), *_merged(), *_undone()]


def _known(story: Story, *statuses: str) -> list[dict[str, Any]]:
    """What the server holds of the first changes told; a status "" leaves one out."""
    told = zip(story.told, statuses, strict=False)
    return [{"dot": list(change.dot), "id": change.id, "status": status} for (change, _, _), status in told if status]


def _chains() -> list[Case]:
    story = Story()
    first = story.save("w", put("phone", "1"))
    story.save("w", put("phone", "2"), saw=[], own_seen=False)
    cases = [
        judged(
            "the one before is asked for, though the form did not show it",
            "C-6 D-7",
            story,
            "held",
            "dependency_missing",
            known=[],
            waits_for=[list(first.dot)],
        )
    ]
    story = Story()
    for number in range(4):
        story.save("v", put("phone", str(number)))
    story.save("w", put("phone", "9"))
    third = [list(story.told[2][0].dot)]
    for status, code in (("", "dependency_missing"), ("held", "dependency_held")):
        cases.append(
            judged(
                f"one amid those that the form showed: {code}",
                "D-7",
                story,
                "held",
                code,
                known=_known(story, "accepted", "accepted", status, "accepted"),
                waits_for=third,
            )
        )
    return cases


def _contested() -> list[Case]:
    """A dot of the base was another's once; whether the form showed what stands here, its digest says (C-1)."""
    cases = []

    def add_case(name: str, story: Story, status: str = "accepted", **context: Any) -> None:
        reasons = () if status == "accepted" else ("fork@base",)
        cases.append(judged(name, "D-15 L-11 C-1", story, status, *reasons, **context))

    story = Story(RULES | {"version": 2})
    first = list(story.save("w", put("phone", "1")).dot)
    story.save("v", put("phone", "2"), digest=_digest(story))
    add_case("what a form of older rules says it saw is no evidence", story, "quarantined", contested=[first])

    story = Story()
    first = list(story.save("w", put("phone", "1")).dot)
    digest = _digest(story)
    story.save("v", put("phone", "2"))
    story.save("v", put("phone", "3"), digest=digest)
    add_case("one's own word was undecided when the form showed it", story, contested=[first])
    for number in range(4, 24):
        digest = _digest(story)
        story.save("v", put("phone", str(number)))
    story.save("v", put("phone", "24"), digest=digest)
    add_case("the last of many own words was undecided", story, contested=[first])

    story = Story()
    first = list(story.save("v", put("phone", "1")).dot)
    story.save("v", put("phone", "2"))
    add_case("nothing was decided yet when the form showed one's own word", story, contested=[first])

    story = Story()
    story.save("v", put("phone", "2"), file=HIGH, saw=[])
    first = list(story.save("w", put("income", 1), saw=[]).dot)
    digest = _digest(story)
    story.merge("d", HIGH, digest=digest)
    add_case("what a merge saw of two files one digest does not say", story, "quarantined", contested=[first])
    digest = _digest(story)
    story.save("w", put("phone", "3"), digest=digest)
    add_case("it saw the very state of two files", story, contested=[first])
    return cases


def _digest(story: Story) -> str:
    """What a form of `FILE` showed that had all that was told so far, and nothing undecided."""
    return state_digest(fold(story.rules, story.inputs(), FILE))


def _operations() -> list[Case]:
    story = Story()
    story.save("w", append("members", name="x"))
    story.save("w", add(f"{MEMBER}/phone", "1"), put(f"{MEMBER}/needs", ["a"]), put(f"{MEMBER}/name", "y"))
    places = [f"operation_misfits#0@{MEMBER}/phone", f"operation_misfits#1@{MEMBER}/needs"]
    cases = [judged("operations that misfit fields of an element", "C-4", story, "returned", *places)]
    story = Story(RULES | {"version": 2})
    story.save("w", append("songs", name="x"), put(f"songs/{ELEMENT}/title", "y"))
    cases.append(judged("a collection that an older schema had is kept", "D-9 F-10", story, "accepted"))
    story = Story()
    problem = {"code": "out_of_range", "op": 0, "path": "phone", "say": "太长"}
    story.save("w", put("phone", "1"))
    cases.append(
        judged(
            "a check says it in words of its own",
            "D-2",
            story,
            "returned",
            "out_of_range#0@phone",
            problems=[problem],
            say="太长",
        )
    )
    story = Story()
    story.save("w", append("members", OTHER, name="x"), status="quarantined")
    story.save("w", put(f"members/{OTHER}/phone", "1"))
    cases.append(
        judged(
            "taken in by a deputy, and still there is no such element",
            "D-11",
            story,
            "returned",
            f"element_unknown#0@members/{OTHER}",
            admitted=True,
        )
    )
    return cases


def _flags() -> list[Case]:
    def at(*, server_at: int = 0) -> Story:
        story = Story()
        story.save("w", put("phone", "1"), at=NOON, server_at=server_at)
        return story

    approval = Review()
    approval.save("w", put("note", "x"))
    return [
        judged("a clock ahead by one day is not flagged yet", "D-10", at(), "accepted", received_at=NOON - DAY),
        judged("a clock behind by one day is not flagged yet", "D-10", at(server_at=NOON + DAY), "accepted"),
        judged("a clock that agrees with the server's", "D-10", at(server_at=NOON), "accepted"),
        judged("a save where one person is the whole station", "A-3", approval, "accepted", single_post=True),
    ]


def _steps() -> list[Case]:
    content = hash_of(PLAN, goal="x")
    story = Review()
    story.save("w", append("plans", goal="x"))
    story.act("w", "submit", content, section=PLAN)
    story.act("d", "approve", content, section=PLAN, step=1)
    story.act("h", "approve", content, section=PLAN, step=2)
    story.act("e", "approve", content, section=PLAN, step=2)
    head = {"duties_then": ["head"], "duties_now": ["head"]}
    cases = [judged("a second head joins what is in force", "A-3 A-8", story, "accepted", **head)]

    def basics(*written: tuple[str, str, Any]) -> Story:
        story = Story()
        begun = story.save("w", put("income", 1), put("address", {"street": "1"}))
        for who, path, value in written:
            story.save(who, put(path, value), saw=[begun])
        about = {"section": "basics", "content": hash_of("basics", income=1), "schema": 1}
        story.save("w", act="submit", about=about)
        story.save("d", act="approve", about=about | {"step": 1})
        return story

    twice = basics(("v", "income", 2), ("e", "income", 3))
    elsewhere = basics(("v", "address", {"street": "2"}), ("e", "address", {"street": "3"}))
    cases.append(
        judged("a group of root fields with one in conflict", "A-3", twice, "returned", "conflict_open@basics")
    )
    cases.append(judged("a conflict of root fields outside the group is no matter", "A-3", elsewhere, "accepted"))
    return cases


def _merged() -> list[Case]:
    """Judged in a survivor, where the first that is folded, or received, belongs to the absorbed file."""
    story = Story()
    story.save("v", append("assessments", level=2), file=HIGH)
    story.merge("d", HIGH)
    about = {"section": f"assessments/{ELEMENT}", "content": hash_of(level=2), "schema": 1}
    story.save("w", act="submit", about=about)
    cases = [judged("submit of what came along with the absorbed file", "A-3 A-10 N-7", story, "accepted")]
    story.told.pop()
    story.save("w", put("income", 1))
    basics = {"section": "basics", "content": hash_of("basics", income=1), "schema": 1}
    story.save("w", act="submit", about=basics)
    story.save("e", act="approve", about=basics | {"step": 1})
    cases.append(judged("approve in a file that began with a merge", "A-3 A-10", story, "accepted"))
    story = Story()
    story.save("v", put("phone", "1"), file=HIGH)
    story.save("w", append("members", name="x"))
    story.merge("d", HIGH)
    story.save("w", put(f"{MEMBER}/phone", "2"))
    cases.append(judged("a member of the survivor, whichever file was received first", "D-9 F-14", story, "accepted"))
    story = Story()
    own = story.save("w", put("phone", "1"))
    other = story.save("v", put("phone", "2"), file=HIGH, saw=[])
    joined = story.merge("d", FILE, HIGH)
    vector = {other.dot.replica: 1, joined.dot.replica: 1, dots(own, of=HIGH)[0][0]: 1}
    ring = {"file": HIGH, "base": {"vector": vector, "except": []}}
    story.save("e", act="merge", merge=ring, saw=[own])
    cases.append(
        judged("a merge of a file that had absorbed this one", "D-14 N-7", story, "accepted", absorbed=ABSORBED)
    )
    return cases


def _undone() -> list[Case]:
    story, _, _ = two_files()
    merged = story.merge("d", HIGH, status="quarantined")
    story.unmerge("d", HIGH)
    waits = [list(merged.dot)]
    cases = [
        judged(
            "the undoing of a merge that a deputy has still to decide",
            "D-14",
            story,
            "held",
            "dependency_undecided",
            absorbed=ABSORBED,
            waits_for=waits,
        ),
        judged(
            "taken in by a deputy, and still nothing is merged",
            "D-14 D-11",
            story,
            "returned",
            "not_merged",
            absorbed=ABSORBED,
            admitted=True,
        ),
    ]
    story, _, _ = two_files()
    story.save("v", put("phone", "3"), file=LOW, saw=[])
    story.merge("d", LOW)
    story.unmerge("d", HIGH)
    cases.append(
        judged("the undoing of another merge than was made", "D-14", story, "returned", "not_merged", absorbed=ABSORBED)
    )
    return cases

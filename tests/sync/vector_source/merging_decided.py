"""Merged files, further: approvals of both (A-10), what is not decided yet, and what the server says of each merge (D-14)."""

from __future__ import annotations

from typing import Any

from tests.sync.vector_source.approvals import SECTION, approval, hash_of, section
from tests.sync.vector_source.cases import Case, case, shows
from tests.sync.vector_source.judging import judged
from tests.sync.vector_source.merging_stories import NEIGHBOUR, two_files
from tests.sync.vector_source.story import FILE, HIGH, LOW, Story, append, dots, put, void


def approved() -> list[Case]:
    cases = []
    basics = hash_of("basics", income=100, phone="1")
    about = {"section": "basics", "content": basics, "schema": 1}
    story, one, other = two_files()
    story.save("w", act="submit", about=about)
    approved = story.save("d", act="approve", about=about | {"step": 1})
    story.merge("d", HIGH)
    cases.append(
        case(
            "what was approved in the survivor stays approved, and waits for a look at what came in",
            "A-10 F-15",
            story,
            of=FILE,
            sections=section(
                "amendment_pending", None, [approval(approved, "in_force", income=100, phone="1")], "basics"
            ),
        )
    )

    story, one, other = two_files()
    there = {"section": "basics", "content": hash_of("basics", income=200, phone="2"), "schema": 1}
    story.save("v", act="submit", about=there, file=HIGH)
    approved = story.save("d", act="approve", about=there | {"step": 1}, file=HIGH)
    story.merge("d", HIGH)
    cases.append(
        case(
            "root fields that were approved in the absorbed file are no approval of the survivor's",
            "A-10",
            story,
            of=FILE,
            sections=section("draft", None, [], "basics"),
        )
    )
    cases.append(
        case(
            "there it stays in force",
            "A-10",
            story,
            of=HIGH,
            sections=section(
                "approved", there["content"], [approval(approved, "in_force", income=200, phone="2")], "basics"
            ),
        )
    )

    story = Story()
    story.save("w", put("phone", "1"))
    story.save("v", append("assessments", level=2), file=HIGH, saw=[])
    level = {"section": SECTION, "content": hash_of(level=2), "schema": 1}
    story.save("v", act="submit", about=level, file=HIGH)
    approved = story.save("d", act="approve", about=level | {"step": 1}, file=HIGH)
    story.merge("d", HIGH)
    cases.append(
        case(
            "an approved assessment comes along, approved",
            "A-10",
            story,
            of=FILE,
            sections=section("approved", level["content"], [approval(approved, "in_force", level=2)]),
        )
    )
    story.save("w", put(f"{SECTION}/level", 3))
    cases.append(
        case(
            "and is amended in the survivor",
            "A-10 A-6",
            story,
            of=FILE,
            sections=section("amendment_pending", hash_of(level=3), [approval(approved, "in_force", level=2)]),
        )
    )

    story, one, other = two_files()
    story.merge("d", HIGH)
    story.save("e", put("income", 150), put("phone", "3"), act="resolve")
    both = {"section": "basics", "content": hash_of("basics", income=150, phone="3"), "schema": 1}
    story.save("w", act="submit", about=both)
    approved = story.save("d", act="approve", about=both | {"step": 1})
    story.unmerge("d", HIGH)
    cases.append(
        case(
            "what was approved while merged keeps its snapshot when the merge is undone",
            "A-5 F-14",
            story,
            of=FILE,
            sections=section(
                "approved", both["content"], [approval(approved, "in_force", income=150, phone="3")], "basics"
            ),
        )
    )
    return cases


def undecided() -> list[Case]:
    cases = []
    story, one, other = two_files()
    mine = story.merge("d", HIGH, status=None)
    cases.append(
        case(
            "a merge that was not sent yet shows on its own phone only",
            "F-1 F-14",
            story,
            of=FILE,
            paths={"phone": shows("also", "2", ("2", other), ("1", one), of=FILE)},
            absorbs=[{"file": HIGH, "by": FILE, "known": True}],
            vector={one.dot.replica: 1, mine.dot.replica: 1, dots(other, of=FILE)[0][0]: 1},
        )
    )
    story, one, other = two_files()
    story.save("v", put("risk", "green"), file=HIGH)
    story.merge("d", HIGH)
    alarm = story.save("v", put("risk", "red"), file=HIGH, status="quarantined")
    cases.append(
        case(
            "a red flag that waits in the absorbed file shows in the survivor",
            "F-9 F-14",
            story,
            of=FILE,
            paths={
                "risk": {"value": "red", "values": [{"value": "red", "dots": dots(alarm, of=FILE)}, {"value": "green"}]}
            },
        )
    )
    story, one, other = two_files()
    story.merge("d", HIGH)
    seen = [change for change, _, _ in story.told]
    story.save("d", void(NEIGHBOUR), saw=seen)
    edit = story.save("v", put(f"{NEIGHBOUR}/phone", "6"), file=HIGH, saw=[other])
    cases.append(
        case(
            "struck out in the survivor, edited in the absorbed file",
            "F-7 F-14",
            story,
            of=FILE,
            elements={NEIGHBOUR: {"voided": True}},
            conflicts=[
                {"rule": "values", "path": "income"},
                {
                    "rule": "edit_of_voided",
                    "path": NEIGHBOUR,
                    "values": [
                        {"value": True, "path": f"{NEIGHBOUR}/$void"},
                        {"value": "6", "dots": dots(edit, of=FILE), "path": f"{NEIGHBOUR}/phone"},
                    ],
                },
            ],
        )
    )
    return cases


def judged_merges() -> list[Case]:
    other = {"kind": "household", "duties_then": ["deputy"], "duties_now": ["deputy"], "by": None}

    def merge(name: str, cited: str, *expected: str, who: str = "d", **absorbed: Any) -> Case:
        story, _, _ = two_files()
        story.merge(who, HIGH, ops=absorbed.pop("ops", None))
        if "duties_there_now" in absorbed:
            absorbed["duties_now"] = absorbed.pop("duties_there_now")
            return judged(name, cited, story, *expected, absorbed=other | absorbed)
        context = {key: absorbed.pop(key) for key in ("known", "waits_for", "duties_now", "forked") if key in absorbed}
        return judged(name, cited, story, *expected, absorbed=other | absorbed, **context)

    story, one, late = two_files()
    merged = story.merge("d", HIGH)
    own = [{"dot": list(one.dot), "id": one.id, "status": "accepted"}]
    missing = [dots(late, of=FILE)[0]]
    cases = [
        merge("a merge", "D-14 C-10", "accepted"),
        merge("a merge by the lowest duty", "D-8 D-14", "returned", "not_allowed", who="w"),
        merge(
            "a merge of a file where its author decides nothing",
            "D-14",
            "returned",
            "not_allowed@merge/file",
            duties_then=["worker"],
        ),
        merge("and now no more", "D-14 D-6", "quarantined", "no_longer_allowed", duties_now=[]),
        merge(
            "and no more on the other file",
            "D-14 D-6",
            "quarantined",
            "no_longer_allowed@merge/file",
            duties_there_now=["worker"],
        ),
        merge(
            "what the merge showed has not arrived",
            "D-14 D-7 N-7",
            "held",
            "dependency_missing",
            known=own,
            waits_for=missing,
            kind=None,
        ),
        merge(
            "of what the merge showed a fork stands under one dot",
            "D-9 C-6",
            "quarantined",
            "fork@base",
            forked=missing,
        ),
        merge("files of different kinds", "D-14", "returned", "kinds_differ", kind="unlinked_record"),
        merge("another file absorbed it meanwhile", "D-14", "returned", "absorbed_elsewhere", by=LOW),
        merge("a merge with operations", "D-14", "returned", "ops_not_allowed", ops=[put("phone", "3")]),
    ]
    story.unmerge("d", HIGH)
    cases.append(judged("the undoing of a merge", "D-14", story, "accepted", absorbed=other))
    story.told.pop()
    story.unmerge("e", HIGH, saw=[one])
    cases.append(
        judged("the undoing of what its form did not show", "D-14", story, "returned", "not_merged", absorbed=other)
    )
    story.told.pop()
    story.save("w", put(f"{NEIGHBOUR}/phone", "9"), saw=[one, merged, late])
    cases.append(judged("a save about a member of the absorbed file", "D-9 F-14", story, "accepted"))
    story.told.pop()
    story.save("v", put(f"{NEIGHBOUR}/phone", "9"), saw=[one, merged, late])
    forked = [list(dots(late, of=FILE)[0])]
    cases.append(
        judged(
            "its base names a dot of its own replica there, and a fork stands under that",
            "D-15 C-6 N-7", story, "quarantined", "fork@base", forked=forked,
        )
    )  # fmt: skip
    cases.append(
        judged("the fork stands under a dot that its form did not show", "D-15 C-6", story, "accepted",
               forked=[[forked[0][0], 2]])
    )  # fmt: skip
    story.told.pop()
    story.unmerge("d", HIGH)
    story.save("w", put(f"{NEIGHBOUR}/phone", "9"), saw=[one, merged, late])
    cases.append(
        judged("the same when the merge is undone", "D-9 F-14", story, "returned", f"element_unknown#0@{NEIGHBOUR}")
    )
    return cases

"""Approvals that come late, two at once, chains of steps, groups of root fields (A-4 to A-8)."""

from __future__ import annotations

from tests.sync.vector_source.approvals import LEVEL, PLAN, Review, approval, hash_of, section
from tests.sync.vector_source.cases import Case, case
from tests.sync.vector_source.story import Story, add, append, put


def late_and_at_once() -> list[Case]:
    return [*_behind(), *_at_once(), *_chains(), *_groups()]


def _behind() -> list[Case]:
    cases = []
    story = Review()
    story.save("v", put(LEVEL, 2), saw=[story.written])
    yes = story.act("d", "approve", saw=[story.written, story.submitted])
    cases.append(
        case(
            "approval whose base is behind, hash still equal: effective",
            "A-4",
            story,
            sections=section("approved", story.content, [approval(yes, "in_force", level=2)]),
        )
    )
    story = Review()
    story.save("w", put(LEVEL, 3))
    yes = story.act("d", "approve", saw=[story.written, story.submitted])
    cases.append(
        case(
            "approval whose base is behind, hash differs: kept with what it approved, not effective",
            "A-4 A-5",
            story,
            sections=section("draft", hash_of(level=3), [approval(yes, "differs", level=2)]),
        )
    )
    story = Review()
    late = story.save("w", put(LEVEL, 3), position=90)
    yes = story.act("d", "approve", saw=[story.written, story.submitted])
    assert late.dot.seq == 3
    cases.append(
        case(
            "whether the hash is equal is asked at its position",
            "A-4",
            story,
            sections=section("amendment_pending", hash_of(level=3), [approval(yes, "in_force", level=2)]),
        )
    )
    story = Review()
    yes = story.act("d", "approve", status=None)
    cases.append(
        case(
            "an approval not yet sent shows on its own device",
            "A-4 F-1",
            story,
            sections=section("approved", story.content, [approval(yes, "in_force", level=2)]),
        )
    )
    return cases


def _at_once() -> list[Case]:
    cases = []
    for first, second in (("approve", "return"), ("return", "approve")):
        story = Review()
        saw = [story.written, story.submitted]
        one = story.act("d", first, saw=saw)
        other = story.act("e", second, saw=saw)
        yes, back = (one, other) if first == "approve" else (other, one)
        cases.append(
            case(
                f"{first} and {second} at once: the return holds, both are shown",
                "A-7",
                story,
                sections=section(
                    "returned", story.content, [approval(yes, "returned", level=2)], returned={"change": back.id}
                ),
            )
        )
    story = Review()
    saw = [story.written, story.submitted]
    one = story.act("d", "approve", saw=saw)
    amendment = story.save("w", put(LEVEL, 3))
    amended = hash_of(level=3)
    submitted = story.act("w", "submit", amended)
    other = story.act("e", "approve", amended, saw=[*saw, amendment, submitted])
    cases.append(
        case(
            "two deputies approve different content at once: neither is effective",
            "A-7",
            story,
            sections=section(
                "submitted", amended, [approval(one, "rival", level=2), approval(other, "rival", level=3)]
            ),
        )
    )
    decided = story.act("h", "approve", amended)
    cases.append(
        case(
            "then someone who saw both decides",
            "A-7 A-8",
            story,
            sections=section(
                "approved",
                amended,
                [
                    approval(one, "rival", level=2),
                    approval(other, "rival", level=3),
                    approval(decided, "in_force", level=3),
                ],
            ),
        )
    )
    story = Review()
    saw = [story.written, story.submitted]
    one = story.act("d", "approve", saw=saw)
    other = story.act("e", "approve", saw=saw)
    both = [approval(one, "in_force", level=2), approval(other, "in_force", level=2)]
    cases.append(
        case(
            "two deputies approve the same content at once",
            "A-4",
            story,
            sections=section("approved", story.content, both),
        )
    )
    story = Review()
    saw = [story.written, story.submitted]
    back = story.act("e", "return", hash_of(level=9), saw=saw)
    yes = story.act("d", "approve", saw=saw)
    cases.append(
        case(
            "a return of other content does not touch the approval",
            "A-7",
            story,
            sections=section(
                "approved", story.content, [approval(yes, "in_force", level=2)], returned={"change": back.id}
            ),
        )
    )
    return cases


def _chains() -> list[Case]:
    cases = []
    content = hash_of(PLAN, goal="x")
    story = Review()
    story.save("w", append("plans", goal="x"))
    story.act("w", "submit", content, section=PLAN)
    one = story.act("d", "approve", content, section=PLAN, step=1)
    cases.append(
        case(
            "first of two steps",
            "A-4",
            story,
            sections=section("submitted", content, [approval(one, "partial", goal="x")], PLAN),
        )
    )
    two = story.act("h", "approve", content, section=PLAN, step=2)
    both = [approval(one, "in_force", goal="x"), approval(two, "in_force", goal="x")]
    cases.append(case("both steps", "A-4", story, sections=section("approved", content, both, PLAN)))
    story.save("w", put(f"{PLAN}/goal", "y"))
    amended = hash_of(PLAN, goal="y")
    story.act("w", "submit", amended, section=PLAN)
    three = story.act("d", "approve", amended, section=PLAN, step=1)
    cases.append(
        case(
            "first step of an amendment: the old stays in force",
            "A-4 A-8",
            story,
            sections=section("amendment_submitted", amended, [*both, approval(three, "partial", goal="y")], PLAN),
        )
    )
    story = Review()
    story.save("w", append("plans", goal="x"))
    story.act("w", "submit", content, section=PLAN)
    two = story.act("h", "approve", content, section=PLAN, step=2)
    cases.append(
        case(
            "the second step alone",
            "A-4",
            story,
            sections=section("submitted", content, [approval(two, "partial", goal="x")], PLAN),
        )
    )
    return cases


def _groups() -> list[Case]:
    cases = []
    story = Story()
    story.save("w", put("note", "x"))
    cases.append(case("a group of root fields of which none is written is no section yet", "A-1", story, sections={}))
    story = Review()
    story.save("w", put("income", 5), add("categories", "a"))
    content = hash_of("basics", income=5)
    story.act("w", "submit", content, section="basics")
    yes = story.act("d", "approve", content, section="basics")
    cases.append(
        case(
            "a group of root fields approved",
            "A-1 A-2",
            story,
            sections=section("approved", content, [approval(yes, "in_force", income=5)], "basics"),
        )
    )
    story.save("w", put("phone", "1"))
    cases.append(
        case(
            "a pinned field written for the first time",
            "A-2",
            story,
            sections=section(
                "amendment_pending", hash_of("basics", income=5, phone="1"), [{"effective": True}], "basics"
            ),
        )
    )
    return cases

"""What becomes of submissions, approvals, returns and withdrawals: A-3, row 9 of the verdicts."""

from __future__ import annotations

from typing import Any

from sync.change import Change
from tests.sync.vector_source.approvals import LEVEL, PLAN, SECTION, Review, hash_of
from tests.sync.vector_source.cases import Case
from tests.sync.vector_source.judging import judged
from tests.sync.vector_source.story import ELEMENT, Story, add, append, put, void


def judged_acts() -> list[Case]:
    return [*_submissions(), *_approvals(), *_steps()]


def _submissions() -> list[Case]:
    cases = []
    story = Review()
    cases.append(judged("submit of what is there", "A-3", story, "accepted"))
    story = Story()
    story.save("w", append("assessments", level=2))
    story.save("w", act="submit", about={"section": SECTION, "content": hash_of(level=3), "schema": 1})
    cases.append(judged("submit of other content", "A-3", story, "returned", "content_differs"))
    story = Story()
    story.save("w", append("assessments", level=2))
    story.save("w", put(LEVEL, 3), act="submit", about={"section": SECTION, "content": hash_of(level=3), "schema": 1})
    cases.append(judged("submit with its last amendment", "A-3", story, "accepted"))
    story = Story()
    born = story.save("w", append("assessments", level=2), status="quarantined")
    story.save("w", act="submit", about={"section": SECTION, "content": hash_of(level=2), "schema": 1})
    waits = [list(born.dot)]
    cases.append(
        judged("submit of what waits for a deputy", "D-7", story, "held", "dependency_undecided", waits_for=waits)
    )
    story = Review()
    story.act("w", "submit", section=f"members/{ELEMENT}")
    cases.append(judged("submit of what is no section", "A-1", story, "returned", "section_unknown"))
    story = Review()
    story.act("w", "withdraw")
    cases.append(judged("withdraw one's own submission", "A-3", story, "accepted"))
    story = Review()
    story.act("v", "withdraw")
    cases.append(judged("withdraw someone else's", "A-3", story, "returned", "not_submitted"))
    story = Review()
    story.act("d", "return")
    cases.append(judged("return what was submitted", "A-3", story, "accepted"))
    story = Review()
    story.act("d", "return", hash_of(level=3))
    cases.append(judged("return what was never submitted", "A-3", story, "returned", "not_submitted"))
    story = Review()
    story.act("d", "approve")
    story.act("d", "return")
    cases.append(judged("return what is approved: it is reopened", "A-7", story, "accepted"))
    return cases


def _approvals() -> list[Case]:
    cases = []

    def approve(story: Review, who: str = "d", **options: Any) -> Review:
        story.act(who, "approve", **options)
        return story

    cases.append(judged("approve", "A-3", approve(Review()), "accepted"))
    cases.append(judged("approve by the duty above", "D-8", approve(Review(), "h"), "accepted"))
    story = Review()
    story.save("w", put(LEVEL, 3))
    behind = approve(story, saw=[story.written, story.submitted])
    cases.append(judged("approve from a base that is behind", "A-3", behind, "accepted"))
    story = Review()
    story.save("w", put(LEVEL, 3))
    cases.append(judged("approve what was seen to be changed", "A-3", approve(story), "returned", "content_differs"))
    story = Review()
    cases.append(
        judged(
            "approve without having seen the submission",
            "A-3",
            approve(story, saw=[story.written]),
            "returned",
            "not_submitted",
        )
    )
    story = Review()
    story.act("w", "withdraw")
    cases.append(judged("approve what was withdrawn", "A-3", approve(story), "returned", "not_submitted"))
    story = Review()
    story.act("e", "return")
    cases.append(judged("approve what was returned", "A-3", approve(story), "returned", "not_submitted"))
    story = Review()
    one = story.save("v", put(LEVEL, 3), saw=[story.written])
    two = story.save("e", put(LEVEL, 4), saw=[story.written])
    assert one.id != two.id
    cases.append(
        judged("approve with a pinned field in conflict", "A-3", approve(story), "returned", f"conflict_open@{SECTION}")
    )
    story = Review()
    story.save("e", void(SECTION), saw=[story.written])
    story.save("v", put(f"{SECTION}/remark", "x"), saw=[story.written])
    cases.append(
        judged(
            "approve with an edit of a voided element open",
            "A-3",
            approve(story),
            "returned",
            f"conflict_open@{SECTION}",
        )
    )
    story = Review()
    story.save("d", put(LEVEL, 2))
    cases.append(judged("approve a value of one's own", "A-3", approve(story), "returned", f"own_work@{SECTION}"))
    cases.append(
        judged(
            "the same where one person is the whole station",
            "A-3",
            story,
            "accepted",
            f"own_work@{SECTION}",
            single_post=True,
        )
    )
    story = Review()
    story.save("d", add(f"{SECTION}/needs", "a"))
    story.act("w", "submit", hash_of(level=2, needs=["a"]))
    cases.append(
        judged(
            "an element of a set is a value too",
            "A-3",
            approve(story, content=hash_of(level=2, needs=["a"])),
            "returned",
            f"own_work@{SECTION}",
        )
    )
    story = Review()
    story.save("d", put(f"{SECTION}/remark", "x"))
    cases.append(judged("an exempt field of one's own is no matter", "A-3", approve(story), "accepted"))
    story = Review()
    story.act("d", "submit")
    cases.append(judged("approve one's own submission", "A-3", approve(story), "returned", f"own_work@{SECTION}"))
    story = Review()
    story.save("d", put(LEVEL, 3))
    story.save("w", put(LEVEL, 2))
    cases.append(
        judged("a value of one's own that another has replaced is no matter", "A-3", approve(story), "accepted")
    )
    story = Review()
    about = {"section": SECTION, "content": story.content, "schema": 1, "step": 1}
    story.save("d", put(LEVEL, 2), act="approve", about=about)
    cases.append(judged("approve and write at once", "A-3", story, "returned", "ops_not_allowed"))
    return cases


def _steps() -> list[Case]:
    content = hash_of(PLAN, goal="x")

    def plan() -> Review:
        story = Review()
        story.save("w", append("plans", goal="x"))
        story.act("w", "submit", content, section=PLAN)
        return story

    def approve(story: Review, who: str, step: int) -> Change:
        return story.act(who, "approve", content, section=PLAN, step=step)

    cases = []
    story = plan()
    approve(story, "h", 2)
    cases.append(judged("the second step before the first", "A-3", story, "returned", "step_missing"))
    story = Review()
    story.act("h", "approve", step=2)
    cases.append(judged("nobody has the duty of a step that there is not", "D-8", story, "returned", "not_allowed"))
    story.rules = story.rules | {"acts": {"approve": ["head"]}}
    cases.append(judged("a step that the section does not have", "A-3", story, "returned", "step_unknown"))
    story = plan()
    approve(story, "d", 1)
    approve(story, "h", 2)
    cases.append(judged("the second step after the first", "A-3", story, "accepted"))
    story = plan()
    approve(story, "d", 1)
    approve(story, "e", 2)
    cases.append(judged("the second step by the duty of the first", "D-8", story, "returned", "not_allowed"))
    story = plan()
    approve(story, "h", 3)
    cases.append(judged("a step that the chain does not have", "A-3", story, "returned", "not_allowed"))
    return cases

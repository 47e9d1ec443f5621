"""Every row of the approval table (A-1 to A-8): what a section shows after each thing that can follow an approval."""

from __future__ import annotations

from typing import Any

from sync.approvals import content_hash
from sync.change import Change
from tests.sync.vector_source.cases import Case, case
from tests.sync.vector_source.story import ELEMENT, PEOPLE, Story, append, put, void

SECTION = f"assessments/{ELEMENT}"
PLAN = f"plans/{ELEMENT}"
LEVEL = f"{SECTION}/level"


def hash_of(section: str = SECTION, schema: int = 1, **fields: Any) -> str:
    """Content of a section by hand: full paths of the pinned values."""
    prefix = f"{section}/" if "/" in section else ""
    found = content_hash(section, schema, {f"{prefix}{name}": value for name, value in fields.items()})
    assert found
    return found


class Review(Story):
    """A story about one assessment, `level` 2 to begin with, written and submitted by a worker."""

    def __init__(self) -> None:
        super().__init__()
        self.written = self.save("w", append("assessments", level=2))
        self.content = hash_of(level=2)
        self.submitted = self.act("w", "submit")

    def act(self, who: str, act: str, content: str | None = None, **options: Any) -> Change:
        about = {"section": options.pop("section", SECTION), "content": content or self.content, "schema": 1}
        if act == "approve":
            about["step"] = options.pop("step", 1)
        if "remarks" in options:
            about["remarks"] = options.pop("remarks")
        return self.save(who, act=act, about=about, **options)


def section(
    status: str, content: str | None, approved: list[Any], path: str = SECTION, **more: Any
) -> dict[str, dict[str, Any]]:
    return {path: {"status": status, "content": content, "approved": approved, **more}}


def approval(change: Change, standing: str, **snapshot: Any) -> dict[str, Any]:
    about = change.about
    assert about
    return {
        "change": change.id,
        "content": about.content,
        "effective": standing in ("in_force", "partial"),
        "standing": standing,
        "step": about.step,
        "person": change.person,
        "snapshot": {
            f"{about.section}/{name}" if "/" in about.section else name: value for name, value in snapshot.items()
        },
    }


def before_and_after() -> list[Case]:
    return [*_before(), *_after()]


def _before() -> list[Case]:
    cases = []
    story = Story()
    story.save("w", append("assessments", level=2))
    cases.append(
        case("written: a draft with a hash", "A-2 A-6", story, sections=section("draft", hash_of(level=2), []))
    )
    story = Story()
    story.save("w", append("assessments", remark="x"))
    cases.append(case("no pinned field written: no hash", "A-2", story, sections=section("draft", None, [])))
    story = Story()
    story.save("w", append("assessments", level=2, needs=["b", "a"]))
    both = hash_of(level=2, needs=["a", "b"])
    cases.append(case("a pinned union is hashed sorted", "A-2", story, sections=section("draft", both, [])))
    story = Review()
    waits = {
        "submitted": {"change": story.submitted.id, "content": story.content, "person": PEOPLE["w"]},
        "returned": None,
    }
    cases.append(case("submitted", "A-6", story, sections=section("submitted", story.content, [], **waits)))
    story.save("w", put(f"{SECTION}/remark", "x"))
    cases.append(
        case(
            "an exempt field typed after: still submitted",
            "A-6",
            story,
            sections=section("submitted", story.content, []),
        )
    )
    story.save("w", put(LEVEL, 3))
    cases.append(
        case("a pinned field typed after: a draft again", "A-6", story, sections=section("draft", hash_of(level=3), []))
    )
    story = Review()
    story.act("w", "withdraw")
    cases.append(case("withdrawn", "A-6", story, sections=section("draft", story.content, [], submitted=None)))
    story = Review()
    back = story.act("d", "return", remarks={LEVEL: "为什么"}, reason="请补充")
    returned = {"change": back.id, "person": PEOPLE["d"], "reason": "请补充", "remarks": {LEVEL: "为什么"}}
    cases.append(
        case(
            "returned with a remark",
            "A-6",
            story,
            sections=section("returned", story.content, [], submitted=None, returned=returned),
        )
    )
    story.save("w", put(LEVEL, 3))
    cases.append(
        case(
            "amended after the return, not yet submitted",
            "A-6",
            story,
            sections=section("returned", hash_of(level=3), [], returned=returned),
        )
    )
    again = story.act("w", "submit", hash_of(level=3))
    cases.append(
        case(
            "submitted again",
            "A-6",
            story,
            sections=section("submitted", hash_of(level=3), [], submitted={"change": again.id}, returned=None),
        )
    )
    story = Review()
    story.act("d", "return")
    story.act("w", "submit")
    cases.append(
        case(
            "submitted again unchanged, knowing the return",
            "A-6",
            story,
            sections=section("submitted", story.content, [], returned=None),
        )
    )
    story = Review()
    story.save("v", put(LEVEL, 1), saw=[story.written])
    story.save("w", put(LEVEL, 3), saw=[story.written])
    cases.append(case("a pinned field in conflict: no hash", "A-2", story, sections=section("draft", None, [])))
    return cases


def _after() -> list[Case]:
    cases = []
    story = Review()
    yes = story.act("d", "approve")
    good = approval(yes, "in_force", level=2)
    cases.append(case("approved", "A-4 A-5 A-6", story, sections=section("approved", story.content, [good])))
    story.save("v", put(f"{SECTION}/remark", "x"), saw=[story.written])
    cases.append(
        case(
            "then an exempt field, not knowing the approval",
            "A-4",
            story,
            sections=section("approved", story.content, [good]),
        )
    )
    story.save("v", put(LEVEL, 2), saw=[story.written])
    cases.append(
        case("then a pinned field, the same value", "A-4", story, sections=section("approved", story.content, [good]))
    )
    story.save("v", put(LEVEL, 3))
    amended = hash_of(level=3)
    cases.append(
        case(
            "then a pinned field, another value: the snapshot stays in force",
            "A-4 A-5 A-6",
            story,
            sections=section("amendment_pending", amended, [good]),
        )
    )
    story.act("v", "submit", amended)
    cases.append(
        case("then the amendment is submitted", "A-6", story, sections=section("amendment_submitted", amended, [good]))
    )
    yes_again = story.act("d", "approve", amended)
    superseded = approval(yes, "superseded", level=2)
    cases.append(
        case(
            "then the amendment is approved",
            "A-8",
            story,
            sections=section("approved", amended, [superseded, approval(yes_again, "in_force", level=3)]),
        )
    )
    story = Review()
    yes = story.act("d", "approve")
    story.save("v", put(LEVEL, 3), saw=[story.written])
    story.save("e", put(LEVEL, 4), saw=[story.written])
    cases.append(
        case(
            "a pinned field in conflict after the approval",
            "A-2 A-6",
            story,
            sections=section("amendment_pending", None, [approval(yes, "in_force", level=2)]),
        )
    )
    story = Review()
    yes = story.act("d", "approve")
    story.save("v", put(LEVEL, 3))
    amended = hash_of(level=3)
    story.act("v", "submit", amended)
    story.act("d", "return", amended)
    cases.append(
        case(
            "an amendment declined: the approval stands",
            "A-6",
            story,
            sections=section("amendment_pending", amended, [approval(yes, "in_force", level=2)]),
        )
    )
    story.save("v", put(LEVEL, 2))
    cases.append(
        case(
            "and the value put back",
            "A-6",
            story,
            sections=section("approved", story.content, [approval(yes, "in_force", level=2)]),
        )
    )
    story = Review()
    yes = story.act("d", "approve")
    story.act("d", "return")
    cases.append(
        case(
            "reopened by a return that knew the approval",
            "A-7",
            story,
            sections=section("returned", story.content, [approval(yes, "returned", level=2)]),
        )
    )
    story = Review()
    yes = story.act("d", "approve")
    story.save("w", put(f"{SECTION}/alarm", "red"))
    good = approval(yes, "in_force", level=2)
    cases.append(
        case("a protective field moves to red: stale", "A-6", story, sections=section("stale", story.content, [good]))
    )
    again = story.act("d", "approve")
    cases.append(
        case(
            "approved once more after that",
            "A-6",
            story,
            sections=section("approved", story.content, [good, approval(again, "in_force", level=2)]),
        )
    )
    story.save("w", put(f"{SECTION}/alarm", "green"))
    cases.append(
        case(
            "a protective field moves to green: not stale",
            "A-6",
            story,
            sections=section("approved", story.content, [{"effective": True}, {"effective": True}]),
        )
    )
    story = Review()
    yes = story.act("d", "approve")
    story.save("v", put(f"{SECTION}/alarm", "red"), status="quarantined")
    cases.append(
        case(
            "stale already while the red is undecided",
            "A-6 F-9",
            story,
            sections=section("stale", story.content, [approval(yes, "in_force", level=2)]),
        )
    )
    story = Review()
    yes = story.act("d", "approve")
    story.save("d", void(SECTION))
    cases.append(
        case(
            "the element struck out after the approval",
            "A-2",
            story,
            sections=section("amendment_pending", None, [approval(yes, "in_force", level=2)]),
        )
    )
    return cases

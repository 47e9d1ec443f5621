"""Corners of the fold: cases that a changed line of the engine got past the other vectors (`tests/sync/mutants.md`)."""

from __future__ import annotations

from tests.sync.vector_source.approvals import LEVEL, SECTION, Review, approval, hash_of, section
from tests.sync.vector_source.cases import Case, case, shows
from tests.sync.vector_source.merging_stories import MEMBER, NEIGHBOUR, two_files
from tests.sync.vector_source.story import (
    FILE,
    HIGH,
    MINUTE,
    NOON,
    OTHER,
    Story,
    add,
    append,
    dots,
    put,
    remove,
    void,
)

EAST = "ea" * 16


def of_policies() -> list[Case]:
    cases = [case("no changes, nothing", "F-11", Story(), paths={}, elements={}, vector={})]
    story = Story()
    story.save("w", put("risk", "green"))
    story.save("v", put("risk", "red"), saw=[])
    both = story.save("d", put("risk", "blue"))
    cases.append(
        case(
            "an ordinary write replaces two values that are in no conflict",
            "F-4 F-6",
            story,
            paths={"risk": shows("settled", "blue", ("blue", both))},
        )
    )
    story = Story()
    first = story.save("w", put("file_number", "A-1"))
    second = story.save("v", put("file_number", "A-2"), saw=[])
    third = story.save("d", put("file_number", "A-3"), act="resolve", saw=[first])
    cases.append(
        case(
            "a resolve that knew only one number leaves the other, which then stands",
            "F-6 F-8",
            story,
            paths={"file_number": shows("conflict", None, ("A-3", third), ("A-2", second), stands="A-2")},
        )
    )
    story = Story()
    tag = story.save("v", add("categories", "a"), position=9)
    story.save("w", remove("categories", "a"), saw=[tag])
    story.save("d", remove("categories", "a"), saw=[])
    cases.append(
        case(
            "an add folded after two removes, of which the first knew it",
            "F-4 F-6",
            story,
            paths={"categories": {"status": "settled", "value": []}},
        )
    )
    story = Story()
    one = story.save("w", put("phone", "1"))
    story.save("v", add("phone", "2"))
    cases.append(
        case(
            "an add where no set is changes nothing",
            "C-4 F-2",
            story,
            paths={"phone": shows("settled", "1", ("1", one))},
        )
    )
    return cases


def of_voids() -> list[Case]:
    cases = []
    story = Story()
    born = story.save("w", append("members", name="x"))
    struck = story.save("w", void(MEMBER))
    early = story.save("d", put(f"{MEMBER}/phone", "2"), saw=[born])
    hour = {"at": NOON + 50 * MINUTE, "received_at": NOON + 60 * MINUTE}
    late = story.save("v", put(f"{MEMBER}/phone", "1"), saw=[born], **hour)
    named = story.save("e", put(f"{MEMBER}/name", "y"), saw=[born])
    values = [
        {"value": True, "dots": dots(struck), "path": f"{MEMBER}/$void"},
        {"value": "y", "dots": dots(named), "path": f"{MEMBER}/name"},
        {"value": "1", "dots": dots(late), "path": f"{MEMBER}/phone"},
        {"value": "2", "dots": dots(early), "path": f"{MEMBER}/phone"},
    ]
    cases.append(
        case(
            "several edits that had not seen the void: by path, the most recent first",
            "F-7 F-11",
            story,
            conflicts=[{"rule": "edit_of_voided", "path": MEMBER, "values": values}],
        )
    )
    story = Story()
    story.save("w", append("members"))
    story.save("w", void(MEMBER))
    twice = story.save("v", void(MEMBER))
    cases.append(
        case(
            "an element with nothing in it is struck out, twice",
            "F-7",
            story,
            elements={MEMBER: {"voided": True}},
            paths={f"{MEMBER}/$void": shows("settled", True, (True, twice))},
            conflicts=[],
        )
    )
    story = Story()
    born = story.save("w", append("members", name="x"))
    story.save("w", put(f"{MEMBER}/pensioner", True))
    story.save("v", put(f"{MEMBER}/phone", "1"), saw=[born])
    cases.append(
        case(
            "a field that is true strikes nothing out",
            "F-7",
            story,
            elements={MEMBER: {"voided": False}},
            conflicts=[],
        )
    )
    return cases


def of_the_undecided() -> list[Case]:
    cases = []
    for value in ("green", "lilac"):
        story = Story()
        flag = story.save("v", put("risk", value), status="quarantined")
        cases.append(
            case(
                f"where nothing shows, {value} is more protective too",
                "F-9",
                story,
                paths={"risk": shows("settled", value, (value, flag))},
                vector={},
            )
        )
    story = Story()
    one = story.save("w", put("risk", "red"))
    story.save("v", put("risk", "red"), status="quarantined")
    cases.append(
        case(
            "what is as protective is not listed",
            "F-9",
            story,
            paths={"risk": shows("settled", "red", ("red", one))},
        )
    )
    story = Story()
    story.save("w", put("risk", "green"))
    story.save("v", put("risk", "red"), status="held", at=NOON + 50 * MINUTE, received_at=NOON + MINUTE, duty="head")
    moment = {"value": "red", "effective_at": NOON + 50 * MINUTE, "position": None}
    cases.append(
        case(
            "the effective time of a flag that waits is its author's",
            "F-3 F-9",
            story,
            paths={"risk": {"status": "also", "value": "red", "values": [moment, {"value": "green"}]}},
        )
    )
    return cases


def of_approvals() -> list[Case]:
    cases = []
    story = Review()
    blind = story.act("d", "approve", saw=[])
    cases.append(
        case(
            "the snapshot of what is approved as it stands is what stands",
            "A-5",
            story,
            sections=section("approved", story.content, [approval(blind, "in_force", level=2)]),
        )
    )
    story = Review()
    story.save("d", put(LEVEL, 3), status=None)
    other = hash_of(level=4)
    shown = story.act("d", "approve", other, status=None)
    cases.append(
        case(
            "a snapshot of another content shows the form, with what its own phone had not sent yet",
            "A-5 F-1",
            story,
            sections=section("draft", hash_of(level=3), [approval(shown, "differs", level=3)]),
        )
    )
    return cases


def of_moves() -> list[Case]:
    story = Story()
    story.save("w", put("phone", "1"))
    story.save("d", act="transfer", to=EAST, at=NOON + 90 * MINUTE, received_at=NOON + 2 * MINUTE)
    moment = {"value": EAST, "at": NOON + 90 * MINUTE, "effective_at": NOON + 2 * MINUTE, "position": 2}
    return [
        case(
            "a transfer by a clock that is ahead",
            "F-3 F-13",
            story,
            paths={"$scope": {"status": "settled", "value": EAST, "values": [moment]}},
        )
    ]


def of_merges() -> list[Case]:
    return [*_begun_by_merging(), *_around_a_merge(), *_in_a_ring()]


def _begun_by_merging() -> list[Case]:
    """The survivor begins with the merge, so all that is folded first belongs to the other file."""
    story = Story()
    other = story.save("v", put("phone", "2"), append("assessments", level=2), file=HIGH)
    story.merge("d", HIGH)
    income = story.save("w", put("income", 100))
    content = hash_of("basics", income=100, phone="2")
    about = {"section": "basics", "content": content, "schema": 1}
    story.save("w", act="submit", about=about)
    approved = story.save("e", act="approve", about=about | {"step": 1})
    cases = [
        case(
            "a file that begins with a merge",
            "F-15 A-10",
            story,
            of=FILE,
            paths={
                "phone": shows("settled", "2", ("2", other), of=FILE),
                "income": shows("settled", 100, (100, income)),
            },
            sections=section("approved", content, [approval(approved, "in_force", income=100, phone="2")], "basics"),
        )
    ]
    shown = [change for change, _, _ in story.told]
    amended = story.save("v", put("income", 120), saw=[])
    wrong = story.save("e", act="approve", about=about | {"step": 1, "content": hash_of("basics", income=7)}, saw=shown)
    cases.append(
        case(
            "the snapshot of a form that began with another file's words",
            "A-5 F-15",
            story,
            of=FILE,
            paths={"income": shows("conflict", None, (120, amended), (100, income), of=FILE, stands=100)},
            sections=section(
                "amendment_pending",
                None,
                [
                    approval(approved, "in_force", income=100, phone="2"),
                    approval(wrong, "differs", income=100, phone="2"),
                ],
                "basics",
            ),
        )
    )
    return cases


def _around_a_merge() -> list[Case]:
    cases = []
    story, one, other = two_files()
    story.save("d", act="transfer", to=EAST, file=HIGH, saw=[other])
    story.merge("d", HIGH)
    cases.append(
        case(
            "where the absorbed file was moved to says nothing of the survivor",
            "F-13 F-14",
            story,
            of=FILE,
            elements={MEMBER: {"dot": list(one.dot)}, NEIGHBOUR: {"dot": dots(other, of=FILE)[0]}},
            absorbs=[{"file": HIGH, "by": FILE, "known": True}],
        )
    )
    assert "$scope" not in cases[-1]["expect"]["folded"].get("paths", {})

    story = Story()
    story.save("w", put("phone", "1"))
    story.save("v", append("assessments", level=2), file=HIGH, saw=[])
    other = {"section": SECTION, "content": hash_of(level=4), "schema": 1, "step": 1}
    wrong = story.save("d", act="approve", about=other, file=HIGH)
    story.merge("d", HIGH)
    cases.append(
        case(
            "what an approval of other content showed in the absorbed file stays its snapshot",
            "A-5 A-10",
            story,
            of=FILE,
            sections=section("draft", hash_of(level=2), [approval(wrong, "differs", level=2)]),
        )
    )

    story, one, _ = two_files()
    merged = story.merge("d", HIGH)
    story.save("w", put(f"{NEIGHBOUR}/name", "x"), saw=[one, merged])
    story.save("e", put(f"{NEIGHBOUR}/name", "y"), saw=[one, merged])
    story.unmerge("d", HIGH)
    story.save("w", put("address", {"street": "1"}))
    story.save("v", put("address", {"street": "2"}), saw=[])
    cases.append(
        case(
            "history about an element that is merged here no more hides no other conflict",
            "F-7 F-14",
            story,
            of=FILE,
            conflicts=[{"rule": "values", "path": "address"}],
        )
    )

    story = Story()
    story.save("w", put("phone", "1"))
    first = story.save("v", put("income", 1), file=HIGH, saw=[])
    second = story.save("v", put("income", 2), file=HIGH, saw=[], own_seen=False)
    third = story.save("d", put("income", 3), file=HIGH, saw=[second])
    story.merge("e", HIGH)
    cases.append(
        case(
            "a gap in what a form of the absorbed file showed is a gap in the survivor",
            "N-7 C-7",
            story,
            of=FILE,
            paths={"income": shows("conflict", None, (3, third), (1, first), of=FILE, stands=1)},
        )
    )
    return cases


def _in_a_ring() -> list[Case]:
    """Each file absorbed the other: what is written in one may have seen, and replaced, what was written in the other."""
    cases = []
    for gap in (False, True):
        story = Story()
        first = story.save("w", put("phone", "1"), put("income", 1))
        second = story.save("w", put("income", 2))
        born = story.save("v", append("members", OTHER, name="王秀"), file=HIGH, saw=[])
        joined = story.merge("d", FILE, HIGH)
        shown = [second, born, joined] if gap else [first, second, born, joined]
        seen = story.save("v", put("phone", "9"), put("income", 3), file=HIGH, saw=shown)
        merged = story.merge("e", HIGH)
        phone = shows("also", "9", ("9", seen), of=FILE) if gap else shows("settled", "9", ("9", seen), of=FILE)
        if gap:
            phone["values"] += [{"value": "1", "dots": dots(first)}]
        cases.append(
            case(
                "what was replaced from the other file of a ring is replaced" + (", but for its gap" if gap else ""),
                "N-7 F-14",
                story,
                of=FILE,
                paths={"phone": phone, "income": shows("settled", 3, (3, seen), of=FILE)},
                absorbs=[{"file": HIGH, "by": FILE, "known": True}],
                absorbed_by=HIGH,
                vector={
                    second.dot.replica: 2,
                    merged.dot.replica: 1,
                    dots(seen, of=FILE)[0][0]: 2,
                    dots(joined, of=FILE)[0][0]: 1,
                },
            )
        )
    story = Story()
    story.save("w", append("assessments", level=2))
    story.save("v", put("phone", "1"), file=HIGH, saw=[])
    story.merge("d", FILE, HIGH)
    about = {"section": SECTION, "content": hash_of(level=4), "schema": 1, "step": 1}
    wrong = story.save("e", act="approve", about=about, file=HIGH)
    story.merge("h", HIGH)
    cases.append(
        case(
            "an approval made in the other file of a ring, of what came from this one",
            "A-5 A-10 N-7",
            story,
            of=FILE,
            sections=section("draft", hash_of(level=2), [approval(wrong, "differs", level=2)]),
        )
    )
    return cases

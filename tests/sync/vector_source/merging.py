"""Files that are merged: what the survivor shows (F-14, F-15)."""

from __future__ import annotations

from sync.conflicts import conflict_id
from tests.sync.vector_source.cases import Case, case, shows
from tests.sync.vector_source.merging_decided import approved, undecided
from tests.sync.vector_source.merging_stories import MEMBER, NEIGHBOUR, two_files
from tests.sync.vector_source.story import ELEMENT, FILE, HIGH, LOW, OTHER, Story, dots, put


def merging() -> list[Case]:
    return [*_together(), *_late(), *_undone(), *_rings(), *approved(), *undecided()]


def _together() -> list[Case]:
    cases = []
    story, one, other = two_files()
    story.merge("d", HIGH)
    held = {"id": conflict_id(FILE, "values", "income"), "rule": "values", "path": "income"}
    values = [{"value": 200, "dots": dots(other, of=FILE)}, {"value": 100, "dots": dots(one)}]
    cases.append(
        case(
            "values of both stand side by side, as if neither author had seen the other",
            "F-14 N-7 F-8",
            story,
            of=FILE,
            paths={
                "phone": shows("also", "2", ("2", other), ("1", one), of=FILE),
                "income": shows("conflict", None, (200, other), (100, one), of=FILE, stands=100),
            },
            conflicts=[held | {"values": values}],
            absorbs=[{"file": HIGH, "by": FILE, "known": True}],
            absorbed_by=None,
        )
    )
    cases.append(
        case(
            "members of both, side by side",
            "F-14",
            story,
            of=FILE,
            elements={
                MEMBER: {"collection": "members", "id": ELEMENT, "voided": False, "dot": list(one.dot)},
                NEIGHBOUR: {"collection": "members", "id": OTHER, "voided": False, "dot": dots(other, of=FILE)[0]},
            },
        )
    )
    cases.append(
        case(
            "the absorbed file by itself",
            "F-14",
            story,
            of=HIGH,
            paths={"phone": shows("settled", "2", ("2", other)), "income": shows("settled", 200, (200, other))},
            conflicts=[],
            vector={other.dot.replica: 1},
            absorbs=[],
            absorbed_by=FILE,
        )
    )
    decided = story.save("d", put("income", 150), put("phone", "3"), act="resolve")
    cases.append(
        case(
            "a save of the survivor replaces what it showed of both",
            "F-14 F-4 C-7",
            story,
            of=FILE,
            paths={
                "income": shows("settled", 150, (150, decided), of=FILE),
                "phone": shows("settled", "3", ("3", decided), of=FILE),
            },
            conflicts=[],
        )
    )

    story, one, other = two_files()
    alone = Story()
    alone.told = [story.told[0]]
    base = story.base_of(HIGH).to_json()
    alone.save("d", act="merge", merge={"file": HIGH, "base": base})
    cases.append(
        case(
            "a phone that has only the survivor says that something is missing",
            "F-14",
            alone,
            of=FILE,
            paths={"phone": shows("settled", "1", ("1", one))},
            absorbs=[{"file": HIGH, "by": FILE, "known": False}],
        )
    )

    story = Story()
    first = story.save("w", put("file_number", "A-1"))
    second = story.save("v", put("file_number", "A-2"), file=HIGH, saw=[], position=1_000)
    story.merge("d", HIGH, position=2_000)
    cases.append(
        case(
            "each had a number",
            "F-14 F-6",
            story,
            of=FILE,
            paths={"file_number": shows("conflict", None, ("A-2", second), ("A-1", first), of=FILE, stands="A-1")},
        )
    )
    story = Story()
    first = story.save("v", put("file_number", "A-2"), file=HIGH, saw=[])
    second = story.save("w", put("file_number", "A-1"))
    story.merge("d", HIGH)
    cases.append(
        case(
            "the survivor's number stands, though the other was accepted before",
            "F-15 F-6",
            story,
            of=FILE,
            paths={"file_number": shows("conflict", None, ("A-1", second), ("A-2", first), of=FILE, stands="A-1")},
        )
    )
    return cases


def _late() -> list[Case]:
    story, one, other = two_files()
    story.merge("d", HIGH)
    late = story.save("v", put("phone", "5"), put(f"{NEIGHBOUR}/phone", "6"), file=HIGH)
    cases = [
        case(
            "a late change of the absorbed file shows in the survivor",
            "F-14",
            story,
            of=FILE,
            paths={
                "phone": shows("also", "5", ("5", late), ("1", one), of=FILE),
                f"{NEIGHBOUR}/phone": shows("settled", "6", ("6", late), of=FILE),
            },
        )
    ]
    story, one, other = two_files()
    merged = story.merge("d", HIGH)
    decided = story.save("d", put("phone", "3"))
    late = story.save("v", put("phone", "5"), file=HIGH, saw=[other])
    cases.append(
        case(
            "what a late change had not seen stays beside it",
            "F-14 F-4",
            story,
            of=FILE,
            paths={"phone": shows("also", "5", ("5", late), ("3", decided), of=FILE)},
            vector={
                one.dot.replica: 1,
                merged.dot.replica: 2,
                dots(other, of=FILE)[0][0]: 2,
            },
        )
    )
    return cases


def _undone() -> list[Case]:
    cases = []
    story, one, other = two_files()
    story.merge("d", HIGH)
    told = story.save("d", put(f"{NEIGHBOUR}/phone", "7"), put("phone", "8"))
    story.unmerge("d", HIGH)
    cases.append(
        case(
            "undone: each shows its own again, and what was decided meanwhile stays where it was written",
            "F-14",
            story,
            of=FILE,
            paths={
                "phone": shows("settled", "8", ("8", told)),
                "income": shows("settled", 100, (100, one)),
                f"$merged/{HIGH}": {"status": "settled", "value": False},
            },
            elements={MEMBER: {"dot": list(one.dot)}},
            conflicts=[],
            absorbs=[],
        )
    )
    cases.append(
        case(
            "and the other is as it was",
            "F-14",
            story,
            of=HIGH,
            paths={"phone": shows("settled", "2", ("2", other)), "income": shows("settled", 200, (200, other))},
            absorbed_by=None,
        )
    )
    again = story.merge("d", HIGH)
    cases.append(
        case(
            "merged again",
            "F-14",
            story,
            of=FILE,
            paths={f"$merged/{HIGH}": shows("settled", True, (True, again))},
            absorbs=[{"file": HIGH, "by": FILE, "known": True}],
        )
    )

    story, one, other = two_files()
    first = story.merge("d", HIGH)
    second = story.merge("e", HIGH, saw=[one])
    undone = story.unmerge("d", HIGH, saw=[one, first])
    conflict = {"id": conflict_id(FILE, "values", f"$merged/{HIGH}"), "rule": "values", "path": f"$merged/{HIGH}"}
    values = [{"value": False, "dots": dots(undone)}, {"value": True, "dots": dots(second)}]
    income = {"path": "income", "rule": "values"}
    cases.append(
        case(
            "undone by one while another merges: still merged, until someone who knows both decides",
            "F-14 F-8",
            story,
            of=FILE,
            paths={f"$merged/{HIGH}": shows("conflict", None, (False, undone), (True, second), stands=True)},
            conflicts=[conflict | {"values": values}, income],
            absorbs=[{"file": HIGH, "by": FILE, "known": True}],
        )
    )
    story.unmerge("h", HIGH)
    cases.append(case("who then undoes it", "F-14", story, of=FILE, conflicts=[], absorbs=[]))

    story, one, other = two_files()
    story.merge("d", HIGH)
    seen = [change for change, _, _ in story.told]
    story.save("d", put(f"{NEIGHBOUR}/name", "a"), saw=seen)
    story.save("e", put(f"{NEIGHBOUR}/name", "b"), saw=seen)
    story.unmerge("d", HIGH)
    cases.append(
        case(
            "no conflict is open in an element that went with its file",
            "F-14",
            story,
            of=FILE,
            conflicts=[],
            absorbs=[],
        )
    )
    return cases


def _rings() -> list[Case]:
    cases = []
    story = Story()
    story.save("w", put("phone", "1"), file=LOW)
    high = story.save("v", put("phone", "2"), file=HIGH, saw=[])
    story.merge("d", HIGH, LOW)
    story.merge("e", LOW, HIGH, saw=[high])
    both = {"phone": {"status": "also", "value": "2"}}
    absorbs = [{"file": LOW, "by": HIGH, "known": True}, {"file": HIGH, "by": LOW, "known": True}]
    cases.append(
        case("each absorbed the other: the lower id shows", "F-14", story, of=LOW, paths=both, absorbed_by=None)
    )
    cases.append(
        case("and the other shows under it", "F-14", story, of=HIGH, paths=both, absorbed_by=LOW, absorbs=[absorbs[0]])
    )
    story.unmerge("e", LOW, HIGH, saw=[change for change, _, _ in story.told])
    cases.append(
        case(
            "one of the two undone",
            "F-14",
            story,
            of=HIGH,
            paths={"phone": shows("settled", "2", ("2", high))},
            absorbs=[],
            absorbed_by=LOW,
        )
    )

    story = Story()
    top = story.save("w", put("phone", "1"))
    middle = story.save("v", put("phone", "2"), file=HIGH, saw=[])
    bottom = story.save("v", put("phone", "3"), file=LOW, saw=[])
    story.merge("d", LOW, HIGH)
    story.merge("d", HIGH)
    cases.append(
        case(
            "a file that had absorbed one brings it along",
            "F-14",
            story,
            of=FILE,
            paths={"phone": shows("also", "3", ("3", bottom), ("2", middle), ("1", top), of=FILE)},
            absorbs=[{"file": LOW, "by": HIGH, "known": True}, {"file": HIGH, "by": FILE, "known": True}],
        )
    )
    cases.append(case("the last of three", "F-14", story, of=LOW, absorbed_by=FILE, absorbs=[]))
    cases.append(
        case(
            "the middle one still shows what it absorbed",
            "F-14",
            story,
            of=HIGH,
            paths={"phone": shows("also", "3", ("3", bottom), ("2", middle), of=HIGH)},
            absorbed_by=FILE,
        )
    )

    story = Story()
    story.save("w", put("phone", "1"))
    story.save("v", put("phone", "2"), file=LOW, saw=[])
    story.save("v", put("phone", "3"), file=HIGH, saw=[])
    story.merge("d", LOW)
    story.merge("e", LOW, HIGH)
    cases.append(
        case("two absorbed the same: it shows under the lower id of them", "F-14", story, of=LOW, absorbed_by=HIGH)
    )
    return cases

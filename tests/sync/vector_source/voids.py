"""Void, restore and the conflict with edits; changes that are not decided yet."""

from __future__ import annotations

from sync.conflicts import conflict_id
from tests.sync.vector_source.cases import Case, case, shows
from tests.sync.vector_source.story import (
    ELEMENT,
    FILE,
    MINUTE,
    NOON,
    REPLICAS,
    Story,
    add,
    append,
    dots,
    put,
    restore,
    void,
)

MEMBER = f"members/{ELEMENT}"


def voids() -> list[Case]:
    cases = []
    path = f"{MEMBER}/$void"
    story = Story()
    born = story.save("w", append("members", name="x"))
    element = {"collection": "members", "id": ELEMENT, "dot": list(born.dot)}
    cases.append(
        case(
            "appended",
            "F-2",
            story,
            elements={MEMBER: element | {"voided": False}},
            paths={f"{MEMBER}/name": shows("settled", "x", ("x", born))},
        )
    )
    struck = story.save("w", void(MEMBER))
    cases.append(
        case(
            "voided, nothing deleted",
            "F-7",
            story,
            elements={MEMBER: element | {"voided": True}},
            paths={path: shows("settled", True, (True, struck)), f"{MEMBER}/name": shows("settled", "x", ("x", born))},
            conflicts=[],
        )
    )
    back = story.save("w", restore(MEMBER))
    cases.append(
        case(
            "restored",
            "F-7",
            story,
            elements={MEMBER: element | {"voided": False}},
            paths={path: shows("settled", False, (False, back))},
            conflicts=[],
        )
    )

    story = Story()
    born = story.save("w", append("members", name="x"))
    struck = story.save("w", void(MEMBER))
    edit = story.save("v", put(f"{MEMBER}/name", "y"), saw=[born])
    values = [
        {"value": True, "dots": dots(struck), "path": path},
        {"value": "y", "dots": dots(edit), "path": f"{MEMBER}/name"},
    ]
    conflict = {"id": conflict_id(FILE, "edit_of_voided", MEMBER), "rule": "edit_of_voided", "path": MEMBER}
    cases.append(
        case(
            "an edit that had not seen the void",
            "F-7",
            story,
            elements={MEMBER: element | {"voided": True}},
            conflicts=[conflict | {"values": values}],
        )
    )
    story.save("w", put(f"{MEMBER}/name", "z"))
    cases.append(
        case("typing over the edit does not close it", "F-7 F-8", story, conflicts=[conflict | {"values": values}])
    )
    story.save("w", void(MEMBER))
    cases.append(case("voiding again does not close it", "F-8", story, conflicts=[conflict]))
    story.save("d", restore(MEMBER), act="resolve")
    cases.append(case("resolve restores", "F-8", story, elements={MEMBER: {"voided": False}}, conflicts=[]))

    story = Story()
    born = story.save("w", append("members", name="x"))
    story.save("w", void(MEMBER))
    story.save("v", put(f"{MEMBER}/name", "y"), saw=[born])
    story.save("d", void(MEMBER), act="resolve")
    cases.append(case("resolve voids", "F-8", story, elements={MEMBER: {"voided": True}}, conflicts=[]))
    story.save("e", add(f"{MEMBER}/needs", "a"), saw=[born])
    cases.append(case("a later blind edit opens it again, an add too", "F-7 F-8", story, conflicts=[conflict]))

    story = Story()
    born = story.save("w", append("members", name="x"))
    story.save("v", put(f"{MEMBER}/phone", "1"), saw=[born])
    story.save("w", void(MEMBER), saw=[born])
    cases.append(case("the other way round: void after an unseen edit", "F-7", story, conflicts=[conflict]))

    story = Story()
    story.save("w", append("members", name="x"))
    story.save("w", put(f"{MEMBER}/phone", "1"), void(MEMBER))
    cases.append(case("an edit in the same change as the void", "F-7", story, conflicts=[]))

    story = Story()
    born = story.save("w", append("members", name="x"))
    struck = story.save("w", void(MEMBER))
    kept = story.save("v", restore(MEMBER), saw=[born])
    cases.append(
        case(
            "void and restore that had not seen each other",
            "F-7",
            story,
            elements={MEMBER: {"voided": True}},
            paths={path: shows("conflict", None, (False, kept), (True, struck), stands=True)},
        )
    )
    return cases


def provisional() -> list[Case]:
    cases = []
    story = Story()
    one = story.save("w", put("phone", "1"))
    mine = story.save("v", put("phone", "2"), status=None)
    cases.append(
        case(
            "an unsent change shows on its own device",
            "F-1",
            story,
            paths={"phone": shows("settled", "2", ("2", mine))},
            vector={REPLICAS["w"]: 1, REPLICAS["v"]: 1},
        )
    )
    for status in ("held", "quarantined", "returned", "declined"):
        story = Story()
        one = story.save("w", put("phone", "1"))
        story.save("v", put("phone", "2"), status=status)
        cases.append(
            case(
                f"a {status} change does not",
                "F-1",
                story,
                paths={"phone": shows("settled", "1", ("1", one))},
                vector={REPLICAS["w"]: 1},
            )
        )
    story = Story()
    mine = story.save("v", put("file_number", "A-1"), status=None)
    story.save("w", put("file_number", "A-2"), saw=[])
    cases.append(
        case(
            "undecided changes fold after accepted ones",
            "F-1 F-6",
            story,
            paths={"file_number": {"status": "conflict", "stands": "A-2"}},
        )
    )
    story = Story()
    one = story.save("v", put("phone", "1"))
    story.save("v", put("phone", "2"), status="returned")
    mine = story.save("v", put("phone", "3"), status=None)
    cases.append(
        case(
            "the vector of a fold with a gap names it",
            "C-1 C-7",
            story,
            paths={"phone": shows("settled", "3", ("3", mine))},
            vector={REPLICAS["v"]: 3},
            **{"except": [[REPLICAS["v"], 2]]},
        )
    )
    story = Story()
    story.save("w", put("phone", "1"), at=NOON, received_at=NOON + 5 * MINUTE)
    mine = story.save("v", put("phone", "2"), saw=[], status=None, at=NOON - MINUTE, server_at=NOON + MINUTE)
    cases.append(
        case("effective time of an unsent change", "F-3", story, paths={"phone": {"status": "also", "value": "2"}})
    )
    return cases

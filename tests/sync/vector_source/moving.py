"""Files that move between patches: what the fold shows (F-13), and what the server says of each transfer (D-12)."""

from __future__ import annotations

from typing import Any

from sync.conflicts import conflict_id
from tests.sync.vector_source.cases import Case, case, shows
from tests.sync.vector_source.judging import judged
from tests.sync.vector_source.story import FILE, SCOPE, Story, dots, put

EAST, WEST = "ea" * 16, "7e" * 16
PATCHES = [SCOPE, EAST, WEST]


def moved(to: str = EAST, who: str = "d", **options: Any) -> Story:
    """A household that a deputy moves."""
    story = Story()
    story.save("w", put("phone", "1"))
    story.save(who, act="transfer", to=to, **options)
    return story


def moving() -> list[Case]:
    cases = []
    story = moved()
    gone = story.told[-1][0]
    cases.append(case("moved", "F-13 C-9", story, paths={"$scope": shows("settled", EAST, (EAST, gone))}, conflicts=[]))
    late = story.save("w", put("phone", "2"), saw=[story.told[0][0]])
    cases.append(
        case(
            "a late save changes nothing about where it lives",
            "F-13",
            story,
            paths={"$scope": shows("settled", EAST, (EAST, gone)), "phone": shows("settled", "2", ("2", late))},
        )
    )
    back = story.save("e", act="transfer", to=SCOPE)
    cases.append(
        case("moved back", "F-13", story, paths={"$scope": shows("settled", SCOPE, (SCOPE, back))}, conflicts=[])
    )

    story = moved()
    first = story.told[-1][0]
    other = story.save("e", act="transfer", to=WEST, saw=[story.told[0][0]])
    values = [{"value": WEST, "dots": dots(other)}, {"value": EAST, "dots": dots(first)}]
    conflict = {"id": conflict_id(FILE, "values", "$scope"), "rule": "values", "path": "$scope", "values": values}
    cases.append(
        case(
            "two transfers at once: it stays where the first put it",
            "F-13 F-8",
            story,
            paths={"$scope": shows("conflict", None, (WEST, other), (EAST, first), stands=EAST)},
            conflicts=[conflict],
        )
    )
    decided = story.save("h", act="transfer", to=WEST)
    cases.append(
        case(
            "a transfer that knew both decides, without a resolve",
            "F-13 F-4",
            story,
            paths={"$scope": shows("settled", WEST, (WEST, decided))},
            conflicts=[],
        )
    )

    story = moved()
    first = story.told[-1][0]
    other = story.save("e", act="transfer", to=EAST, saw=[story.told[0][0]])
    cases.append(
        case(
            "two transfers at once to the same patch are one",
            "F-13 F-5",
            story,
            paths={"$scope": shows("settled", EAST, (EAST, first, other))},
            conflicts=[],
        )
    )
    cases.append(
        case("never moved: no path", "F-13", _still(), paths={"phone": {"value": "1"}}, absorbed_by=None, absorbs=[])
    )
    return cases


def _still() -> Story:
    story = Story()
    story.save("w", put("phone", "1"))
    return story


def judged_moves() -> list[Case]:
    there = {"patches": PATCHES, "duties_there": ["deputy"]}
    late = moved()
    late.save("w", put("phone", "2"), saw=[late.told[0][0]])
    return [
        judged("a transfer", "D-12 C-9", moved(), "accepted", **there),
        judged("a transfer by the lowest duty", "D-8 D-12", moved(who="w"), "returned", "not_allowed", **there),
        judged(
            "a transfer to no patch of the station", "D-12", moved(to="0" * 32), "returned", "scope_unknown", **there
        ),
        judged(
            "a transfer to a patch where its author decides nothing",
            "D-12",
            moved(),
            "quarantined",
            "receiver_undecided",
            patches=PATCHES,
            duties_there=["worker"],
        ),
        judged(
            "and the receiving deputy takes it",
            "D-12 D-11",
            moved(),
            "accepted",
            "admitted",
            patches=PATCHES,
            admitted=True,
        ),
        judged(
            "a transfer of a file that shows in another",
            "D-12",
            moved(),
            "returned",
            "file_absorbed",
            absorbed_by="0" * 32,
            **there,
        ),
        judged(
            "a transfer with operations",
            "D-12",
            moved(ops=[put("phone", "3")]),
            "returned",
            "ops_not_allowed",
            **there,
        ),
        judged(
            "a late save from the former patch",
            "D-13",
            late,
            "quarantined",
            "former_scope",
            duties_now=[],
            former=True,
        ),
        judged(
            "a late save from someone who works in both patches",
            "D-13",
            late,
            "accepted",
            former=True,
        ),
        judged(
            "the new deputy takes a late save in",
            "D-13 D-11",
            late,
            "accepted",
            "admitted",
            duties_now=[],
            former=True,
            admitted=True,
        ),
        judged(
            "a save of someone who knew that it had gone",
            "D-13",
            late,
            "returned",
            "not_allowed",
            duties_then=[],
            duties_now=[],
        ),
    ]

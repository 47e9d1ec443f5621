"""Policies that leave the decision to people, or keep everything: review, authority, once, union."""

from __future__ import annotations

from typing import Any

from sync.conflicts import conflict_id
from tests.sync.vector_source.cases import Case, case, shows, two
from tests.sync.vector_source.story import (
    ELEMENT,
    FILE,
    Story,
    add,
    append,
    dots,
    put,
    remove,
)


def decided_by_people() -> list[Case]:
    return [*_review(), *_authority(), *_once(), *_union()]


def _review() -> list[Case]:
    cases = []
    conflict = {"id": conflict_id(FILE, "values", "income"), "rule": "values", "path": "income"}

    def open_conflict(*values: Any) -> list[Any]:
        return [conflict | {"values": [{"value": entry[0], "dots": dots(*entry[1:])} for entry in values]}]

    story, one, other = two("income", 1, 2)
    both = (2, other), (1, one)
    cases.append(
        case(
            "review: neither wins, the first stands",
            "F-6 F-8",
            story,
            paths={"income": shows("conflict", None, *both, stands=1)},
            conflicts=open_conflict(*both),
        )
    )
    story = Story()
    base = story.save("w", put("income", 0))
    one = story.save("w", put("income", 1))
    other = story.save("v", put("income", 2), saw=[base])
    cases.append(
        case(
            "review: what was last settled stands",
            "F-6",
            story,
            paths={"income": shows("conflict", None, (2, other), (1, one), stands=1)},
        )
    )
    story, one, other = two("income", 1, 2)
    decided = story.save("d", put("income", 2), act="resolve")
    cases.append(
        case(
            "review: resolve settles",
            "F-4 F-8",
            story,
            paths={"income": shows("settled", 2, (2, decided))},
            conflicts=[],
        )
    )
    story, one, other = two("income", 1, 2)
    third = story.save("d", put("income", 3))
    three = (3, third), (2, other), (1, one)
    cases.append(
        case(
            "review: an ordinary save adds a value to an open conflict",
            "F-4",
            story,
            paths={"income": shows("conflict", None, *three, stands=1)},
            conflicts=open_conflict(*three),
        )
    )
    story, one, other = two("income", 1, 2)
    third = story.save("d", put("income", 2))
    cases.append(
        case(
            "review: an ordinary save of one of the values settles nothing",
            "F-4 F-5",
            story,
            paths={"income": shows("conflict", None, (2, other, third), (1, one), stands=1)},
        )
    )
    story, one, other = two("income", 1, 2)
    third = story.save("d", put("income", 3), saw=[other])
    cases.append(
        case(
            "review: who saw one value replaces that one",
            "F-4",
            story,
            paths={"income": shows("conflict", None, (3, third), (1, one), stands=1)},
        )
    )
    story, one, other = two("income", 1, 2)
    third = story.save("h", put("income", 3), saw=[])
    decided = story.save("d", put("income", 2), act="resolve", saw=[one, other])
    cases.append(
        case(
            "review: a third value that the resolve had not seen keeps it open",
            "F-8",
            story,
            paths={"income": shows("conflict", None, (2, decided), (3, third), stands=1)},
        )
    )
    story, one, other = two("income", 1, 2)
    decided = story.save("d", put("income", 2), act="resolve", saw=[one, other])
    late = story.save("h", put("income", 3), saw=[])
    cases.append(
        case(
            "review: a third value that arrives after the resolve reopens",
            "F-8",
            story,
            paths={"income": shows("conflict", None, (3, late), (2, decided), stands=2)},
        )
    )
    story = Story()
    one = story.save("w", put("income", 1), position=9)
    other = story.save("v", put("income", 2), saw=[], position=2)
    decided = story.save("d", put("income", 2), act="resolve", saw=[one, other], position=3)
    cases.append(
        case(
            "review: resolve also replaces what is folded after it",
            "F-4",
            story,
            paths={"income": shows("settled", 2, (2, decided))},
            conflicts=[],
        )
    )
    story, one, other = two("income", 1, 2)
    first = story.save("d", put("income", 1), act="resolve", saw=[one, other])
    second = story.save("e", put("income", 2), act="resolve", saw=[one, other])
    cases.append(
        case(
            "review: two resolves that differ are a conflict again",
            "F-8",
            story,
            paths={"income": shows("conflict", None, (2, second), (1, first), stands=1)},
        )
    )
    story, one, other = two("address", {"door": "1", "village_id": "a"}, {"door": "2", "village_id": "a"})
    cases.append(
        case(
            "review: the parts of a group conflict together",
            "F-6",
            story,
            paths={"address": {"status": "conflict", "stands": {"door": "1", "village_id": "a"}}},
        )
    )
    story, one, other = two("address", {"door": "1", "group_no": 2}, {"group_no": 2, "door": "1"})
    cases.append(
        case(
            "review: the order of keys makes no other value",
            "F-5 V-4",
            story,
            paths={"address": {"status": "settled"}},
            conflicts=[],
        )
    )
    return cases


def _authority() -> list[Case]:
    cases = []
    story, one, other = two("eligible", True, False, who="dw")
    cases.append(
        case(
            "authority: the higher duty shows",
            "F-6",
            story,
            paths={"eligible": shows("also", True, (True, one), (False, other))},
            conflicts=[],
        )
    )
    story, one, other = two("eligible", True, False, who="wh")
    cases.append(
        case(
            "authority: the higher duty shows whenever it came",
            "F-6",
            story,
            paths={"eligible": shows("also", False, (False, other), (True, one))},
        )
    )
    story, one, other = two("eligible", True, False, who="de")
    cases.append(
        case(
            "authority: equal duties are a conflict",
            "F-6",
            story,
            paths={"eligible": shows("conflict", None, (False, other), (True, one), stands=True)},
        )
    )
    story, one, other = two("eligible", True, False, who="de")
    decided = story.save("h", put("eligible", False), act="resolve")
    cases.append(
        case("authority: resolve settles", "F-4", story, paths={"eligible": shows("settled", False, (False, decided))})
    )
    story, one, other = two("eligible", True, False, who="de")
    third = story.save("h", put("eligible", False))
    cases.append(
        case(
            "authority: in a conflict an ordinary save replaces none, its duty decides what shows",
            "F-4",
            story,
            paths={"eligible": {"status": "also", "value": False}},
        )
    )
    story, one, other = two("eligible", True, False, who="dw")
    third = story.save("w", put("eligible", False))
    cases.append(
        case(
            "authority: without a conflict an ordinary save replaces what it saw",
            "F-4",
            story,
            paths={"eligible": shows("settled", False, (False, third))},
        )
    )
    return cases


def _once() -> list[Case]:
    cases = []
    story, one, other = two("file_number", "A-1", "A-2")
    both = ("A-2", other), ("A-1", one)
    cases.append(
        case(
            "once: the first by position stands",
            "F-6",
            story,
            paths={"file_number": shows("conflict", None, *both, stands="A-1")},
        )
    )
    story = Story()
    one = story.save("w", put("file_number", "A-1"), position=7)
    other = story.save("v", put("file_number", "A-2"), saw=[], position=3)
    cases.append(
        case(
            "once: first means position, not time",
            "F-6 D-3",
            story,
            paths={"file_number": {"status": "conflict", "stands": "A-2"}},
        )
    )
    story = Story()
    one = story.save("w", put("file_number", "A-1"))
    other = story.save("v", put("file_number", "A-2"))
    cases.append(
        case(
            "once: typing over it is a conflict too",
            "F-4 F-6",
            story,
            paths={"file_number": shows("conflict", None, ("A-2", other), ("A-1", one), stands="A-1")},
        )
    )
    decided = story.save("d", put("file_number", "A-2"), act="resolve")
    cases.append(
        case(
            "once: resolve settles",
            "F-6",
            story,
            paths={"file_number": shows("settled", "A-2", ("A-2", decided))},
            conflicts=[],
        )
    )
    return cases


def _union() -> list[Case]:
    cases = []
    story = Story()
    one = story.save("w", add("categories", "b"), add("categories", "a"))
    other = story.save("v", add("categories", "c"), saw=[])
    cases.append(
        case(
            "union: all elements, sorted",
            "F-6",
            story,
            paths={"categories": shows("settled", ["a", "b", "c"], ("a", one), ("b", one), ("c", other))},
        )
    )
    story = Story()
    story.save("w", add("categories", "a"))
    story.save("v", remove("categories", "a"))
    cases.append(case("union: removed", "F-6", story, paths={"categories": shows("settled", [])}))
    story = Story()
    story.save("w", add("categories", "a"))
    other = story.save("v", add("categories", "a"), saw=[])
    story.save("w", remove("categories", "a"), saw=[])
    cases.append(
        case(
            "union: an add that the remove had not seen stays",
            "F-6",
            story,
            paths={"categories": shows("settled", ["a"], ("a", other))},
        )
    )
    story = Story()
    one = story.save("w", add("categories", "a"), position=9)
    story.save("v", remove("categories", "a"), saw=[one], position=2)
    cases.append(
        case(
            "union: a remove takes an add that is folded after it",
            "F-4 F-6",
            story,
            paths={"categories": shows("settled", [])},
        )
    )
    story = Story()
    story.save("w", add("categories", "a"))
    story.save("v", remove("categories", "a"))
    again = story.save("w", add("categories", "a"))
    cases.append(case("union: added again", "F-6", story, paths={"categories": shows("settled", ["a"], ("a", again))}))
    story = Story()
    one = story.save("w", add("categories", "a"), add("categories", "b"))
    story.save("v", remove("categories", "b"))
    cases.append(
        case(
            "union: a remove touches its own value only",
            "F-6",
            story,
            paths={"categories": shows("settled", ["a"], ("a", one))},
        )
    )
    story = Story()
    one = story.save("w", append("members", name="x", needs=["b", 2, "a", 10]))
    cases.append(
        case(
            "union: a list in append adds each; integers before text",
            "C-4 F-6",
            story,
            paths={
                f"members/{ELEMENT}/needs": shows(
                    "settled", [2, 10, "a", "b"], (2, one), (10, one), ("a", one), ("b", one)
                )
            },
        )
    )
    story = Story()
    story.save("w", append("members", needs=None))
    cases.append(case("union: asked, none", "C-3", story, paths={f"members/{ELEMENT}/needs": shows("settled", [])}))
    return cases

"""Policies that choose by themselves: latest, max, min, safest; one value under any policy."""

from __future__ import annotations

from tests.sync.vector_source.cases import Case, case, shows, two
from tests.sync.vector_source.story import (
    ELEMENT,
    MINUTE,
    NOON,
    PEOPLE,
    REPLICAS,
    Story,
    append,
    put,
)


def decided_by_rule() -> list[Case]:
    return [*_settled(), *_latest(), *_extremes(), *_safest()]


def _settled() -> list[Case]:
    cases = []
    for path, value in [
        ("phone", "13900000001"),
        ("income", 120_000),
        ("risk", "blue"),
        ("eligible", True),
        ("file_number", "A-1"),
        ("last_contact", "2026-11-01"),
        ("address", {"village_id": "v1", "door": "3号"}),
    ]:
        story = Story()
        one = story.save("w", put(path, value))
        cases.append(
            case(
                f"one value of {path} is settled",
                "F-5 F-6",
                story,
                paths={path: shows("settled", value, (value, one))},
                conflicts=[],
            )
        )
        story, one, other = two(path, value, value)
        cases.append(
            case(
                f"the same {path} twice is one value",
                "F-5 F-6",
                story,
                paths={path: shows("settled", value, (value, one, other))},
                conflicts=[],
            )
        )
    story = Story()
    one = story.save("w", put("phone", "1"))
    other = story.save("w", put("phone", None))
    cases.append(
        case(
            "null is an answer and replaces",
            "C-3 F-4",
            story,
            paths={
                "phone": shows(
                    "settled",
                    None,
                    (None, other),
                    replaced=[{"value": "1", "dot": list(one.dot), "person": PEOPLE["w"], "at": NOON}],
                )
            },
        )
    )
    cases.append(case("nothing written, nothing shown", "C-3 F-5", _only_note(), paths={"note": {"status": "settled"}}))
    return cases


def _only_note() -> Story:
    story = Story()
    story.save("w", put("note", "n"))
    return story


def _latest() -> list[Case]:
    cases = []
    story, one, other = two("phone", "1", "2")
    cases.append(
        case(
            "latest: the later shows, the other is listed",
            "F-6",
            story,
            paths={"phone": shows("also", "2", ("2", other), ("1", one))},
            conflicts=[],
        )
    )
    story, one, other = two("phone", "1", "2", at=NOON - 60 * MINUTE)
    cases.append(
        case(
            "latest: later received but made earlier",
            "F-3 F-6",
            story,
            paths={"phone": shows("also", "1", ("1", one), ("2", other))},
        )
    )
    story = Story()
    one = story.save("w", put("phone", "1"), at=NOON + 10**11, received_at=NOON)
    other = story.save("v", put("phone", "2"), saw=[], at=NOON + 5, received_at=NOON + 10)
    cases.append(
        case(
            "latest: a clock years ahead counts from its receipt",
            "F-3",
            story,
            paths={"phone": shows("also", "2", ("2", other), ("1", one))},
        )
    )
    story = Story()
    one = story.save("w", put("phone", "1"), at=NOON, received_at=NOON + 9)
    other = story.save("v", put("phone", "2"), saw=[], at=0, server_at=NOON + 5, received_at=NOON + 9)
    cases.append(
        case(
            "latest: a clock years behind counts from the server time it had seen",
            "F-3",
            story,
            paths={"phone": shows("also", "2", ("2", other), ("1", one))},
        )
    )
    story, one, other = two("phone", "1", "2", at=NOON)
    higher = max(one, other, key=lambda change: change.dot)
    lower = one if higher is other else other
    value = {one.id: "1", other.id: "2"}
    cases.append(
        case(
            "latest: at the same time the greater dot shows",
            "F-6",
            story,
            paths={"phone": shows("also", value[higher.id], (value[higher.id], higher), (value[lower.id], lower))},
        )
    )
    story = Story()
    one = story.save("w", put("phone", "1"))
    other = story.save("v", put("phone", "2"), at=NOON - 10 * MINUTE)
    cases.append(
        case(
            "a save replaces what its form showed, whatever the clocks say",
            "F-4",
            story,
            paths={"phone": shows("settled", "2", ("2", other))},
        )
    )
    story = Story()
    one = story.save("w", put("phone", "1"))
    story.save("w", put("note", "n"))
    other = story.save("v", put("phone", "2"), saw=[one])
    third = story.save("d", put("phone", "3"), saw=[one])
    cases.append(
        case(
            "three: the first was seen by both",
            "F-4 F-6",
            story,
            paths={"phone": shows("also", "3", ("3", third), ("2", other))},
        )
    )
    story = Story()
    successor_sees = story.save("w", put("phone", "1"), position=9)
    other = story.save("v", put("phone", "2"), saw=[successor_sees], position=2)
    cases.append(
        case(
            "a write folded after the one that had seen it is replaced at once",
            "F-4",
            story,
            paths={
                "phone": shows(
                    "settled",
                    "2",
                    ("2", other),
                    replaced=[{"value": "1"} | {"dot": list(successor_sees.dot), "person": PEOPLE["w"], "at": NOON}],
                )
            },
        )
    )
    story = Story()
    first = story.save("w", put("phone", "1"), position=9)
    middle = story.save("v", put("phone", "2"), saw=[first], position=2)
    last = story.save("d", put("phone", "3"), saw=[middle], position=3)
    cases.append(
        case(
            "replaced at once also by a write that is itself replaced",
            "F-4",
            story,
            paths={"phone": shows("settled", "3", ("3", last))},
        )
    )
    story = Story()
    first = story.save("w", put("phone", "1"))
    skipped = story.save("w", put("phone", "2"))
    base_without = story.save("v", put("phone", "3"), saw=[first])
    cases.append(
        case(
            "an exception is unseen although it lies under the vector of others",
            "C-7 F-4",
            story,
            paths={"phone": shows("also", "3", ("3", base_without), ("2", skipped))},
        )
    )
    story = Story()
    one = story.save("w", put("weather", "rain"))
    other = story.save("v", put("weather", "sun"), saw=[])
    cases.append(
        case(
            "an unknown field folds as latest",
            "F-10",
            story,
            paths={"weather": shows("also", "sun", ("sun", other), ("rain", one))},
        )
    )
    story = Story()
    one = story.save("w", put("phone", "1"), act="sing")
    cases.append(case("an unknown act still writes", "F-10", story, paths={"phone": shows("settled", "1", ("1", one))}))
    story = Story()
    one = story.save("w", put("phone", "1"))
    story.told.append(story.told[0])
    cases.append(
        case("a change that comes twice counts once", "F-1", story, paths={"phone": shows("settled", "1", ("1", one))})
    )
    return cases


def _extremes() -> list[Case]:
    cases = []
    story, one, other = two("last_contact", "2026-11-09", "2026-11-10")
    cases.append(
        case(
            "max: the greater text",
            "F-6",
            story,
            paths={"last_contact": shows("also", "2026-11-10", ("2026-11-10", other), ("2026-11-09", one))},
        )
    )
    story, one, other = two("last_contact", 9, 10)
    cases.append(
        case("max: integers by number", "F-6", story, paths={"last_contact": shows("also", 10, (10, other), (9, one))})
    )
    story = Story()
    alone = story.save("w", put("first_contact", -5))
    cases.append(case("min: a value alone", "F-6", story, paths={"first_contact": shows("settled", -5, (-5, alone))}))
    story, one, other = two("first_contact", -5, 3)
    cases.append(
        case("min: the lesser integer", "F-6", story, paths={"first_contact": shows("also", -5, (-5, one), (3, other))})
    )
    story, one, other = two("first_contact", "a", "B")
    cases.append(
        case(
            "min: text by code point, not by alphabet",
            "F-6",
            story,
            paths={"first_contact": shows("also", "B", ("B", other), ("a", one))},
        )
    )
    story, one, other = two("last_contact", "\uffe5", "\U0001f3e0")
    cases.append(
        case(
            "max: beyond the basic plane is greater by code point",
            "F-6",
            story,
            paths={"last_contact": shows("also", "\U0001f3e0", ("\U0001f3e0", other), ("\uffe5", one))},
        )
    )
    story, one, other = two("last_contact", None, 3)
    cases.append(
        case(
            "max: an answer beats none", "F-6", story, paths={"last_contact": shows("also", 3, (3, other), (None, one))}
        )
    )
    story, one, other = two("first_contact", None, "x")
    cases.append(
        case(
            "min: an answer beats none",
            "F-6",
            story,
            paths={"first_contact": shows("also", "x", ("x", other), (None, one))},
        )
    )
    return cases


def _safest() -> list[Case]:
    cases = []
    story, one, other = two("risk", "red", "green")
    cases.append(
        case(
            "safest: the more protective shows though older",
            "F-6",
            story,
            paths={"risk": shows("also", "red", ("red", one), ("green", other))},
        )
    )
    story, one, other = two("risk", None, "green")
    cases.append(
        case(
            "safest: no answer protects least",
            "F-6",
            story,
            paths={"risk": shows("also", "green", ("green", other), (None, one))},
        )
    )
    story, one, other = two("risk", "purple", "grey")
    cases.append(
        case(
            "safest: outside the order, the later shows",
            "F-6",
            story,
            paths={"risk": shows("also", "grey", ("grey", other), ("purple", one))},
        )
    )
    story = Story()
    story.save("w", put("risk", "red"))
    other = story.save("v", put("risk", "green"))
    cases.append(
        case(
            "safest: lowered by someone who had seen it",
            "F-4",
            story,
            paths={"risk": shows("settled", "green", ("green", other))},
        )
    )
    for status in ("held", "quarantined", "returned"):
        story = Story()
        one = story.save("w", put("risk", "green"))
        red = story.save("v", put("risk", "red"), put("phone", "1"), status=status)
        cases.append(
            case(
                f"safest: a {status} red shows until decided, the rest of its change does not",
                "F-9",
                story,
                paths={"risk": shows("also", "red", ("red", red), ("green", one))},
                vector={REPLICAS["w"]: 1},
            )
        )
        story = Story()
        one = story.save("w", put("risk", "red"))
        story.save("v", put("risk", "green"), status=status)
        cases.append(
            case(
                f"safest: a {status} green shows nothing",
                "F-9",
                story,
                paths={"risk": shows("settled", "red", ("red", one))},
            )
        )
    story = Story()
    one = story.save("w", put("risk", "green"))
    story.save("v", put("risk", "red"), status="declined")
    cases.append(
        case(
            "safest: a declined red is gone",
            "F-9 D-2",
            story,
            paths={"risk": shows("settled", "green", ("green", one))},
        )
    )
    story = Story()
    red = story.save("v", append("assessments", alarm="red"), status="quarantined")
    cases.append(
        case(
            "safest: first value of an element, still undecided",
            "F-9",
            story,
            paths={f"assessments/{ELEMENT}/alarm": shows("settled", "red", ("red", red))},
            elements={},
        )
    )
    return cases

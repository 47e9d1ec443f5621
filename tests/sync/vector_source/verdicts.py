"""What becomes of a received change: the rules of PROTOCOL 4 in the order in which they are asked; row 9 is
`verdicts_of_sections`.
"""

from __future__ import annotations

from typing import Any

from sync.canonical import encode, sha256_hex
from tests.sync.vector_source.approvals import Review
from tests.sync.vector_source.cases import Case
from tests.sync.vector_source.judging import judged
from tests.sync.vector_source.story import (
    DUTIES,
    ELEMENT,
    NOON,
    OTHER,
    REPLICAS,
    Story,
    add,
    append,
    put,
    remove,
    void,
)
from tests.sync.vector_source.verdicts_of_sections import judged_acts

DAY = 86_400_000


def verdicts() -> list[Case]:
    return [*_places(), *_chains(), *_permissions(), *_operations(), *judged_acts(), *_flags()]


def _first(who: str = "w", **options: Any) -> Story:
    story = Story()
    story.save(who, put("phone", "1"), **options)
    return story


def _places() -> list[Case]:
    return [
        judged("a first save", "D-2", _first(), "accepted", file_kind=None),
        judged("made for another installation", "N-5", _first(), "returned", "wrong_deployment", deployment="0" * 32),
        judged("made for another station", "N-5", _first(), "returned", "wrong_station", station="0" * 32),
        judged("the file is of another kind", "C-1", _first(), "returned", "wrong_kind", file_kind="unlinked_record"),
        judged("outside its certificate", "D-6", _first(), "returned", "certificate", faults=[{"code": "certificate"}]),
        judged("a schema newer than the server's", "D-7", _first(schema=2), "held", "schema_newer"),
        judged("a kind that the server does not know", "D-7", _first(), "held", "kind_unknown", rules=None),
        judged("an act that the server does not know", "F-10", _first(act="sing"), "held", "act_unknown"),
    ]


def _chains() -> list[Case]:
    cases = []
    story = _first()
    story.save("w", put("phone", "2"))
    dot = [REPLICAS["w"], 1]
    cases.append(judged("the second of a chain", "C-6", story, "accepted"))
    cases.append(
        judged("the one before has not arrived", "D-7", story, "held", "dependency_missing", known=[], waits_for=[dot])
    )
    held = [{"dot": dot, "id": story.told[0][0].id, "status": "held"}]
    cases.append(judged("the one before is held", "D-7", story, "held", "dependency_held", known=held, waits_for=[dot]))
    forked = [{"dot": dot, "id": "0" * 64, "status": "accepted"}]
    cases.append(
        judged("the one before is another than it names", "C-6", story, "quarantined", "fork@prev", known=forked)
    )
    cases.append(
        judged(
            "and a deputy cannot take a fork in", "C-6", story, "quarantined", "fork@prev", known=forked, admitted=True
        )
    )
    beside = [story.told[0][0].id]
    cases.append(judged("what follows a fork", "C-6", story, "quarantined", "fork@prev", known=[], forks=beside))
    taken = [{"dot": [REPLICAS["w"], 2], "id": "0" * 64, "status": "accepted"}]
    cases.append(judged("the dot is taken", "C-6", story, "quarantined", "fork", known=[*_known(story), *taken]))
    own = [{"dot": [REPLICAS["w"], 2], "id": story.told[1][0].id, "status": "held"}]
    cases.append(judged("the dot is its own: judged again", "D-7", story, "accepted", known=[*_known(story), *own]))
    cases.append(
        judged("a held change that a deputy takes in", "D-2", story, "accepted", "admitted", known=[], admitted=True)
    )
    for status in ("quarantined", "returned", "declined"):
        known = [{"dot": dot, "id": story.told[0][0].id, "status": status}]
        cases.append(
            judged(
                f"built on a {status} change: accepted and flagged",
                "D-7",
                story,
                "accepted",
                "built_on_refused",
                known=known,
            )
        )
    story = _first()
    story.save("v", put("phone", "2"))
    cases.append(
        judged(
            "a base that names what has not arrived",
            "D-7",
            story,
            "held",
            "dependency_missing",
            known=[],
            waits_for=[dot],
        )
    )
    story = _first()
    story.save("v", put("phone", "2"))
    cases.append(
        judged(
            "a dot of its base was another's once, and it does not say what it saw", "D-15 L-11", story,
            "quarantined", "fork@base", contested=[dot],
        )
    )  # fmt: skip
    cases.append(
        judged(
            "a dot that its form did not show was another's once", "D-15", story, "accepted", contested=[[dot[0], 2]]
        )
    )
    story = _first()
    leaf = sha256_hex(encode(["phone", "settled", "1", [f"{dot[0]}:1"]]).encode())
    story.save("v", put("phone", "2"), digest=sha256_hex(leaf.encode()))
    cases.append(judged("it saw the very state that stands here", "D-15 L-11", story, "accepted", contested=[dot]))
    for builds_on, status, reasons in ((True, "quarantined", ["fork"]), (False, "accepted", [])):
        lost, story = _first(), _first()
        seen = [story.told[0][0], lost.save("w", put("note", "a word of the lost log"))]
        shown = story.save("v", put("phone", "2"), saw=seen)
        story.save("w", put("phone", "3"), saw=[shown] if builds_on else [])
        name = (
            "what it builds on showed its dot already"
            if builds_on
            else "whoever showed its dot is not what it builds on"
        )
        cases.append(judged(name, "D-9 L-11", story, status, *reasons))
    return cases


def _known(story: Story) -> list[dict[str, Any]]:
    change = story.told[0][0]
    return [{"dot": list(change.dot), "id": change.id, "status": "accepted"}]


def _permissions() -> list[Case]:
    none: list[str] = []
    story = _first()
    cases = [
        judged("no duty then, none now", "D-6", story, "returned", "not_allowed", duties_then=none, duties_now=none),
        judged("no duty then, one now", "D-6", story, "returned", "not_allowed", duties_then=none),
        judged("a duty then, none now", "D-6", story, "quarantined", "no_longer_allowed", duties_now=none),
        judged("taken in by a deputy", "D-2", story, "accepted", "admitted", duties_now=none, admitted=True),
        judged(
            "the phone was reported lost",
            "D-6",
            story,
            "quarantined",
            "replica_revoked",
            doubts=[{"code": "replica_revoked"}],
        ),
        judged("a duty that the kind does not know", "D-6", story, "returned", "not_allowed", duties_then=["driver"]),
    ]
    for who, status, codes in (("w", "returned", ["not_allowed"]), ("d", "accepted", []), ("h", "accepted", [])):
        story = Story()
        story.save("w", put("income", 1))
        story.save("v", put("income", 2), saw=[])
        story.save(who, put("income", 2), act="resolve")
        cases.append(judged(f"resolve by the {DUTIES[who]}", "D-8", story, status, *codes))
    own_table = {**Story().rules, "acts": {"resolve": ["worker"]}}
    story = Story(own_table)
    story.save("w", put("income", 1), act="resolve")
    cases.append(judged("the kind's own table comes first", "D-8", story, "accepted"))
    story = Story(own_table)
    story.save("h", put("income", 1), act="resolve")
    cases.append(judged("and is the whole answer for its act", "D-8", story, "returned", "not_allowed"))
    story = Review()
    story.act("v", "approve")
    cases.append(judged("approve by a worker", "D-8", story, "returned", "not_allowed"))
    story = Review()
    story.act("v", "return")
    cases.append(judged("return by a worker", "D-8", story, "returned", "not_allowed"))
    return cases


def _operations() -> list[Case]:
    cases = []
    problem = {"code": "out_of_range", "op": 0, "path": "phone"}
    cases.append(
        judged("a value that the kind refuses", "D-2", _first(), "returned", "out_of_range#0@phone", problems=[problem])
    )
    story = Story()
    story.save("w", put("categories", ["a"]))
    cases.append(judged("set on a union", "C-4", story, "returned", "operation_misfits#0@categories"))
    story = Story()
    story.save("w", add("phone", "1"), remove("phone", "2"))
    cases.append(
        judged(
            "add and remove on a register: a reason per operation",
            "C-4",
            story,
            "returned",
            "operation_misfits#0@phone",
            "operation_misfits#1@phone",
        )
    )
    story = Story()
    story.save("w", put("weather", "rain"))
    cases.append(judged("an unknown field is kept", "F-10", story, "accepted"))
    story = Story()
    story.save("w", append("songs", name="x"))
    cases.append(judged("an unknown collection", "C-4", story, "returned", "collection_unknown#0@songs"))
    story = Story()
    story.save("w", append("members", name="x"), put(f"members/{ELEMENT}/phone", "1"))
    cases.append(judged("an element and one more field of it", "C-4", story, "accepted"))
    story = Story()
    story.save("w", put(f"members/{OTHER}/phone", "1"))
    cases.append(
        judged(
            "a field of an element that is not there", "C-4", story, "returned", f"element_unknown#0@members/{OTHER}"
        )
    )
    story = Story()
    story.save("w", void(f"members/{OTHER}"))
    cases.append(
        judged("void of an element that is not there", "C-4", story, "returned", f"element_unknown#0@members/{OTHER}")
    )
    story = Story()
    story.save("w", append("members", name="x"))
    story.save("v", append("members", name="y"))
    cases.append(
        judged("an element that is there already", "C-4", story, "returned", f"element_exists#0@members/{ELEMENT}")
    )
    story = Story()
    born = story.save("w", append("members", name="x"), status="quarantined")
    story.save("w", put(f"members/{ELEMENT}/phone", "1"))
    cases.append(
        judged(
            "a field of an element whose making is quarantined",
            "D-7",
            story,
            "held",
            "dependency_undecided",
            waits_for=[list(born.dot)],
        )
    )
    story = Story()
    story.save("w", append("members", name="x"), status="returned")
    story.save("w", put(f"members/{ELEMENT}/phone", "1"))
    cases.append(
        judged(
            "a field of an element whose making was returned",
            "C-4",
            story,
            "returned",
            f"element_unknown#0@members/{ELEMENT}",
        )
    )
    return cases


def _flags() -> list[Case]:
    ahead, behind = _first(at=NOON + 10 * DAY), _first(at=NOON, server_at=NOON + 10 * DAY)
    return [
        judged("a clock days ahead is flagged, not refused", "F-3", ahead, "accepted", "clock_ahead", received_at=NOON),
        judged("a clock days behind is flagged, not refused", "F-3", behind, "accepted", "clock_behind"),
        judged("a clock an hour ahead is no matter", "F-3", _first(), "accepted", received_at=NOON - 3_600_000),
    ]

"""What becomes of a received change: every rule of PROTOCOL 4 and of A-3, in the order in which they are asked."""

from __future__ import annotations

from typing import Any

from sync.change import Change
from sync.versions import dot_within
from tests.sync.vector_source.approvals import LEVEL, PLAN, SECTION, Review, hash_of
from tests.sync.vector_source.cases import Case
from tests.sync.vector_source.story import (
    DEPLOYMENT,
    DUTIES,
    ELEMENT,
    MINUTE,
    NOON,
    OTHER,
    PEOPLE,
    REPLICAS,
    STATION,
    Story,
    add,
    append,
    put,
    remove,
    void,
)

DAY = 86_400_000
# What a reason points at where that is the same each time (D-9b).
PLACES = {
    "section_unknown": "about/section",
    "content_differs": "about/content",
    "not_submitted": "about",
    "step_unknown": "about/step",
    "step_missing": "about/step",
    "ops_not_allowed": "ops",
    "scope_unknown": "to",
    "receiver_undecided": "to",
    "file_absorbed": "file",
    "kinds_differ": "merge/file",
    "absorbed_elsewhere": "merge/file",
    "not_merged": "merge/file",
}


def judged(name: str, cited: str, story: Story, status: str, *reasons: str, **context: Any) -> Case:
    """The last change told is judged; all before it are known with the verdict they were given.

    `reasons`: `code`, and after it what it names, if anything: `#` the operation's index, `@` the path.
    `context` overrides what the server would bring: duties then and now, doubts, faults, problems of values, ...;
    `waits_for` in it is expected.
    """
    change, body, _ = story.told[-1]
    before = story.told[:-1]
    known = [
        {
            "dot": list(dot_within(earlier.dot, earlier.file, change.file)),
            "id": earlier.id,
            "status": verdict["status"] if verdict else "held",
        }
        for earlier, _, verdict in before
    ]
    duties = [DUTIES[letter] for letter, replica in REPLICAS.items() if replica == change.dot.replica]
    waits_for = context.pop("waits_for", [])
    given = {
        "deployment": DEPLOYMENT,
        "station": STATION,
        "received_at": change.at + 1_000,
        "file_kind": "household",
        "duties_then": duties,
        "duties_now": duties,
        "doubts": [],
        "faults": [],
        "problems": [],
        "single_post": False,
        "forks": [],
        "admitted": False,
        "former": False,
        "patches": [],
        "duties_there": [],
        "absorbed": {"kind": None, "duties_then": [], "duties_now": [], "by": None},
        "absorbed_by": None,
        "known": known,
        "rules": story.rules,
    } | context
    verdict = _verdict(change, given, status, [_reason(reason) for reason in reasons])
    return {
        "name": name,
        "rules": cited.split() + ["D-9b"] * any("path" in reason for reason in verdict["reasons"]),
        "input": {"change": body, "accepted": Story.to_json(_with(before, story))["changes"], "context": given},
        "expect": {"verdict": verdict, "waits_for": waits_for},
    }


def _reason(told: str) -> dict[str, Any]:
    """`code#op@path` as a verdict says it."""
    code, _, path = told.partition("@")
    code, _, op = code.partition("#")
    path = path or PLACES.get(code, "")
    return {"code": code} | ({"op": int(op)} if op else {}) | ({"path": path} if path else {})


def _verdict(change: Change, given: dict[str, Any], status: str, reasons: list[dict[str, Any]]) -> dict[str, Any]:
    """The whole body that the server signs (D-1), at position 7; who took a change in is a person of the test."""
    ranked = [duty for duty in ("head", "deputy", "worker") if duty in given["duties_now"]]
    admitted = given["admitted"]
    return {
        "type": "verdict",
        "v": 1,
        "suite": 1,
        "deployment": DEPLOYMENT,
        "station": STATION,
        "change": change.id,
        "file": change.file,
        "dot": list(change.dot),
        "status": status,
        "position": 7,
        "received_at": given["received_at"],
        "duty": ranked[0] if ranked and given["rules"] else None,
        "reasons": reasons,
        "by": PEOPLE["h"] if admitted else None,
        "decided_at": given["received_at"] + MINUTE if admitted else None,
    }


def _with(before: list[Any], story: Story) -> Story:
    told = Story(story.rules)
    told.told = [entry for entry in before if entry[2] and entry[2]["status"] == "accepted"]
    return told


def verdicts() -> list[Case]:
    return [*_places(), *_chains(), *_permissions(), *_operations(), *_sections(), *_flags()]


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


def _sections() -> list[Case]:
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


def _flags() -> list[Case]:
    ahead, behind = _first(at=NOON + 10 * DAY), _first(at=NOON, server_at=NOON + 10 * DAY)
    return [
        judged("a clock days ahead is flagged, not refused", "F-3", ahead, "accepted", "clock_ahead", received_at=NOON),
        judged("a clock days behind is flagged, not refused", "F-3", behind, "accepted", "clock_behind"),
        judged("a clock an hour ahead is no matter", "F-3", _first(), "accepted", received_at=NOON - 3_600_000),
    ]

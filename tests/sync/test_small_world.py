"""Every schedule of a small world: two people, one field, all orders of opening, saving, deciding and syncing.

Random histories find what is likely; here nothing is left out. The oracle is not the fold: it knows what stood on each
author's screen, and from that alone which values may be gone and which may not. `YIHU_SMALL_WORLD_ACTIONS` (6) and
`YIHU_SMALL_WORLD_REPLICAS` (2) make it larger: 3 replicas and 7 actions are the long run.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from sync.canonical import canonical_text
from sync.change import Change, Envelope, make_change, read_change
from sync.fold import FoldInput, fold, state_digest
from sync.rules import Rules
from sync.verdicts import Context, Known, judge
from sync.versions import Base, Dot
from tests.stranger.approving import fold as fold_of_a_stranger

ACTIONS = int(os.environ.get("YIHU_SMALL_WORLD_ACTIONS", "6"))
REPLICAS = int(os.environ.get("YIHU_SMALL_WORLD_REPLICAS", "2"))
FILE, HOUR = "f" * 32, 3_600_000
VALUES = {"union": ["a", "b"], "safest": ["red", "green"], "max": [1, 2], "min": [1, 2]}
FIELDS: dict[str, dict[str, Any]] = {
    "latest": {"policy": "latest"},
    "union": {"policy": "union"},
    "max": {"policy": "max"},
    "min": {"policy": "min"},
    "safest": {"policy": "safest", "order": ["red", "yellow", "green"]},
    "review": {"policy": "review"},
    "authority": {"policy": "authority"},
    "once": {"policy": "once"},
}
RULES = {
    policy: Rules.of({"kind": "thing", "version": 1, "fields": {"x": rule}, "duties": ["head", "deputy", "worker"]})
    for policy, rule in FIELDS.items()
}
DUTIES = ("worker", "deputy", "head")


@dataclass(frozen=True)
class Said:
    """One write as its author knows it: what it says, and every write that stood on the screen when the form was opened."""

    change: Change
    value: Any
    removes: bool
    saw: frozenset[Dot]
    resolves: bool


@dataclass(frozen=True)
class Phone:
    number: int
    known: frozenset[Dot] = frozenset()  # accepted changes it has pulled
    own: tuple[Said, ...] = ()  # all of its own, in order
    sent: int = 0  # how many of them the server has
    form: frozenset[Dot] | None = None

    @property
    def replica(self) -> str:
        return f"{self.number + 1:x}" * 32


@dataclass(frozen=True)
class World:
    policy: str
    phones: tuple[Phone, ...]
    log: tuple[tuple[Said, FoldInput], ...] = ()
    clock: int = field(default=0)

    def seen_by(self, phone: Phone) -> list[FoldInput]:
        """What the phone's fold is given: what it pulled, then its own undecided saves."""
        accepted = [item for _, item in self.log if item.change.dot in phone.known]
        return accepted + [FoldInput(said.change) for said in phone.own if said.change.dot not in phone.known]

    def act(self, number: int, action: str) -> "World | None":
        """The world after one action, or None where it would change nothing."""
        phone = self.phones[number]
        if action == "open":
            shown = frozenset(item.change.dot for item in self.seen_by(phone))
            return self._put(replace(phone, form=shown)) if shown != phone.form else None
        if action == "sync":
            after = self._sync(phone)
            return after if after != self else None
        return self._save(phone, action) if phone.form is not None else None

    def _put(self, phone: Phone) -> "World":
        phones = tuple(phone if one.number == phone.number else one for one in self.phones)
        return replace(self, phones=phones, clock=self.clock + 1)

    def _save(self, phone: Phone, action: str) -> "World":
        """`write0`, `write1`, `remove0`, `resolve0`: the form stays what it was when it was opened."""
        verb, value = action[:-1], VALUES.get(self.policy, ["p", "q"])[int(action[-1])]
        form = phone.form or frozenset()
        op = {"write": "add" if self.policy == "union" else "set", "resolve": "set", "remove": "remove"}[verb]
        earlier = [said.change for said in phone.own]
        body = make_change(
            deployment="d" * 32, station="5" * 32, scope="e" * 32, file=FILE, kind="thing",
            dot=Dot(phone.replica, len(earlier) + 1), prev=earlier[-1].id if earlier else None, base=base_of_form(form),
            seen=None, schema=1, at=self.clock * HOUR, server_at=0, person=phone.replica, epoch=1,
            act="resolve" if verb == "resolve" else "save", ops=[{"op": op, "path": "x", "value": value}], salt="0" * 32,
        )  # fmt: skip
        change = read_change(Envelope(canonical_text(body), ""))
        said = Said(change, value, verb == "remove", form, verb == "resolve")
        return self._put(replace(phone, own=(*phone.own, said)))

    def _sync(self, phone: Phone) -> "World":
        """Push in order, then pull: every change is judged by the real rules and must be accepted."""
        log = list(self.log)
        for said in phone.own[phone.sent :]:
            judgement = judge(said.change, self._context(phone, [item for _, item in log]))
            assert judgement.status == "accepted", judgement
            verdict = judgement.to_verdict(said.change, position=len(log) + 1, received_at=self.clock * HOUR)
            log.append((said, FoldInput(said.change, verdict)))
        known = frozenset(item.change.dot for _, item in log)
        if known == phone.known and len(log) == len(self.log):
            return self
        return replace(self, log=tuple(log))._put(replace(phone, known=known, sent=len(phone.own)))

    def _context(self, phone: Phone, accepted: list[FoldInput]) -> Context:
        duties = frozenset({DUTIES[phone.number]})
        return Context(
            deployment="d" * 32, station="5" * 32, received_at=self.clock * HOUR, rules=RULES[self.policy],
            known={item.change.dot: Known(item.change.id, "accepted") for item in accepted}, accepted=accepted,
            duties_then=duties, duties_now=duties, check=lambda _change: (), file_kind="thing" if accepted else None,
        )  # fmt: skip


def base_of_form(shown: frozenset[Dot]) -> Base:
    vector: dict[str, int] = {}
    for dot in shown:
        vector[dot.replica] = max(vector.get(dot.replica, 0), dot.seq)
    holes = frozenset(Dot(r, n) for r, top in vector.items() for n in range(1, top) if Dot(r, n) not in shown)
    return Base(vector, holes)


def actions_of(policy: str, number: int) -> list[str]:
    """A worker writes and removes; from the deputy up they resolve. One value per person keeps the number of schedules."""
    value = number % 2
    saves = [f"write{value}", f"remove{1 - value}"] if policy == "union" else [f"write{value}"]
    if number and policy in ("review", "authority", "once"):
        saves.append(f"resolve{value}")
    if number == 0 and policy != "union":
        saves.append("write1")
    return ["open", *saves, "sync"]


def every_end(world: World, left: int) -> Iterator[World]:
    """Depth first; a step that changes nothing is not taken, so that no schedule is tried twice for it."""
    if left == 0:
        yield world
        return
    for phone in world.phones:
        for action in actions_of(world.policy, phone.number):
            after = world.act(phone.number, action)
            if after is not None:
                yield from every_end(after, left - 1)


def come_to_rest(world: World) -> World:
    for _ in range(2):
        for phone in world.phones:
            world = world._sync(world.phones[phone.number])
    assert all(phone.sent == len(phone.own) for phone in world.phones)
    return world


def live_values(world: World) -> list[Any]:
    """What must be readable now, from what stood on each author's screen alone: F-4 told without a fold."""
    said = [one for one, _ in world.log]
    adds = [one for one in said if not one.removes]
    if world.policy == "union":
        gone = {
            id(add) for add in adds for other in said
            if other.removes and other.value == add.value and add.change.dot in other.saw
        }  # fmt: skip
        return [add.value for add in adds if id(add) not in gone]
    live: list[Said] = []
    for one in said:
        seen = [other for other in live if other.change.dot in one.saw]
        if one.resolves or not stays_open(world, seen):
            live = [other for other in live if other.change.dot not in one.saw]
        live.append(one)
    return [one.value for one in live]


def stays_open(world: World, seen: list[Said]) -> bool:
    """Whether what an author saw was in conflict, so that an ordinary save only adds to it."""
    if world.policy == "once":
        return True
    if world.policy == "authority":
        rank = {one.change.person: DUTIES.index(duty_of(world, one)) for one in seen}
        seen = [one for one in seen if rank[one.change.person] == max(rank.values())]
    return world.policy in ("review", "authority") and len({one.value for one in seen}) > 1


def duty_of(world: World, said: Said) -> str:
    return next(DUTIES[phone.number] for phone in world.phones if phone.replica == said.change.person)


def check(world: World, fold_with: Callable[..., Any] = fold) -> None:
    rules, inputs = RULES[world.policy], [item for _, item in world.log]
    if not inputs:
        return
    folded = fold_with(rules, inputs)
    shown = folded["paths"]["x"]
    expected = live_values(world)
    values = shown["value"] if world.policy == "union" else [one["value"] for one in shown["values"]]
    assert sorted(set(expected)) == sorted(values), "a word is lost, or one that was replaced is back"
    lost = {one["value"] for one in shown["replaced"]} | set(expected)
    assert lost >= {one.value for one, _ in world.log if not one.removes}, "a value is in no history"
    if world.policy in ("review", "once"):
        assert (shown["status"] == "conflict") == (len(set(expected)) > 1)
    digests = {state_digest(fold_with(rules, world.seen_by(phone))) for phone in world.phones}
    backwards = state_digest(fold_with(rules, inputs[::-1]))
    assert digests == {backwards}, "two phones at rest show different files"
    assert fold_of_a_stranger(plain_rules(world.policy), [plain(item) for item in inputs])["digest"] == backwards


def plain_rules(policy: str) -> dict[str, Any]:
    return {"kind": "thing", "version": 1, "fields": {"x": FIELDS[policy]}, "duties": ["head", "deputy", "worker"]}


def plain(item: FoldInput) -> dict[str, Any]:
    assert item.verdict
    said = item.verdict
    return {
        "body": item.change.body,
        "verdict": {
            "status": said.status,
            "position": said.position,
            "received_at": said.received_at,
            "duty": said.duty,
        },
    }


def begin(policy: str) -> World:
    return World(policy, tuple(Phone(number) for number in range(REPLICAS)))


@pytest.mark.parametrize("policy", [pytest.param(policy, marks=pytest.mark.slow) for policy in FIELDS])
def test_no_schedule_loses_a_word(policy: str) -> None:
    seen: set[Any] = set()
    for end in every_end(begin(policy), ACTIONS):
        rested = come_to_rest(end)
        key = tuple((said.change.id, item.position) for said, item in rested.log)
        if key not in seen:
            seen.add(key)
            check(rested)
    print(f"{policy}: {len(seen)} histories")
    assert len(seen) > 100, "the small world is too small to mean anything"


@pytest.mark.parametrize("policy", ["latest", "review"])
def test_short_schedules_lose_no_word(policy: str) -> None:
    ends = [come_to_rest(end) for end in every_end(begin(policy), 4)]
    for end in ends:
        check(end)
    assert any(len(end.log) >= 2 for end in ends)


def test_a_base_taken_at_save_is_noticed() -> None:
    """The fault that convergence tests cannot see: what the phone held when 存好 was tapped counts as seen."""
    world = begin("latest")
    for number, action in [(0, "open"), (0, "write0"), (1, "open"), (0, "sync"), (1, "sync")]:
        world = world.act(number, action) or world
    careless = world.phones[1]
    too_much = replace(careless, form=careless.known)
    forged = world._put(too_much)._save(too_much, "write1")
    said = forged.phones[1].own[0]
    honest = replace(forged.phones[1], own=(replace(said, saw=careless.form or frozenset()),))
    with pytest.raises(AssertionError, match="a word is lost"):
        check(come_to_rest(forged._put(honest)))

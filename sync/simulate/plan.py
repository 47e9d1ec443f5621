"""What will happen in a history, drawn from its seed before anything runs: the people, and a list of steps.

A step carries its own seed, so leaving some steps out changes the others as little as possible: that is what makes a
violation small enough to read.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from random import Random
from typing import Any, Final

from sync.simulate.kinds import VERSIONS

SCOPES: Final = ("a" * 32, "b" * 32)
FIRST_INSTANT: Final = 1_795_305_600_000

# Steps and how often; what is no everyday act is a fault and is counted as one when it happens.
KINDS: Final[dict[str, int]] = {
    "save": 34,
    "open": 9,
    "act": 12,
    "resolve": 8,
    "sync": 34,
    "decide": 5,
    "dismiss": 1,
    "clock_jump": 2,
    "partition": 2,
    "killed_in_sync": 4,
    "killed_in_save": 2,
    "server_killed": 1,
    "evicted": 1,
    "evicted_part": 1,
    "transfer": 4,
    "merge": 4,
    "unmerge": 2,
    "server_restored": 2,
    "rolled_back": 2,
    "cloned": 1,
    "renumbered": 1,
    "given_twice": 1,
    "two_tabs": 2,
    "saved_during_sync": 2,
    "revoked": 1,
    "role_changed": 5,
    "schema_upgrade": 1,
    "altered_change": 1,
}


# Most histories are small: a small world finds most faults, and more of them fit into an hour. Phones at most, steps from, to.
SIZES: Final = ((2, 5, 16), (3, 8, 22), (4, 12, 36), (12, 30, 70))
SHARES: Final = (60, 25, 13, 2)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens: what, to whom (a number, taken modulo the phones there are), and with which luck."""

    kind: str
    phone: int
    seed: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole history. `duties`: (person, scope, duty); `people`: whose phone each of the first phones is."""

    seed: int
    people: tuple[str, ...]
    duties: tuple[tuple[str, str, str], ...]
    files: int
    focus: tuple[str, ...]  # fields that people of this history write most of the time, so that they meet
    fault_chance: float
    page_entries: int
    pack_from: int
    steps: tuple[Step, ...]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Plan:
        lists = {name: tuple(given) for name, given in value.items() if isinstance(given, list)}
        lists["duties"] = tuple(tuple(duty) for duty in value["duties"])
        lists["steps"] = tuple(Step(**step) for step in value["steps"])
        return cls(**value | lists)


def person(number: int) -> str:
    return f"{0xE0 + number:032x}"


def make_plan(seed: int, devices: int) -> Plan:
    """The history of this seed with at most this many devices at the start."""
    rng = Random(seed)  # noqa: S311 - luck of a simulation, and it must repeat
    most, shortest, longest = rng.choices(SIZES, SHARES)[0]
    count = rng.randint(2, max(2, min(most, devices)))
    people = [person(rng.randrange(count)) for _ in range(count)]
    people[:2] = [person(0), person(1)]
    duties = [(person(0), SCOPES[0], "worker")] + ([(person(0), SCOPES[1], "worker")] if rng.random() < 0.5 else [])
    duties += [(person(1), scope, "deputy") for scope in SCOPES]
    for number in range(2, count):
        duty = rng.choice(("worker", "worker", "deputy", "head"))
        duties += [(person(number), scope, duty) for scope in rng.sample(SCOPES, rng.randint(1, 2))]
    kinds, weights = list(KINDS), list(KINDS.values())
    length = rng.randint(shortest, longest)
    if rng.random() < 0.3:  # a season of reviews: without it approvals that are followed by edits are rare
        weights = [weight * 3 if kind in ("act", "sync") else weight for kind, weight in KINDS.items()]
        length += length // 3
    if rng.random() < 0.2:  # a season of tidying up: files are merged, moved, and parted again
        weights = [weight * 5 if kind in ("merge", "unmerge", "transfer") else weight for kind, weight in KINDS.items()]
    steps = [Step(kind, rng.randrange(60), rng.getrandbits(48)) for kind in rng.choices(kinds, weights, k=length)]
    return Plan(
        seed=seed,
        people=tuple(people),
        duties=tuple(duties),
        files=rng.choice((1, 2, 2)),
        focus=tuple(rng.sample(sorted(VERSIONS[1].fields), 2)),
        fault_chance=rng.choice((0.0, 0.1, 0.3, 0.6)),
        page_entries=rng.choice((3, 8, 500)),
        pack_from=rng.choice((4, 500)),
        steps=tuple(steps),
    )

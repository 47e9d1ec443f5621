"""What the simulated people type: operations and acts on the form in front of them, from the step's seed."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from sync.device.reading import FileView
from sync.rules import Rules
from sync.simulate.kinds import MEMBERS, UNIONS, VALUES

Operation = dict[str, Any]


def first_values(rng: Random) -> list[Operation]:
    """What a file begins with: something in the fields, a member and a plan."""
    return [
        {"op": "set", "path": "phone", "value": rng.choice(VALUES["phone"])},
        {
            "op": "append",
            "path": "members",
            "id": f"{rng.getrandbits(128):032x}",
            "value": {"name": "甲", "needs": ["a"]},
        },
        {
            "op": "append",
            "path": "plans",
            "id": f"{rng.getrandbits(128):032x}",
            "value": {"goal": "a", "alarm": "green"},
        },
    ]


def type_operations(rng: Random, view: FileView, rules: Rules, focus: Sequence[str]) -> list[Operation]:
    """One to three operations on different paths, most of them on the fields in focus."""
    found: dict[str, Operation] = {}
    for _ in range(rng.choice((1, 1, 2, 3))):
        operation = _write(rng, "", rng.choice(focus)) if rng.random() < 0.6 else _one_operation(rng, view, rules)
        target = operation["path"]
        if not any(target.startswith(taken) or taken.startswith(target) for taken in found):
            found[target] = operation
    return list(found.values())


def _one_operation(rng: Random, view: FileView, rules: Rules) -> Operation:
    elements = sorted(view.state["elements"])
    roll = rng.random()
    if roll < 0.12 or (roll < 0.4 and not elements):
        collection = rng.choice(("members", "plans"))
        names = rng.sample(sorted(rules.collections[collection].fields), rng.randint(1, 2))
        values = {name: _list(rng) if name in UNIONS else rng.choice(VALUES[name]) for name in names}
        return {"op": "append", "path": collection, "id": f"{rng.getrandbits(128):032x}", "value": values}
    if roll < 0.18 and elements:
        return {"op": rng.choice(("void", "void", "restore")), "path": rng.choice(elements)}
    if roll < 0.4 and elements:
        element = rng.choice(elements)
        return _write(rng, element + "/", rng.choice(sorted(rules.collections[element.partition("/")[0]].fields)))
    return _write(rng, "", rng.choice(sorted(rules.fields)))


def _write(rng: Random, place: str, name: str) -> Operation:
    if name in UNIONS:
        return {"op": rng.choice(("add", "add", "remove")), "path": place + name, "value": rng.choice(MEMBERS)}
    return {"op": "set", "path": place + name, "value": rng.choice(VALUES[name])}


def _list(rng: Random) -> list[Any]:
    return rng.sample(MEMBERS, rng.randint(0, 2))


def settle_conflicts(rng: Random, view: FileView) -> list[Operation]:
    """What a person chooses in the conflicts that the form shows: one of the values each."""
    operations: list[Operation] = []
    for conflict in view.state["conflicts"][:3]:
        path = conflict["path"]
        if conflict["rule"] == "edit_of_voided":
            operations.append({"op": rng.choice(("void", "restore")), "path": path})
        elif path.endswith("/$void"):
            operations.append({"op": rng.choice(("void", "restore")), "path": path.removesuffix("/$void")})
        else:
            operations.append({"op": "set", "path": path, "value": rng.choice(conflict["values"])["value"]})
    return list({operation["path"]: operation for operation in operations}.values())


def choose_section(rng: Random, view: FileView) -> tuple[str, str] | None:
    """An act and the section it is about, where the form shows one with content."""
    sections = view.state["sections"]
    open_to: list[tuple[str, str]] = []
    for path in sorted(sections):
        section = sections[path]
        if section["content"] is None:
            continue
        submitted = section["submitted"]
        waits = submitted is not None
        same = submitted is not None and submitted["content"] == section["content"]
        open_to += [("approve", path)] * 8 if same else [("submit", path)] * 2
        open_to += [("return", path), ("withdraw", path)] if waits else []
        if section["status"] in ("approved", "stale", "amendment_pending"):
            open_to.append(("return", path))
    return rng.choice(open_to) if open_to else None

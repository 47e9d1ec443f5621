"""Which facts of a file, or of two files, disagree. Pure: folded state in, conflicts out, in an order that never changes.

A rule looks at shown values; in an open conflict of one field the value that stands counts. A person who found that both are
right writes a settlement into the file: it names the conflict and the facts, and holds while they are the same.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NotRequired, TypedDict

from schemas.expressions import UNKNOWN, evaluate, holds
from schemas.id_number import comparable_number, read_id_number
from schemas.semantic.rules import MARK, Looked, Offer, SemanticRule, SemanticRules

SETTLEMENTS = "settlements"
Folded = Mapping[str, Any]  # a folded file: its `file`, `paths`, `elements`, `sections`
Element = dict[str, Any]
Taken = dict[str, Element]  # alias -> the element that stands for it


class Settled(TypedDict):
    """Who said that both are right: the element of the file that holds it."""

    element: str
    reason: str


class Offered(TypedDict):
    id: str
    ops: list[dict[str, Any]]


class SemanticConflict(TypedDict):
    """One disagreement. `elements` and the rule name it, `facts` are what it rests on."""

    id: str
    rule: str
    file: str
    elements: list[str]
    names: dict[str, str]  # alias -> element, for the sentence
    facts: dict[str, Any]
    digest: str
    settled: Settled | None
    offers: NotRequired[list[Offered]]


class Line(TypedDict):
    """What a list of files keeps of each to find one person in two of them; nothing that can be read back."""

    file: str
    marks: list[str]
    settled: list[str]  # "<conflict>:<digest>"


def find_conflicts(rules: SemanticRules, state: Folded) -> list[SemanticConflict]:
    """The conflicts inside one file, settled ones too, in the order of the rules."""
    reader = _Reader(state)
    settlements = list_settlements(state)
    return [found for rule in rules.rules for found in _find(rule, reader, settlements)]


def line_of(rules: SemanticRules, state: Folded) -> Line:
    reader = _Reader(state)
    marks: set[str] = set()
    for rule in rules.across:
        looked = Looked(name=rule.item, item=rule.item, of=rule.of, where=rule.where, fields=rule.fields)
        marks |= {element[MARK] for element in reader.elements(looked) if element[MARK]}
    settled = [f"{conflict}:{digest}" for conflict, digest in sorted(list_settlements(state))]
    return {"file": state["file"], "marks": sorted(marks), "settled": settled}


def find_same_persons(rules: SemanticRules, lines: Iterable[Line]) -> list[SemanticConflict]:
    """Pairs of files in which one number stands, by file id: one conflict a pair, however many persons they share."""
    by_mark: dict[str, list[Line]] = {}
    for line in lines:
        for mark in line["marks"]:
            by_mark.setdefault(mark, []).append(line)
    shared: dict[tuple[str, str], list[str]] = {}
    settled: dict[tuple[str, str], set[str]] = {}
    for mark in sorted(by_mark):
        here = sorted({line["file"]: line for line in by_mark[mark]}.values(), key=lambda line: line["file"])
        for place, low in enumerate(here):
            for high in here[place + 1 :]:
                pair = (low["file"], high["file"])
                shared.setdefault(pair, []).append(mark)
                settled[pair] = {*low["settled"], *high["settled"]}
    return [
        _same_person(rule.id, pair, shared[pair], settled[pair]) for pair in sorted(shared) for rule in rules.across
    ]


def _same_person(rule: str, pair: tuple[str, str], marks: list[str], settled: set[str]) -> SemanticConflict:
    facts = {"count": len(marks), "marks": marks}
    low, high = pair
    found = conflict_id(low, rule, [high])
    digest = facts_digest(rule, [high], facts)
    is_settled = f"{found}:{digest}" in settled
    return {
        "id": found, "rule": rule, "file": low, "elements": [high], "names": {}, "facts": facts, "digest": digest,
        "settled": {"element": "", "reason": ""} if is_settled else None,
    }  # fmt: skip


def conflict_id(file: str, rule: str, elements: Sequence[str]) -> str:
    return _sha256("\n".join(["semantic", file, rule, *elements]))[:32]


def facts_digest(rule: str, elements: Sequence[str], facts: Mapping[str, Any]) -> str:
    body = {"rule": rule, "elements": list(elements), "facts": dict(facts)}
    return _sha256(json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":")))


def mark_of(number: Any) -> str | None:
    """An ID number as something equal numbers share and nobody reads; None unless it is sound (an old one counts as the new)."""
    if not isinstance(number, str):
        return None
    whole = comparable_number(number)
    return _sha256(f"id_number\n{whole}")[:32] if read_id_number(whole).is_sound else None


def list_settlements(state: Folded) -> dict[tuple[str, str], Settled]:
    """(conflict, facts) -> who said so. Without a reason it says nothing."""
    found: dict[tuple[str, str], Settled] = {}
    for path in sorted(state["elements"]):
        element = state["elements"][path]
        if element["collection"] != SETTLEMENTS or element["voided"]:
            continue
        conflict, facts, reason = (_shown(state, f"{path}/{name}") for name in ("conflict", "facts", "reason"))
        if isinstance(conflict, str) and isinstance(facts, str) and isinstance(reason, str) and reason.strip():
            found[(conflict, facts)] = {"element": path, "reason": reason}
    return found


def _find(
    rule: SemanticRule, reader: "_Reader", settlements: Mapping[tuple[str, str], Settled]
) -> Iterator[SemanticConflict]:
    base: dict[str, Any] = {name: reader.root(name) for name in rule.root}
    for looked in rule.gather:
        base[looked.name] = [element["path"] for element in reader.elements(looked)]
    for taken in _combinations(rule, reader):
        variables = {**base, **taken}
        if holds(rule.when, variables) is not True:
            continue
        facts = {fact.name: _known(evaluate(fact.value, variables)) for fact in rule.facts}
        elements = [element["path"] for element in taken.values()]
        found = conflict_id(reader.file, rule.id, elements)
        digest = facts_digest(rule.id, elements, facts)
        offers = [_offer(offer, taken, variables) for offer in rule.offers]
        yield {
            "id": found, "rule": rule.id, "file": reader.file, "elements": elements,
            "names": {alias: element["path"] for alias, element in taken.items()}, "facts": facts, "digest": digest,
            "settled": settlements.get((found, digest)), "offers": offers,
        }  # fmt: skip


def _combinations(rule: SemanticRule, reader: "_Reader") -> Iterator[Taken]:
    """Every combination of the elements looked at; of two from one collection each pair once, by id."""
    taken: list[Taken] = [{}]
    for looked in rule.each:
        elements = reader.elements(looked) if taken else []
        taken = [
            {**before, looked.name: element}
            for before in taken
            for element in elements
            if all(other["path"] < element["path"] for other in before.values() if other["collection"] == looked.of)
        ]
    yield from taken


def _offer(offer: Offer, taken: Taken, variables: Mapping[str, Any]) -> Offered:
    path = offer.path or ""
    if offer.element:
        path = taken[offer.element]["path"] + (f"/{offer.field}" if offer.field else "")
    if offer.op == "void":
        return {"id": offer.id, "ops": [{"op": "void", "path": path}]}
    value = _known(evaluate(offer.value or "null", variables))
    return {"id": offer.id, "ops": [{"op": offer.op, "path": path, "value": value}]}


class _Reader:
    """One file, read element by element; each is put together once a rule's fields."""

    def __init__(self, state: Folded) -> None:
        self.state = state
        self.file: str = state["file"]
        self._by_collection: dict[str, list[tuple[str, str]]] = {}
        for path in sorted(state["elements"]):
            element = state["elements"][path]
            if not element["voided"]:
                self._by_collection.setdefault(element["collection"], []).append((path, element["id"]))

    def root(self, name: str) -> Any:
        return _shown(self.state, name)

    def elements(self, looked: Looked) -> list[Element]:
        every = [self._element(looked, path, name) for path, name in self._by_collection.get(looked.of, ())]
        return [element for element in every if holds(looked.where, {looked.item: element}) is True]

    def _element(self, looked: Looked, path: str, name: str) -> Element:
        section = self.state.get("sections", {}).get(path)
        return {
            **{field: self._field(path, field) for field in looked.fields},
            "id": name, "path": path, "collection": looked.of, "section": section["status"] if section else None,
        }  # fmt: skip

    def _field(self, path: str, field: str) -> Any:
        if field == MARK:
            return mark_of(_shown(self.state, f"{path}/id_number"))
        return _shown(self.state, f"{path}/{field}")


def _shown(state: Folded, path: str) -> Any:
    found = state["paths"].get(path)
    if found is None:
        return None
    return found.get("stands") if found["status"] == "conflict" else found["value"]


def _known(value: Any) -> Any:
    return None if value is UNKNOWN else value


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()

"""The state of a file as a pure function of its changes and verdicts (PROTOCOL 5).

    fold(rules, [FoldInput(change, verdict), ...]) -> FoldedFile

The result does not depend on the order in which a replica received things, on repeats, or on any clock of ours. What is
folded, and in which order, is `sync.inputs`: a file that others were merged into shows what they hold, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sync.approvals import Fields, SectionAct, SectionView, fold_section
from sync.body import ACTS_ABOUT_A_SECTION, ACTS_OF_A_MERGE, VOID_FIELD
from sync.canonical import encode, sha256_hex
from sync.change import Operation, element_of
from sync.conflicts import conflict_of_values, conflict_of_void, unseen_edits
from sync.folded import FoldedConflict, FoldedElement, FoldedFile, FoldedSection
from sync.inputs import (
    MERGED_PREFIX,
    SCOPE_PATH,
    FoldInput,
    absorbed_by,
    accepted_of,
    form_of,
    in_folding_order,
    list_merges,
    place_write,
    protective_of,
    seen_from,
    shown_in,
)
from sync.policies import Write
from sync.registers import Register, UnionRegister
from sync.rules import Rules, SectionRule
from sync.versions import Dot, base_of, covers

__all__ = ["FoldInput", "Folding", "accepted_of", "fold", "in_folding_order", "seen_from", "state_digest"]


def fold(rules: Rules | Mapping[str, Any], inputs: Iterable[FoldInput], file: str | None = None) -> FoldedFile:
    """Fold the changes of one file. Accepted and own undecided changes may come in any order and repeatedly.

    `file`: whose fold it is, where changes of several files are given because some were merged.
    """
    received = list(inputs)
    target = file or (received[0].change.file if received else "")
    folding = Folding(Rules.of(rules), target, received)
    for item in in_folding_order(received, target):
        folding.take(item)
    for item in protective_of(received, target):
        folding.protect(item)
    return folding.result()


def state_digest(folded: FoldedFile) -> str:
    """Digest of a fold of accepted changes only (S-1): equal digests, equal files."""
    leaves: list[list[Any]] = []
    for path, register in folded["paths"].items():
        dots = sorted(f"{replica}:{seq}" for value in register["values"] for replica, seq in value["dots"])
        leaves.append([path, register["status"], register["value"], dots])
    for path, element in folded["elements"].items():
        leaves.append([path, "element", element["voided"]])
    for path, section in folded["sections"].items():
        in_force = [approval for approval in section["approved"] if approval["standing"] == "in_force"]
        if in_force:
            ids = sorted(approval["change"] for approval in in_force)
            leaves.append([f"§{path}", "approved", in_force[0]["content"], ids])
    leaves.sort(key=lambda leaf: str(leaf[0]))
    return sha256_hex("\n".join(sha256_hex(encode(leaf).encode()) for leaf in leaves).encode())


class Folding:
    """A file while it is being folded: its registers, elements and acts, filled by `take` in the order of folding.

    `received`: everything that was given, from which a form of the past can be folded again.
    """

    def __init__(self, rules: Rules, file: str = "", received: Sequence[FoldInput] = ()) -> None:
        self.rules = rules
        self.file = file
        self.received = received
        self.taken: list[FoldInput] = []
        self.registers: dict[str, Register | UnionRegister] = {}
        self.elements: dict[str, Dot] = {}
        self.edits: dict[str, list[Write]] = {}  # element -> every write inside it
        self.acts: dict[str, list[SectionAct]] = {}

    # --- taking changes in -------------------------------------------------------------------------------------------

    def take(self, item: FoldInput) -> None:
        """Fold one change: all its operations, then its act on a section."""
        change = item.change
        self.file = self.file or change.file
        for operation in change.ops:
            self._operate(operation, item)
        is_own = change.file == self.file
        # A group of root fields is another in each file: an act on it counts where it was made.
        if change.about is not None and change.act in ACTS_ABOUT_A_SECTION and (is_own or "/" in change.about.section):
            self._act(item, change.about.section)
        if is_own and change.act == "transfer" and change.to is not None:
            self._place(SCOPE_PATH, change.to, item)
        if is_own and change.act in ACTS_OF_A_MERGE and change.merge is not None:
            self._place(MERGED_PREFIX + change.merge.file, change.act == "merge", item)
        self.taken.append(item)

    def protect(self, item: FoldInput) -> None:
        """Let the more protective `safest` values of an undecided change show (F-9)."""
        for operation in item.change.ops:
            for path, value in _values_written(operation):
                if self.rules.field(path).policy == "safest":
                    register = self.registers.setdefault(path, Register(path, self.rules.field(path)))
                    if isinstance(register, Register):
                        register.protect(self._write(path, value, item))

    def _place(self, path: str, value: Any, item: FoldInput) -> None:
        register = self.registers.setdefault(path, Register(path, self.rules.field(path)))
        if isinstance(register, Register):
            register.fold_in(place_write(path, value, item))

    def _operate(self, operation: Operation, item: FoldInput) -> None:
        if operation.op in ("add", "remove"):
            union = self._union(operation.path)
            write = self._write(operation.path, operation.value, item)
            if union and operation.op == "add":
                union.add(write)
                self._note_edit(write)
            elif union:
                union.remove(write)
                self._note_edit(write)
        elif operation.op in ("void", "restore"):
            self._strike(operation, item)
        else:
            if operation.op == "append" and operation.element:
                self.elements.setdefault(operation.element, item.change.dot)
            for path, value in _values_written(operation):
                self._set(path, value, item)

    def _set(self, path: str, value: Any, item: FoldInput) -> None:
        rule = self.rules.field(path)
        if rule.policy == "union":
            union = self._union(path)
            for member in value if isinstance(value, list) and union else ():
                write = self._write(path, member, item)
                union.add(write)  # type: ignore[union-attr]  # an element's first values: nothing to replace
                self._note_edit(write)
            return
        register = self.registers.setdefault(path, Register(path, rule))
        if isinstance(register, Register):
            write = self._write(path, value, item)
            register.fold_in(write)
            self._note_edit(write)

    def _strike(self, operation: Operation, item: FoldInput) -> None:
        path = f"{operation.path}/{VOID_FIELD}"
        register = self.registers.setdefault(path, Register(path, self.rules.field(path)))
        if isinstance(register, Register):
            contested, _ = unseen_edits(register, self.edits.get(operation.path, ()))
            write = self._write(path, operation.op == "void", item)
            register.fold_in(write, contested=any(covers(write.base, void.dot) for void in contested))

    def _union(self, path: str) -> UnionRegister | None:
        register = self.registers.setdefault(path, UnionRegister(path))
        return register if isinstance(register, UnionRegister) else None

    def _note_edit(self, write: Write) -> None:
        element = element_of(write.path)
        if element:
            self.edits.setdefault(element, []).append(write)

    def _write(self, path: str, value: Any, item: FoldInput) -> Write:
        change, verdict = item.change, item.verdict
        accepted = verdict if verdict and verdict.status == "accepted" else None
        claimed = max(change.at, change.server_at)
        duties = self.rules.duties
        return Write(
            path=path,
            value=value,
            key=encode(value),
            dot=change.dot,
            base=change.base,
            person=change.person,
            at=change.at,
            effective_at=min(accepted.received_at, claimed) if accepted else claimed,
            position=item.position,
            duty_rank=duties.index(accepted.duty) if accepted and accepted.duty in duties else len(duties),
            resolves=change.act == "resolve",
        )

    def _act(self, item: FoldInput, section: str) -> None:
        rule = self.rules.find_section(section)
        if rule:
            fields = self.pinned_fields(section, rule)
            act = SectionAct(item.change, item.position, fields, self._guards(section, rule))
            self.acts.setdefault(section, []).append(act)

    # --- what the file is now ----------------------------------------------------------------------------------------

    def is_voided(self, element: str) -> bool:
        register = self.registers.get(f"{element}/{VOID_FIELD}")
        return register is not None and register.value is True

    def pinned_fields(self, section: str, rule: SectionRule) -> Fields | None:
        """Settled values of the pinned fields that were ever written; None: voided or unsettled, no hash (A-2)."""
        if self.is_voided(section):
            return None
        found = ((path, self.registers.get(path)) for path in self.rules.pinned_paths(section, rule))
        written = {path: register for path, register in found if register and register.is_written}
        if not all(register.is_settled for register in written.values()):
            return None
        return {path: register.value for path, register in written.items()}

    def section(self, path: str, rule: SectionRule) -> FoldedSection:
        view = SectionView(
            path=path,
            rule=rule,
            schema=self.rules.version,
            fields=self.pinned_fields(path, rule),
            guards=self._guards(path, rule),
            fields_at=lambda act: self._fields_at(act, rule),
        )
        return fold_section(view, self.acts.get(path, ()))

    def conflicts(self) -> list[FoldedConflict]:
        """Open conflicts, by path and rule."""
        found: list[FoldedConflict | None] = []
        for path, register in self.registers.items():
            if isinstance(register, Register):
                element = element_of(path)
                if element and not path.startswith("$") and element not in self.elements:
                    continue  # its file is merged here no more: what was written about it is history (F-14)
                found.append(conflict_of_values(self.file, register))
                if element and path.endswith(VOID_FIELD):
                    found.append(conflict_of_void(self.file, element, register, self.edits.get(element, ())))
        return sorted((item for item in found if item), key=lambda item: (item["path"], item["rule"]))

    def result(self) -> FoldedFile:
        merges = list_merges(self.received)
        given = {item.change.file for item in self.received}
        base = base_of(item.change.dot for item in self.taken).to_json()
        return {
            "file": self.file,
            "kind": self.rules.kind,
            "rules_version": self.rules.version,
            "paths": {
                path: register.to_json() for path, register in sorted(self.registers.items()) if register.is_written
            },
            "elements": {path: self._element(path) for path in sorted(self.elements)},
            "conflicts": self.conflicts(),
            "sections": {path: self.section(path, rule) for path, rule in self._sections()},
            "vector": base["vector"],
            "except": base["except"],
            "absorbed_by": absorbed_by(merges, self.file),
            "absorbs": [
                {"file": merge.file, "by": merge.by, "known": merge.file in given}
                for merge in shown_in(merges, self.file)
            ],
        }

    def _element(self, path: str) -> FoldedElement:
        collection, _, name = path.partition("/")
        return {"collection": collection, "id": name, "voided": self.is_voided(path), "dot": list(self.elements[path])}

    def _sections(self) -> Sequence[tuple[str, SectionRule]]:
        """Every section that has content or acts: named groups of root fields, and elements of such collections."""
        paths = {*self.rules.sections, *self.elements, *self.acts}
        found = [(path, self.rules.find_section(path)) for path in sorted(paths)]
        return [
            (path, rule)
            for path, rule in found
            if rule and (path in self.acts or self.elements.get(path) or self.pinned_fields(path, rule) != {})
        ]

    def _guards(self, section: str, rule: SectionRule) -> dict[str, int]:
        """How protective each `safest` field of the section is now: 0 is the most."""
        return {
            path: self.rules.field(path).rank(self.registers[path].value)
            if path in self.registers
            else len(self.rules.field(path).order)
            for path in self.rules.safest_paths(section, rule)
        }

    def _fields_at(self, act: SectionAct, rule: SectionRule) -> Fields | None:
        """What the author of the act saw: the form of the act's own file, at its base."""
        received = self.received or self.taken
        change = next(item.change for item in received if item.change.id == act.change.id)
        seen = form_of(received, change)
        earlier = Folding(self.rules, change.file, seen)
        for item in in_folding_order(seen, change.file):
            earlier.take(item)
        return earlier.pinned_fields(act.section, rule)


def _values_written(operation: Operation) -> list[tuple[str, Any]]:
    """Path and value of each register that a `set` or an `append` writes (F-2)."""
    if operation.op == "set":
        return [(operation.path, operation.value)]
    if operation.op == "append" and isinstance(operation.value, dict):
        return [(f"{operation.path}/{operation.id}/{name}", value) for name, value in operation.value.items()]
    return []

"""Conflicts: derived from the registers, never stored; an id that every replica derives alike (F-7, F-8)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from sync.canonical import sha256_hex
from sync.folded import FoldedConflict
from sync.policies import Candidate, Write, candidates_of
from sync.registers import Register, value_json
from sync.versions import covers

ConflictRule = Literal["values", "edit_of_voided"]


def conflict_id(file: str, rule: ConflictRule, path: str) -> str:
    """Stable name of a conflict: it can be assigned, linked to and commented on before it is decided (F-8)."""
    return sha256_hex(f"conflict\n{file}\n{rule}\n{path}".encode())[:32]


def conflict_of_values(file: str, register: Register) -> FoldedConflict | None:
    """The register's own conflict: several values of which none is settled."""
    if register.is_settled or not register.is_written:
        return None
    folded = register.to_json()
    return _conflict(file, "values", register.path, folded["values"])


def conflict_of_void(file: str, element: str, void: Register, edits: Iterable[Write]) -> FoldedConflict | None:
    """An edit and a void of the same element, neither of which had seen the other."""
    voids, blind = unseen_edits(void, edits)
    if not voids:
        return None
    values = [value_json(candidate, path=void.path) for candidate in _latest_first(voids)]
    for path in sorted({edit.path for edit in blind}):
        here = [edit for edit in blind if edit.path == path]
        values += [value_json(candidate, path=path) for candidate in _latest_first(here)]
    return _conflict(file, "edit_of_voided", element, values)


def unseen_edits(void: Register, edits: Iterable[Write]) -> tuple[list[Write], list[Write]]:
    """The live voids, and the edits concurrent with one of them; edits count even when they were replaced since."""
    voids = [write for write in void.live if write.value is True]
    if not voids:
        return [], []
    pairs = [
        (struck, edit)
        for edit in edits
        for struck in voids
        if edit.dot != struck.dot and not covers(struck.base, edit.dot) and not covers(edit.base, struck.dot)
    ]
    concurrent = {id(struck) for struck, _ in pairs}
    blind = {id(edit): edit for _, edit in pairs}
    return [struck for struck in voids if id(struck) in concurrent], list(blind.values())


def _latest_first(writes: Iterable[Write]) -> list[Candidate]:
    return sorted(candidates_of(list(writes)), key=lambda candidate: candidate.recency, reverse=True)


def _conflict(file: str, rule: ConflictRule, path: str, values: list) -> FoldedConflict:  # type: ignore[type-arg]
    return {"id": conflict_id(file, rule, path), "rule": rule, "path": path, "values": values}

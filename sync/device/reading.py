"""From the changes a device keeps of a file to what a form shows, and to the base that a save from it carries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sync.device.store import StoredChange, StoredFile
from sync.fold import FoldInput, accepted_of, fold, state_digest
from sync.folded import FoldedFile
from sync.rules import Rules
from sync.versions import Base, covers


@dataclass(frozen=True, slots=True)
class FileView:
    """A file as it was opened. A save from this view replaces only what it showed, however much arrives meanwhile."""

    file: str
    kind: str
    scope: str
    state: FoldedFile
    base: Base
    seen: str | None
    readonly: bool = False


def view_file(
    stored: StoredFile, changes: Sequence[StoredChange], rules: Rules, *, as_of: Base | None = None
) -> FileView:
    """The file as it is now, or as a form with the base `as_of` showed it."""
    inputs = fold_inputs(changes)
    if as_of is not None:
        inputs = [item for item in inputs if covers(as_of, item.change.dot)]
    state = fold(rules, inputs)
    return FileView(
        file=stored.file,
        kind=stored.kind,
        scope=stored.scope,
        state=state,
        base=Base.from_json({"vector": state["vector"], "except": state["except"]}),
        seen=digest(inputs, rules) if accepted_of(inputs) else None,
        readonly=stored.left,
    )


def fold_inputs(changes: Sequence[StoredChange]) -> list[FoldInput]:
    """Own changes that nothing was decided about are provisional; dismissed ones are gone (F-1)."""
    inputs = []
    for stored in changes:
        verdict = stored.read_verdict()
        if stored.dismissed:
            continue
        undecided = stored.own and (verdict is None or verdict.status == "held")
        if verdict is not None or stored.own:
            inputs.append(FoldInput(stored.change(), None if undecided else verdict))
    return inputs


def digest(inputs: Sequence[FoldInput], rules: Rules) -> str:
    """State digest of what was accepted: equal to the server's, or something is wrong (M-3)."""
    return state_digest(fold(rules, accepted_of(inputs)))

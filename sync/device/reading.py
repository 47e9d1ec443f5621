"""From the changes a device keeps of a file to what a form shows, and to the base that a save from it carries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sync.device.store import Store, StoredChange, StoredFile
from sync.fold import FoldInput, accepted_of, fold, state_digest
from sync.folded import FoldedFile
from sync.rules import Rules
from sync.versions import Base, covers, dot_within


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


def list_circle(store: Store, file: str) -> list[str]:
    """The file and every other that was ever merged with it, directly or not: what a fold of it may need."""
    links = store.list_merges()
    found, waiting = {file}, [file]
    while waiting:
        name = waiting.pop()
        joined = {other for pair in links if name in pair for other in pair} - found
        found |= joined
        waiting += joined
    return sorted(found)


def list_changes_around(store: Store, file: str) -> list[StoredChange]:
    """Changes of the file, and of those it was ever merged with."""
    return [change for name in list_circle(store, file) for change in store.list_changes(name)]


def view_file(
    stored: StoredFile, changes: Sequence[StoredChange], rules: Rules, *, as_of: Base | None = None
) -> FileView:
    """The file as it is now, or as a form with the base `as_of` showed it; with what it absorbed."""
    inputs = fold_inputs(changes)
    if as_of is not None:
        inputs = [
            item for item in inputs if covers(as_of, dot_within(item.change.dot, item.change.file, stored.file))
        ]  # fmt: skip
    state = fold(rules, inputs, stored.file)
    return FileView(
        file=stored.file,
        kind=stored.kind,
        scope=stored.scope,
        state=state,
        base=Base.from_json({"vector": state["vector"], "except": state["except"]}),
        seen=digest(inputs, rules, stored.file) if accepted_of(inputs) else None,
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


def digest(inputs: Sequence[FoldInput], rules: Rules, file: str | None = None) -> str:
    """State digest of what was accepted: equal to the server's, or something is wrong (M-3)."""
    return state_digest(fold(rules, accepted_of(inputs), file))

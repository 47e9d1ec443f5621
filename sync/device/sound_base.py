"""What a save may say that its form showed, on a device whose store was copied once (P-9). Mirror: `pwa/src/device/sound-base.ts`.

Under a number that two devices gave out stands the other's save: a form that showed this device's own did not show that one,
and must not replace it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sync.device.reading import FileView
from sync.device.store import StoredChange
from sync.fold import FoldInput, fold, seen_from, state_digest
from sync.rules import Rules
from sync.verdicts import UNDECIDED_MAX, is_fork
from sync.versions import Base, Dot, base_of, covers, dot_within, list_dots


def sound_base(view: FileView, rules: Rules, changes: Sequence[StoredChange], replica: str) -> Base:
    """The view's base without what may be a fork. `changes`: all here of the file and of those merged with it."""
    own = [stored for stored in changes if stored.own]
    retired = {stored.dot.replica for stored in own} - {replica}
    forks = {stored.dot for stored in own if stored.file == view.file and _is_fork(stored)}
    if not retired and not forks:
        return view.base
    accepted = [stored for stored in changes if stored.status == "accepted"]
    standing = {dot_within(stored.dot, stored.file, view.file) for stored in accepted}
    base = _without(view.base, lambda dot: dot.replica.partition("@")[0] in retired and dot not in standing)
    doubtful = {dot for dot in forks if covers(base, dot)}
    first = max((dot.seq for dot in doubtful if dot.replica == replica), default=0) + 1
    if not doubtful or _showed_all(view, rules, accepted, base, Dot(replica, first)):
        return base
    return _without(base, doubtful.__contains__)


def _showed_all(view: FileView, rules: Rules, accepted: Sequence[StoredChange], base: Base, after: Dot) -> bool:
    """A form that was opened after the other save came in showed exactly what its base covers; its digest says so.

    Own saves from `after` on may have been undecided then: they are accepted by now, and were in no digest.
    """
    inputs = seen_from((FoldInput(stored.change(), stored.read_verdict()) for stored in accepted), base, view.file)
    own = {one.change.dot.seq for one in inputs if one.change.dot.replica == after.replica}
    for last in [None, *sorted((seq for seq in own if seq >= after.seq), reverse=True)[:UNDECIDED_MAX]]:
        shown = [
            one
            for one in inputs
            if last is None or one.change.dot.replica != after.replica or one.change.dot.seq < last
        ]
        if shown and view.seen == state_digest(fold(rules, shown, view.file)):
            return True
    return False


def _is_fork(stored: StoredChange) -> bool:
    verdict = stored.read_verdict()
    return verdict is not None and verdict.status == "quarantined" and is_fork(verdict)


def _without(base: Base, is_out: Callable[[Dot], bool]) -> Base:
    dots = list_dots(base)
    kept = [dot for dot in dots if not is_out(dot)]
    return base if len(kept) == len(dots) else base_of(kept)

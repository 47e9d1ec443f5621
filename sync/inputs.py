"""What a fold is given: changes with their verdicts, of one file or of several that were merged, and the order they take.

A file that was merged into another keeps its changes, its dots and its chain. Here they are brought under the names that
the other file knows them by (N-7) and to the place where the merge put them (F-15).
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sync.body import ACTS_OF_A_MERGE
from sync.canonical import encode
from sync.change import Change
from sync.policies import Write
from sync.registers import Register
from sync.rules import PLACE_RULE
from sync.verdict import Verdict
from sync.versions import Base, Dot, base_within, covers, dot_within

SCOPE_PATH: Final = "$scope"
MERGED_PREFIX: Final = "$merged/"
_UNDECIDED: Final = 1 << 60  # provisional changes stand behind every position

Place = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class FoldInput:
    """One change and what became of it.

    `verdict` None: this device's own change that nothing was decided about yet (not sent, not answered, or held). A change
    of someone else that waits comes with its verdict; a form must not count as seen what only waits (F-1).
    """

    change: Change
    verdict: Verdict | None = None

    @property
    def status(self) -> str:
        return self.verdict.status if self.verdict else "provisional"

    @property
    def position(self) -> int | None:
        return self.verdict.position if self.verdict and self.verdict.status == "accepted" else None


@dataclass(frozen=True, slots=True)
class Absorbed:
    """One live merge: `file` shows in `by`, from its place in the folding order on."""

    file: str
    by: str
    place: Place


def accepted_of(inputs: Iterable[FoldInput]) -> list[FoldInput]:
    """The changes that every replica folds alike: what digests are made of."""
    return [item for item in inputs if item.status == "accepted"]


def seen_from(inputs: Iterable[FoldInput], base: Base, file: str | None = None) -> list[FoldInput]:
    """The accepted changes that a form of `file` with this base showed. The server can fold at any base from the past."""
    return [item for item in accepted_of(inputs) if covers(base, _dot_in(item, file))]


def form_of(inputs: Iterable[FoldInput], change: Change) -> list[FoldInput]:
    """What the form showed from which a change was made, this device's own undecided ones among it."""
    folded = [item for item in inputs if item.verdict is None or item.status == "accepted"]
    return [item for item in folded if covers(change.base, _dot_in(item, change.file))]


def in_folding_order(inputs: Iterable[FoldInput], file: str | None = None) -> list[FoldInput]:
    """What `file` shows: its own changes and those of the files it absorbs, under its names for their dots.

    Accepted by position, then provisional in the order given; a change that comes twice counts once (F-1). What an
    absorbed file had before the merge stands at the place of the merge.
    """
    received = list(inputs)
    target = file or (received[0].change.file if received else "")
    joined = _joined(list_merges(received), target)
    placed = [(place, item) for place, item in _placed(received) if item.change.file in joined]
    placed.sort(key=lambda entry: (max(entry[0], joined[entry[1].change.file]), entry[0]))
    once: dict[Dot, FoldInput] = {}
    for _, item in placed:
        named = within(item, target)
        once.setdefault(named.change.dot, named)
    return list(once.values())


def protective_of(inputs: Sequence[FoldInput], file: str) -> list[FoldInput]:
    """Undecided changes that are not this device's own: they show only their more protective `safest` values (F-9)."""
    joined = _joined(list_merges(inputs), file)
    return [within(item, file) for item in inputs if item.status in PROTECTIVE_ONLY and item.change.file in joined]


PROTECTIVE_ONLY = frozenset({"held", "quarantined", "returned"})


def within(item: FoldInput, file: str) -> FoldInput:
    """The change under the names that a fold of `file` uses for its dots (N-7)."""
    change = item.change
    if change.file == file:
        return item
    named = replace(
        change,
        dot=dot_within(change.dot, change.file, file),
        base=base_within(change.base, change.file, file),
    )
    return FoldInput(named, item.verdict)


# --- merges and homes ---------------------------------------------------------------------------------------------------


def list_merges(inputs: Iterable[FoldInput]) -> list[Absorbed]:
    """The merges that are live, by the file that was absorbed (F-14). A register in the survivor says so, for each file."""
    acts = [(place, item) for place, item in _placed(inputs) if item.change.act in ACTS_OF_A_MERGE]
    if not acts:
        return []
    registers: dict[tuple[str, str], Register] = {}
    places: dict[tuple[str, Dot], Place] = {}
    for place, item in sorted(acts, key=lambda entry: entry[0]):
        change = item.change
        if change.merge is None or (change.file, change.dot) in places:
            continue
        places[change.file, change.dot] = place
        path = MERGED_PREFIX + change.merge.file
        register = registers.setdefault((change.merge.file, change.file), Register(path, PLACE_RULE))
        register.fold_in(place_write(path, change.act == "merge", item))
    return [
        Absorbed(file, by, min(places[by, write.dot] for write in register.live if write.value is True))
        for (file, by), register in sorted(registers.items())
        if register.value is True
    ]


def absorbed_by(merges: Sequence[Absorbed], file: str) -> str | None:
    """The file under which `file` shows, None for itself: what nobody absorbs; in a cycle the lowest id (F-14)."""
    reach = {name: _joined(merges, name).keys() for name in {file, *(merge.by for merge in merges)}}
    above = {name for name in reach if file in reach[name]}
    tops = [name for name in above if all(name not in reach[other] or other in reach[name] for other in above)]
    survivor = min(tops)
    return survivor if survivor != file else None


def shown_in(merges: Sequence[Absorbed], file: str) -> list[Absorbed]:
    """The merges that bring other files into a fold of `file`, its own first by name."""
    joined = _joined(merges, file)
    return [merge for merge in merges if merge.by in joined and merge.file != file]


def scope_of(inputs: Iterable[FoldInput], file: str) -> str | None:
    """The patch to which the transfers of the file itself brought it; None where it was never moved (F-13)."""
    register = Register(SCOPE_PATH, PLACE_RULE)
    for item in in_folding_order((item for item in inputs if item.change.file == file), file):
        if item.change.act == "transfer" and item.change.to is not None:
            register.fold_in(place_write(SCOPE_PATH, item.change.to, item))
    found: str | None = register.value if register.is_written else None
    return found


def place_write(path: str, value: object, item: FoldInput) -> Write:
    """The write of a transfer, a merge or its undoing. It replaces whatever it covers: no `resolve` is needed."""
    change, verdict = item.change, item.verdict
    accepted = verdict if verdict and verdict.status == "accepted" else None
    claimed = max(change.at, change.server_at)
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
        duty_rank=0,
        resolves=True,
    )


def _joined(merges: Sequence[Absorbed], file: str) -> Mapping[str, Place]:
    """The file and every file it absorbs, directly or not, with the place from which each counts."""
    found: dict[str, Place] = {}
    waiting: list[tuple[Place, str]] = [((0, 0, ""), file)]
    while waiting:
        place, name = heapq.heappop(waiting)
        if name in found:
            continue
        found[name] = place
        for merge in merges:
            if merge.by == name and merge.file not in found:
                heapq.heappush(waiting, (max(place, merge.place), merge.file))
    return found


def _placed(inputs: Iterable[FoldInput]) -> list[tuple[Place, FoldInput]]:
    """The changes that are folded, each with its place: accepted ones by position, then provisional ones as given."""
    placed: list[tuple[Place, FoldInput]] = []
    for number, item in enumerate(inputs):
        if item.verdict is None:
            placed.append(((_UNDECIDED, number, ""), item))
        elif item.verdict.status == "accepted":
            placed.append(((item.verdict.position, item.verdict.received_at, item.change.id), item))
    return placed


def _dot_in(item: FoldInput, file: str | None) -> Dot:
    change = item.change
    return change.dot if file is None or file == change.file else dot_within(change.dot, change.file, file)

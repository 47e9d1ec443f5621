"""Judges that know what each author had on the screen, and use neither bases nor vectors.

They ask of a finished history what a person would ask: is every word there that nobody saw and replaced; does nothing come back
that someone saw and replaced; can a refused save be had from the phone that made it; is what was approved what the approver saw;
did nobody get to read a patch that is not theirs; do all copies agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from sync.canonical import encode
from sync.change import Change, Envelope, reread_change
from sync.device.reading import digest, fold_inputs, list_changes_around
from sync.device.store import Store
from sync.fold import fold
from sync.folded import FoldedFile
from sync.inputs import FoldInput
from sync.simulate.kinds import NEWEST, VERSIONS
from sync.simulate.outcome import Saved
from sync.versions import dot_within

# Policies under which an ordinary save replaces what its author saw; under the others only `resolve` surely does.
_REPLACING: Final = frozenset({"latest", "max", "min", "safest"})
_RULES: Final = VERSIONS[NEWEST]


def writes_of(change: Change) -> Iterator[tuple[str, str, bool]]:
    """Path, canonical value and whether it takes out, of every write of a change: read from its operations alone."""
    for operation in change.ops:
        if operation.op == "append":
            for name, value in operation.value.items():
                path = f"{operation.path}/{operation.id}/{name}"
                union = _RULES.field(path).policy == "union"
                yield from ((path, encode(one), False) for one in (value if union else [value]))
        elif operation.op in ("void", "restore"):
            yield f"{operation.path}/$void", encode(operation.op == "void"), False
        else:
            yield operation.path, encode(operation.value), operation.op == "remove"


def judge_replacing(
    folded: FoldedFile, accepted: Iterable[Saved], every: Iterable[Saved] = ()
) -> Iterator[tuple[str, str]]:
    """`unseen_overwrite` and `resurrection`: oracle and what it says. `accepted`: of the file and of all that it shows.

    `every` save of the history: where a number was given twice, the same word may have been seen under the other change.
    """
    by_path: dict[str, list[tuple[Saved, str, bool]]] = {}
    for saved in accepted:
        for path, key, takes_out in writes_of(saved.change):
            by_path.setdefault(path, []).append((saved, key, takes_out))
    for path, writes in by_path.items():
        policy = _RULES.field(path).policy
        shown = folded["paths"].get(path)
        live = {(encode(one["value"]), tuple(dot)) for one in (shown["values"] if shown else ()) for dot in one["dots"]}
        for saved, key, takes_out in writes:
            if takes_out:
                continue
            answers = [
                other
                for other, other_key, other_out in writes
                if saved.change.id in other.saw and (policy != "union" or (other_out and other_key == key))
            ]
            dot = dot_within(saved.change.dot, saved.change.file, folded["file"])
            is_live = (key, tuple(dot)) in live
            surely = policy in _REPLACING or policy == "union"
            if not answers and not is_live and not _saw_same_word(saved, path, key, writes, every):
                yield "unseen_overwrite", f"{key} at {path} by {saved.change.id[:12]} is gone, and nobody saw it"
            elif is_live and any(surely or other.change.act == "resolve" for other in answers):
                yield (
                    "resurrection",
                    f"{key} at {path} by {saved.change.id[:12]} is back, though it was seen and replaced",
                )


def _saw_same_word(
    saved: Saved, path: str, key: str, writes: Iterable[tuple[Saved, str, bool]], every: Iterable[Saved]
) -> bool:
    """Whether an author of this path saw this very value under this very dot, in another change that once had it."""
    place = saved.change.file, saved.change.dot
    twins = {
        one.change.id
        for one in every
        if (one.change.file, one.change.dot) == place and (path, key, False) in writes_of(one.change)
    }
    return any(twins & other.saw for other, _, _ in writes)


def judge_snapshots(folded: FoldedFile, accepted: Iterable[Saved]) -> Iterator[str]:
    """What was approved is, value for value, what stood on the approver's screen."""
    kept = {one["change"]: one for section in folded["sections"].values() for one in section["approved"]}
    for saved in accepted:
        if saved.change.act == "approve" and saved.approved is not None and saved.change.about:
            approval = kept.get(saved.change.id)
            if approval is None:
                yield f"approval {saved.change.id[:12]} is not kept"
            elif approval["snapshot"] != dict(saved.approved) or approval["content"] != saved.change.about.content:
                yield f"approval {saved.change.id[:12]} holds {approval['snapshot']}, approved was {dict(saved.approved)}"


def watch_reading(
    page: Mapping[str, Any], person: str, duties: Mapping[str, str], home_of: Callable[[str], str | None]
) -> Iterator[str]:
    """What a page brings that this person may not read: files of another patch, by whoever else."""
    for entry in page["entries"]:
        if entry["kind"] == "change":
            change = reread_change(Envelope.from_json(entry["envelope"]))
            home = home_of(change.file) or change.scope
            if home not in duties and change.person != person:
                yield f"{person[-2:]} was sent {change.file[:8]} of the patch {home[:4]}"
    for offer in page["packs"]:
        if offer["scope"] not in duties:
            yield f"{person[-2:]} was offered the pack of {offer['scope'][:4]}"


def same_digest(store: Store, file: str, theirs: str) -> bool:
    """Whether a phone's changes of a file, and of what was merged with it, fold to the server's digest."""
    return digest(fold_inputs(list_changes_around(store, file)), _RULES, file) == theirs


def fold_newest(accepted: Sequence[FoldInput], file: str) -> FoldedFile:
    return fold(_RULES, accepted, file)

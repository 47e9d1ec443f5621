"""Who is told that one person stands in two files, and of which.

A worker learns of a pair only when both files live in patches where they work: otherwise the answer would tell that a person is on a
list elsewhere. A deputy or head learns of a pair when one of the two lives in a patch of theirs: somebody must be able to bring the
files together, and of the other file they are told only that it exists and in which patch. Nobody is told a number or a name.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from schemas.semantic import SemanticConflict, find_same_persons, line_of, semantic_rules
from server.context import Context
from server.devices.rules import Caller
from server.intake import identity, reading
from server.intake.reading import FileView

KIND = "household"
DECIDERS = ("deputy", "head")


@dataclass(frozen=True)
class PairFile:
    file: str
    scope: str
    readable: bool


@dataclass(frozen=True)
class SamePerson:
    conflict: str
    digest: str
    persons: int
    settled: bool
    files: tuple[PairFile, PairFile]


def list_same_persons(session: Session, context: Context, caller: Caller, limit: int) -> tuple[list[SamePerson], bool]:
    """Pairs that the caller may know of, as the files stand today, and whether the index holds more than were looked at."""
    pairs = identity.list_sharing_files(session, caller.station_id, caller.scopes, limit + 1)
    more, pairs = len(pairs) > limit, pairs[:limit]
    views = _find_views(session, caller, sorted({file for pair in pairs for file in pair}))
    known = [
        pair for pair in pairs if all(file in views for file in pair) and may_know(caller, [views[f] for f in pair])
    ]
    wanted = [views[file] for file in sorted({file for pair in known for file in pair})]
    rules = semantic_rules(KIND)
    folds = reading.list_folds(session, context.keyring, caller.station_id, wanted)
    lines = [line_of(rules, folded) for _, folded in folds]
    allowed = set(known)
    found = [conflict for conflict in find_same_persons(rules, lines) if _pair(conflict) in allowed]
    return [_tell(conflict, views, caller) for conflict in found], more


def may_know(caller: Caller, views: Sequence[FileView]) -> bool:
    """Whether the caller may be told that these files, taken together, hold one person."""
    if all(view.scope in caller.scopes for view in views):
        return True
    return any(caller.has_duty(*DECIDERS, scope=view.scope) for view in views)


def _find_views(session: Session, caller: Caller, files: Sequence[str]) -> dict[str, FileView]:
    found = [reading.find_file(session, caller.station_id, file) for file in files]
    return {view.file: view for view in found if view is not None and view.kind == KIND}


def _pair(conflict: SemanticConflict) -> tuple[str, str]:
    return conflict["file"], conflict["elements"][0]


def _tell(conflict: SemanticConflict, views: dict[str, FileView], caller: Caller) -> SamePerson:
    low, high = (views[file] for file in _pair(conflict))
    return SamePerson(
        conflict=conflict["id"],
        digest=conflict["digest"],
        persons=conflict["facts"]["count"],
        settled=conflict["settled"] is not None,
        files=(
            PairFile(low.file, low.scope, low.scope in caller.scopes),
            PairFile(high.file, high.scope, high.scope in caller.scopes),
        ),
    )

"""What other slices read of the log: entries of an audience by key, files of a scope, folds of accepted changes."""

import heapq
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlmodel import Session

from server.intake import queries
from server.intake.checks import find_rules
from server.intake.log import ERASED, FileState, current_verdict, load_files, open_body, open_verdict
from server.intake.places import accepted_of, list_circle
from server.intake.tables import CaseFile, Change, FileMove
from server.keyring.rules import Keyring
from sync.change import Envelope
from sync.fold import fold, state_digest
from sync.folded import FoldedFile
from sync.verdict import read_verdict

Item = TypeVar("Item")
_CHUNK = 200
# In a pack: what every reader of the scope folds, and what still waits for a decision.
_PACKED = ("accepted", "held", "quarantined")


@dataclass(frozen=True)
class Entry:
    """One log entry as a reader gets it; `envelope` is None where the verdict alone is told."""

    position: int
    change_id: str
    file: str
    status: str
    is_first: bool
    device: str
    person_id: str
    envelope: Envelope | None
    verdict: Envelope


@dataclass(frozen=True)
class FileView:
    file: str
    kind: str
    scope: str
    accepted_position: int
    survivor: str  # the file under which it shows since it was merged; empty: itself


def list_positions(session: Session, station_id: str, after: dict[str, int], limit: int) -> list[int]:
    """The next positions, oldest first, that any of these audiences reads beyond its own last."""
    streams = [
        queries.list_positions(session, station_id, audience, last, limit) for audience, last in sorted(after.items())
    ]
    merged: list[int] = []
    for position in heapq.merge(*streams):
        if not merged or merged[-1] != position:
            merged.append(position)
        if len(merged) == limit:
            break
    return merged


def list_entries(
    session: Session,
    keyring: Keyring,
    station_id: str,
    positions: Sequence[int],
    *,
    for_device: str,
    whole_until: int = 0,
) -> list[Entry]:
    """Entries at these positions, in order. A device is not sent its own changes again, only their verdicts.

    `whole_until`: up to this place it gets them again, too.
    """
    rows = {row.position: row for row in queries.list_entries(session, station_id, positions)}
    ids = sorted({row.change_id for row in rows.values()})
    stored = {row.change_id: row for row in queries.list_changes(session, station_id, ids)}
    keyring.load(session, station_id, {row.file for row in rows.values()})
    entries: list[Entry] = []
    for position in positions:
        row = rows[position]
        change = stored[row.change_id]
        is_told_whole = (
            (row.is_first or row.status == "accepted")
            and change.act != ""
            and (position <= whole_until or not (change.device == for_device and change.uploaded_by == for_device))
        )
        entries.append(
            Entry(
                position,
                row.change_id,
                row.file,
                row.status,
                row.is_first,
                change.device,
                change.person_id,
                open_body(session, keyring, change) if is_told_whole else None,
                open_verdict(session, keyring, row),
            )  # fmt: skip
        )
    return entries


def list_files(
    session: Session, station_id: str, *, scope: str | None = None, kind: str | None = None
) -> Iterator[FileView]:
    """Every file of a scope or a kind, by id, fetched a page at a time."""
    after = ""
    while page := queries.list_files(session, station_id, scope=scope, kind=kind, after=after, limit=_CHUNK):
        yield from (_view(row) for row in page)
        after = page[-1].file


def list_files_after(
    session: Session, station_id: str, scopes: Collection[str], after: str, limit: int
) -> list[FileView]:
    """The next files of these scopes, by id."""
    found = [
        row
        for scope in scopes
        for row in queries.list_files(session, station_id, scope=scope, kind=None, after=after, limit=limit)
    ]
    return [_view(row) for row in sorted(found, key=lambda row: row.file)[:limit]]


def list_files_of_device(session: Session, station_id: str, device: str) -> list[str]:
    """Files to which a device, or a route key that it certified, wrote."""
    return queries.list_files_of_device(session, station_id, device)


def find_first_author(session: Session, station_id: str, file: str) -> str | None:
    """Who wrote the first accepted change of a file."""
    return queries.find_first_author(session, station_id, file)


def find_file(session: Session, station_id: str, file: str) -> FileView | None:
    row = queries.find_file(session, station_id, file)
    return _view(row) if row else None


def list_packed(
    session: Session, keyring: Keyring, station_id: str, files: Sequence[str]
) -> Iterator[tuple[str, list[tuple[Envelope, Envelope]]]]:
    """For each file its changes with their current verdicts, in order of position."""
    for start in range(0, len(files), _CHUNK):
        chunk = sorted(files[start : start + _CHUNK])
        keyring.load(session, station_id, chunk)
        rows = [row for row in queries.list_file_changes(session, station_id, chunk) if row.status in _PACKED]
        rows += queries.list_told_forks(session, station_id, chunk)
        verdicts = {
            entry.position: open_verdict(session, keyring, entry)
            for part in _parts([row.entry for row in rows])
            for entry in queries.list_entries(session, station_id, part)
        }
        by_file: dict[str, list[tuple[Envelope, Envelope]]] = {file: [] for file in chunk}
        for row in rows:
            by_file[row.file].append((open_body(session, keyring, row), verdicts[row.entry]))
        yield from by_file.items()


def list_folds(
    session: Session, keyring: Keyring, station_id: str, files: Iterable[FileView]
) -> Iterator[tuple[FileView, FoldedFile]]:
    """The accepted state of each file, folded anew, with what it absorbed. Kinds that this server does not know are passed over."""
    for view, folded, _upto in _folded(session, keyring, station_id, files):
        yield view, folded


def list_digests(
    session: Session, keyring: Keyring, station_id: str, files: Sequence[str], upto: int, *, scopes: Collection[str]
) -> dict[str, str]:
    """State digests of those files of these scopes whose last accepted change lies at `upto` or before.

    A reader is told verdicts on its own changes in files that it reads no more; it lacks the rest, and could not compare.
    A change of an absorbed file is one of the file that it shows in, too.
    """
    rows = _case_files(session, station_id, files)
    rows |= _case_files(session, station_id, [row.survivor for row in rows.values() if row.survivor])
    views = [_view(row) for row in rows.values() if row.accepted_position > 0 and row.scope in scopes]
    return {
        view.file: state_digest(folded)
        for view, folded, last in _folded(session, keyring, station_id, views)
        if last <= upto
    }


def _folded(
    session: Session, keyring: Keyring, station_id: str, files: Iterable[FileView]
) -> Iterator[tuple[FileView, FoldedFile, int]]:
    """Each with the place in the log of the last change that may show in it."""
    views = list(files)
    for start in range(0, len(views), _CHUNK):
        chunk = {view.file: view for view in views[start : start + _CHUNK]}
        states = load_files(session, keyring, station_id, list(chunk))

        def state_of(file: str, states: dict[str, FileState] = states) -> FileState:
            if file not in states:
                states.update(load_files(session, keyring, station_id, [file]))
            return states[file]

        for file, view in chunk.items():
            rules = find_rules(view.kind)
            if rules is not None and states[file].accepted:
                around = list_circle([file], state_of)
                last = max(one.row.accepted_position for one in around if one.row)
                yield view, fold(rules, accepted_of(around), file), last


def list_whole(
    session: Session, keyring: Keyring, station_id: str, files: Sequence[str]
) -> Iterator[tuple[str, list[Entry]]]:
    """Each file as someone gets it who had nothing of it: every change with its current verdict."""
    for file, told in list_packed(session, keyring, station_id, files):
        verdicts = [read_verdict(verdict) for _envelope, verdict in told]
        yield (
            file,
            [
                Entry(read.position, read.change, file, read.status, True, "", "", envelope, verdict)
                for read, (envelope, verdict) in zip(verdicts, told, strict=True)
            ],
        )


def list_refused(session: Session, keyring: Keyring, station_id: str, device: str, limit: int) -> list[Entry]:
    """What a device pushed and was returned or declined, whole: packs carry only what others may come to fold."""
    rows = queries.list_of_device(session, station_id, device, ("returned", "declined"), limit)
    return [
        Entry(
            row.position, row.change_id, row.file, row.status, True, row.device, row.person_id,
            open_body(session, keyring, row), current_verdict(session, keyring, row),
        )
        for row in rows
        if row.body_bytes  # of a change to an erased file nothing was kept
    ]  # fmt: skip


def list_moves(session: Session, station_id: str, positions: Sequence[int]) -> list[FileMove]:
    """Files that moved at these places in the log, in order."""
    return [move for part in _parts(positions) for move in queries.list_moves(session, station_id, part)]


def list_moved_from(session: Session, station_id: str, scope: str, after: int) -> list[str]:
    """Files that left a scope beyond a place in the log."""
    return queries.list_moved_from(session, station_id, scope, after)


def list_homes(session: Session, station_id: str, files: Iterable[str]) -> dict[str, str]:
    """Where each of these files lives now; those of no file are left out."""
    return {file: row.scope for file, row in _case_files(session, station_id, files).items()}


def _case_files(session: Session, station_id: str, files: Iterable[str]) -> dict[str, CaseFile]:
    parts = _parts(sorted(set(files)))
    return {row.file: row for part in parts for row in queries.list_case_files(session, station_id, part)}


def list_waiting(
    session: Session, keyring: Keyring, station_id: str, scopes: Sequence[str], after: int, limit: int
) -> tuple[list[tuple[Change, FileView, Envelope]], bool]:
    """Held and quarantined changes of these scopes with their verdicts, and whether there are more."""
    rows = queries.list_waiting(session, station_id, ("held", "quarantined"), scopes, after, limit + 1)
    found = [(change, _view(file), current_verdict(session, keyring, change)) for change, file in rows[:limit]]
    return found, len(rows) > limit


def list_by_id(
    session: Session, keyring: Keyring, station_id: str, changes: Sequence[str]
) -> list[tuple[Change, FileView, Envelope]]:
    """These changes with their verdicts, in the order given; those of no file are left out."""
    rows = {row.change_id: row for part in _parts(changes) for row in queries.list_changes(session, station_id, part)}
    files = {
        row.file: _view(row)
        for part in _parts(sorted({row.file for row in rows.values()}))
        for row in queries.list_case_files(session, station_id, part)
    }
    found = [rows[change] for change in changes if change in rows and rows[change].file in files]
    return [(row, files[row.file], current_verdict(session, keyring, row)) for row in found]


def count_forks(session: Session, station_id: str) -> dict[str, int]:
    """By enrolled device: how many changes came twice under one dot. More than none: its store was copied or rolled back."""
    return dict(queries.count_forks(session, station_id))


def list_current_verdicts(
    session: Session, keyring: Keyring, station_id: str, ids: Sequence[str]
) -> dict[str, list[Envelope]]:
    """The current verdicts of those of these changes that are known, by the enrolled device of their author."""
    verdicts: dict[str, list[Envelope]] = {}
    for part in _parts(sorted(set(ids))):
        rows = queries.list_changes(session, station_id, part)
        keyring.load(session, station_id, {row.file for row in rows})
        for row in sorted(rows, key=lambda row: row.position):
            if row.status != ERASED:
                verdicts.setdefault(row.device, []).append(current_verdict(session, keyring, row))
    return verdicts


def list_readable(session: Session, station_id: str, files: Sequence[str], scopes: Collection[str]) -> set[str]:
    """Those of these files that live in one of the scopes."""
    rows = [row for part in _parts(files) for row in queries.list_case_files(session, station_id, part)]
    return {row.file for row in rows if row.scope in scopes}


def list_accepted(session: Session, station_id: str, files: Sequence[str]) -> Iterator[tuple[str, str, int]]:
    """File, id and position of every accepted change of these files; nothing is opened."""
    for part in _parts(files):
        yield from queries.list_accepted(session, station_id, part)


def _view(row: CaseFile) -> FileView:
    return FileView(row.file, row.kind, row.scope, row.accepted_position, row.survivor)


def _parts(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]

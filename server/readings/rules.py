"""Who opened what, against a budget; and what a device was ever told, for the day it is lost.

Phones work offline, so they report openings afterwards; a phone that was tampered with may keep silent. What it can
not avoid is being told: every file whose content leaves the server for a device is noted here before it leaves.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from schemas.registry import find_kind
from server.audit import rules as audit
from server.context import Context
from server.database import upsert
from server.devices.rules import Caller
from server.errors import YihuError
from server.grants import rules as grants
from server.intake import reading
from server.keyring.rules import Place
from server.readings import queries
from server.readings.tables import Opening, ReadingDay, Told
from server.station import rules as stations
from sync.folded import FoldedFile

_STATION_ZONE = timedelta(hours=8)
_HOUR_MS = 3_600_000
_AHEAD_MS_MAX = 300_000
_CHUNK = 500
# Words for the classes that schemas/ declares.
_CLASSES = {1: "normal", 2: "sensitive", 3: "restricted"}


@dataclass(frozen=True)
class Opened:
    """One opening as a phone tells it. `at` is its clock's word and is held between the last two days and now."""

    file: str
    at: int
    is_unmasked: bool = False
    reason: str | None = None


@dataclass(frozen=True)
class HeldFile:
    """A file that a device may hold: its kind, its patch, and the classes of what stands in it."""

    file: str
    kind: str
    scope: str
    classes: tuple[str, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Reader:
    """Who opened a file on a day, how often, and why it was done where no grant stood behind it."""

    person_id: str
    on: str
    first_at: int
    opened: int
    unmasked: int
    without_grant: bool
    reason: str | None


@dataclass(frozen=True)
class Spent:
    """What a person opened today, against the day's budget."""

    on: str
    files: int
    files_max: int
    alarmed_at: int | None


def note_openings(
    session: Session, context: Context, caller: Caller, opened: Iterable[Opened]
) -> tuple[int, list[str]]:
    """Counts openings, and raises at most one alarm a person and day. Safe to repeat by file.

    Says how many files were new to their day, and which are not known here: their first save may still be on its way.
    """
    station_id, now, new = caller.station_id, context.now(), 0
    unknown: dict[str, None] = {}
    stations.lock_counter(
        session, station_id, stations.AUDIT_COUNTER
    )  # two phones of one person count one after the other
    for one in opened:
        if reading.find_file(session, station_id, one.file) is None:
            unknown[one.file] = None
            continue
        at = min(max(one.at, now - 48 * _HOUR_MS), now + _AHEAD_MS_MAX)
        new += _count(session, context, caller, one, at)
    return new, list(unknown)


def note_told(context: Context, caller: Caller, files: Iterable[str]) -> None:
    """Before content leaves for a device. Costs a write only where a file is new to it."""
    wanted = sorted(set(files))
    if not wanted:
        return
    known = context.database.read(
        lambda session: queries.list_told(session, caller.station_id, caller.replica, wanted)
    )  # fmt: skip
    missing = sorted(set(wanted) - set(known))
    if missing:
        context.database.write(lambda session: _keep_told(session, caller, missing, context.now()))


def list_readers(session: Session, context: Context, caller: Caller, file: str) -> list[Reader]:
    """Who opened the file; for a deputy or head of the patch where it lives. Anybody else is told that there is none."""
    view = reading.find_file(session, caller.station_id, file)
    if view is None or not caller.has_duty("deputy", "head", scope=view.scope):
        raise YihuError("not_found", field="file")
    rows = queries.list_readers(session, caller.station_id, file, context.settings.list_rows_max)
    return [
        Reader(
            row.person_id,
            row.on,
            row.first_at,
            row.opened,
            row.unmasked,
            row.without_grant,
            context.keyring.open_text(session, _place(row), row.sealed_reason) if row.sealed_reason else None,
        )  # fmt: skip
        for row in rows
    ]


def get_spent(session: Session, context: Context, caller: Caller) -> Spent:
    """One's own day: nobody is surprised by an alarm."""
    on = _day_of(context.now())
    day = queries.find_day(session, caller.station_id, caller.person_id, on)
    files_max = context.settings.reading_files_per_day_max
    return Spent(on, day.files if day else 0, files_max, day.alarmed_at if day else None)


def list_held(session: Session, context: Context, station_id: str, replica: str) -> list[HeldFile]:
    """Every file that was told to a device or came from it, with the classes of its fields: what there is to notify of."""
    files = {
        *queries.list_told(session, station_id, replica),
        *reading.list_files_of_device(session, station_id, replica),
    }
    views = [view for file in sorted(files) if (view := reading.find_file(session, station_id, file)) is not None]
    folded = {view.file: folded for view, folded in reading.list_folds(session, context.keyring, station_id, views)}
    return [
        HeldFile(
            view.file,
            view.kind,
            view.scope,
            classes_of(view.kind, folded.get(view.file)),
            fields_of(view.kind, folded.get(view.file)),
        )  # fmt: skip
        for view in views
    ]


def classes_of(kind: str, folded: FoldedFile | None) -> tuple[str, ...]:
    """Sensitivities of the fields that hold a value, sorted."""
    described = find_kind(kind)
    found = set()
    for path, register in (folded["paths"] if folded else {}).items():
        field = described.find_field(path) if described and register.get("value") is not None else None
        if field is not None:
            found.add(_CLASSES[field.sensitivity])
    return tuple(sorted(found))


def fields_of(kind: str, folded: FoldedFile | None) -> tuple[str, ...]:
    """Names of the fields above the normal class that hold a value (`id_number`, `members.born_on`), sorted: never a value."""
    described = find_kind(kind)
    found = set()
    for path, register in (folded["paths"] if folded else {}).items():
        field = described.find_field(path) if described and register.get("value") is not None else None
        if field is not None and field.sensitivity > 1:
            parts = path.split("/")
            found.add(parts[0] if len(parts) == 1 else f"{parts[0]}.{parts[-1]}")
    return tuple(sorted(found))


def _count(session: Session, context: Context, caller: Caller, one: Opened, at: int) -> bool:
    """Counts one opening; says whether the file is new to the person's day."""
    station_id, person_id, on = caller.station_id, caller.person_id, _day_of(at)
    row = queries.find_opening(session, station_id, person_id, on, one.file)
    is_new = row is None
    row = row or Opening(station_id=station_id, person_id=person_id, on=on, file=one.file, first_at=at)
    row.opened += 1
    row.unmasked += one.is_unmasked
    session.add(row)
    if one.is_unmasked:
        _record(session, context, caller, "unmasked", one.file)
    if one.reason and row.sealed_reason is None:
        row.sealed_reason = context.keyring.seal_text(session, _place(row), one.reason)
    if is_new:
        if grants.has_minor(session, context, station_id, one.file):
            row.without_grant = not grants.is_granted(session, station_id, person_id, one.file, at)
            _record(session, context, caller, "minor_without_grant" if row.without_grant else "minor_opened", one.file)
        _check_budget(session, context, caller, on, at)
    return is_new


def _check_budget(session: Session, context: Context, caller: Caller, on: str, at: int) -> None:
    day = queries.find_day(session, caller.station_id, caller.person_id, on)
    day = day or ReadingDay(station_id=caller.station_id, person_id=caller.person_id, on=on)
    day.files += 1
    session.add(day)
    session.flush()
    settings = context.settings
    days = [_day_of(at - _HOUR_MS), on]
    in_hour = queries.count_opened_since(session, caller.station_id, caller.person_id, days, at - _HOUR_MS)
    is_over = day.files > settings.reading_files_per_day_max or in_hour > settings.reading_files_per_hour_max
    if is_over and day.alarmed_at is None:
        day.alarmed_at = context.now()
        _record(session, context, caller, "reading_alarm", f"{day.files} files on {on}, {in_hour} within an hour")


def _keep_told(session: Session, caller: Caller, files: list[str], now: int) -> None:
    for start in range(0, len(files), _CHUNK):
        rows = [
            {"station_id": caller.station_id, "replica": caller.replica, "file": file, "first_at": now}
            for file in files[start : start + _CHUNK]
        ]
        upsert(session, Told, rows, keys=["station_id", "replica", "file"])


def _place(row: Opening) -> Place:
    return Place(row.station_id, row.station_id, "opening", f"{row.person_id}/{row.on}/{row.file}", "sealed_reason")


def _record(session: Session, context: Context, caller: Caller, event: str, about: str) -> None:
    audit.record(
        session, caller.station_id, event, context.now(), person_id=caller.person_id, replica=caller.replica, about=about
    )  # fmt: skip


def _day_of(at: int) -> str:
    return (datetime.fromtimestamp(at / 1000, UTC) + _STATION_ZONE).date().isoformat()

"""Putting in and withdrawing what a station sets for itself, in versions: each change begins a new epoch, so every device fetches it."""

from dataclasses import dataclass

from sqlmodel import Session

from schemas.instruments import Fault, Instrument
from schemas.local_rules import Checked, LocalKind
from server.audit import rules as audit
from server.context import Context
from server.errors import YihuError
from server.keyring.rules import Keyring
from server.station import rules as stations
from server.station.local_rules import (
    describe_sheet,
    newest_sheets,
    open_sheet,
    open_text,
    own_instruments,
    place_of,
    read_sheet,
)
from server.station.tables import LocalSheet
from sync.canonical import canonical_text

_TOLD_MAX = 90_000  # characters of all sheets together: the policy is fetched whole, over weak lines


@dataclass(frozen=True)
class SheetView:
    """The newest version of one sheet; `text` as it was written."""

    name: str
    kind: str
    number: int
    title: str
    text: str
    is_withdrawn: bool
    written_by: str | None
    written_at: int


@dataclass(frozen=True)
class Put:
    """`number` is None where nothing was kept: there are faults, or it was only looked at."""

    checked: Checked
    faults: tuple[Fault, ...]
    number: int | None


def list_sheets(session: Session, keyring: Keyring, station_id: str) -> list[SheetView]:
    views = []
    for row in newest_sheets(session, station_id).values():
        content = open_sheet(session, keyring, row).content
        title = content.zh if isinstance(content, Instrument) else ""
        text = open_text(session, keyring, row)
        views.append(
            SheetView(row.name, row.kind, row.number, title, text, row.is_withdrawn, row.written_by, row.written_at)
        )
    return views


def put_sheet(
    session: Session,
    context: Context,
    station_id: str,
    kind: LocalKind,
    text: str,
    person_id: str | None,
    *,
    keep: bool,
) -> Put:
    """Reads a sheet and, where it is sound and to be kept, makes it the one that holds."""
    checked = read_sheet(kind, text)
    faults = checked.faults or _clashes(session, context.keyring, station_id, checked)
    if faults or not keep:
        return Put(checked, faults, None)
    known = newest_sheets(session, station_id).get(checked.name)
    if known and not known.is_withdrawn and open_text(session, context.keyring, known) == text:
        return Put(checked, (), known.number)
    row = LocalSheet(
        station_id=station_id, name=checked.name, number=known.number + 1 if known else 1, kind=kind, sealed_text=b"",
        written_by=person_id, written_at=context.now(),
    )  # fmt: skip
    _add(session, context, row, text)
    return Put(checked, (), row.number)


def withdraw_sheet(session: Session, context: Context, station_id: str, name: str, person_id: str | None) -> int:
    """The shipped rules hold again; an instrument is not asked any more, and its results stay readable."""
    known = newest_sheets(session, station_id).get(name)
    if known is None:
        raise YihuError("not_found", field="name")
    if known.is_withdrawn:
        return known.number
    text = open_text(session, context.keyring, known)
    row = LocalSheet(
        station_id=station_id, name=name, number=known.number + 1, kind=known.kind, sealed_text=b"", is_withdrawn=True,
        written_by=person_id, written_at=context.now(),
    )  # fmt: skip
    _add(session, context, row, text)
    return row.number


def _clashes(session: Session, keyring: Keyring, station_id: str, checked: Checked) -> tuple[Fault, ...]:
    """What only the station knows: a version that was used for other questions, and too much for one policy."""
    content = checked.content
    if isinstance(content, Instrument):
        earlier = own_instruments(session, keyring, station_id)
        newest = max((version for name, version in earlier if name == content.id), default=0)
        if content.version < newest or earlier.get((content.id, content.version), content) != content:
            return (
                Fault(
                    where="version",
                    zh=f"版本 {content.version} 已经用过。内容改了，请把版本写成 {newest + 1}，做过的结果才不会算错。",
                    en=f"Version {content.version} was used already. What changes is version {newest + 1}.",
                ),
            )
    rows = newest_sheets(session, station_id)
    others = [open_sheet(session, keyring, row) for name, row in rows.items() if name != checked.name]
    if sum(len(canonical_text(describe_sheet(one) or {})) for one in (checked, *others)) > _TOLD_MAX:
        return (
            Fault(
                where="",
                zh="本站的标准和量表加起来太多，手机下载太慢。请先停用不用的量表。",
                en="All sheets together are too much for a phone on a weak line. Withdraw what is not used.",
            ),
        )
    return ()


def _add(session: Session, context: Context, row: LocalSheet, text: str) -> None:
    place = place_of(row.station_id, row.name, row.number)
    row.sealed_text = context.keyring.seal_text(session, place, text)
    session.add(row)
    session.flush()
    stations.begin_epoch(session, row.station_id)
    event = "local_sheet_withdrawn" if row.is_withdrawn else "local_sheet_put"
    audit.record(
        session, row.station_id, event, context.now(), person_id=row.written_by, about=f"{row.name} {row.number}"
    )

"""A need that a worker put on the board stands there for the whole station, without the family's name: posted offline by the record itself,
taken up here by one person at a time, fulfilled by the record again.

Nobody is told whose need it is but those who read the file anyway. Words in which a member's name, number or door stands are withheld until
they are put otherwise.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from schemas.reading import day, read_elements, shown_value, text, texts
from server import crypto
from server.audit import rules as audit
from server.board import queries
from server.board.tables import BoardEntry
from server.context import Context
from server.devices.rules import Caller
from server.errors import YihuError
from server.intake import reading
from server.intake.reading import FileView
from server.keyring.rules import Place
from server.station import rules as stations

KIND = "household"
LINKS = "resource_links"
FILES_MAX = 400  # looked through at one request; what is left comes with the next
ENTRIES_MAX = 1_000
NOTE_MAX = 500
_OVER = ("refused", "not_needed")
_NUMBERS = re.compile(r"\d{11}|\d{15}")
_NAME_MIN = 2


@dataclass(frozen=True)
class BoardView:
    """`file` and `element` only for who reads the file."""

    entry: str
    state: str
    need: str
    kind: str
    words: str
    quantity: str
    patch: str
    posted_on: str
    posted_by: str | None
    taken_by: str | None
    taken_at: int | None
    note: str
    file: str | None
    element: str | None


def list_board(session: Session, context: Context, caller: Caller) -> list[BoardView]:
    """The board as this person may see it, brought up to what was accepted meanwhile."""
    _require_duty(caller)
    refresh(session, context, caller.station_id)
    patches = {
        one.scope: one.name for one in stations.list_patches(session, context.keyring, caller.station_id, 10_000)
    }
    views = []
    for row in queries.list_entries(session, caller.station_id, ENTRIES_MAX):
        is_reader = row.scope in caller.scopes
        if row.state == "withheld" and not is_reader:
            continue
        try:
            views.append(_view(session, context, row, patches.get(row.scope, ""), is_reader))
        except crypto.SealError:
            session.delete(row)  # the file was erased, and its words with it
    return views


def take_up(session: Session, context: Context, caller: Caller, entry: str, note: str) -> None:
    """One person at a time: whoever comes second is told that it is taken."""
    _require_duty(caller)
    row = _must_find(session, caller, entry)
    if row.state != "open":
        raise YihuError("conflict", field="entry")
    row.state, row.taken_by, row.taken_at, row.changed_at = "taken", caller.person_id, context.now(), context.now()
    row.sealed_note = context.keyring.seal_text(session, _place(row, "sealed_note"), note)
    session.add(row)
    _record(session, context, caller, "board_taken", entry)


def give_back(session: Session, context: Context, caller: Caller, entry: str) -> None:
    """Open again: by who took it up, or by who decides in the patch. Safe to repeat."""
    row = _must_find(session, caller, entry)
    if caller.person_id != row.taken_by and not caller.has_duty("deputy", "head", scope=row.scope):
        raise YihuError("not_allowed")
    if row.state == "taken":
        row.state, row.taken_by, row.taken_at, row.sealed_note = "open", None, None, None
        row.changed_at = context.now()
        session.add(row)
        _record(session, context, caller, "board_given_back", entry)


def refresh(session: Session, context: Context, station_id: str) -> None:
    """Looks through the households that changed since the last time, the longest unseen first."""
    reach = queries.get_reach(session, station_id)
    changed = sorted(
        (one for one in reading.list_files(session, station_id, kind=KIND) if one.accepted_position > reach.position),
        key=lambda one: one.accepted_position,
    )[:FILES_MAX]
    if not changed:
        return
    shown = {one.survivor or one.file for one in changed}
    views = [view for file in sorted(shown) if (view := reading.find_file(session, station_id, file)) is not None]
    for view, folded in reading.list_folds(session, context.keyring, station_id, views):
        _derive(session, context, station_id, view, folded)
    for merged in (one for one in changed if one.survivor):
        _drop(session, station_id, merged.file, keep=set())
    reach.position = changed[-1].accepted_position
    session.add(reach)
    session.flush()


def _derive(session: Session, context: Context, station_id: str, view: FileView, folded: Mapping[str, Any]) -> None:
    private = _private_words(folded)
    keep = set()
    for link in read_elements(folded, LINKS):
        words = text(link.get("board_text")).strip()
        if link.get("on_board") is not True or not words or link.get("state") in _OVER:
            continue
        entry = context.keyring.blind_index(station_id, "board", f"{view.file}/{link['id']}")[:32]
        keep.add(entry)
        row = queries.find_entry(session, station_id, entry) or BoardEntry(
            station_id=station_id, entry=entry, file=view.file, element=link["id"], scope=view.scope, sealed_words=b"",
            state="open", posted_on="", changed_at=context.now(),
        )  # fmt: skip
        told = {
            "need": text(link.get("need")),
            "kind": text(link.get("kind")),
            "words": words,
            "quantity": text(link.get("quantity")),
        }
        row.scope = view.scope
        row.posted_on = day(link.get("linked_on")) or ""
        row.posted_by = text(link.get("worker")) or None
        row.state = _state(row, link, private, told)
        row.sealed_words = context.keyring.seal_text(
            session, _place(row, "sealed_words"), json.dumps(told, ensure_ascii=False)
        )
        session.add(row)
    _drop(session, station_id, view.file, keep=keep)


def _state(row: BoardEntry, link: Mapping[str, Any], private: set[str], told: Mapping[str, str]) -> str:
    if link.get("state") == "delivered":
        return "fulfilled"
    if any(secret in value for value in told.values() for secret in private) or any(
        map(_NUMBERS.search, told.values())
    ):
        return "withheld"
    return "taken" if row.taken_by else "open"


def _private_words(folded: Mapping[str, Any]) -> set[str]:
    """What would tell who it is: names, nicknames, numbers and the door."""
    words: set[str] = set()
    for member in read_elements(folded, "members"):
        words |= {text(member.get(name)) for name in ("name", "id_number", "phone")}
        words |= set(re.split(r"[、,，\s]+", text(member.get("former_names"))))
    words |= {text(shown_value(folded, "phone")), *texts(shown_value(folded, "former_names"))}
    address = shown_value(folded, "address")
    words.add(text(address.get("door")) if isinstance(address, Mapping) else "")
    return {word for word in words if len(word) >= _NAME_MIN}


def _drop(session: Session, station_id: str, file: str, *, keep: Iterable[str]) -> None:
    for row in queries.list_of_file(session, station_id, file):
        if row.entry not in keep:
            session.delete(row)
    session.flush()


def _view(session: Session, context: Context, row: BoardEntry, patch: str, is_reader: bool) -> BoardView:
    told = json.loads(context.keyring.open_text(session, _place(row, "sealed_words"), row.sealed_words))
    note = context.keyring.open_text(session, _place(row, "sealed_note"), row.sealed_note) if row.sealed_note else ""
    return BoardView(
        entry=row.entry, state=row.state, need=told["need"], kind=told["kind"], words=told["words"],
        quantity=told["quantity"], patch=patch, posted_on=row.posted_on, posted_by=row.posted_by, taken_by=row.taken_by,
        taken_at=row.taken_at, note=note, file=row.file if is_reader else None,
        element=row.element if is_reader else None,
    )  # fmt: skip


def _must_find(session: Session, caller: Caller, entry: str) -> BoardEntry:
    row = queries.find_entry(session, caller.station_id, entry)
    if row is None or (row.state == "withheld" and row.scope not in caller.scopes):
        raise YihuError("not_found", field="entry")
    return row


def _require_duty(caller: Caller) -> None:
    if not caller.duties:
        raise YihuError("not_allowed")


def _place(row: BoardEntry, field: str) -> Place:
    return Place(row.station_id, row.file, "board_entry", row.entry, field)


def _record(session: Session, context: Context, caller: Caller, event: str, entry: str) -> None:
    audit.record(
        session, caller.station_id, event, context.now(), person_id=caller.person_id, replica=caller.replica, about=entry
    )  # fmt: skip

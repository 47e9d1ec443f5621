"""What a replica is told: the next page of the log it may read, files that left it, packs where it has no place yet.

Positions grow by a counter that is locked to commit, so whoever reads in order of position steps over nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlmodel import Session

from server.context import Context
from server.devices.rules import Caller
from server.feed import packs
from server.feed.cursors import read_cursor, read_epoch, read_named_after, read_whole_until, write_cursor
from server.feed.moves import Moves
from server.feed.tables import Pack
from server.intake import reading
from server.intake.reading import Entry, FileView
from server.keyring.rules import Keyring
from server.log import rules as log
from server.station import rules as stations
from sync.folded import FoldedFile
from sync.messages import LogClaim

PAGE_BYTES_MAX = 1_000_000
LEAVES_PER_PAGE_MAX = 1_000
REFUSED_MAX = 200


@dataclass
class Page:
    """One answer to a pull. Store `cursor` together with everything else in it, after its packs were taken in."""

    named: list[FileView] = field(default_factory=list)  # enter too, and nothing of them is told beside it
    enters: list[FileView] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    leaves: list[str] = field(default_factory=list)
    packs: list[tuple[Pack, str]] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    audiences: dict[str, int] = field(default_factory=dict)
    cursor: str = ""
    more: bool = False


def pull(
    context: Context,
    caller: Caller,
    cursor: str | None,
    limit: int,
    *,
    again: bool = False,
    claim: LogClaim | None = None,
) -> Page:
    """The page after `cursor`. Any cursor gets an answer: what it does not cover comes as packs or from the beginning.

    `again`: the reader wants all it may read anew, and still learns from its cursor what it may read no more. `claim`: the
    log that it remembers.
    """
    known = read_cursor(cursor)
    page = Page()
    begun: list[str] = []  # scopes told from their beginning to someone who holds files already
    packed: dict[str, int] = {}  # scopes told by a pack to someone who read them up to here
    audiences = {caller.person_id: 0 if again else known.get(caller.person_id, 0)}
    for scope in caller.scopes:
        if scope in known and not again:
            audiences[scope] = known[scope]
            continue
        pack = packs.ensure_pack(context, caller.station_id, scope, whole=bool(known) and not again)
        audiences[scope] = pack.position if pack else 0
        if pack:
            page.packs.append((pack, write_cursor({scope: pack.position})))
            packed |= {scope: known[scope]} if scope in known else {}
        elif again:
            begun.append(scope)
    lost = {audience: last for audience, last in known.items() if audience not in audiences}
    written = read_epoch(cursor)

    def fill(session: Session) -> None:
        epoch = log.current_epoch(session, caller.station_id)
        named_after = "" if written < epoch else read_named_after(cursor)
        if written < epoch:  # what lies beyond what the log kept at its restart is told anew
            for told in (audiences, lost, packed):
                told.update(log.put_back(session, caller.station_id, told, written, claim))
        # Whoever starts from the beginning may have lost its own changes too: a record that no longer verified, for one.
        is_anew = again or not known
        whole = stations.get_last_position(session, caller.station_id) if is_anew else read_whole_until(cursor)
        if is_anew and page.packs:
            page.entries += reading.list_refused(
                session, context.keyring, caller.station_id, caller.replica, REFUSED_MAX
            )  # fmt: skip
        if named_after is not None and not again:
            read_before = [scope for scope in caller.scopes if scope in known]
            page.named = reading.list_files_after(session, caller.station_id, read_before, named_after, limit)
        if page.named:  # they stand on pages of their own: a station's files are many
            page.more, page.audiences = True, audiences
        else:
            _fill(session, context, caller, audiences, limit, page, whole)
        _tell_losses(session, context, caller, lost, page)
        for scope, last in packed.items():
            page.leaves += _list_gone(session, caller, scope, last)
        next_named = page.named[-1].file if len(page.named) == limit else None
        page.cursor = write_cursor(page.audiences, epoch, whole, next_named)

    context.database.read(fill)
    context.database.read(lambda session: _tell_entered(session, caller, begun, page))
    return page


def _fill(
    session: Session,
    context: Context,
    caller: Caller,
    audiences: dict[str, int],
    limit: int,
    page: Page,
    whole_until: int,
) -> None:
    positions = reading.list_positions(session, caller.station_id, audiences, limit + 1)
    page.more = len(positions) > limit
    entries = reading.list_entries(
        session, context.keyring, caller.station_id, positions[:limit], for_device=caller.replica,
        whole_until=whole_until,
    )  # fmt: skip
    moves = Moves(session, context, caller, audiences, entries)
    size, upto, touched = 0, 0, set[str]()
    for entry in entries:
        entered, told = moves.entered(entry), moves.told(entry)
        told_now = [one for _view, whole in entered for one in whole] + ([told] if told else [])
        size += sum(_size(one) for one in told_now)
        if size > PAGE_BYTES_MAX and upto:
            page.more = True
            break
        page.enters += [view for view, _whole in entered]
        page.leaves += moves.left(entry)
        page.entries += told_now
        upto = entry.position
        touched |= {one.file for one in told_now} | {view.file for view, _whole in entered}
    if upto:
        audiences = {audience: max(last, upto) for audience, last in audiences.items()}
        page.digests = reading.list_digests(
            session, context.keyring, caller.station_id, sorted(touched), upto, scopes=caller.scopes
        )  # fmt: skip
    page.audiences = audiences


def _size(entry: Entry) -> int:
    return len(entry.verdict.body) + (len(entry.envelope.body) if entry.envelope else 0) + 400


def _tell_losses(session: Session, context: Context, caller: Caller, lost: dict[str, int], page: Page) -> None:
    """Scopes that the caller read before and reads no more: the last verdicts on own changes, then every file leaves."""
    for scope, last in lost.items():
        positions = reading.list_positions(session, caller.station_id, {scope: last}, LEAVES_PER_PAGE_MAX)
        told = reading.list_entries(session, context.keyring, caller.station_id, positions, for_device=caller.replica)
        page.entries += [entry for entry in told if entry.person_id == caller.person_id]
        page.leaves += [view.file for view in reading.list_files(session, caller.station_id, scope=scope)]
        page.leaves += [file for file in _list_gone(session, caller, scope, last) if file not in page.leaves]


def _list_gone(session: Session, caller: Caller, scope: str, last: int) -> list[str]:
    """Files that went from this scope since and are in none of the caller's: no pack says so."""
    moved = reading.list_moved_from(session, caller.station_id, scope, last)
    homes = reading.list_homes(session, caller.station_id, moved)
    return [file for file in moved if homes.get(file) not in caller.scopes]


def _tell_entered(session: Session, caller: Caller, begun: list[str], page: Page) -> None:
    """Files of scopes that are told from the beginning enter: the reader may hold them shut, from when they left it."""
    for scope in begun:
        page.enters += reading.list_files(session, caller.station_id, scope=scope)


def find_readable_pack(session: Session, caller: Caller, pack_id: str) -> Pack | None:
    """The pack, if the caller reads its scope."""
    pack = packs.read_pack(session, caller.station_id, pack_id)
    is_readable = pack is not None and pack.scope in caller.scopes and not packs.has_lost(session, pack)
    return pack if is_readable else None


def list_folded(
    session: Session, keyring: Keyring, station_id: str, kind: str
) -> Iterator[tuple[FileView, FoldedFile]]:
    """Every file of a kind that shows by itself, with its accepted state: what an import compares a ledger with."""
    views = (view for view in reading.list_files(session, station_id, kind=kind) if not view.survivor)
    return reading.list_folds(session, keyring, station_id, views)

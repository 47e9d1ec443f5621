"""Packs: one scope's files as gzip NDJSON, made once, immutable, kept sealed in pieces so that a range opens only its pieces.

A pack is a snapshot of one read transaction; its cursor says up to which position of the log it tells everything.
"""

import gzip
import hashlib
import io
import json
import threading
from collections import defaultdict

from sqlmodel import Session

from server import crypto
from server.blobs import BlobStore
from server.context import Context
from server.erasure import rules as erasure
from server.errors import YihuError
from server.feed import queries
from server.feed.cursors import write_cursor
from server.feed.tables import Pack
from server.intake import reading
from server.intake.tree import LogTree
from server.keyring.rules import Keyring, Place
from server.log import rules as log
from server.station import rules as stations

PIECE_BYTES = 256 * 1024
_making: defaultdict[tuple[str, str], threading.Lock] = defaultdict(threading.Lock)


def ensure_pack(context: Context, station_id: str, scope: str, *, whole: bool = False) -> Pack | None:
    """The newest pack of a scope, made anew when the log ran far ahead of it; None where the scope has little to tell.

    `whole`: the pack tells everything up to now, for a reader who comes to a scope with a past of its own. The log would
    tell such a reader its own changes by verdict alone, and it has put the file away when it left.
    """
    with _making[(station_id, scope)]:  # two phones at once need not do the work twice; doing it twice harms nothing
        settings = context.settings

        def look(session: Session) -> tuple[Pack | None, int]:
            newest = next(iter(queries.list_packs(session, station_id, scope, 1)), None)
            newest = None if newest and has_lost(session, newest) else newest
            after = newest.position if newest else 0
            limit = settings.pack_tail_entries_max + 1
            return newest, len(reading.list_positions(session, station_id, {scope: after}, limit))

        newest, tail = context.database.read(look)
        if whole and tail:
            return _make_pack(context, station_id, scope)
        if newest is not None and tail <= settings.pack_tail_entries_max:
            return newest
        if newest is None and tail <= settings.pack_from_entries:
            return None
        return _make_pack(context, station_id, scope)


def has_lost(session: Session, pack: Pack) -> bool:
    """Whether a file of it lives elsewhere since: such a pack is shown to nobody any more."""
    return bool(reading.list_moved_from(session, pack.station_id, pack.scope, pack.position))


def read_pack(session: Session, station_id: str, pack_id: str) -> Pack | None:
    return queries.find_pack(session, station_id, pack_id)


def read_piece(session: Session, keyring: Keyring, blobs: BlobStore, pack: Pack, piece: int) -> bytes:
    return keyring.open(session, _place(pack, piece), blobs.get(f"{pack.pack_id}.{piece}"))


def _make_pack(context: Context, station_id: str, scope: str) -> Pack:
    def look(session: Session) -> tuple[tuple[bytes, int, int], str]:
        return _write_lines(session, context, station_id, scope), _key_owner(session, station_id, scope)

    (packed, position, files), owner = context.database.read(look)
    pack = Pack(
        station_id=station_id, pack_id=crypto.make_id(), scope=scope, position=position, files=files,
        bytes=len(packed), sha256=hashlib.sha256(packed).hexdigest(), made_at=context.now(), key_owner=owner,
    )  # fmt: skip
    pieces = [packed[start : start + PIECE_BYTES] for start in range(0, len(packed), PIECE_BYTES)]

    def keep(session: Session) -> list[Pack]:
        if _key_owner(session, station_id, scope) != owner:
            raise YihuError("busy")  # a file was erased meanwhile, and this pack may tell of it
        for number, piece in enumerate(pieces):
            sealed = context.keyring.seal(session, _place(pack, number), piece)
            context.blobs.put(f"{pack.pack_id}.{number}", sealed)
        session.add(Pack(**pack.model_dump()))
        session.flush()
        old = queries.list_packs(session, station_id, scope, 100)[context.settings.packs_kept_per_scope :]
        for one in old:
            session.delete(one)
        return old

    for gone in context.database.write(keep):
        for number in range(-(-gone.bytes // PIECE_BYTES)):
            context.blobs.delete(f"{gone.pack_id}.{number}")
    return pack


def _write_lines(session: Session, context: Context, station_id: str, scope: str) -> tuple[bytes, int, int]:
    position = stations.get_last_position(session, station_id)
    views = {view.file: view for view in reading.list_files(session, station_id, scope=scope)}
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=6, mtime=0) as packed:
        head = {
            "type": "pack",
            "v": 1,
            "deployment": context.keyring.deployment,
            "station": station_id,
            "scope": scope,
            "cursor": write_cursor({scope: position}),
            "root": log.sign_root(session, context, LogTree.open(session, station_id)).to_json(),
        }
        packed.write(_line(head))
        for file, told in reading.list_packed(session, context.keyring, station_id, sorted(views)):
            changes = [{"envelope": envelope.to_json(), "verdict": verdict.to_json()} for envelope, verdict in told]
            if changes:
                packed.write(_line({"file": file, "kind": views[file].kind, "scope": scope, "changes": changes}))
    return buffer.getvalue(), position, len(views)


def _line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _key_owner(session: Session, station_id: str, scope: str) -> str:
    """Not the pack: its key must be at hand to be destroyed also long after the pack was replaced, for the sake of backups."""
    return f"{scope}/packs/{erasure.count_erased(session, station_id)}"


def _place(pack: Pack, piece: int) -> Place:
    return Place(pack.station_id, pack.key_owner, "pack", pack.pack_id, f"piece {piece}")

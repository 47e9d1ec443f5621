"""The half of an erasure that lies outside the database: the key file forgets, blobs go.

It follows the commit. What a crash cut off is done at the next start; a database that was put back to before an erasure still
holds the rows, but nothing opens them any more: they are emptied again then.
"""

import contextlib
import json

from sqlmodel import Session

from server.context import Context
from server.erasure import queries, rules
from server.erasure.rules import Shredded
from server.erasure.tables import ErasedFile
from server.keyring.forgetting import forget
from server.station import rules as stations


def shred(context: Context, station_id: str, shredded: Shredded) -> None:
    """The key file first: from then on no copy of what these keys sealed can be read."""
    forget(context.settings.resolved_key_file(), context.keyring.deployment, station_id, shredded.owners)
    for name in shredded.blobs:
        with contextlib.suppress(OSError):
            context.blobs.delete(name)


def finish(context: Context) -> int:
    """At start, for every station: what was left undone. How many files had to be emptied again."""
    return sum(_finish(context, one) for one in context.database.read(stations.list_station_ids))


def _finish(context: Context, station_id: str) -> int:
    for owners in context.database.read(lambda session: _list_unforgotten(session, context, station_id)):
        shred(context, station_id, Shredded(owners, ()))
    if not context.keyring.has_forgotten():
        return 0
    return context.database.write(lambda session: _empty_again(session, context, station_id))


def _list_unforgotten(session: Session, context: Context, station_id: str) -> list[tuple[str, ...]]:
    rows = queries.list_erased(session, station_id, 0, 1_000_000)
    owners = [tuple(json.loads(row.owners)) for row in rows]
    return [one for one in owners if not all(context.keyring.is_forgotten(station_id, name) for name in one)]


def _empty_again(session: Session, context: Context, station_id: str) -> int:
    """Rows of files whose keys the key file has forgotten: an older database was put back."""
    forgotten = [
        one for one in queries.list_owners(session, station_id) if context.keyring.is_forgotten(station_id, one)
    ]
    files = [one for one in forgotten if queries.list_changes(session, station_id, one)]
    for file in files:
        scopes = sorted(queries.list_scopes(session, station_id, file))
        row = queries.find(session, station_id, file) or ErasedFile(
            station_id=station_id, file=file, scope=scopes[0] if scopes else "", state="asked", asked_by="",
            asked_at=context.now(), sealed_reason=b"",
        )  # fmt: skip
        rules.erase(session, context, row)
    for owner in forgotten:
        context.keyring.destroy(session, station_id, owner)
    return len(files)

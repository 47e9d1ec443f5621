"""Rotating the key-encryption key: a new epoch in the key file, every data key wrapped anew, older epochs dropped.

Safe to stop and repeat at any point: the key file gets the new epoch before a row needs it and loses an old one after the
last row has left it. The epoch just left stays in the file until the next rotation, because a running server may be about to
commit a key under it; with the server stopped, `drop_old` drops it at once. Sealed values are not touched.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sqlalchemy import func
from sqlmodel import Session, col, select

from server.keyring.forgetting import changing
from server.keyring.rules import Keyring, make_wrapping_key
from server.keyring.tables import DataKey

_BATCH = 500


def rotate(
    path: Path,
    deployment: str,
    station_ids: list[str],
    write: Callable[[Callable[[Session], int]], int],
    *,
    drop_old: bool = False,
) -> tuple[int, int]:
    """The new epoch, and how many data keys were wrapped anew. `write` runs a unit of work in a transaction."""
    with changing(path, deployment) as old:
        epoch = old.epoch + 1
        new = replace(old, epoch=epoch, wrapping={**old.wrapping, epoch: make_wrapping_key()})
        new.replace(path)
    keyring = Keyring(new, path=path)
    moved = 0
    for station_id in station_ids:
        while done := write(lambda session, one=station_id: _move(session, keyring, one, epoch)):  # type: ignore[misc]
            moved += done
    kept = {epoch} if drop_old else {epoch, old.epoch}
    with changing(path, deployment) as now:  # an owner may have been forgotten meanwhile
        replace(now, wrapping={number: key for number, key in now.wrapping.items() if number in kept}).replace(path)
    return epoch, moved


def count_by_epoch(session: Session, station_id: str) -> dict[int, int]:
    """How many data keys of a station stand under each key-encryption key."""
    statement = select(DataKey.epoch, func.count()).where(DataKey.station_id == station_id).group_by(col(DataKey.epoch))
    return dict(session.exec(statement).all())


def _move(session: Session, keyring: Keyring, station_id: str, epoch: int) -> int:
    statement = select(DataKey).where(DataKey.station_id == station_id, DataKey.epoch != epoch).limit(_BATCH)
    rows = session.exec(statement.with_for_update()).all()
    for row in rows:
        keyring.wrap_again(session, row)
    return len(rows)

"""The key file forgets owners for ever. In one step on disk, one process at a time; repeating it is harmless."""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from server.keyring.rules import KeyFile, name_owner


@contextmanager
def changing(path: Path, deployment: str) -> Iterator[KeyFile]:
    """The key file as it is now, for whoever is about to replace it: others who would change it wait."""
    descriptor = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield KeyFile.load(path, deployment)
    finally:
        os.close(descriptor)


def forget(path: Path, deployment: str, station_id: str, owners: Iterable[str]) -> None:
    """Cuts these owners out of every epoch of the key file."""
    with changing(path, deployment) as known:
        wrapping = known.wrapping
        for owner in owners:
            wrapping = {epoch: key.without(name_owner(station_id, owner)) for epoch, key in wrapping.items()}
        if wrapping != known.wrapping:
            replace(known, wrapping=wrapping).replace(path)

"""T-4 continued: the key-encryption key is changed without touching a record, while the server runs, and stopped half-way."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server import crypto
from server.context import Context
from server.keyring import rotation
from server.keyring.puncture import TreeKey
from server.keyring.rules import KeyFile, Keyring
from server.main import prepare
from tests.server.phone import Phone, new_id, set_phone


def rotate(context: Context, station_id: str, **how: Any) -> tuple[int, int]:
    path = context.settings.resolved_key_file()
    return rotation.rotate(path, context.keyring.deployment, [station_id], context.database.write, **how)


def epochs(context: Context, station_id: str) -> dict[int, int]:
    return context.database.read(lambda session: rotation.count_by_epoch(session, station_id))


def test_keys_rotate_under_a_running_server_and_every_record_stays_readable(
    worker: Phone, colleague: Phone, context: Context, station_id: str, figure: Callable[[str], None]
) -> None:
    file = new_id()
    worker.push(worker.save(file, [set_phone("13500000001")]))
    before = context.settings.resolved_key_file().read_text()
    epoch, moved = rotate(context, station_id)
    assert (epoch, set(epochs(context, station_id))) == (2, {2})
    assert worker.push(worker.save(file, [set_phone("13500000002")]))[0].status == "accepted"
    assert worker.push(worker.save(new_id(), [set_phone("13500000003")]))[0].status == "accepted"
    assert set(epochs(context, station_id)) == {2}
    assert len(colleague.pull_all()) == 3
    again = prepare(context.settings)
    assert again.keyring.deployment == context.keyring.deployment
    again.database.close()
    stolen = json.loads(before)
    assert set(stolen["wrapping"]) == {"1"}
    figure(f"{moved} data keys wrapped anew under a running server, 0 records unreadable")


def test_a_key_file_from_before_opens_nothing_after(
    worker: Phone, context: Context, station_id: str, tmp_path: Path
) -> None:
    path = context.settings.resolved_key_file()
    stolen = tmp_path / "stolen.keys"
    shutil.copy(path, stolen)
    file = new_id()
    worker.push(worker.save(file, [set_phone("13500000001")]))
    rotate(context, station_id, drop_old=True)
    thief = Keyring(KeyFile.load(stolen, None))
    with pytest.raises(crypto.SealError):
        context.database.read(lambda session: thief.require_key(session, station_id, file))


def test_a_rotation_stopped_half_way_is_finished_by_the_next(worker: Phone, context: Context, station_id: str) -> None:
    worker.push(worker.save(new_id(), [set_phone("13500000001")]))

    def stop(_work: Any) -> int:
        raise KeyboardInterrupt

    path = context.settings.resolved_key_file()
    with pytest.raises(KeyboardInterrupt):
        rotation.rotate(path, context.keyring.deployment, [station_id], stop)
    assert set(json.loads(path.read_text())["wrapping"]) == {"1", "2"}
    assert worker.push(worker.save(new_id(), [set_phone("13500000001")]))[0].status == "accepted"
    assert rotate(context, station_id)[0] == 3
    assert set(epochs(context, station_id)) == {3}
    assert set(json.loads(path.read_text())["wrapping"]) == {"2", "3"}


def test_an_erased_owner_is_gone_for_good(worker: Phone, context: Context, station_id: str) -> None:
    """Crypto-shredding: without its data key a file is noise, in the database and in every backup of it."""
    file = new_id()
    worker.push(worker.save(file, [set_phone("13500000001")]))
    assert context.database.write(lambda session: context.keyring.destroy(session, station_id, file))
    assert not context.database.write(lambda session: context.keyring.destroy(session, station_id, file))
    with pytest.raises(crypto.SealError):
        context.database.read(lambda session: context.keyring.require_key(session, station_id, file))


def test_teeth_a_key_dropped_too_early_is_noticed(worker: Phone, context: Context, station_id: str) -> None:
    worker.push(worker.save(new_id(), [set_phone("13500000001")]))
    path = context.settings.resolved_key_file()
    old = KeyFile.load(path, None)
    KeyFile(old.deployment, 2, {2: TreeKey.make(b"k" * 32)}, old.index).replace(path)
    fresh = Keyring(KeyFile.load(path, None))
    assert epochs(context, station_id) == {1: sum(epochs(context, station_id).values())}
    with pytest.raises(crypto.SealError):
        context.database.read(lambda session: fresh.require_key(session, station_id, worker.me))

"""T-13: yesterday's database is put back under the server: the phones show what they remember, and bring every change back.

The long way (5,000 changes, both databases) is `tests/server/test_restored.py`, which this leans on; here a shorter day, and teeth.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.server.restoring import SqliteCopies, World, sync_all
from tests.server.test_restored import assert_nothing_lost, lose_a_day


@pytest.fixture
def world(sqlite_template: Path, tmp_path: Path) -> Iterator[World]:
    copies = SqliteCopies(tmp_path)
    copies.path.parent.mkdir(parents=True)
    shutil.copy(sqlite_template, copies.path)
    made = World(tmp_path, copies)
    yield made
    made.close()


def test_a_day_after_the_backup_comes_back_whole(
    world: World, figure: Callable[[str], None], long_or: Callable[[int, int], int]
) -> None:
    after = long_or(120, 2_400)
    one, other, decided = lose_a_day(world, before=60, after=after, files=long_or(8, 100))
    with world.serving():
        sync_all([one, other])
    assert_nothing_lost(world, decided, one, other)
    figure(f"{len(decided)} decided changes, {after} of them after the backup: 0 lost, each with its first verdict")


def test_teeth_phones_that_keep_silent_about_what_they_remember_lose_it(world: World) -> None:
    one, other, decided = lose_a_day(world, before=4, after=8, files=2)
    with world.serving():
        for device in (one, other):
            real = device.transport.call

            def silent(method: str, path: str, *, call: Any = real, **given: Any) -> Any:
                return None if path.startswith(("/log", "/have")) else call(method, path, **given)

            device.transport.call = silent  # type: ignore[method-assign]
            for _ in range(3):
                device.sync()
    with pytest.raises(AssertionError):
        assert_nothing_lost(world, decided, one, other)

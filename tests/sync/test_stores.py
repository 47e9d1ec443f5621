"""Both stores of the Python device pass the suite; the encrypted one also keeps its promises about the disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.device.errors import DeviceInUseError, WrongPassphraseError
from sync.device.memory_store import MemoryStore
from sync.device.sqlite_store import SqliteStore
from sync.device.store import Store
from tests.store_contract import FILE, StoreContract, make_stored

KEY = bytes(range(32))


class TestMemoryStore(StoreContract):
    @pytest.fixture(autouse=True)
    def _one_store(self) -> None:
        self._store = MemoryStore()

    def open_store(self) -> Store:
        return self._store


class TestSqliteStore(StoreContract):
    @pytest.fixture(autouse=True)
    def _home(self, tmp_path: Path) -> None:
        self.home = tmp_path / "device"

    def open_store(self) -> Store:
        return SqliteStore(self.home, KEY)

    def test_a_save_is_there_after_opening_again(self) -> None:
        first = self.open_store()
        mine = make_stored(value="13900000990")
        first.add_own(mine)
        first.close()
        second = self.open_store()
        assert second.list_unsent() == [mine]
        second.close()

    def test_nothing_readable_lies_on_the_disk(self) -> None:
        store = self.open_store()
        store.add_own(make_stored(value="张三丰的电话"))
        store.keep_part("pack", 0, "李四光".encode())
        on_disk = b"".join(path.read_bytes() for path in self.home.iterdir())
        store.close()
        for text in ("张三丰", "李四光", "household", FILE, "SQLite format"):
            assert text.encode() not in on_disk
            assert text.encode("utf-16-le") not in on_disk

    def test_another_key_does_not_open_it(self) -> None:
        self.open_store().close()
        with pytest.raises(WrongPassphraseError):
            SqliteStore(self.home, bytes(32))
        self.open_store().close()

    def test_a_second_process_is_kept_out(self) -> None:
        store = self.open_store()
        with pytest.raises(DeviceInUseError):
            self.open_store()
        store.close()
        self.open_store().close()

    def test_saves_survive_a_power_cut(self) -> None:
        store = SqliteStore(self.home, KEY)
        assert store._database.execute("PRAGMA synchronous").fetchone()[0] == 3  # EXTRA
        store.close()

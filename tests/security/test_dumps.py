"""T-4: a curious administrator, a stolen backup, a dump: none of 40 words in any of 6 encodings, on SQLite and PostgreSQL.

Searched: the database file while the server runs, its write-ahead log, `.dump`, a backup copy, the blob folder, `pg_dump`, and
PostgreSQL's own files and log.
"""

import os
import shutil
import subprocess
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from sqlite3.dump import _iterdump  # the driver that the server uses brings none
from typing import Any

import pysqlite3.dbapi2 as sqlite
import pytest

from server import crypto
from server.context import Context
from server.database import Database
from server.keyring.rules import KeyFileError, Keyring
from server.main import Server, prepare
from server.settings import Settings
from server.station.founding import DEMO_FILE, found_station, read_plan
from tests.security.canaries import CANARIES, ENCODINGS, find_words, search_folder
from tests.security.full_station import Used, use_every_door
from tests.server.conftest import Clock
from tests.server.phone import Phone
from tests.server.postgresql import BIN, Cluster
from tests.server.running import running


def dump_sqlite(path: Path, folder: Path) -> None:
    """What someone with the file would take: the SQL dump, an online backup, the bare files with their log."""
    opened = sqlite.connect(str(path))
    (folder / "dump.sql").write_text("\n".join(_iterdump(opened)), "utf-8")
    copied = sqlite.connect(str(folder / "backup.sqlite3"))
    opened.backup(copied)
    copied.close()
    opened.close()
    for suffix in ("", "-wal", "-shm"):
        beside = path.with_name(path.name + suffix)
        if beside.exists():
            shutil.copy(beside, folder / f"live{suffix}")


@pytest.fixture
def used(worker: Phone, colleague: Phone, deputy: Phone) -> Used:
    return use_every_door(worker, colleague, deputy)


@pytest.fixture
def taken(used: Used, context: Context, tmp_path: Path) -> Path:
    """Everything that a thief of this server's disk has, but the key file."""
    folder = tmp_path / "taken"
    folder.mkdir()
    dump_sqlite(Path(str(context.database.engine.url.database)), folder)
    shutil.copytree(context.settings.files_folder(), folder / "files")
    return folder


def test_no_dump_no_log_and_no_backup_of_sqlite_says_anything(
    used: Used, taken: Path, figure: Callable[[str], None]
) -> None:
    assert (taken / "live-wal").stat().st_size > 100_000
    assert used.packs == 1
    files, found = search_folder(taken)
    figure(f"SQLite: {files} files, {len(CANARIES)} words x {len(ENCODINGS)} encodings, {len(found)} hits")
    assert found == []


def test_no_dump_and_no_file_of_postgresql_says_anything(
    cluster: Cluster, clock: Clock, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    name = "proof"
    url = cluster.create_database(name, "empty")
    settings = Settings(data=tmp_path / "pg", database_url=url, pwa_dist=tmp_path / "dist")
    opened = prepare(settings)
    context = replace(opened, now=clock)
    station = context.database.write(
        lambda session: found_station(session, context.keyring, read_plan(DEMO_FILE), context.now(), is_demo=True)
    )
    with running(Server(context)) as address:
        codes = iter(_codes(context, station, ["林小满", "周青禾", "沈若兰"]))
        phones = [Phone(address).enrol(code) for code in codes]
        use_every_door(phones[0], phones[1], phones[2])
        for phone in phones:
            phone.http.close()
    dump = subprocess.run([str(BIN / "pg_dump"), url], capture_output=True, check=True).stdout
    context.database.close()
    assert len(dump) > 200_000
    assert find_words(dump) == []
    cluster._run("psql", "-q", cluster.url("postgres"), "-c", "CHECKPOINT")
    files, found = search_folder(cluster.folder)
    figure(f"PostgreSQL: pg_dump of {len(dump) >> 10} KiB and {files} files, {len(found)} hits")
    assert found == []
    cluster.drop_database(name)


def _codes(context: Context, station: str, names: list[str]) -> list[str]:
    from server.accounts import rules as accounts

    def work(session: Any) -> list[str]:
        people = {one.name: one for one in accounts.list_people(session, context.keyring, station, 1, 100)}
        return [
            accounts.issue_code(session, context.keyring, context.settings, station, people[name].person_id, None, context.now())[0]
            for name in names
        ]  # fmt: skip

    return context.database.write(work)


def test_a_backup_without_the_key_file_reads_not_one_record(
    used: Used, taken: Path, context: Context, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    restored = tmp_path / "restored"
    (restored / "db").mkdir(parents=True)
    shutil.copy(taken / "backup.sqlite3", restored / "db" / "yihu.sqlite3")
    with pytest.raises(KeyFileError):
        prepare(Settings(data=restored, pwa_dist=tmp_path / "dist"))
    thief = _keyring_of_a_thief(context)
    database = Database(f"sqlite:///{restored / 'db' / 'yihu.sqlite3'}")
    readable, tried = _read_all(database, thief)
    own, of = _read_all(database, context.keyring)
    database.close()
    assert (own, of) == (tried, tried)
    figure(f"restored without the key file: {readable} of {tried} records readable")
    assert tried > 100
    assert readable == 0


def _keyring_of_a_thief(context: Context) -> Keyring:
    """Knows the deployment and the code, and makes up the keys."""
    from server.keyring.rules import KeyFile, make_wrapping_key

    return Keyring(KeyFile(context.keyring.deployment, 1, {1: make_wrapping_key()}, os.urandom(32)))


def _read_all(database: Database, keyring: Keyring) -> tuple[int, int]:
    from sqlmodel import select

    from server.intake.log import open_body
    from server.intake.tables import Change

    def work(session: Any) -> tuple[int, int]:
        readable = tried = 0
        for row in session.exec(select(Change)).all():
            tried += 1
            try:
                open_body(session, keyring, row)
                readable += 1
            except crypto.SealError:
                pass
        return readable, tried

    return database.read(work)


def test_teeth_one_value_in_clear_is_found_in_the_dump_and_in_the_log(
    used: Used, context: Context, query: Callable[[str], list[Any]], tmp_path: Path
) -> None:
    """A developer stores one field beside its sealed form."""
    path = Path(str(context.database.engine.url.database))
    query(f"UPDATE patch SET sealed_name = CAST('{CANARIES[0]}' AS BLOB)")
    folder = tmp_path / "taken"
    folder.mkdir()
    dump_sqlite(path, folder)
    _files, found = search_folder(folder)
    assert {name for name, _word, _encoding in found} >= {"dump.sql", "live-wal"}


@pytest.mark.parametrize("encoding", sorted(ENCODINGS))
def test_teeth_each_encoding_and_gzip_is_seen_through(encoding: str) -> None:
    import gzip

    for word in CANARIES:
        for spelling in ENCODINGS[encoding](word):
            assert (word, encoding) in find_words(b"x" * 7 + spelling + b"y")
            assert (word, encoding) in find_words(b"head" + gzip.compress(b"xy" + spelling))


def test_teeth_a_process_that_logs_a_body_is_found(capfd: pytest.CaptureFixture[str]) -> None:
    thread = threading.Thread(target=print, args=(f"taken in: {CANARIES[3]}",))
    thread.start()
    thread.join()
    assert find_words(capfd.readouterr().out.encode()) == [(CANARIES[3], "UTF-8")]

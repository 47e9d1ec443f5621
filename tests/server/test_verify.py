"""Someone with the database in hand alters, deletes, slips in or swaps one row: `yihu verify` finds it and names it."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite
import pytest
from sqlalchemy import Connection, text
from sqlmodel import Session

from server.context import Context
from server.database import Database
from server.keyring.rules import Keyring
from server.log import restarts, verification, verify_changes, verify_entries, watermark
from server.log.findings import Finding
from tests.server.phone import Phone, new_id

TRIES = 100
ROOT = Path(__file__).parents[2]
# Each table that matters: its key within the station, and columns of which any may be altered.
TABLES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "change": (
        ("change_id",),
        ("status", "position", "entry", "duty", "person_id", "replica", "seq", "received_at", "sealed_body", "signature",
         "uploaded_by", "mark", "act", "file"),
    ),
    "log_entry": (
        ("position",),
        ("change_id", "file", "is_first", "status", "sealed_verdict", "signature", "nodes", "mark"),
    ),
    "log_audience": (("position", "audience"), ("audience",)),
    "case_file": (("file",), ("kind", "scope", "origin_scope", "changes", "accepted_position", "survivor")),
    "identity_index": (("number_hash", "file"), ("file",)),
    "data_key": (("owner",), ("wrapped",)),
    "log_restart": (("epoch",), ("size", "agreed", "body", "signature")),
    "replica": (("replica",), ("public_key", "person_id")),
    "server_key": (("purpose", "number"), ("public", "sealed_private")),
    "counter": (("name",), ("value",)),
    "audit_entry": (("position",), ("event", "at", "about", "chain")),
}  # fmt: skip
SWAPPED = {"change": "sealed_body", "log_entry": "sealed_verdict", "data_key": "wrapped", "replica": "public_key"}
INSERTED = ("change", "log_entry", "log_audience", "case_file", "identity_index", "audit_entry")
DELETED = ("change", "log_entry", "log_audience", "case_file", "identity_index", "data_key", "replica", "counter", "audit_entry")  # fmt: skip


@dataclass(frozen=True)
class Hand:
    """Raw SQL past the server, without foreign keys and triggers, undone when the check is over."""

    connection: Connection
    station_id: str

    def rows(self, table: str) -> list[dict[str, Any]]:
        found = self.connection.execute(
            text(f"SELECT * FROM {table} WHERE station_id = :station_id"), {"station_id": self.station_id}
        )
        return sorted(
            (dict(row._mapping) for row in found), key=lambda row: [str(row[one]) for one in TABLES[table][0]]
        )

    def update(self, table: str, row: dict[str, Any], column: str, value: Any) -> None:
        self._run(f"UPDATE {table} SET {column} = :value WHERE {self._where(table)}", {**row, "value": value})

    def delete(self, table: str, row: dict[str, Any]) -> None:
        self._run(f"DELETE FROM {table} WHERE {self._where(table)}", row)

    def insert(self, table: str, row: dict[str, Any]) -> None:
        names = ", ".join(row)
        self._run(f"INSERT INTO {table} ({names}) VALUES ({', '.join(f':{name}' for name in row)})", row)

    def _where(self, table: str) -> str:
        return " AND ".join(f"{name} = :{name}" for name in ("station_id", *TABLES[table][0]))

    def _run(self, sql: str, values: dict[str, Any]) -> None:
        done = self.connection.execute(text(sql), values)
        assert done.rowcount == 1, sql


@contextmanager
def hand_in(database: Database, station_id: str) -> Iterator[Hand]:
    with database.engine.connect() as connection:
        if database.is_sqlite:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            for (name,) in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type='trigger'").all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")
        try:
            yield Hand(connection, station_id)
        finally:
            connection.rollback()
            if not database.is_sqlite:
                connection.exec_driver_sql("SET session_replication_role = DEFAULT")
                connection.commit()


def check(hand: Hand, keyring: Keyring) -> list[Finding]:
    with Session(hand.connection, join_transaction_mode="create_savepoint") as session:
        return verification.verify_station(session, keyring, hand.station_id).findings


@pytest.fixture
def day(context: Context, station_id: str, worker: Phone, colleague: Phone, deputy: Phone) -> Context:
    """A day's work: households, edits, a submission that is approved, a fork, what nobody signed, a restart."""
    numbers = ["990102195502030010", "990102196001010018"]
    files = []
    for phone in (worker, colleague):
        for number in numbers:
            file = new_id()
            member = {
                "op": "append",
                "path": "members",
                "id": new_id(),
                "value": {"name": "石大山", "id_number": number},
            }
            phone.push(phone.save(file, [put("phone", "13900000990"), member]))
            files.append(file)
    for turn in range(6):
        worker.push(worker.save(files[turn % 4], [put("phone", f"1390000{turn:04d}")]))
    lost = worker.save(files[0], [put("phone", "1")])
    worker.seqs[files[0]] -= 1
    worker.push(worker.save(files[0], [put("directions", "桥头")]), lost)
    ahead = colleague.save(files[1], [put("phone", "2")])
    colleague.push(colleague.save(files[1], [put("phone", "3")]))  # held: what it follows has not come
    worker.push(type(ahead)(ahead.body.replace("save", "sbve"), ahead.sig))
    context.database.write(lambda session: restarts.restart_by_hand(session, context, station_id))
    deputy.push(deputy.save(files[2], [put("directions", "过桥右转")]))
    return context


def put(path: str, value: Any) -> dict[str, Any]:
    return {"op": "set", "path": path, "value": value}


def tamper(hand: Hand, luck: random.Random) -> tuple[str, set[str], str]:
    """One hostile act: what was done, which keys may be named for it, and the table."""
    acts: list[Callable[[Hand, random.Random], tuple[str, set[str], str]]] = [alter, alter, delete, insert, swap]
    return luck.choice(acts)(hand, luck)


def key_of(table: str, row: dict[str, Any]) -> str:
    return "/".join(str(row[name]) for name in TABLES[table][0])


def alter(hand: Hand, luck: random.Random) -> tuple[str, set[str], str]:
    table = luck.choice(sorted(TABLES))
    row, column = luck.choice(hand.rows(table)), luck.choice(TABLES[table][1])
    value = another(row[column], luck)
    hand.update(table, row, column, value)
    after = {**row, column: value}
    return f"alter {table}.{column}", {key_of(table, row), key_of(table, after)}, table


def another(value: Any, luck: random.Random) -> Any:
    if isinstance(value, bytes | memoryview):
        content = bytearray(bytes(value))
        content[luck.randrange(len(content))] ^= 1 << luck.randrange(8)
        return bytes(content)
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + luck.choice([-1, 1, 1000]) if value > 1 else 1 - value
    if not value:
        return "f" * 32
    at = luck.randrange(len(value))
    return value[:at] + ("0" if value[at] != "0" else "1") + value[at + 1 :]


def delete(hand: Hand, luck: random.Random) -> tuple[str, set[str], str]:
    table = luck.choice(DELETED)
    rows = hand.rows(table)
    if table == "replica":  # one whose changes were accepted: others leave no trace
        authors = {row["replica"] for row in hand.rows("change") if row["status"] == "accepted"}
        rows = [row for row in rows if row["replica"] in authors]
    if table == "data_key":
        sealed = {row["file"] for row in hand.rows("change")}
        rows = [row for row in rows if row["owner"] in sealed]
    row = luck.choice(rows)
    hand.delete(table, row)
    return f"delete {table}", {key_of(table, row)}, table


def insert(hand: Hand, luck: random.Random) -> tuple[str, set[str], str]:
    """A row made of another one, as the best forger without keys would."""
    table = luck.choice(INSERTED)
    row = dict(luck.choice(hand.rows(table)))
    fresh = "".join(luck.choice("0123456789abcdef") for _ in range(64))
    if table == "change":
        row |= {"change_id": fresh, "seq": row["seq"] + 100}
    elif table == "log_entry":
        row |= {"position": max(one["position"] for one in hand.rows(table)) + 1}
    elif table == "log_audience":
        row |= {"audience": fresh[:32]}
    elif table == "case_file":
        row |= {"file": fresh[:32]}
    elif table == "identity_index":
        row |= {"number_hash": fresh}
    else:
        row |= {"position": max(one["position"] for one in hand.rows(table)) + 1}
    hand.insert(table, row)
    return f"insert {table}", {key_of(table, row)}, table


def swap(hand: Hand, luck: random.Random) -> tuple[str, set[str], str]:
    table = luck.choice(sorted(SWAPPED))
    column = SWAPPED[table]
    one, other = luck.sample(hand.rows(table), 2)
    hand.update(table, one, column, other[column])
    hand.update(table, other, column, one[column])
    return f"swap {table}.{column}", {key_of(table, one), key_of(table, other)}, table


def is_named(findings: list[Finding], keys: set[str], table: str) -> bool:
    """By its table and key; of an audience the entry suffices, whose readers were changed."""
    named = {(finding.table, finding.key) for finding in findings}
    if table == "log_audience":
        keys |= {key.partition("/")[0] for key in keys}
    return any((table, key) in named for key in keys)


def test_an_untouched_day_is_sound(day: Context, station_id: str) -> None:
    verified = day.database.read(lambda session: verification.verify_station(session, day.keyring, station_id))
    assert verified.findings == []
    assert verified.entries >= 15
    assert verified.changes >= 14


def test_a_hundred_of_a_hundred_hostile_acts_are_found_and_named(day: Context, station_id: str) -> None:
    missed, noisy = [], []
    for seed in range(TRIES):
        with hand_in(day.database, station_id) as hand:
            what, keys, table = tamper(hand, random.Random(seed))
            findings = check(hand, day.keyring)
        if not is_named(findings, keys, table):
            missed.append((seed, what, keys, findings))
        if table not in ("data_key", "log_restart", "server_key") and len(findings) > 8:
            noisy.append((seed, what, len(findings)))
    assert missed == [], "\n".join(
        f"{seed} {what} {keys} {[(f.table, f.key, f.wrong, f.why) for f in found][:4]}"
        for seed, what, keys, found in missed
    )
    assert noisy == []


@pytest.mark.parametrize(
    ("room", "name"),
    [
        (verify_entries._Walk, "_check"),
        (verify_changes._Walk, "take"),
        (verify_changes._Walk, "check_files"),
        (verify_entries._Walk, "end"),
    ],
)
def test_without_one_of_its_checks_something_is_missed(
    day: Context, station_id: str, monkeypatch: pytest.MonkeyPatch, room: type, name: str
) -> None:
    """Teeth: the hundred tries notice when a part of the check is gone."""
    monkeypatch.setattr(room, name, lambda *_: None)
    missed = 0
    for seed in range(TRIES):
        with hand_in(day.database, station_id) as hand:
            _what, keys, table = tamper(hand, random.Random(seed))
            missed += not is_named(check(hand, day.keyring), keys, table)
    assert missed > 0


def test_a_backup_counts_from_when_it_was_begun_and_never_goes_back(
    day: Context, station_id: str, worker: Phone
) -> None:
    marked = day.database.read(watermark.mark_backup)[station_id]
    worker.push(worker.save(new_id(), [put("phone", "13900000990")]))
    claim = {"epoch": 0, "size": 0, "hash": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}

    def told() -> Any:
        return worker.http.post("/sync", json={"push": [], "cursor": None, "log": claim}).json()["backed_up"]

    assert told() is None
    day.database.write(lambda session: watermark.note_backup(session, station_id, marked, day.now()))
    assert told() == marked
    day.database.write(lambda session: watermark.note_backup(session, station_id, marked - 1, day.now()))
    assert told() == marked


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_command_says_so_and_ends_with_an_error(day: Context, station_id: str, tmp_path: Path) -> None:
    """One engine is enough to see what the command prints."""
    copy = tmp_path / "copy"
    (copy / "db").mkdir(parents=True)
    shutil.copytree(day.settings.data / "keys", copy / "keys")

    def verify() -> tuple[int, Any]:
        done = subprocess.run(
            [sys.executable, "-m", "server.command.main", "verify", "--data", str(copy), "--json"],
            capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)}, cwd=ROOT, check=False,
        )  # fmt: skip
        return done.returncode, json.loads(done.stdout)

    source = Path(day.database.engine.url.database or "")
    kept, target = sqlite.connect(str(source)), sqlite.connect(str(copy / "db" / source.name))
    kept.backup(target)
    kept.close()
    target.close()
    code, told = verify()
    assert (code, told["sound"], told["stations"][0]["findings"]) == (0, True, [])
    database = Database(f"sqlite:///{copy / 'db' / source.name}")
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE change SET status = 'returned' WHERE change_id IN (SELECT change_id FROM change WHERE status = 'accepted' LIMIT 1)")  # fmt: skip
    database.close()
    code, told = verify()
    assert code == 1
    assert told["stations"][0]["findings"][0]["table"] == "change"

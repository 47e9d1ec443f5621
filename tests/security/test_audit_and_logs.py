"""T-14: the audit record cannot be changed or removed unnoticed, and no log quotes what somebody typed."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from server.audit import shipping
from server.audit.shipping import compare, ship
from server.context import Context
from server.database import Database
from server.main import prepare
from server.migrations import guards
from server.settings import Settings
from tests.security.canaries import CANARIES, ENCODINGS, find_words, search_folder
from tests.security.full_station import use_every_door
from tests.server.conftest import Clock
from tests.server.phone import Phone
from tests.server.postgresql import Cluster, free_port
from tests.server.test_process import LINK, ROOT

DAY = 86_400_000
Query = Callable[[str], list[Any]]


@pytest.fixture
def logged_server(tmp_path: Path) -> Iterator[tuple[str, dict[str, str], Path]]:
    """A real server whose every word goes to a file: its address, enrolment codes, and the file."""
    port, log = free_port(), tmp_path / "server.log"
    command = [
        sys.executable,
        "-m",
        "server.command.main",
        "serve",
        "--demo",
        "--port",
        str(port),
        "--data",
        str(tmp_path / "data"),
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "60", "PYTHONUNBUFFERED": "1"}
    with log.open("w") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT)
    url = f"http://127.0.0.1:{port}"
    for _ in range(600):
        try:
            httpx.get(f"{url}/api/v1/health", timeout=5).raise_for_status()
            break
        except httpx.HTTPError:
            time.sleep(0.05)
    yield url, {name: code for name, _duty, code in LINK.findall(log.read_text())}, log
    process.terminate()
    process.wait(20)


def test_no_log_and_no_shipped_record_quotes_what_was_typed(
    logged_server: tuple[str, dict[str, str], Path], tmp_path: Path, figure: Callable[[str], None]
) -> None:
    url, codes, log = logged_server
    phones = [Phone(url).enrol(codes[name]) for name in ("林小满", "周青禾", "沈若兰")]
    use_every_door(*phones)
    for phone in phones:
        phone.http.close()
    deadline = time.monotonic() + 20
    while not list((tmp_path / "data" / "audit").glob("*.ndjson")) and time.monotonic() < deadline:
        time.sleep(0.2)
    _files, found = search_folder(tmp_path / "data" / "audit")
    hits = find_words(log.read_bytes()) + found
    lines = sum(len(path.read_text().splitlines()) for path in (tmp_path / "data" / "audit").glob("*.ndjson"))
    figure(
        f"logs after the whole story: {len(CANARIES)} words x {len(ENCODINGS)} encodings, {len(hits)} hits; {lines} audit lines shipped"
    )
    assert lines > 3
    assert hits == []


def change_audit(query: Query) -> list[str]:
    """What the database lets its own role do to the record: the ways that worked."""
    worked = []
    for name, statement in {
        "update": "UPDATE audit_entry SET event = 'nothing' WHERE position = 1",
        "delete": "DELETE FROM audit_entry WHERE position = 1",
        "delete the oldest": "DELETE FROM audit_entry WHERE at < 1",
        "replace": "UPDATE audit_entry SET chain = '' WHERE position > 0",
    }.items():
        try:
            query(statement)
            worked.append(name)
        except Exception as error:  # either driver's
            assert guards.REFUSAL in str(error) or "permission denied" in str(error)  # noqa: PT017
    return worked


def test_the_database_refuses_to_change_or_remove_an_entry(
    worker: Phone, query: Query, figure: Callable[[str], None]
) -> None:
    query(
        "INSERT INTO audit_entry SELECT station_id, 900, 0, event, person_id, replica, about, chain FROM audit_entry LIMIT 1"
    )
    worked = change_audit(query)
    figure(f"UPDATE and DELETE as the server's own role on SQLite: {len(worked)} of 4 worked")
    assert worked == []
    assert len(query("SELECT 1 FROM audit_entry WHERE position IN (1, 900)")) == 2


@pytest.mark.parametrize("days", [1, 182, 184, 4_000])
def test_an_entry_of_any_age_stays(worker: Phone, query: Query, clock: Clock, context: Context, days: int) -> None:
    clock.now += days * DAY
    with pytest.raises(Exception, match=guards.REFUSAL):
        query(f"DELETE FROM audit_entry WHERE at < {clock.now}")
    assert shipping.KEPT_DAYS_MIN == 183


def test_on_postgresql_the_serving_role_may_only_add(
    cluster: Cluster, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    owner = cluster.create_database("audited", "template0")
    cluster._run("psql", "-q", owner, "-c", "CREATE ROLE yihu_server LOGIN")
    served = owner.replace("postgres@", "yihu_server@")
    settings = Settings(data=tmp_path / "pg", database_url=served, migration_url=owner, pwa_dist=tmp_path / "dist")
    context = prepare(settings)
    from server.station.founding import DEMO_FILE, found_station, read_plan

    station = context.database.write(lambda session: found_station(session, context.keyring, read_plan(DEMO_FILE), 1))
    from server.audit import rules as audit

    context.database.write(lambda session: audit.record(session, station, "device_enrolled", 1))
    context.database.close()

    def query(sql: str) -> list[Any]:
        with psycopg.connect(served) as connection:
            connection.execute(sql)
        return []

    worked = change_audit(query)
    for sql in ("TRUNCATE audit_entry", "ALTER TABLE audit_entry DISABLE TRIGGER ALL", "DROP TABLE audit_entry"):
        with pytest.raises(psycopg.Error):
            query(sql)
    figure(f"as the serving role on PostgreSQL: {len(worked)} of 7 worked")
    assert worked == []
    cluster.drop_database("audited")


@pytest.fixture
def forger(context: Context, query: Query) -> Query:
    """An administrator with the database in hand, who takes the guards away first."""

    def act(sql: str) -> list[Any]:
        query("DROP TRIGGER IF EXISTS audit_entry_no_UPDATE")
        query("DROP TRIGGER IF EXISTS audit_entry_no_DELETE")
        return query(sql)

    return act


def forge_whole_chain(context: Context, station: str, forger: Query) -> None:
    """Changes an entry and computes every later link anew, as someone who has read the source would."""
    from server.audit import rules as audit

    forger("UPDATE audit_entry SET event = 'session_read' WHERE position = 2")
    chain = ""
    for entry in context.database.read(lambda session: audit.list_entries(session, station, 0, 500)):
        chain = audit._chain(chain, entry)
        forger(f"UPDATE audit_entry SET chain = '{chain}' WHERE position = {entry.position}")


FORGERIES = {
    "an entry altered": "UPDATE audit_entry SET event = 'nothing' WHERE position = 2",
    "an entry removed": "DELETE FROM audit_entry WHERE position = 2",
    "the last entry removed": "DELETE FROM audit_entry WHERE position = (SELECT max(position) FROM audit_entry)",
    "who did it": "UPDATE audit_entry SET person_id = NULL WHERE position = 2",
    "when it was": "UPDATE audit_entry SET at = at + 1 WHERE position = 2",
}


@pytest.mark.parametrize("forgery", [*FORGERIES, "the whole chain computed anew"])
def test_what_was_done_by_hand_is_found_and_named(
    worker: Phone, colleague: Phone, deputy: Phone, context: Context, station_id: str, forger: Query, forgery: str
) -> None:
    worker.open_session("read")
    assert ship(context) == 4
    assert compare(context, station_id).position is None
    if forgery in FORGERIES:
        forger(FORGERIES[forgery])
    else:
        forge_whole_chain(context, station_id, forger)
    found = compare(context, station_id)
    assert found.position in (2, 4)
    assert found.reason


def test_a_line_that_a_crash_cut_off_is_shipped_again(worker: Phone, context: Context, station_id: str) -> None:
    assert ship(context) == 1
    [path] = context.settings.audit_folder_path().glob("*.ndjson")
    path.write_text(path.read_text()[:40])
    assert ship(context) == 1
    assert ship(context) == 0
    assert [json.loads(line) for line in path.read_text().splitlines()[1:]]
    assert compare(context, station_id).position is None


def test_teeth_without_the_guards_the_record_can_be_changed(worker: Phone, query: Query) -> None:
    query("DROP TRIGGER audit_entry_no_UPDATE")
    query("DROP TRIGGER audit_entry_no_DELETE")
    assert "update" in change_audit(query)


def test_teeth_without_the_shipped_copy_a_forged_chain_stands(
    worker: Phone, deputy: Phone, context: Context, station_id: str, forger: Query
) -> None:
    forge_whole_chain(context, station_id, forger)
    assert compare(context, station_id).position is None


def test_teeth_a_log_that_quotes_a_body_is_found(
    worker: Phone, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_given: object, **_named: object) -> None:
        raise RuntimeError(CANARIES[0])

    monkeypatch.setattr("server.feed.rules.pull", fail)
    worker.http.post("/sync", json={})
    assert find_words(caplog.text.encode()) == []
    monkeypatch.setattr(
        "server.web.problems.log_failure", lambda _scope, error: __import__("logging").error(str(error))
    )
    monkeypatch.setattr("server.web.headers.log_failure", lambda _scope, error: __import__("logging").error(str(error)))
    worker.http.post("/sync", json={})
    assert find_words(caplog.text.encode()) != []


def test_the_guards_come_back_at_the_next_start(settings: Settings, worker: Phone, query: Query) -> None:
    query("DROP TRIGGER audit_entry_no_UPDATE")
    again = prepare(settings)
    assert isinstance(again.database, Database)
    again.database.close()
    with pytest.raises(Exception, match=guards.REFUSAL):
        query("UPDATE audit_entry SET event = 'nothing'")

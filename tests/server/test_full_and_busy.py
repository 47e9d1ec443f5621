"""A full disk and a busy database are told as such, lose nothing, and pass."""

import errno
from typing import Any

import pytest

from server.context import Context
from server.database import Database
from server.errors import YihuError
from tests.server.phone import Phone, new_id, set_phone


def test_a_full_database_answers_507_keeps_what_it_has_and_goes_on_when_there_is_room(
    worker: Phone, colleague: Phone, context: Context
) -> None:
    if not context.database.is_sqlite:
        pytest.skip("PostgreSQL's disk belongs to its own machine")
    kept = worker.save(new_id(), [set_phone("13500000001")])
    worker.push(kept)
    limit_pages(context, 1)
    big = [worker.save(new_id(), [{"op": "set", "path": "notes", "value": "长" * 900}]) for _ in range(120)]
    full = worker.http.post("/sync", json={"push": [one.to_json() for one in big]})
    assert (full.status_code, full.json()["code"]) == (507, "storage_full")
    assert [entry["envelope"] for entry in colleague.pull_all()] == [kept.to_json()]
    limit_pages(context, 1_000_000)
    assert {verdict.status for verdict in worker.push(*big)} == {"accepted"}


def limit_pages(context: Context, pages: int) -> None:
    """What a full disk looks like to SQLite; on every connection of the pool."""
    pool = context.database.engine.pool
    connections = [context.database.engine.raw_connection() for _ in range(pool.size())]  # type: ignore[attr-defined]
    for connection in connections:
        connection.cursor().execute(f"PRAGMA max_page_count={pages}")
        connection.close()


def test_a_full_disk_under_the_photos_answers_507(worker: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.server.test_photos import photo, start, upload

    def full(*_arguments: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    file, content = new_id(), photo()
    monkeypatch.setattr("server.blobs.FolderBlobStore.put", full)
    answer = upload(worker, file, content)
    assert (answer.status_code, answer.json()["code"]) == (507, "storage_full")
    monkeypatch.undo()
    assert start(worker, file, content).headers["Upload-Offset"] == "0"
    assert upload(worker, file, content).status_code == 204


def test_a_writer_that_stays_away_too_long_makes_the_others_come_again(
    worker: Phone, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not context.database.is_sqlite:
        pytest.skip("PostgreSQL has many writers")
    other = Database(context.database.url)
    envelope = worker.save(new_id(), [set_phone("13500000001")])
    monkeypatch.setattr(context.database, "_busy_seconds_max", 0.0)
    pool = context.database.engine.pool
    for connection in [context.database.engine.raw_connection() for _ in range(pool.size())]:  # type: ignore[attr-defined]
        connection.cursor().execute("PRAGMA busy_timeout=1")
        connection.close()
    with other.engine.connect() as holder:
        holder.exec_driver_sql("SELECT 1")
        answer = worker.http.post("/sync", json={"push": [envelope.to_json()]})
        assert (answer.status_code, answer.json()["code"]) == (503, "busy")
        assert int(answer.headers["Retry-After"]) > 0
    other.close()
    monkeypatch.undo()
    assert worker.push(envelope)[0].status == "accepted"


def test_a_serialization_failure_runs_the_work_again(context: Context) -> None:
    from sqlalchemy.exc import OperationalError

    class ConflictError(Exception):
        sqlstate = "40001"

    tries: list[int] = []

    def work(_session: Any) -> str:
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("UPDATE", {}, ConflictError())
        return "done"

    assert context.database.write(work) == "done"
    assert len(tries) == 3


def test_a_read_cannot_write(context: Context, station_id: str) -> None:
    from server.station.rules import lock_counter

    def work(session: Any) -> None:
        from sqlalchemy import text

        session.connection().execute(text("UPDATE counter SET value = 9 WHERE station_id = :s"), {"s": station_id})

    with pytest.raises((YihuError, Exception), match="read"):
        context.database.read(work)
    assert context.database.write(lambda session: lock_counter(session, station_id).value) == 0

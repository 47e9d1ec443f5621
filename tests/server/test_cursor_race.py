"""Eight writers and one reader that follows its cursor: the reader misses nothing. And the test can tell a miss."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlmodel import Session

from server.context import Context
from server.database import Database
from tests.server.phone import Phone, new_id, set_phone

WRITERS = 8
PUSHES = 6


def test_a_reader_behind_eight_writers_misses_nothing(enrol: Callable[[str], Phone], deputy: Phone) -> None:
    writers = [enrol(name) for name in ("林小满", "周青禾") * (WRITERS // 2)]
    finished = threading.Event()
    seen: list[int] = []

    def write(phone: Phone) -> list[int]:
        return [
            verdict.position
            for _ in range(PUSHES)
            for verdict in phone.push(*[phone.save(new_id(), [set_phone("13500000001")]) for _ in range(2)])
        ]

    def read() -> None:
        is_last = False
        while not is_last:
            is_last = finished.is_set()
            seen.extend(Phone.read(entry["verdict"]).position for entry in deputy.pull_all(limit=20))

    reader = threading.Thread(target=read)
    reader.start()
    with ThreadPoolExecutor(WRITERS) as pool:
        written = sorted(position for positions in pool.map(write, writers) for position in positions)
    finished.set()
    reader.join()
    assert written == list(range(1, WRITERS * PUSHES * 2 + 1))
    assert seen == written


@pytest.mark.slow
def test_a_sequence_that_is_not_held_to_commit_would_be_missed(
    context: Context, request: pytest.FixtureRequest
) -> None:
    """The teeth of the test above: with PostgreSQL's own counting, a late commit falls behind the reader."""
    if context.database.is_sqlite:
        pytest.skip("one writer at a time: nothing can commit late")
    database = Database(context.database.engine.url.render_as_string(hide_password=False))
    early, late = Session(database.engine), Session(database.engine)
    with early, late:
        early.connection().execute(text("CREATE TABLE counted (position SERIAL PRIMARY KEY)"))
        early.commit()
        insert, look = (
            text("INSERT INTO counted DEFAULT VALUES"),
            text("SELECT position FROM counted WHERE position > :p"),
        )
        early.connection().execute(insert)
        late.connection().execute(insert)
        late.commit()
        with Session(database.engine) as reader:
            first = reader.connection().execute(look, {"p": 0}).scalars().all()
            early.commit()
            second = reader.connection().execute(look, {"p": max(first)}).scalars().all()
    database.close()
    assert (first, second) == ([2], [])  # position 1 was committed, and the reader never sees it

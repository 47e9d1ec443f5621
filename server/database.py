"""The one place that opens, commits and retries transactions, and the one that knows SQLite from PostgreSQL.

SQLite comes from `pysqlite3`, because the interpreter's own may carry the WAL-reset corruption bug (fixed in 3.51.3); every
commit is flushed to disk (`synchronous=FULL`) before a client hears "yes". There is one writer: in this process by a lock,
across processes by BEGIN IMMEDIATE. PostgreSQL goes by psycopg without prepared statements, so a transaction pooler fits.
"""

import errno
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlmodel import Session, SQLModel

from server.errors import YihuError

Result = TypeVar("Result")

SQLITE_VERSION_MIN = (3, 51, 3)
_CONNECTIONS = 20
_SERIALIZATION_FAILURES = {"40001", "40P01"}
_UNIQUE_VIOLATION = "23505"
_DISK_FULL_STATES = {"53100"}
_UNREACHABLE_CLASSES = ("08", "57P")


class OldSqliteError(Exception):
    """The SQLite library may corrupt a write-ahead log; install `pysqlite3`."""


class Database:
    """Runs units of work: one call, one transaction, at most one station."""

    def __init__(self, url: str, busy_seconds_max: float = 8.0) -> None:
        self.url = url
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self._busy_seconds_max = busy_seconds_max
        self._writer = threading.Lock()
        self.engine = self._open_sqlite(url) if self.is_sqlite else self._open_postgresql(url)

    def write(self, work: Callable[[Session], Result]) -> Result:
        """Runs `work` and commits. `work` may run again after a serialization failure: it must act on the session only."""
        deadline = time.monotonic() + self._busy_seconds_max
        attempt = 0
        while True:
            attempt += 1
            try:
                with self._writing(deadline), Session(self.engine, expire_on_commit=False) as session, session.begin():
                    session.connection(execution_options={"yihu_begin": "write"})
                    return work(session)
            except DBAPIError as error:
                # Two transactions may make the same row side by side (the data key of a new file): the second finds it.
                is_race = getattr(error.orig, "sqlstate", None) == _UNIQUE_VIOLATION and attempt <= 2
                if not (is_race or _is_retryable(error)) or time.monotonic() >= deadline:
                    raise _told(error) from error
                time.sleep(min(0.5, 0.01 * 2**attempt) * random.uniform(0.5, 1.5))  # noqa: S311 -- jitter, not a secret
            except PoolExhausted as error:
                raise YihuError("busy", headers={"Retry-After": "5"}) from error
            except OSError as error:
                if error.errno in (errno.ENOSPC, errno.EDQUOT):
                    raise YihuError("storage_full") from error
                raise

    def read(self, work: Callable[[Session], Result]) -> Result:
        """Runs `work` on one unchanging snapshot; writes are refused."""
        try:
            with Session(self.engine, expire_on_commit=False) as session, session.begin():
                session.connection(execution_options={"yihu_begin": "read", **self._snapshot()})
                return work(session)
        except DBAPIError as error:
            raise _told(error) from error
        except PoolExhausted as error:
            raise YihuError("busy", headers={"Retry-After": "5"}) from error

    def close(self) -> None:
        self.engine.dispose()

    def _snapshot(self) -> dict[str, Any]:
        return {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}

    @contextmanager
    def _writing(self, deadline: float) -> Iterator[None]:
        if not self.is_sqlite:
            yield
            return
        if not self._writer.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise YihuError("busy", headers={"Retry-After": "5"})
        try:
            yield
        finally:
            self._writer.release()

    def _open_sqlite(self, url: str) -> Engine:
        import pysqlite3.dbapi2 as driver

        if driver.sqlite_version_info < SQLITE_VERSION_MIN:
            raise OldSqliteError(driver.sqlite_version)
        path = make_url(url).database
        if path and path != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        engine = create_engine(
            url, module=driver, pool_size=_CONNECTIONS, max_overflow=0, pool_timeout=self._busy_seconds_max
        )
        busy_ms = int(self._busy_seconds_max * 1000)

        @event.listens_for(engine, "connect")
        def _prepare(connection: Any, _record: Any) -> None:
            connection.isolation_level = None  # we say BEGIN ourselves
            for pragma in (
                f"busy_timeout={busy_ms}",
                "journal_mode=WAL",
                "synchronous=FULL",
                "foreign_keys=ON",
                "trusted_schema=OFF",
                "secure_delete=ON",
            ):
                connection.execute(f"PRAGMA {pragma}")

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            is_write = connection.get_execution_options().get("yihu_begin", "write") == "write"
            connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if is_write else 'ON'}")
            connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")

        return engine

    def _open_postgresql(self, url: str) -> Engine:
        return create_engine(
            url,
            pool_size=_CONNECTIONS,
            max_overflow=0,
            pool_timeout=self._busy_seconds_max,
            pool_pre_ping=True,
            connect_args={"prepare_threshold": None},
        )


def upsert(
    session: Session,
    table: type[SQLModel],
    values: dict[str, Any] | list[dict[str, Any]],
    *,
    keys: Sequence[str],
    update: Sequence[str] = (),
) -> None:
    """Insert; where `keys` exist already, overwrite the columns of `update` (none: leave the row). The only dialect code."""
    make = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = make(table.__table__).values(values)  # type: ignore[attr-defined]
    if update:
        changed = {name: statement.excluded[name] for name in update}
        statement = statement.on_conflict_do_update(index_elements=list(keys), set_=changed)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=list(keys))
    session.execute(statement)


def _is_retryable(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    if state in _SERIALIZATION_FAILURES:
        return True
    return isinstance(error, OperationalError) and any(
        word in str(error.orig) for word in ("database is locked", "database table is locked")
    )


def _told(error: DBAPIError) -> Exception:
    """What a client is told of a database failure; anything unknown stays as it is and becomes a 500."""
    state = getattr(error.orig, "sqlstate", None) or ""
    words = str(error.orig)
    if state in _DISK_FULL_STATES or "database or disk is full" in words:
        return YihuError("storage_full")
    if _is_retryable(error) or state.startswith(_UNREACHABLE_CLASSES) or "disk I/O error" in words:
        return YihuError("busy", headers={"Retry-After": "5"})
    if isinstance(error, OperationalError) and not state and "connection" in words:
        return YihuError("busy", headers={"Retry-After": "5"})
    return error

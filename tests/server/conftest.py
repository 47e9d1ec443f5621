"""The same suite on SQLite and on PostgreSQL: `database_url` is an empty, migrated database of either."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from server.accounts import rules as accounts
from server.accounts.rules import DutyOn
from server.context import Context
from server.database import Database
from server.main import Server, prepare
from server.migrations.apply import migrate
from server.settings import Settings
from server.station import rules as stations
from server.station.founding import DEMO_FILE, found_station, read_plan
from tests.server.phone import Phone, new_id
from tests.server.postgresql import BIN, Cluster
from tests.server.restoring import PostgresqlCopies, SqliteCopies, World
from tests.server.running import running
from tests.server.station_rule import watch


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "empty.sqlite3"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    database.close()
    return path


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    if not BIN.is_dir():
        pytest.fail("PostgreSQL is not installed: scripts/test installs it")
    # Not below pytest's own folder: that is closed to user postgres, again by each run that starts meanwhile.
    folder = Path(tempfile.mkdtemp(prefix="yihu-postgresql-"))
    made = Cluster(folder)
    made.start()
    database = Database(made.create_database("empty").replace("postgresql://", "postgresql+psycopg://"))
    migrate(database)
    database.close()
    yield made
    made.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        path = tmp_path / "db" / "yihu.sqlite3"
        path.parent.mkdir()
        shutil.copy(template, path)
        yield f"sqlite:///{path}"
        return
    made: Cluster = request.getfixturevalue("cluster")
    name = f"t{new_id()}"
    yield made.create_database(name, "empty")
    made.drop_database(name)


class Clock:
    """The server's clock: stands still until a test turns it."""

    def __init__(self) -> None:
        self.now = 1_795_300_000_000

    def __call__(self) -> int:
        return self.now

    def pass_seconds(self, seconds: int) -> None:
        self.now += seconds * 1000


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", database_url=database_url, pwa_dist=tmp_path / "dist")


@pytest.fixture
def context(settings: Settings, clock: Clock) -> Iterator[Context]:
    opened = prepare(settings)
    watch(opened.database.engine)
    yield Context(settings, opened.database, opened.keyring, opened.blobs, clock)
    opened.database.close()


@pytest.fixture
def station_id(context: Context) -> str:
    return context.database.write(
        lambda session: found_station(session, context.keyring, read_plan(DEMO_FILE), context.now(), is_demo=True)
    )


@pytest.fixture
def base_url(context: Context, station_id: str) -> Iterator[str]:
    with running(Server(context)) as url:
        yield url


@pytest.fixture
def issue(context: Context, station_id: str) -> Callable[[str], str]:
    """A fresh enrolment code for a person of the demo station, by name."""

    def make(name: str, station: str = station_id) -> str:
        def work(session: accounts.Session) -> str:
            people = accounts.list_people(session, context.keyring, station, 1, 100)
            person = next(one for one in people if one.name == name)
            return accounts.issue_code(
                session, context.keyring, context.settings, station, person.person_id, None, context.now()
            )[0]

        return context.database.write(work)

    return make


@pytest.fixture
def make_phone(base_url: str) -> Iterator[Callable[[], Phone]]:
    """A phone that is not enrolled yet."""
    phones: list[Phone] = []

    def make() -> Phone:
        phones.append(Phone(base_url))
        return phones[-1]

    yield make
    for phone in phones:
        phone.http.close()


@pytest.fixture
def enrol(make_phone: Callable[[], Phone], issue: Callable[[str], str]) -> Callable[[str], Phone]:
    return lambda name: make_phone().enrol(issue(name))


@pytest.fixture
def query(context: Context) -> Iterator[Callable[[str], list[Any]]]:
    """Looks into the tables past the server, as someone with the database in hand would."""
    database = Database(context.database.engine.url.render_as_string(hide_password=False))

    def look(sql: str) -> list[Any]:
        with database.engine.begin() as connection:
            result = connection.exec_driver_sql(sql)
            return list(result.all()) if result.returns_rows else []

    yield look
    database.close()


@pytest.fixture
def worker(enrol: Callable[[str], Phone]) -> Phone:
    return enrol("林小满")


@pytest.fixture
def colleague(enrol: Callable[[str], Phone]) -> Phone:
    return enrol("周青禾")


@pytest.fixture
def deputy(enrol: Callable[[str], Phone]) -> Phone:
    return enrol("沈若兰")


@pytest.fixture
def head(enrol: Callable[[str], Phone]) -> Phone:
    return enrol("贺长庚")


@pytest.fixture
def west_worker(context: Context, station_id: str, enrol: Callable[[str], Phone]) -> Phone:
    """A worker of the other patch, who shares no village with the first."""

    def work(session: accounts.Session) -> None:
        patches = stations.list_patches(session, context.keyring, station_id, 10)
        west = next(patch.scope for patch in patches if patch.name == "西片区")
        duties = [DutyOn("worker", west)]
        accounts.make_person(session, context.keyring, station_id, "苏念慈", duties, 1, context.now())

    context.database.write(work)
    return enrol("苏念慈")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        copies: Any = SqliteCopies(tmp_path)
        copies.path.parent.mkdir(parents=True)
        shutil.copy(template, copies.path)
    else:
        copies = PostgresqlCopies(request.getfixturevalue("cluster"), f"r{new_id()}")
    made = World(tmp_path, copies)
    yield made
    made.close()

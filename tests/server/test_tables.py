"""Rules that every table keeps, and that migrations make exactly the tables the code declares."""

import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Table, UniqueConstraint

import server
from server.database import Database, OldSqliteError
from server.migrations.apply import migrate
from server.tables import GLOBAL_TABLES, METADATA

TABLES = METADATA.sorted_tables
TENANT = [table for table in TABLES if table.name not in GLOBAL_TABLES]


def test_there_are_at_most_six_global_tables() -> None:
    assert len(GLOBAL_TABLES) <= 6
    assert len(TENANT) >= 20


@pytest.mark.parametrize("table", TENANT, ids=lambda table: table.name)
def test_the_station_leads_every_key_index_and_reference(table: Table) -> None:
    assert [column.name for column in table.primary_key][0] == "station_id"
    for index in table.indexes:
        assert next(iter(index.columns)).name == "station_id", index.name
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            assert next(iter(constraint.columns)).name == "station_id", constraint.name
    for reference in table.foreign_key_constraints:
        assert reference.columns[0].name == "station_id"
        assert reference.elements[0].column.name == "station_id"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_no_key_is_counted_up_by_the_database(table: Table) -> None:
    for column in table.primary_key:
        assert column.autoincrement is not True
        assert not (column.type.python_type is int and column.autoincrement == "auto" and len(table.primary_key) == 1)


def test_no_statement_uses_what_only_one_database_knows() -> None:
    banned = re.compile(
        r"autoincrement=True|\bSERIAL\b|\bLISTEN \w|\bNOTIFY \w|pg_advisory|\bARRAY\(|JSONB|\.op\(['\"]->"
    )
    for path in Path(server.__file__).parent.rglob("*.py"):
        assert not banned.search(path.read_text("utf-8")), path


def test_migrations_make_what_the_code_declares(database_url: str) -> None:
    database = Database(database_url.replace("postgresql://", "postgresql+psycopg://"))
    migrate(database)  # safe to repeat
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    database.close()


def test_an_old_sqlite_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pysqlite3.dbapi2.sqlite_version_info", (3, 40, 1))
    with pytest.raises(OldSqliteError):
        Database(f"sqlite:///{tmp_path / 'x.sqlite3'}")


def test_sqlite_flushes_each_commit_and_checks_references(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    with database.engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("synchronous", "journal_mode", "foreign_keys")
        }
    database.close()
    assert found == {"synchronous": 2, "journal_mode": "wal", "foreign_keys": 1}

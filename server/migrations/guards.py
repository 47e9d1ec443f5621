"""What the database itself refuses: changing or removing a row of the audit record.

Installed after each migration, so that a guard taken away by hand is back at the next start. On PostgreSQL the server can also run
under a role of its own that may do no more than its work (`grant_least`); the owner of the tables migrates.
"""

from sqlalchemy import Connection

APPEND_ONLY = ("audit_entry",)
REFUSAL = "the audit record is append-only"

_SQLITE = (
    "CREATE TRIGGER IF NOT EXISTS {table}_no_{what} BEFORE {what} ON {table} BEGIN SELECT RAISE(ABORT, '{words}'); END"
)
_POSTGRESQL_FUNCTION = """CREATE OR REPLACE FUNCTION yihu_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{words}'; END $$"""
_POSTGRESQL = """CREATE OR REPLACE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION yihu_append_only()"""


def install(connection: Connection) -> None:
    """Safe to repeat. Needs the owner of the tables."""
    if connection.dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for what in ("UPDATE", "DELETE"):
                connection.exec_driver_sql(_SQLITE.format(table=table, what=what, words=REFUSAL))
        return
    connection.exec_driver_sql(_POSTGRESQL_FUNCTION.format(words=REFUSAL))
    for table in APPEND_ONLY:
        connection.exec_driver_sql(_POSTGRESQL.format(table=table))


def grant_least(connection: Connection, role: str) -> None:
    """What the role that serves may do: its work on every table, and only add to the audit record."""
    quoted = connection.dialect.identifier_preparer.quote(role)
    connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA public TO {quoted}")
    connection.exec_driver_sql(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quoted}")
    for table in (*APPEND_ONLY, "alembic_version"):
        connection.exec_driver_sql(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {quoted}")

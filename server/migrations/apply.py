"""Brings a database to the newest schema, in one transaction: killed half-way, it is as it was."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from server.database import Database
from server.migrations import guards


def make_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    return config


def migrate(database: Database, *, serving_role: str | None = None) -> None:
    """Safe to repeat, and to run from several processes at once. `serving_role`: a PostgreSQL role that gets the least it needs."""
    config = make_config()
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        guards.install(connection)
        if serving_role is not None:
            guards.grant_least(connection, serving_role)

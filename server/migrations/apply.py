"""Brings a database to the newest schema, in one transaction: killed half-way, it is as it was."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from server.database import Database


def make_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    return config


def migrate(database: Database) -> None:
    """Safe to repeat, and to run from several processes at once."""
    config = make_config()
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

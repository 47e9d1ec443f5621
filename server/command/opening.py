"""How every command opens the data, and how it says in plain words what keeps it from doing so."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from sqlalchemy.exc import SQLAlchemyError

from server.context import Context
from server.database import OldSqliteError
from server.errors import YihuError
from server.keyring.rules import KeyFileError
from server.main import prepare
from server.settings import Settings

console = Console(highlight=False)

DataOption = Annotated[Path, typer.Option("--data", help="Folder that holds everything: db/, files/, keys/.")]
DatabaseOption = Annotated[
    str | None,
    typer.Option("--database-url", help="PostgreSQL instead of the SQLite file: postgresql://user:password@host/name"),
]
DEFAULT_DATA = Path("data")


def fail(message: str, advice: str = "") -> NoReturn:
    console.print(f"[red]✗[/red] {message}")
    if advice:
        console.print(f"  {advice}")
    raise typer.Exit(1)


def open_context(settings: Settings) -> Context:
    """Opens and migrates the data; ends the command with advice where that cannot be done."""
    if settings.data.resolve().is_relative_to(settings.pwa_dist.resolve()):
        # Reading the app's files would open and close the live database, which drops SQLite's locks on it.
        fail(f"The data folder {settings.data} lies inside the app's folder {settings.pwa_dist}.", "Move one of them.")
    try:
        return prepare(settings)
    except KeyFileError as error:
        fail(str(error), "Without it nothing can be read, and nothing was changed.")
    except OldSqliteError as error:
        fail(f"SQLite {error} may corrupt its log; 3.51.3 or newer is needed.", "Install the pinned pysqlite3.")
    except YihuError as error:
        fail(error.problem.say_en, error.problem.say)
    except (SQLAlchemyError, OSError) as error:
        fail(f"The data in {settings.data} cannot be opened: {type(error).__name__}.", str(error).splitlines()[0])


@contextmanager
def opened(settings: Settings) -> Iterator[Context]:
    """The data while a command works on it; closed however the command ends."""
    context = open_context(settings)
    try:
        yield context
    finally:
        context.database.close()


def make_settings(data: Path, database_url: str | None, **more: object) -> Settings:
    given = {"data": data, "database_url": database_url, **more}
    return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]

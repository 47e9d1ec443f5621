"""PostgreSQL's own tools for a backup set: a dump as of one instant, and putting one into an empty database.

The password goes by the environment, never by the command line, where every user of the host could read it.
"""

import os
import shutil
import subprocess
from pathlib import Path

from sqlalchemy.engine import make_url

from server.settings import Settings

_PLACES = Path("/usr/lib/postgresql")
_SECONDS_MAX = 3_600


class ToolError(Exception):
    """A tool that is missing or that failed; its words, which hold no data."""


def dump(settings: Settings, into: Path) -> None:
    """All tables with their guards. Owner and rights stay out: the database that it is put into has its own."""
    into.touch(0o600)
    # Not compressed: what is sealed does not shrink, and equal pieces of two dumps travel once.
    _run(
        "pg_dump",
        settings.migration_url or settings.resolved_database_url(),
        "--format=custom",
        "--compress=0",
        "--no-owner",
        "--no-privileges",
        f"--file={into}",
    )


def put_back(database_url: str, dumped: Path) -> None:
    """Into an empty database, whole or not at all."""
    _run(
        "pg_restore",
        database_url,
        "--no-owner",
        "--no-privileges",
        "--exit-on-error",
        "--single-transaction",
        str(dumped),
    )


def _run(program: str, database_url: str, *words: str) -> None:
    url = make_url(database_url).set(drivername="postgresql")
    environment = {**os.environ, **({"PGPASSWORD": str(url.password)} if url.password else {})}
    name = url._replace(password=None).render_as_string(hide_password=False)
    done = subprocess.run(  # noqa: S603 -- the words are this module's own
        [_find(program), f"--dbname={name}", *words], env=environment, capture_output=True, text=True, timeout=_SECONDS_MAX,
        stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise ToolError(f"{program}: {done.stderr.strip()[-500:]}")


def _find(program: str) -> str:
    """The newest on this host: a newer tool reads an older server, not the other way round."""
    newest = sorted(
        _PLACES.glob(f"*/bin/{program}"), key=lambda one: int(one.parts[-3]) if one.parts[-3].isdigit() else 0
    )
    found = str(newest[-1]) if newest else shutil.which(program)
    if found is None:
        raise ToolError(f"{program} is missing: install PostgreSQL's client tools.")
    return found

"""The generation file: the last root of each station, outside the database, so that an older database betrays itself at start.

Written now and then and at the end, never waited for: it may lag behind, and then finds less. It must not lie in the same
backup as the database.
"""

import json
import os
import threading
import time
from pathlib import Path
from typing import Any

from server.context import Context
from server.intake.tree import LogTree
from server.log import restarts
from server.station import rules as stations
from sync.log import Restart

NAME = "generation.json"
EVERY_SECONDS = 10.0
_writing = threading.Lock()
_written_at: dict[Path, float] = {}


def note_generation(context: Context, *, now: bool = False) -> None:
    """Writes the file, unless that was done a moment ago. Failing to is no failure of the server."""
    path = context.settings.data / NAME
    with _writing:
        if not now and time.monotonic() - _written_at.get(path, -EVERY_SECONDS) < EVERY_SECONDS:
            return
        _written_at[path] = time.monotonic()
        roots = {
            station_id: _describe(context, station_id)
            for station_id in context.database.read(stations.list_station_ids)
        }
        text = json.dumps({"yihu_generation": 1, "deployment": context.keyring.deployment, "stations": roots}, indent=1)
        part = path.with_suffix(f".{os.getpid()}")
        try:
            part.write_text(text, "utf-8")
            part.replace(path)
        except OSError:
            part.unlink(missing_ok=True)


def find_restores(context: Context) -> list[Restart]:
    """At start: stations whose database is older than the file. Each goes on in a new epoch; the statements, for the screen."""
    try:
        kept = json.loads((context.settings.data / NAME).read_text("utf-8"))
        known: dict[str, Any] = kept["stations"] if kept["deployment"] == context.keyring.deployment else {}
    except (OSError, ValueError, KeyError, TypeError):
        return []
    found = []
    for station_id in context.database.read(stations.list_station_ids):
        before, after = known.get(station_id), _describe(context, station_id)
        if before and (before["epoch"], before["size"]) > (after["epoch"], after["size"]):
            found.append(
                context.database.write(
                    lambda session, one=station_id, epoch=before["epoch"]: restarts.restart_from_generation(  # type: ignore[misc]
                        session, context, one, epoch
                    )
                )
            )
    return found


def _describe(context: Context, station_id: str) -> dict[str, Any]:
    def work(session: Any) -> dict[str, Any]:
        tree = LogTree.open(session, station_id)
        return {"epoch": tree.epoch, "size": tree.size, "hash": tree.root(tree.size).hex()}

    return context.database.read(work)

"""Ships the audit record to files: one line an entry, a file a month, a signed head after each shipment.

Whoever can write in the database can forge the whole chain; they cannot reach what was shipped, if the folder is another host's
(`YIHU_AUDIT_FOLDER`: a mount, or a folder that a log collector reads). Nothing here ever removes or rewrites a line, so entries are
kept for longer than the 183 days that the law asks.
"""

import json
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from server.audit import rules
from server.audit.tables import AuditEntry
from server.context import Context
from server.keyring.station_keys import get_signer, get_station_keys
from server.station import rules as stations
from sync.canonical import canonical_text
from sync.change import Envelope, to_base64url, verify

KEPT_DAYS_MIN = 183
_BATCH = 500
_shipping = threading.Lock()


@dataclass(frozen=True)
class Compared:
    """How the database and the shipped files agree; `position` names the first entry that differs."""

    entries: int
    position: int | None
    reason: str | None


def ship(context: Context) -> int:
    """Appends what is new, for every station; says how many entries. Safe to repeat and to run beside others of this process."""
    with _shipping:
        return sum(_ship_station(context, one) for one in context.database.read(stations.list_station_ids))


def compare(context: Context, station_id: str) -> Compared:
    """Holds the record in the database against its own chain, and against what was shipped."""
    broken = context.database.read(lambda session: rules.find_break(session, station_id))
    entries = 0
    if broken is not None:
        return Compared(entries, broken, "the chain in the database is broken")
    station = context.database.read(lambda session: get_station_keys(session, station_id))
    keys = [station.current, *(former for former, _until in station.former)]
    kept: dict[int, dict[str, Any]] = {}
    for line in _lines(context.settings.audit_folder_path(), station_id):
        if "head" in line:
            head = Envelope(line["head"]["body"], line["head"]["sig"])
            if not any(verify(head, key) for key in keys):
                return Compared(
                    entries, json.loads(head.body)["position"], "a shipped head is not signed by this station"
                )
        else:
            kept[line["position"]] = line
    after = 0
    while page := context.database.read(
        lambda session, after=after: rules.list_entries(session, station_id, after, _BATCH)  # type: ignore[misc]
    ):
        for entry in page:
            entries += 1
            shipped = kept.pop(entry.position, None)
            if shipped is not None and shipped != _line(entry):
                return Compared(entries, entry.position, "the database differs from what was shipped")
            after = entry.position
    if kept:
        return Compared(entries, min(kept), "an entry was shipped and is gone from the database")
    return Compared(entries, None, None)


class Shipper:
    """Ships every few seconds, in a thread of its own, until it is closed; the last entries go out at the end."""

    def __init__(self, context: Context, seconds: float = 5.0) -> None:
        self._context = context
        self._seconds = seconds
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="audit shipping", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._is_over.set()
        self._thread.join(10)

    def _run(self) -> None:
        while True:
            is_over = self._is_over.wait(self._seconds)
            try:
                ship(self._context)
            except Exception as error:  # a full or missing disk must not stop the server; it is tried again
                rules.LOG.error("the audit record could not be shipped: %s", type(error).__name__)
            if is_over:
                return


def _ship_station(context: Context, station_id: str) -> int:
    folder = context.settings.audit_folder_path()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    after, shipped = _last_position(folder, station_id), 0
    while page := context.database.read(
        lambda session, after=after: rules.list_entries(session, station_id, after, _BATCH)  # type: ignore[misc]
    ):
        head = {
            "type": "audit_head", "v": 1, "deployment": context.keyring.deployment, "station": station_id,
            "position": page[-1].position, "chain": page[-1].chain, "at": context.now(),
        }  # fmt: skip
        body = canonical_text(head)
        signer = context.database.read(lambda session: get_signer(session, context.keyring, station_id))
        signed = {"body": body, "sig": to_base64url(signer.sign(body.encode()))}
        lines = [*(_line(entry) for entry in page), {"head": signed}]
        month = datetime.fromtimestamp(page[-1].at / 1000, UTC).strftime("%Y-%m")
        path = folder / f"audit-{station_id}-{month}.ndjson"
        is_cut = path.is_file() and not path.read_bytes().endswith(b"\n")  # a crash left half a line
        with path.open("a", encoding="utf-8") as file:
            file.write("\n" if is_cut else "")
            file.write("".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines))
            file.flush()
            os.fsync(file.fileno())
        shipped += len(page)
        after = page[-1].position
    return shipped


def _lines(folder: Path, station_id: str) -> Iterator[dict[str, Any]]:
    """Every whole line that was shipped, oldest first; a line cut off by a crash is passed over and shipped again."""
    for path in sorted(folder.glob(f"audit-{station_id}-*.ndjson")):
        for text in path.read_text("utf-8").splitlines():
            try:
                yield json.loads(text)
            except ValueError:
                continue


def _last_position(folder: Path, station_id: str) -> int:
    return max((line["position"] for line in _lines(folder, station_id) if "position" in line), default=0)


def _line(entry: AuditEntry) -> dict[str, Any]:
    return {
        "position": entry.position, "at": entry.at, "event": entry.event, "person_id": entry.person_id,
        "replica": entry.replica, "about": entry.about, "chain": entry.chain,
    }  # fmt: skip

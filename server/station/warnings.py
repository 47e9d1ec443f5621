"""Warnings for whole villages, read: told to the phones of those villages inside the signed policy.

Each is one sheet of what the station set for itself; ending it is a further version. What one means is `schemas.local_rules.warning`'s;
declaring one is `warning_sheets.py`.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session

from schemas.local_rules.warning import Warning, describe_warning, read_warning
from server.keyring.rules import Keyring, Place
from server.station import queries
from server.station.tables import LocalSheet

KIND = "warning"
_VERSIONS_MAX = 5_000


def describe(session: Session, keyring: Keyring, station_id: str, villages: set[str], now: int) -> list[dict[str, Any]]:
    """Those that stand today or stood yesterday (a phone's day may be another), each with the reader's own villages."""
    yesterday = datetime.fromtimestamp(now / 1000, UTC).date() - timedelta(days=1)
    told = []
    for row in newest(session, station_id).values():
        warning = None if row.is_withdrawn else open_warning(session, keyring, row)
        if warning is not None and warning.until >= yesterday:
            told.append(describe_warning(warning, villages))
    return [one for one in told if one is not None]


def newest(session: Session, station_id: str) -> dict[str, LocalSheet]:
    """The last version of each warning by its id, ended ones too."""
    rows = queries.list_warnings(session, station_id, _VERSIONS_MAX)
    return {row.name.removeprefix(f"{KIND}_"): row for row in rows}


def open_warning(session: Session, keyring: Keyring, row: LocalSheet) -> Warning | None:
    return read_warning(keyring.open_text(session, place_of(row.station_id, row.name, row.number), row.sealed_text))


def place_of(station_id: str, name: str, number: int) -> Place:
    return Place(station_id, station_id, "local_sheet", f"{name}/{number}", "sealed_text")

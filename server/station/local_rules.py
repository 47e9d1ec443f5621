"""What a station set for itself, read: for its phones inside the signed policy, and for checking results of its own instruments.

What the texts mean is known to `schemas.local_rules` alone; putting one in is `local_sheets.py`.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, cast

from sqlmodel import Session

from schemas.instruments import Instrument
from schemas.local_rules import (
    Checked,
    County,
    LocalKind,
    Visits,
    check_local,
    describe_county,
    describe_instrument,
    describe_visits,
)
from server.keyring.rules import Keyring, Place
from server.station import queries
from server.station.tables import LocalSheet

_VERSIONS_MAX = 2_000


@lru_cache(maxsize=256)
def read_sheet(kind: LocalKind, text: str) -> Checked:
    return check_local(kind, text)


def newest_sheets(session: Session, station_id: str) -> dict[str, LocalSheet]:
    """The version of each sheet that was put in last, withdrawn ones too."""
    return {row.name: row for row in queries.list_sheets(session, station_id, _VERSIONS_MAX)}


def own_instruments(session: Session, keyring: Keyring, station_id: str) -> Mapping[tuple[str, int], Instrument]:
    """Every version of the station's own instruments: a result that was asked offline by an old one is sound."""
    found: dict[tuple[str, int], Instrument] = {}
    for row in queries.list_sheets(session, station_id, _VERSIONS_MAX):
        content = open_sheet(session, keyring, row).content if row.kind == "instrument" else None
        if isinstance(content, Instrument):
            found[(content.id, content.version)] = content
    return found


def describe_local(session: Session, keyring: Keyring, station_id: str) -> dict[str, Any]:
    """What the policy tells of it, empty where nothing was ever set; `version` grows with every change."""
    rows = newest_sheets(session, station_id)
    if not rows:
        return {}
    told: dict[str, Any] = {"version": sum(row.number for row in rows.values()), "instruments": []}
    for row in rows.values():
        told_of = describe_sheet(open_sheet(session, keyring, row))
        if row.kind == "instrument" and told_of is not None:
            told["instruments"].append(told_of | ({"withdrawn": True} if row.is_withdrawn else {}))
        elif told_of is not None and not row.is_withdrawn:
            told[row.kind] = told_of
    return told


def describe_sheet(checked: Checked) -> dict[str, Any] | None:
    """None for a sheet that this version of the server no longer reads: the shipped rules hold then."""
    content = checked.content
    if isinstance(content, County):
        return describe_county(content)
    if isinstance(content, Visits):
        return describe_visits(content)
    return describe_instrument(content) if isinstance(content, Instrument) else None


def open_sheet(session: Session, keyring: Keyring, row: LocalSheet) -> Checked:
    kind = cast(LocalKind, row.kind)
    return read_sheet(kind, open_text(session, keyring, row))


def open_text(session: Session, keyring: Keyring, row: LocalSheet) -> str:
    return keyring.open_text(session, place_of(row.station_id, row.name, row.number), row.sealed_text)


def place_of(station_id: str, name: str, number: int) -> Place:
    return Place(station_id, station_id, "local_sheet", f"{name}/{number}", "sealed_text")

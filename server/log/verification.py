"""`yihu verify`: recomputes everything that the log says and names each row that is not what it should be.

What a row says is checked against something that whoever holds the database alone cannot make: the station's signature, the
sealed text, a keyed hash, or what is derived from those. The log's end is checked against what is outside: generation file and
phones (`restarts.py`). Reads only.
"""

from dataclasses import dataclass

from sqlmodel import Session

from server import crypto
from server.audit import rules as audit
from server.keyring.rules import Keyring, Place, get_public_key
from server.keyring.tables import DataKey, ServerKey
from server.log import queries
from server.log.findings import Checking, Finding, Wrong
from server.log.verify_changes import check_changes
from server.log.verify_entries import check_log
from server.station.rules import AUDIT_COUNTER


@dataclass(frozen=True)
class Verified:
    """`contradicted`: sizes of logs that phones proved to remember and this one is not."""

    entries: int
    changes: int
    findings: list[Finding]
    contradicted: list[int]


def verify_station(session: Session, keyring: Keyring, station_id: str) -> Verified:
    checking = Checking(session, keyring, station_id, get_public_key(session, station_id, "verdict"))
    _check_data_keys(checking)
    _check_server_keys(checking)
    check_log(checking)
    check_changes(checking)
    _check_audit(checking)
    witnesses = [one.size for one in queries.list_witnesses(session, station_id)]
    return Verified(checking.entries, checking.changes, checking.findings, witnesses)


def _check_audit(checking: Checking) -> None:
    """Where the record and its counter do not end together, either may be the altered one: both are named."""
    session, station_id = checking.session, checking.station_id
    broken = audit.find_break(session, station_id)
    if broken is None:
        return
    counter = queries.find_counter(session, station_id, AUDIT_COUNTER)
    entries = audit.list_entries(session, station_id, broken - 1, 1)
    is_there = bool(entries) and entries[0].position == broken
    ends_apart = counter is not None and (broken > counter.value or not entries)
    if counter is None or ends_apart:
        checking.find(
            "counter", AUDIT_COUNTER, "altered" if counter else "missing", "it ends where the record does not"
        )
    wrong: Wrong = "inserted" if is_there and ends_apart else "altered" if is_there else "missing"
    checking.find("audit_entry", broken, wrong, "the audit record is broken here")


def _check_data_keys(checking: Checking) -> None:
    """Every key must open, also those of people and places; a file's own is missed where something is sealed under it."""
    for row in queries.list_all(checking.session, DataKey, checking.station_id):
        try:
            checking.keyring.require_key(checking.session, checking.station_id, row.owner)
        except crypto.SealError:
            checking.lose_key(row.owner, is_missing=False)


def _check_server_keys(checking: Checking) -> None:
    """The public half in the table must be that of the sealed private half: devices pinned it at enrolment."""
    for row in queries.list_all(checking.session, ServerKey, checking.station_id):
        place = Place(checking.station_id, row.key_id, "server_key", row.purpose, "sealed_private")
        try:
            private = checking.keyring.open(checking.session, place, row.sealed_private)
        except crypto.SealError:
            checking.find("server_key", row.purpose, "altered", "its private half does not open")
            continue
        public = crypto.EcdsaP256(private).public_key()
        if public != row.public:
            checking.find("server_key", row.purpose, "altered", "its two halves do not fit")
            if row.purpose == "verdict":
                checking.verdict_key = public

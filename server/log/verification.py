"""`yihu verify`: recomputes everything that the log says and names each row that is not what it should be.

What a row says is checked against something that whoever holds the database alone cannot make: the station's signature, the
sealed text, a keyed hash, or what is derived from those. The log's end is checked against what is outside: generation file and
phones (`restarts.py`). Reads only.
"""

from dataclasses import dataclass, replace

from sqlmodel import Session

from server import crypto
from server.audit import rules as audit
from server.erasure import rules as erasure
from server.keyring.rules import Keyring
from server.keyring.station_keys import get_station_keys, private_place
from server.keyring.tables import DataKey, ServerKey
from server.log import queries
from server.log.findings import Checking, Finding, Wrong
from server.log.verify_changes import check_changes
from server.log.verify_entries import check_log
from server.station.rules import AUDIT_COUNTER
from sync.change import Envelope, to_base64url, verify
from sync.handover import HandoverError, read_handover


@dataclass(frozen=True)
class Verified:
    """`contradicted`: sizes of logs that phones proved to remember and this one is not."""

    entries: int
    changes: int
    findings: list[Finding]
    contradicted: list[int]


def verify_station(session: Session, keyring: Keyring, station_id: str) -> Verified:
    checking = Checking(session, keyring, station_id, get_station_keys(session, station_id))
    checking.erased = frozenset(erasure.list_sound(session, keyring, station_id))
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
    """The public half in the table must be that of the sealed private half: devices pinned it at enrolment. A former signing
    key has no private half any more; its statement names the next, and is signed by it.
    """
    rows = queries.list_all(checking.session, ServerKey, checking.station_id)
    publics = {row.number: row.public for row in rows if row.purpose == "verdict"}
    for row in rows:
        key = f"{row.purpose}/{row.number}"
        if row.handover_body is not None:
            following = publics.get(row.number + 1)
            if not _is_handed_over(row, following):
                checking.find("server_key", key, "altered", "its hand-over is not its own word")
            continue
        if row.sealed_private is None:
            checking.find("server_key", key, "altered", "it signs no more and names no other")
            continue
        try:
            private = checking.keyring.open(checking.session, private_place(row), row.sealed_private)
        except crypto.SealError:
            checking.find("server_key", key, "altered", "its private half does not open")
            continue
        public = crypto.EcdsaP256(private).public_key()
        if public != row.public:
            checking.find("server_key", key, "altered", "its two halves do not fit")
            if row.purpose == "verdict":
                checking.keys = replace(checking.keys, current=public)


def _is_handed_over(row: ServerKey, following: bytes | None) -> bool:
    signed = Envelope(row.handover_body or "", row.handover_signature or "")
    try:
        said = read_handover(signed)
    except HandoverError:
        return False
    return (
        verify(signed, row.public)
        and (said.former, said.station, said.number) == (to_base64url(row.public), row.station_id, row.number + 1)
        and following is not None
        and said.verdict_key == to_base64url(following)
    )

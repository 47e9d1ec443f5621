"""Replicas: enrolment by code and key proof, who a session token stands for, contact, and revocation.

Opening sessions is `sessions.py`, the vault share `share.py`, certificates of route replicas `certificates.py`.
"""

import hashlib
import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlmodel import Session

from server import crypto
from server.accounts import codes
from server.accounts import rules as accounts
from server.accounts.rules import DutyOn
from server.audit import rules as audit
from server.context import Context
from server.devices import queries
from server.devices.tables import Replica, ReplicaDirectory, VaultShare
from server.errors import YihuError
from server.keyring.rules import Keyring, Place
from server.station import rules as stations
from sync.canonical import parse_canonical
from sync.change import Envelope, replica_id, to_base64url, verify
from sync.errors import MalformedError

SessionKind = Literal["read", "upload"]
SHARE_BYTES = 32
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class Caller:
    """Who a session stands for: a person on a device, with the duties of today's policy."""

    station_id: str
    person_id: str
    replica: str
    kind: SessionKind
    token_hash: str
    epoch: int
    duties: tuple[DutyOn, ...]
    is_revoked: bool = False
    duties_change_at: int | None = None
    # The password is older than the profile allows: nothing is read until it was changed.
    must_change: bool = False
    # The profile ends idle sessions, and this one's last use should be noted.
    notes_use: bool = False

    @property
    def scopes(self) -> tuple[str, ...]:
        return tuple(sorted({held.scope for held in self.duties}))

    def has_duty(self, *duties: str, scope: str | None = None) -> bool:
        return any(held.duty in duties and scope in (None, held.scope) for held in self.duties)


@dataclass(frozen=True)
class Enrolled:
    station_id: str
    person_id: str
    replica: str
    share: bytes
    installation: str


@dataclass(frozen=True)
class DeviceView:
    replica: str
    person_id: str
    person_name: str
    label: str
    enrolled_at: int
    revoked_at: int | None
    wiped_at: int | None
    last_contact_at: int | None
    unsent_count: int | None
    unsent_since: int | None
    software: str | None
    order_at: int | None


def enrol(
    session: Session,
    context: Context,
    *,
    code: str,
    public_key: bytes,
    receipt_key: bytes,
    label: str,
    auth: bytes,
    kdf: dict[str, Any],
    proof: Envelope,
    installation: str | None = None,
) -> Enrolled:
    """Makes a device key known and uses the code up, in one transaction."""
    now = context.now()
    _check_proof(context.keyring.deployment, code, public_key, receipt_key, proof)
    offer = accounts.use_code(session, context.keyring, code, now)
    station_id, replica = offer.station_id, replica_id(public_key)
    if queries.find_station_of(session, replica) is not None:
        raise YihuError("replica_known", field="public_key")
    _check_device_count(session, station_id, offer.person_id)
    session.add(ReplicaDirectory(replica=replica, station_id=station_id))
    row = Replica(
        station_id=station_id,
        replica=replica,
        person_id=offer.person_id,
        public_key=public_key,
        receipt_key=receipt_key,
        enrolled_at=now,
        last_contact_at=now,
        sealed_label=context.keyring.seal_text(session, _label_place(station_id, offer.person_id, replica), label),
    )  # fmt: skip
    adopted = adopt_installation(row, installation)
    session.add(row)
    session.flush()
    share = secrets.token_bytes(SHARE_BYTES)
    session.add(
        VaultShare(
            station_id=station_id,
            replica=replica,
            kdf=json.dumps(kdf, sort_keys=True),
            auth_hash=hash_auth(context.keyring, station_id, replica, auth),
            sealed_share=context.keyring.seal(session, share_place(station_id, offer.person_id, replica), share),
            changed_at=now,
        )  # fmt: skip
    )
    session.flush()
    audit.record(session, station_id, "device_enrolled", now, person_id=offer.person_id, replica=replica)
    return Enrolled(station_id, offer.person_id, replica, share, adopted)


def find_caller(session: Session, token: str, kind: SessionKind, now: int) -> Caller | None:
    """Whom the token stands for, or None. A revoked device may still upload, never read."""
    station_id, _, secret = token.partition(".")
    if len(station_id) != 32 or not secret:
        return None
    token_hash = hash_token(secret)
    row = queries.find_session(session, station_id, token_hash)
    if row is None or row.kind != kind or row.expires_at <= now:
        return None
    replica = queries.find_replica(session, station_id, row.replica)
    if replica is None:
        return None
    # Whose account has ended reads nothing; their devices are revoked with it and still send what they recorded.
    if replica.revoked_at is None and not accounts.is_active(session, station_id, replica.person_id):
        return None
    if replica.revoked_at is not None and kind == "read":
        raise YihuError("device_revoked")
    terms, profile = stations.get_terms(session, station_id), stations.get_profile(session, station_id)
    idle_ms, idle_max = now - (row.used_at or row.created_at), profile.idle_minutes * 60_000
    if kind == "read" and idle_max and idle_ms > idle_max:
        return None
    duties = accounts.list_duties_and_drawers(session, station_id, replica.person_id, terms.epoch)
    return Caller(
        station_id, replica.person_id, row.replica, kind, token_hash, terms.epoch, tuple(duties),
        is_revoked=replica.revoked_at is not None, duties_change_at=terms.duties_change_at,
        must_change=kind == "read" and is_password_old(session, station_id, row.replica, profile.password_days, now),
        notes_use=kind == "read" and bool(idle_max) and idle_ms > 60_000,
    )  # fmt: skip


def is_password_old(session: Session, station_id: str, replica: str, days: int, now: int) -> bool:
    share = session.get(VaultShare, (station_id, replica)) if days else None
    return share is not None and share.changed_at is not None and now - share.changed_at > days * 86_400_000


def _check_device_count(session: Session, station_id: str, person_id: str) -> None:
    """Where the profile says so, a person has as many live devices as it allows."""
    allowed = stations.get_profile(session, station_id).devices_max
    held = [one for one in queries.list_replicas(session, station_id, 1_000, person_id) if one.revoked_at is None]
    if allowed and len(held) >= allowed:
        raise YihuError("device_limit")


def list_devices(session: Session, keyring: Keyring, station_id: str, limit: int) -> list[DeviceView]:
    rows = queries.list_replicas(session, station_id, limit)
    keyring.load(session, station_id, [row.person_id for row in rows])
    return [
        DeviceView(
            row.replica,
            row.person_id,
            accounts.get_person_name(session, keyring, station_id, row.person_id),
            get_label(session, keyring, row),
            row.enrolled_at,
            row.revoked_at,
            row.wiped_at,
            row.last_contact_at,
            row.unsent_count,
            row.unsent_since,
            row.software,
            row.order_at,
        )
        for row in rows
    ]


def get_label(session: Session, keyring: Keyring, row: Replica) -> str:
    return keyring.open_text(session, _label_place(row.station_id, row.person_id, row.replica), row.sealed_label)


def list_receipt_keys(session: Session, station_id: str, devices: Sequence[str]) -> dict[str, bytes]:
    """Raw points of the keys that these enrolled devices gave for receipts."""
    return {row.replica: row.receipt_key for row in queries.list_named_replicas(session, station_id, devices)}


def get_device(session: Session, station_id: str, replica: str) -> Replica:
    row = queries.find_replica(session, station_id, replica)
    if row is None:
        raise YihuError("not_found", field="replica")
    return row


def count_devices(session: Session, station_id: str, limit: int) -> dict[str, int]:
    """Devices in use, by person."""
    counts: dict[str, int] = {}
    for row in queries.list_replicas(session, station_id, limit):
        if row.revoked_at is None:
            counts[row.person_id] = counts.get(row.person_id, 0) + 1
    return counts


def revoke_all(session: Session, station_id: str, person_id: str, by: str | None, now: int) -> None:
    """Every device of a person whose account has ended."""
    for row in queries.list_replicas(session, station_id, 1000, person_id):
        revoke(session, station_id, row.replica, by, now)


def revoke(session: Session, station_id: str, replica: str, by: str | None, now: int) -> None:
    """Ends reading for a device: its read sessions and its vault share are gone; it may still upload. Safe to repeat."""
    row = queries.find_replica(session, station_id, replica)
    if row is None:
        raise YihuError("not_found", field="replica")
    if row.revoked_at is None:
        row.revoked_at, row.revoked_by = now, by
        session.add(row)
        audit.record(session, station_id, "device_revoked", now, person_id=by, replica=replica)
    queries.delete_sessions(session, station_id, replica, "read")
    share = queries.find_share(session, station_id, replica)
    if share is not None and share.destroyed_at is None:
        share.sealed_share, share.destroyed_at = None, now
        session.add(share)


def note_contact(
    session: Session, caller: Caller, now: int, unsent: int | None, since: int | None, software: str | None = None
) -> None:
    """When a device was last heard of, what it says is still unsent, and which version of the app it runs."""
    row = queries.find_replica(session, caller.station_id, caller.replica)
    if row is not None:
        row.last_contact_at = now
        if unsent is not None:
            row.unsent_count, row.unsent_since = unsent, since
        row.software = software or row.software
        session.add(row)


def is_contact_stale(
    session: Session, caller: Caller, now: int, unsent: int | None, software: str | None = None
) -> bool:
    """Is a note of this contact worth a write? An idle poll within ten minutes is not."""
    row = queries.find_replica(session, caller.station_id, caller.replica)
    if row is None:
        return False
    is_old = row.last_contact_at is None or now - row.last_contact_at > 600_000
    is_other = software is not None and software != row.software
    return is_old or is_other or (unsent is not None and unsent != row.unsent_count)


def hash_token(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def adopt_installation(row: Replica, sent: str | None) -> str:
    """The secret by which this device's browser is known from now on: the one it holds, or a new one.

    People who share a phone share the browser, hence the secret.
    """
    secret = sent if sent is not None and _SECRET.fullmatch(sent) else to_base64url(secrets.token_bytes(32))
    row.cookie_hash = hash_token(secret)
    return secret


def is_own_installation(row: Replica | None, sent: str | None) -> bool:
    known = (row.cookie_hash if row else None) or "-" * 64
    return crypto.is_equal(hash_token(sent or "").encode(), known.encode())


def hash_auth(keyring: Keyring, station_id: str, replica: str, auth: bytes) -> str:
    """`auth` already went through Argon2id on the device; the keyed hash keeps a stolen database from testing it."""
    return keyring.blind_index(station_id, f"vault_auth/{replica}", auth.hex())


def share_place(station_id: str, person_id: str, replica: str) -> Place:
    return Place(station_id, person_id, "vault_share", replica, "sealed_share")


def _label_place(station_id: str, person_id: str, replica: str) -> Place:
    return Place(station_id, person_id, "replica", replica, "sealed_label")


def _check_proof(deployment: str, typed: str, public_key: bytes, receipt_key: bytes, proof: Envelope) -> None:
    """The device signs the code's hash and both its keys: a code alone cannot enrol someone else's key."""
    if not (crypto.is_point(public_key) and crypto.is_point(receipt_key)):
        raise YihuError("proof_wrong", field="public_key")
    code = codes.normalize_code(typed)
    if code is None:
        raise YihuError("code_unknown", field="code")
    try:
        body = parse_canonical(proof.body)
    except MalformedError as error:
        raise YihuError("proof_wrong", field="proof") from error
    expected = {
        "type": "enrolment",
        "v": 1,
        "deployment": deployment,
        "code_hash": codes.hash_code(code),
        "public_key": to_base64url(public_key),
        "receipt_key": to_base64url(receipt_key),
    }
    is_same = isinstance(body, dict) and all(body.get(name) == value for name, value in expected.items())
    if not is_same or not verify(proof, public_key):
        raise YihuError("proof_wrong", field="proof")

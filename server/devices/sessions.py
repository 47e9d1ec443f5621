"""Opening and ending sessions: a device proves its key over a fresh nonce, and gets a reference token."""

import secrets

from sqlmodel import Session

from server import crypto
from server.audit import rules as audit
from server.context import Context
from server.devices import queries
from server.devices.rules import Caller, SessionKind, adopt_installation, hash_token
from server.devices.tables import Challenge, DeviceSession, Replica
from server.errors import YihuError
from server.station import rules as stations
from sync.canonical import canonical_text
from sync.change import Envelope, from_base64url, to_base64url, verify

NOBODY = "0" * 32
DAY_MS = 86_400_000
_TIME_BYTES, _LUCK_BYTES, _SEAL_BYTES = 6, 10, 16
_NOBODYS_KEY = crypto.EcdsaP256(crypto.make_private_key()).public_key()


def make_challenge(context: Context, replica: str) -> str:
    """A nonce for one session, made without looking anything up.

    It carries its time and a keyed hash over itself and the replica, so nothing is kept until it is used: whoever asks learns
    nothing of which devices exist, and can fill up no table of a device's open challenges.
    """
    head = context.now().to_bytes(_TIME_BYTES, "big") + secrets.token_bytes(_LUCK_BYTES)
    return to_base64url(head + _seal_of(context, head, replica))


def _seal_of(context: Context, head: bytes, replica: str) -> bytes:
    return bytes.fromhex(context.keyring.blind_index("", f"challenge/{replica}", head.hex()))[:_SEAL_BYTES]


def _is_fresh(context: Context, nonce: str, replica: str) -> bool:
    try:
        raw = from_base64url(nonce)
    except ValueError:
        return False
    head, seal = raw[: _TIME_BYTES + _LUCK_BYTES], raw[_TIME_BYTES + _LUCK_BYTES :]
    age = context.now() - int.from_bytes(head[:_TIME_BYTES], "big")
    is_ours = crypto.is_equal(seal, _seal_of(context, head, replica))
    return is_ours and 0 <= age < context.settings.challenge_seconds * 1000


def open_session(
    session: Session,
    context: Context,
    *,
    replica: str,
    kind: SessionKind,
    nonce: str,
    signature: str,
    installation: str | None = None,
) -> tuple[str, int, str]:
    """Token, expiry and the secret of the installation. The nonce is used up by the session that it opens."""
    now = context.now()
    station_id = queries.find_station_of(session, replica)
    row = queries.find_replica(session, station_id or NOBODY, replica)
    text = canonical_text(
        {
            "type": "session",
            "v": 1,
            "deployment": context.keyring.deployment,
            "replica": replica,
            "kind": kind,
            "nonce": nonce,
        }
    )
    # A device that is none costs the same work, so that time tells nobody which devices exist.
    is_signed = verify(Envelope(text, signature), row.public_key if row else _NOBODYS_KEY)
    is_fresh = _is_fresh(context, nonce, replica)
    if row is None or station_id is None or not is_signed or not is_fresh:
        raise YihuError("challenge_wrong")
    if queries.find_challenge(session, station_id, hash_token(nonce)) is not None:
        raise YihuError("challenge_wrong")
    if row.revoked_at is not None and kind == "read":
        raise YihuError("device_revoked")
    if kind == "read":
        _check_dormant(session, station_id, row, now)
    queries.delete_expired_challenges(session, station_id, now)
    expires_at = now + context.settings.challenge_seconds * 1000
    session.add(
        Challenge(station_id=station_id, nonce_hash=hash_token(nonce), replica=replica, expires_at=expires_at)
    )  # fmt: skip
    audit.record(session, station_id, f"session_{kind}", now, person_id=row.person_id, replica=replica)
    row.last_contact_at = now
    session.add(row)
    adopted = adopt_installation(row, installation)
    return *start_session(session, context, station_id, replica, kind), adopted


def _check_dormant(session: Session, station_id: str, row: Replica, now: int) -> None:
    """A device that was away for longer than the profile allows is enrolled anew; what it recorded still comes home."""
    days = stations.get_profile(session, station_id).unused_days
    if days and row.last_contact_at is not None and now - row.last_contact_at > days * DAY_MS:
        raise YihuError("device_dormant")


def note_used(session: Session, caller: Caller, now: int) -> None:
    """When a session was last used; asked for only where the profile ends idle ones."""
    row = queries.find_session(session, caller.station_id, caller.token_hash)
    if row is not None:
        row.used_at = now
        session.add(row)


def start_session(
    session: Session, context: Context, station_id: str, replica: str, kind: SessionKind
) -> tuple[str, int]:
    """A new token; earlier tokens of this kind end, so that a stolen one dies at the next unlock."""
    now, secret = context.now(), to_base64url(secrets.token_bytes(32))
    settings, profile = context.settings, stations.get_profile(session, station_id)
    reading = min(settings.read_session_seconds, profile.session_hours * 3600)
    seconds = reading if kind == "read" else settings.upload_session_seconds
    queries.delete_sessions(session, station_id, replica, kind)
    session.add(
        DeviceSession(
            station_id=station_id,
            token_hash=hash_token(secret),
            replica=replica,
            kind=kind,
            created_at=now,
            expires_at=now + seconds * 1000,
            used_at=now,
        )  # fmt: skip
    )
    return f"{station_id}.{secret}", now + seconds * 1000


def end_session(session: Session, caller: Caller) -> None:
    queries.delete_session(session, caller.station_id, caller.token_hash)

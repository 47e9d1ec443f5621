"""Opening and ending sessions: a device proves its key over a fresh nonce, and gets a reference token."""

import secrets

from sqlmodel import Session

from server.audit import rules as audit
from server.context import Context
from server.devices import queries
from server.devices.rules import Caller, SessionKind, hash_token
from server.devices.tables import Challenge, DeviceSession
from server.errors import YihuError
from sync.canonical import canonical_text
from sync.change import Envelope, to_base64url, verify

CHALLENGES_PER_REPLICA_MAX = 20


def make_challenge(session: Session, context: Context, replica: str) -> str:
    """A nonce for one session. An unknown replica gets one too: the answer tells nobody which devices exist."""
    now, nonce = context.now(), to_base64url(secrets.token_bytes(32))
    station_id = queries.find_station_of(session, replica)
    if station_id is None:
        return nonce
    queries.delete_expired_challenges(session, station_id, now)
    if queries.count_challenges(session, station_id, replica) >= CHALLENGES_PER_REPLICA_MAX:
        raise YihuError("too_many", headers={"Retry-After": str(context.settings.challenge_seconds)})
    session.add(
        Challenge(
            station_id=station_id,
            nonce_hash=hash_token(nonce),
            replica=replica,
            expires_at=now + context.settings.challenge_seconds * 1000,
        )  # fmt: skip
    )
    return nonce


def open_session(
    session: Session, context: Context, *, replica: str, kind: SessionKind, nonce: str, signature: str
) -> tuple[str, int]:
    """Token and expiry. The nonce is used up by the session that it opens."""
    now = context.now()
    station_id = queries.find_station_of(session, replica)
    challenge = queries.find_challenge(session, station_id, hash_token(nonce)) if station_id else None
    if station_id is None or challenge is None or challenge.replica != replica or challenge.expires_at <= now:
        raise YihuError("challenge_wrong")
    row = queries.find_replica(session, station_id, replica)
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
    if row is None or not verify(Envelope(text, signature), row.public_key):
        raise YihuError("challenge_wrong")
    if row.revoked_at is not None and kind == "read":
        raise YihuError("device_revoked")
    session.delete(challenge)
    audit.record(session, station_id, f"session_{kind}", now, person_id=row.person_id, replica=replica)
    row.last_contact_at = now
    session.add(row)
    return start_session(session, context, station_id, replica, kind)


def start_session(
    session: Session, context: Context, station_id: str, replica: str, kind: SessionKind
) -> tuple[str, int]:
    """A new token; earlier tokens of this kind end, so that a stolen one dies at the next unlock."""
    now, secret = context.now(), to_base64url(secrets.token_bytes(32))
    settings = context.settings
    seconds = settings.read_session_seconds if kind == "read" else settings.upload_session_seconds
    queries.delete_sessions(session, station_id, replica, kind)
    session.add(
        DeviceSession(
            station_id=station_id,
            token_hash=hash_token(secret),
            replica=replica,
            kind=kind,
            created_at=now,
            expires_at=now + seconds * 1000,
        )  # fmt: skip
    )
    return f"{station_id}.{secret}", now + seconds * 1000


def end_session(session: Session, caller: Caller) -> None:
    queries.delete_session(session, caller.station_id, caller.token_hash)

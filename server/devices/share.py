"""The server's half of a main vault: given only for the right password, with every try counted before it is compared.

The browser that enrolled is known by the secret it was given then (a cookie no script reads), or by any session of that
device. Whoever comes without (a stranger who knows a device's id; the owner, whose browser lost the cookie) has a few tries a
day of their own: they cost the owner none, cannot destroy the share, and look the same for devices that do not exist.

Two transactions on purpose. The first counts the try and is on disk before the second compares: cutting the power between
them costs the guesser a try, never the station a secret.
"""

import json
import secrets
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from server import crypto
from server.accounts import rules as accounts
from server.audit import rules as audit
from server.context import Context
from server.devices import queries
from server.devices.rules import SHARE_BYTES, Caller, hash_auth, is_own_installation, is_password_old, share_place
from server.devices.sessions import NOBODY
from server.devices.tables import VaultShare
from server.errors import YihuError
from server.station import rules as stations


@dataclass(frozen=True)
class Limits:
    """How many wrong tries in a row wait, how many destroy, how long the wait is; settings go before the profile."""

    before_wait: int
    tries_max: int
    wait_ms: int


def find_limits(session: Session, context: Context, station_id: str) -> Limits:
    settings, profile = context.settings, stations.get_profile(session, station_id)
    return Limits(
        settings.share_tries_before_wait or profile.tries_before_wait,
        settings.share_tries_max or profile.tries_max,
        (settings.share_wait_seconds or profile.wait_minutes * 60) * 1000,
    )


def release_share(
    context: Context, replica: str, auth: bytes, *, installation: str | None, caller: Caller | None
) -> bytes:
    """The share, or `wrong_password`, `locked`, `share_destroyed`, `too_many`."""
    station_id = context.database.read(lambda session: _find_station(session, replica, installation, caller))
    if station_id is None:
        return _release_without_installation(context, replica, auth)
    return _try(context, station_id, replica, auth)


def _try(context: Context, station_id: str, replica: str, auth: bytes) -> bytes:
    tries, limits = context.database.write(
        lambda session: (_count(session, context, station_id, replica), find_limits(session, context, station_id))
    )
    found = context.database.write(lambda session: _compare(session, context, station_id, replica, auth))
    if found is not None:
        return found
    limit = limits.before_wait if tries <= limits.before_wait else limits.tries_max
    if tries >= limits.tries_max:
        raise YihuError("share_destroyed")
    until = context.now() + limits.wait_ms if tries == limit else None
    raise YihuError("wrong_password", remaining=limit - tries, until=until)


def change_password(
    context: Context, caller: Caller, auth: bytes | None, new_auth: bytes, kdf: dict[str, Any]
) -> bytes:
    """A new proof and a new share for the caller's own device; the former share opens nothing any more.

    With `auth` it is a try like any other. Without it the read session counts: it was opened by the device key, which only an
    open vault has (by the field code, for example, where the password was forgotten).
    """
    if auth is not None:
        _try(context, caller.station_id, caller.replica, auth)
    return context.database.write(lambda session: _replace(session, context, caller, new_auth, kdf))


def _replace(session: Session, context: Context, caller: Caller, new_auth: bytes, kdf: dict[str, Any]) -> bytes:
    station_id, replica, now = caller.station_id, caller.replica, context.now()
    row = _get_share(session, context, station_id, replica)
    kept = stations.get_profile(session, station_id).kept_former
    # The same password gives the same proof only under the same salt: without it no reuse could be seen.
    if kept and kdf["salt"] != json.loads(row.kdf)["salt"]:
        raise YihuError("invalid_value", field="kdf")
    proof = hash_auth(context.keyring, station_id, replica, new_auth)
    former = [row.auth_hash, *json.loads(row.former)][: max(kept, 0)]
    if kept and proof in former:
        raise YihuError("password_reused", field="new_auth")
    fresh = secrets.token_bytes(SHARE_BYTES)
    row.auth_hash, row.kdf, row.former = proof, json.dumps(kdf, sort_keys=True), json.dumps(former)
    row.sealed_share = context.keyring.seal(session, share_place(station_id, caller.person_id, replica), fresh)
    row.changed_at, row.tries_in_row, row.wait_until = now, 0, None
    session.add(row)
    audit.record(session, station_id, "password_changed", now, person_id=caller.person_id, replica=replica)
    return fresh


def must_change(context: Context, replica: str) -> bool:
    """Whether the password of a device has grown too old for its station's profile."""

    def look(session: Session) -> bool:
        station_id = queries.find_station_of(session, replica)
        days = stations.get_profile(session, station_id).password_days if station_id else 0
        return bool(station_id) and is_password_old(session, station_id or "", replica, days, context.now())

    return context.database.read(look)


def _release_without_installation(context: Context, replica: str, auth: bytes) -> bytes:
    """Tries of their own, counted by the device's name whether there is such a device or not."""
    left = context.database.write(
        lambda session: accounts.count_stranger(session, context.keyring, context.settings, replica, context.now())
    )
    found = context.database.write(lambda session: _compare_without_installation(session, context, replica, auth))
    if found is None:
        raise YihuError("wrong_password", remaining=left)
    return found


def _compare_without_installation(session: Session, context: Context, replica: str, auth: bytes) -> bytes | None:
    """Only whoever has the right password hears that they must wait."""
    station_id = queries.find_station_of(session, replica) or NOBODY
    row, share = queries.find_replica(session, station_id, replica), queries.find_share(session, station_id, replica)
    given = hash_auth(context.keyring, station_id, replica, auth)
    is_right = crypto.is_equal(given.encode(), (share.auth_hash if share else "-" * 64).encode())
    if not is_right or row is None or row.revoked_at is not None or share is None or share.sealed_share is None:
        return None
    if share.wait_until is not None and share.wait_until > context.now():
        raise YihuError("locked", until=share.wait_until)
    share.tries_in_row, share.wait_until = 0, None
    session.add(share)
    return context.keyring.open(session, share_place(station_id, row.person_id, replica), share.sealed_share)


def _find_station(session: Session, replica: str, installation: str | None, caller: Caller | None) -> str | None:
    """The device's station, if the request comes from its own browser. As many statements for a device that is none."""
    station_id = queries.find_station_of(session, replica)
    row = queries.find_replica(session, station_id or NOBODY, replica)
    is_own = is_own_installation(row, installation)
    holds_session = caller is not None and caller.replica == replica
    return station_id if row is not None and (is_own or holds_session) else None


def _count(session: Session, context: Context, station_id: str, replica: str) -> int:
    now, limits = context.now(), find_limits(session, context, station_id)
    share = _get_share(session, context, station_id, replica)
    if share.wait_until is not None and share.wait_until > now:
        seconds = max(1, (share.wait_until - now) // 1000)
        raise YihuError("locked", until=share.wait_until, headers={"Retry-After": str(seconds)})
    share.tries_in_row += 1
    # Set before the comparison, so that tries sent side by side cannot slip past the fifth.
    is_last_before_wait = share.tries_in_row == limits.before_wait
    share.wait_until = now + limits.wait_ms if is_last_before_wait else None
    session.add(share)
    return share.tries_in_row


def _compare(session: Session, context: Context, station_id: str, replica: str, auth: bytes) -> bytes | None:
    share = _get_share(session, context, station_id, replica, is_counted=True)
    row = queries.find_replica(session, station_id, replica)
    given = hash_auth(context.keyring, station_id, replica, auth)
    if row is None or row.revoked_at is not None or share.sealed_share is None:
        raise YihuError("share_destroyed")
    if not crypto.is_equal(given.encode(), share.auth_hash.encode()):
        if share.tries_in_row >= find_limits(session, context, station_id).tries_max:
            share.sealed_share, share.destroyed_at = None, context.now()
            session.add(share)
            audit.record(session, station_id, "share_destroyed", context.now(), replica=replica)
        return None
    share.tries_in_row, share.wait_until = 0, None
    session.add(share)
    return context.keyring.open(session, share_place(station_id, row.person_id, replica), share.sealed_share)


def _get_share(
    session: Session, context: Context, station_id: str, replica: str, *, is_counted: bool = False
) -> VaultShare:
    share = queries.find_share(session, station_id, replica)
    if share is None:
        raise YihuError("wrong_password", remaining=0)
    is_spent = share.tries_in_row >= find_limits(session, context, station_id).tries_max and not is_counted
    if share.destroyed_at is not None or is_spent:
        raise YihuError("share_destroyed")
    return share

"""The server's half of a main vault: given only for the right password, with every try counted before it is compared.

The browser that enrolled is known by the secret it was given then (a cookie no script reads), or by any session of that
device. Whoever comes without (a stranger who knows a device's id; the owner, whose browser lost the cookie) has a few tries a
day of their own: they cost the owner none, cannot destroy the share, and look the same for devices that do not exist.

Two transactions on purpose. The first counts the try and is on disk before the second compares: cutting the power between
them costs the guesser a try, never the station a secret.
"""

from sqlmodel import Session

from server import crypto
from server.accounts import rules as accounts
from server.audit import rules as audit
from server.context import Context
from server.devices import queries
from server.devices.rules import Caller, hash_auth, is_own_installation, share_place
from server.devices.sessions import NOBODY
from server.devices.tables import VaultShare
from server.errors import YihuError


def release_share(
    context: Context, replica: str, auth: bytes, *, installation: str | None, caller: Caller | None
) -> bytes:
    """The share, or `wrong_password`, `locked`, `share_destroyed`, `too_many`."""
    station_id = context.database.read(lambda session: _find_station(session, replica, installation, caller))
    if station_id is None:
        return _release_without_installation(context, replica, auth)
    tries = context.database.write(lambda session: _count(session, context, station_id, replica))
    found = context.database.write(lambda session: _compare(session, context, station_id, replica, auth))
    if found is not None:
        return found
    settings = context.settings
    limit = settings.share_tries_before_wait if tries <= settings.share_tries_before_wait else settings.share_tries_max
    if tries >= settings.share_tries_max:
        raise YihuError("share_destroyed")
    until = context.now() + settings.share_wait_seconds * 1000 if tries == limit else None
    raise YihuError("wrong_password", remaining=limit - tries, until=until)


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
    now, settings = context.now(), context.settings
    share = _get_share(session, context, station_id, replica)
    if share.wait_until is not None and share.wait_until > now:
        seconds = max(1, (share.wait_until - now) // 1000)
        raise YihuError("locked", until=share.wait_until, headers={"Retry-After": str(seconds)})
    share.tries_in_row += 1
    # Set before the comparison, so that tries sent side by side cannot slip past the fifth.
    is_last_before_wait = share.tries_in_row == settings.share_tries_before_wait
    share.wait_until = now + settings.share_wait_seconds * 1000 if is_last_before_wait else None
    session.add(share)
    return share.tries_in_row


def _compare(session: Session, context: Context, station_id: str, replica: str, auth: bytes) -> bytes | None:
    share = _get_share(session, context, station_id, replica, is_counted=True)
    row = queries.find_replica(session, station_id, replica)
    given = hash_auth(context.keyring, station_id, replica, auth)
    if row is None or row.revoked_at is not None or share.sealed_share is None:
        raise YihuError("share_destroyed")
    if not crypto.is_equal(given.encode(), share.auth_hash.encode()):
        if share.tries_in_row >= context.settings.share_tries_max:
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
    is_spent = share.tries_in_row >= context.settings.share_tries_max and not is_counted
    if share.destroyed_at is not None or is_spent:
        raise YihuError("share_destroyed")
    return share

"""The opaque cursor: how far a replica has read, by audience. Nothing in it is trusted beyond that, so it is not signed.

A cursor that cannot be read is no error: it is as good as none, and is answered with packs.
"""

import binascii
import json

from sync.change import from_base64url, to_base64url

_VERSION = 1
_FIRST_EPOCH = 1
_AUDIENCES_MAX = 200
_ID_LENGTH = 32


def write_cursor(
    positions: dict[str, int], epoch: int = _FIRST_EPOCH, whole_until: int = 0, named_after: str | None = None
) -> str:
    """`epoch`: the log's when this was written; what it says of positions that a later restart forgot no longer counts.

    `whole_until`: the reader began anew; up to this place it gets its own changes again, too. `named_after`: after a restart
    its files are being named to it, and come next after this one.
    """
    said: dict[str, object] = {"v": _VERSION, "a": positions} | ({} if epoch == _FIRST_EPOCH else {"e": epoch})
    said |= {} if named_after is None else {"n": named_after}
    said |= {"w": whole_until} if any(position < whole_until for position in positions.values()) else {}
    return to_base64url(json.dumps(said, separators=(",", ":"), sort_keys=True).encode())


def read_cursor(cursor: str | None) -> dict[str, int]:
    """Positions by audience; empty where the cursor is none, of another version, or damaged."""
    if cursor is None:
        return {}
    try:
        body = json.loads(from_base64url(cursor))
        positions = body["a"] if body["v"] == _VERSION else {}
        sound = {
            audience: position
            for audience, position in positions.items()
            if len(audience) == _ID_LENGTH and type(position) is int and 0 <= position < 2**53
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error):
        return {}
    return sound if len(sound) <= _AUDIENCES_MAX else {}


def read_epoch(cursor: str | None) -> int:
    """The log's epoch when the cursor was written; the first where it does not say."""
    return _read_number(cursor, "e", _FIRST_EPOCH)


def read_whole_until(cursor: str | None) -> int:
    """Up to where the reader gets its own changes whole; 0: nowhere."""
    return _read_number(cursor, "w", 0)


def read_named_after(cursor: str | None) -> str | None:
    """The file after which the reader's files are to be named on; None: they all are."""
    found = _read(cursor, "n")
    return found if isinstance(found, str) and len(found) <= _ID_LENGTH else None


def _read_number(cursor: str | None, key: str, otherwise: int) -> int:
    found = _read(cursor, key)
    return found if type(found) is int else otherwise


def _read(cursor: str | None, key: str) -> object:
    try:
        return json.loads(from_base64url(cursor or "")).get(key)
    except (ValueError, TypeError, AttributeError, RecursionError, binascii.Error):
        return None

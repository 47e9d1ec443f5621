"""The opaque cursor: how far a replica has read, by audience. Nothing in it is trusted beyond that, so it is not signed.

A cursor that cannot be read is no error: it is as good as none, and is answered with packs.
"""

import binascii
import json

from sync.change import from_base64url, to_base64url

_VERSION = 1
_AUDIENCES_MAX = 200


def write_cursor(positions: dict[str, int]) -> str:
    body = json.dumps({"v": _VERSION, "a": positions}, separators=(",", ":"), sort_keys=True)
    return to_base64url(body.encode())


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
            if len(audience) == 32 and type(position) is int and 0 <= position < 2**53
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error):
        return {}
    return sound if len(sound) <= _AUDIENCES_MAX else {}

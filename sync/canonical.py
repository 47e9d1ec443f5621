"""The value space (V-1 to V-3) and the canonical form (V-4, V-5): the bytes that are hashed and signed.

Our own validator runs first, because no library checks what both languages need: one passes 2^53, none checks NFC, and
every common JSON parser hides duplicate keys. Inside the value space (no floats, ASCII keys) the interpreter's own JSON
encoder writes exactly RFC 8785, ten times as fast as the `rfc8785` library, which the tests hold against it.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from typing import Any, Final, NoReturn

from sync.errors import NotCanonicalError

INTEGER_MAX: Final = 2**53 - 1
KEY_CHARACTERS_MAX: Final = 120
DEPTH_MAX: Final = 16
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def check_value(value: object, *, depth: int = 0) -> None:
    """Raise `NotCanonicalError` unless `value` lies in the value space. Containers may nest 16 deep (V-2)."""
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, int):
        if not -INTEGER_MAX <= value <= INTEGER_MAX:
            raise NotCanonicalError("An integer lies outside ±(2^53−1).")
    elif isinstance(value, str):
        check_text(value)
    elif isinstance(value, list | dict):
        if depth >= DEPTH_MAX:
            raise NotCanonicalError(f"The document nests deeper than {DEPTH_MAX}.")
        _check_container(value, depth + 1)
    else:
        raise NotCanonicalError(f"A value of type {type(value).__name__} is outside the value space.")


def check_text(text: str) -> None:
    """Raise unless the text is in NFC and holds no lone surrogate."""
    if text.isascii():
        return
    if not unicodedata.is_normalized("NFC", text):
        raise NotCanonicalError("A text is not in Unicode NFC.")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise NotCanonicalError("A text holds a lone surrogate.")


def canonicalize(value: object) -> bytes:
    """The canonical bytes of a value of the value space (RFC 8785, UTF-8). Raises `NotCanonicalError`."""
    return canonical_text(value).encode()


def canonical_text(value: object) -> str:
    """`canonicalize` as text: what an envelope carries."""
    check_value(value)
    return encode(value)


def encode(value: object) -> str:
    """Canonical text of a value that is known to lie in the value space."""
    return _ENCODER.encode(value)


def parse_canonical(text: str) -> Any:
    """Parse a transported text and return its value; raises `NotCanonicalError` unless it is canonical byte for byte."""
    try:
        value = json.loads(
            text, object_pairs_hook=_refuse_duplicates, parse_float=_refuse_float, parse_constant=_refuse_float
        )
    except (ValueError, RecursionError) as error:
        raise NotCanonicalError("The text is not JSON of the value space.") from error
    if canonical_text(value) != text:
        raise NotCanonicalError("The text is not in canonical form.")
    return value


def sha256_hex(data: bytes) -> str:
    """SHA-256 as 64 lower-case hex digits."""
    return hashlib.sha256(data).hexdigest()


def hash_value(value: object) -> str:
    """SHA-256 of the canonical form."""
    return sha256_hex(canonicalize(value))


def _check_container(value: list[Any] | dict[Any, Any], depth: int) -> None:
    if isinstance(value, list):
        for item in value:
            check_value(item, depth=depth)
        return
    for key, item in value.items():
        if not isinstance(key, str) or not 1 <= len(key) <= KEY_CHARACTERS_MAX:
            raise NotCanonicalError(f"An object key is not a text of 1 to {KEY_CHARACTERS_MAX} characters.")
        if not (key.isascii() and key.isprintable()):
            raise NotCanonicalError("An object key is not printable ASCII.")
        check_value(item, depth=depth)


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise NotCanonicalError("An object names the same key twice.")
    return value


def _refuse_float(_text: str) -> NoReturn:
    raise NotCanonicalError("Floats are outside the value space.")

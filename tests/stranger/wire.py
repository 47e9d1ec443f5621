"""Sections 1 to 3 of the protocol page: bytes, names, signatures, bases. Written from the page; nothing of `sync` is used."""

import base64
import hashlib
import json
import unicodedata
from collections.abc import Iterable
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

Dot = tuple[str, int]


class NotCanonical(ValueError):
    """V-4."""


def canonical(document: Any) -> str:
    """V-4: in this value space RFC 8785 is sorted keys, no blanks, and JSON's shortest escapes."""
    _check(document, 0)
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def parse(text: str) -> Any:
    def refuse(_: str) -> Any:
        raise NotCanonical("a float")

    def whole(digits: str) -> int:
        if digits == "-0":
            raise NotCanonical("-0")
        return int(digits)

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({key for key, _ in pairs}) != len(pairs):
            raise NotCanonical("a key twice")
        return dict(pairs)

    try:
        found = json.loads(text, parse_float=refuse, parse_constant=refuse, parse_int=whole, object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        raise NotCanonical(str(error)) from error
    if canonical(found) != text:
        raise NotCanonical("written otherwise")
    return found


def _check(value: Any, depth: int) -> None:
    """V-1, V-2."""
    if isinstance(value, dict | list):
        if depth >= 16:
            raise NotCanonical("too deep")
        for key in value if isinstance(value, dict) else ():
            if not (1 <= len(key) <= 120 and all(" " <= letter <= "~" for letter in key)):
                raise NotCanonical("a key")
        for inner in value.values() if isinstance(value, dict) else value:
            _check(inner, depth + 1)
    elif isinstance(value, str):
        if any("\ud800" <= letter <= "\udfff" for letter in value) or not unicodedata.is_normalized("NFC", value):
            raise NotCanonical("text")
    elif not (value is None or isinstance(value, bool) or (type(value) is int and abs(value) < 2**53)):
        raise NotCanonical("a value")


def sha256(text: str | bytes) -> str:
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


def to_text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def to_bytes(text: str) -> bytes:
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if to_text(raw) != text:
        raise ValueError("not base64url")
    return raw


def replica_of(point: bytes) -> str:
    """N-2."""
    return hashlib.sha256(point).hexdigest()[:32]


def sign(body: str, key: ec.EllipticCurvePrivateKey) -> str:
    """N-5: r and s, 32 bytes each."""
    r, s = decode_dss_signature(key.sign(body.encode(), ec.ECDSA(hashes.SHA256())))
    return to_text(r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def is_signed(envelope: dict[str, str], point: bytes) -> bool:
    try:
        raw = to_bytes(envelope["sig"])
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
        if len(raw) == 64:
            key.verify(encode_dss_signature(r, s), envelope["body"].encode(), ec.ECDSA(hashes.SHA256()))
            return True
    except (InvalidSignature, ValueError):
        pass
    return False


def covers(base: dict[str, Any], dot: Dot) -> bool:
    """C-7."""
    return bool(base["vector"].get(dot[0], 0) >= dot[1]) and list(dot) not in base["except"]


def base_of(dots: Iterable[Dot]) -> dict[str, Any]:
    """C-7: the base of a form that shows these dots."""
    shown = set(dots)
    vector = {replica: max(seq for other, seq in shown if other == replica) for replica, _ in shown}
    missing = [(r, seq) for r, top in vector.items() for seq in range(1, top) if (r, seq) not in shown]
    return {"vector": dict(sorted(vector.items())), "except": [list(dot) for dot in sorted(missing)]}


def join(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """C-7: covers what at least one of them covers."""
    tops = {r: max(b["vector"].get(r, 0) for b in (one, other)) for r in {*one["vector"], *other["vector"]}}
    holes = sorted(
        tuple(dot)
        for dot in [*one["except"], *other["except"]]
        if not covers(one, tuple(dot)) and not covers(other, tuple(dot))
    )
    return {"vector": tops, "except": [list(dot) for dot in dict.fromkeys(holes)]}

"""The change: one atomic save by one person on one device (PROTOCOL 2 and 3).

Makes bodies, reads and checks transported ones, computes ids, signs and verifies. Whether a change may be accepted is
`sync.verdicts`; what it does to a file is `sync.fold`. Keys, salts and times come in as arguments.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from sync.canonical import canonical_text, parse_canonical, sha256_hex
from sync.errors import MalformedError
from sync.shapes import Shape, check_shape, each, integer, is_hex, one_of, optional_null, text, tuple_of
from sync.versions import Base, Dot, covers

BODY_BYTES_MAX: Final = 65_536
OPERATIONS_MAX: Final = 500
REASON_CHARACTERS_MAX: Final = 2_000
SEQ_MAX: Final = 1_000_000
SCHEMA_MAX: Final = 1_000_000

ACTS: Final = frozenset({"save", "resolve", "submit", "approve", "return", "withdraw", "transfer", "void", "merge"})
ACTS_ABOUT_A_SECTION: Final = frozenset({"submit", "approve", "return", "withdraw"})

_NAME = r"[a-z][a-z0-9_]{0,39}"
_FIELD_PATH = re.compile(rf"{_NAME}(?:/[0-9a-f]{{32}}/{_NAME})?")
_COLLECTION_PATH = re.compile(_NAME)
_ELEMENT_PATH = re.compile(rf"{_NAME}/[0-9a-f]{{32}}")
_SECTION_PATH = re.compile(rf"{_NAME}(?:/[0-9a-f]{{32}})?")
VOID_FIELD: Final = "$void"


@dataclass(frozen=True, slots=True)
class Envelope:
    """A signed document as it travels (N-6): canonical text and base64url signature. Never re-serialise the body."""

    body: str
    sig: str

    def to_json(self) -> dict[str, str]:
        return {"body": self.body, "sig": self.sig}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Envelope:
        return cls(value["body"], value["sig"])


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a change (C-4). `path` of an `append` is the collection; `id` names its new element."""

    op: str
    path: str
    value: Any = None
    id: str | None = None

    @property
    def element(self) -> str | None:
        """`collection/<id>` of the element that the operation touches, or None for a root field."""
        if self.op == "append":
            return f"{self.path}/{self.id}"
        return element_of(self.path)


@dataclass(frozen=True, slots=True)
class About:
    """What an act on a section is about: the section, its content hash and the schema version of that hash."""

    section: str
    content: str
    schema: int
    step: int | None = None
    remarks: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A change that was read and checked. `body` is the parsed document, unknown keys included."""

    id: str
    body: Mapping[str, Any]
    deployment: str
    station: str
    scope: str
    file: str
    kind: str
    dot: Dot
    prev: str | None
    base: Base
    seen: str | None
    schema: int
    at: int
    server_at: int
    person: str
    epoch: int
    act: str
    ops: tuple[Operation, ...]
    about: About | None
    reason: str | None
    reissues: str | None = None


def make_change(
    *,
    deployment: str,
    station: str,
    scope: str,
    file: str,
    kind: str,
    dot: Dot,
    prev: str | None,
    base: Base,
    seen: str | None,
    schema: int,
    at: int,
    server_at: int,
    person: str,
    epoch: int,
    act: str,
    ops: Sequence[Mapping[str, Any]],
    salt: str,
    about: Mapping[str, Any] | None = None,
    reason: str | None = None,
    reissues: str | None = None,
) -> dict[str, Any]:
    """The body of a new change, ready for `canonical_text` and `sign`. Raises `MalformedError` if it is none."""
    body: dict[str, Any] = {
        "type": "change",
        "v": 1,
        "suite": 1,
        "deployment": deployment,
        "station": station,
        "scope": scope,
        "file": file,
        "kind": kind,
        "replica": dot.replica,
        "seq": dot.seq,
        "prev": prev,
        "base": base.to_json(),
        "seen": seen,
        "schema": schema,
        "at": at,
        "server_at": server_at,
        "person": person,
        "epoch": epoch,
        "act": act,
        "ops": [dict(operation) for operation in ops],
        "salt": salt,
    }
    if about is not None:
        body["about"] = dict(about)
    if reason is not None:
        body["reason"] = reason
    if reissues is not None:
        body["reissues"] = reissues
    check_body(body)
    return body


def change_id(body_text: str) -> str:
    """Id of the transported canonical text (N-3): 64 hex digits; the signature is not covered."""
    return sha256_hex(body_text.encode("utf-8"))


def read_change(envelope: Envelope) -> Change:
    """Parse and check a transported change. Raises `MalformedError`; checks no signature and no permission."""
    if len(envelope.body.encode("utf-8", "surrogatepass")) > BODY_BYTES_MAX:
        raise MalformedError(f"The change is larger than {BODY_BYTES_MAX} bytes.", code="too_large")
    body = parse_canonical(envelope.body)
    check_body(body)
    return _change_of(envelope.body, body)


def reread_change(envelope: Envelope) -> Change:
    """Parse a change that was checked before it was stored; ten times as fast as `read_change`, and checks nothing."""
    return _change_of(envelope.body, json.loads(envelope.body))


def _change_of(body_text: str, body: Mapping[str, Any]) -> Change:
    about = body.get("about")
    return Change(
        id=change_id(body_text),
        body=body,
        deployment=body["deployment"],
        station=body["station"],
        scope=body["scope"],
        file=body["file"],
        kind=body["kind"],
        dot=Dot(body["replica"], body["seq"]),
        prev=body["prev"],
        base=Base.from_json(body["base"]),
        seen=body["seen"],
        schema=body["schema"],
        at=body["at"],
        server_at=body["server_at"],
        person=body["person"],
        epoch=body["epoch"],
        act=body["act"],
        ops=tuple(Operation(op["op"], op["path"], op.get("value"), op.get("id")) for op in body["ops"]),
        about=None
        if about is None
        else About(about["section"], about["content"], about["schema"], about.get("step"), about.get("remarks")),
        reason=body.get("reason"),
        reissues=body.get("reissues"),
    )


def find_dot(body_text: str) -> tuple[str, Dot] | None:
    """File and dot that a malformed change claims (D-5), or None. Never raises: the text may be anything."""
    try:
        body = json.loads(body_text)
        file, replica, seq = body["file"], body["replica"], body["seq"]
    except (ValueError, RecursionError, TypeError, KeyError):
        return None
    if is_hex(file, 32) and is_hex(replica, 32) and type(seq) is int and 1 <= seq <= SEQ_MAX:
        return file, Dot(replica, seq)
    return None


def element_of(path: str) -> str | None:
    """`collection/<id>` of a path inside an element, None for a root field or a bare collection."""
    parts = path.split("/")
    return f"{parts[0]}/{parts[1]}" if len(parts) > 1 else None


# --- keys and signatures (N-2, N-5) -----------------------------------------------------------------------------------


def replica_id(public_key_raw: bytes) -> str:
    """Name of the replica that owns this key: raw uncompressed P-256 point, 65 bytes (N-2)."""
    return sha256_hex(public_key_raw)[:32]


def sign(body_text: str, private_key: ec.EllipticCurvePrivateKey) -> Envelope:
    """Sign a canonical text. Deterministic (RFC 6979), so that a simulation repeats to the byte."""
    der = private_key.sign(body_text.encode("utf-8"), ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
    r, s = decode_dss_signature(der)
    return Envelope(body_text, to_base64url(r.to_bytes(32, "big") + s.to_bytes(32, "big")))


def sign_document(document: Mapping[str, Any], private_key: ec.EllipticCurvePrivateKey) -> Envelope:
    """Canonicalize and sign any document that says in `type` what it is."""
    return sign(canonical_text(document), private_key)


def verify(envelope: Envelope, public_key_raw: bytes) -> bool:
    """Whether the signature is by this key over exactly this text. False, never an exception, for anything malformed."""
    try:
        signature = from_base64url(envelope.sig)
        if len(signature) != 64:
            return False
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public_key_raw)
        der = encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
        key.verify(der, envelope.body.encode("utf-8"), ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def to_base64url(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_base64url(encoded: str) -> bytes:
    """Strict inverse: raises ValueError for padding, other letters or stray bits, so that a text has one spelling."""
    try:
        data = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error
    if to_base64url(data) != encoded:
        raise ValueError("not base64url without padding")
    return data


# --- shape of the body (C-1 to C-5) -----------------------------------------------------------------------------------

_ID = text(pattern=r"[0-9a-f]{32}")
_HASH = text(pattern=r"[0-9a-f]{64}")
_INSTANT = integer(0)
_NAME_SHAPE = text(pattern=_NAME)

_BODY: Final[Shape] = {
    "type": one_of("change"),
    "v": one_of(1),
    "suite": one_of(1),
    "deployment": _ID,
    "station": _ID,
    "scope": _ID,
    "file": _ID,
    "kind": _NAME_SHAPE,
    "replica": _ID,
    "seq": integer(1, SEQ_MAX),
    "prev": optional_null(_HASH),
    "base": {
        "vector": each(key=_ID, item=integer(1, SEQ_MAX)),
        "except": each(item=tuple_of((_ID, integer(1, SEQ_MAX)))),
    },
    "seen": optional_null(_HASH),
    "schema": integer(1, SCHEMA_MAX),
    "at": _INSTANT,
    "server_at": _INSTANT,
    "person": _ID,
    "epoch": integer(0),
    "act": _NAME_SHAPE,
    "ops": each(item={"op": _NAME_SHAPE, "path": text(1, 120)}, maximum=OPERATIONS_MAX),
    "salt": _ID,
    "reason?": text(0, REASON_CHARACTERS_MAX),
    "reissues?": _HASH,
    "about?": {
        "section": text(1, 120),
        "content": _HASH,
        "schema": integer(1, SCHEMA_MAX),
        "step?": integer(1, 3),
        "remarks?": each(key=text(1, 120), item=text(0, REASON_CHARACTERS_MAX)),
    },
}


def check_body(body: object) -> None:
    """Raise `MalformedError` unless `body` is a change of version 1. Unknown keys and acts pass (F-10)."""
    check_shape(body, _BODY)
    assert isinstance(body, dict)  # noqa: S101 - for the type checker; check_shape has just made sure
    _check_base(body)
    if (body["prev"] is None) != (body["seq"] == 1):
        raise MalformedError("`prev` is null at seq 1 and only there.", path="prev")
    if body["act"] in ACTS_ABOUT_A_SECTION:
        if "about" not in body:
            raise MalformedError("This act needs `about`.", path="about")
        if not _SECTION_PATH.fullmatch(body["about"]["section"]):
            raise MalformedError("This is no section.", path="about/section")
        if (body["act"] == "approve") != ("step" in body["about"]):
            raise MalformedError("`step` belongs to approve, and to nothing else.", path="about/step")
    targets: set[str] = set()
    for index, operation in enumerate(body["ops"]):
        touched = _check_operation(operation, f"ops/{index}")
        if not targets.isdisjoint(touched):
            raise MalformedError("Two operations of the change have the same path.", path=f"ops/{index}/path")
        targets |= touched


def _check_base(body: Mapping[str, Any]) -> None:
    dots = [Dot(replica, seq) for replica, seq in body["base"]["except"]]
    vector = Base(body["base"]["vector"])
    if any(later <= earlier for earlier, later in zip(dots, dots[1:], strict=False)):
        raise MalformedError("`except` is sorted and names a dot once.", path="base/except")
    if not all(covers(vector, dot) for dot in dots):
        raise MalformedError("`except` names a dot above the vector.", path="base/except")
    if body["base"]["vector"].get(body["replica"], 0) >= body["seq"]:
        raise MalformedError("A change never covers itself or a later one of its replica.", path="base/vector")


def _check_operation(operation: Mapping[str, Any], place: str) -> set[str]:
    """Check one operation; return the targets that C-5 allows once in a change."""
    op, path = operation["op"], operation["path"]
    if op in ("set", "add", "remove"):
        _demand(_FIELD_PATH.fullmatch(path) is not None, "This is no path of a field.", f"{place}/path")
        _demand("value" in operation, "The operation needs a value.", f"{place}/value")
        if op == "set":
            return {path}
        value = operation["value"]
        _demand(_is_member(value), "A union holds text or integers.", f"{place}/value")
        return {f"{path}\n{canonical_text(value)}"}
    if op == "append":
        _demand(_COLLECTION_PATH.fullmatch(path) is not None, "This is no path of a collection.", f"{place}/path")
        _demand(is_hex(operation.get("id"), 32), "The operation needs the id of the element.", f"{place}/id")
        values = operation.get("value")
        _demand(
            isinstance(values, dict) and all(_COLLECTION_PATH.fullmatch(name) for name in values),
            "The operation needs the first values of the element.",
            f"{place}/value",
        )
        return {f"{path}/{operation['id']}/{name}" for name in (VOID_FIELD, *operation["value"])}
    _demand(op in ("void", "restore"), "Version 1 does not know this operation.", f"{place}/op")
    _demand(_ELEMENT_PATH.fullmatch(path) is not None, "This is no path of an element.", f"{place}/path")
    return {f"{path}/{VOID_FIELD}"}


def _is_member(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _demand(holds: bool, detail: str, path: str) -> None:
    if not holds:
        raise MalformedError(detail, path=path)

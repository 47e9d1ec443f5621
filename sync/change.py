"""The change: one atomic save by one person on one device (PROTOCOL 2 and 3).

Makes bodies, reads and checks transported ones, computes ids, signs and verifies. Whether a change may be accepted is
`sync.verdicts`; what it does to a file is `sync.fold`. Keys, salts and times come in as arguments.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from sync.body import SEQ_MAX, check_body
from sync.canonical import canonical_text, parse_canonical, sha256_hex
from sync.errors import MalformedError
from sync.shapes import is_hex
from sync.versions import Base, Dot, file_of

BODY_BYTES_MAX: Final = 65_536


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
class Merge:
    """The file that a merge takes into this one, and what the form showed of it; the undoing of a merge has no base."""

    file: str
    base: Base | None = None


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
    to: str | None = None  # of a transfer: the scope that the file moves to
    merge: Merge | None = None


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
    to: str | None = None,
    merge: Mapping[str, Any] | None = None,
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
    if to is not None:
        body["to"] = to
    if merge is not None:
        body["merge"] = dict(merge)
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
        to=body.get("to"),
        merge=_merge_of(body.get("merge")),
    )


def _merge_of(merge: Mapping[str, Any] | None) -> Merge | None:
    if merge is None:
        return None
    return Merge(merge["file"], Base.from_json(merge["base"]) if "base" in merge else None)


def files_named(change: Change) -> set[str]:
    """Other files that the change speaks of: whose dots its base names, and what it merges."""
    replicas = {*change.base.vector, *(change.merge.base.vector if change.merge and change.merge.base else ())}
    named = {file for replica in replicas if (file := file_of(replica))}
    if change.merge:
        named.add(change.merge.file)
    return named - {change.file}


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

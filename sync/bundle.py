"""Carried bundles (PROTOCOL 10): saves that another phone or a stick brings in, and receipts that go back.

Bytes in, values out, and the other way round: the container, its text form, and what stands inside. Sealing and opening (HPKE),
keys, files and the network are the caller's; as pictures: `sync.frames`. `pwa/src/sync/bundle.ts` mirrors this page; both read the same vectors.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import hashlib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sync.canonical import canonicalize, parse_canonical
from sync.change import Envelope
from sync.errors import BundleError, MalformedError
from sync.shapes import Shape, check_shape, each, one_of, text

Kind = Literal["saves", "receipts"]

MAGIC: Final = b"\x89YIHU\r\n\x1a"
VERSION: Final = 1
SUITE: Final = 1
KINDS: Final[Mapping[Kind, int]] = {"saves": 1, "receipts": 2}
HEADER_BYTES: Final = 44
TRAILER_BYTES: Final = 32
BYTES_MAX: Final = 1_048_576
PLAIN_BYTES_MAX: Final = 2_097_152
ITEMS_MAX: Final = 500
ASKED_MAX: Final = 1_000
RECEIPTS_MAX: Final = 500
VERDICTS_MAX: Final = 3_000
FILE_ENDING: Final = ".yihu"
MEDIA_TYPE: Final = "application/vnd.yihu.bundle"
ITEMS_BYTES_MAX: Final = 900_000  # base64url of sealed saves: with what is asked it stays below both caps

_BEGIN, _END = "-----BEGIN YIHU BUNDLE-----", "-----END YIHU BUNDLE-----"
_HASH = text(pattern=r"[0-9a-f]{64}")
_SEALED = text(1, 200_000, pattern=r"[A-Za-z0-9_-]+")
_SAVES: Final[Shape] = {
    "type": one_of("saves"),
    "v": one_of(1),
    "items": each(item={"id": _HASH, "sealed": _SEALED}, maximum=ITEMS_MAX),
    "ask": each(item=_HASH, maximum=ASKED_MAX),
}
_RECEIPTS: Final[Shape] = {
    "type": one_of("receipts"),
    "v": one_of(1),
    "receipts": each(
        item={"to": text(pattern=r"[0-9a-f]{32}"), "sealed": text(1, BYTES_MAX, pattern=r"[A-Za-z0-9_-]+")},
        maximum=RECEIPTS_MAX,
    ),
}
_RECEIPT: Final[Shape] = {
    "type": one_of("receipt"),
    "v": one_of(1),
    "verdicts": each(item={"body": text(1, 200_000), "sig": text(1, 200)}, maximum=VERDICTS_MAX),
}


@dataclass(frozen=True, slots=True)
class Bundle:
    """A container that arrived whole. Whether its payload opens is still to be seen."""

    kind: Kind
    deployment: str
    station: str
    payload: bytes

    @property
    def header(self) -> bytes:
        return _header(self.kind, self.deployment, self.station)


@dataclass(frozen=True, slots=True)
class SealedSave:
    """A save as `POST /sealed` takes it (M-5)."""

    id: str
    sealed: str


@dataclass(frozen=True, slots=True)
class Saves:
    """`ask`: saves that the server has already and whose verdict their author still waits for."""

    items: Sequence[SealedSave] = ()
    ask: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """Verdicts for one device, sealed to its receipt key."""

    to: str
    sealed: str


# --- the container ----------------------------------------------------------------------------------------------------


def pack(kind: Kind, deployment: str, station: str, payload: bytes) -> bytes:
    """The bytes of a bundle (B-1)."""
    body = _header(kind, deployment, station) + len(payload).to_bytes(4, "big") + payload
    packed = body + hashlib.sha256(body).digest()
    if len(packed) > BYTES_MAX:
        raise BundleError(f"A bundle holds at most {BYTES_MAX} bytes.", code="bundle_too_large")
    return packed


def unpack(packed: bytes) -> Bundle:
    """Read the bytes of a bundle. Raises `BundleError` with the code of B-12; nothing was believed by then."""
    if len(packed) > BYTES_MAX:
        raise BundleError(f"A bundle holds at most {BYTES_MAX} bytes.", code="bundle_too_large")
    if packed[:5] != MAGIC[:5]:
        raise BundleError("This is no bundle of Yihu.", code="not_a_bundle")
    if packed[: len(MAGIC)] != MAGIC:
        raise BundleError("The file was altered as if it were text.", code="bundle_damaged")
    if len(packed) >= 10 and packed[8:10] != bytes((VERSION, SUITE)):
        raise BundleError("The file was made by a newer version.", code="bundle_newer")
    length = int.from_bytes(packed[HEADER_BYTES : HEADER_BYTES + 4], "big")
    if len(packed) != HEADER_BYTES + 4 + length + TRAILER_BYTES:
        raise BundleError("The file is not whole.", code="bundle_damaged")
    if hashlib.sha256(packed[:-TRAILER_BYTES]).digest() != packed[-TRAILER_BYTES:]:
        raise BundleError("The file was altered on its way.", code="bundle_damaged")
    kind = next((name for name, number in KINDS.items() if number == packed[10]), None)
    if kind is None or packed[11] != 0:
        raise BundleError("The file was made by a newer version.", code="bundle_newer")
    deployment, station = packed[12:28].hex(), packed[28:HEADER_BYTES].hex()
    return Bundle(kind, deployment, station, packed[HEADER_BYTES + 4 : -TRAILER_BYTES])


def require(bundle: Bundle, kind: Kind, deployment: str, station: str) -> Bundle:
    """The bundle, if it is of this kind and of this station."""
    if (bundle.deployment, bundle.station) != (deployment, station):
        raise BundleError("The file belongs to another station.", code="bundle_elsewhere")
    if bundle.kind != kind:
        raise BundleError(f"The file holds {bundle.kind}, not {kind}.", code="bundle_kind")
    return bundle


def bundle_id(packed: bytes) -> str:
    """SHA-256 of the whole: names the bundle, in file names by its first eight digits."""
    return hashlib.sha256(packed).hexdigest()


def file_name(packed: bytes) -> str:
    """`yihu-saves-1f2e3d4c.yihu`; what it says of the content stands in clear in the header anyway."""
    return f"yihu-{unpack(packed).kind}-{bundle_id(packed)[:8]}{FILE_ENDING}"


def saves_info(bundle: Bundle) -> bytes:
    """HPKE `info` of the payload of saves: bound to its header (B-3)."""
    return b"yihu/bundle/1" + bundle.header


def receipt_info(bundle: Bundle, to: str) -> bytes:
    """HPKE `info` of one receipt: bound to its header and its addressee (B-8)."""
    return b"yihu/receipt/1" + bundle.header + bytes.fromhex(to)


def empty(kind: Kind, deployment: str, station: str) -> Bundle:
    """A bundle without payload: what `saves_info` and `receipt_info` ask for before there is one."""
    return Bundle(kind, deployment, station, b"")


# --- what stands inside -----------------------------------------------------------------------------------------------


def saves_plain(saves: Saves) -> bytes:
    """What is sealed into the payload of saves (B-4)."""
    items = [{"id": item.id, "sealed": item.sealed} for item in saves.items]
    return _zip({"type": "saves", "v": 1, "items": items, "ask": list(saves.ask)}, _SAVES)


def read_saves(plain: bytes) -> Saves:
    body = _unzip(plain, _SAVES)
    return Saves(tuple(SealedSave(item["id"], item["sealed"]) for item in body["items"]), tuple(body["ask"]))


def receipts_payload(receipts: Sequence[Receipt]) -> bytes:
    """The payload of receipts, in clear but for each receipt itself (B-8)."""
    items = [{"to": receipt.to, "sealed": receipt.sealed} for receipt in receipts]
    return _zip({"type": "receipts", "v": 1, "receipts": items}, _RECEIPTS)


def read_receipts(payload: bytes) -> list[Receipt]:
    return [Receipt(item["to"], item["sealed"]) for item in _unzip(payload, _RECEIPTS)["receipts"]]


def receipt_plain(verdicts: Sequence[Envelope]) -> bytes:
    """What is sealed into one receipt (B-8)."""
    return _zip({"type": "receipt", "v": 1, "verdicts": [verdict.to_json() for verdict in verdicts]}, _RECEIPT)


def read_receipt(plain: bytes) -> list[Envelope]:
    """Verdicts that are still to be believed: each is checked by its own signature (B-9)."""
    return [Envelope(item["body"], item["sig"]) for item in _unzip(plain, _RECEIPT)["verdicts"]]


def split_saves(items: Sequence[SealedSave], ask: Sequence[str] = ()) -> list[Saves]:
    """As many bundles as the caps ask for, in the order of the saves; what is asked goes with the first (B-5)."""
    parts: list[Saves] = []
    chunk: list[SealedSave] = []
    size = 0
    for item in items:
        size += len(item.sealed)
        if chunk and (len(chunk) >= ITEMS_MAX or size > ITEMS_BYTES_MAX):
            parts.append(Saves(tuple(chunk)))
            chunk, size = [], len(item.sealed)
        chunk.append(item)
    if chunk or ask:
        parts.append(Saves(tuple(chunk)))
    return [Saves(part.items, tuple(ask[:ASKED_MAX]) if at == 0 else ()) for at, part in enumerate(parts)]


# --- as text ----------------------------------------------------------------------------------------------------------


def to_text(packed: bytes, note: str = "") -> str:
    """The text form (B-10): for ways that carry text alone. `note` stands above and is ignored by readers."""
    encoded = base64.b64encode(packed).decode()
    lines = [encoded[start : start + 64] for start in range(0, len(encoded), 64)]
    return "\n".join([*([note, ""] if note else []), _BEGIN, *lines, _END, ""])


def from_file(content: bytes) -> bytes:
    """The bytes of a bundle from a file of either form. Raises `BundleError`; the bytes are not checked yet."""
    if content[:5] == MAGIC[:5]:
        return content
    if len(content) > 2 * BYTES_MAX:
        raise BundleError("The file is too large for a bundle.", code="bundle_too_large")
    written = content.decode("utf-8", "replace")
    start, end = written.find(_BEGIN), written.find(_END)
    if start < 0:
        raise BundleError("This is no bundle of Yihu.", code="not_a_bundle")
    encoded = "".join(written[start + len(_BEGIN) : end].split()) if end > start else ""
    if not encoded:
        raise BundleError("The file is not whole.", code="bundle_damaged")
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BundleError("The file was altered on its way.", code="bundle_damaged") from error


# --- shared -----------------------------------------------------------------------------------------------------------


def _header(kind: Kind, deployment: str, station: str) -> bytes:
    return MAGIC + bytes((VERSION, SUITE, KINDS[kind], 0)) + bytes.fromhex(deployment) + bytes.fromhex(station)


def _zip(body: Mapping[str, Any], shape: Shape) -> bytes:
    check_shape(body, shape)
    return gzip.compress(canonicalize(body), mtime=0)


def _unzip(zipped: bytes, shape: Shape) -> dict[str, Any]:
    """Unpacks one gzip member, stopping at the cap: a bomb costs no more than the cap."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(zipped, PLAIN_BYTES_MAX + 1)
        if len(plain) > PLAIN_BYTES_MAX or not unpacker.eof or unpacker.unused_data:
            raise BundleError("The content of the file is too large or not whole.", code="bundle_content")
        body: dict[str, Any] = parse_canonical(plain.decode())
        check_shape(body, shape)
    except BundleError:
        raise
    except (zlib.error, MalformedError, ValueError) as error:
        raise BundleError("The content of the file cannot be read.", code="bundle_content") from error
    return body

"""What somebody who holds a phone has of it: the browser's whole profile, read the way a laboratory would.

Beside plain bytes and gzip, LevelDB tables are opened (IndexedDB lies in them, snappy-compressed) and brotli-free caches; the browser's
half of these proofs is `tests/end_to_end/proof_*.test.ts`.
"""

import json
import os
import struct
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.security.canaries import SPELLINGS, find_words
from tests.server.phone import Phone, new_id, set_phone
from tests.server.test_process import ROOT, ServeProcess

END_TO_END = ROOT / "tests" / "end_to_end"
_TABLE_MAGIC = bytes.fromhex("57fb808b247547db")
_FOOTER_BYTES = 48
_SECONDS_MAX = 280


def play(proof: str, given: dict[str, Any], folder: Path) -> str:
    """Runs the browser's half with what it needs; what it printed, for the figures in it."""
    path = folder / "given.json"
    path.write_text(json.dumps(given), "utf-8")
    done = subprocess.run(
        [str(END_TO_END / "node_modules" / ".bin" / "vitest"), "run", "--config", "vitest.proofs.config.ts", proof],
        cwd=END_TO_END, text=True, env={**os.environ, "YIHU_PROOF": str(path), "NO_COLOR": "1"}, capture_output=True,
        timeout=_SECONDS_MAX, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise AssertionError(f"the browser's half failed\n{done.stdout[-6000:]}\n{done.stderr[-2000:]}")
    return done.stdout


@dataclass(frozen=True)
class Household:
    file: str
    head: str


def fill_station(server: ServeProcess, words: list[tuple[str, str, str, str]]) -> list[Household]:
    """Households that the phone will fetch: of each a name, an id number, a telephone and a note."""
    phone = Phone(server.url).enrol(server.codes()["周青禾"])
    made = [Household(new_id(), name) for name, _, _, _ in words]
    village = next(one for one in phone.policy["villages"] if one["name"] == "桥头村")
    address = {"village_id": village["id"], "village_name": village["name"], "group_no": "3", "door": "12"}
    for household, (name, number, telephone, note) in zip(made, words, strict=True):
        head = {"name": name, "relation": "02", "id_number": number}
        ops = [
            {"op": "set", "path": "address", "value": address},
            set_phone(telephone),
            {"op": "set", "path": "notes", "value": note},
            {"op": "append", "path": "members", "id": new_id(), "value": head},
        ]
        [verdict] = phone.push(phone.save(household.file, ops))
        assert verdict.status == "accepted", verdict.reasons
    phone.http.close()
    return made


def search_image(profile: Path, words: Iterable[str] | None = None) -> tuple[int, int, list[tuple[str, str, str]]]:
    """Files, bytes looked through, and (file, word, encoding) of each find."""
    wanted = list(words) if words is not None else sorted({word for word, _ in SPELLINGS})
    found: list[tuple[str, str, str]] = []
    files = looked = 0
    for path in sorted(one for one in profile.rglob("*") if one.is_file() and not one.is_symlink()):
        content = path.read_bytes()
        layers = [content, *table_blocks(content)]
        files, looked = files + 1, looked + sum(map(len, layers))
        found += [(str(path.relative_to(profile)), *hit) for layer in layers for hit in find_words(layer, wanted)]
    return files, looked, sorted(set(found))


def find_bytes(profile: Path, needles: dict[str, bytes]) -> list[tuple[str, str]]:
    """(file, name) of every needle that stands anywhere in the image, tables opened."""
    found: set[tuple[str, str]] = set()
    for path in sorted(one for one in profile.rglob("*") if one.is_file() and not one.is_symlink()):
        content = path.read_bytes()
        for layer in [content, *table_blocks(content)]:
            found |= {(str(path.relative_to(profile)), name) for name, needle in needles.items() if needle in layer}
    return sorted(found)


def table_blocks(content: bytes) -> list[bytes]:
    """The data blocks of a LevelDB table, unpacked; nothing for any other file."""
    if not content.endswith(_TABLE_MAGIC):
        return []
    footer = content[-_FOOTER_BYTES:]
    _, at = _varint(footer, _varint(footer, 0)[1])
    start, at = _varint(footer, at)
    size, _ = _varint(footer, at)
    index = _block(content, start, size)
    return [index, *(_block(content, *handle) for handle in _handles(index))]


def _handles(index: bytes) -> Iterator[tuple[int, int]]:
    restarts = struct.unpack("<I", index[-4:])[0]
    end, at = len(index) - 4 * (restarts + 1), 0
    while at < end:
        _, at = _varint(index, at)
        unshared, at = _varint(index, at)
        length, at = _varint(index, at)
        value = index[at + unshared : at + unshared + length]
        start, place = _varint(value, 0)
        yield start, _varint(value, place)[0]
        at += unshared + length


def _block(content: bytes, start: int, size: int) -> bytes:
    raw, kind = content[start : start + size], content[start + size]
    return unsnap(raw) if kind == 1 else raw


def unsnap(packed: bytes) -> bytes:
    """Snappy, as its format says; a damaged end gives what came out so far."""
    size, at = _varint(packed, 0)
    out = bytearray()
    while at < len(packed) and len(out) < size:
        tag = packed[at]
        at += 1
        kind, length = tag & 3, tag >> 2
        if kind == 0:
            if length >= 60:
                extra = length - 59
                length, at = int.from_bytes(packed[at : at + extra], "little"), at + extra
            out += packed[at : at + length + 1]
            at += length + 1
            continue
        if kind == 1:
            length, offset, at = (length & 7) + 4, (tag >> 5 << 8) | packed[at], at + 1
        else:
            width = 2 if kind == 2 else 4
            offset, length, at = int.from_bytes(packed[at : at + width], "little"), length + 1, at + width
        if not 0 < offset <= len(out):
            break
        for _ in range(length):
            out.append(out[-offset])
    return bytes(out)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at += 1
        if byte < 128:
            return value, at
        shift += 7

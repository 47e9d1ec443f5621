"""Sealed saves are packed small, read in both formats, and refused where they are neither (M-5a, M-5c)."""

import gzip
import json
import random
import zlib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from sync.canonical import canonical_text
from sync.change import Envelope, make_change
from sync.errors import MalformedError
from sync.packing import PLAIN_BYTES_MAX, pack_save, unpack_save
from sync.save_dictionary import SAVE_DICTIONARY
from sync.versions import Base, Dot
from tests.benchmarks.households import hex_id, make_household, make_visit


def saves(count: int) -> Iterator[Envelope]:
    luck = random.Random(990)
    station = [hex_id(luck) for _ in range(5)]
    for number in range(count):
        ops = make_visit(luck) if number % 4 else make_household(luck, [{"id": hex_id(luck), "name": "柳湾村"}])
        body = make_change(
            deployment=station[0], station=station[1], scope=station[2], file=hex_id(luck), kind="household",
            dot=Dot(station[3], 1), prev=None, base=Base({hex_id(luck): 3}), seen=None, schema=1, at=1_795_000_000_000 + number,
            server_at=1_795_000_000_000, person=station[4], epoch=1, act="save", ops=ops, salt=hex_id(luck),
        )  # fmt: skip
        yield Envelope(canonical_text(body), "s" * 86)


def test_what_was_packed_comes_out_again() -> None:
    for envelope in saves(20):
        found = json.loads(unpack_save(pack_save(envelope, [envelope])))
        assert found == {"certificates": [envelope.to_json()], "envelope": envelope.to_json()}


def test_an_older_phones_gzip_is_still_read() -> None:
    text = json.dumps({"certificates": [], "envelope": {}}).encode()
    assert unpack_save(gzip.compress(text)) == text


def test_a_save_costs_a_quarter_less_than_by_gzip() -> None:
    plain, zipped, packed = 0, 0, 0
    for envelope in saves(40):
        small = pack_save(envelope)
        text = unpack_save(small)
        plain, zipped, packed = plain + len(text), zipped + len(gzip.compress(text, 9)), packed + len(small)
    print(f"a save: {plain // 40} bytes, gzip {zipped // 40}, against the dictionary {packed // 40}")
    assert packed < zipped * 0.75


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b"\x02",
        b"\x02\x01",
        b"\x02\x02" + b"x" * 20,
        b"\x03\x01abc",
        b"{}",
        pack_save(Envelope("{}", "s"))[:-3],
        pack_save(Envelope("{}", "s")) + b"more",
    ],
)
def test_what_is_no_packed_save_is_refused(packed: bytes) -> None:
    with pytest.raises(MalformedError):
        unpack_save(packed)


@pytest.mark.parametrize("kind", ["gzip", "dictionary"])
def test_a_bomb_stops_at_the_cap(kind: str) -> None:
    flood = b"0" * (PLAIN_BYTES_MAX * 20)
    if kind == "gzip":
        bomb = gzip.compress(flood)
    else:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=SAVE_DICTIONARY.encode())
        bomb = b"\x02\x01" + packer.compress(flood) + packer.flush()
    with pytest.raises(MalformedError):
        unpack_save(bomb)


def test_both_languages_pack_against_the_same_words() -> None:
    vectors = json.loads((Path(__file__).parents[1] / "vectors" / "packing.json").read_text())
    assert sha256(SAVE_DICTIONARY.encode()).hexdigest() == vectors["dictionary"]
    for case in vectors["cases"]:
        assert unpack_save(bytes.fromhex(case["packed"])).decode() == case["text"]

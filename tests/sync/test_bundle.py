"""Carried bundles by their vectors, and what no vector can say: every cut and every flipped bit is noticed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync import bundle as bundles
from sync.bundle import Receipt, Saves, SealedSave, pack, unpack
from sync.change import Envelope, from_base64url, to_base64url
from sync.device.keys import SealedError, new_private_key, open_sealed, public_raw, seal_to
from sync.errors import BundleError
from sync.frames import QR_BYTES_MAX, FrameCollector, to_frames

VECTORS = Path(__file__).parents[1] / "vectors"
CASES = json.loads((VECTORS / "bundles.json").read_text())
D, S, R = "d" * 32, "5" * 32, "a" * 32


def code_of(attempt: Any) -> str | None:
    try:
        attempt()
    except BundleError as error:
        return error.code
    return None


def run(given_: dict[str, Any]) -> dict[str, Any]:
    """What this page makes of a vector's input, in the words of its expectation."""
    if "to_frames" in given_:
        return {"frames": to_frames(from_base64url(given_["to_frames"]))}
    if "frames" in given_:
        collector = FrameCollector()
        whole = [found for found in map(collector.take, given_["frames"]) if found]
        return {"packed": to_base64url(whole[0]) if whole else None}
    if "file" in given_:
        return {"packed": to_base64url(bundles.from_file(given_["file"].encode()))}
    if "inside" in given_:
        return read_inside(given_["inside"], from_base64url(given_["plain"]))
    if "split" in given_:
        items = [SealedSave(f"{at:064x}", "A" * size) for at, size in enumerate(given_["split"])]
        parts = bundles.split_saves(items, ["f" * 64] * given_["asked"])
        return {"parts": [[len(part.items), len(part.ask)] for part in parts]}
    if "open" in given_:
        return open_inside(from_base64url(given_["open"]), from_base64url(given_["private_key"]), given_["replica"])
    packed = from_base64url(given_["packed"])
    found = unpack(packed)
    if "require" in given_:
        bundles.require(found, **given_["require"])
    return {
        "kind": found.kind, "deployment": found.deployment, "station": found.station,
        "payload": to_base64url(found.payload), "id": bundles.bundle_id(packed), "file_name": bundles.file_name(packed),
    }  # fmt: skip


def read_inside(what: str, plain: bytes) -> dict[str, Any]:
    if what == "saves":
        return {what: as_json(bundles.read_saves(plain))}
    if what == "receipts":
        return {what: [{"to": one.to, "sealed": one.sealed} for one in bundles.read_receipts(plain)]}
    return {what: [one.to_json() for one in bundles.read_receipt(plain)]}


def as_json(saves: Saves) -> dict[str, Any]:
    return {"items": [{"id": item.id, "sealed": item.sealed} for item in saves.items], "ask": list(saves.ask)}


def open_inside(packed: bytes, private_key: bytes, replica: str) -> dict[str, Any]:
    found = unpack(packed)
    try:
        if found.kind == "saves":
            plain = open_sealed(found.payload, private_key, bundles.saves_info(found))
            return {"saves": as_json(bundles.read_saves(plain))}
        [mine] = [one for one in bundles.read_receipts(found.payload) if one.to == replica]
        plain = open_sealed(from_base64url(mine.sealed), private_key, bundles.receipt_info(found, replica))
    except SealedError as error:
        raise BundleError("", code="bundle_sealed") from error
    return {"verdicts": [one.to_json() for one in bundles.read_receipt(plain)]}


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES])
def test_bundles(case: dict[str, Any]) -> None:
    if "code" in case["expect"]:
        assert code_of(lambda: run(case["input"])) == case["expect"]["code"]
    else:
        assert run(case["input"]) == case["expect"]


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=700), st.data())
def test_no_cut_and_no_flipped_bit_passes(payload: bytes, data: st.DataObject) -> None:
    packed = pack("saves", D, S, payload)
    assert unpack(packed).payload == payload
    at = data.draw(st.integers(0, len(packed) - 1))
    bit = 1 << data.draw(st.integers(0, 7))
    assert code_of(lambda: unpack(packed[:at])) in ("not_a_bundle", "bundle_damaged")
    turned = packed[:at] + bytes([packed[at] ^ bit]) + packed[at + 1 :]
    assert code_of(lambda: unpack(turned)) in ("not_a_bundle", "bundle_damaged", "bundle_newer")


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=5_000), st.randoms(use_true_random=False))
def test_both_forms_and_pictures_in_any_order_give_the_same_bytes(payload: bytes, luck: Any) -> None:
    packed = pack("receipts", D, S, payload)
    assert bundles.from_file(bundles.to_text(packed, "给有网的同事").encode()) == packed
    frames = to_frames(packed)
    luck.shuffle(frames)
    collector = FrameCollector()
    assert next(found for found in map(collector.take, [frames[-1], *frames]) if found) == packed
    assert all(len(frame) < 700 for frame in frames)


def test_what_the_station_seals_for_one_device_no_other_opens() -> None:
    mine, other = new_private_key(), new_private_key()
    verdict = Envelope('{"type":"verdict"}', "c2ln")
    info = bundles.receipt_info(bundles.empty("receipts", D, S), R)
    sealed = seal_to(bundles.receipt_plain([verdict]), public_raw(mine), info)
    payload = bundles.receipts_payload([Receipt(R, to_base64url(sealed))])
    packed = pack("receipts", D, S, payload)
    assert open_inside(packed, mine, R) == {"verdicts": [verdict.to_json()]}
    assert code_of(lambda: open_inside(packed, other, R)) == "bundle_sealed"


def test_the_largest_load_that_is_split_fits_its_container() -> None:
    luck = "".join(to_base64url(bytes([at % 251, at % 241, at % 239])) for at in range(50_000))[:199_000]
    for part in bundles.split_saves([SealedSave(f"{at:064x}", luck[at:] + luck[:at]) for at in range(12)], ["e" * 64]):
        sealed = seal_to(bundles.saves_plain(part), public_raw(new_private_key()), b"")
        assert len(pack("saves", D, S, sealed)) < bundles.BYTES_MAX
    assert QR_BYTES_MAX < bundles.BYTES_MAX

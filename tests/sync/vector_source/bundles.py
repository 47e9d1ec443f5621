"""Carried bundles: container, text form, pictures, what is inside, and what is refused."""

from __future__ import annotations

import struct
import zlib
from typing import Any

from sync.bundle import (
    BYTES_MAX,
    MAGIC,
    SealedSave,
    bundle_id,
    file_name,
    from_file,
    pack,
    split_saves,
    to_text,
    unpack,
)
from sync.canonical import canonicalize
from sync.change import Envelope, from_base64url, to_base64url
from sync.frames import to_frames
from tests.sync.vector_source.bundles_sealed import (
    BOMB,
    OTHER_KEY,
    RECEIPT_KEY,
    RECEIPTS,
    SAVES,
    SEALING_KEY,
    TOO_MANY_ASKED,
    TOO_MANY_ITEMS,
)

Case = dict[str, Any]
DEPLOYMENT, STATION, ELSEWHERE, REPLICA = "d" * 32, "5" * 32, "e" * 32, "a" * 32
PAYLOAD = bytes(range(256)) * 3
GOOD = pack("saves", DEPLOYMENT, STATION, PAYLOAD)
ITEMS = [SealedSave("1" * 64, "c2VhbGVk"), SealedSave("2" * 64, "YWdhaW4")]
VERDICT = Envelope('{"type":"verdict"}', "c2lnbmF0dXJl")


def case(name: str, rules: list[str], given: dict[str, Any], expect: dict[str, Any]) -> Case:
    return {"name": name, "rules": rules, "input": given, "expect": expect}


def bundles() -> list[Case]:
    return [*whole(), *refused(), *text_forms(), *pictures(), *inside(), *sealed(), *splits()]


def read(name: str, packed: bytes, *rules: str) -> Case:
    found = unpack(packed)
    expect = {"kind": found.kind, "deployment": found.deployment, "station": found.station}
    expect |= {"payload": to_base64url(found.payload), "id": bundle_id(packed), "file_name": file_name(packed)}
    return case(name, list(rules), {"packed": to_base64url(packed)}, expect)


def whole() -> list[Case]:
    return [
        read("a bundle of saves", GOOD, "B-1"),
        read("a bundle of receipts", pack("receipts", DEPLOYMENT, STATION, b"x"), "B-1"),
        read("a payload of nothing", pack("saves", DEPLOYMENT, STATION, b""), "B-1"),
    ]


def refused() -> list[Case]:
    def bad(name: str, packed: bytes, code: str) -> Case:
        return case(name, ["B-12", "B-1"], {"packed": to_base64url(packed)}, {"code": code})

    def at(place: int, value: int) -> bytes:
        return GOOD[:place] + bytes([value]) + GOOD[place + 1 :]

    def again(body: bytes) -> bytes:
        return body + bytes.fromhex(bundle_id(body))

    def asked(name: str, given: dict[str, str], code: str) -> Case:
        want = {"kind": "saves", "deployment": DEPLOYMENT, "station": STATION} | given
        return case(name, ["B-12", "B-6"], {"packed": to_base64url(GOOD), "require": want}, {"code": code})

    return [
        bad("nothing at all", b"", "not_a_bundle"),
        bad("a photo", b"\x89PNG\r\n\x1a\n" + bytes(60), "not_a_bundle"),
        bad("newlines changed on the way", GOOD.replace(b"\r\n", b"\n", 1), "bundle_damaged"),
        bad("its beginning alone", MAGIC, "bundle_damaged"),
        bad("another version", at(8, 2), "bundle_newer"),
        bad("another suite", at(9, 2), "bundle_newer"),
        bad("cut off", GOOD[:-1], "bundle_damaged"),
        bad("cut off in the header", GOOD[:30], "bundle_damaged"),
        bad("something after its end", GOOD + b"\0", "bundle_damaged"),
        bad("one bit of the payload turned", at(100, GOOD[100] ^ 1), "bundle_damaged"),
        bad("one bit of the station turned", at(30, GOOD[30] ^ 1), "bundle_damaged"),
        bad("one bit of the hash turned", at(len(GOOD) - 1, GOOD[-1] ^ 1), "bundle_damaged"),
        bad("a length beyond the file", at(44, 255), "bundle_damaged"),
        bad("an unknown kind", again(at(10, 3)[:-32]), "bundle_newer"),
        bad("a byte kept for later", again(at(11, 1)[:-32]), "bundle_newer"),
        asked("of another station", {"station": ELSEWHERE}, "bundle_elsewhere"),
        asked("of another installation", {"deployment": ELSEWHERE}, "bundle_elsewhere"),
        asked("saves where receipts are expected", {"kind": "receipts"}, "bundle_kind"),
    ]


def text_forms() -> list[Case]:
    plain = to_text(GOOD)

    def good(name: str, text: str) -> Case:
        assert from_file(text.encode()) == GOOD
        return case(name, ["B-10"], {"file": text}, {"packed": to_base64url(GOOD)})

    def bad(name: str, text: str, code: str) -> Case:
        return case(name, ["B-10", "B-12"], {"file": text}, {"code": code})

    return [
        good("as text", plain),
        good("with words above and below", to_text(GOOD, "请交给有网的同事") + "\n发自我的手机\n"),
        good("with other newlines and a mark at the beginning", "\ufeff" + plain.replace("\n", "\r\n")),
        good("quoted by a mail, indented", plain.replace("\n", "\n    ")),
        bad("a letter", "您好,请查收。", "not_a_bundle"),
        bad("without its end", plain[: len(plain) // 2], "bundle_damaged"),
        bad("with a letter lost", plain.replace("\n", "\n", 1)[:200] + plain[201:], "bundle_damaged"),
        bad("with a letter that is none", plain[:100] + "*" + plain[101:], "bundle_damaged"),
        bad("with nothing in it", plain[:28] + plain[-26:], "bundle_damaged"),
    ]


def pictures() -> list[Case]:
    frames = to_frames(GOOD)
    other = to_frames(pack("saves", DEPLOYMENT, STATION, bytes(700)))
    lie = frames[0].replace(frames[0][6:14], "0" * 8)

    def collected(name: str, seen: list[str], packed: bytes | None) -> Case:
        return case(name, ["B-11"], {"frames": seen}, {"packed": to_base64url(packed) if packed else None})

    return [
        case("a bundle as pictures", ["B-11"], {"to_frames": to_base64url(GOOD)}, {"frames": frames}),
        collected("pictures in order", frames, GOOD),
        collected("pictures backwards, twice", [*frames[1:][::-1], *frames[1:], frames[0]], GOOD),
        collected("a picture missing", frames[:-1], None),
        collected("another bundle between: begins anew", [frames[0], other[0], *frames[1:]], None),
        collected("other codes are passed over", ["https://example.org", frames[0], "YIHU1:zz", *frames[1:]], GOOD),
        collected("a name that does not fit", [lie, *[one.replace(one[6:14], "0" * 8) for one in frames[1:]]], None),
        collected("a number beyond the count", [frames[0].replace(":1:", ":9:"), *frames[1:]], None),
        collected("letters of no byte", [frames[0][:-1], *frames[1:]], None),
        case(
            "too much for pictures", ["B-11"],
            {"to_frames": to_base64url(pack("saves", DEPLOYMENT, STATION, bytes(20_480)))}, {"code": "bundle_too_large"},
        ),
    ]  # fmt: skip


def stored(plain: bytes) -> bytes:
    """gzip without compressing: the same bytes whatever zlib the machine has."""
    blocks = b"".join(
        bytes([start + 65_535 >= len(plain)]) + struct.pack("<HH", len(part), len(part) ^ 0xFFFF) + part
        for start in range(0, len(plain), 65_535)
        for part in [plain[start : start + 65_535]]
    )
    return b"\x1f\x8b\x08" + bytes(6) + b"\xff" + blocks + struct.pack("<LL", zlib.crc32(plain), len(plain))


def inside() -> list[Case]:
    items = [{"id": item.id, "sealed": item.sealed} for item in ITEMS]
    sound = {"type": "saves", "v": 1, "items": items, "ask": ["3" * 64]}
    receipts = {"type": "receipts", "v": 1, "receipts": [{"to": REPLICA, "sealed": "c2VhbGVk"}]}
    receipt = {"type": "receipt", "v": 1, "verdicts": [VERDICT.to_json()]}

    def good(name: str, what: str, body: dict[str, Any], rule: str, expect: Any) -> Case:
        plain = stored(canonicalize(body))
        return case(name, [rule, "B-2"], {"inside": what, "plain": to_base64url(plain)}, {what: expect})

    def bad(name: str, what: str, plain: bytes | str) -> Case:
        packed = plain if isinstance(plain, str) else to_base64url(plain)
        given = {"inside": what, "plain": packed}
        return case(name, ["B-2", "B-12", "B-4" if what == "saves" else "B-8"], given, {"code": "bundle_content"})

    def odd(name: str, what: str, body: Any) -> Case:
        return bad(name, what, stored(canonicalize(body)))

    expected = {"items": items, "ask": ["3" * 64]}
    whole_plain = stored(canonicalize(sound))
    return [
        good("saves and what is asked", "saves", sound, "B-4", expected),
        good("keys of a later version are passed over", "saves", sound | {"later": 1}, "B-4", expected),
        good("receipts", "receipts", receipts, "B-8", receipts["receipts"]),
        good("a receipt", "receipt", receipt, "B-8", receipt["verdicts"]),
        bad("no gzip", "saves", b"{}"),
        bad("cut off inside", "saves", whole_plain[:-5]),
        bad("a bomb of three million zeros", "saves", BOMB),
        bad("two members", "saves", whole_plain + stored(b"{}")),
        bad("not canonical", "saves", stored(b'{"v":1, "type":"saves"}')),
        bad("not UTF-8", "saves", stored(b'{"type":"\xff"}')),
        odd("receipts in the place of saves", "saves", receipts),
        odd("an id that is none", "saves", sound | {"items": [{"id": "x", "sealed": "YQ"}]}),
        odd("saves that are none", "saves", sound | {"items": [{"id": "1" * 64, "sealed": ""}]}),
        bad("one item too many", "saves", TOO_MANY_ITEMS),
        bad("one question too many", "saves", TOO_MANY_ASKED),
        odd("an addressee that is none", "receipts", receipts | {"receipts": [{"to": "me", "sealed": "YQ"}]}),
        odd("a receipt without verdicts", "receipt", {"type": "receipt", "v": 1}),
    ]


def sealed() -> list[Case]:
    def opened(name: str, packed: str, key: str, expect: dict[str, Any], *rules: str) -> Case:
        return case(name, list(rules), {"open": packed, "private_key": key, "replica": REPLICA}, expect)

    items = [{"id": item.id, "sealed": item.sealed} for item in ITEMS]
    no = {"code": "bundle_sealed"}
    return [
        opened("the station opens saves", SAVES, SEALING_KEY, {"saves": {"items": items, "ask": []}}, "B-3", "B-4"),
        opened("another key opens nothing", SAVES, OTHER_KEY, no, "B-3", "B-12"),
        opened("moved under another station's header", moved(SAVES), SEALING_KEY, no, "B-3", "B-12"),
        opened("a device opens its receipt", RECEIPTS, RECEIPT_KEY, {"verdicts": [VERDICT.to_json()]}, "B-8"),
        opened("the carrier opens no receipt", RECEIPTS, OTHER_KEY, no, "B-8", "B-9"),
        opened("a receipt under another station's header", moved(RECEIPTS), RECEIPT_KEY, no, "B-8"),
    ]


def moved(packed: str) -> str:
    """The same payload, whole, as if of another station."""
    found = unpack(from_base64url(packed))
    return to_base64url(pack(found.kind, found.deployment, ELSEWHERE, found.payload))


def splits() -> list[Case]:
    def split(name: str, sizes: list[int], asked: int) -> Case:
        items = [SealedSave(f"{at:064x}", "A" * size) for at, size in enumerate(sizes)]
        parts = split_saves(items, ["f" * 64] * asked)
        expect = [[len(part.items), len(part.ask)] for part in parts]
        return case(name, ["B-5"], {"split": sizes, "asked": asked}, {"parts": expect})

    assert BYTES_MAX > 900_000
    return [
        split("few saves are one bundle", [900] * 12, 2),
        split("nothing to carry is none", [], 0),
        split("questions alone are one", [], 3),
        split("more than five hundred saves", [10] * 1_001, 0),
        split("large saves", [199_000] * 9, 1),
        split("questions beyond the cap are left for later", [10], 1_100),
    ]

"""Canonical form, ids, signatures, shapes of changes, versions."""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sync.body import check_body
from sync.canonical import canonical_text
from sync.change import change_id, make_change, replica_id, sign, to_base64url
from sync.errors import MalformedError
from sync.versions import Base, Dot

Case = dict[str, Any]
A, B, C, D = "a" * 32, "b" * 32, "c" * 32, "d" * 32
KEY = ec.derive_private_key(990_001, ec.SECP256R1())
KEY_RAW = KEY.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def good(name: str, text: str, *rules: str) -> Case:
    return {"name": name, "rules": list(rules), "input": text, "expect": {"ok": True}}


def bad(name: str, text: str, *rules: str) -> Case:
    return {"name": name, "rules": list(rules), "input": text, "expect": {"ok": False, "code": "not_canonical"}}


def canonical() -> list[Case]:
    deep = "[" * 16 + "]" * 16
    return [
        good("empty object", "{}", "V-1"),
        good("each kind of value", '{"a":[1,"x",true,false,null,{}]}', "V-1"),
        good("greatest and least integer", "[9007199254740991,-9007199254740991]", "V-2"),
        good("chinese text", '{"name":"龙门镇"}', "V-2"),
        good("emoji beyond the basic plane", '"🏠"', "V-2"),
        good("control characters escaped the short way", '"\\b\\t\\n\\f\\r\\u0000\\u001f\\"\\\\"', "V-4"),
        good("delete and line separator are not escaped", '"\u007f\u2028/"', "V-4"),
        good("sixteen levels", deep, "V-2"),
        good("keys sorted by code point", '{"A":1,"_":2,"a":3,"a b":4}', "V-4"),
        good("a key of 120 characters", '{"' + "k" * 120 + '":1}', "V-2"),
        bad("float", "1.5", "V-1"),
        bad("float that is whole", "1.0", "V-1", "V-4"),
        bad("exponent", "1e3", "V-1", "V-4"),
        bad("minus zero", "-0", "V-4"),
        bad("2^53", "9007199254740992", "V-2"),
        bad("minus 2^53", "-9007199254740992", "V-2"),
        bad("integer of a thousand digits", "1" * 1000, "V-2"),
        bad("NaN", "NaN", "V-1"),
        bad("Infinity", "Infinity", "V-1"),
        bad("text outside NFC", '"e\u0301"', "V-2", "V-4"),
        bad("text outside NFC, escaped", '"e\\u0301"', "V-2", "V-4"),
        bad("lone surrogate", '"\\ud83c"', "V-2"),
        bad("lone surrogate after chinese text", '"户\\udfe0"', "V-2"),
        bad("surrogate pair escaped", '"\\ud83c\\udfe0"', "V-4"),
        bad("key outside ASCII", '{"户":1}', "V-2"),
        bad("control character in a key", '{"a\\n":1}', "V-2"),
        bad("empty key", '{"":1}', "V-2"),
        bad("a key of 121 characters", '{"' + "k" * 121 + '":1}', "V-2"),
        bad("the same key twice", '{"a":1,"a":1}', "V-4"),
        bad("the same key twice, once escaped", '{"a":1,"\\u0061":1}', "V-4"),
        bad("the same key twice, inside", '[{"a":1,"a":2}]', "V-4"),
        bad("keys out of order", '{"b":1,"a":2}', "V-4"),
        bad("a space", '{"a": 1}', "V-4"),
        bad("a newline at the end", "{}\n", "V-4"),
        bad("byte order mark", "\ufeff{}", "V-4"),
        bad("needless escape", '"\\u0041"', "V-4"),
        bad("escaped slash", '"\\/"', "V-4"),
        bad("upper case escape", '"\\u001F"', "V-4"),
        bad("long form of newline", '"\\u000a"', "V-4"),
        bad("seventeen levels", "[" + deep + "]", "V-2"),
        bad("ten thousand levels", "[" * 10_000 + "]" * 10_000, "V-2"),
        bad("raw newline in a text", '"\n"', "V-4"),
        bad("nothing", "", "V-4"),
        bad("two documents", "{}{}", "V-4"),
        bad("comment", "{}//", "V-4"),
        bad("__proto__ twice", '{"__proto__":1,"__proto__":1}', "V-4"),
        good("__proto__ is a key like any other", '{"__proto__":1}', "V-4"),
    ]


def body(**change: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "deployment": "d" * 32,
        "station": "5" * 32,
        "scope": "e" * 32,
        "file": "f" * 32,
        "kind": "household",
        "dot": Dot(replica_id(KEY_RAW), 1),
        "prev": None,
        "base": Base(),
        "seen": None,
        "schema": 1,
        "at": 1_795_305_600_000,
        "server_at": 0,
        "person": "1" * 32,
        "epoch": 1,
        "act": "save",
        "ops": [{"op": "set", "path": "phone", "value": "13900000001"}],
        "salt": "0" * 32,
    }
    return make_change(**(values | change))


def ids() -> list[Case]:
    named = {
        "smallest save": body(),
        "chinese reason": body(reason="户主更正"),
        "null is a value": body(ops=[{"op": "set", "path": "phone", "value": None}]),
        "a base with exceptions": body(
            dot=Dot(replica_id(KEY_RAW), 3),
            prev="9" * 64,
            base=Base({A: 4, B: 2}, frozenset({Dot(B, 1), Dot(A, 3)})),
            seen="8" * 64,
        ),
    }
    cases = []
    for name, document in named.items():
        text = canonical_text(document)
        envelope = sign(text, KEY)
        cases.append(
            {
                "name": name,
                "rules": ["N-3", "N-5", "N-6", "V-4"],
                "input": {"document": document, "public_key": to_base64url(KEY_RAW)},
                "expect": {"id": change_id(text), "envelope": envelope.to_json(), "replica": replica_id(KEY_RAW)},
            }
        )
    return cases


def signatures() -> list[Case]:
    envelope = sign(canonical_text(body()), KEY)
    raw = to_base64url(KEY_RAW)
    stranger = ec.derive_private_key(990_002, ec.SECP256R1()).public_key()
    other = to_base64url(
        stranger.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    )
    flipped = ("B" if envelope.sig[0] == "A" else "A") + envelope.sig[1:]

    def case(name: str, text: str, sig: str, key: str, valid: bool) -> Case:
        return {
            "name": name,
            "rules": ["N-5"],
            "input": {"body": text, "sig": sig, "public_key": key},
            "expect": {"valid": valid},
        }

    return [
        case("as signed", envelope.body, envelope.sig, raw, True),
        case("one byte of the body altered", envelope.body.replace("139", "138"), envelope.sig, raw, False),
        case("one letter of the signature altered", envelope.body, flipped, raw, False),
        case("another key", envelope.body, envelope.sig, other, False),
        case("padding", envelope.body, envelope.sig + "==", raw, False),
        case("signature cut short", envelope.body, envelope.sig[:-2], raw, False),
        case("no signature", envelope.body, "", raw, False),
        case("signature of zeros", envelope.body, "A" * 86, raw, False),
        case("standard base64 letters", envelope.body, "+" + envelope.sig[1:], raw, False),
    ]


def shapes() -> list[Case]:
    """Bodies that are canonical JSON and still no change of version 1 (or, told apart, still one)."""

    def altered(name: str, rules: list[str], valid: bool, change: dict[str, Any], drop: str = "") -> Case:
        document = body() | change
        document.pop(drop, None)
        expect = {"ok": True} if valid else {"ok": False, "path": _place(document)}
        return {"name": name, "rules": rules, "input": document, "expect": expect}

    phone = {"op": "set", "path": "phone", "value": "1"}
    member = {"op": "append", "path": "members", "id": A, "value": {"name": "x"}}
    about = {"section": f"assessments/{A}", "content": "7" * 64, "schema": 1}
    later = {"seq": 2, "prev": "9" * 64}
    nothing: dict[str, Any] = {"vector": {}, "except": []}
    absorbed = {"file": A, "base": {"vector": {B: 2}, "except": [[B, 1]]}}

    def many(files: int) -> dict[str, int]:
        return {f"{A}@{number:032x}": 1 for number in range(files)}

    return [
        altered("unknown key is kept", ["C-1", "F-10"], True, {"weather": "rain"}),
        altered("unknown act is kept", ["F-10"], True, {"act": "sing"}),
        altered("act with capital", ["C-1"], False, {"act": "Save"}),
        altered("missing salt", ["C-1"], False, {}, drop="salt"),
        altered("another type", ["N-5"], False, {"type": "verdict"}),
        altered("a later version", ["C-1"], False, {"v": 2}),
        altered("version is true", ["C-1"], False, {"v": True}),
        altered("seq 0", ["C-1"], False, {"seq": 0}),
        altered("seq 1 with prev", ["C-1"], False, {"prev": "9" * 64}),
        altered("seq 2 without prev", ["C-1"], False, {"seq": 2}),
        altered("seq 2 with prev", ["C-1"], True, later),
        altered("upper case id", ["N-1"], False, {"file": "F" * 32}),
        altered("short id", ["N-1"], False, {"file": "f" * 31}),
        altered("covers itself", ["C-7"], False, {"base": {"vector": {body()["replica"]: 1}, "except": []}}),
        altered("exception above the vector", ["C-1"], False, {"base": {"vector": {A: 1}, "except": [[A, 2]]}}),
        altered("exceptions out of order", ["C-1"], False, {"base": {"vector": {A: 3}, "except": [[A, 2], [A, 1]]}}),
        altered("exception twice", ["C-1"], False, {"base": {"vector": {A: 3}, "except": [[A, 2], [A, 2]]}}),
        altered("vector names zero", ["C-1"], False, {"base": {"vector": {A: 0}, "except": []}}),
        altered("no operations", ["C-4"], True, {"ops": []}),
        altered("500 operations", ["C-1"], True, {"ops": [phone | {"path": f"f{n}"} for n in range(500)]}),
        altered("501 operations", ["C-1"], False, {"ops": [phone | {"path": f"f{n}"} for n in range(501)]}),
        altered("the same path twice", ["C-5"], False, {"ops": [phone, phone]}),
        altered(
            "two adds of one path",
            ["C-5"],
            True,
            {"ops": [{"op": "add", "path": "categories", "value": value} for value in ("a", "b")]},
        ),
        altered(
            "add and remove of one value",
            ["C-5"],
            False,
            {"ops": [{"op": op, "path": "categories", "value": "a"} for op in ("add", "remove")]},
        ),
        altered("append", ["C-4"], True, {"ops": [member]}),
        altered(
            "append and set of its field", ["C-5"], False, {"ops": [member, phone | {"path": f"members/{A}/name"}]}
        ),
        altered(
            "append and set of another field", ["C-5"], True, {"ops": [member, phone | {"path": f"members/{A}/phone"}]}
        ),
        altered("append and void", ["C-5"], False, {"ops": [member, {"op": "void", "path": f"members/{A}"}]}),
        altered("append without id", ["C-4"], False, {"ops": [{"op": "append", "path": "members", "value": {}}]}),
        altered("set without value", ["C-4"], False, {"ops": [{"op": "set", "path": "phone"}]}),
        altered("unknown operation", ["C-4"], False, {"ops": [{"op": "sing", "path": "phone"}]}),
        altered("path climbs", ["C-4"], False, {"ops": [phone | {"path": "../phone"}]}),
        altered("path of the void register", ["C-4"], False, {"ops": [phone | {"path": f"members/{A}/$void"}]}),
        altered("path ends in newline", ["C-4"], False, {"ops": [phone | {"path": "phone\n"}]}),
        altered("add of a list", ["C-4"], False, {"ops": [{"op": "add", "path": "categories", "value": []}]}),
        altered("add of true", ["C-4"], False, {"ops": [{"op": "add", "path": "categories", "value": True}]}),
        altered("submit without about", ["C-1"], False, {"act": "submit"}),
        altered("submit", ["C-1"], True, {"act": "submit", "about": about}),
        altered("submit with step", ["C-1"], False, {"act": "submit", "about": about | {"step": 1}}),
        altered("approve", ["C-1"], True, {"act": "approve", "about": about | {"step": 3}}),
        altered("approve without step", ["C-1"], False, {"act": "approve", "about": about}),
        altered("approve with step 4", ["C-1"], False, {"act": "approve", "about": about | {"step": 4}}),
        altered("return with remarks", ["C-1"], True, {"act": "return", "about": about | {"remarks": {"level": "?"}}}),
        altered("reason of 2,000 characters", ["C-1"], True, {"reason": "🏠" * 2000}),
        altered("reason of 2,001 characters", ["C-1"], False, {"reason": "x" * 2001}),
        altered("reason null", ["C-1"], False, {"reason": None}),
        altered("words entered again", ["C-8"], True, {"reissues": "a" * 64}),
        altered("words entered again, of no change", ["C-8"], False, {"reissues": "a" * 63}),
        altered("words entered again, of null", ["C-8"], False, {"reissues": None}),
        altered("transfer", ["C-9"], True, {"act": "transfer", "to": A}),
        altered("transfer to nowhere", ["C-9"], False, {"act": "transfer"}),
        altered("transfer to null", ["C-9"], False, {"act": "transfer", "to": None}),
        altered("a save that says where to", ["C-9"], False, {"to": A}),
        altered("an unknown act may say where to", ["F-10"], True, {"act": "sing", "to": A}),
        altered("merge", ["C-10"], True, {"act": "merge", "merge": absorbed}),
        altered("merge of nothing", ["C-10"], False, {"act": "merge"}),
        altered("merge of itself", ["C-10"], False, {"act": "merge", "merge": absorbed | {"file": body()["file"]}}),
        altered("merge that showed nothing", ["C-10"], False, {"act": "merge", "merge": absorbed | {"base": nothing}}),
        altered("merge without what it showed", ["C-10"], False, {"act": "merge", "merge": {"file": A}}),
        altered("undoing of a merge", ["C-10"], True, {"act": "unmerge", "merge": {"file": A}}),
        altered("undoing with what it showed", ["C-10"], False, {"act": "unmerge", "merge": absorbed}),
        altered("a save that merges", ["C-10"], False, {"merge": absorbed}),
        altered(
            "what a merge showed of a file that had absorbed this one",
            ["C-10", "N-7"],
            True,
            {
                "act": "merge",
                "merge": {"file": A, "base": {"vector": {B: 1, f"{B}@{body()['file']}": 2}, "except": []}},
            },
        ),
        altered(
            "dots of another file", ["N-7"], True, {"base": {"vector": {f"{A}@{B}": 2}, "except": [[f"{A}@{B}", 1]]}}
        ),
        altered(
            "own dots under the file's name",
            ["N-7"],
            False,
            {"base": {"vector": {f"{A}@{body()['file']}": 1}, "except": []}},
        ),
        altered("dots of a file that is no id", ["N-7"], False, {"base": {"vector": {f"{A}@b": 1}, "except": []}}),
        altered("dots of 19 other files", ["C-1a"], True, {"base": {"vector": {A: 1} | many(19), "except": []}}),
        altered(
            "dots of 19 other files and two",
            ["C-1a"],
            True,
            {"base": {"vector": {A: 1, B: 1} | many(19), "except": []}},
        ),
        altered("dots of 20 other files", ["C-1a"], False, {"base": {"vector": {A: 1} | many(20), "except": []}}),
    ]


def _place(document: dict[str, Any]) -> str | None:
    """Where the engine sees the fault: kept, so that both languages name the same place (D-5)."""
    try:
        check_body(document)
    except MalformedError as error:
        return error.path
    raise AssertionError("the body is sound")


def versions() -> list[Case]:
    base = {"vector": {A: 3, B: 1}, "except": [[A, 2]]}
    other = {"vector": {A: 2, C: 4}, "except": [[A, 1], [C, 3]]}

    def covered(name: str, dot: list[Any], expect: bool) -> Case:
        return {"name": name, "rules": ["C-7"], "input": {"base": base, "dot": dot}, "expect": {"covers": expect}}

    def joined(name: str, left: Any, right: Any, expect: Any) -> Case:
        return {"name": name, "rules": ["C-7"], "input": {"join": [left, right]}, "expect": {"base": expect}}

    def made(name: str, dots: list[Any], expect: Any) -> Case:
        return {"name": name, "rules": ["C-1"], "input": {"dots": dots}, "expect": {"base": expect}}

    def named(name: str, dot: list[Any], of: str, within: str, expect: list[Any]) -> Case:
        given = {"dot": dot, "of": of, "within": within}
        return {"name": name, "rules": ["N-7"], "input": given, "expect": {"dot": expect}}

    nothing: dict[str, Any] = {"vector": {}, "except": []}
    both = {"vector": {A: 3, B: 1, C: 4}, "except": [[C, 3]]}
    return [
        covered("at the vector", [A, 3], True),
        covered("under the vector", [A, 1], True),
        covered("an exception", [A, 2], False),
        covered("above the vector", [A, 4], False),
        covered("a replica it does not name", [C, 1], False),
        joined("an exception survives only where the other is blind", base, other, both),
        joined("the other way round", other, base, both),
        joined("with itself", base, base, base),
        joined("with nothing", base, nothing, base),
        joined("an exception that both have", base, {"vector": {A: 2}, "except": [[A, 2]]}, base),
        named("a dot of the file itself", [A, 1], B, B, [A, 1]),
        named("a dot of another file", [A, 1], B, C, [f"{A}@{B}", 1]),
        named("as another file names a dot of this one", [f"{A}@{C}", 1], B, C, [A, 1]),
        named("as another file names a dot of a third", [f"{A}@{D}", 1], B, C, [f"{A}@{D}", 1]),
        made("no dots", [], nothing),
        made("without gaps", [[A, 1], [A, 2]], {"vector": {A: 2}, "except": []}),
        made("with gaps", [[A, 4], [A, 2], [B, 1]], {"vector": {A: 4, B: 1}, "except": [[A, 1], [A, 3]]}),
    ]

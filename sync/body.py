"""The body of a change: its acts, its limits and the shape that both languages demand alike (C-1 to C-5, C-9, C-10).

What a body means once it has this shape is `sync.change`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from sync.canonical import canonical_text
from sync.errors import MalformedError
from sync.shapes import Shape, check_shape, each, integer, is_hex, one_of, optional_null, text, tuple_of
from sync.versions import Base, Dot, covers, file_of

OPERATIONS_MAX: Final = 500
REASON_CHARACTERS_MAX: Final = 2_000
SEQ_MAX: Final = 1_000_000
SCHEMA_MAX: Final = 1_000_000

FILES_NAMED_MAX: Final = 20

ACTS_ABOUT_A_SECTION: Final = frozenset({"submit", "approve", "return", "withdraw"})
ACTS_OF_A_MERGE: Final = frozenset({"merge", "unmerge"})
ACTS: Final = frozenset({"save", "resolve", "transfer", "void", *ACTS_ABOUT_A_SECTION, *ACTS_OF_A_MERGE})

_NAME = r"[a-z][a-z0-9_]{0,39}"
_FIELD_PATH = re.compile(rf"{_NAME}(?:/[0-9a-f]{{32}}/{_NAME})?")
_COLLECTION_PATH = re.compile(_NAME)
_ELEMENT_PATH = re.compile(rf"{_NAME}/[0-9a-f]{{32}}")
_SECTION_PATH = re.compile(rf"{_NAME}(?:/[0-9a-f]{{32}})?")
VOID_FIELD: Final = "$void"


_ID = text(pattern=r"[0-9a-f]{32}")
_HASH = text(pattern=r"[0-9a-f]{64}")
_INSTANT = integer(0)
_NAME_SHAPE = text(pattern=_NAME)
_REPLICA = text(pattern=r"[0-9a-f]{32}(?:@[0-9a-f]{32})?")
_SEQ = integer(1, SEQ_MAX)
_BASE: Final[Shape] = {
    "vector": each(key=_REPLICA, item=_SEQ),
    "except": each(item=tuple_of((_REPLICA, _SEQ))),
}

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
    "base": _BASE,
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
    "to?": _ID,
    "merge?": {"file": _ID, "base?": _BASE},
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
    _check_base(body["base"], body["file"], "base")
    if body["base"]["vector"].get(body["replica"], 0) >= body["seq"]:
        raise MalformedError("A change never covers itself or a later one of its replica.", path="base/vector")
    _check_move(body)
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


def _check_base(base: Mapping[str, Any], file: str, place: str) -> None:
    """`file` is whose form it was: its own dots are named plainly, and in one way only (N-7)."""
    dots = [Dot(replica, seq) for replica, seq in base["except"]]
    vector = Base(base["vector"])
    named = {file_of(replica) for replica in base["vector"]}
    _demand(file not in named, "Its own dots are named without the file.", f"{place}/vector")
    _demand(len(named) <= FILES_NAMED_MAX, f"A base names at most {FILES_NAMED_MAX} files.", f"{place}/vector")
    if any(later <= earlier for earlier, later in zip(dots, dots[1:], strict=False)):
        raise MalformedError("`except` is sorted and names a dot once.", path=f"{place}/except")
    if not all(covers(vector, dot) for dot in dots):
        raise MalformedError("`except` names a dot above the vector.", path=f"{place}/except")


def _check_move(body: Mapping[str, Any]) -> None:
    """`to` belongs to a transfer, `merge` to a merge and its undoing, and to nothing else (C-9, C-10)."""
    act, merge = body["act"], body.get("merge")
    _demand(act not in ACTS or (act == "transfer") == ("to" in body), "`to` belongs to a transfer.", "to")
    _demand(act not in ACTS or (act in ACTS_OF_A_MERGE) == (merge is not None), "`merge` belongs to a merge.", "merge")
    if merge is not None:
        _demand(merge["file"] != body["file"], "No file absorbs itself.", "merge/file")
        _demand(act not in ACTS or (act == "merge") == ("base" in merge), "A merge names what it showed.", "merge/base")
        if "base" in merge:
            _check_base(merge["base"], merge["file"], "merge/base")
            _demand(bool(merge["base"]["vector"]), "A merge names what it showed.", "merge/base/vector")


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

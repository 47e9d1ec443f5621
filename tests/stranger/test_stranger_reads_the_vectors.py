"""A client written from the protocol page alone says what the vectors say."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.stranger import wire
from tests.stranger.approving import fold
from tests.stranger.joining import name_within

VECTORS = Path(__file__).parents[1] / "vectors"


def cases(*names: str) -> list[Any]:
    return [
        pytest.param(case, id=f"{name}: {case['name']}")
        for name in names
        for case in json.loads((VECTORS / f"{name}.json").read_text())
    ]


@pytest.mark.parametrize("case", cases("canonical"))
def test_bytes(case: dict[str, Any]) -> None:
    if case["expect"]["ok"]:
        assert wire.canonical(wire.parse(case["input"])) == case["input"]
    else:
        with pytest.raises(wire.NotCanonical):
            wire.parse(case["input"])


@pytest.mark.parametrize("case", cases("ids"))
def test_names(case: dict[str, Any]) -> None:
    envelope, point = case["expect"]["envelope"], wire.to_bytes(case["input"]["public_key"])
    assert wire.canonical(case["input"]["document"]) == envelope["body"]
    assert wire.sha256(envelope["body"]) == case["expect"]["id"]
    assert wire.replica_of(point) == case["expect"]["replica"]
    assert wire.is_signed(envelope, point)


@pytest.mark.parametrize("case", cases("signatures"))
def test_signatures(case: dict[str, Any]) -> None:
    given = case["input"]
    assert wire.is_signed(given, wire.to_bytes(given["public_key"])) is case["expect"]["valid"]


@pytest.mark.parametrize("case", cases("versions"))
def test_bases(case: dict[str, Any]) -> None:
    given = case["input"]
    if "within" in given:
        named = name_within(given["dot"][0], given["of"], given["within"])
        assert [named, given["dot"][1]] == case["expect"]["dot"]
    elif "dot" in given:
        assert wire.covers(given["base"], (given["dot"][0], given["dot"][1])) is case["expect"]["covers"]
    elif "join" in given:
        assert wire.join(*given["join"]) == case["expect"]["base"]
    else:
        assert wire.base_of((dot[0], dot[1]) for dot in given["dots"]) == case["expect"]["base"]


def assert_part(expected: Any, found: Any, place: str) -> None:
    """Section 9: objects may hold more, lists and values are exact, `{}` is empty."""
    if isinstance(expected, dict) and expected:
        for key, inner in expected.items():
            assert key in found, f"{place}/{key}"
            assert_part(inner, found[key], f"{place}/{key}")
    elif isinstance(expected, list):
        assert len(expected) == len(found), f"{place}: {found}"
        for index, inner in enumerate(expected):
            assert_part(inner, found[index], f"{place}/{index}")
    else:
        assert expected == found, place


@pytest.mark.parametrize("case", cases("policies", "voids", "provisional", "approvals", "moving", "merging"))
def test_folds(case: dict[str, Any]) -> None:
    folded = fold(case["input"]["rules"], case["input"]["changes"], case["input"].get("file"))
    assert_part(case["expect"]["folded"], folded, "")
    assert folded["digest"] == case["expect"]["digest"]

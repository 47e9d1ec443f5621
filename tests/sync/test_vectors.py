"""The vectors that both languages read. `pwa/src/sync` runs the same files in vitest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sync.body import check_body
from sync.canonical import canonical_text, hash_value, parse_canonical
from sync.change import Envelope, change_id, from_base64url, read_change, replica_id, verify
from sync.errors import MalformedError, NotCanonicalError
from sync.fold import FoldInput, accepted_of, fold, state_digest
from sync.inputs import scope_of
from sync.rules import Rules
from sync.verdict import Reason, read_verdict, verdict_of
from sync.verdicts import Absorbed, Context, Known, judge, judge_malformed
from sync.versions import Base, Dot, base_of, covers, dot_within, join

VECTORS = Path(__file__).parents[1] / "vectors"


def cases(name: str) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in json.loads((VECTORS / f"{name}.json").read_text())]


@pytest.mark.parametrize("case", cases("canonical"))
def test_canonical_form(case: dict[str, Any]) -> None:
    if case["expect"]["ok"]:
        assert canonical_text(parse_canonical(case["input"])) == case["input"]
    else:
        with pytest.raises(NotCanonicalError) as caught:
            parse_canonical(case["input"])
        assert caught.value.code == case["expect"]["code"]


@pytest.mark.parametrize("case", cases("ids"))
def test_ids(case: dict[str, Any]) -> None:
    envelope = Envelope.from_json(case["expect"]["envelope"])
    key = from_base64url(case["input"]["public_key"])
    assert canonical_text(case["input"]["document"]) == envelope.body
    assert change_id(envelope.body) == case["expect"]["id"]
    assert replica_id(key) == case["expect"]["replica"]
    assert verify(envelope, key)
    assert read_change(envelope).id == case["expect"]["id"]


@pytest.mark.parametrize("case", cases("signatures"))
def test_signatures(case: dict[str, Any]) -> None:
    envelope = Envelope(case["input"]["body"], case["input"]["sig"])
    assert verify(envelope, from_base64url(case["input"]["public_key"])) is case["expect"]["valid"]


@pytest.mark.parametrize("case", cases("shapes"))
def test_shapes(case: dict[str, Any]) -> None:
    if case["expect"]["ok"]:
        check_body(case["input"])
    else:
        with pytest.raises(MalformedError) as caught:
            check_body(case["input"])
        assert caught.value.path == case["expect"]["path"]
        (reason,) = judge_malformed(caught.value).reasons
        named = {"code": "malformed", "path": case["expect"]["path"], "say": caught.value.detail}
        assert reason.to_json() == {key: value for key, value in named.items() if value}
        assert judge_malformed(caught.value).status == "returned"


@pytest.mark.parametrize("case", cases("versions"))
def test_versions(case: dict[str, Any]) -> None:
    given = case["input"]
    if "within" in given:
        named = dot_within(Dot(*given["dot"]), given["of"], given["within"])
        assert list(named) == case["expect"]["dot"]
    elif "dot" in given:
        assert covers(Base.from_json(given["base"]), Dot(*given["dot"])) is case["expect"]["covers"]
    elif "join" in given:
        assert join(*map(Base.from_json, given["join"])).to_json() == case["expect"]["base"]
    else:
        assert base_of(Dot(*dot) for dot in given["dots"]).to_json() == case["expect"]["base"]


def assert_part(expected: Any, actual: Any, place: str = "") -> None:
    """Objects may hold more than expected; an expected list has the same length; plain values are equal."""
    if isinstance(expected, dict) and expected:
        assert isinstance(actual, dict), place
        for key, inner in expected.items():
            assert key in actual, f"{place}/{key} is missing"
            assert_part(inner, actual[key], f"{place}/{key}")
    elif isinstance(expected, list):
        assert isinstance(actual, list), place
        assert len(actual) == len(expected), f"{place}: {actual}"
        for index, inner in enumerate(expected):
            assert_part(inner, actual[index], f"{place}/{index}")
    else:
        assert type(actual) is type(expected), f"{place}: {actual!r}"
        assert actual == expected, place


def read_inputs(given: dict[str, Any]) -> list[FoldInput]:
    return [
        FoldInput(
            read_change(Envelope(canonical_text(item["body"]), "")),
            verdict_of(item["verdict"]) if item["verdict"] else None,
        )
        for item in given["changes"]
    ]


FOLDS = ("policies", "voids", "provisional", "approvals", "moving", "merging")


@pytest.mark.parametrize("case", [case for name in FOLDS for case in cases(name)])
def test_folds(case: dict[str, Any]) -> None:
    inputs, file = read_inputs(case["input"]), case["input"].get("file")
    folded = fold(case["input"]["rules"], inputs, file)
    assert_part(case["expect"]["folded"], folded)
    assert hash_value(folded) == case["expect"]["whole"]
    moved = folded["paths"].get("$scope")
    assert scope_of(inputs, folded["file"]) == (moved["value"] or moved["stands"] if moved else None)
    assert state_digest(fold(case["input"]["rules"], accepted_of(inputs), file)) == case["expect"]["digest"]


@pytest.mark.parametrize("case", cases("verdicts"))
def test_verdicts(case: dict[str, Any]) -> None:
    given = case["input"]["context"]
    reasons = {
        name: tuple(Reason(item["code"], item.get("op"), item.get("path"), item.get("say")) for item in given[name])
        for name in ("doubts", "faults", "problems")
    }
    change, expected = read_change(Envelope(canonical_text(case["input"]["change"]), "")), case["expect"]
    context = Context(
        deployment=given["deployment"],
        station=given["station"],
        received_at=given["received_at"],
        rules=Rules.of(given["rules"]) if given["rules"] else None,
        known={Dot(*item["dot"]): Known(item["id"], item["status"]) for item in given["known"]},
        accepted=read_inputs({"changes": case["input"]["accepted"]}),
        duties_then=frozenset(given["duties_then"]),
        duties_now=frozenset(given["duties_now"]),
        check=lambda checked: reasons["problems"] if checked is change else (),
        file_kind=given["file_kind"],
        doubts=reasons["doubts"],
        faults=reasons["faults"],
        single_post=given["single_post"],
        forks=frozenset(given["forks"]),
        forked=frozenset(Dot(*one) for one in given["forked"]),
        contested=frozenset(Dot(*one) for one in given["contested"]),
        admitted=given["admitted"],
        former=given["former"],
        patches=frozenset(given["patches"]),
        duties_there=frozenset(given["duties_there"]),
        absorbed=Absorbed(
            given["absorbed"]["kind"],
            frozenset(given["absorbed"]["duties_then"]),
            frozenset(given["absorbed"]["duties_now"]),
            given["absorbed"]["by"],
        ),
        absorbed_by=given["absorbed_by"],
    )
    judgement = judge(change, context)
    verdict = judgement.to_verdict(
        change,
        position=expected["verdict"]["position"],
        received_at=expected["verdict"]["received_at"],
        by=expected["verdict"]["by"],
        decided_at=expected["verdict"]["decided_at"],
    )
    body = verdict.to_body(deployment=given["deployment"], station=given["station"])
    assert body == expected["verdict"] | {"deployment": given["deployment"], "station": given["station"]}
    assert [list(dot) for dot in judgement.waits_for] == expected["waits_for"]
    assert read_verdict(Envelope(canonical_text(body), "")) == verdict
    unread = body | {"dot": None, "file": None}  # of what could not be read (D-5)
    assert verdict_of(unread).to_body(deployment=given["deployment"], station=given["station"]) == unread


def test_the_vectors_on_disk_are_those_of_their_source() -> None:
    from tests.sync.vector_source.__main__ import every_vector, render

    for name, current in every_vector().items():
        assert (VECTORS / f"{name}.json").read_text() == render(current), (
            f"run python -m tests.sync.vector_source ({name})"
        )

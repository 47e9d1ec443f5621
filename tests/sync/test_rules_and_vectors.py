"""The protocol's page and its proofs point at each other: every rule is shown, and everything shown names its rule.

A rule is shown by a vector that cites it, or by tests named in `rule_proofs.py`. Codes, statuses, policies and standings that
the page lists are each the outcome of some vector.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.sync.rule_proofs import PROOFS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "sync" / "PROTOCOL.md").read_text()
RULES = re.findall(r"^- \*\*([A-Z]-\d+[a-z]?)\*\* ", PAGE, re.MULTILINE)
# Vectors of the kinds (forms, codes, rules of visits) belong to schemas/ and cite no rule of this page.
FILES = {path.stem: json.loads(path.read_text()) for path in sorted((ROOT / "tests" / "vectors").glob("*.json"))}
VECTORS = {name: cases for name, cases in FILES.items() if isinstance(cases, list) and "rules" in cases[0]}
CASES = [(name, case) for name, cases in VECTORS.items() for case in cases]


def rule(number: str) -> str:
    """The text of one rule, with the table or list under it."""
    found = re.search(rf"^- \*\*{number}\*\* (.*?)(?=^- \*\*|^## )", PAGE, re.MULTILINE | re.DOTALL)
    assert found, number
    return found[1]


def codes_in(text: str) -> set[str]:
    return set(re.findall(r"`([a-z]+(?:_[a-z]+)*)`", text))


def test_each_rule_has_one_number() -> None:
    assert len(RULES) > 100
    assert sorted(RULES) == sorted(set(RULES))


def test_each_rule_is_shown_by_a_vector_or_by_a_named_test() -> None:
    cited = {number for _, case in CASES for number in case["rules"]}
    assert [number for number in RULES if number not in cited and number not in PROOFS] == []


def test_each_vector_names_rules_that_there_are() -> None:
    assert [f"{name}: {case['name']}" for name, case in CASES if not case["rules"]] == []
    unknown = {number for _, case in CASES for number in case["rules"]} | PROOFS.keys()
    assert sorted(unknown - set(RULES)) == []


def test_each_vector_of_a_page_is_told_apart_by_its_name() -> None:
    for name, cases in VECTORS.items():
        names = [case["name"] for case in cases]
        assert sorted(names) == sorted(set(names)), name


@pytest.mark.parametrize("number", sorted(PROOFS))
def test_the_tests_that_are_named_exist(number: str) -> None:
    for proof in PROOFS[number]:
        place, _, name = proof.partition("::")
        source = (ROOT / place).read_text()
        if place.endswith(".py"):
            assert re.search(rf"^ *def {re.escape(name)}\(", source, re.MULTILINE), proof
        else:
            assert any(f"{opening}{name}'" in source for opening in ("test('", "it('")), proof


def test_both_languages_read_every_vector() -> None:
    """A phone does not judge: verdicts are the server's alone."""
    python = "".join(path.read_text() for path in (ROOT / "tests" / "sync").glob("test_*.py"))
    phone = "".join(path.read_text() for path in (ROOT / "pwa" / "src" / "sync").glob("*.test.ts"))
    assert [name for name in VECTORS if f'"{name}' not in python] == []
    assert [name for name in VECTORS if f"'{name}" not in phone and f"/{name}.json" not in phone] in ([], ["verdicts"])


def test_the_page_lists_every_file_of_vectors() -> None:
    listed = re.search(r"^## 9\. Vectors\n(.*?)^## ", PAGE, re.MULTILINE | re.DOTALL)
    assert listed
    assert sorted(VECTORS.keys() - codes_in(listed[1])) == []


def outcomes_of_verdicts() -> set[str]:
    said = [case["expect"]["verdict"] for case in VECTORS["verdicts"]]
    return {verdict["status"] for verdict in said} | {
        reason["code"] for verdict in said for reason in verdict["reasons"]
    }


def test_each_code_of_a_verdict_is_the_outcome_of_a_vector() -> None:
    rows = re.findall(r"^\| \d+a? \|[^|]*\|([^|]*)\|$", rule("D-9"), re.MULTILINE)
    named = {code for row in rows for code in codes_in(row)} | codes_in(rule("D-10"))
    named |= {code for code in codes_in(rule("A-3")) if "_" in code} | codes_in(rule("D-12")) | codes_in(rule("D-14"))
    words = {"approve", "base", "content", "schema", "section", "submit", "returned_at", "return", "withdraw", "to"}
    words |= {"transfer", "merge", "unmerge", "deputy"}
    assert len(rows) == 11
    assert sorted(named - outcomes_of_verdicts() - words) == []


def folded(name: str) -> list[dict[str, Any]]:
    return [case["expect"]["folded"] for case in VECTORS[name]]


def test_each_status_and_standing_of_an_approval_is_the_outcome_of_a_vector() -> None:
    sections = [section for state in folded("approvals") for section in state.get("sections", {}).values()]
    assert codes_in(rule("A-6")) - {"safest", "draft"} <= {section["status"] for section in sections}
    standings = {approval.get("standing") for section in sections for approval in section.get("approved", [])}
    assert codes_in(rule("A-9")) - {"standing", "effective"} <= standings


def test_each_policy_is_shown_alone_and_with_several_values() -> None:
    table = codes_in("".join(re.findall(r"^\| (`.*?`) \|", rule("F-6"), re.MULTILINE)))
    shown: dict[str, set[str]] = {}
    for case in VECTORS["policies"]:
        fields = case["input"]["rules"]["fields"]
        for path, register in case["expect"]["folded"].get("paths", {}).items():
            if path in fields and "status" in register:
                shown.setdefault(fields[path]["policy"], set()).add(register["status"])
    assert table == shown.keys()
    several = {"latest": "also", "max": "also", "min": "also", "safest": "also", "review": "conflict"}
    several |= {"authority": "conflict", "once": "conflict", "union": "settled"}
    for policy, status in several.items():
        assert {"settled", status} <= shown[policy], policy

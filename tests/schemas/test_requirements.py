"""`tests/requirements.csv` names, for each requirement that is built, the test that shows it; here it is kept in step with the tests."""

import csv
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = list(csv.DictReader((ROOT / "tests" / "requirements.csv").read_text("utf-8").splitlines()))
# Rows of the casework that must not lose their last test.
CASEWORK = frozenset(
    [
        "GD-01",
        "GD-18",
        "GD-19",
        "GD-21",
        "GD-22",
        "GD-23",
        "GD-24",
        "GD-26",
        "GD-28",
        "GD-29",
        "GD-30",
        "GD-31",
        "GD-32",
        "GD-33",
        "GD-34",
        "GD-35",
        "NM-20",
        "NM-21",
        "NM-26",
        "NM-28",
        "NM-29",
        "NM-30",
        "NM-31",
        "NM-32",
        "NM-33",
        "NM-36",
        "NM-38",
        "NM-51",
        "NM-61",
        "SN-14",
        "SN-15",
        "SZ-02",
        "SZ-03",
        "SZ-09",
    ]
)


def has_test(path: Path, name: str) -> bool:
    """A Python test by its function, a TypeScript test by its title, a vector by its name."""
    text = path.read_text("utf-8")
    if path.suffix == ".py":
        return re.search(rf"^def {re.escape(name)}\(", text, re.MULTILINE) is not None
    if path.suffix == ".json":
        return any(case["name"] == name for case in json.loads(text))
    return any(f"{word}({quote}{name}{quote}" in text for word in ("it", "test") for quote in ("'", '"', "`"))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['id']} {row['test'].rpartition('::')[2][:40]}")
def test_a_requirement_is_shown_by_a_test_that_exists(row: dict[str, str]) -> None:
    assert re.fullmatch(r"(GD|NB|SN|SZ|NM)-[0-9]{2}", row["id"])
    path, _, name = row["test"].partition("::")
    assert (ROOT / path).is_file(), path
    assert has_test(ROOT / path, name), row["test"]


def test_rows_stand_in_order_and_none_twice() -> None:
    pairs = [(row["id"], row["test"]) for row in ROWS]
    assert [one for one, _ in pairs] == sorted(one for one, _ in pairs)
    assert len(set(pairs)) == len(pairs)


def test_the_casework_loses_none_of_its_requirements() -> None:
    assert {row["id"] for row in ROWS} >= CASEWORK

"""asvs.csv stays in step with the tests it names, and with the standard's own count of rows.

OWASP ASVS 5.0.0, levels 1 and 2, the chapters that apply (V10 OAuth and V17 WebRTC do not): 217 rows. The words are ours.
"""

import csv
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = Path(__file__).with_name("asvs.csv")
# Chapter -> rows of level 1 and of level 2, as the release counts them.
ROWS = {1: (8, 19), 2: (4, 7), 3: (8, 11), 4: (2, 8), 5: (4, 5), 6: (13, 22), 7: (6, 12), 8: (4, 3), 9: (4, 3), 11: (3, 11),
        12: (3, 6), 13: (1, 12), 14: (2, 7), 15: (3, 10), 16: (0, 16)}  # fmt: skip
SHARE_MIN = 0.6


def rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def find_wrong(table: list[dict[str, str]]) -> list[str]:
    """Every row that names no test that exists, or gives no reason."""
    wrong = []
    for row in table:
        tests = [one.strip() for one in row["tests"].split(";") if one.strip()]
        if row["status"] == "test":
            wrong += [f"{row['id']}: no test"] if not tests else []
            wrong += [f"{row['id']}: {one} does not exist" for one in tests if not exists(one)]
        elif row["status"] not in ("reason", "does not apply") or tests or not row["note"]:
            wrong.append(f"{row['id']}: no reason")
    return wrong


def exists(test: str) -> bool:
    path, _, name = test.partition("::")
    path, _, words = path.partition("#")
    file = ROOT / path
    if not file.is_file():
        return False
    text = file.read_text("utf-8")
    return re.search(rf"^def {name}\(", text, re.MULTILINE) is not None if name else words in text


def test_every_row_has_a_test_that_exists_or_a_reason(figure: Callable[[str], None]) -> None:
    table = rows()
    tested = sum(row["status"] == "test" for row in table)
    apply = sum(row["status"] != "does not apply" for row in table)
    figure(f"ASVS 5.0 L1 and L2: {len(table)} rows, {apply} apply, {tested} with tests ({tested / apply:.0%})")
    assert find_wrong(table) == []
    assert tested / apply >= SHARE_MIN


def test_the_table_has_the_rows_of_the_standard() -> None:
    table = rows()
    assert len({row["id"] for row in table}) == len(table)
    counted = Counter((int(row["id"].split(".")[0]), row["level"]) for row in table)
    assert {
        (chapter, str(level)): count
        for chapter, counts in ROWS.items()
        for level, count in enumerate(counts, 1)
        if count
    } == counted


def test_teeth_a_test_that_was_renamed_is_missed() -> None:
    table = rows()
    row = next(row for row in table if row["status"] == "test")
    row["tests"] = row["tests"].split(";")[0] + "_renamed"
    assert find_wrong(table) == [f"{row['id']}: {row['tests']} does not exist"]

"""The reader on the three ledgers that came with the project and on invented ones, scored against what was written into them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from server.ledger.reading import read_file
from server.ledger.reading.as_json import reading_json
from tests.ledger.conftest import DATA, TODAY
from tests.ledger.make_ledgers import make_ledger
from tests.ledger.scoring import score

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("layout", ["a", "b", "c"])
def test_the_ledgers_that_came_with_the_project_are_read(layout: str) -> None:
    truth = json.loads((DATA / f"ledger-{layout}.truth.json").read_text("utf-8"))
    result = score(reading_json(read_file(DATA / f"ledger-{layout}.xlsx", today=TODAY)), truth)
    assert result.falls_short() == []
    assert result.counts["people"] == [1, 1]
    assert len(result.counts) >= 14


def _falls_short(layout: str, seeds: range, folder: Path) -> dict[int, list[str]]:
    path = folder / "ledger.xlsx"
    found = {}
    for seed in seeds:
        truth = make_ledger(layout, seed, path)
        short = score(reading_json(read_file(path, today=TODAY)), truth).falls_short()
        if short:
            found[seed] = short[:5]
    return found


@pytest.mark.parametrize("layout", ["a", "b", "c"])
def test_ledgers_of_other_villages_words_orders_and_damage_are_read(layout: str, tmp_path: Path) -> None:
    assert _falls_short(layout, range(8), tmp_path) == {}


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["a", "b", "c"])
def test_sixty_invented_ledgers_of_each_layout_are_read(layout: str, tmp_path: Path) -> None:
    assert _falls_short(layout, range(1_000, 1_060), tmp_path) == {}


def test_the_score_notices_a_guessed_number_a_merged_household_and_a_silent_reader(tmp_path: Path) -> None:
    truth = make_ledger("a", 3, tmp_path / "ledger.xlsx")
    right = reading_json(read_file(tmp_path / "ledger.xlsx", today=TODAY))
    assert score(right, truth).falls_short() == []
    damaged = {(loss["household"], loss["name"]) for loss in truth["losses"]}
    sound = {
        (home["number"], person["name"]): person["id_number"]
        for home in truth["households"]
        for person in home["members"]
    }
    guessed = json.loads(json.dumps(right))
    for home in guessed["households"]:
        for person in home["members"]:
            if (home["number"], person["name"]) in damaged:
                person["id_number"], person["problems"] = sound[home["number"], person["name"]], []
    assert {note.split(":")[0] for note in score(guessed, truth).falls_short()} >= {
        "damage_not_guessed",
        "damage_flagged",
    }
    merged = json.loads(json.dumps(right))
    merged["households"][0]["members"] += merged["households"].pop(1)["members"]
    assert {"found", "households"} <= {note.split(":")[0] for note in score(merged, truth).falls_short()}


def test_the_command_prints_the_reading_as_json_and_nothing_else() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "server.command.main", "ledger", "read", str(DATA / "ledger-c.xlsx"), "--json"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    reading = json.loads(done.stdout)
    assert len(reading["households"]) == 160
    assert set(reading["households"][0]) >= {"number", "address", "members"}
    member = reading["households"][0]["members"][0]
    assert set(member) >= {
        "name",
        "id_number",
        "born_on",
        "gender",
        "relation",
        "categories",
        "phone",
        "disability",
        "problems",
    }


def test_the_command_says_what_it_understood_to_people() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "server.command.main", "ledger", "read", str(DATA / "ledger-a.xlsx")],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    told = done.stdout.decode("utf-8")
    assert "420 households, 1079 people" in told
    assert "71 cells to correct" in told


def test_the_command_refuses_what_is_no_ledger_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "台账.xlsx"
    path.write_text("not a spreadsheet")
    done = subprocess.run(
        [sys.executable, "-m", "server.command.main", "ledger", "read", str(path)],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert "not_a_spreadsheet" in done.stderr.decode("utf-8")

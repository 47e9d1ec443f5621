"""The simulated histories find nothing; the same seed gives the same trace; each oracle catches the fault made for it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from server.command.main import app
from sync.simulate import memo, mirror, run
from sync.simulate.outcome import ORACLES
from sync.simulate.plan import KINDS, Plan, make_plan
from sync.simulate.run import Totals, make_small, replay, run_plan, run_seeds, simulate
from tests.simulation.mutants import FOUND, MUTANTS, PHONE_MUTANT, Mutant, seeded

REPLAYS = Path(__file__).parent / "replays"


def test_hostile_histories_lose_no_word() -> None:
    totals = run_seeds(range(1, 201), devices=4)
    assert totals.accused == []
    assert totals.to_json()["violations"] == dict.fromkeys(ORACLES, 0)
    assert totals.changes > 1_000
    assert totals.conflicts > 20
    everyday = {"save", "open", "act", "resolve", "sync", "decide", "dismiss"}
    network = {"lost_request", "lost_reply", "duplicated", "delayed", "reordered", "truncated"}
    assert set(totals.faults) == (set(KINDS) - everyday) | network


@pytest.mark.slow
@pytest.mark.timeout(1_800)
def test_many_more_histories_lose_no_word() -> None:
    totals = simulate(3_000, 100_000, devices=6, processes=2, compares=mirror.is_available())
    assert totals.accused == []
    assert totals.histories == 3_000


def test_the_sums_do_not_depend_on_how_the_work_is_cut_up(monkeypatch: pytest.MonkeyPatch) -> None:
    sums = simulate(60, 7, devices=4, processes=1).to_json()
    monkeypatch.setattr(run, "CHUNK", 7)
    assert simulate(60, 7, devices=4, processes=1).to_json() == sums


@pytest.mark.parametrize("file", sorted(REPLAYS.glob("*.json")), ids=lambda file: file.stem)
def test_what_was_found_once_stays_mended(file: Path) -> None:
    outcome = run_plan(Plan.from_json(json.loads(file.read_text("utf-8"))))
    assert outcome.violations == []


@pytest.mark.parametrize("file", sorted(REPLAYS.glob("*.json")), ids=lambda file: file.stem)
def test_a_remembered_fold_is_the_fold_itself(file: Path) -> None:
    with memo.quick():
        folds = run_plan(Plan.from_json(json.loads(file.read_text("utf-8")))).folds
        remembered = [fold.here() for fold in folds]
    assert folds
    assert [fold.here() for fold in folds] == remembered


def test_a_plan_survives_being_written_down() -> None:
    plan = make_plan(11, 4)
    assert Plan.from_json(json.loads(json.dumps(plan.to_json()))) == plan


def test_the_same_seed_gives_the_same_trace_and_another_seed_another() -> None:
    with memo.quick():
        first = [run_plan(make_plan(seed, 4)).trace_hash for seed in range(1, 13)]
        again = [run_plan(make_plan(seed, 4)).trace_hash for seed in range(1, 13)]
    assert first == again
    assert len(set(first)) == 12


def test_remembering_changes_nothing() -> None:
    with memo.quick():
        quick = [run_plan(make_plan(seed, 4)).trace for seed in range(40, 44)]
    assert [run_plan(make_plan(seed, 4)).trace for seed in range(40, 44)] == quick


@pytest.mark.parametrize("mutant", [pytest.param(mutant, id=mutant.oracle) for mutant in MUTANTS])
def test_a_seeded_fault_is_caught_by_its_oracle_alone(mutant: Mutant) -> None:
    totals = Totals()
    with seeded(mutant):
        for first in range(1, 1_000, 20):
            totals.join(run_seeds(range(first, first + 20), devices=4))
            if totals.violations:
                break
    assert set(totals.violations) == {mutant.oracle}


@pytest.mark.parametrize("mutant", [pytest.param(mutant, id=mutant.name) for mutant in FOUND])
def test_a_fault_that_was_found_once_is_found_again(mutant: Mutant) -> None:
    totals = Totals()
    with seeded(mutant):
        for first in range(1, 2_000, 20):
            totals.join(run_seeds(range(first, first + 20), devices=4))
            if totals.violations[mutant.oracle]:
                break
    assert totals.violations[mutant.oracle]


needs_node = pytest.mark.skipif(not mirror.is_available(), reason="needs Node and pwa/node_modules")


@needs_node
def test_the_phones_fold_is_held_against_every_fourth_history() -> None:
    totals = simulate(40, 1, devices=4, processes=1, compares=True)
    assert totals.accused == []
    assert totals.folds_compared > 20


@needs_node
def test_a_fault_in_the_phones_fold_is_caught_by_its_oracle_alone() -> None:
    totals = simulate(200, 1, devices=4, processes=1, compares=True, mutation=PHONE_MUTANT)
    assert set(totals.violations) == {"language_divergence"}


def test_every_oracle_has_its_fault() -> None:
    assert {mutant.oracle for mutant in MUTANTS} | {"language_divergence"} == set(ORACLES)


def test_a_violation_is_made_small_and_told() -> None:
    mutant = next(one for one in MUTANTS if one.oracle == "lost_refused_change")
    with seeded(mutant):
        totals = run_seeds(range(1, 41), devices=4)
        seed, oracle, _ = totals.accused[0]
        plan = make_plan(seed, 4)
        with memo.quick():
            small = make_small(plan, oracle)
        lines = replay(plan, oracle)
    assert len(small.steps) < len(plan.steps)
    assert lines[0].startswith(f"seed {seed}: {len(small.steps)} of {len(plan.steps)} steps")
    assert any(line.startswith("  ✗ lost_refused_change") for line in lines)


def test_the_command_prints_the_counts_as_json() -> None:
    done = CliRunner().invoke(
        app, ["simulate", "--histories", "6", "--seed", "7", "--processes", "1", "--no-node", "--json"]
    )
    assert done.exit_code == 0, done.output
    counts = json.loads(done.stdout)
    assert set(counts) >= {"histories", "changes", "conflicts", "faults", "violations"}
    assert counts["histories"] == 6
    assert counts["violations"] == dict.fromkeys(ORACLES, 0)
    assert counts["typescript_folds"] == 0
    assert "No fold is compared with TypeScript: as asked for." in done.stderr

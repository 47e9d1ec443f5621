"""The simulated histories find nothing; the same seed gives the same trace; each oracle catches the fault made for it."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from server.command.main import app
from sync.simulate import memo
from sync.simulate.outcome import ORACLES
from sync.simulate.plan import KINDS, make_plan
from sync.simulate.run import Totals, make_small, replay, run_plan, run_seeds, simulate
from tests.simulation.mutants import MUTANTS, Mutant, seeded


def test_hostile_histories_lose_no_word() -> None:
    totals = run_seeds(range(1, 201), devices=4)
    assert totals.accused == []
    assert totals.to_json()["violations"] == dict.fromkeys(ORACLES, 0)
    assert totals.changes > 1_000
    assert totals.conflicts > 20
    everyday = {"save", "open", "act", "resolve", "sync", "decide", "dismiss"}
    network = {"lost_request", "lost_reply", "duplicated", "delayed", "reordered", "truncated"}
    assert set(totals.faults) == (set(KINDS) - everyday) | network


# Found and not yet mended, told in sync/simulate/README.md. Mending one turns the test below red until it leaves this list.
OPEN_FAULTS = {(100_375, "divergence")}


@pytest.mark.slow
def test_many_more_histories_lose_no_word() -> None:
    totals = simulate(1_000, 100_000, devices=6, processes=2)
    assert {(seed, oracle) for seed, oracle, _ in totals.accused} == OPEN_FAULTS
    assert totals.histories == 1_000


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


def test_every_oracle_has_its_fault() -> None:
    assert {mutant.oracle for mutant in MUTANTS} == set(ORACLES)


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
    done = CliRunner().invoke(app, ["simulate", "--histories", "6", "--seed", "7", "--processes", "1", "--json"])
    assert done.exit_code == 0, done.output
    counts = json.loads(done.stdout)
    assert set(counts) == {"histories", "changes", "conflicts", "faults", "violations"}
    assert counts["histories"] == 6
    assert counts["violations"] == dict.fromkeys(ORACLES, 0)

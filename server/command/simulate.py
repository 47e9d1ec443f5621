"""`yihu simulate`: hostile histories of the sync engine, from a seed. What it proves and what not: `sync/simulate/README.md`."""

import json
from collections.abc import Callable
from typing import Annotated

import typer

from sync.simulate.mirror import is_available
from sync.simulate.plan import make_plan
from sync.simulate.run import Totals, replay
from sync.simulate.run import simulate as run_histories

_REPLAYS_MAX = 3


def simulate(
    histories: Annotated[int, typer.Option(min=1, help="how many histories")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="the first history's seed; the others count on from it")] = 1,
    devices: Annotated[int, typer.Option(min=2, max=12, help="phones a history begins with, at most")] = 4,
    processes: Annotated[int, typer.Option(min=1, max=64, help="how many at once")] = 2,
    no_node: Annotated[bool, typer.Option("--no-node", help="fold in Python only; nothing is compared")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print the counts as JSON and nothing else")] = False,
) -> None:
    """Run hostile histories: phones, network and server fail in every way from a seed; oracles look for a lost word."""
    compares = not no_node and is_available()
    if not compares:
        why = "as asked for" if no_node else "Node or pwa/node_modules is missing here"
        typer.echo(f"No fold is compared with TypeScript: {why}.", err=True)
    tell = _teller(histories, as_json)
    totals = run_histories(histories, seed, devices=devices, processes=processes, compares=compares, tell=tell)
    if as_json:
        typer.echo(json.dumps(totals.to_json(), ensure_ascii=False))
    else:
        _print(totals)
    for accused, oracle, _ in totals.accused[:_REPLAYS_MAX]:
        typer.echo("\n".join(replay(make_plan(accused, devices), oracle)), err=True)
    if totals.accused:
        raise typer.Exit(1)


def _teller(histories: int, as_json: bool) -> Callable[[Totals], None]:
    def tell(totals: Totals) -> None:
        if not as_json and totals.histories % 1000 == 0:
            typer.echo(f"{totals.histories} of {histories}, {totals.violations.total()} violations", err=True)

    return tell


def _print(totals: Totals) -> None:
    told = totals.to_json()
    typer.echo(f"{totals.histories} histories, {totals.changes} changes, {totals.conflicts} conflicts")
    typer.echo(
        f"{totals.folds_compared} folds made in TypeScript too; {totals.thorough} histories with real signatures"
    )
    typer.echo(f"histories by phones {told['histories_by_phones']}, by saves {told['histories_by_saves']}")
    for fault, times in sorted(totals.faults.items()):
        typer.echo(f"  fault      {fault:<22}{times:>10}")
    for oracle, times in told["violations"].items():
        typer.echo(f"  violations {oracle:<22}{times:>10}")

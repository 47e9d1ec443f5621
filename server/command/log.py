"""`yihu verify`, `yihu restore`, `yihu backup ...`: is the record whole, what after a restore, what lies elsewhere."""

import json
from typing import Annotated

import typer
from rich.markup import escape

from server.command.opening import DEFAULT_DATA, DatabaseOption, DataOption, console, fail, make_settings, open_context
from server.errors import YihuError
from server.log import restarts, verification, watermark
from server.log.generation import note_generation
from server.station import rules as stations

app = typer.Typer(no_args_is_help=True, help="What lies in a backup elsewhere, so that phones may forget it.")
_SHOWN_MAX = 50


def verify(
    data: DataOption = DEFAULT_DATA,
    database_url: DatabaseOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Recompute the whole log and name every row that was altered, removed, slipped in or moved. Changes nothing.

    Exit code 1 when something is wrong. Run it while the server is quiet or stopped.
    """
    context = open_context(make_settings(data, database_url))
    found = []
    for station_id in context.database.read(stations.list_station_ids):
        verified = context.database.read(
            lambda session, one=station_id: verification.verify_station(session, context.keyring, one)  # type: ignore[misc]
        )
        found.append((station_id, verified))
    context.database.close()
    is_sound = not any(one.findings or one.contradicted for _, one in found)
    if as_json:
        told = [
            {
                "station": station_id, "entries": one.entries, "changes": one.changes, "contradicted": one.contradicted,
                "findings": [vars(finding) for finding in one.findings],
            }
            for station_id, one in found
        ]  # fmt: skip
        print(json.dumps({"sound": is_sound, "stations": told}))
        raise typer.Exit(0 if is_sound else 1)
    for station_id, one in found:
        mark = "[red]✗[/red]" if one.findings or one.contradicted else "[green]✓[/green]"
        console.print(
            f"{mark} {station_id}: {one.entries} entries, {one.changes} changes, {len(one.findings)} findings"
        )
        for finding in one.findings[:_SHOWN_MAX]:
            console.print(
                f"  {finding.wrong:8} {finding.table}  {escape(finding.key)}  ({finding.why})", soft_wrap=True
            )
        if len(one.findings) > _SHOWN_MAX:
            console.print(f"  and {len(one.findings) - _SHOWN_MAX} more: --json prints all")
        if one.contradicted:
            console.print(
                f"  phones remember another log of {max(one.contradicted)} entries: if an older copy of the data was put "
                "back, say so with [bold]yihu restore[/bold]; if not, somebody wrote another past."
            )
    raise typer.Exit(0 if is_sound else 1)


def restore(
    data: DataOption = DEFAULT_DATA,
    database_url: DatabaseOption = None,
    agreed: Annotated[
        int | None,
        typer.Option(
            "--agreed",
            min=0,
            help="Entries that are surely as phones saw them; default: all, less what phones contradict.",
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """After an older copy of the data was put back: tell phones so, by a signed statement, and go on in a new epoch.

    Phones then bring back what is missing, with its first verdicts, as they sync. The server says so by itself where it
    can tell (the file generation.json, or a phone that remembers more). Enrolments and revocations of devices since the
    copy are forgotten too: look through the list of devices afterwards.
    """
    if not yes and not typer.confirm("Was an older copy of the data put back?"):
        raise typer.Exit(1)
    context = open_context(make_settings(data, database_url))
    for station_id in context.database.read(stations.list_station_ids):
        said = context.database.write(
            lambda session, one=station_id: restarts.restart_by_hand(session, context, one, agreed)  # type: ignore[misc]
        )
        console.print(
            f"[green]✓[/green] {station_id}: the log keeps {said.size} entries ({said.agreed} as phones saw them) and goes on "
            f"in epoch {said.epoch}. Start the server; phones bring back the rest when they sync."
        )
    note_generation(context, now=True)
    context.database.close()


@app.command()
def mark(data: DataOption = DEFAULT_DATA, database_url: DatabaseOption = None) -> None:
    """Before a backup: print where the log stands, for [bold]yihu backup done[/bold] when the backup lies elsewhere."""
    context = open_context(make_settings(data, database_url))
    marked = context.database.read(watermark.mark_backup)
    print(",".join(f"{station_id}:{position}" for station_id, position in marked.items()))
    context.database.close()


@app.command()
def done(
    marked: Annotated[str, typer.Argument(help="What `yihu backup mark` printed before the backup began.")],
    data: DataOption = DEFAULT_DATA,
    database_url: DatabaseOption = None,
) -> None:
    """After a backup has arrived elsewhere: phones need not keep their own copies of what it holds any longer."""
    try:
        positions = {
            station: int(position) for station, _, position in (one.partition(":") for one in marked.split(","))
        }
    except ValueError:
        fail("This is not what `yihu backup mark` prints.", "It looks like 0123...:4711")
    context = open_context(make_settings(data, database_url))
    for station_id, position in positions.items():
        try:
            context.database.write(
                lambda session, one=station_id, at=position: watermark.note_backup(session, one, at, context.now())  # type: ignore[misc]
            )
        except YihuError:
            fail(f"The log of {station_id} does not reach {position}.", "Was the mark taken from this server?")
        console.print(f"[green]✓[/green] {station_id}: safe elsewhere up to {position}.")
    context.database.close()

"""`yihu ledger`: reads a ledger and tells what it understood, without a server and without keeping anything."""

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from server.ledger.reading import Reading, read_file
from server.ledger.reading.as_json import reading_json
from server.ledger.reading.doubts import reasons
from server.ledger.reading.errors import LedgerFileError
from server.ledger.reading.vocabulary import columns

app = typer.Typer(
    no_args_is_help=True,
    help="Read ledgers (台账): the spreadsheets villages keep of the people in their care.\n\n"
    "Try: [bold]yihu ledger read server/ledger/demo/ledger-a.xlsx[/bold]",
)

_WHY = {
    "total": "totals",
    "footer": "signatures and dates",
    "note": "notes",
    "section": "headings",
    "empty": "nobody in the row",
    "left_out": "left out by hand",
}
_NOTES = {
    "no_head": "no head row found: not read",
    "hidden": "hidden sheet: not read",
    "category_missing": "no category: neither a column, nor the sheet's name or title says it",
    "id_column_missing": "no column of identity numbers",
}
_SHOWN_DOUBTS = 20


@app.callback()
def explain() -> None:
    """Keeps `read` a named command."""


@app.command()
def read(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The ledger, .xlsx or .xls.", exists=True, dir_okay=False)
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print households and people as JSON instead of tables.")
    ] = False,
    doubts: Annotated[int, typer.Option(min=0, help="How many doubtful cells to list.")] = _SHOWN_DOUBTS,
) -> None:
    """Read a ledger and say what was understood.

    Finds the head row by itself (one to three rows, merged or not), understands columns by a list of synonyms or by their content, joins
    the rows of a household and the same person on several sheets, and points at every cell a person should look at. An identity number that
    a spreadsheet rounded, or whose check digit is wrong, is flagged and never passed on as sound.

    With [bold]--json[/bold]: {"households": [{"number", "address", "members": [{"name", "id_number", "born_on", "gender", "relation" (GB/T 4761),
    "categories", "phone", "disability", "problems", "notes"}]}], "sheets": [...]}. [bold]problems[/bold] must be decided, [bold]notes[/bold] are only said.

    Exit status 0 when the file was read, doubts or not; 1 when it is no ledger, with the reason.
    """
    today = dt.datetime.now().astimezone().date()
    console = Console(stderr=True)
    try:
        with Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=as_json and not console.is_terminal,
        ) as progress:
            task = progress.add_task(f"Reading {file.name}")
            reading = read_file(
                file,
                today=today,
                progress=lambda sheet, people: progress.update(task, description=f"{sheet}: {people} people"),
            )
    except LedgerFileError as fault:
        console.print(f"[red]{file.name}[/red] ({fault.code}): {fault.say}", soft_wrap=True)
        raise typer.Exit(1) from fault
    if as_json:
        json.dump(reading_json(reading), sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
    else:
        _show(Console(), file, reading, doubts)


def _show(out: Console, file: Path, reading: Reading, shown_doubts: int) -> None:
    told = [doubt for doubt in reading.doubts() if not doubt.accepted]
    problems = [doubt for doubt in told if doubt.severity == "problem"]
    filled = f", filled in on {reading.filled_on}" if reading.filled_on else ""
    out.print(f"[bold]{file.name}[/bold]: {len(reading.households)} households, {reading.people()} people{filled}")
    out.print(f"{len(problems)} cells to correct, {len(told) - len(problems)} to know of")
    _show_sheets(out, reading)
    if told and shown_doubts:
        _show_doubts(out, reading, shown_doubts)


def _show_sheets(out: Console, reading: Reading) -> None:
    for sheet in reading.sheets:
        table = Table(
            title=f"{sheet.name}  {sheet.rows} rows, {sheet.people} people", title_justify="left", title_style="bold"
        )
        for name in ("column", "label", "understood as", "by"):
            table.add_column(name)
        for column in sheet.columns:
            meaning = columns().labels.get(column.field, column.field) if column.field else "[dim]not read[/dim]"
            table.add_row(column.column, column.label, meaning, column.how if column.field else "")
        if sheet.columns:
            out.print(table)
        if sheet.category:
            out.print(f"  category of everyone here: {sheet.category}")
        for note in sheet.notes:
            out.print(f"  [yellow]{sheet.name}: {_NOTES.get(note, note)}[/yellow]")
        for why in sorted({str(entry["why"]) for entry in sheet.skipped}):
            rows = [str(entry["row"]) for entry in sheet.skipped if entry["why"] == why]
            out.print(
                f"  [dim]left out ({_WHY.get(why, why)}): row {', '.join(rows[:10])}{' …' if len(rows) > 10 else ''}[/dim]"
            )


def _show_doubts(out: Console, reading: Reading, shown: int) -> None:
    """Grouped by reason, then the first cells; problems before notes."""
    told = sorted(
        (doubt for doubt in reading.doubts() if not doubt.accepted), key=lambda doubt: doubt.severity != "problem"
    )
    counts = Table(title="Doubts by reason", title_justify="left", title_style="bold")
    for name in ("cells", "", "reason"):
        counts.add_column(name, justify="right" if name == "cells" else "left")
    for code in dict.fromkeys(doubt.code for doubt in told):
        same = [doubt for doubt in told if doubt.code == code]
        mark = "[red]correct[/red]" if same[0].severity == "problem" else "know"
        counts.add_row(str(len(same)), mark, str(reasons()[code]["say"]))
    out.print(counts)
    cells = Table(
        title=f"The first {min(shown, len(told))} of {len(told)} doubtful cells",
        title_justify="left",
        title_style="bold",
    )
    for name in ("sheet", "cell", "says", "reason"):
        cells.add_column(name)
    for doubt in told[:shown]:
        cells.add_row(doubt.sheet, doubt.cell or doubt.row.rsplit("!", 1)[-1], doubt.text, doubt.reason)
    out.print(cells)

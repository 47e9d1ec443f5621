"""`yihu local`: what a station sets for itself (its county's figures, visit frequencies, own instruments), checked and put on its phones."""

from pathlib import Path
from typing import Annotated, cast, get_args

import typer

from schemas.instruments import Fault
from schemas.local_rules import LocalKind, check_local
from schemas.local_rules.checking import Note
from schemas.local_rules.templates import make_template
from server.command.opening import DEFAULT_DATA, DatabaseOption, DataOption, console, fail, make_settings, opened
from server.context import Context
from server.errors import YihuError
from server.station import local_sheets
from server.station import rules as stations

app = typer.Typer(
    no_args_is_help=True,
    help="What a station sets for itself 本站规定: county = 当地标准, visits = 走访频次, instrument = 本站量表.",
)
KindArgument = Annotated[str, typer.Argument(help="county, visits or instrument.")]
FileArgument = Annotated[Path, typer.Argument(help="The sheet as YAML (UTF-8).", exists=True, dir_okay=False)]
StationOption = Annotated[
    str | None, typer.Option("--station", help="Id of the station; needed where there are several.")
]


@app.command()
def template(kind: KindArgument) -> None:
    """Print a sheet to fill in, with every name it may hold."""
    typer.echo(make_template(_kind(kind)))


@app.command()
def check(kind: KindArgument, file: FileArgument) -> None:
    """Say what is wrong with a sheet, by line and field, in Chinese and English; exit 1 when something is."""
    checked = check_local(_kind(kind), _read(file))
    _tell(checked.faults, checked.notes)
    typer.echo("没有发现问题。 No fault found.")


@app.command()
def put(
    kind: KindArgument,
    file: FileArgument,
    station: StationOption = None,
    data: DataOption = DEFAULT_DATA,
    database_url: DatabaseOption = None,
) -> None:
    """Check a sheet and make it the one that holds; every phone has it after its next sync."""
    local_kind, text = _kind(kind), _read(file)
    with opened(make_settings(data, database_url)) as context:
        station_id = _station(context, station)
        done = context.database.write(
            lambda session: local_sheets.put_sheet(session, context, station_id, local_kind, text, None, keep=True)
        )
        _tell(done.faults, done.checked.notes)
        console.print(f"[green]✓[/green] {done.checked.name}: version {done.number}")


@app.command("list")
def list_sheets(
    station: StationOption = None, data: DataOption = DEFAULT_DATA, database_url: DatabaseOption = None
) -> None:
    """The sheets that hold, with their versions."""
    with opened(make_settings(data, database_url)) as context:
        station_id = _station(context, station)
        found = context.database.read(lambda session: local_sheets.list_sheets(session, context.keyring, station_id))
        for one in found:
            state = "  停用 withdrawn" if one.is_withdrawn else ""
            typer.echo(f"{one.name} v{one.number}  {one.title}{state}")
        if not found:
            typer.echo("本站还没有自己的规定，用默认的。 Nothing was set: the shipped rules hold.")


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="county, visits, or an instrument's id.")],
    station: StationOption = None,
    data: DataOption = DEFAULT_DATA,
    database_url: DatabaseOption = None,
) -> None:
    """The sheet as it was written."""
    with opened(make_settings(data, database_url)) as context:
        station_id = _station(context, station)
        found = context.database.read(lambda session: local_sheets.list_sheets(session, context.keyring, station_id))
        sheet = next((one for one in found if one.name == name), None)
        if sheet is None:
            fail(f"There is no sheet {name}.", "`yihu local list` names them.")
        typer.echo(sheet.text)


@app.command()
def withdraw(
    name: Annotated[str, typer.Argument(help="county, visits, or an instrument's id.")],
    station: StationOption = None,
    data: DataOption = DEFAULT_DATA,
    database_url: DatabaseOption = None,
) -> None:
    """The shipped rules hold again; an instrument is asked no more, and its results stay readable."""
    with opened(make_settings(data, database_url)) as context:
        station_id = _station(context, station)
        try:
            context.database.write(
                lambda session: local_sheets.withdraw_sheet(session, context, station_id, name, None)
            )
        except YihuError:
            fail(f"There is no sheet {name}.", "`yihu local list` names them.")
        console.print(f"[green]✓[/green] {name} 已停用 withdrawn")


def _kind(given: str) -> LocalKind:
    if given not in get_args(LocalKind):
        fail(f"{given} is no kind of sheet.", "Kinds: county 当地标准, visits 走访频次, instrument 本站量表.")
    return cast(LocalKind, given)


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        fail("文件不是 UTF-8 编码，请另存为 UTF-8。 The file is not UTF-8: save it as UTF-8.")


def _station(context: Context, given: str | None) -> str:
    known = context.database.read(stations.list_station_ids)
    if given is None and len(known) == 1:
        return known[0]
    if given not in known:
        fail("Which station?", f"Give --station and one of: {', '.join(known) or 'none was founded yet'}")
    return given


def _tell(faults: tuple[Fault, ...], notes: tuple[Note, ...]) -> None:
    for note in notes:
        typer.echo(f"请看一眼 {note.where}\n  {note.zh}\n  {note.en}")
    for fault in faults:
        place = f"第 {fault.line} 行 " if fault.line else ""
        typer.echo(f"{place}{fault.where}\n  {fault.zh}\n  {fault.en}")
    if faults:
        typer.echo(f"{len(faults)} 处要改。 {len(faults)} to be mended.")
        raise typer.Exit(1)

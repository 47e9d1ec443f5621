"""`yihu instrument`: reads a station's own questionnaire and explains its mistakes, before any phone sees it."""

from pathlib import Path
from typing import Annotated

import typer

from schemas.instruments import check_text, instruments
from server.command.opening import fail

app = typer.Typer(no_args_is_help=True, help="Instruments: questionnaires scored by data.")


@app.command()
def check(file: Annotated[Path, typer.Argument(help="The instrument as YAML.", exists=True, dir_okay=False)]) -> None:
    """Say what is wrong with an instrument's file, in Chinese and English; exit 1 when something is."""
    try:
        text = file.read_text("utf-8")
    except UnicodeDecodeError:
        fail("文件不是 UTF-8 编码，请另存为 UTF-8。 The file is not UTF-8: save it as UTF-8.")
    instrument, faults = check_text(text, own=True)
    for fault in faults:
        typer.echo(f"{fault.where or file.name}\n  {fault.zh}\n  {fault.en}")
    if instrument is None:
        typer.echo(f"{len(faults)} 处要改。 {len(faults)} to be mended.")
        raise typer.Exit(1)
    typer.echo(f"没有发现问题：{instrument.zh}，{len(instrument.items)} 题。 No fault found: {instrument.en}.")


@app.command("list")
def list_shipped() -> None:
    """The instruments that are shipped, with their source and licence."""
    for one in instruments().values():
        typer.echo(f"{one.id} v{one.version}  {one.zh}  {len(one.items)} 题\n  {one.source}; {one.licence}")

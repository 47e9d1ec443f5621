"""`yihu device bundle ...`: what somebody carries for somebody, as files on a stick or a disk. `collect` takes them from phones."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from server.command.device_opening import DEFAULT_HOME, HomeOption, JsonOption, PassphraseOption, opened
from server.command.device_words import console, print_json, stop
from sync import bundle as bundles
from sync.bundle import Bundle
from sync.device.carrying import Carrying, receivers
from sync.device.device import Device
from sync.errors import BundleError

app = typer.Typer(
    no_args_is_help=True,
    help="Carry records where no network comes 捎带: export yours, import those of others, hand them in, bring receipts back.",
)
FilesArgument = Annotated[list[Path], typer.Argument(help="Bundles: .yihu, or .yihu.txt as phones share them.")]


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="Where to write, such as a stick.")] = Path(),
    home: HomeOption = DEFAULT_HOME,
    passphrase: PassphraseOption = "",
) -> None:
    """Write your saves without a receipt as encrypted files 导出. They stay on this device until the receipt is back."""
    with opened(home, passphrase) as device:
        made = carrying(device, home).export()
        if not made:
            console.print("Nothing to carry: every save has its receipt 没有要带走的.")
        folder.mkdir(parents=True, exist_ok=True)
        for packed in made:
            path = folder / bundles.file_name(packed)
            path.write_bytes(packed)
            console.print(f"[green]✓[/green] {path} ({len(packed):,} bytes)", soft_wrap=True)


@app.command(name="import")
def import_bundles(
    files: FilesArgument,
    home: HomeOption = DEFAULT_HOME,
    passphrase: PassphraseOption = "",
) -> None:
    """Take in files of others, to be handed in later, and receipts 导入. Importing twice is harmless."""
    with opened(home, passphrase) as device:
        carried = carrying(device, home)
        failed = [path for path in files if not take(carried, path)]
        raise typer.Exit(1 if failed else 0)


@app.command()
def receipts(
    files: FilesArgument,
    home: HomeOption = DEFAULT_HOME,
    passphrase: PassphraseOption = "",
) -> None:
    """Read receipts that were brought back 回执. Only what the station signed counts."""
    with opened(home, passphrase) as device:
        carried = carrying(device, home)
        for path in files:
            try:
                packed, found = carried.pocket.check(path.read_bytes())
                if found.kind != "receipts":
                    stop(f"{path.name} holds saves, not receipts.", "Use: yihu device bundle import")
                carried.pocket.keep(packed)
                console.print(
                    f"[green]✓[/green] {path.name}: {carried.read_receipts(packed)} of your saves decided",
                    soft_wrap=True,
                )
            except BundleError as error:
                stop(f"{path.name}: {error.detail}", f"({error.code})")


@app.command()
def handin(home: HomeOption = DEFAULT_HOME, passphrase: PassphraseOption = "", as_json: JsonOption = False) -> None:
    """Hand in what was imported or collected 上交, and keep the receipts to carry back. Needs the network."""
    with opened(home, passphrase) as device:
        report = carrying(device, home).hand_in()
        if as_json:
            print_json(
                {
                    "reached": report.reached, "bundles": report.bundles, "received": report.received,
                    "known": report.known, "refused": report.refused, "decided": report.decided,
                    "receipts": [str(path) for path in report.receipts],
                    "problems": [{"file": name, "code": code} for name, code in report.problems],
                }
            )  # fmt: skip
        else:
            console.print(
                f"handed in {report.bundles}: {report.received} new, {report.known} known, {report.refused} refused"
            )
            for path in report.receipts:
                console.print(f"  receipts to carry back: {path}", soft_wrap=True)
            for name, code in report.problems:
                console.print(f"[yellow]![/yellow] {name or 'the server'}: {code}")
            if not report.reached:
                console.print("[yellow]![/yellow] No answer from the server; everything is still here.")
        raise typer.Exit(0 if report.reached and not report.problems else 1)


@app.command(name="list")
def list_bundles(
    home: HomeOption = DEFAULT_HOME, passphrase: PassphraseOption = "", as_json: JsonOption = False
) -> None:
    """What this device carries 清单: waiting, handed in, refused, and receipts to carry back."""
    with opened(home, passphrase) as device:
        carried = list(carrying(device, home).pocket.list())
        if as_json:
            print_json(
                [{"place": one.place, "file": str(one.path), "bytes": one.path.stat().st_size} for one in carried]
            )
            return
        for one in carried:
            console.print(f"{one.place:10} {one.path.name} ({one.path.stat().st_size:,} bytes)", soft_wrap=True)
        if not carried:
            console.print("Nothing is carried 没有捎带的.")


@app.command(name="take")
def take_along(
    folder: Annotated[Path, typer.Argument(help="Where to copy the receipts, such as a stick.")],
    home: HomeOption = DEFAULT_HOME,
    passphrase: PassphraseOption = "",
) -> None:
    """Copy the receipts for others to a stick 带回执."""
    with opened(home, passphrase) as device:
        folder.mkdir(parents=True, exist_ok=True)
        copied = [shutil.copy(one.path, folder) for one in carrying(device, home).pocket.list("receipts")]
        console.print(f"[green]✓[/green] {len(copied)} receipts in {folder}", soft_wrap=True)


# --- shared -----------------------------------------------------------------------------------------------------------


def carrying(device: Device, home: Path) -> Carrying:
    return Carrying(device.store, device.transport, device.identity, home)


def take(carried: Carrying, path: Path) -> bool:
    """One file, and a line about it."""
    try:
        kept, found, is_new = carried.pocket.keep(path.read_bytes())
    except BundleError as error:
        console.print(f"[red]✗[/red] {path.name}: {error.detail} ({error.code})", soft_wrap=True)
        return False
    except OSError as error:
        console.print(f"[red]✗[/red] {path.name}: {error.strerror}", soft_wrap=True)
        return False
    console.print(
        f"[green]✓[/green] {path.name}: {'taken in' if is_new else 'known already'}{told(carried, found, kept)}"
    )
    return True


def told(carried: Carrying, found: Bundle, kept: Path) -> str:
    if found.kind == "saves":
        return ", waits to be handed in"
    others = len(set(receivers(found)) - {carried.own_replica})
    return f", {carried.read_receipts(kept.read_bytes())} of your saves decided, receipts for {others} others"

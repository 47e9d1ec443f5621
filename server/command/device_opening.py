"""What every `yihu device` command shares: its options, opening the device, saving what the last `show` showed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from server.command.device_words import check, console, find_household, rules_of, stop
from sync.device.device import Device
from sync.device.reading import FileView
from sync.errors import SyncError
from sync.versions import Base, base_of, join

HomeOption = Annotated[
    Path, typer.Option("--home", envvar="YIHU_DEVICE", help="Folder of the device: one person, encrypted.")
]
DEFAULT_HOME = Path("device")
PassphraseOption = Annotated[
    str,
    typer.Option("--passphrase", envvar="YIHU_PASSPHRASE", prompt=True, hide_input=True, help="Opens the device."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
FileArgument = Annotated[str, typer.Argument(help="Name of a member, or the beginning of the file's id.")]
Assignments = Annotated[list[str] | None, typer.Argument(help="field=value; `field=` means asked, no answer.")]
ReasonOption = Annotated[str | None, typer.Option("--reason", help="Why, in a sentence; stays in the history.")]


@contextmanager
def opened(home: Path, passphrase: str) -> Iterator[Device]:
    """The device, and its errors in plain words."""
    try:
        with Device.open(home, passphrase, rules_of) as device:
            yield device
    except SyncError as error:
        stop(error.detail, f"({error.code})")


def as_shown(device: Device, household: str) -> FileView:
    """The household as its last `show` showed it, so that a save replaces only what was on the screen."""
    file = find_household(device, household).file
    base = device.store.setting(f"shown/{file}")
    return device.open_file(file, as_of=Base.from_json(base) if base else None)


def save_and_say(
    device: Device, view: FileView, ops: list[dict[str, Any]], *, act: str = "save", reason: str | None = None
) -> None:
    """Check, save, and say so. What a person has just written they have also seen: the next save may replace it."""
    if not ops:
        stop("Nothing to save.", "Give at least one field=value.")
    check(view.kind, ops)
    change = device.save(view, ops, act=act, reason=reason)
    note_seen(device, view)
    waiting = len(device.store.list_unsent())
    console.print(f"[green]✓[/green] saved on this device ({change[:8]}); {waiting} not yet sent.")


def note_seen(device: Device, view: FileView) -> None:
    """Remember the view as what this person has seen, with their own newest save of it."""
    mine = [
        stored.dot
        for stored in device.store.list_changes(view.file)
        if stored.dot.replica == device.identity.replica
    ]  # fmt: skip
    newest = [max(mine)] if mine else []
    device.store.keep_settings({f"shown/{view.file}": join(view.base, base_of(newest)).to_json()})

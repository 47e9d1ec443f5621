"""`yihu device transfer|merge|unmerge`: a household that moves to another patch, and two files that are one household."""

from __future__ import annotations

from typing import Annotated

import typer

from server.command.device_opening import (
    DEFAULT_HOME,
    FileArgument,
    HomeOption,
    PassphraseOption,
    ReasonOption,
    as_shown,
    opened,
)
from server.command.device_words import console, find_household, stop
from sync.device.device import Device

OtherArgument = Annotated[str, typer.Argument(help="The other file: a member's name, or the beginning of its id.")]


def transfer(
    household: FileArgument,
    patch: Annotated[str, typer.Argument(help="Name or id of the patch that it moves to.")],
    reason: ReasonOption = None,
    home: HomeOption = DEFAULT_HOME,
    passphrase: PassphraseOption = "",
) -> None:
    """Move a household to another patch 移交: its file goes there whole, and leaves here. For deputies and heads."""
    with opened(home, passphrase) as device:
        view = as_shown(device, household)
        change = device.transfer_file(view, _find_patch(device, patch), reason=reason)
        console.print(
            f"[green]✓[/green] saved on this device ({change[:8]}). The next sync says whether it goes at once,"
        )
        console.print("  or waits for the deputy of the other patch.")


def merge(
    survivor: FileArgument,
    absorbed: OtherArgument,
    reason: ReasonOption = None,
    home: HomeOption = DEFAULT_HOME,
    passphrase: PassphraseOption = "",
) -> None:
    """Two files are one household 合并: the first shows both from now on; nothing is copied or lost, and `unmerge` parts them."""
    with opened(home, passphrase) as device:
        kept, taken = as_shown(device, survivor), as_shown(device, absorbed)
        if kept.file == taken.file:
            stop("These are one file.", "Name two different households.")
        change = device.merge_files(kept, taken, reason=reason)
        console.print(f"[green]✓[/green] {taken.file[:8]} shows in {kept.file[:8]} from now on ({change[:8]}).")


def unmerge(
    survivor: FileArgument,
    absorbed: OtherArgument,
    reason: ReasonOption = None,
    home: HomeOption = DEFAULT_HOME,
    passphrase: PassphraseOption = "",
) -> None:
    """Undo a merge 撤销合并: each file shows its own again; what was written meanwhile about the other's people goes there."""
    with opened(home, passphrase) as device:
        view = device.open_file(find_household(device, survivor).file)
        held = [one["file"] for one in view.state["absorbs"] if one["file"].startswith(absorbed.lower())]
        if len(held) != 1:
            known = ", ".join(one["file"][:8] for one in view.state["absorbs"]) or "none"
            stop(f"{len(held)} files merged into this one begin with {absorbed}.", f"Merged into it: {known}.")
        change = device.undo_merge(view, held[0], reason=reason)
        console.print(f"[green]✓[/green] {held[0][:8]} stands by itself again ({change[:8]}).")


def _find_patch(device: Device, wanted: str) -> str:
    policy = device.policy
    named: dict[str, str] = {entry["id"]: entry["name"] for entry in [*policy.get("patches", []), *policy["scopes"]]}
    found = [scope for scope, name in named.items() if wanted in (scope, name)]
    if len(found) != 1:
        stop(f"No patch of the station is called {wanted}.", "There are: " + ", ".join(named.values()))
    return found[0]

"""`yihu device restrict|restricted`: what few may know about a household, in a file of its own in the patch's drawer."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.table import Table

from server.command.device_opening import (
    DEFAULT_HOME,
    Assignments,
    FileArgument,
    HomeOption,
    JsonOption,
    PassphraseOption,
    as_shown,
    opened,
)
from server.command.device_words import (
    check,
    console,
    find_field,
    names_of,
    people_of,
    print_json,
    read_assignment,
    stop,
)
from sync.device.device import Device
from sync.drawers import KIND, drawer_of


def restrict(
    household: FileArgument,
    assignments: Assignments = None,
    category: Annotated[list[str] | None, typer.Option("--category", help="Code of a category; repeatable.")] = None,
    home: HomeOption = DEFAULT_HOME,
    passphrase: PassphraseOption = "",
) -> None:
    """Write what few may know 写限知记录: [bold]yihu device restrict 石大山 subject=violence note=… told_by=…[/bold]. Deputies, heads and who is named read it; this device shuts it at once, unless you are one of them."""
    with opened(home, passphrase) as device:
        view = as_shown(device, household)
        ops: list[dict[str, Any]] = [{"op": "set", "path": "household", "value": view.file}]
        pairs = [read_assignment(KIND, assignment) for assignment in assignments or []]
        ops += [{"op": "set", "path": path, "value": value} for path, value in pairs]
        for code in category or []:
            find_field(KIND, "categories")
            ops.append({"op": "add", "path": "categories", "value": code})
        if len(ops) == 1:
            stop("What is it about?", "Give subject=…, note=…, or --category.")
        check(KIND, ops)
        file, _ = device.create_file(KIND, drawer_of(view.scope), ops)
        readers = ", ".join(_readers(device, view.scope)) or "nobody yet"
        console.print(f"[green]✓[/green] {file[:8]} saved on this device. Who reads it: {readers}.")


def restricted(home: HomeOption = DEFAULT_HOME, passphrase: PassphraseOption = "", as_json: JsonOption = False) -> None:
    """The restricted records that you may read 限知记录."""
    with opened(home, passphrase) as device:
        rows = []
        for stored in device.list_files(KIND):
            if stored.left:
                continue
            state = device.open_file(stored.file).state
            shown = {path: one["value"] for path, one in state["paths"].items() if "/" not in path}
            rows.append({"file": stored.file, "household": shown.get("household"), **shown})
        if as_json:
            print_json(rows)
            return
        table = Table("id", "household", "about", "note", box=None, pad_edge=False)
        for row in rows:
            table.add_row(
                row["file"][:8], _head_of(device, row["household"]), row.get("person_name") or "", row.get("note") or ""
            )  # fmt: skip
        console.print(table)


def _head_of(device: Device, household: str | None) -> str:
    if household is None or device.store.find_file(household) is None:
        return "?"
    return next(iter(names_of(device.open_file(household).state)), "?")


def _readers(device: Device, scope: str) -> list[str]:
    people = people_of(device)
    told = next((one for one in device.policy.get("drawers", ()) if one["of"] == scope), None)
    return [people.get(person, "?") for person in told["readers"]] if told else []

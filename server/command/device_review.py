"""`yihu device submit|withdraw|approve|return|conflicts|resolve`: what deputies decide, and what is put before them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from server.command.device_opening import (
    DEFAULT_HOME,
    FileArgument,
    HomeOption,
    JsonOption,
    PassphraseOption,
    ReasonOption,
    as_shown,
    note_seen,
    opened,
    save_and_say,
)
from server.command.device_words import (
    console,
    find_field,
    label_of,
    names_of,
    people_of,
    print_json,
    read_value,
    stop,
    when,
)


def _section_command(act: str, household: str, section: str, home: Path, passphrase: str, **given: Any) -> None:
    with opened(home, passphrase) as device:
        view = as_shown(device, household)
        change = device.act_on_section(act, view, section, **given)
        note_seen(device, view)
        console.print(f"[green]✓[/green] {act} of {section} is saved on this device ({change[:8]}).")


SectionArgument = Annotated[str, typer.Argument(help="`basics`, or `assessments/ID` as `show` prints it.")]


def submit(
    household: FileArgument,
    section: SectionArgument,
    home: HomeOption = DEFAULT_HOME,
    passphrase: PassphraseOption = "",
) -> None:
    """Submit a section for review 提交审核."""
    _section_command("submit", household, section, home, passphrase)


def withdraw(
    household: FileArgument,
    section: SectionArgument,
    home: HomeOption = DEFAULT_HOME,
    passphrase: PassphraseOption = "",
) -> None:
    """Take your own submission back 撤回."""
    _section_command("withdraw", household, section, home, passphrase)


def approve(
    household: FileArgument,
    section: SectionArgument,
    step: Annotated[int, typer.Option("--step", min=1, max=3)] = 1,
    home: HomeOption = DEFAULT_HOME,
    passphrase: PassphraseOption = "",
) -> None:
    """Approve exactly what `show` shows 审核通过; also offline. Whether it counts, the next sync says."""
    _section_command("approve", household, section, home, passphrase, step=step)


def return_section(
    household: FileArgument,
    section: SectionArgument,
    reason: Annotated[str, typer.Option("--reason", help="What has to be amended.")],
    home: HomeOption = DEFAULT_HOME,
    passphrase: PassphraseOption = "",
) -> None:
    """Send a submission back with a remark 退回修改."""
    _section_command("return", household, section, home, passphrase, reason=reason)


def conflicts(home: HomeOption = DEFAULT_HOME, passphrase: PassphraseOption = "", as_json: JsonOption = False) -> None:
    """What several people wrote differently 待核实, with every value, author and time."""
    with opened(home, passphrase) as device:
        views = [device.open_file(stored.file) for stored in device.list_files()]
        if as_json:
            print_json({view.file: view.state["conflicts"] for view in views if view.state["conflicts"]})
            return
        people = people_of(device)
        for view in views:
            for conflict in view.state["conflicts"]:
                console.print(
                    f"[bold]{' '.join(names_of(view.state))}[/bold] {view.file[:8]}  "
                    f"{label_of(view.kind, conflict['path'], view.state)}"
                )
                for value in conflict["values"]:
                    console.print(f"    {value['value']}  — {people.get(value['person'], '?')}, {when(value['at'])}")


def resolve(
    household: FileArgument,
    assignment: Annotated[str, typer.Argument(help="field=value: the value that is right.")],
    reason: ReasonOption = None,
    home: HomeOption = DEFAULT_HOME,
    passphrase: PassphraseOption = "",
) -> None:
    """Decide a conflict 核实: one value is settled, the others stay in the history. For deputies and heads."""
    with opened(home, passphrase) as device:
        view = as_shown(device, household)
        path, equals, typed = assignment.partition("=")
        if path.endswith(("=void", "=restore")) or not equals:
            stop("Give field=value, as `yihu device conflicts` names the field.")
        if typed in ("void", "restore") and path.count("/") == 1:
            ops: list[dict[str, Any]] = [{"op": typed, "path": path}]
        else:
            ops = [{"op": "set", "path": path, "value": read_value(find_field(view.kind, path), typed)}]
        save_and_say(device, view, ops, act="resolve", reason=reason)

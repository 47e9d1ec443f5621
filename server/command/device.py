"""`yihu device ...`: a household worker's device in a terminal. Everything but `enrol` and `sync` works without a network.

The words are here, the device itself is `sync.device`. A save replaces what the last `show` of the file showed, not what has
arrived since: what nobody saw is never overwritten.
"""

from __future__ import annotations

import io
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from PIL import Image, ImageOps, UnidentifiedImageError
from rich.table import Table

from server.command import device_bundle as bundle
from server.command import device_desk
from server.command import device_moving as moving
from server.command import device_restricted as restricting
from server.command import device_review as review
from server.command.device_collect import collect
from server.command.device_opening import (
    DEFAULT_HOME,
    Assignments,
    FileArgument,
    HomeOption,
    JsonOption,
    PassphraseOption,
    ReasonOption,
    as_shown,
    opened,
    save_and_say,
)
from server.command.device_words import (
    check,
    console,
    fate_of,
    find_field,
    find_household,
    label_of,
    names_of,
    people_of,
    print_file,
    print_json,
    read_assignment,
    rules_of,
    stop,
    value_at,
    when,
)
from sync.device.desk import Desk
from sync.device.device import Device
from sync.errors import SyncError

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="A worker's device in the terminal 命令行设备: enrol once, then work without a network and sync when there is one.\n\n"
    "  yihu device enrol LINK        use the link from your deputy\n\n"
    "  yihu device sync              send and fetch\n\n"
    "  yihu device list              households on this device\n\n"
    "  yihu device show 石大山        open one\n\n"
    "  yihu device save 石大山 phone=13900000990\n\n"
    "  yihu device outbox            what became of each save",
)
PHOTO_PIXELS_MAX = 1280


@app.command()
def enrol(
    link: Annotated[str, typer.Argument(help="The link from your deputy, or the code with --server.")],
    home: HomeOption = DEFAULT_HOME,
    passphrase: Annotated[
        str,
        typer.Option("--passphrase", envvar="YIHU_PASSPHRASE", prompt=True, confirmation_prompt=True, hide_input=True),
    ] = "",
    server: Annotated[str | None, typer.Option("--server", help="Address of the server, with a typed code.")] = None,
    label: Annotated[str, typer.Option("--label", help="What the deputy sees in the list of devices.")] = "terminal",
    ca: Annotated[Path | None, typer.Option("--ca", help="Certificate to trust (PEM).", exists=True)] = None,
) -> None:
    """Make the keys of this device known to the station 登记设备. Uses the link up; needs the network."""
    try:
        device = Device.enrol(
            home, link, passphrase, rules_of, origin=server, label=label, verify=str(ca) if ca else True
        )
    except SyncError as error:
        stop(error.detail, f"({error.code})")
    with device:
        policy = device.policy
        console.print(f"[green]✓[/green] {policy['me']['name']}, {policy['station']['name']}. Keys are in {home}.")
        console.print("  Next: [bold]yihu device sync[/bold]. The passphrase cannot be recovered.")


@app.command()
def sync(home: HomeOption = DEFAULT_HOME, passphrase: PassphraseOption = "", as_json: JsonOption = False) -> None:
    """Send what is unsent and fetch what is new 同步. May be repeated and interrupted at any time."""
    with opened(home, passphrase) as device:
        with console.status("syncing 正在同步"):
            report = device.sync()
        if as_json:
            print_json(asdict(report))
        else:
            console.print(
                f"sent {report.pushed}, fetched {report.pulled}, photos {report.attachments}, unsent {report.unsent}"
            )
            for status, count in report.verdicts.items():
                console.print(f"  {count} {status}")
            if report.problem:
                console.print(f"[yellow]![/yellow] {report.problem['detail']} ({report.problem['code']})")
            if Desk(device).is_copied():
                console.print(
                    "[red]![/red] This device's store was copied or put back 存储被复制或退回过. Ask for a link:"
                )
                console.print("  [bold]yihu device renew LINK[/bold]. Nothing is lost.")
            for file in report.differing:
                console.print(f"[red]![/red] {file} differs from the server's digest; tell the operator.")
        raise typer.Exit(0 if report.complete else 1)


@app.command(name="list")
def list_households(
    text: Annotated[str, typer.Argument(help="Only households with this in a name, phone or address.")] = "",
    home: HomeOption = DEFAULT_HOME,
    passphrase: PassphraseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Households on this device 户列表."""
    with opened(home, passphrase) as device:
        rows = []
        for stored in device.list_files("household"):
            state = device.open_file(stored.file).state
            address = value_at(state, "address")
            village = address.get("village_name", "") if isinstance(address, dict) else ""
            row = {
                "file": stored.file,
                "names": names_of(state),
                "village": village,
                "phone": value_at(state, "phone"),
                "conflicts": len(state["conflicts"]),
                "left": stored.left,
            }
            if text in f"{row['names']} {row['phone']} {village}":
                rows.append(row)
        if as_json:
            print_json(rows)
            return
        table = Table("id", "names", "village", "phone", "", box=None, pad_edge=False)
        for row in rows:
            note = f"[red]{row['conflicts']} conflicts[/red]" if row["conflicts"] else ""
            table.add_row(row["file"][:8], " ".join(row["names"]), row["village"], str(row["phone"] or ""), note)
        console.print(table)


@app.command()
def show(
    household: FileArgument,
    home: HomeOption = DEFAULT_HOME,
    passphrase: PassphraseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Open a household 打开一户. The next save of it replaces what is shown now."""
    with opened(home, passphrase) as device:
        view = device.open_file(find_household(device, household).file)
        device.store.keep_settings({f"shown/{view.file}": view.base.to_json()})
        print_json(view.state) if as_json else print_file(device, view)


@app.command()
def history(
    household: FileArgument,
    home: HomeOption = DEFAULT_HOME,
    passphrase: PassphraseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Every change of a household with author, time and verdict 修改记录, newest first."""
    with opened(home, passphrase) as device:
        stored = find_household(device, household)
        people = people_of(device)
        changes = [(entry, entry.change()) for entry in device.history(stored.file)]
        if as_json:
            print_json([{"id": entry.id, "status": entry.status, **change.body} for entry, change in changes])
            return
        state = device.open_file(stored.file).state
        for entry, change in changes:
            console.print(f"{when(change.at)}  {people.get(change.person, '?')}  {change.act}  {fate_of(entry)}")
            for operation in change.ops:
                console.print(f"    {operation.op} {label_of(stored.kind, operation.path, state)} {operation.value}")


@app.command()
def new(
    assignments: Assignments = None,
    head: Annotated[str, typer.Option("--head", help="Name of the head of the household.")] = "",
    scope: Annotated[str | None, typer.Option("--scope", help="Patch; needed if you have several.")] = None,
    home: HomeOption = DEFAULT_HOME,
    passphrase: PassphraseOption = "",
) -> None:
    """Begin a household's file 建档: [bold]yihu device new --head 石大山 phone=13900000990[/bold]."""
    with opened(home, passphrase) as device:
        scopes = {entry["id"]: entry["name"] for entry in device.policy["scopes"]}
        chosen = [key for key, name in scopes.items() if scope in (None, key, name)]
        if len(chosen) != 1:
            stop("Which patch?", "Give --scope: " + ", ".join(scopes.values()))
        ops = write_ops("household", assignments or [])
        if head:
            ops.append(
                {"op": "append", "path": "members", "id": device.new_id(), "value": {"name": head, "relation": "02"}}
            )
        check("household", ops)
        file, _ = device.create_file("household", chosen[0], ops)
        console.print(f"[green]✓[/green] {file[:8]} saved on this device.")


@app.command()
def save(
    household: FileArgument,
    assignments: Assignments = None,
    add: Annotated[list[str] | None, typer.Option("--add", help="field=value: put into a set.")] = None,
    remove: Annotated[list[str] | None, typer.Option("--remove", help="field=value: take out of a set.")] = None,
    void: Annotated[list[str] | None, typer.Option("--void", help="members/ID: strike out, never delete.")] = None,
    restore: Annotated[list[str] | None, typer.Option("--restore", help="members/ID: bring back.")] = None,
    reason: ReasonOption = None,
    home: HomeOption = DEFAULT_HOME,
    passphrase: PassphraseOption = "",
) -> None:
    """Write what you changed, and only that 保存: [bold]yihu device save 石大山 phone=13900000991[/bold]."""
    with opened(home, passphrase) as device:
        view = as_shown(device, household)
        ops = write_ops(view.kind, assignments or [])
        for name, given in (("add", add), ("remove", remove)):
            for assignment in given or []:
                path, _, typed = assignment.partition("=")
                find_field(view.kind, path)
                ops.append({"op": name, "path": path, "value": typed})
        ops += [{"op": "void", "path": path} for path in void or []]
        ops += [{"op": "restore", "path": path} for path in restore or []]
        save_and_say(device, view, ops, reason=reason)


@app.command()
def member(
    household: FileArgument,
    assignments: Assignments = None,
    home: HomeOption = DEFAULT_HOME,
    passphrase: PassphraseOption = "",
) -> None:
    """Add a family member 添加家人: [bold]yihu device member 石大山 name=石小山 relation=20[/bold]."""
    append(home, passphrase, household, "members", assignments or [])


@app.command()
def visit(
    household: FileArgument,
    assignments: Assignments = None,
    home: HomeOption = DEFAULT_HOME,
    passphrase: PassphraseOption = "",
) -> None:
    """Record a home visit 走访: [bold]yihu device visit 石大山 visited_on=2026-11-22 said=都好[/bold]. What was not asked is not written."""
    append(home, passphrase, household, "visits", assignments or [])


@app.command()
def assess(
    household: FileArgument,
    assignments: Assignments = None,
    home: HomeOption = DEFAULT_HOME,
    passphrase: PassphraseOption = "",
) -> None:
    """Record a needs assessment 需求预估: [bold]yihu device assess 石大山 income_level=2[/bold]. Then submit it."""
    append(home, passphrase, household, "assessments", assignments or [])


@app.command()
def outbox(
    home: HomeOption = DEFAULT_HOME,
    passphrase: PassphraseOption = "",
    every: Annotated[bool, typer.Option("--all", help="Accepted saves too.")] = False,
    as_json: JsonOption = False,
) -> None:
    """What became of each of your saves 我的保存: unsent, waiting, returned with the reason."""
    with opened(home, passphrase) as device:
        saves = [stored for stored in device.list_own_saves() if every or stored.is_unfinished]
        if as_json:
            print_json(
                [
                    {
                        "id": stored.id,
                        "file": stored.file,
                        "status": stored.status,
                        "dismissed": stored.dismissed,
                        "reasons": [reason.to_json() for reason in verdict.reasons] if verdict else [],
                    }
                    for stored in saves
                    for verdict in [stored.read_verdict()]
                ]
            )
            return
        for stored in saves:
            change = stored.change()
            console.print(f"{stored.id[:8]}  {when(change.at)}  {change.act} of {stored.file[:8]}  {fate_of(stored)}")
        if not saves:
            console.print("Everything you saved has arrived 都已收到.")


@app.command()
def dismiss(
    change: Annotated[str, typer.Argument(help="Beginning of the save's id, as `outbox` prints it.")],
    home: HomeOption = DEFAULT_HOME,
    passphrase: PassphraseOption = "",
) -> None:
    """Put a returned save away once you have dealt with it 知道了. The server keeps its copy."""
    with opened(home, passphrase) as device:
        Desk(device).dismiss(device_desk.own_id(device, change))
        console.print("[green]✓[/green] put away; the server keeps its copy.")


@app.command()
def attach(
    household: FileArgument,
    photo: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A picture; it is shrunk, EXIF removed.")],
    caption: Annotated[str | None, typer.Option("--caption")] = None,
    home: HomeOption = DEFAULT_HOME,
    passphrase: PassphraseOption = "",
) -> None:
    """Add a photo to a household 添加照片. It is uploaded at the next sync."""
    with opened(home, passphrase) as device:
        view = as_shown(device, household)
        try:
            with Image.open(photo) as picture:
                plain = ImageOps.exif_transpose(picture).convert("RGB")
        except (UnidentifiedImageError, OSError):
            stop(f"{photo} is no picture that can be read.", "Use JPEG or PNG.")
        plain.thumbnail((PHOTO_PIXELS_MAX, PHOTO_PIXELS_MAX))
        written = io.BytesIO()
        plain.save(written, "JPEG", quality=80)
        kept = device.keep_attachment(view.file, written.getvalue(), "image/jpeg")
        values: dict[str, Any] = {"sha256": kept.sha256, "media_type": kept.media_type, "bytes": kept.bytes}
        if caption:
            values["caption"] = caption
        save_and_say(device, view, [{"op": "append", "path": "attachments", "id": device.new_id(), "value": values}])


# --- what the commands share ------------------------------------------------------------------------------------------


def write_ops(kind: str, assignments: list[str]) -> list[dict[str, Any]]:
    pairs = [read_assignment(kind, assignment) for assignment in assignments]
    return [{"op": "set", "path": path, "value": value} for path, value in pairs]


def append(home: Path, passphrase: str, household: str, collection: str, assignments: list[str]) -> None:
    with opened(home, passphrase) as device:
        view = as_shown(device, household)
        values = dict(read_assignment(view.kind, assignment, collection) for assignment in assignments)
        element = device.new_id()
        save_and_say(device, view, [{"op": "append", "path": collection, "id": element, "value": values}])
        console.print(f"  {collection}/{element}")


for command in (review.submit, review.withdraw, review.approve, review.conflicts, review.resolve):
    app.command()(command)
for desk_command in device_desk.COMMANDS:
    app.command(name=desk_command.__name__.replace("_", "-"))(desk_command)
app.command()(moving.transfer)
app.command()(moving.merge)
app.command()(moving.unmerge)
app.command()(restricting.restrict)
app.command()(restricting.restricted)
app.command(name="return")(review.return_section)
app.command()(collect)
app.add_typer(bundle.app, name="bundle")

"""`yihu device desk|look|decide|reissue|ask|amend|renew|staff|person|duties`: what waits for people, and who they are.

The device's own rules for it are `sync.device.desk`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer
from rich.table import Table

from schemas.registry import find_kind
from server.command.device_opening import DEFAULT_HOME, HomeOption, JsonOption, PassphraseOption, ReasonOption, opened
from server.command.device_words import (
    check,
    console,
    label_of,
    people_of,
    print_json,
    read_assignment,
    stop,
    value_at,
    when,
)
from sync.device.desk import Desk
from sync.device.device import Device, wall_clock
from sync.device.renewal import renew as renew_device
from sync.folded import FoldedFile

WHY = {
    "held": "waits for another 在等前一条",
    "former_scope": "came after the move 转走以后才到",
    "role_changed": "duties changed 职责变了",
    "lost_phone": "phone revoked 手机停用了",
    "fork": "number used twice 编号重了",
    "asked": "author asks 本人请您看",
    "other": "needs a look 要您看",
}
ChangeArgument = Annotated[str, typer.Argument(help="Beginning of the change's id.")]
PersonArgument = Annotated[str, typer.Argument(help="Name or id of the person.")]
DutiesArgument = Annotated[
    list[str] | None, typer.Argument(help="duty=patch, for example worker=东片区; none: no duty.")
]


def desk(home: HomeOption = DEFAULT_HOME, passphrase: PassphraseOption = "", as_json: JsonOption = False) -> None:
    """What waits for your decision, and why 等您定的. For deputies and heads; needs the network."""
    with opened(home, passphrase) as device:
        items = Desk(device).list_waiting()
        if as_json:
            print_json(items)
            return
        people = people_of(device)
        table = Table("id", "by", "why", "since", "act", "note", box=None, pad_edge=False)
        for item in items:
            by = people.get(item["person_id"], "?")
            since = when(item["received_at"])
            table.add_row(item["change"][:8], by, WHY[item["why"]], since, item["act"], item["note"] or "")
        console.print(table if items else "Nothing waits for you 没有等您定的.")


def look(change: ChangeArgument, home: HomeOption = DEFAULT_HOME, passphrase: PassphraseOption = "") -> None:
    """One of them as difference from the file as it is now, and what taking it in would bring 看一条."""
    with opened(home, passphrase) as device:
        waiting = Desk(device).look(_waiting_id(device, change))
        read = waiting.change
        by = people_of(device).get(read.person, "?")
        console.print(
            f"[bold]{by}[/bold], device {read.dot.replica[:4].upper()}, saved {when(read.at)}: {WHY[waiting.why]}"
        )
        if waiting.note:
            console.print(f"  “{waiting.note}”")
        for reason in waiting.verdict.reasons:
            console.print(f"  [yellow]{reason.say or reason.code}[/yellow]")
        for awaited in waiting.waits_for:
            whose = people_of(device).get(awaited["person_id"] or "", "an unknown device 没登记过的设备")
            console.print(f"  waits for save {awaited['seq']} of {whose} ({awaited['replica'][:4].upper()})")
        print_operations(device, read.file, read.kind, read.body["ops"])
        then = waiting.if_accepted
        if then is None:
            console.print("It can never be taken in as it stands: `reissue` it or decline it.")
        elif then["conflicts"]:
            console.print("Taken in, these stand with several values 会多出说法不一: " + ", ".join(then["conflicts"]))
        else:
            console.print(f"Taken in, it is {then['status']}.")


def decide(
    change: ChangeArgument,
    decision: Annotated[str, typer.Argument(help="accept (held: without waiting any longer) or decline.")],
    reason: ReasonOption = None,
    home: HomeOption = DEFAULT_HOME,
    passphrase: PassphraseOption = "",
) -> None:
    """Take a waiting change in, or decline it with a reason 放行／不收录. Its author is told."""
    if decision not in ("accept", "decline"):
        stop("Say accept or decline.")
    if decision == "decline" and not reason:
        stop("Declining needs --reason: its author reads it.")
    with opened(home, passphrase) as device:
        the_desk = Desk(device)
        verdict = the_desk.decide(_waiting_id(device, change), is_accepted=decision == "accept", reason=reason)
        device.sync()
        console.print(f"[green]✓[/green] {verdict.status}")


def decide_all(
    person: PersonArgument,
    decision: Annotated[str, typer.Argument(help="accept or decline.")],
    reason: ReasonOption = None,
    home: HomeOption = DEFAULT_HOME,
    passphrase: PassphraseOption = "",
) -> None:
    """Everything of one person that is quarantined 成批. Accepting leaves what meets another value, to be looked at."""
    if decision not in ("accept", "decline") or (decision == "decline" and not reason):
        stop("Say accept, or decline with --reason.")
    with opened(home, passphrase) as device:
        the_desk = Desk(device)
        who = find_person(the_desk, person)["person_id"]
        items = [
            item for item in the_desk.list_waiting() if item["person_id"] == who and item["status"] == "quarantined"
        ]
        chosen = [item["change"] for item in sorted(items, key=lambda item: item["position"])]
        results = the_desk.decide_many(chosen, is_accepted=decision == "accept", reason=reason)
        device.sync()
        left = [one for one in results if one["code"]]
        console.print(f"[green]✓[/green] {len(results) - len(left)} {decision}ed, {len(left)} left to look at")
        for one in left:
            console.print(f"  {one['change'][:8]}  {one['code']}")


def reissue(
    change: ChangeArgument,
    only: Annotated[
        list[int] | None, typer.Option("--only", help="Places of operations as `look` numbers them.")
    ] = None,
    reason: ReasonOption = None,
    home: HomeOption = DEFAULT_HOME,
    passphrase: PassphraseOption = "",
) -> None:
    """Enter the words of a fork or a returned change again as your own 重新录入. Its author is told."""
    with opened(home, passphrase) as device:
        device.sync()
        again = Desk(device).reissue(_waiting_id(device, change), ops=only or None, reason=reason)
        device.sync()
        console.print(f"[green]✓[/green] entered again as {again[:8]}")


def ask(
    change: ChangeArgument,
    note: Annotated[str | None, typer.Option("--note", help="What you want to tell the deputy.")] = None,
    home: HomeOption = DEFAULT_HOME,
    passphrase: PassphraseOption = "",
) -> None:
    """Ask the deputy to look at a save of yours that waits or was returned 请副站长看."""
    with opened(home, passphrase) as device:
        Desk(device).ask(own_id(device, change), note)
        console.print("[green]✓[/green] the deputy was asked.")


def amend(
    change: ChangeArgument,
    assignments: Annotated[list[str] | None, typer.Argument(help="field=value: what to say instead.")] = None,
    home: HomeOption = DEFAULT_HOME,
    passphrase: PassphraseOption = "",
) -> None:
    """Save a refused change again with other values 改了再交. The refused one is put away once the new one is saved."""
    with opened(home, passphrase) as device:
        stored = next(one for one in device.list_own_saves() if one.id == own_id(device, change))
        if stored.status not in ("returned", "declined", "quarantined"):
            stop("This save was not refused.")
        read = stored.change()
        ops = [dict(operation) for operation in read.body["ops"]]
        for assignment in assignments or []:
            _replace(read.kind, ops, assignment)
        check(read.kind, ops)
        made = device.save(device.open_file(stored.file), ops)
        console.print(f"[green]✓[/green] saved on this device ({made[:8]}).")
        Desk(device).dismiss(stored.id)
        console.print("  The refused one is put away; the server keeps its copy.")


def renew(
    link: Annotated[str, typer.Argument(help="A fresh link from your deputy.")],
    label: Annotated[str, typer.Option("--label", help="What the deputy sees in the list of devices.")] = "terminal",
    home: HomeOption = DEFAULT_HOME,
    passphrase: PassphraseOption = "",
) -> None:
    """Give a copied or rolled-back device a key of its own 重新登记. Nothing on it is lost."""
    with opened(home, passphrase) as device:
        renew_device(device, home, link, label=label, at=wall_clock())
        console.print("[green]✓[/green] enrolled anew. What you save from now on has a new number.")


def staff(home: HomeOption = DEFAULT_HOME, passphrase: PassphraseOption = "", as_json: JsonOption = False) -> None:
    """People of the station, their duties and patches 人员."""
    with opened(home, passphrase) as device:
        found = Desk(device).list_staff()
        if as_json:
            print_json(found)
            return
        names = {patch["id"]: patch["name"] for patch in found["patches"]}
        for person in found["people"]:
            duties = [
                f"{one['duty']} {' '.join(names.get(scope, '?') for scope in one['scopes'])}"
                for one in person["duties"]
            ]
            console.print(f"{person['name']}  {'; '.join(duties) or 'no duty'}")


def person(
    name: Annotated[str, typer.Argument(help="Name of the new person.")],
    duties: DutiesArgument = None,
    home: HomeOption = DEFAULT_HOME,
    passphrase: PassphraseOption = "",
) -> None:
    """Add a person and print their enrolment link 添加人员: [bold]yihu device person 苏念慈 worker=西片区[/bold]."""
    with opened(home, passphrase) as device:
        the_desk = Desk(device)
        made = the_desk.add_person(name, read_duties(the_desk, duties or []))
        console.print(f"[green]✓[/green] {name} is added.")
        console.print(f"  {the_desk.make_code(made)['link']}", soft_wrap=True)


def duties(
    who: PersonArgument,
    given: DutiesArgument = None,
    home: HomeOption = DEFAULT_HOME,
    passphrase: PassphraseOption = "",
) -> None:
    """Give a person these duties and no others 改职责和片区: [bold]yihu device duties 林小满 worker=西片区[/bold]."""
    with opened(home, passphrase) as device:
        the_desk = Desk(device)
        the_desk.change_duties(find_person(the_desk, who)["person_id"], read_duties(the_desk, given or []))
        console.print("[green]✓[/green] changed; their devices hear of it at the next sync.")


def devices(home: HomeOption = DEFAULT_HOME, passphrase: PassphraseOption = "", as_json: JsonOption = False) -> None:
    """Devices of the station, when each was last heard of, and which were copied 设备."""
    with opened(home, passphrase) as device:
        found = Desk(device).list_devices()
        if as_json:
            print_json(found)
            return
        for one in found:
            state = "[red]revoked 已停用[/red]" if one["revoked_at"] else f"last contact {when(one['last_contact_at'])}"
            copied = f"  [red]{one['forks']} numbers used twice 编号重了[/red]" if one["forks"] else ""
            console.print(f"{one['replica'][:8]}  {one['person_name']}  {one['label']}  {state}{copied}")


def revoke(
    device_id: Annotated[str, typer.Argument(help="Beginning of the device's id, as `devices` prints it.")],
    home: HomeOption = DEFAULT_HOME,
    passphrase: PassphraseOption = "",
) -> None:
    """Revoke a lost device 停用. What it has not sent may still come in, for you to decide."""
    with opened(home, passphrase) as device:
        the_desk = Desk(device)
        found = [one["replica"] for one in the_desk.list_devices() if one["replica"].startswith(device_id)]
        if len(found) != 1:
            stop(f"{len(found)} devices begin with {device_id}.")
        the_desk.revoke(found[0])
        console.print("[green]✓[/green] revoked.")


# --- parts ------------------------------------------------------------------------------------------------------------


def own_id(device: Device, beginning: str) -> str:
    found = [stored.id for stored in device.list_own_saves() if stored.id.startswith(beginning)]
    if len(found) != 1:
        stop(f"{len(found)} saves begin with {beginning}.")
    return found[0]


def _waiting_id(device: Device, beginning: str) -> str:
    if len(beginning) == 64:
        return beginning
    found = [item["change"] for item in Desk(device).list_waiting() if item["change"].startswith(beginning)]
    if len(found) != 1:
        stop(f"{len(found)} waiting changes begin with {beginning}.", "See `yihu device desk`.")
    return str(found[0])


def find_person(the_desk: Desk, wanted: str) -> dict[str, Any]:
    people = [one for one in the_desk.list_staff()["people"] if wanted in (one["name"], one["person_id"])]
    if len(people) != 1:
        stop(f"{len(people)} people are called {wanted}.")
    return dict(people[0])


def read_duties(the_desk: Desk, typed: list[str]) -> list[dict[str, Any]]:
    patches = {patch["name"]: patch["id"] for patch in the_desk.list_staff()["patches"]}
    given: dict[str, list[str]] = {}
    for one in typed:
        duty, equals, patch = one.partition("=")
        if not equals or patch not in patches:
            stop(f"“{one}” is no duty=patch.", "Patches: " + ", ".join(patches))
        given.setdefault(duty, []).append(patches[patch])
    return [{"duty": duty, "scopes": scopes} for duty, scopes in given.items()]


def print_operations(device: Device, file: str, kind: str, ops: list[dict[str, Any]]) -> None:
    """Numbered, with what stands now."""
    stored = next((one for one in device.list_files() if one.file == file), None)
    state: FoldedFile | None = device.open_file(file).state if stored and find_kind(kind) else None
    for place, operation in enumerate(ops):
        now = value_at(state, operation["path"]) if state else None
        label = label_of(kind, operation["path"], state) if state else operation["path"]
        console.print(f"  {place}  {operation['op']} {label}: {now} → {operation.get('value')}")


def _replace(kind: str, ops: list[dict[str, Any]], assignment: str) -> None:
    """Puts another value in the operation that wrote the field: by its path, or by its name in what was appended."""
    name = assignment.partition("=")[0]
    for operation in ops:
        if operation["op"] == "append" and name in operation["value"]:
            operation["value"] = operation["value"] | {name: read_assignment(kind, assignment, operation["path"])[1]}
            return
        if operation["op"] == "set" and operation["path"] == name:
            operation["value"] = read_assignment(kind, assignment)[1]
            return
    stop(f"The refused save wrote no {name}.")


COMMANDS: tuple[Callable[..., None], ...] = (
    desk,
    look,
    decide,
    decide_all,
    reissue,
    ask,
    amend,
    renew,
    staff,
    person,
    duties,
    devices,
    revoke,
)

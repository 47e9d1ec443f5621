"""`yihu station appoint`, `rotate-keys`, `erase` and `yihu audit ...`: what an operator does for the station's safety."""

from typing import Annotated, get_args

import typer
from sqlmodel import Session

from server.administration import rules as administration
from server.administration.rules import Role
from server.audit import shipping
from server.command.opening import DEFAULT_DATA, DatabaseOption, DataOption, console, fail, make_settings, open_context
from server.command.station import DEFAULT_URL, UrlOption, add_person, find_people, print_codes
from server.context import Context
from server.errors import YihuError
from server.keyring import rotation
from server.profiles import rules as profiles
from server.profiles.data import NAMES
from server.station import key_changes
from server.station import rules as stations

audit_app = typer.Typer(no_args_is_help=True, help="The audit record 审计记录: verify it, ship it.")


def appoint(
    person: Annotated[str, typer.Argument(help="Name or id of the person.")],
    role: Annotated[str, typer.Argument(help="system, security, audit; or none to end it.")],
    new: Annotated[bool, typer.Option("--new", help="Somebody who is not known yet; prints their link.")] = False,
    data: DataOption = DEFAULT_DATA,
    database_url: DatabaseOption = None,
    url: UrlOption = DEFAULT_URL,
) -> None:
    """Make PERSON an administrator of one kind. Three kinds, three persons; an administrator holds no duty on files."""
    if role not in (*get_args(Role), "none"):
        fail(f"{role} is no kind of administrator.", "Kinds: system, security, audit.")
    context = open_context(make_settings(data, database_url, public_url=url))
    if new:
        add_person(context, person)
    station_id, found = find_people(context, person)

    def work(session: Session) -> None:
        if role == "none":
            administration.dismiss(session, station_id, found.person_id, context.now())
        else:
            administration.appoint(session, station_id, found.person_id, role, context.now())  # type: ignore[arg-type]

    try:
        context.database.write(work)
    except YihuError as error:
        fail(error.problem.say_en, error.problem.say)
    console.print(f"[green]✓[/green] {found.name}: {role}")
    if new:
        print_codes(context, station_id, [found])


def rotate_keys(
    drop_old: Annotated[
        bool, typer.Option("--drop-old", help="Drop the former key at once; only with the server stopped.")
    ] = False,
    data: DataOption = DEFAULT_DATA,
    database_url: DatabaseOption = None,
) -> None:
    """Wrap every data key under a new key-encryption key. Safe to stop and repeat; the server may run."""
    context = open_context(make_settings(data, database_url))
    station_ids = context.database.read(stations.list_station_ids)
    epoch, moved = rotation.rotate(
        context.settings.resolved_key_file(), context.keyring.deployment, station_ids, context.database.write,
        drop_old=drop_old,
    )  # fmt: skip
    console.print(
        f"[green]✓[/green] {moved} data keys stand under key {epoch} now. Copy the key file to its safe places again."
    )


def change_keys(
    station: Annotated[str, typer.Option(help="Id of the station; not needed where there is only one.")] = "",
    data: DataOption = DEFAULT_DATA,
    database_url: DatabaseOption = None,
) -> None:
    """Give a station new keys to sign and to open with. Phones go along by the former key's word; the server may run.

    Make a backup at once afterwards: a server put back to before this hand-over has a key that no phone believes any more.
    """
    context = open_context(make_settings(data, database_url))
    chosen = _choose_station(context, station)
    context.database.write(lambda session: key_changes.change_keys(session, context.keyring, chosen, context.now()))
    console.print("[green]✓[/green] The station's keys are new. Phones follow at their next sync. Make a backup now.")


def profile(
    name: Annotated[str, typer.Argument(help="default (ASVS, NIST) or mlps (等保).")],
    station: Annotated[str, typer.Option(help="Id of the station; not needed where there is only one.")] = "",
    data: DataOption = DEFAULT_DATA,
    database_url: DatabaseOption = None,
) -> None:
    """Choose the station's rules on passwords, sessions and accounts (server/profiles/profiles.yaml). Phones hear of it."""
    context = open_context(make_settings(data, database_url))
    chosen = _choose_station(context, station)
    try:
        context.database.write(lambda session: profiles.choose(session, chosen, name, context.now()))
    except YihuError:
        fail(f"There is no profile {name}.", f"Profiles: {', '.join(NAMES)}.")
    console.print(f"[green]✓[/green] {chosen}: {name}")


def _choose_station(context: Context, named: str) -> str:
    known = context.database.read(stations.list_station_ids)
    chosen = [one for one in known if named in ("", one)]
    if len(chosen) != 1:
        fail("Name one station by its id with --station.", ", ".join(known))
    return chosen[0]


@audit_app.command()
def verify(data: DataOption = DEFAULT_DATA, database_url: DatabaseOption = None) -> None:
    """Hold the record against its own chain and against what was shipped; names the first entry that differs."""
    context = open_context(make_settings(data, database_url))
    wrong = False
    for station_id in context.database.read(stations.list_station_ids):
        found = shipping.compare(context, station_id)
        if found.position is None:
            console.print(f"[green]✓[/green] {station_id}: {found.entries} entries, whole")
        else:
            wrong = True
            console.print(f"[red]✗[/red] {station_id}: entry {found.position}: {found.reason}")
    if wrong:
        raise typer.Exit(1)


@audit_app.command()
def ship(data: DataOption = DEFAULT_DATA, database_url: DatabaseOption = None) -> None:
    """Append what is new to the shipped files; a running server does this every few seconds."""
    context = open_context(make_settings(data, database_url))
    console.print(
        f"[green]✓[/green] {shipping.ship(context)} entries to {context.settings.audit_folder_path()}", soft_wrap=True
    )

"""`yihu station ...` and `yihu enrol`: founding a station, and one-time links for its people."""

from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session

from server.accounts import codes
from server.accounts import rules as accounts
from server.accounts.rules import PersonView
from server.command.opening import DEFAULT_DATA, DatabaseOption, DataOption, console, fail, make_settings, open_context
from server.context import Context
from server.devices import rules as devices
from server.grants import rules as grants
from server.station import rules as stations
from server.station.founding import DEMO_FILE, PlanError, found_station, read_plan

app = typer.Typer(no_args_is_help=True, help="Found a station 建站: its patches, villages and people.")

UrlOption = Annotated[str, typer.Option("--url", help="Address at which phones reach the server; links begin with it.")]
DEFAULT_URL = "http://127.0.0.1:8000"
_PEOPLE_MAX = 10_000


@app.command()
def create(
    description: Annotated[
        Path, typer.Argument(help="YAML (name, patches, people) or CSV of villages (patch,village).", exists=True)
    ],
    name: Annotated[str | None, typer.Option("--name", help="Name of the station; needed for CSV.")] = None,
    head: Annotated[
        str | None, typer.Option("--head", help="Name of the first head, where the file lists no people.")
    ] = None,
    minors: Annotated[
        bool, typer.Option("--minors", help="Approve everyone for the minors' files of their patches, for a year.")
    ] = False,
    data: DataOption = DEFAULT_DATA,
    database_url: DatabaseOption = None,
    url: UrlOption = DEFAULT_URL,
) -> None:
    """Found a station from a description and print one enrolment link a person.

    Example: [bold]yihu station create villages.csv --name 桂溪镇社工站 --head 贺长庚[/bold]
    """
    try:
        plan = read_plan(description, name)
    except PlanError as error:
        fail(str(error), "See server/station/demo.yaml for a complete example.")
    if head is not None:
        plan = plan.model_validate(
            {**plan.model_dump(), "people": [*plan.model_dump()["people"],
             {"name": head, "duties": {"head": [patch.name for patch in plan.patches]}}]}
        )  # fmt: skip
    if not plan.people:
        fail("A station needs at least one person.", "List people in the YAML file, or give --head NAME.")
    context = open_context(make_settings(data, database_url, public_url=url))

    def work(session: Session) -> str:
        made = found_station(session, context.keyring, plan, context.now())
        if minors:
            grants.approve_at_founding(session, context, made, "建站时由负责人批准")
        return made

    station_id = context.database.write(work)
    console.print(
        f"[green]✓[/green] {plan.name} is founded, with {sum(len(p.villages) for p in plan.patches)} villages."
    )
    print_links(context, station_id)


@app.command()
def demo(data: DataOption = DEFAULT_DATA, database_url: DatabaseOption = None, url: UrlOption = DEFAULT_URL) -> None:
    """Found the demo station (invented town, 12 villages, 4 people). A second run keeps its data and prints new links."""
    context = open_context(make_settings(data, database_url, public_url=url))
    print_links(context, ensure_demo(context))


def enrol(
    person: Annotated[str, typer.Argument(help="Name or id of the person.")],
    data: DataOption = DEFAULT_DATA,
    database_url: DatabaseOption = None,
    url: UrlOption = DEFAULT_URL,
) -> None:
    """Print a new one-time enrolment link for PERSON, for example after a phone was lost.

    Opening the link does not use it up; making the device key does.
    """
    context = open_context(make_settings(data, database_url, public_url=url))
    station_id, found = find_people(context, person)
    print_codes(context, station_id, [found])


def find_people(context: Context, person: str) -> tuple[str, PersonView]:
    """Station and person of a name or id; ends the command with advice where that is nobody or several."""
    found = [
        (station_id, view)
        for station_id in context.database.read(stations.list_station_ids)
        for view in _list_people(context, station_id)
        if person in (view.name, view.person_id)
    ]
    if not found:
        fail(f"No one called {person} is known.", "`yihu station create` and `yihu station demo` make people.")
    if len(found) > 1:
        fail(f"{len(found)} people are called {person}; use the id:", ", ".join(view.person_id for _, view in found))
    return found[0]


def add_person(context: Context, name: str) -> None:
    """Somebody without a duty, in the only station there is: an administrator to be."""
    known = context.database.read(stations.list_station_ids)
    if len(known) != 1:
        fail("There is not exactly one station here.", "Add the person to the station's description.")

    def work(session: Session) -> None:
        epoch = stations.begin_epoch(session, known[0])  # phones hear of the new name
        accounts.make_person(session, context.keyring, known[0], name, [], epoch, context.now())

    context.database.write(work)


def ensure_demo(context: Context) -> str:
    """The demo station's id, founding it where there is no station yet."""

    def work(session: Session) -> str:
        known = stations.list_station_ids(session, 1)
        if known:
            return known[0]
        station_id = found_station(session, context.keyring, read_plan(DEMO_FILE), context.now(), is_demo=True)
        grants.approve_at_founding(session, context, station_id, "演示站：建站时由站长批准")
        return station_id

    return context.database.write(work)


def print_links(context: Context, station_id: str) -> None:
    """One link for each person who has no device yet."""
    counts = context.database.read(lambda session: devices.count_devices(session, station_id, _PEOPLE_MAX))
    people = [person for person in _list_people(context, station_id) if person.ended_at is None]
    waiting = [person for person in people if not counts.get(person.person_id)]
    if not waiting:
        console.print("Everyone has a device. A new link: [bold]yihu enrol NAME[/bold]")
        return
    print_codes(context, station_id, waiting)


def _list_people(context: Context, station_id: str) -> list[PersonView]:
    def work(session: Session) -> list[PersonView]:
        epoch = stations.get_epoch(session, station_id)
        return accounts.list_people(session, context.keyring, station_id, epoch, _PEOPLE_MAX)

    return context.database.read(work)


def print_codes(context: Context, station_id: str, people: list[PersonView]) -> None:
    console.print("One-time enrolment links 一次性登记链接")
    for person in people:
        code, _expires_at = _issue(context, station_id, person.person_id)
        duty = accounts.highest_duty(person.duties) or "-"
        link = codes.make_link(context.settings.public_url, code)
        # Never wrapped: a link broken over two lines cannot be copied.
        console.print(f"  {person.name}  {duty}  [link={link}]{link}[/link]", soft_wrap=True)
    days = context.settings.enrolment_code_seconds // 86_400
    console.print(
        f"Good once and for {days} days; opening a link does not use it up. The part behind # may also be typed.\n"
        "On one machine, use one browser profile a person."
    )


def _issue(context: Context, station_id: str, person_id: str) -> tuple[str, int]:
    return context.database.write(
        lambda session: accounts.issue_code(
            session, context.keyring, context.settings, station_id, person_id, None, context.now()
        )
    )

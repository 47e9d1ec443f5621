"""How `yihu device` reads what is typed and shows what is stored: households by name, values by their field's type."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from schemas.fields import Field
from schemas.registry import find_kind, get_kind
from sync.device.device import Device
from sync.device.reading import FileView
from sync.device.store import StoredChange, StoredFile
from sync.folded import FoldedFile

console = Console(highlight=False)
_INTEGERS = ("integer", "money", "instant")
_SETS = ("code_set", "reference_set")
_FATES = {
    "unsent": "[yellow]not yet sent 未上传[/yellow]",
    "accepted": "[green]accepted 已收[/green]",
    "held": "[yellow]held 等待前面的记录[/yellow]",
    "quarantined": "[yellow]waits for the deputy 待副站长核实[/yellow]",
    "returned": "[red]returned 退回[/red]",
    "declined": "[red]declined 不予采纳[/red]",
}


def rules_of(kind: str) -> dict[str, Any] | None:
    found = find_kind(kind)
    return found.rules() if found else None


def stop(message: str, advice: str = "") -> NoReturn:
    """End the command: what happened, what to do. Nothing was changed."""
    console.print(f"[red]✗[/red] {message}")
    if advice:
        console.print(f"  {advice}")
    raise typer.Exit(1)


def print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def when(at: int | None) -> str:
    """Wall clock of this machine."""
    return datetime.fromtimestamp(at / 1000).astimezone().strftime("%Y-%m-%d %H:%M") if at else ""


def find_household(device: Device, wanted: str) -> StoredFile:
    """The file whose id begins so, or whose head or member has this name; stops when it is none or several."""
    files = device.list_files()
    found = [file for file in files if file.file.startswith(wanted.lower())] or [
        file for file in files if wanted in names_of(device.open_file(file.file).state)
    ]
    if not found:
        stop(f"No household here is called {wanted}.", "See `yihu device list`; sync first if it is new.")
    if len(found) > 1:
        stop(f"{len(found)} households match {wanted}.", "Give the first letters of the id instead.")
    return found[0]


def names_of(state: FoldedFile) -> list[str]:
    """Names of the members, the head first."""
    names = []
    for path, element in state["elements"].items():
        if element["collection"] == "members" and not element["voided"]:
            name, relation = value_at(state, f"{path}/name"), value_at(state, f"{path}/relation")
            if isinstance(name, str):
                names.append((relation not in ("01", "02"), name))
    return [name for _, name in sorted(names)]


def value_at(state: FoldedFile, path: str) -> Any:
    """What shows at a path, in a conflict what stands; None where nothing was asked."""
    found = state["paths"].get(path)
    if found is None:
        return None
    return found.get("stands") if found["status"] == "conflict" else found["value"]


def read_assignment(kind: str, assignment: str, collection: str | None = None) -> tuple[str, Any]:
    """`path=value` with the value read as its field's type; `path=` and `path=null` mean: asked, no answer."""
    path, equals, typed = assignment.partition("=")
    if not equals:
        stop(f"“{assignment}” is no field=value.", "For example phone=13900000990")
    return path, read_value(find_field(kind, path, collection), typed)


def find_field(kind: str, path: str, collection: str | None = None) -> Field:
    declared = get_kind(kind)
    found = declared.find_field(f"{collection}/{'0' * 32}/{path}" if collection else path)
    if found is None:
        of = declared.find_collection(collection) if collection else declared
        known = ", ".join(field.name for field in of.fields) if of else ""
        stop(f"There is no field {path}.", f"There are: {known}")
    return found


def read_value(field: Field, typed: str) -> Any:
    if typed in ("", "null"):
        return None
    try:
        if field.type in _INTEGERS:
            return int(typed)
        if field.type == "flag":
            return {"true": True, "false": False, "是": True, "否": False}[typed]
        if field.type in ("group", "answers"):
            return json.loads(typed)
    except (ValueError, KeyError):
        stop(f"“{typed}” cannot be read as {field.type} for {field.name} ({field.zh}).")
    return typed.split(",") if field.type in _SETS else typed


def check(kind: str, ops: Sequence[dict[str, Any]]) -> None:
    """Stop on what the server would return; say what it would flag."""
    problems = [problem for operation in ops for problem in get_kind(kind).check_operation(operation)]
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        stop("; ".join(f"{problem.en} {problem.zh} ({problem.path})" for problem in errors), "Nothing was saved.")
    for problem in problems:
        console.print(f"[yellow]![/yellow] {problem.en} {problem.zh}")


def label_of(kind: str, path: str, state: FoldedFile) -> str:
    """`石大山 · 电话 phone`: whose field it is, in words."""
    field = get_kind(kind).find_field(path)
    element = "/".join(path.split("/")[:2])
    whose = value_at(state, f"{element}/name") if element.startswith("members/") else None
    shown = f"{field.zh} [dim]{path}[/dim]" if field else path
    return f"{whose} · {shown}" if whose else shown


def fate_of(stored: StoredChange) -> str:
    """Status in words, with the reasons."""
    verdict = stored.read_verdict()
    reasons = ", ".join(reason.say or reason.code for reason in verdict.reasons) if verdict else ""
    put_away = " [dim](put away)[/dim]" if stored.dismissed else ""
    return _FATES[stored.status] + (f" — {reasons}" if reasons else "") + put_away


def print_file(device: Device, view: FileView) -> None:
    """Everything a form would show, conflicts first."""
    state, people = view.state, people_of(device)
    for conflict in state["conflicts"]:
        console.print(f"[red]conflict[/red] {label_of(view.kind, conflict['path'], state)}")
        for value in conflict["values"]:
            said = json.dumps(value["value"], ensure_ascii=False)
            console.print(f"    {said}  — {people.get(value['person'], value['person'])}, {when(value['at'])}")
    table = Table("field", "value", "", box=None, pad_edge=False)
    for path, folded in state["paths"].items():
        also = "" if folded["status"] == "settled" else f"[yellow]{folded['status']}[/yellow]"
        shown = value_at(state, path)
        table.add_row(label_of(view.kind, path, state), json.dumps(shown, ensure_ascii=False), also)
    console.print(table)
    for path, section in state["sections"].items():
        by = [people.get(one["person"], "") for one in section["approved"] if one["effective"]]
        console.print(f"[bold]{path}[/bold]: {section['status']}" + (f" (approved by {', '.join(by)})" if by else ""))


def people_of(device: Device) -> dict[str, str]:
    """Person id -> name, from the station's policy."""
    return {person["person_id"]: person["name"] for person in device.policy["people"]}

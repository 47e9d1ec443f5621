"""Founding a station from a description: patches with villages, people with duties on patches.

The description is YAML (patches, villages, people) or, for villages alone, CSV with the columns patch and village.
"""

import csv
import io
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from server.accounts import rules as accounts
from server.accounts.rules import DutyOn
from server.keyring.rules import Keyring
from server.station import rules

DEMO_FILE = Path(__file__).parent / "demo.yaml"
FIRST_EPOCH = 1
Name = Annotated[str, Field(min_length=1, max_length=100)]
Duty = Literal["head", "deputy", "worker"]


class PatchPlan(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Name
    villages: Annotated[list[Name], Field(min_length=1, max_length=500)]


class PersonPlan(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Name
    duties: dict[Duty, list[Name]]


class StationPlan(BaseModel):
    """What a station looks like before it exists."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    patches: Annotated[list[PatchPlan], Field(min_length=1, max_length=100)]
    people: list[PersonPlan] = Field(default_factory=list, max_length=500)
    profile: Literal["default", "mlps"] = "default"


class PlanError(Exception):
    """The description cannot be used; the text says where."""


def read_plan(path: Path, name: str | None = None) -> StationPlan:
    """Reads a YAML description, or a CSV of villages (`patch,village`; 片区,村). `name` overrides the file's."""
    try:
        text = path.read_text("utf-8-sig")
        found = _from_csv(text) if path.suffix.lower() == ".csv" else yaml.safe_load(text)
        if name is not None and isinstance(found, dict):
            found["name"] = name
        plan = StationPlan.model_validate(found)
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise PlanError(f"{path}: {error}") from error
    patches = {patch.name for patch in plan.patches}
    for person in plan.people:
        unknown = sorted({patch for names in person.duties.values() for patch in names} - patches)
        if unknown:
            raise PlanError(f"{path}: no such patch: {', '.join(unknown)}")
    return plan


def found_station(session: Session, keyring: Keyring, plan: StationPlan, now: int, *, is_demo: bool = False) -> str:
    """Creates all that the plan names, in the caller's transaction; returns the station's id."""
    station_id = rules.make_station(session, keyring, plan.name, now, is_demo=is_demo)
    rules.set_profile(session, station_id, plan.profile)
    scopes = {
        patch.name: rules.make_patch(session, keyring, station_id, patch.name, patch.villages) for patch in plan.patches
    }
    for person in plan.people:
        duties = [DutyOn(duty, scopes[patch]) for duty, patches in person.duties.items() for patch in patches]
        accounts.make_person(session, keyring, station_id, person.name, duties, FIRST_EPOCH, now)
    return station_id


def _from_csv(text: str) -> dict[str, object]:
    patches: dict[str, list[str]] = {}
    for row in csv.DictReader(io.StringIO(text)):
        village = (row.get("village") or row.get("村") or "").strip()
        patch = (row.get("patch") or row.get("片区") or "全站").strip()
        if village:
            patches.setdefault(patch, []).append(village)
    return {"patches": [{"name": name, "villages": villages} for name, villages in patches.items()]}

"""The rows of profiles.yaml, typed."""

from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

NAMES = ("default", "mlps")
DATA = Path(__file__).with_name("profiles.yaml")


@dataclass(frozen=True)
class Profile:
    """0 means: not asked."""

    name: str
    password_length_min: int
    password_classes_min: int
    refuse_common: int
    password_days: int
    kept_former: int
    tries_before_wait: int
    tries_max: int
    wait_minutes: int
    idle_minutes: int
    session_hours: int
    unused_days: int
    devices_max: int
    audit_days_min: int

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@cache
def load(name: str) -> Profile:
    """Raises KeyError for a profile that there is none of."""
    return Profile(name, **{row["rule"]: row[name] for row in read_rows()})


def read_rows() -> list[dict[str, Any]]:
    return list(yaml.safe_load(DATA.read_text("utf-8")))

"""What tests with Python devices share: how one is typed at in the terminal or driven in code. The fixtures: `conftest.py`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from schemas.registry import find_kind
from sync.device.device import Device

PASSPHRASE = "correct horse 990"
Enrol = Callable[..., Device]
Run = Callable[..., str]


def rules_of(name: str) -> dict[str, Any] | None:
    kind = find_kind(name)
    return kind.rules() if kind else None


def put(path: str, value: Any) -> dict[str, Any]:
    return {"op": "set", "path": path, "value": value}


def read(run: Run, home: str, *arguments: str) -> Any:
    """What a command says with `--json`."""
    return json.loads(run(home, *arguments, "--json"))


def sync_all(*devices: Device) -> None:
    for device in devices:
        report = device.sync()
        assert report.problem is None, report
        assert report.complete
        assert report.differing == []

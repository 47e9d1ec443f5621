"""The built app in real Chromium with 2,000 households: `*.mjs` drive and measure, here they get a server."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.benchmarks.server_process import ROOT, served
from tests.benchmarks.wire import BrowserPhone, fill

HOUSEHOLDS = 2_000
HOUSEHOLDS_LARGE = 5_000
SECONDS_MAX = 600


def measure_first_visit() -> dict[str, Any]:
    """Requests and bytes of a first visit, until the screen that asks for the enrolment code."""
    with served() as server:
        return run("first_visit.mjs", server.url)


def measure_phone(households: int = HOUSEHOLDS) -> dict[str, Any]:
    """Milliseconds on this machine, printed and never gated: neighbours and machines differ too much."""
    with served() as server:
        fill(BrowserPhone(server.url).enrol(server.codes["周青禾"]), households)
        return run("phone.mjs", server.url, server.codes["林小满"], str(households))


def measure_large_phone() -> dict[str, Any]:
    return measure_phone(HOUSEHOLDS_LARGE)


def run(script: str, *arguments: str) -> dict[str, Any]:
    command = ["node", str(Path(__file__).with_name(script)), str(ROOT / "pwa"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS_MAX, check=False)  # noqa: S603
    if done.returncode != 0:
        raise RuntimeError(f"{script} failed:\n{done.stderr[-3000:]}")
    return dict(json.loads(done.stdout))

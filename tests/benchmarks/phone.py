"""The built app in real Chromium with 2,000 households: `phone.mjs` drives and times, here it gets a server to talk to."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.benchmarks.server_process import ROOT, served
from tests.benchmarks.wire import BrowserPhone, fill

HOUSEHOLDS = 2_000
SECONDS_MAX = 600


def measure_phone(households: int = HOUSEHOLDS) -> dict[str, Any]:
    """Milliseconds on this machine, printed and never gated: neighbours and machines differ too much."""
    with served() as server:
        fill(BrowserPhone(server.url).enrol(server.codes["周青禾"]), households)
        command = [
            *("node", str(Path(__file__).with_name("phone.mjs")), str(ROOT / "pwa")),
            *(server.url, server.codes["林小满"], str(households)),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS_MAX, check=False)  # noqa: S603
    if done.returncode != 0:
        raise RuntimeError(f"phone.mjs failed:\n{done.stderr[-3000:]}")
    return dict(json.loads(done.stdout))

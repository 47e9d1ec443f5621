"""A real server process for tests of the device: started, killed without warning, started again on the same data."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from schemas.registry import get_kind

ROOT = Path(__file__).parents[2]


def whole_assessment() -> dict[str, Any]:
    """First values of a needs assessment that its form accepts for review: every dimension at level 1."""
    collection = get_kind("household").find_collection("assessments")
    assert collection
    levels = {field.name: 1 for field in collection.fields if field.codes == "need_level"}
    return levels | {"assessed_on": "2026-11-20", "difficulty_level": "light", "risk_level": "blue"}


class ServerProcess:
    """The demo station on a free port. `links` are the one-time links by person."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = folder / "server.log"
        self._process: subprocess.Popen[bytes] | None = None
        # The API alone: a build of the app that runs meanwhile is no matter.
        self._environment = os.environ | {
            "COLUMNS": "200",
            "PYTHONPATH": str(ROOT),
            "YIHU_PWA_DIST": str(folder / "dist"),
        }

    def start(self) -> None:
        command = [sys.executable, "-m", "server.command.main", "serve", "--demo"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--port", str(self.port), "--data", str(self.data)],
                cwd=ROOT,
                stdout=log,
                stderr=log,
                env=self._environment,
            )
        self._wait_until_healthy()

    def kill(self) -> None:
        """SIGKILL: no goodbye, nothing flushed."""
        if self._process:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def link_of(self, person: str) -> str:
        """The newest link printed for a person."""
        found = re.findall(rf"{person}\s+\w+\s+(http\S+#\S+)", self._log.read_text())
        assert found, self._log.read_text()
        return str(found[-1])

    def new_link(self, person: str) -> str:
        printed = subprocess.run(
            [sys.executable, "-m", "server.command.main", "enrol", person]
            + ["--data", str(self.data), "--url", self.url],
            cwd=ROOT,
            env=self._environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        found = re.search(r"http\S+#[0-9A-Z-]+", printed)
        assert found, printed
        return found[0]

    def _wait_until_healthy(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert self._process
            assert self._process.poll() is None, self._log.read_text()
            try:
                if httpx.get(f"{self.url}/api/v1/health").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)  # a process outside cannot be waited for in another way
        raise AssertionError(self._log.read_text())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

"""A real server process for each file of tests, and devices at it.

Imported where they are used: the vectors and the fuzz of the pure engine do without server and terminal.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sync.device.device import Device
    from sync.device.transport import HttpTransport
    from tests.sync.devices import Enrol, Run
    from tests.sync.server_process import ServerProcess


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    from tests.sync.server_process import ServerProcess

    process = ServerProcess(tmp_path_factory.mktemp("server"))
    process.start()
    yield process
    process.kill()


@pytest.fixture
def enrol(server: ServerProcess, tmp_path: Path) -> Iterator[Enrol]:
    """`enrol(person)`: a device of that person, closed at the end."""
    from sync.device.device import Device
    from tests.sync.devices import PASSPHRASE, rules_of

    opened: list[Device] = []

    def make(person: str, transport: HttpTransport | None = None) -> Device:
        home = tmp_path / f"device{len(opened)}"
        device = Device.enrol(home, server.new_link(person), PASSPHRASE, rules_of, transport=transport)
        opened.append(device)
        return device

    yield make
    for device in opened:
        device.close()


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """`run(home, command, ...)`: what `yihu device` prints; fails unless the exit code is `code`."""
    from typer.testing import CliRunner

    from server.command.device import app
    from tests.sync.devices import PASSPHRASE

    def go(home: str, *arguments: str, code: int = 0) -> str:
        environment = {"YIHU_PASSPHRASE": PASSPHRASE, "YIHU_DEVICE": str(tmp_path / home), "COLUMNS": "240"}
        result = CliRunner().invoke(app, list(arguments), env=environment)
        assert result.exit_code == code, result.output + repr(result.exception)
        return result.output

    return go

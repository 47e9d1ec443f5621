"""The real `yihu serve` as its own process: killed, restarted, flooded, started twice."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from sync.change import change_id
from tests.server.phone import Phone, new_id, set_phone
from tests.server.postgresql import free_port

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"^  (\S+)  (\S+)  \S+/enrol#(\S+)$", re.MULTILINE)


class ServeProcess:
    """`yihu serve` on a free loopback port; `output` is what it printed before it served."""

    def __init__(self, data: Path, *options: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "server.command.main", "serve", "--port", str(self.port), "--data", str(data)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "60", "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(
            [*command, *options], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        lines: list[str] = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            lines.append(line)
            if "Yihu serves" in line:
                break
        self.output = "".join(lines)
        self._rest = threading.Thread(target=self.process.stdout.read, daemon=True)
        self._rest.start()
        for _ in range(400):
            try:
                httpx.get(f"{self.url}/api/v1/health", timeout=5).raise_for_status()
                return
            except httpx.TransportError:
                threading.Event().wait(0.05)
        raise AssertionError(self.output)

    def codes(self) -> dict[str, str]:
        return {name: code for name, _duty, code in LINK.findall(self.output)}

    def resident_kib(self) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")))

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process.poll() is None:
            self.process.send_signal(how)
        self.process.wait(20)
        self._rest.join(5)
        if self.process.stdout is not None:
            self.process.stdout.close()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., ServeProcess]]:
    started: list[ServeProcess] = []

    def start(*options: str) -> ServeProcess:
        started.append(ServeProcess(tmp_path / "data", *options))
        return started[-1]

    yield start
    for one in started:
        one.end(signal.SIGKILL)


def test_a_first_run_prints_four_links_and_a_second_keeps_the_data_and_asks_only_who_has_no_device(
    serve: Callable[..., ServeProcess],
) -> None:
    first = serve("--demo")
    assert set(first.codes()) == {"林小满", "周青禾", "沈若兰", "贺长庚"}
    phone = Phone(first.url).enrol(first.codes()["林小满"])
    file = new_id()
    assert phone.push(phone.save(file, [set_phone("13500000001")]))[0].status == "accepted"
    first.end()
    second = serve("--demo")
    assert set(second.codes()) == {"周青禾", "沈若兰", "贺长庚"}
    phone.http.base_url = httpx.URL(f"{second.url}/api/v1/")
    assert phone.policy["deployment"] == phone.http.get("/health").json()["deployment"]
    assert phone.push(phone.save(file, [set_phone("13500000002")]))[0].status == "accepted"
    colleague = Phone(second.url).enrol(first.codes()["周青禾"])
    assert len(colleague.pull_all()) == 2
    for one in (phone, colleague):
        one.http.close()


def test_killing_the_server_again_and_again_loses_nothing_it_acknowledged_and_doubles_nothing(
    serve: Callable[..., ServeProcess],
) -> None:
    server = serve("--demo")
    phone = Phone(server.url).enrol(server.codes()["林小满"])
    acknowledged: set[str] = set()
    made: list[str] = []
    for number in range(4):
        threading.Timer(0.15 + 0.1 * number, server.process.kill).start()
        batch = []
        try:
            while True:
                batch = [phone.save(new_id(), [set_phone("13500000001")]) for _ in range(3)]
                made += [change_id(one.body) for one in batch]
                acknowledged |= {verdict.change for verdict in phone.push(*batch)}
        except httpx.TransportError:
            server.end(signal.SIGKILL)
        server = serve()
        phone.http.base_url = httpx.URL(f"{server.url}/api/v1/")
        acknowledged |= {verdict.change for verdict in phone.push(*batch)}  # the answer was lost: ask again
    deputy = Phone(server.url).enrol(server_codes(serve, server, "沈若兰"))
    positions = []
    kept = []
    for entry in deputy.pull_all():
        verdict = Phone.read(entry["verdict"])
        kept.append(verdict.change)
        positions.append(verdict.position)
    assert len(acknowledged) >= 12
    assert sorted(kept) == sorted(acknowledged) == sorted(made)
    assert len(set(positions)) == len(positions)
    for one in (phone, deputy):
        one.http.close()


def server_codes(serve: Callable[..., ServeProcess], server: ServeProcess, name: str) -> str:
    """A new link by `yihu enrol`, as an operator would make one while the server runs."""
    data = next(
        part for flag, part in zip(server.process.args, server.process.args[1:], strict=False) if flag == "--data"
    )
    command = [sys.executable, "-m", "server.command.main", "enrol", name, "--data", str(data)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "60"}
    printed = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    return {found: code for found, _duty, code in LINK.findall(printed)}[name]


def test_a_body_of_150_mb_is_refused_without_being_held_in_memory(serve: Callable[..., ServeProcess]) -> None:
    server = serve("--demo")
    phone = Phone(server.url).enrol(server.codes()["林小满"])
    phone.sync()
    before = server.resident_kib()

    def body() -> Iterator[bytes]:
        for _ in range(150):
            yield b" " * 1_048_576

    for headers in ({"Content-Length": str(150 * 1_048_576)}, {}):
        try:
            answer = phone.http.post("/sync", content=body(), headers={"Content-Type": "application/json", **headers})
            assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
        except (httpx.WriteError, httpx.RemoteProtocolError):
            pass  # the server hung up on the flood before it was all sent
    assert server.resident_kib() - before < 20 * 1024
    assert phone.sync()["entries"] == []
    phone.http.close()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["serve", "--cert", "pyproject.toml"], "--cert and --key belong together"),
        (["enrol", "无此人"], "is known"),
        (["station", "create", "pyproject.toml"], "✗"),
    ],
)
def test_commands_say_plainly_what_is_wrong(arguments: list[str], words: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "server.command.main", *arguments, "--data", str(tmp_path / "data")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert words in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_data_inside_the_apps_folder_is_refused(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "server.command.main",
        "station",
        "demo",
        "--data",
        str(tmp_path / "dist" / "data"),
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200", "YIHU_PWA_DIST": str(tmp_path / "dist")}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert "inside the app's folder" in done.stdout
    assert not (tmp_path / "dist" / "data").exists()


def test_a_station_is_founded_from_a_list_of_villages(tmp_path: Path) -> None:
    villages = tmp_path / "villages.csv"
    villages.write_text("片区,村\n北片,柳湾村\n北片,石桥村\n南片,河口村\n", "utf-8")
    command = [
        sys.executable, "-m", "server.command.main", "station", "create", str(villages), "--name", "柳湾镇社工站",
        "--head", "余望舒", "--data", str(tmp_path / "data"),
    ]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "60"}
    printed = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    assert [(name, duty) for name, duty, _code in LINK.findall(printed)] == [("余望舒", "head")]
    assert "3 villages" in printed

"""A real `yihu serve` on fresh demo data, and a proxy in front of it that counts every byte of the connections."""

from __future__ import annotations

import re
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS_MAX = 60


@dataclass
class Served:
    """Where the server listens, and one enrolment code a person."""

    port: int
    codes: dict[str, str]
    pid: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def served() -> Iterator[Served]:
    """Serves the demo station from an empty folder; ends the process and forgets the folder afterwards."""
    with tempfile.TemporaryDirectory(prefix="yihu-bench-") as folder, tempfile.TemporaryFile("w+") as printed:
        port = free_port()
        process = subprocess.Popen(  # noqa: S603
            [str(ROOT / "scripts/yihu"), "serve", "--demo", "--data", folder, "--port", str(port)],
            stdout=printed,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
        )
        try:
            wait_for(port, process)
            printed.seek(0)
            codes = dict(
                re.findall(r"^\s+(\S+)\s+(?:worker|deputy|head)\s+\S+#(?:code=)?(\S+)\s*$", printed.read(), re.M)
            )
            yield Served(port, codes, process.pid)
        finally:
            process.terminate()
            process.wait(30)


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(httpx.TransportError):
            if httpx.get(f"http://127.0.0.1:{port}/api/v1/health").status_code == 200:
                return
        time.sleep(0.1)
    raise RuntimeError("the server did not start")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Wire:
    """A counting proxy: connect to `port`. Bytes of HTTP, headers included; TLS would add about 1 %."""

    target: int
    up: int = 0
    down: int = 0
    connections: int = 0
    port: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def read(self) -> tuple[int, int, int]:
        """Bytes up, bytes down, connections so far."""
        with self.lock:
            return self.up, self.down, self.connections

    def close(self) -> None:
        self.listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.target))
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.lock:
                self.connections += 1
            threading.Thread(target=self._pump, args=(client, server, "up"), daemon=True).start()
            threading.Thread(target=self._pump, args=(server, client, "down"), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, way: str) -> None:
        with suppress(OSError):
            while piece := source.recv(65_536):
                with self.lock:
                    setattr(self, way, getattr(self, way) + len(piece))
                sink.sendall(piece)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

"""T-9: bodies too large and senders too slow cost the server nothing that its other users would feel."""

import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn

from server.context import Context
from server.main import Server
from server.web.patience import PatientProtocol, make_protocol
from tests.server.phone import Phone
from tests.server.postgresql import free_port
from tests.server.test_process import ServeProcess

SLOW = 200
HEAD = b"POST /api/v1/sync HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
BEGINNINGS = {
    "nothing at all": b"", "half a head": HEAD[:40], "a head without an end": HEAD,
    "a body that stops": HEAD + b"Content-Length: 1000\r\n\r\n{", "a chunk that stops": HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{",
}  # fmt: skip


@contextmanager
def serving(context: Context, protocol: type | str) -> Iterator[str]:
    port = free_port()
    config = uvicorn.Config(
        Server(context), host="127.0.0.1", port=port, log_level="critical", access_log=False, ws="none",
        lifespan="off", http=protocol, limit_concurrency=400,
    )  # fmt: skip
    runner = uvicorn.Server(config)
    thread = threading.Thread(target=runner.run, daemon=True)
    thread.start()
    while not runner.started and thread.is_alive():
        time.sleep(0.005)
    try:
        yield f"127.0.0.1:{port}"
    finally:
        runner.should_exit = runner.force_exit = True
        thread.join(10)


@contextmanager
def slow_senders(address: str, count: int) -> Iterator[list[socket.socket]]:
    host, port = address.split(":")
    sockets = []
    for number in range(count):
        one = socket.create_connection((host, int(port)), timeout=5)
        one.sendall(list(BEGINNINGS.values())[number % len(BEGINNINGS)])
        sockets.append(one)
    yield sockets
    for one in sockets:
        one.close()


def count_open(sockets: list[socket.socket]) -> int:
    """Those that the server has not hung up on."""
    still = 0
    for one in sockets:
        one.setblocking(False)
        try:
            still += one.recv(65_536) != b"" and one.recv(65_536) != b""
        except BlockingIOError:
            still += 1
        except OSError:
            pass
    return still


def ask(address: str, times: int) -> list[float]:
    taken = []
    with httpx.Client(base_url=f"http://{address}") as client:
        for _ in range(times):
            started = time.perf_counter()
            assert client.get("/api/v1/health").status_code == 200
            taken.append(time.perf_counter() - started)
    return sorted(taken)


@pytest.fixture
def hasty(context: Context, station_id: str) -> type[PatientProtocol]:
    """The server's protocol, with seconds for a test."""
    context.settings.head_seconds_max = context.settings.body_idle_seconds_max = 1
    context.settings.connections_per_address_max = 350
    return make_protocol(context.settings, is_proxied=False)


def test_slow_senders_are_let_go_and_nobody_else_feels_them(
    context: Context, hasty: type[PatientProtocol], figure: Callable[[str], None]
) -> None:
    with serving(context, hasty) as address:
        quiet = ask(address, 60)
        with slow_senders(address, SLOW) as sockets:
            busy = ask(address, 60)
            deadline = time.monotonic() + 20
            while count_open(sockets) and time.monotonic() < deadline:
                time.sleep(0.2)
            left = count_open(sockets)
    p95 = [statistics.quantiles(one, n=20)[18] * 1000 for one in (quiet, busy)]
    figure(f"{SLOW} slow senders in {len(BEGINNINGS)} ways: {left} left; p95 of others {p95[0]:.1f} -> {p95[1]:.1f} ms")
    assert left == 0


def test_a_sender_that_drips_is_let_go_for_its_rate(context: Context, hasty: type[PatientProtocol]) -> None:
    with serving(context, hasty) as address:
        host, port = address.split(":")
        with socket.create_connection((host, int(port)), timeout=5) as one:
            one.sendall(HEAD + b"Content-Length: 100000\r\n\r\n")
            hung_up = False
            for _ in range(40):
                try:
                    one.sendall(b" ")
                    time.sleep(0.2)
                except OSError:
                    hung_up = True
                    break
    assert hung_up


def test_one_address_cannot_take_every_connection(context: Context, station_id: str) -> None:
    context.settings.connections_per_address_max = 50
    bare, proxied = (make_protocol(context.settings, is_proxied=one) for one in (False, True))
    with serving(context, bare) as address, slow_senders(address, 80) as sockets:
        time.sleep(0.3)
        assert count_open(sockets) <= 51
    with serving(context, proxied) as address, slow_senders(address, 80) as sockets:
        time.sleep(0.3)
        assert count_open(sockets) == 80


def test_a_body_of_150_mb_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, figure: Callable[[str], None]
) -> None:
    process = ServeProcess(tmp_path / "data", "--demo")
    phone = Phone(process.url).enrol(process.codes()["林小满"])
    phone.sync()
    before = process.resident_kib()

    def body() -> Iterator[bytes]:
        for _ in range(150):
            yield b" " * 1_048_576

    refused = 0
    for headers in ({"Content-Length": str(150 * 1_048_576)}, {}):
        try:
            answer = phone.http.post("/sync", content=body(), headers={"Content-Type": "application/json", **headers})
            refused += answer.status_code == 413
        except (httpx.WriteError, httpx.RemoteProtocolError):
            refused += 1  # the server hung up on the flood before it was all sent
    grown = process.resident_kib() - before
    phone.http.close()
    process.end()
    figure(f"150 MB announced and not: {refused} of 2 refused, {grown // 1024} MB more memory")
    assert (refused, grown < 20 * 1024) == (2, True)


def test_teeth_the_frameworks_own_protocol_keeps_slow_senders(context: Context, hasty: type[PatientProtocol]) -> None:
    with serving(context, "h11") as address, slow_senders(address, 20) as sockets:
        time.sleep(3)
        assert count_open(sockets) == 20


def test_teeth_without_the_cap_a_large_body_is_taken_in(context: Context, station_id: str) -> None:
    def refused() -> int:
        with serving(context, "h11") as address, httpx.Client(base_url=f"http://{address}") as client:
            headers = {"Content-Type": "application/json"}
            return client.post("/api/v1/sync", content=b" " * 3_000_000, headers=headers).status_code

    assert refused() == 413
    context.settings.json_bytes_max = 10**9
    assert refused() != 413

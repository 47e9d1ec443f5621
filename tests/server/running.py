"""A real server on a loopback port, in a thread of the test process."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from server.main import Server
from tests.server.postgresql import free_port


@contextmanager
def running(server: Server) -> Iterator[str]:
    """The base URL while it runs."""
    port = free_port()
    config = uvicorn.Config(
        server, host="127.0.0.1", port=port, log_level="critical", access_log=False, ws="none", lifespan="off"
    )
    runner = uvicorn.Server(config)
    thread = threading.Thread(target=runner.run, daemon=True)
    thread.start()
    while not runner.started and thread.is_alive():
        time.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        runner.should_exit = True
        thread.join(10)

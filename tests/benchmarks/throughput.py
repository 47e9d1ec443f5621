"""Saves a second that the server takes in durably: signed beforehand, pushed by several phones at once."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import random
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.benchmarks.households import make_visit
from tests.benchmarks.server_process import Served, served
from tests.benchmarks.wire import BrowserPhone, fill

PHONES = 8
SAVES_A_PHONE = 150
BATCH = 50


def measure_throughput() -> dict[str, Any]:
    """One save a request, as phones on a network do, and batches, as after a day without one. The clients share the CPU."""
    with served() as server:
        deputy = BrowserPhone(server.url).enrol(server.codes["沈若兰"])
        deputy.open_session()
        phones = [BrowserPhone(server.url).enrol(issue_code(deputy)) for _ in range(PHONES)]
        prepared = {batch: [prepare(phone, batch) for phone in phones] for batch in (1, BATCH)}
        return {
            "phones": PHONES,
            "one_by_one": push_all(server, phones, prepared[1]),
            f"batches_of_{BATCH}": push_all(server, phones, prepared[BATCH]),
        }


def issue_code(deputy: BrowserPhone) -> str:
    """A code for one more device of a worker."""
    worker = next(one for one in deputy.policy["people"] if [duty["duty"] for duty in one["duties"]] == ["worker"])
    answer = deputy.http.post("/enrolment/codes", json={"person_id": worker["person_id"]})
    answer.raise_for_status()
    return str(answer.json()["code"])


def push_all(server: Served, phones: list[BrowserPhone], prepared: list[list[bytes]]) -> dict[str, float]:
    started, worked = time.perf_counter(), cpu_seconds(server.pid)
    with ThreadPoolExecutor(PHONES) as pool:
        latencies = sorted(sum(pool.map(push, [server.port] * PHONES, phones, prepared), []))
    seconds = time.perf_counter() - started
    return {
        "saves_per_second": round(PHONES * SAVES_A_PHONE / seconds, 1),
        "server_cpu_ms_per_save": round((cpu_seconds(server.pid) - worked) * 1000 / (PHONES * SAVES_A_PHONE), 2),
        "request_ms_p50": round(latencies[len(latencies) // 2] * 1000, 1),
        "request_ms_p95": round(latencies[len(latencies) * 95 // 100] * 1000, 1),
    }


def cpu_seconds(pid: int) -> float:
    """What the server has used so far: steadier than wall time where neighbours share the machine (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def prepare(phone: BrowserPhone, batch: int) -> list[bytes]:
    """Bodies of the requests, signed and packed before the clock starts: visits to the phone's own 20 households."""
    rng = random.Random(phone.replica)
    files = fill(phone, 20)
    saves = [phone.save(rng.choice(files), make_visit(rng)).to_json() for _ in range(SAVES_A_PHONE)]
    cursor = phone.sync()["cursor"]
    return [
        gzip.compress(json.dumps({"push": saves[at : at + batch], "cursor": cursor, "limit": 1}).encode())
        for at in range(0, len(saves), batch)
    ]


def push(port: int, phone: BrowserPhone, bodies: list[bytes]) -> list[float]:
    """Seconds each request took; every save must be accepted."""
    cookies = "; ".join(f"{name}={value}" for name, value in phone.http.cookies.items())
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip", "Cookie": cookies}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    latencies = []
    for body in bodies:
        started = time.perf_counter()
        connection.request("POST", "/api/v1/sync", body, headers)
        answer = connection.getresponse()
        content = answer.read()
        latencies.append(time.perf_counter() - started)
        verdicts = json.loads(content)["verdicts"] if answer.status == 200 else []
        if not verdicts or not all('"status":"accepted"' in verdict["body"] for verdict in verdicts):
            raise RuntimeError(f"{answer.status}: {content[:300]!r}")
    connection.close()
    return latencies

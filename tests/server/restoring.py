"""A server whose database is put back to an older copy while devices of flesh and blood, so to speak, go on."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import httpx

from schemas.registry import find_kind
from server.accounts import rules as accounts
from server.context import Context
from server.main import Server, prepare
from server.settings import Settings
from server.station import rules as stations
from server.station.founding import DEMO_FILE, found_station, read_plan
from sync.device.device import Device
from sync.device.report import SyncReport
from sync.device.transport import HttpTransport
from tests.server.phone import Phone
from tests.server.postgresql import Cluster
from tests.server.running import running

PASSPHRASE = "correct horse 990"


class Copies(Protocol):
    """How a backup of the database is made and put back while no server runs."""

    url: str

    def copy(self) -> None: ...

    def put_back(self) -> None: ...


class SqliteCopies:
    def __init__(self, folder: Path) -> None:
        self.path = folder / "data" / "db" / "yihu.sqlite3"
        self.url = f"sqlite:///{self.path}"
        self._kept = folder / "backup.sqlite3"

    def copy(self) -> None:
        shutil.copy(self.path, self._kept)

    def put_back(self) -> None:
        for ending in ("-wal", "-shm"):
            Path(f"{self.path}{ending}").unlink(missing_ok=True)
        shutil.copy(self._kept, self.path)


class PostgresqlCopies:
    def __init__(self, cluster: Cluster, name: str) -> None:
        self._cluster, self._name = cluster, name
        self.url = cluster.create_database(name, "empty")

    def copy(self) -> None:
        self._cluster.drop_database(f"{self._name}_kept")
        self._cluster.create_database(f"{self._name}_kept", self._name)

    def put_back(self) -> None:
        self._cluster.drop_database(self._name)
        self._cluster.create_database(self._name, f"{self._name}_kept")


class World:
    """One station, its server (started and stopped at will) and its devices."""

    def __init__(self, folder: Path, copies: Copies) -> None:
        self.folder, self.copies = folder, copies
        self.settings = Settings(data=folder / "data", database_url=copies.url, pwa_dist=folder / "dist")
        self.devices: list[Device] = []
        with self.context() as context:
            self.station = context.database.write(
                lambda session: found_station(
                    session, context.keyring, read_plan(DEMO_FILE), context.now(), is_demo=True
                )
            )

    @contextmanager
    def context(self) -> Iterator[Context]:
        opened = prepare(self.settings)
        try:
            yield opened
        finally:
            opened.database.close()

    @contextmanager
    def serving(self) -> Iterator[Context]:
        """The server runs; every device reaches it."""
        with self.context() as context, running(Server(context)) as url:
            for device in self.devices:
                connect(device, url)
            self.url = url
            yield context

    def issue(self, context: Context, person: str) -> str:
        """A code for one more device of a person."""

        def work(session: accounts.Session) -> str:
            epoch = stations.get_epoch(session, self.station)
            people = accounts.list_people(session, context.keyring, self.station, epoch, 100)
            person_id = next(one.person_id for one in people if one.name == person)
            return accounts.issue_code(
                session, context.keyring, context.settings, self.station, person_id, None, context.now()
            )[0]

        return context.database.write(work)

    def enrol(self, context: Context, person: str) -> Device:
        home = self.folder / f"device{len(self.devices)}"
        device = Device.enrol(home, self.issue(context, person), PASSPHRASE, rules_of, origin=self.url)
        self.devices.append(device)
        return device

    def close(self) -> None:
        for device in self.devices:
            device.close()


def reconnect(phone: Phone, world: World) -> None:
    phone.http.close()
    phone.http = httpx.Client(base_url=f"{world.url}/api/v1", timeout=30)
    phone.open_session()


def connect(device: Device, url: str) -> None:
    device.transport.close()
    device.transport = HttpTransport(url)


def rules_of(name: str) -> dict[str, Any] | None:
    kind = find_kind(name)
    return kind.rules() if kind else None


def put(path: str, value: Any) -> dict[str, Any]:
    return {"op": "set", "path": path, "value": value}


def make_households(device: Device, count: int) -> list[str]:
    scope = device.policy["scopes"][0]["id"]
    return [device.create_file("household", scope, [put("phone", "13900000990")])[0] for _ in range(count)]


def visit(device: Device, files: Sequence[str], count: int) -> list[str]:
    """That many saves, spread over the files, each from its form as it was opened first."""
    views = [device.open_file(file) for file in files[:count]]
    return [
        device.save(views[number % len(views)], [put("phone", f"1390000{number % 10_000:04d}")])
        for number in range(count)
    ]


def sync_all(devices: Sequence[Device], rounds: int = 2) -> list[SyncReport]:
    """Every device in turn, so that the last one's words reach the first too. The reports of the first round."""
    reports = [[device.sync() for device in devices] for _ in range(rounds)]
    for report in reports[-1]:
        assert report.problem is None, report
        assert report.complete, report
        assert report.differing == []
    return reports[0]

"""T-16, T-17: blackmailers with all that the server has take no backup away; from a keeper the station is rebuilt, whole.

The keeper is a process of its own. The attack has the server's token, and a process under another user on the keeper's very host.
"""

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy.exc import DBAPIError

from server.accounts import rules as accounts
from server.backup import keeper as keeping
from server.backup.keeper import Keeper
from server.context import Context
from server.log.verification import verify_station
from server.main import Server, prepare
from server.settings import Settings
from server.station.founding import DEMO_FILE, found_station, read_plan
from tests.server.phone import Phone, new_id, set_phone
from tests.server.postgresql import Cluster, free_port
from tests.server.running import running
from tests.server.test_photos import photo, upload

NOBODY = 65_534


def yihu(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "server.command.main", *words], capture_output=True, text=True, timeout=120
    )


@pytest.fixture
def make_phone_at() -> Iterator[Callable[[str], Phone]]:
    phones: list[Phone] = []

    def make(address: str) -> Phone:
        phones.append(Phone(address))
        return phones[-1]

    yield make
    for phone in phones:
        phone.http.close()


def issue_code(context: Context, station: str, name: str) -> str:
    def work(session: accounts.Session) -> str:
        person = next(
            one for one in accounts.list_people(session, context.keyring, station, 1, 100) if one.name == name
        )
        return accounts.issue_code(
            session, context.keyring, context.settings, station, person.person_id, None, context.now()
        )[0]

    return context.database.write(work)


@pytest.fixture
def keepers(tmp_path: Path) -> Iterator[list[tuple[str, Path]]]:
    """Two of them, in two places."""
    running, found = [], []
    for name in ("one", "two"):
        port, folder = free_port(), tmp_path / f"keeper-{name}"
        process = subprocess.Popen(
            [sys.executable, "-m", "server.command.main", "backup", "keep", "--folder", str(folder), "--port", str(port)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        running.append(process)
        found.append((f"http://127.0.0.1:{port}", folder))
    for address, _folder in found:
        _wait_for(address)
    yield found
    for process in running:
        process.kill()
        process.wait()


def _wait_for(address: str) -> None:
    host, port = address.removeprefix("http://").split(":")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(address)


def send(context: Context, *keepers: tuple[str, Path]) -> subprocess.CompletedProcess[str]:
    token = context.settings.data / "adding.token"
    shutil.copy(keepers[0][1] / "adding.token", token)
    place = ["--data", str(context.settings.data), "--database-url", context.settings.resolved_database_url()]
    return yihu("backup", "send", *[address for address, _ in keepers], "--token", str(token), *place)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def attack(address: str, token: str, folder: Path) -> int:
    """Everything that the server's own token can try; how many tries. Nothing of it may take anything away."""
    tries = 0
    with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=20) as client:
        names = [f"/{one.parent.name}/{one.name}" for one in folder.rglob("*") if one.parent.name in ("pieces", "sets")]
        for name in names:
            for method in ("DELETE", "PATCH", "POST", "MOVE", "PUT", "GET"):
                answer = client.request(method, name, content=b"encrypted" * 100)
                assert answer.status_code in (403, 405, 409, 422, 501), (method, name, answer.status_code)
                tries += 1
        for path in ("/pieces/../sets/x", "/sets/../../adding.token", "/sets/..%2f..%2freading.token", "/pieces/", "/"):
            for method in ("GET", "PUT", "DELETE"):
                assert client.request(method, path, content=b"x").status_code in (403, 404, 405, 501)
                tries += 1
        assert client.put(f"/pieces/{'0' * 64}", content=b"x" * (keeping.PIECE_BYTES_MAX + 1)).status_code == 413
    return tries + 1


def attack_files(folder: Path) -> str:
    """The same from a process under another user on the keeper's host; what it could do."""
    code = (
        "import os, shutil, sys\nos.setgid(65534); os.setuid(65534)\nshutil.rmtree(sys.argv[1], ignore_errors=True)\n"
        "try:\n open(os.path.join(sys.argv[1], 'x'), 'w'); print('wrote')\nexcept OSError as error:\n print(type(error).__name__)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, timeout=60)
    return done.stdout.strip()


def test_with_all_that_the_server_has_no_backup_is_taken_away_and_the_station_is_rebuilt(
    worker: Phone, context: Context, station_id: str, keepers: list[tuple[str, Path]], tmp_path: Path,
    figure: Callable[[str], None],
) -> None:  # fmt: skip
    file = new_id()
    for number in range(40):
        worker.push(worker.save(file, [set_phone(f"1350000{number:04}")]))
    assert upload(worker, file, photo()).status_code == 204
    (keepers[1][1] / "adding.token").write_text((keepers[0][1] / "adding.token").read_text())
    sent = send(context, keepers[0])
    assert sent.returncode == 0, sent.stdout + sent.stderr
    before = contents(keepers[0][1])
    tries = attack(keepers[0][0], (keepers[0][1] / "adding.token").read_text(), keepers[0][1])
    # As root the whole folder is tried as another user too; otherwise this process is the keeper's own user and proves nothing.
    other = attack_files(keepers[0][1]) if os.getuid() == 0 else "PermissionError"
    assert other == "PermissionError"
    assert contents(keepers[0][1]) == before
    keys = tmp_path / "apart.keys"
    shutil.copy(context.settings.resolved_key_file(), keys)
    for path in [*context.settings.files_folder().rglob("*"), Path(context.settings.resolved_database_url()[10:])]:
        if path.is_file():
            path.write_bytes(os.urandom(512))  # the blackmailers' work
    started = time.monotonic()
    rebuilt = tmp_path / "rebuilt"
    done = yihu(
        "backup", "fetch", keepers[0][0], "--token", str(keepers[0][1] / "reading.token"), "--into", str(rebuilt)
    )
    assert done.returncode == 0, done.stdout + done.stderr
    seconds = time.monotonic() - started
    again = prepare(Settings(data=rebuilt, key_file=keys))
    verified = again.database.read(lambda session: verify_station(session, again.keyring, station_id))
    again.database.close()
    assert (verified.findings, verified.changes) == ([], 40)
    assert contents(rebuilt / "files")
    figure(
        f"{tries} hostile requests and one hostile user: 0 bytes of the backup changed; rebuilt in {seconds:.1f} s, 40 of 40 changes verified"
    )


@pytest.fixture
def on_postgresql(cluster: Cluster, tmp_path: Path) -> Iterator[Context]:
    """A station in a PostgreSQL database of its own, with forty changes in it."""
    url = cluster.create_database(f"live{new_id()}", "empty")
    settings = Settings(data=tmp_path / "pg-data", database_url=url, pwa_dist=tmp_path / "none")
    opened = prepare(settings)
    context = Context(settings, opened.database, opened.keyring, opened.blobs)
    yield context
    opened.database.close()


def test_on_postgresql_the_station_is_rebuilt_from_a_dump_that_nobody_could_take_away(
    on_postgresql: Context, cluster: Cluster, keepers: list[tuple[str, Path]], tmp_path: Path,
    make_phone_at: Callable[[str], Phone], figure: Callable[[str], None],
) -> None:  # fmt: skip
    context = on_postgresql
    station = context.database.write(
        lambda session: found_station(session, context.keyring, read_plan(DEMO_FILE), context.now())
    )
    with running(Server(context)) as address:
        phone = make_phone_at(address).enrol(issue_code(context, station, "林小满"))
        file = new_id()
        for number in range(40):
            phone.push(phone.save(file, [set_phone(f"1350000{number:04}")]))
        assert upload(phone, file, photo()).status_code == 204
        sent = send(context, keepers[0])
    assert sent.returncode == 0, sent.stdout + sent.stderr
    before = contents(keepers[0][1])
    tries = attack(keepers[0][0], (keepers[0][1] / "adding.token").read_text(), keepers[0][1])
    assert contents(keepers[0][1]) == before
    assert not any(b"1350000" in piece for piece in before.values())
    keys = tmp_path / "apart.keys"
    shutil.copy(context.settings.resolved_key_file(), keys)
    live = str(context.settings.database_url)
    context.database.close()
    cluster.drop_database(live.rsplit("/", 1)[1])  # the blackmailers' work
    empty = cluster.create_database(f"again{new_id()}")
    started = time.monotonic()
    fetched = ["backup", "fetch", keepers[0][0], "--token", str(keepers[0][1] / "reading.token")]
    done = yihu(*fetched, "--into", str(tmp_path / "rebuilt"), "--database-url", empty)
    assert done.returncode == 0, done.stdout + done.stderr
    seconds = time.monotonic() - started
    again = prepare(Settings(data=tmp_path / "rebuilt", database_url=empty, key_file=keys))
    verified = again.database.read(lambda session: verify_station(session, again.keyring, station))
    with pytest.raises(DBAPIError):  # the guard of the audit record came along
        again.database.write(lambda session: session.connection().exec_driver_sql("DELETE FROM audit_entry"))
    again.database.close()
    assert (verified.findings, verified.changes) == ([], 40)
    # Nothing is put over what is there.
    twice = yihu(*fetched, "--into", str(tmp_path / "twice"), "--database-url", empty)
    assert twice.returncode == 1
    assert "as it was" in twice.stdout
    figure(
        f"PostgreSQL: {tries} hostile requests, 0 bytes changed; dump put back in {seconds:.1f} s, 40 of 40 changes verified"
    )


def test_one_place_burns_and_the_other_has_it_all(
    worker: Phone, context: Context, keepers: list[tuple[str, Path]], tmp_path: Path
) -> None:
    worker.push(worker.save(new_id(), [set_phone("13500000001")]))
    shutil.copy(keepers[0][1] / "adding.token", keepers[1][1] / "adding.token")
    assert send(context, keepers[0]).returncode == 0
    other = Keeper(("127.0.0.1", 0), tmp_path / "third", (keepers[0][1] / "adding.token").read_text(), "reading")
    threading.Thread(target=other.serve_forever, daemon=True).start()
    second = (f"http://127.0.0.1:{other.server_port}", tmp_path / "third")
    assert send(context, keepers[0], second).returncode == 0
    shutil.rmtree(keepers[0][1] / "pieces")
    token = tmp_path / "reading.token"
    token.write_text("reading")
    done = yihu("backup", "fetch", second[0], "--token", str(token), "--into", str(tmp_path / "from-second"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "from-second" / "db" / "yihu.sqlite3").stat().st_size > 0
    other.shutdown()
    other.server_close()


def test_a_backup_that_stopped_is_an_alarm(worker: Phone, context: Context, keepers: list[tuple[str, Path]]) -> None:
    token = str(keepers[0][1] / "adding.token")
    assert yihu("backup", "age", keepers[0][0], "--token", token).returncode == 1  # never made
    context.settings.data.mkdir(parents=True, exist_ok=True)
    assert send(context, keepers[0]).returncode == 0
    assert yihu("backup", "age", keepers[0][0], "--token", token).returncode == 0
    late = yihu("backup", "age", keepers[0][0], "--token", token, "--hours", "0.00000001")
    assert (late.returncode, "no backup within" in late.stdout) == (1, True)
    gone = yihu("backup", "age", "http://127.0.0.1:1", "--token", token)
    assert gone.returncode == 1


def test_teeth_a_keeper_that_overwrites_loses_the_backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a keeper like any upload folder, the server's token is enough to spoil what is there."""
    monkeypatch.setattr(keeping, "_add", lambda path, content: bool(path.write_bytes(content)) or True)
    careless = Keeper(("127.0.0.1", 0), tmp_path / "careless", "adding", "reading")
    threading.Thread(target=careless.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{careless.server_port}"
    name = "/sets/20261122T000000Z-00000000"
    with httpx.Client(base_url=address, headers={"Authorization": "Bearer adding"}) as client:
        assert client.put(name, content=b"good").status_code == 201
    with pytest.raises(AssertionError):
        attack(address, "adding", tmp_path / "careless")
    assert (tmp_path / "careless" / name[1:]).read_bytes() != b"good"
    careless.shutdown()
    careless.server_close()

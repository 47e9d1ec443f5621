"""T-19 continued: sqlmap asks through every kind of parameter, with a full session, whether text of its own reaches SQL: nowhere."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from server.context import Context
from server.main import Server
from tests.security.conftest import IS_LONG
from tests.server.phone import Phone, new_id, set_phone
from tests.server.running import running


@dataclass(frozen=True)
class Door:
    """One call; `*` marks where sqlmap puts its words (it also tries those of the JSON by itself)."""

    path: str
    body: str = ""


def doors(file: str, change: str) -> list[Door]:
    """One of each kind of parameter that reaches a statement: path, query, JSON text, list, cursor."""
    found = [
        Door("/api/v1/review?after=0*&limit=5"),
        Door(f"/api/v1/review/{change}*"),
        Door(f"/api/v1/devices/{file}*/held"),
        Door("/api/v1/sync", json.dumps({"cursor": "a*", "limit": 5})),
        Door("/api/v1/have", json.dumps({"files": {f"{file}*": change}})),
    ]
    more = [
        Door(f"/api/v1/attachments/{file}*/{change}"),
        Door("/api/v1/audit?after=0*"),
        Door("/api/v1/enrolment/look", json.dumps({"code": "7K3M-Q9TX-2B4D-W8RC*"})),
        Door("/api/v1/log/inclusion", json.dumps({"positions": ["1*"], "size": 1})),
        Door("/api/v1/grants", json.dumps({"file": f"{file}*", "reason": "因为*", "until_at": 1})),
        Door(
            "/api/v1/people", json.dumps({"name": "石大山*", "duties": [{"duty": "worker*", "scopes": [f"{file}*"]}]})
        ),
        Door("/api/v1/erasures", json.dumps({"file": f"{file}*", "reason": "因为撤回*"})),
    ]
    return found + more if IS_LONG else found


def ask(url: str, door: Door, cookies: str, folder: Path) -> str:
    """What sqlmap says of a door."""
    command = [
        str(Path(sys.executable).with_name("sqlmap")), "-u", url + door.path, "--cookie", cookies, "--batch", "--flush-session",
        "--output-dir", str(folder), "--level", "3" if IS_LONG else "1", "--risk", "2" if IS_LONG else "1", "--technique",
        "BEUST" if IS_LONG else "BE", "--dbms", "sqlite", "--timeout", "10", "--retries", "1", "--disable-coloring",
        "--skip", "cookie", "--ignore-code", "*", "--threads", "2",
    ]  # fmt: skip
    command += ["--data", door.body, "--header", "Content-Type: application/json"] if door.body else []
    done = subprocess.run(command, capture_output=True, text=True, timeout=1_200 if IS_LONG else 150, cwd=folder)
    return done.stdout + done.stderr


def is_injectable(said: str) -> bool:
    return "identified the following injection point" in said


@pytest.fixture
def roomy(context: Context) -> None:
    context.settings.enrolment_tries_per_address_max = context.settings.password_tries_per_address_max = 10**6


def test_no_parameter_reaches_sql(
    roomy: None, base_url: str, worker: Phone, head: Phone, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    file = new_id()
    [verdict] = worker.push(worker.save(file, [set_phone("13500000001")]))
    cookies = "; ".join(f"{name}={value}" for name, value in head.http.cookies.items())
    asked = doors(file, verdict.change)
    found = {}
    for door in asked:
        said = ask(base_url, door, cookies, tmp_path)
        assert re.search(r"testing (?:connection|if|')|all tested parameters do not appear", said), said[-1500:]
        found[door.path] = is_injectable(said)
    figure(f"sqlmap: {len(asked)} calls, {sum(found.values())} with a parameter that reaches SQL")
    assert [path for path, is_open in found.items() if is_open] == []


class Careless:
    """The server beside a call whose statement is put together from text."""

    def __init__(self, context: Context) -> None:
        self.context, self.server = context, Server(context)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("path") != "/api/v1/careless":
            await self.server(scope, receive, send)
            return
        wanted = Request(scope).query_params.get("file", "")
        statement = text(f"SELECT station_id FROM station WHERE station_id = station_id AND 1 = {wanted}")  # noqa: S608
        try:
            rows = self.context.database.read(lambda session: session.execute(statement).fetchall())
            say = "The station was found and these are its words. " * 20 if rows else "There is nothing here."
            await JSONResponse({"rows": len(rows), "say": say})(scope, receive, send)
        except Exception as error:
            await JSONResponse({"error": str(error)}, 500)(scope, receive, send)


@pytest.fixture
def careless(context: Context, station_id: str) -> Iterator[str]:
    with running(Careless(context)) as url:  # type: ignore[arg-type]
        yield url


def test_teeth_a_statement_put_together_from_text_is_found(careless: str, tmp_path: Path) -> None:
    assert is_injectable(ask(careless, Door("/api/v1/careless?file=1*"), "", tmp_path))

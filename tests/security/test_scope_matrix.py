"""T-2: every route of OpenAPI x every kind of caller x own patch, other patch, other station x every state of a record.

The routes come from the server's own description, so a new route is in the matrix the day it is written. A cell is one caller at one
route with one placement and state; it leaks when the answer holds a text that the caller may not be told, or when the call moved
something the caller may not move.
"""

import gzip
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from PIL import Image

from server.context import Context
from server.feed.cursors import write_cursor
from server.main import create_app
from tests.security.scope_world import CALLERS, DECIDERS, PLACEMENTS, STATES, Builder, Secret, World
from tests.server.phone import Phone

Query = Callable[[str], list[Any]]
# What nobody may move without a duty that decides: verdicts, devices, duties, people, codes.
WATCHED = {
    "change": "SELECT change_id, status FROM change WHERE station_id = '{station}' ORDER BY change_id",
    "replica": "SELECT replica, revoked_at FROM replica WHERE station_id = '{station}' ORDER BY replica",
    "duty": "SELECT grant_id, duty, scope, until_epoch FROM duty_grant WHERE station_id = '{station}' ORDER BY grant_id",
    "account": "SELECT person_id, until_at FROM person WHERE station_id = '{station}' ORDER BY person_id",
    "person": "SELECT person_id, disabled_at FROM person WHERE station_id = '{station}' ORDER BY person_id",
    "code": "SELECT count(*) FROM enrolment_code WHERE station_id = '{station}'",
    "import": "SELECT count(*) FROM ledger_import WHERE station_id = '{station}'",
    "admin": "SELECT person_id, role FROM admin_role WHERE station_id = '{station}' ORDER BY person_id",
}


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    parameters: tuple[str, ...]
    body: dict[str, Any] | None

    @property
    def names_something(self) -> bool:
        return bool(self.parameters) or self.body is not None


@dataclass(frozen=True)
class Leak:
    caller: str
    route: str
    placement: str
    state: str
    what: str


@pytest.fixture
def world(context: Context, make_phone: Callable[[], Phone], base_url: str) -> World:
    return Builder(context, make_phone).build()


def list_routes(document: dict[str, Any]) -> list[Route]:
    routes = []
    for path, item in document["paths"].items():
        for method, operation in item.items():
            named = tuple(one["name"] for one in operation.get("parameters", []) if one["in"] == "path")
            content = operation.get("requestBody", {}).get("content", {})
            schema = content.get("application/json", {}).get("schema")
            routes.append(Route(method.upper(), path.removeprefix("/api/v1"), named, schema))
    return routes


class Asker:
    """Asks one route as one caller about the things of one placement and state."""

    def __init__(self, context: Context, world: World) -> None:
        self.world = world
        self.document = create_app(context).openapi()
        self.routes = list_routes(self.document)

    def ask(self, phone: Phone, route: Route, placement: str, state: str) -> httpx.Response:
        objects = self.world.objects[(placement, state)]
        path = re.sub(r"\{(\w+)\}", lambda found: str(objects.get(found[1], "0" * 32)), route.path)
        given: dict[str, Any] = {}
        if route.body is not None:
            given["json"] = self._fill(route.body, "", objects)
        if route.path == "/attachments":
            given["headers"] = {"Upload-Length": "10", "Upload-Metadata": "file MA=="}
        if route.method == "PATCH":
            given["headers"] = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
            given["content"] = b"x"
        return phone.http.request(route.method, path, **given)

    def _fill(self, schema: dict[str, Any], name: str, objects: dict[str, Any]) -> Any:
        """The least value that the schema takes, with the placement's own ids wherever a member is called like one."""
        while "$ref" in schema:
            schema = self.document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        if name == "cursor":
            return write_cursor({objects["cursor_scope"]: 0})
        if name in objects and schema.get("type") != "object":
            return objects[name]
        for choice in ("anyOf", "oneOf", "allOf"):
            if choice in schema:
                return self._fill(schema[choice][0], name, objects)
        if "const" in schema or "enum" in schema:
            return schema.get("const", (schema.get("enum") or [None])[0])
        kind = schema.get("type")
        if kind == "object":
            wanted = set(schema.get("required", [])) | (set(schema.get("properties", {})) & {*objects, "cursor"})
            return {one: self._fill(schema["properties"][one], one, objects) for one in sorted(wanted)}
        if kind == "array":
            return [self._fill(schema["items"], name, objects)] if schema.get("minItems") else []
        if kind == "integer":
            return max(1, schema.get("minimum", 1))
        if kind == "boolean":
            return True
        if kind == "string" and (found := re.fullmatch(r"\^\[.*\]\{(\d+)(?:,\d+)?\}\$", schema.get("pattern", ""))):
            return "0" * int(found[1])
        return "理由"


def told(answer: httpx.Response) -> str:
    content = answer.content
    if content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    text = content.decode("utf-8", errors="replace") + "\n".join(answer.headers.values())
    if content[:4] == b"\x89PNG":
        text += Image.open(io.BytesIO(content)).convert("RGB").tobytes().decode("utf-8", errors="replace")
    # Envelopes are JSON inside JSON; an office file is a zip.
    if content[:2] == b"PK":
        import zipfile

        with zipfile.ZipFile(io.BytesIO(content)) as book:
            text += "".join(book.read(name).decode("utf-8", errors="replace") for name in book.namelist())
    return text + json.dumps(text).encode().decode("unicode_escape", errors="replace") if "\\u" in text else text


def snapshot(query: Query, world: World, names: tuple[str, ...] = tuple(WATCHED)) -> dict[tuple[str, str], list[Any]]:
    return {
        (place, name): [tuple(row) for row in query(WATCHED[name].format(station=station))]
        for place, station in world.stations.items()
        for name in names
    }


# Whoever wrote a change may put it away themselves, when they have entered its words again.
AUTHORS = {"worker", "west worker"}
# What an administrator moves at home: the one for machines revokes devices, the one for security ends accounts.
POWERS = {
    ("system", "/devices/{replica}/revoke"): {"replica"},
    ("security", "/people/{person_id}/account"): {"account", "person", "duty", "replica"},
}


def may_move(caller: str, route: Route, place: str, name: str) -> bool:
    if route.path.endswith("/dismiss") and caller in AUTHORS:
        return (place, name) == ("home", "change")
    if place == "home" and name in POWERS.get((caller, route.path), set()):
        return True
    return caller in (DECIDERS["abroad"] if place == "abroad" else DECIDERS["west"] | DECIDERS["east"])


def walk(
    asker: Asker, world: World, query: Query, callers: tuple[str, ...] = CALLERS
) -> Iterator[tuple[int, list[Leak]]]:
    """Goes through the matrix; yields cells looked at and leaks found, route by route and caller by caller."""
    for caller in callers:
        phone = world.callers[caller]
        hidden = [secret for secret in world.secrets if caller not in secret.may]
        for route in sorted(asker.routes, key=lambda one: (one.method == "DELETE", one.path, one.method)):
            is_reading = route.method in ("GET", "HEAD")
            before = {} if is_reading else snapshot(query, world)
            cells, leaks = 0, []
            about = [(placement, state) for placement in PLACEMENTS for state in STATES]
            for placement, state in about if route.names_something else about[:1]:
                answer = asker.ask(phone, route, placement, state)
                assert answer.status_code < 500, (caller, route, answer.text)
                cells += 1 if route.names_something else len(about)
                leaks += find_told(caller, route, placement, state, told(answer), hidden)
            after = {} if is_reading else snapshot(query, world)
            leaks += [
                Leak(caller, f"{route.method} {route.path}", place, "any", f"moved {name}")
                for (place, name), rows in after.items()
                if rows != before[(place, name)] and not may_move(caller, route, place, name)
            ]
            if route.path == "/sessions/read" and caller not in ("anonymous", "locked", "revoked"):
                assert phone.open_session("read").status_code == 201
            yield cells, leaks


def find_told(caller: str, route: Route, placement: str, state: str, text: str, hidden: list[Secret]) -> list[Leak]:
    return [
        Leak(caller, f"{route.method} {route.path}", placement, state, f"{secret.placement} {secret.state}")
        for secret in hidden
        if secret.text in text
    ]


def add_up(walked: Iterator[tuple[int, list[Leak]]]) -> tuple[int, list[Leak]]:
    cells, leaks = 0, []
    for more, found in walked:
        cells += more
        leaks += found
    return cells, leaks


@pytest.mark.timeout(1_500)
def test_no_cell_of_the_matrix_leaks(
    context: Context, world: World, query: Query, figure: Callable[[str], None]
) -> None:
    asker = Asker(context, world)
    cells, leaks = add_up(walk(asker, world, query))
    figure(
        f"{cells} cells: {len(asker.routes)} routes x {len(CALLERS)} callers x {len(PLACEMENTS)} placements x "
        f"{len(STATES)} states, {len(world.secrets)} marked texts, {len(leaks)} leaks"
    )
    assert sorted(set(map(str, leaks))) == []
    assert cells == len(asker.routes) * len(CALLERS) * len(PLACEMENTS) * len(STATES)


def test_whoever_may_read_is_told(context: Context, world: World) -> None:
    """The matrix would also be silent about a server that tells nobody anything."""
    asker = Asker(context, world)
    for caller in ("worker", "west worker", "deputy", "head", "stranger"):
        heard = ""
        for route in asker.routes:
            if route.method == "GET" or route.path == "/sync":
                for placement in PLACEMENTS:
                    heard += told(asker.ask(world.callers[caller], route, placement, "accepted"))
        world.callers[caller].cursor = None
        heard += json.dumps(world.callers[caller].pull_all(), ensure_ascii=False)
        own = [
            one
            for one in world.secrets
            if caller in one.may and one.state in ("accepted", "patch", "village", "photo", "restricted")
        ]
        missed = [(one.placement, one.state) for one in own if one.text not in heard]
        allowed = {(placement, "patch") for placement in PLACEMENTS} if caller == "west worker" else set()
        assert [one for one in missed if one not in allowed] == [], caller


def test_teeth_one_lost_station_filter_is_found(
    context: Context, world: World, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    from server.feed import queries, rules
    from server.feed.tables import Pack

    def find(session: Any, _caller: Any, pack_id: str) -> Pack | None:
        from sqlmodel import select

        return session.exec(select(Pack).where(Pack.pack_id == pack_id, Pack.station_id != "")).first()  # type: ignore[no-any-return]

    assert queries.find_pack is not None
    monkeypatch.setattr(rules, "find_readable_pack", find)
    monkeypatch.setattr("tests.server.station_rule.TENANT_TABLES", set())
    asker = Asker(context, world)
    asker.routes = [route for route in asker.routes if route.path == "/packs/{pack_id}"]
    _cells, leaks = add_up(walk(asker, world, query, ("worker",)))
    assert {leak.placement for leak in leaks} >= {"west"}


def test_teeth_a_scope_taken_on_the_cursors_word_is_found(
    context: Context, world: World, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    from server.devices.rules import Caller

    every = tuple({objects["scope"] for objects in world.objects.values()})
    monkeypatch.setattr(Caller, "scopes", property(lambda _caller: every))
    asker = Asker(context, world)
    asker.routes = [route for route in asker.routes if route.path in ("/sync", "/packs/{pack_id}")]
    _cells, leaks = add_up(walk(asker, world, query, ("worker",)))
    assert leaks


def test_teeth_a_drawer_that_opens_to_every_duty_is_found(
    context: Context, world: World, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.accounts.rules.DRAWER_DUTIES", ("head", "deputy", "worker"))
    asker = Asker(context, world)
    asker.routes = [route for route in asker.routes if route.path in ("/sync", "/packs/{pack_id}", "/have")]
    _cells, leaks = add_up(walk(asker, world, query, ("worker", "colleague")))
    assert {(leak.caller, leak.what) for leak in leaks} >= {
        ("worker", "east restricted"),
        ("colleague", "east restricted"),
    }


def test_teeth_a_decision_without_the_duty_is_found(
    context: Context, world: World, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    from server.devices.rules import Caller

    monkeypatch.setattr(Caller, "has_duty", lambda *_given, **_named: True)
    asker = Asker(context, world)
    asker.routes = [
        route for route in asker.routes if route.path.startswith(("/devices", "/review", "/enrolment/codes"))
    ]
    _cells, leaks = add_up(walk(asker, world, query, ("worker", "idle")))
    assert any(leak.what.startswith("moved") for leak in leaks)

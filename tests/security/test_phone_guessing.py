"""T-1b: a stolen phone and a patient thief. He cracks the PIN (granted: a million tries are hours), reads today's route, and tries all that
he learnt against the rest, offline and at the server, with the phone's own cookies. The rest never opens.
"""

import copy
import json
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from sync.change import from_base64url, to_base64url
from tests.security.canaries import NAMES, NOTES, NUMBERS, PHONES
from tests.security.cracker import Cracker, derive, expand
from tests.security.phone_image import fill_station, play
from tests.server.test_process import ServeProcess

PIN, PASSWORD = "739184", "晚饭吃了三大碗米饭呀"
MILLION = 1_000_000


@dataclass
class Scene:
    server: ServeProcess
    data: Path
    stores: dict[str, Any]
    cookies: dict[str, str]
    field_code: str
    files: list[str]

    @property
    def replica(self) -> str:
        return str(next(name for name in self.stores if name.startswith("yihu-"))).removeprefix("yihu-")

    def thief(self) -> httpx.Client:
        client = httpx.Client(base_url=f"{self.server.url}/api/v1", timeout=60)
        for name, value in self.cookies.items():
            client.cookies.set(name, value, domain="127.0.0.1", path="/")
        return client

    def let_the_wait_pass(self) -> None:
        """Half an hour later, without waiting for it."""
        database = sqlite3.connect(self.data / "db" / "yihu.sqlite3", timeout=30)
        database.execute("UPDATE vault_share SET wait_until = NULL")
        database.commit()
        database.close()


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("guessed")
    server = ServeProcess(folder / "data", "--demo")
    try:
        households = fill_station(server, list(zip(NAMES, NUMBERS, PHONES, NOTES, strict=True)))
        given = {
            "link": f"{server.url}/enrol#{server.codes()['林小满']}", "origin": server.url, "pin": PIN,
            "password": PASSWORD, "households": [vars(one) for one in households], "names": NAMES,
            "image": str(folder / "image"), "out": str(folder / "out.json"),
        }  # fmt: skip
        play("proof_guessed_phone", given, folder)
        out = json.loads((folder / "out.json").read_text("utf-8"))
        files = [one.file for one in households]
        yield Scene(server, folder / "data", out["stores"], out["cookies"], out["fieldCode"], files)
    finally:
        server.end()


def asking(client: httpx.Client, replica: str, told: list[str]) -> Callable[[bytes], bytes | None]:
    def ask(auth: bytes) -> bytes | None:
        answer = client.post("/vault/share", json={"replica": replica, "auth": to_base64url(auth)})
        told.append(answer.json().get("code", "share"))
        return from_base64url(answer.json()["share"]) if answer.status_code == 200 else None

    return ask


def test_the_tool_opens_what_it_has_the_secrets_of(scene: Scene) -> None:
    """A cracker that opens nothing would prove nothing."""
    by_code = Cracker(copy.deepcopy(scene.stores))
    assert by_code.crack_main([scene.field_code], lambda auth: None)
    by_code.read_files()
    secrets = by_code.states["secrets"]
    assert secrets
    told: list[str] = []
    by_password = Cracker(copy.deepcopy(scene.stores))
    with scene.thief() as thief:
        assert by_password.open_with_password(PASSWORD, asking(thief, scene.replica, told))
    assert told == ["share"]
    assert by_password.loot.main_key == by_code.loot.main_key


def test_the_cookies_alone_read_nothing(scene: Scene, figure: Callable[[str], None]) -> None:
    with scene.thief() as thief:
        routes = httpx.get(f"{scene.server.url}/api/v1/openapi.json", timeout=60).json()
        paths = routes.get("paths", {})
        asked, read = 0, []
        for path, calls in paths.items():
            if "get" not in calls or path.endswith(("/health", "/openapi.json")):
                continue
            filled = path.replace("/api/v1", "")
            for part in ("file", "replica", "change", "id", "person", "position", "import_id", "sha256", "pack"):
                filled = filled.replace("{" + part + "}", scene.files[0])
            answer = thief.get(filled.split("{")[0])
            asked += 1
            if answer.status_code < 300 and any(word in answer.text for word in [*NAMES, *NUMBERS, *PHONES, *NOTES]):
                read.append(path)
        sync = thief.post("/sync", json={"push": [], "certificates": [], "cursor": None, "limit": 100})
        assert sync.status_code == 401
        figure(f"the stolen cookies at {asked} reading calls: {len(read)} answered with content")
    assert asked > 10
    assert read == []


def test_the_thief_gets_the_route_and_never_the_rest(scene: Scene, figure: Callable[[str], None]) -> None:
    thief, told = scene.thief(), []  # type: httpx.Client, list[str]
    cracker = Cracker(copy.deepcopy(scene.stores))
    started = time.monotonic()
    assert cracker.crack_route(["123456", "000000", "888888", PIN])
    hours = (time.monotonic() - started) / 4 * MILLION / 3600
    names = [NAMES[0]]
    assert sorted(cracker.loot.route_files) == [scene.files[0]]
    assert all(name in cracker.loot.route_files[scene.files[0]].decode() for name in names)
    # What he has now: the PIN, the route's keys, its signing key; and what people make of a PIN.
    learnt = [PIN, PIN + PIN, PIN[::-1] + PIN, *sorted(cracker.loot.texts)[:1], PIN + "000000"]
    ask = asking(thief, scene.replica, told)
    assert not cracker.crack_main(learnt, ask)
    assert told == ["wrong_password"] * 5
    assert not cracker.open_with_password("大碗米饭", ask)
    assert told[-1] == "locked"
    # The day's own key opens no session, and signs for nobody's other files.
    replica = json.loads(_route_of(cracker)["certificate"]["body"])["replica"]
    assert thief.post("/sessions/challenge", json={"replica": replica}).status_code == 200
    scene.let_the_wait_pass()
    for guess in ("密码一二三四五六七", "a", "b", "c", "d"):
        assert not cracker.open_with_password(guess, ask)
    assert "share_destroyed" in told[-1] or told[-1] == "wrong_password"
    assert not cracker.open_with_password(PASSWORD, ask), "after ten even the right one opens nothing"
    assert told[-1] == "share_destroyed"
    cracker.read_files()
    figure(
        f"PIN of a copied phone: granted ({hours:.0f} h for all on this core), 1 of {len(scene.files)} households read; "
        f"{cracker.loot.tries + 6} tries at the rest, waits at 5, half destroyed at 10: 0 opened"
    )
    assert cracker.loot.main_key is None
    assert sorted(cracker.loot.route_files) == [scene.files[0]]
    thief.close()


def _route_of(cracker: Cracker) -> dict[str, Any]:
    from tests.security.cracker import unseal

    said = unseal(cracker.loot.keys["route"], cracker.states["route"]["body"], {"store": "state", "id": "route"})
    assert said is not None
    return dict(json.loads(said))


def test_teeth_a_pin_that_releases_the_share_is_found_out(scene: Scene, figure: Callable[[str], None]) -> None:
    """The same phone, made by an app that takes the PIN for a password."""
    owner = Cracker(copy.deepcopy(scene.stores))
    assert owner.crack_main([scene.field_code], lambda auth: None)
    assert owner.loot.main_key is not None
    share = b"s" * 32
    owner.rewrap_password(owner.loot.main_key, PIN, share)
    weak = Cracker({f"yihu-{scene.replica}": owner.stores})
    right = expand(derive(PIN, weak.rows["main"]["password"]["kdf"]), b"auth")
    assert weak.crack_route([PIN])
    assert weak.crack_main([PIN], lambda auth: share if auth == right else None)
    figure("teeth: a PIN that releases the share opens everything, and is seen")


def test_teeth_a_route_key_that_is_the_vault_key_is_found_out(scene: Scene) -> None:
    owner = Cracker(copy.deepcopy(scene.stores))
    assert owner.crack_main([scene.field_code], lambda auth: None)
    thief = Cracker(copy.deepcopy(scene.stores))
    assert thief.crack_route([PIN])
    assert not thief.crack_main([], lambda auth: None)
    thief.loot.keys["left lying about"] = owner.loot.main_key or b""
    assert thief.crack_main([], lambda auth: None)

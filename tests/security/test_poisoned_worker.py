"""T-6c: a release whose files are not what its list says stays out, the old one goes on; the kill switch takes the worker away in one load.

The browser's half is `tests/end_to_end/proof_poisoned_worker.test.ts`; it asks for each step by a path of its own.
"""

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from server.context import Context
from server.main import Server
from server.settings import Settings
from server.web.app_files import AppFiles
from tests.security.phone_image import play
from tests.server.running import running

EVIL = "window.hostile = (window.hostile || 0) + 1;\n"


class Steps:
    """The server, and what somebody who can write in its folder of app files does to it."""

    def __init__(self, context: Context, folder: Path) -> None:
        self.context, self.folder = context, folder
        shutil.copytree(Settings().pwa_dist, folder)
        self.server = Server(context)
        self._sound = self._entry().read_text("utf-8")
        self._listed = _sha256(self._entry().read_bytes())
        self._serve()

    def _serve(self) -> None:
        self.server.app.router.default = AppFiles(self.folder, self.context.settings.data / "worker-off")

    def poison(self) -> None:
        """A new release, one file of which is not what its list says: whoever changed it could not change the list too."""
        self._list_entry_as(_sha256(b"what was built"))
        self._entry().write_text(EVIL + self._sound, "utf-8")
        self._rename_release("poisoned00000000")

    def release(self) -> None:
        """A new release by whoever may make one: the list says what the files are."""
        self._entry().write_text("/* next */" + self._sound, "utf-8")
        self._list_entry_as(_sha256(self._entry().read_bytes()))
        self._rename_release("release000000000")

    def _list_entry_as(self, digest: str) -> None:
        worker = self.folder / "sw.js"
        worker.write_text(worker.read_text("utf-8").replace(self._listed, digest), "utf-8")
        self._listed = digest

    def off(self) -> None:
        (self.context.settings.data / "worker-off").touch()

    def _entry(self) -> Path:
        page = (self.folder / "index.html").read_text("utf-8")
        found = re.search(r'src="/(assets/[^"]+\.js)"', page)
        assert found
        return self.folder / found[1]

    def _rename_release(self, name: str) -> None:
        worker = self.folder / "sw.js"
        known = json.loads((self.folder / "precache.json").read_text("utf-8"))["version"]
        text = worker.read_text("utf-8")
        text = re.sub(rf"{known}|poisoned00000000", name, text)
        worker.write_text(text, "utf-8")
        self._serve()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        step = scope.get("path", "").removeprefix("/api/step/")
        if step in ("poison", "release", "off"):
            getattr(self, step)()
            await PlainTextResponse("done", headers={"Cache-Control": "no-store"})(scope, receive, send)
            return
        await self.server(scope, receive, send)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def said(context: Context, station_id: str, tmp_path: Path) -> Iterator[str]:
    context.settings.data.mkdir(parents=True, exist_ok=True)
    with running(Steps(context, tmp_path / "dist")) as url:  # type: ignore[arg-type]
        yield play("proof_poisoned_worker", {"origin": url}, tmp_path)


def test_a_poisoned_release_stays_out_and_the_kill_switch_works_in_one_load(
    said: str, figure: Callable[[str], None]
) -> None:
    poisoned = re.search(r"PROOF poisoned: (\d+) hostile scripts ran, version (kept|lost)", said)
    killed = re.search(r"PROOF off: (\d+) workers and (\d+) caches left after (\d+) load", said)
    assert poisoned
    assert killed
    figure(
        f"poisoned release: {poisoned[1]} hostile scripts, old version {poisoned[2]}; kill switch: {killed[1]} workers left after {killed[3]} load"
    )
    assert (poisoned[1], poisoned[2], killed[1], killed[2]) == ("0", "kept", "0", "0")
    assert "PROOF teeth: a release whose list fits came in" in said


def test_teeth_a_release_whose_list_fits_its_files_would_come_in(said: str) -> None:
    """So it is the list that kept the poisoned one out, and not a browser that never looks for releases."""
    assert "PROOF teeth: a release whose list fits came in" in said

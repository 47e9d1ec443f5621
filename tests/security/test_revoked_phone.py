"""T-1c: a revoked phone comes back. Its saves get home, its vault goes and no other, the browser is told to forget; then the profile is
searched for every wrapped key and every ciphertext that was in it. The browser's half is `tests/end_to_end/proof_revoked_phone.test.ts`.
"""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.security.canaries import NAMES, NOTES, NUMBERS, PHONES
from tests.security.phone_image import fill_station, find_bytes, play, search_image
from tests.server.phone import Phone
from tests.server.test_process import ServeProcess, server_codes


@dataclass(frozen=True)
class Revoked:
    folder: Path
    stores: dict[str, Any]
    unheard_stores: dict[str, Any]
    replicas: dict[str, str]
    devices: dict[str, dict[str, Any]]
    waiting: list[dict[str, Any]]

    def sealed_parts(self, replica: str, stores: dict[str, Any] | None = None) -> dict[str, bytes]:
        """Every piece of ciphertext of one vault, wrapped keys first, by the store it lay in."""
        parts: dict[str, bytes] = {}
        for store, rows in (stores or self.stores)[f"yihu-{replica}"].items():
            for number, piece in enumerate(one for one in _pieces(rows) if len(one) >= 32):
                parts[f"{store}-{number}"] = piece[16:]
        return parts


def _pieces(value: Any) -> Iterator[bytes]:
    if isinstance(value, dict):
        if set(value) == {"bytes"}:
            yield base64.b64decode(value["bytes"])
            return
        for inner in value.values():
            yield from _pieces(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _pieces(inner)


class Control(BaseHTTPRequestHandler):
    """The deputy's hand, for the browser's half: revokes a device through her own session."""

    deputy: Phone

    def do_POST(self) -> None:
        answer = self.deputy.http.post(f"/devices/{self.path.rsplit('/', 1)[1]}/revoke")
        self.send_response(answer.status_code)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def revoked(tmp_path_factory: pytest.TempPathFactory) -> Revoked:
    folder = tmp_path_factory.mktemp("revoked")
    server = ServeProcess(folder / "data", "--demo")
    control = ThreadingHTTPServer(("127.0.0.1", 0), Control)
    threading.Thread(target=control.serve_forever, daemon=True).start()
    try:
        codes = server.codes()
        Control.deputy = Phone(server.url).enrol(codes["沈若兰"])
        fill_station(server, list(zip(NAMES, NUMBERS, PHONES, NOTES, strict=True)))
        links = {
            "link": codes["林小满"], "otherLink": server_codes(lambda: server, server, "周青禾"),
        }  # fmt: skip
        given = {
            **{name: f"{server.url}/enrol#{code}" for name, code in links.items()}, "origin": server.url,
            "names": NAMES, "notes": NOTES, "control": f"http://127.0.0.1:{control.server_port}",
            "out": str(folder / "out.json"),
            **{name: str(folder / name) for name in ("before", "shared", "after", "unheard")},
        }  # fmt: skip
        given["link2"] = f"{server.url}/enrol#{server_codes(lambda: server, server, '贺长庚')}"
        play("proof_revoked_phone", given, folder)
        devices = {one["replica"]: one for one in Control.deputy.http.get("/devices").json()["devices"]}
        waiting = Control.deputy.http.get("/review").json()["items"]
    finally:
        control.shutdown()
        control.server_close()
        server.end()
    out = json.loads((folder / "out.json").read_text("utf-8"))
    unheard = json.loads((folder / "out.json.unheard").read_text("utf-8"))["stores"]
    return Revoked(folder, out["stores"], unheard, out["replicas"], devices, waiting)


def test_what_was_recorded_got_home_before_the_vault_went(revoked: Revoked) -> None:
    first = revoked.devices[revoked.replicas["first"]]
    assert first["revoked_at"] is not None
    assert first["wiped_at"] is not None
    waiting = [(one["kind"], one["why"]) for one in revoked.waiting if one["replica"] == revoked.replicas["first"]]
    assert waiting == [("unlinked_record", "lost_phone")]


def test_of_a_phone_that_forgot_all_no_key_and_no_ciphertext_is_left(
    revoked: Revoked, figure: Callable[[str], None]
) -> None:
    both = {
        f"{name}-{part}": piece
        for name in ("first", "second")
        for part, piece in revoked.sealed_parts(revoked.replicas[name]).items()
    }
    before = {name for _, name in find_bytes(revoked.folder / "before", both)}
    after = {name for _, name in find_bytes(revoked.folder / "after", both)}
    keys = [name for name in both if "-keys-" in name]
    figure(
        f"{len(both)} wrapped keys and ciphertexts of two vaults: {len(before)} found before, {len(after)} after the wipe"
    )
    assert len(keys) >= 4
    assert set(keys) <= before
    assert after == set()


def test_the_other_persons_vault_is_whole(revoked: Revoked) -> None:
    second = revoked.sealed_parts(revoked.replicas["second"])
    left = {name for _, name in find_bytes(revoked.folder / "shared", second)}
    assert {name for name in second if name.startswith("keys-")} <= left
    _, _, words = search_image(revoked.folder / "shared")
    assert words == []


def test_teeth_without_the_header_the_disk_still_holds_it(revoked: Revoked, figure: Callable[[str], None]) -> None:
    [name] = [one for one in revoked.unheard_stores if one.startswith("yihu-")]
    parts = revoked.sealed_parts(name.removeprefix("yihu-"), revoked.unheard_stores)
    left = {part for _, part in find_bytes(revoked.folder / "unheard", parts)}
    figure(f"teeth: with the header left out {len(left)} of {len(parts)} are still on the disk")
    assert left


def test_teeth_an_order_that_is_not_obeyed_leaves_everything(revoked: Revoked) -> None:
    """The image of the moment between revocation and contact is what a phone that ignores the order would stay."""
    first = revoked.sealed_parts(revoked.replicas["first"])
    assert find_bytes(revoked.folder / "before", first)

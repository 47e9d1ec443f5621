"""A client written from the protocol page alone does a day's work beside the project's own device, on a real server."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from schemas.registry import find_kind
from sync.device.device import Device
from tests.stranger.client import Stranger
from tests.sync.server_process import ServerProcess

pytestmark = pytest.mark.slow
PASSWORD = "correct horse 990"


def rules_of(name: str) -> dict[str, Any] | None:
    kind = find_kind(name)
    return kind.rules() if kind else None


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    process = ServerProcess(tmp_path)
    process.start()
    yield process
    process.kill()


@pytest.fixture
def stranger(server: ServerProcess) -> Iterator[Stranger]:
    made = Stranger(server.url)
    made.enrol(server.new_link("林小满"), PASSWORD)
    yield made
    made.http.close()


@pytest.fixture
def ours(server: ServerProcess, tmp_path: Path) -> Iterator[Device]:
    device = Device.enrol(tmp_path / "device", server.new_link("周青禾"), PASSWORD, rules_of)
    yield device
    device.close()


def put(path: str, value: Any) -> dict[str, Any]:
    return {"op": "set", "path": path, "value": value}


def test_a_stranger_and_our_device_agree_on_a_household(stranger: Stranger, ours: Device) -> None:
    file, scope = os.urandom(16).hex(), ours.policy["scopes"][0]["id"]
    member = {"op": "append", "path": "members", "id": os.urandom(16).hex(), "value": {"name": "石大山"}}
    made = stranger.write(file, [put("phone", "13900000990"), member], scope=scope)
    assert stranger.sync() == []
    assert stranger.verdict_of(made)["status"] == "accepted"

    assert ours.sync().complete
    form = ours.open_file(file)
    stranger.write(file, [put("income_yearly_fen", 1_200_000)], scope=scope)
    ours.save(form, [put("income_yearly_fen", 990_000), put("phone", "13900000991")])
    assert stranger.sync() == []
    assert ours.sync().differing == []
    assert stranger.sync() == []

    here, there = stranger.show(file), ours.open_file(file).state
    assert here["paths"]["income_yearly_fen"]["status"] == "conflict"
    assert here["paths"]["phone"]["value"] == "13900000991"
    assert [conflict["id"] for conflict in here["conflicts"]] == [conflict["id"] for conflict in there["conflicts"]]

    settled = stranger.write(file, [put("income_yearly_fen", 1_000_000)], scope=scope, act="resolve")
    assert stranger.sync() == []
    assert stranger.verdict_of(settled)["reasons"] == [{"code": "not_allowed"}], (
        "the lowest duty does not resolve (D-8)"
    )
    assert stranger.show(file)["paths"]["income_yearly_fen"]["status"] == "conflict"


def test_a_stranger_uploads_sealed_saves_with_its_vault_closed(stranger: Stranger, ours: Device) -> None:
    file, scope = os.urandom(16).hex(), ours.policy["scopes"][0]["id"]
    stranger.write(file, [put("phone", "13900000990")], scope=scope)
    stranger.write(file, [put("phone", "13900000992")], scope=scope)
    stranger.http.cookies.delete("yihu_read")
    stranger.open_session("upload")
    assert stranger.upload_sealed() == ["received", "received"]
    assert stranger.upload_sealed() == ["known", "known"]
    assert ours.sync().complete
    assert ours.open_file(file).state["paths"]["phone"]["value"] == "13900000992"
    stranger.open_session("read")
    assert stranger.sync() == []
    assert stranger.show(file)["paths"]["phone"]["value"] == "13900000992"


def test_a_stranger_begins_from_packs(ours: Device, server: ServerProcess) -> None:
    scope = ours.policy["scopes"][0]["id"]
    for number in range(130):
        ours.create_file("household", scope, [put("notes", f"户 {number}")])
    assert ours.sync().complete
    late = Stranger(server.url)
    late.enrol(server.new_link("林小满"), PASSWORD)
    answer = late._post("/sync", {"cursor": None})
    assert answer["packs"], "the log is long enough for a pack"
    assert late.sync() == []
    assert len(late.files) == 130
    assert {late.show(file)["paths"]["notes"]["value"] for file in late.files} == {f"户 {n}" for n in range(130)}
    late.http.close()

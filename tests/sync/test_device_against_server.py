"""Python devices against a real server process: the story of a household, without a browser."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from PIL import Image

from sync.device import session
from sync.device.attachments import download_attachment
from sync.device.device import Device
from sync.device.errors import DeviceError, RefusedError
from sync.device.transport import Answer, HttpTransport
from tests.sync.devices import PASSPHRASE, Enrol, put, rules_of, sync_all
from tests.sync.server_process import ServerProcess, whole_assessment

pytestmark = pytest.mark.slow


class Flaky(HttpTransport):
    """The network as it is in the hills: `lose(path)` says whose answer gets lost, `answer(path, body)` what comes instead."""

    def __init__(self, origin: str) -> None:
        super().__init__(origin)
        self.calls: list[tuple[str, str]] = []
        self.lose: Callable[[str], bool] = lambda _path: False
        self.instead: Callable[[str, Any], Answer | None] = lambda _path, _body: None

    def call(self, method: str, path: str, **given: Any) -> Answer | None:  # type: ignore[override]
        self.calls.append((method, path))
        instead = self.instead(path, given.get("body"))
        if instead is not None:
            return instead
        answer = super().call(method, path, **given)
        return None if self.lose(path) else answer


def connect(device: Device, transport: HttpTransport) -> None:
    device.transport.close()
    device.transport = transport


def new_household(device: Device) -> str:
    scope = device.policy["scopes"][0]["id"]
    ops = [
        put("phone", "13900000990"),
        put("income_yearly_fen", 1_200_000),
        {"op": "append", "path": "members", "id": device.new_id(), "value": {"name": "石大山", "relation": "02"}},
    ]
    file, _ = device.create_file("household", scope, ops)
    return file


def shown(device: Device, file: str, path: str) -> Mapping[str, Any]:
    return device.open_file(file).state["paths"][path]


def test_what_two_workers_change_offline_comes_together(enrol: Enrol, server: ServerProcess) -> None:
    one, two, deputy = enrol("林小满"), enrol("周青禾"), enrol("沈若兰")
    file = new_household(one)
    sync_all(one, two, deputy)
    assert shown(two, file, "phone")["value"] == "13900000990"

    server.kill()
    view_one, view_two = one.open_file(file), two.open_file(file)
    one.save(view_one, [put("phone", "13900000991"), put("income_yearly_fen", 1_500_000)])
    one.save(one.open_file(file), [put("directions", "过桥左转")])
    two.save(view_two, [put("phone", "13900000992"), put("income_yearly_fen", 900_000)])
    report = one.sync()
    assert (report.reached, report.unsent, report.problem) == (
        False,
        2,
        {"code": "no_answer"} | {"detail": report.problem["detail"]},
    )
    assert shown(one, file, "phone")["value"] == "13900000991"
    server.start()

    sync_all(one, two, one, deputy)
    for device in (one, two, deputy):
        phone, income = shown(device, file, "phone"), shown(device, file, "income_yearly_fen")
        assert phone["status"] == "also"
        assert {value["value"] for value in phone["values"]} == {"13900000991", "13900000992"}
        assert (income["status"], income["value"]) == ("conflict", None)
        assert income["stands"] == 1_500_000
        assert shown(device, file, "directions")["value"] == "过桥左转"

    conflict = deputy.open_file(file).state["conflicts"][0]
    server.kill()
    deputy.save(deputy.open_file(file), [put(conflict["path"], 900_000)], act="resolve", reason="核对了银行流水")
    server.start()
    sync_all(deputy, one, two)
    for device in (one, two, deputy):
        income = shown(device, file, "income_yearly_fen")
        assert (income["status"], income["value"]) == ("settled", 900_000)
        assert {1_500_000, 1_200_000} <= {lost["value"] for lost in income["replaced"]}
        assert device.open_file(file).state["conflicts"] == []
    digests = {device.open_file(file).seen for device in (one, two, deputy)}
    assert len(digests) == 1


def test_an_assessment_is_returned_amended_and_approved_while_everyone_is_offline(
    enrol: Enrol, server: ServerProcess
) -> None:
    worker, deputy = enrol("林小满"), enrol("沈若兰")
    file = new_household(worker)
    assessment = worker.new_id()
    section = f"assessments/{assessment}"
    first = {
        "op": "append",
        "path": "assessments",
        "id": assessment,
        "value": whole_assessment(),
    }
    worker.save(worker.open_file(file), [first])
    worker.act_on_section("submit", worker.open_file(file), section)
    sync_all(worker, deputy)
    assert deputy.open_file(file).state["sections"][section]["status"] == "submitted"

    server.kill()
    deputy.act_on_section(
        "return", deputy.open_file(file), section, reason="请补充住房", remarks={f"{section}/housing_level": "请再核"}
    )
    server.start()
    sync_all(deputy, worker)
    back = worker.open_file(file).state["sections"][section]
    assert back["status"] == "returned"
    assert back["returned"]
    assert back["returned"]["remarks"] == {f"{section}/housing_level": "请再核"}

    server.kill()
    worker.save(worker.open_file(file), [put(f"{section}/housing_level", 2)])
    worker.act_on_section("submit", worker.open_file(file), section)
    server.start()
    sync_all(worker, deputy)
    server.kill()
    deputy.act_on_section("approve", deputy.open_file(file), section)
    assert deputy.open_file(file).state["sections"][section]["status"] == "approved"
    server.start()
    sync_all(deputy, worker)
    approved = worker.open_file(file).state["sections"][section]
    assert approved["status"] == "approved"
    assert approved["approved"][0]["person"] == deputy.identity.person
    snapshot = approved["approved"][0]["snapshot"]

    worker.save(worker.open_file(file), [put(f"{section}/income_level", 3)])
    sync_all(worker, deputy)
    amended = deputy.open_file(file).state["sections"][section]
    assert amended["status"] == "amendment_pending"
    assert amended["approved"][0]["snapshot"] == snapshot
    assert snapshot[f"{section}/income_level"] == 1


def test_an_approval_of_ones_own_work_is_returned_with_the_reason_and_can_be_put_away(enrol: Enrol) -> None:
    deputy = enrol("沈若兰")
    file = new_household(deputy)
    deputy.act_on_section("submit", deputy.open_file(file), "basics")
    approval = deputy.act_on_section("approve", deputy.open_file(file), "basics")
    report = deputy.sync()
    assert report.verdicts == {"accepted": 2, "returned": 1}
    stored = next(save for save in deputy.list_own_saves() if save.id == approval)
    verdict = stored.read_verdict()
    assert verdict
    assert [reason.code for reason in verdict.reasons] == ["own_work"]
    assert deputy.open_file(file).state["sections"]["basics"]["status"] == "submitted"
    assert stored.is_unfinished
    deputy.dismiss(approval)
    assert not next(save for save in deputy.list_own_saves() if save.id == approval).is_unfinished
    with pytest.raises(DeviceError):
        deputy.dismiss(deputy.list_own_saves()[0].id)


def test_a_lost_answer_doubles_nothing(enrol: Enrol, server: ServerProcess) -> None:
    network = Flaky(server.url)
    worker = enrol("林小满", network)
    file = new_household(worker)
    network.lose = lambda path: path == "/sync"
    assert worker.sync().reached is False
    assert len(worker.store.list_unsent()) == 1
    network.lose = lambda _path: False
    sync_all(worker)
    assert [save.status for save in worker.list_own_saves() if save.file == file] == ["accepted"]


def test_a_batch_too_large_is_halved_and_one_bad_record_blocks_no_other(enrol: Enrol, server: ServerProcess) -> None:
    network = Flaky(server.url)
    worker = enrol("林小满", network)
    files = [new_household(worker) for _ in range(5)]
    bad = worker.store.list_changes(files[2])[0].envelope.body

    def full(path: str, body: Any) -> Answer | None:
        pushed = [item["body"] for item in body["push"]] if path == "/sync" else []
        is_refused = len(pushed) > 2 or bad in pushed
        return Answer(413, {}, b'{"code":"too_large","detail":"x"}') if is_refused else None

    network.instead = full
    report = worker.sync()
    assert (report.verdicts, report.unsent) == ({"accepted": 4}, 1)
    assert report.problem
    assert report.problem["code"] == "too_large"
    network.instead = lambda _path, _body: None
    sync_all(worker)


class PortalPage(BaseHTTPRequestHandler):
    """What a guesthouse network says to everything: 200, and a page."""

    def do_POST(self) -> None:
        page = b"<html>sign in here</html>"
        self.send_response(200)
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    do_GET = do_POST

    def log_message(self, *_: object) -> None:
        """Quiet."""


def test_a_captive_portal_is_no_answer(enrol: Enrol, server: ServerProcess) -> None:
    worker = enrol("林小满")
    new_household(worker)
    with HTTPServer(("127.0.0.1", 0), PortalPage) as portal:
        Thread(target=portal.serve_forever, daemon=True).start()
        connect(worker, HttpTransport(f"http://127.0.0.1:{portal.server_port}"))
        report = worker.sync()
        portal.shutdown()
    assert (report.reached, report.complete, report.unsent) == (False, False, 1)
    connect(worker, HttpTransport(server.url))
    sync_all(worker)


def test_a_new_device_gets_a_pack_and_goes_on_where_the_download_broke_off(enrol: Enrol, server: ServerProcess) -> None:
    worker = enrol("林小满")
    files = {new_household(worker) for _ in range(130)}
    sync_all(worker)
    network = Flaky(server.url)
    fresh = enrol("周青禾", network)
    network.lose = lambda path: path.startswith("/packs/")
    assert fresh.sync().reached is False
    network.lose = lambda _path: False
    report = fresh.sync()
    assert report.packs >= 1
    assert files <= {stored.file for stored in fresh.list_files("household")}
    sync_all(fresh)
    some = min(files)
    assert fresh.open_file(some).seen == worker.open_file(some).seen


def test_a_photo_goes_up_and_comes_down(enrol: Enrol) -> None:
    worker, deputy = enrol("林小满"), enrol("沈若兰")
    file = new_household(worker)
    picture = io.BytesIO()
    Image.new("RGB", (64, 48), (200, 30, 30)).save(picture, "JPEG")
    kept = worker.keep_attachment(file, picture.getvalue(), "image/jpeg")
    report = worker.sync()
    assert report.attachments == 1
    assert worker.store.list_attachments()[0].uploaded
    sync_all(deputy)
    down = download_attachment(deputy.store, deputy.transport, file, kept.sha256)
    assert down
    # Drawn anew by the server, under the name of the original: the same picture, and not the bytes that a phone sent.
    assert hashlib.sha256(down).hexdigest() != kept.sha256
    assert Image.open(io.BytesIO(down)).getpixel((10, 10))[0] > 180  # type: ignore[index]
    assert download_attachment(deputy.store, deputy.transport, file, kept.sha256) == down
    assert worker.store.read_attachment(file, kept.sha256) == picture.getvalue()


def test_a_code_serves_once(server: ServerProcess, tmp_path: Path) -> None:
    link = server.new_link("贺长庚")
    Device.enrol(tmp_path / "one", link, PASSPHRASE, rules_of).close()
    with pytest.raises(RefusedError) as refused:
        Device.enrol(tmp_path / "two", link, PASSPHRASE, rules_of)
    assert refused.value.code == "code_used"


def test_a_device_opens_again_with_its_passphrase_and_nothing_else(server: ServerProcess, tmp_path: Path) -> None:
    device = Device.enrol(tmp_path / "one", server.new_link("林小满"), PASSPHRASE, rules_of)
    file = new_household(device)
    device.close()
    with pytest.raises(DeviceError) as wrong:
        Device.open(tmp_path / "one", "another passphrase", rules_of)
    assert wrong.value.code == "wrong_passphrase"
    with Device.open(tmp_path / "one", PASSPHRASE, rules_of) as again:
        assert shown(again, file, "phone")["value"] == "13900000990"
        sync_all(again)


def test_a_change_altered_on_the_way_takes_no_place(enrol: Enrol, server: ServerProcess) -> None:
    class Meddler(HttpTransport):
        def call(self, method: str, path: str, *, body: Any = None, **given: Any) -> Answer | None:  # type: ignore[override]
            if path == "/sync" and body["push"]:
                pushed = body["push"][0]
                body = body | {"push": [pushed | {"body": pushed["body"].replace("13900000990", "13900000999")}]}
            return super().call(method, path, body=body, **given)

    worker = enrol("林小满")
    file = new_household(worker)
    connect(worker, Meddler(server.url))
    report = worker.sync()
    assert (report.complete, report.unsent) == (False, 1)
    connect(worker, HttpTransport(server.url))
    sync_all(worker)
    assert shown(worker, file, "phone")["value"] == "13900000990"


def test_what_a_revoked_device_recorded_gets_home_sealed_and_waits_for_the_deputy(enrol: Enrol) -> None:
    worker, deputy = enrol("林小满"), enrol("沈若兰")
    file = new_household(worker)
    sync_all(worker, deputy)
    worker.save(worker.open_file(file), [put("phone", "13900000993"), put("risk_level", "red")])
    assert session.open_session(deputy.transport, deputy.identity, "read") is None
    revoked = deputy.transport.call("POST", f"/devices/{worker.identity.replica}/revoke", body={})
    assert revoked
    assert revoked.is_fine

    report = worker.sync()
    assert report.problem
    # What was not sent yet, and the first save with its verdict: no backup holds it so far (M-5d).
    assert (report.problem["code"], report.sealed, report.unsent) == ("device_revoked", 2, 1)
    sync_all(deputy)
    assert shown(deputy, file, "phone")["value"] == "13900000990"
    assert shown(deputy, file, "risk_level")["value"] == "red"  # protection does not wait for paperwork

    change = worker.list_own_saves()[-1].id
    admitted = deputy.transport.call("POST", f"/review/{change}", body={"decision": "accept"})
    assert admitted
    assert admitted.is_fine, admitted.content
    sync_all(deputy)
    assert shown(deputy, file, "phone")["value"] == "13900000993"
    assert shown(deputy, file, "risk_level")["status"] == "settled"


def test_an_erased_file_is_gone_from_the_device(enrol: Enrol, server: ServerProcess) -> None:
    """Asked for by the deputy, confirmed by the head: the author's phone drops it, with what it had not sent."""
    worker, deputy, head = enrol("林小满"), enrol("沈若兰"), enrol("贺长庚")
    file, kept = new_household(worker), new_household(worker)
    sync_all(worker, deputy)
    worker.save(worker.open_file(file), [put("phone", "13500000009")])
    for device in (deputy, head):
        session.open_session(device.transport, device.identity, "read")
    asked = deputy.transport.call("POST", "/erasures", body={"file": file, "reason": "撤回同意"})
    assert asked is not None
    assert asked.status == 201
    done = head.transport.call("POST", f"/erasures/{file}/confirm")
    assert done is not None
    assert done.status == 200
    sync_all(worker, deputy)
    for device in (worker, deputy):
        assert device.store.find_file(file) is None
        assert device.store.list_changes(file) == []
        assert device.store.find_file(kept) is not None
    assert worker.store.list_unsent() == []

"""Bundles of Python devices against a real server process: two devices, one of which is never online, and a laptop between."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn

from server.command.device_collect import BODY_BYTES_MAX, make_collector
from sync import bundle as bundles
from sync.bundle import MEDIA_TYPE
from sync.device.carrying import Pocket
from tests.sync.devices import Run, read
from tests.sync.server_process import ServerProcess

pytestmark = pytest.mark.slow


@pytest.fixture
def pair(server: ServerProcess, run: Run) -> None:
    """An author and a carrier, enrolled; the author saved something and was never online since."""
    run("author", "enrol", server.new_link("林小满"))
    run("carrier", "enrol", server.new_link("周青禾"))
    run("author", "new", "--head", "石大山", "phone=13900000990")
    run("author", "save", "石大山", "phone=13900000991")


@pytest.fixture
def collector(pair: None, run: Run, tmp_path: Path) -> Iterator[str]:
    """The laptop's page over real HTTP."""
    run("author", "bundle", "export", str(tmp_path / "probe"))
    found = bundles.unpack(next((tmp_path / "probe").iterdir()).read_bytes())
    pocket = Pocket(tmp_path / "carrier", found.deployment, found.station)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = uvicorn.Config(make_collector(pocket, "桂溪站"), host="127.0.0.1", port=port, log_level="error")
    made = uvicorn.Server(config)
    thread = threading.Thread(target=made.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 30
    while not made.started and time.monotonic() < deadline:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    made.should_exit = True
    thread.join()


def test_a_stick_carries_saves_there_and_receipts_back(pair: None, run: Run, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    assert "yihu-saves-" in run("author", "bundle", "export", str(stick))
    [saves] = stick.iterdir()
    assert b"13900000991" not in saves.read_bytes()
    assert "waits to be handed in" in run("carrier", "bundle", "import", str(saves))
    assert "known already" in run("carrier", "bundle", "import", str(saves))
    report = read(run, "carrier", "bundle", "handin")
    assert (report["bundles"], report["received"], report["decided"], report["problems"]) == (1, 2, 0, [])
    assert [one["status"] for one in read(run, "author", "outbox")] == ["unsent", "unsent"]
    assert "1 receipts" in run("carrier", "bundle", "take", str(stick))
    [receipts] = stick.glob("yihu-receipts-*")
    assert "2 of your saves decided" in run("author", "bundle", "receipts", str(receipts))
    assert read(run, "author", "outbox") == []
    assert [one["status"] for one in read(run, "author", "outbox", "--all")] == ["accepted", "accepted"]
    assert "0 of your saves decided" in run("author", "bundle", "receipts", str(receipts))
    assert "Nothing to carry" in run("author", "bundle", "export", str(stick))
    places = [one["place"] for one in read(run, "carrier", "bundle", "list")]
    assert sorted(places) == ["handed-in", "receipts"]
    assert read(run, "carrier", "bundle", "handin")["bundles"] == 0


def test_bad_files_are_refused_by_name_and_the_good_beside_them_is_taken(pair: None, run: Run, tmp_path: Path) -> None:
    run("author", "bundle", "export", str(tmp_path / "out"))
    [good] = (tmp_path / "out").iterdir()
    packed = good.read_bytes()
    found = bundles.unpack(packed)
    bad = {
        "half.yihu": (packed[: len(packed) // 2], "bundle_damaged"),
        "elsewhere.yihu": (bundles.pack("saves", found.deployment, "6" * 32, found.payload), "bundle_elsewhere"),
        "photo.jpg": (b"\xff\xd8\xff", "not_a_bundle"),
    }
    for name, (content, _) in bad.items():
        (tmp_path / name).write_bytes(content)
    printed = run("carrier", "bundle", "import", *(str(tmp_path / name) for name in bad), str(good), code=1)
    for _, code in bad.values():
        assert code in printed
    assert [one["place"] for one in read(run, "carrier", "bundle", "list")] == ["waiting"]
    assert "not receipts" in run("author", "bundle", "receipts", str(good), code=1)


def test_a_forged_bundle_is_set_aside_and_the_next_goes_in(pair: None, run: Run, tmp_path: Path) -> None:
    run("author", "bundle", "export", str(tmp_path / "out"))
    [good] = (tmp_path / "out").iterdir()
    found = bundles.unpack(good.read_bytes())
    forged = tmp_path / "forged.yihu"
    forged.write_bytes(bundles.pack("saves", found.deployment, found.station, bytes(300)))
    run("carrier", "bundle", "import", str(forged), str(good))
    printed = run("carrier", "bundle", "handin", code=1)
    assert "bundle_sealed" in printed
    assert "handed in 1: 2 new" in printed
    assert sorted(one["place"] for one in read(run, "carrier", "bundle", "list")) == [
        "handed-in",
        "receipts",
        "refused",
    ]


def test_a_phone_hands_its_file_to_the_laptop_by_a_plain_form_and_fetches_receipts_there(
    collector: str, run: Run, tmp_path: Path
) -> None:
    shown = httpx.get(collector)
    assert "把记录交给这台电脑" in shown.text
    assert "桂溪站" in shown.text
    assert "<script" not in shown.text
    assert shown.headers["content-security-policy"].startswith("default-src 'none'")
    [path] = (tmp_path / "probe").iterdir()
    packed = path.read_bytes()
    as_text = bundles.to_text(packed, "请交给有网的同事").encode()
    files = [
        ("bundle", ("phone.yihu", packed, "application/octet-stream")),
        ("bundle", ("chat.yihu.txt", as_text, "text/plain")),
        ("bundle", ("<b>letter</b>.txt", "您好".encode(), "text/plain")),
    ]
    said = httpx.post(f"{collector}/bundles", files=files).text
    assert "phone.yihu 收下了" in said
    assert "chat.yihu.txt 已经收过了" in said
    assert "&lt;b&gt;letter&lt;/b&gt;.txt 这不是捎带文件" in said
    assert "有 1 份等着上交" in said
    assert httpx.post(f"{collector}/bundles", content=packed, headers={"Content-Type": MEDIA_TYPE}).json() == {
        "code": "known"
    }
    run("carrier", "bundle", "handin")
    name = httpx.get(collector).text.split('href="/receipts/')[1].split('"')[0]
    receipts = httpx.get(f"{collector}/receipts/{name}")
    assert receipts.headers["content-disposition"] == f'attachment; filename="{name}"'
    (tmp_path / name).write_bytes(receipts.content)
    assert "2 of your saves decided" in run("author", "bundle", "receipts", str(tmp_path / name))


def test_the_laptop_refuses_what_is_too_large_damaged_or_not_a_form(collector: str, tmp_path: Path) -> None:
    huge = {"Content-Type": MEDIA_TYPE, "Content-Length": str(BODY_BYTES_MAX + 1)}
    assert httpx.post(f"{collector}/bundles", content=bytes(BODY_BYTES_MAX + 1), headers=huge).status_code == 413
    assert httpx.post(f"{collector}/bundles", content=b"x", headers={"Content-Type": "text/plain"}).status_code == 400
    broken = {"Content-Type": "multipart/form-data; boundary=x"}
    assert httpx.post(f"{collector}/bundles", content=b"--y\r\n", headers=broken).status_code == 400
    [path] = (tmp_path / "probe").iterdir()
    damaged = httpx.post(f"{collector}/bundles", content=path.read_bytes()[:-3], headers={"Content-Type": MEDIA_TYPE})
    assert (damaged.status_code, damaged.json()) == (422, {"code": "bundle_damaged"})
    for strange in ("/receipts/..%2f..%2fdevice.json", "/receipts/device.json", "/carried"):
        assert httpx.get(f"{collector}{strange}").status_code == 404
    assert "有 0 份等着上交" in httpx.get(collector).text

"""What waits for people, as they type it in the terminal: lost phones, forks, questions, amended saves, staff."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.sync.devices import Run, read
from tests.sync.server_process import ServerProcess

pytestmark = pytest.mark.slow


def waiting(run: Run, home: str) -> dict[str, str]:
    return {item["change"]: item["why"] for item in read(run, home, "desk")}


def refused(run: Run, home: str) -> list[dict[str, Any]]:
    return [save for save in read(run, home, "outbox") if save["status"] in ("returned", "declined")]


def test_a_person_is_added_moved_and_their_late_save_decided(server: ServerProcess, run: Run) -> None:
    run("h", "enrol", server.new_link("贺长庚"))
    link = run("h", "person", "苏念慈", "worker=东片区").split()[-1]
    run("s", "enrol", link)
    run("s", "sync")
    run("s", "new", "--head", "石大山", "phone=13900000990")
    run("s", "sync")
    run("s", "show", "石大山")
    run("s", "save", "石大山", "phone=13900000991")
    run("h", "duties", "苏念慈", "worker=西片区")
    run("s", "sync")
    assert "西片区" in run("h", "staff")
    (late,) = waiting(run, "h")
    assert waiting(run, "h")[late] == "former_scope"
    run("h", "sync")
    assert "13900000990 → 13900000991" in run("h", "look", late[:8])
    assert "needs --reason" in run("h", "decide", late[:8], "decline", code=1)
    run("h", "decide", late[:8], "decline", "--reason", "已经换人管了")
    run("s", "sync")
    (told,) = refused(run, "s")
    assert told["reasons"] == [{"code": "declined", "say": "已经换人管了"}]
    run("s", "dismiss", told["id"][:8])
    run("s", "sync")
    assert read(run, "s", "list") == []


def test_a_copied_device_is_told_enrols_anew_and_its_words_are_entered_again(
    server: ServerProcess, run: Run, tmp_path: Path
) -> None:
    run("w", "enrol", server.new_link("林小满"))
    run("d", "enrol", server.new_link("沈若兰"))
    run("w", "new", "--head", "钱大桥", "phone=13900000900")
    run("w", "sync")
    shutil.copytree(tmp_path / "w", tmp_path / "twin")
    run("w", "show", "钱大桥")
    run("w", "save", "钱大桥", "phone=13900000901")
    run("w", "sync")
    run("twin", "show", "钱大桥")
    run("twin", "save", "钱大桥", "directions=桥头第三家")
    assert "yihu device renew LINK" in run("twin", "sync", code=0)
    (fork,) = [change for change, why in waiting(run, "d").items() if why == "fork"]
    run("d", "sync")
    assert "cannot_accept" in run("d", "decide", fork[:8], "accept", code=1)
    run("d", "reissue", fork[:8], "--reason", "代小满录入")
    assert fork not in waiting(run, "d")
    stranger = server.new_link("周青禾")
    assert "another person's" in run("twin", "renew", stranger, code=1)
    run("twin", "renew", server.new_link("林小满"))
    assert "renew" not in run("twin", "sync")
    run("twin", "show", "钱大桥")
    run("twin", "save", "钱大桥", "phone=13900000902")
    run("twin", "sync")
    run("w", "sync")
    shown = run("w", "show", "钱大桥")
    assert "桥头第三家" in shown
    assert "13900000902" in shown
    (told,) = [save for save in refused(run, "twin") if save["id"] == fork]
    assert told["reasons"] == [{"code": "reissued", "say": "代小满录入"}, {"code": "fork"}]  # it stays one (C-6)


def test_what_a_revoked_device_brings_home_is_taken_in_at_once(server: ServerProcess, run: Run) -> None:
    run("z", "enrol", server.new_link("周青禾"))
    run("e", "enrol", server.new_link("沈若兰"))
    run("z", "new", "--head", "欧阳石根", "phone=13900000800")
    run("z", "sync")
    run("z", "show", "欧阳石根")
    run("z", "save", "欧阳石根", "directions=过桥左转")
    run("z", "visit", "欧阳石根", "visited_on=2026-11-20", "said=都好")
    lost = next(one for one in read(run, "e", "devices") if one["person_name"] == "周青禾")
    run("e", "revoke", lost["replica"][:8])
    run("z", "sync", code=1)
    whys = waiting(run, "e")
    assert list(whys.values()).count("lost_phone") == 2
    assert "2 accepted, 0 left" in run("e", "decide-all", "周青禾", "accept")
    assert "lost_phone" not in waiting(run, "e").values()
    assert "过桥左转" in run("e", "show", "欧阳石根")


def test_a_change_of_mind_is_amended_and_the_refused_one_put_away(server: ServerProcess, run: Run) -> None:
    run("a", "enrol", server.new_link("贺长庚"))
    link = run("a", "person", "陆望舒", "worker=东片区").split()[-1]
    run("b", "enrol", link)
    run("b", "new", "--head", "单水生", "phone=13900000700")
    run("b", "sync")
    run("b", "show", "单水生")
    run("b", "save", "单水生", "phone=13900000701")
    run("a", "duties", "陆望舒", "worker=西片区")
    run("b", "sync")
    run("a", "duties", "陆望舒", "worker=东片区", "worker=西片区")
    (late,) = [save["id"] for save in read(run, "b", "outbox") if save["status"] == "quarantined"]
    run("b", "ask", late[:8], "--note", "号码是真的")
    asked = next(item for item in read(run, "a", "desk") if item["change"] == late)
    assert asked["note"] == "号码是真的"
    run("a", "decide", late[:8], "decline", "--reason", "少一位")
    run("b", "sync")
    assert "少一位" in run("b", "outbox")
    run("b", "amend", late[:8], "phone=13900000702")
    run("b", "sync")
    assert refused(run, "b") == [] or all(save["dismissed"] for save in refused(run, "b"))
    assert "13900000702" in run("b", "show", "单水生")

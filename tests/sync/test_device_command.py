"""`yihu device` as people type it, against a real server process."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from tests.sync.devices import Run, read
from tests.sync.server_process import ServerProcess, whole_assessment

pytestmark = pytest.mark.slow


def test_a_day_in_the_terminal(server: ServerProcess, run: Run, tmp_path: Path) -> None:
    run("w", "enrol", server.new_link("林小满"))
    run("d", "enrol", server.new_link("沈若兰"))
    run("w", "new", "--head", "石大山", "phone=13900000990", "income_yearly_fen=1200000")
    run("w", "member", "石大山", "name=石小山", "relation=20")
    assert "2 not yet sent" not in run("w", "visit", "石大山", "visited_on=2026-11-21", "said=都好")
    assert len(read(run, "w", "outbox")) == 3
    assert read(run, "w", "sync")["verdicts"] == {"accepted": 3}
    assert "Everything" in run("w", "outbox")

    run("d", "sync")
    assert read(run, "d", "list", "石")[0]["names"] == ["石大山", "石小山"]
    run("d", "show", "石小山")
    run("w", "save", "石大山", "income_yearly_fen=1500000")
    run("w", "sync")
    run("d", "sync")
    run("d", "save", "石大山", "income_yearly_fen=900000")  # typed over what `show` had shown, not over what came since
    run("d", "sync")
    file = read(run, "d", "list")[0]["file"]
    conflict = read(run, "d", "conflicts")[file][0]
    assert {value["value"] for value in conflict["values"]} == {1_500_000, 900_000}

    run("d", "show", "石大山")
    run("d", "resolve", "石大山", "income_yearly_fen=900000", "--reason", "看过流水")
    run("d", "sync")
    run("w", "sync")
    income = read(run, "w", "show", file[:8])["paths"]["income_yearly_fen"]
    assert (income["status"], income["value"]) == ("settled", 900_000)

    picture = tmp_path / "house.jpg"
    Image.new("RGB", (2000, 900), (10, 90, 10)).save(picture, exif=Image.Exif())
    run("w", "attach", "石大山", str(picture), "--caption", "老房子")
    assert read(run, "w", "sync")["attachments"] == 1
    assert "看过流水" not in run("w", "history", "石大山", "--json").replace("看过流水", "", 1)


def test_an_assessment_through_review(server: ServerProcess, run: Run) -> None:
    run("w", "enrol", server.new_link("林小满"))
    run("d", "enrol", server.new_link("沈若兰"))
    run("w", "new", "--head", "江小河")
    fields = [f"{name}={value}" for name, value in whole_assessment().items()]
    printed = run("w", "assess", "江小河", *fields)
    section = next(word for word in printed.split() if word.startswith("assessments/"))
    run("w", "submit", "江小河", section)
    assert read(run, "w", "sync")["verdicts"] == {"accepted": 3}, run("w", "outbox")
    run("d", "sync")
    assert "submitted" in run("d", "show", "江小河")
    run("d", "approve", "江小河", section)
    run("d", "sync")
    run("w", "sync")
    assert "approved by 沈若兰" in run("w", "show", "江小河")


def test_what_is_typed_wrong_is_said_at_once_and_nothing_is_saved(server: ServerProcess, run: Run) -> None:
    run("w", "enrol", server.new_link("林小满"))
    run("w", "new", "--head", "白小雨")
    run("w", "sync")
    for wrong, said in (
        (("save", "白小雨", "colour=red"), "no field colour"),
        (("save", "白小雨", "income_yearly_fen=many"), "cannot be read as money"),
        (("save", "白小雨", "risk_level=purple"), "Nothing was saved"),
        (("save", "白小雨"), "Nothing to save"),
        (("save", "nobody", "phone=1"), "No household"),
        (("submit", "白小雨", "basics"), "no settled content"),
        (("dismiss", "0000"), "0 saves"),
    ):
        assert said in run("w", *wrong, code=1).replace("\n", " ")
    assert read(run, "w", "outbox") == []
    assert "is no device" in run("elsewhere", "list", code=1)


def test_two_files_are_merged_parted_and_one_is_moved_from_the_terminal(server: ServerProcess, run: Run) -> None:
    run("w", "enrol", server.new_link("林小满"))
    run("h", "enrol", server.new_link("贺长庚"))
    run("w", "new", "--head", "王秀兰", "phone=13900000981")
    run("w", "new", "--head", "王秀英", "phone=13900000982")
    run("w", "sync")
    run("h", "sync")
    one, other = (read(run, "h", "list", name)[0]["file"] for name in ("王秀兰", "王秀英"))
    for file in (one, other):
        run("h", "show", file)
    assert other[:8] in run("h", "merge", "王秀兰", "王秀英", "--reason", "同一户")
    assert [row["file"] for row in read(run, "h", "list", "王秀")] == [one]
    assert read(run, "h", "sync")["verdicts"] == {"accepted": 1}
    run("w", "sync")
    phones = read(run, "w", "show", one)["paths"]["phone"]["values"]
    assert {value["value"] for value in phones} == {"13900000981", "13900000982"}
    assert "王秀英" in run("w", "show", one)
    assert "merge" in run("w", "history", one)
    assert "begin with" in run("h", "unmerge", one, "ffff", code=1)
    run("h", "unmerge", one, other[:8])
    assert {row["file"] for row in read(run, "h", "list", "王秀")} == {one, other}

    assert "There are" in run("h", "transfer", "王秀英", "南片区", code=1)
    run("h", "show", other)
    run("h", "transfer", "王秀英", "西片区", "--reason", "搬走了")
    run("h", "sync")
    assert "王秀英" in run("h", "show", other)
    run("w", "sync")
    assert [row["file"] for row in read(run, "w", "list", "王秀")] == [one]

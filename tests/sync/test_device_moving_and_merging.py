"""Python devices and a real server: a household moves away and comes back; two files of one household are merged and parted."""

from __future__ import annotations

from typing import Any

import pytest

from sync.device.device import Device
from sync.device.errors import DeviceError, FileUnknownError, ReadOnlyFileError
from tests.sync.devices import Enrol, put, sync_all

pytestmark = pytest.mark.slow


def household(device: Device, name: str, phone: str) -> tuple[str, str]:
    """The file, and its one member."""
    member = device.new_id()
    ops = [put("phone", phone), {"op": "append", "path": "members", "id": member, "value": {"name": name}}]
    return device.create_file("household", scope_of(device, "东片区"), ops)[0], f"members/{member}"


def scope_of(device: Device, name: str) -> str:
    return next(patch["id"] for patch in device.policy["patches"] if patch["name"] == name)


def values(device: Device, file: str, path: str) -> list[Any]:
    return [value["value"] for value in device.open_file(file).state["paths"][path]["values"]]


def test_a_household_moves_away_with_every_word_and_comes_back(enrol: Enrol) -> None:
    worker, head = enrol("林小满"), enrol("贺长庚")
    file, _ = household(worker, "石大山", "13900000990")
    sync_all(worker, head)
    head.transfer_file(head.open_file(file), scope_of(head, "西片区"), reason="搬到龙塘村")
    worker.save(worker.open_file(file), [put("directions", "过桥右转")])
    sync_all(head, worker)

    # Written here before the phone heard that it had gone: it waits for the deputy there, and the file stays, sealed.
    left = worker.open_file(file)
    assert left.readonly
    with pytest.raises(ReadOnlyFileError):
        worker.save(left, [put("phone", "13900000991")])
    assert [stored.status for stored in worker.list_own_saves()] == ["accepted", "quarantined"]

    # Taken in there; here the file goes, and nothing of it is lost.
    late = worker.list_own_saves()[-1].id
    answer = head.transport.call("POST", f"/review/{late}", body={"decision": "accept"})
    assert answer
    assert answer.is_fine
    sync_all(head, worker)
    assert values(head, file, "directions") == ["过桥右转"]

    head.transfer_file(head.open_file(file), scope_of(head, "东片区"))
    sync_all(head, worker)
    back = worker.open_file(file)
    assert not back.readonly
    assert values(worker, file, "directions") == ["过桥右转"]
    worker.save(back, [put("phone", "13900000992")])
    sync_all(worker, head)
    assert values(head, file, "phone") == ["13900000992"]


def test_a_phone_that_hears_late_that_a_file_has_gone_loses_nothing(enrol: Enrol) -> None:
    worker, head = enrol("林小满"), enrol("贺长庚")
    file, _ = household(worker, "石小山", "13900000990")
    sync_all(worker, head)
    head.transfer_file(head.open_file(file), scope_of(head, "西片区"))
    sync_all(head, worker)
    with pytest.raises(FileUnknownError):
        worker.open_file(file)


def test_a_file_that_one_has_given_away_is_read_only_at_once(enrol: Enrol) -> None:
    worker, head = enrol("林小满"), enrol("贺长庚")
    file, _ = household(worker, "石小水", "13900000990")
    sync_all(worker)
    view = worker.open_file(file)
    assert [patch["name"] for patch in worker.policy["patches"]] == ["东片区"]
    worker.transfer_file(view, scope_of(head, "西片区"))  # the server will say that a worker may not
    assert worker.open_file(file).readonly
    worker.sync()
    assert worker.list_own_saves()[-1].status == "returned"
    assert not worker.open_file(file).readonly
    sync_all(head)
    assert "$scope" not in head.open_file(file).state["paths"]


def test_two_files_of_one_household_are_merged_and_parted_with_all_their_words(enrol: Enrol) -> None:
    one, two, deputy = enrol("林小满"), enrol("周青禾"), enrol("沈若兰")
    survivor, _ = household(one, "王秀兰", "13900000001")
    absorbed, member = household(two, "王秀兰", "13900000002")
    sync_all(one, two, deputy)
    deputy.merge_files(deputy.open_file(survivor), deputy.open_file(absorbed), reason="同一户")
    assert [file.file for file in deputy.list_files() if file.file in (survivor, absorbed)] == [survivor]
    two.save(two.open_file(absorbed), [put("directions", "井边第二家")])  # offline, and late
    sync_all(deputy, two, one, deputy)

    for device in (one, two, deputy):
        assert set(values(device, survivor, "phone")) == {"13900000001", "13900000002"}
        assert values(device, survivor, "directions") == ["井边第二家"]
        assert device.open_file(absorbed).state["absorbed_by"] == survivor
        assert len([stored for stored in device.history(survivor) if stored.file == absorbed]) == 2

    # Saved on the merged file: the phone of both, and of the other file's member.
    one.save(one.open_file(survivor), [put("phone", "13900000003"), put(f"{member}/phone", "13900000004")])
    sync_all(one, deputy, two)
    assert values(two, survivor, "phone") == ["13900000003"]

    deputy.undo_merge(deputy.open_file(survivor), absorbed, reason="是两户")
    sync_all(deputy, one, two)
    for device in (one, two, deputy):
        assert device.open_file(absorbed).state["absorbed_by"] is None
        assert values(device, survivor, "phone") == ["13900000003"]
        assert values(device, absorbed, "phone") == ["13900000002"]
        assert values(device, absorbed, f"{member}/phone") == ["13900000004"]  # carried over by who undid it
        assert member not in device.open_file(survivor).state["elements"]
    assert {device.open_file(survivor).seen for device in (one, two, deputy)} == {deputy.open_file(survivor).seen}


def test_what_is_not_merged_cannot_be_parted(enrol: Enrol) -> None:
    deputy = enrol("沈若兰")
    one, _ = household(deputy, "刘一", "13900000001")
    other, _ = household(deputy, "刘二", "13900000002")
    with pytest.raises(DeviceError, match="not merged"):
        deputy.undo_merge(deputy.open_file(one), other)

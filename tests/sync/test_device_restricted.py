"""A worker's device puts what few may know into a drawer: it goes there, is read there, and stays nowhere else."""

from __future__ import annotations

import pytest

from sync.device.device import Device
from sync.device.errors import ReadOnlyFileError
from sync.drawers import KIND, drawer_of
from tests.sync.devices import Enrol, Run, put, read, sync_all
from tests.sync.server_process import ServerProcess

pytestmark = pytest.mark.slow
CANARY = "金丝雀限知九九一"


def household_of(device: Device) -> tuple[str, str]:
    scope = device.policy["scopes"][0]["id"]
    member = {"op": "append", "path": "members", "id": device.new_id(), "value": {"name": "石大山", "relation": "02"}}
    return device.create_file("household", scope, [member])[0], scope


def test_a_record_written_by_a_worker_is_read_by_the_deputy_and_by_nobody_else(enrol: Enrol) -> None:
    worker, colleague, deputy = enrol("林小满"), enrol("周青禾"), enrol("沈若兰")
    household, scope = household_of(worker)
    sync_all(worker, colleague, deputy)
    file, change = worker.create_file(KIND, drawer_of(scope), [put("household", household), put("note", CANARY)])
    shut = worker.store.find_file(file)
    assert shut is not None
    assert shut.left
    with pytest.raises(ReadOnlyFileError):
        worker.save(worker.open_file(file), [put("note", "再写一遍")])
    assert [one.id for one in worker.store.list_unsent()] == [change]
    sync_all(worker, colleague, deputy)
    assert deputy.open_file(file).state["paths"]["note"]["value"] == CANARY
    assert colleague.store.find_file(file) is None
    assert worker.store.list_unsent() == []

    deputy.save(deputy.open_file(file), [put("agreed", "每周去一次")])
    sync_all(deputy, worker, colleague)
    assert [one.id for one in worker.store.list_changes(file)] in ([], [change])  # at most one's own word, shut


def test_it_can_be_written_and_read_in_a_terminal(run: Run, server: ServerProcess) -> None:
    run("worker", "enrol", server.new_link("林小满"))
    run("deputy", "enrol", server.new_link("沈若兰"))
    run("worker", "sync")
    run("worker", "new", "--head", "岩小坡", "phone=13900000990")
    said = run("worker", "restrict", "岩小坡", "subject=mental_health", f"note={CANARY}", "--category", "mental_severe")
    assert "沈若兰" in said
    run("worker", "sync")
    run("deputy", "sync")
    [record] = [one for one in read(run, "deputy", "restricted") if one.get("subject") == "mental_health"]
    assert (record["note"], record["categories"]) == (CANARY, ["mental_severe"])
    assert read(run, "worker", "restricted") == []

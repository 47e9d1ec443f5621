"""The server is put back to yesterday's copy: devices notice, say so, and bring back every change with its first verdict."""

from __future__ import annotations

import os
from typing import Any

import pytest

from server.devices import rules as devices
from server.intake import reading
from server.log import generation, restarts, watermark
from sync.device.device import Device
from sync.log import epoch_of
from sync.verdict import read_verdict
from tests.server.restoring import World, make_households, put, sync_all, visit

CHANGES = int(os.environ.get("YIHU_RESTORED_CHANGES", "500"))


def verdicts_of(*devices: Device) -> dict[str, str]:
    """Every decided change that these devices hold, with the text of its verdict."""
    held = [one for device in devices for file in device.list_files() for one in device.store.list_changes(file.file)]
    return {one.id: one.verdict.body for one in held if one.verdict}


def lose_a_day(world: World, before: int, after: int, files: int) -> tuple[Device, Device, dict[str, str]]:
    """Two devices work, the database is copied, they go on, and the copy is put back. What was decided until then."""
    with world.serving() as context:
        one, other = world.enrol(context, "林小满"), world.enrol(context, "周青禾")
        mine, theirs = make_households(one, files), make_households(other, files)
        sync_all([one, other])
        visit(one, mine, before // 2)
        visit(other, theirs, before // 2)
        sync_all([one, other])
    world.copies.copy()
    with world.serving():
        visit(one, [*mine, *theirs], after // 2)
        visit(other, [*theirs, *mine], after // 2 - 1)
        sync_all([one, other])
        late = make_households(other, 1)
        visit(other, late, 1)
        other.sync()  # nobody else ever hears of these
    decided = verdicts_of(one, other)
    world.copies.put_back()
    return one, other, decided


def assert_nothing_lost(world: World, decided: dict[str, str], *devices: Device) -> None:
    with world.serving() as context:
        newcomer = world.enrol(context, "林小满")
        sync_all([newcomer])
        everyone = [*devices, newcomer]

        def look(session: Any) -> dict[str, str]:
            told = reading.list_current_verdicts(session, context.keyring, world.station, list(decided))
            return {read_verdict(one).change: one.body for some in told.values() for one in some}

        kept = context.database.read(look)
    assert {change: body for change, body in decided.items() if kept.get(change) != body} == {}
    views = [{file.file: device.open_file(file.file) for file in device.list_files()} for device in everyone]
    for found in views[1:]:
        assert {file: view.seen for file, view in found.items()} == {file: view.seen for file, view in views[0].items()}
        assert {file: view.state for file, view in found.items()} == {
            file: view.state for file, view in views[0].items()
        }
    assert all(verdicts_of(device) == decided for device in everyone)


def test_everything_comes_back_with_its_first_verdict(world: World) -> None:
    one, other, decided = lose_a_day(world, before=20, after=40, files=3)
    with world.serving():
        told = sync_all([one, other])
    assert told[0].restored is not None
    assert told[0].restored["brought"] > 0
    assert told[1].restored is not None
    assert told[0].restored["epoch"] == told[1].restored["epoch"] > 1
    assert_nothing_lost(world, decided, one, other)


@pytest.mark.slow
@pytest.mark.timeout(1_500)
def test_none_of_many_changes_is_lost(world: World) -> None:
    """On real files; half of the changes are made after the backup. `YIHU_RESTORED_CHANGES=5000` is the long run."""
    half, files = CHANGES // 2, max(20, CHANGES // 25)
    one, other, decided = lose_a_day(world, before=half, after=half, files=files)
    assert len(decided) >= 2 * half + files
    with world.serving():
        sync_all([one, other])
    assert_nothing_lost(world, decided, one, other)


def test_what_is_saved_after_the_restart_stands_beside_what_comes_back(world: World) -> None:
    one, other, decided = lose_a_day(world, before=4, after=8, files=2)
    files = [file.file for file in one.list_files()]
    fresh = visit(one, files, 4)
    with world.serving():
        sync_all([one, other])
    verdicts = verdicts_of(one)
    epochs = {epoch_of(read_verdict(change.verdict).position) for change in one.list_own_saves() if change.verdict}
    assert (len(epochs), min(epochs)) == (2, 1)
    assert_nothing_lost(world, decided | {change: verdicts[change] for change in fresh}, one, other)


def test_a_phone_that_misses_nothing_hears_of_the_restart_too(world: World) -> None:
    with world.serving() as context:
        one = world.enrol(context, "林小满")
        files = make_households(one, 2)
        sync_all([one])
        context.database.write(lambda session: restarts.restart_by_hand(session, context, world.station))
        visit(one, files, 2)
        told = sync_all([one])
        assert told[0].restored is not None
        assert told[0].restored["brought"] == 0
        assert one.store.setting("log")["epoch"] > 1


def test_a_server_that_is_put_back_twice_is_shown_twice(world: World) -> None:
    one, other, decided = lose_a_day(world, before=4, after=8, files=2)
    for _ in range(2):
        with world.serving():
            sync_all([one, other])
        world.copies.put_back()
    with world.serving():
        sync_all([one, other])
    assert one.store.setting("log")["epoch"] == other.store.setting("log")["epoch"] > 3
    assert_nothing_lost(world, decided, one, other)


def test_what_was_brought_back_is_brought_back_again(world: World) -> None:
    """Put back a second time, to a copy from between: its verdicts say places that the log never forgot."""
    one, other, decided = lose_a_day(world, before=4, after=8, files=2)
    with world.serving() as context:
        sync_all([one])
    world.copies.copy()
    with world.serving() as context:
        sync_all([other])
        generation.note_generation(context, now=True)
    world.copies.put_back()
    with world.context() as context:
        assert len(generation.find_restores(context)) == 1
    with world.serving():
        sync_all([one, other])
    assert_nothing_lost(world, decided, one, other)


def test_the_watermark_stays_below_what_came_back_after_the_backup(world: World) -> None:
    one, other, _ = lose_a_day(world, before=4, after=8, files=2)
    with world.serving() as context:
        sync_all([one])
        marks = context.database.read(watermark.mark_backup)
        context.database.write(
            lambda session: watermark.note_backup(session, world.station, marks[world.station], context.now())
        )
        sync_all([one])
        assert one.store.setting("backed_up") == marks[world.station]
        sync_all([other])
        sync_all([one])
        brought = [
            read_verdict(stored.verdict).position
            for file in other.list_files()
            for stored in other.store.list_changes(file.file)
            if stored.verdict and not any(stored.id == known.id for known in one.store.list_own())
        ]
    assert 0 < one.store.setting("backed_up") < marks[world.station]
    assert one.store.setting("backed_up") < max(place for place in brought if epoch_of(place) == 1)


def test_a_revoked_phone_brings_its_own_back_sealed(world: World) -> None:
    one, other, decided = lose_a_day(world, before=4, after=8, files=2)
    with world.serving() as context:
        sync_all([one])
        replica = other.identity.replica
        context.database.write(lambda session: devices.revoke(session, world.station, replica, None, context.now()))
        report = other.sync()
        assert report.problem is not None
        assert report.problem["code"] == "device_revoked"
        assert report.sealed > 0
        sync_all([one])
        newcomer = world.enrol(context, "周青禾")
        sync_all([newcomer])
        mine = {stored.id: stored.verdict.body for stored in other.list_own_saves() if stored.verdict}
        kept = verdicts_of(newcomer)
    assert len(mine) > 4
    assert {change: kept.get(change) for change in mine} == mine


def test_a_network_that_breaks_off_loses_nothing(world: World) -> None:
    one, other, decided = lose_a_day(world, before=4, after=8, files=2)
    with world.serving():
        real = one.transport.call
        lost: list[str] = []

        def flaky(method: str, path: str, **given: Any) -> Any:
            answer = real(method, path, **given)
            if path in ("/log/witness", "/have", "/log/return") and path not in lost:
                lost.append(path)
                return None
            return answer

        one.transport.call = flaky  # type: ignore[method-assign]
        for _ in range(4):
            one.sync()
        assert lost == ["/log/witness", "/have", "/log/return"]
        sync_all([one, other])
    assert_nothing_lost(world, decided, one, other)


def test_the_generation_file_betrays_an_older_database_before_anyone_writes(world: World) -> None:
    one, other, decided = lose_a_day(world, before=4, after=8, files=2)
    with world.serving() as context:
        sync_all([one, other])
        generation.note_generation(context, now=True)
    with world.context() as context:
        assert generation.find_restores(context) == []
    world.copies.put_back()
    with world.context() as context:
        (said,) = generation.find_restores(context)
        assert (said.because, said.agreed == said.size) == ("generation", True)
        assert generation.find_restores(context) == []
    with world.serving():
        sync_all([one, other])
    assert_nothing_lost(world, decided, one, other)


def test_a_restart_that_nobody_noticed_at_first_is_settled_by_the_operator(world: World) -> None:
    """A phone that remembers no later log saves first: the log takes another course, and only a person can say why."""
    one, other, decided = lose_a_day(world, before=4, after=8, files=2)
    with world.serving() as context:
        stranger = world.enrol(context, "林小满")
        visit(stranger, make_households(stranger, 1), 30)
        sync_all([stranger])
        decided |= verdicts_of(stranger)
        report = one.sync()
        assert report.problem is not None
        assert report.problem["code"] == "log_differs"
        assert not report.complete
        said = context.database.write(lambda session: restarts.restart_by_hand(session, context, world.station))
        assert said.because == "operator"
        sync_all([one, other, stranger])
        decided |= verdicts_of(stranger)
    assert_nothing_lost(world, decided, one, other, stranger)


@pytest.mark.parametrize("page_entries", [1, 500])
def test_what_a_forgotten_transfer_took_away_comes_back_though_nobody_brings_it_back(
    world: World, page_entries: int
) -> None:
    """Nobody else has the transfer any more: the files live here again, and their reader hears so by name."""
    world.settings = world.settings.model_copy(update={"page_entries_max": page_entries})
    with world.serving() as context:
        one, deputy = world.enrol(context, "林小满"), world.enrol(context, "沈若兰")
        mine = make_households(one, 1)
        theirs = [
            deputy.create_file("household", one.policy["scopes"][0]["id"], [put("phone", f"1390000000{number}")])[0]
            for number in range(2)
        ]
        sync_all([one, deputy])
        one.save(one.open_file(mine[0]), [put("no_such_field", 1)])  # returned: the file stays while it is not put away
        one.sync()
        before = {file: one.open_file(file).state for file in [*mine, *theirs]}
    world.copies.copy()
    with world.serving():
        west = next(scope["id"] for scope in deputy.policy["scopes"] if scope["id"] != one.policy["scopes"][0]["id"])
        for file in [*mine, *theirs]:
            deputy.transfer_file(deputy.open_file(file), west)
        deputy.sync()
        one.sync()
        assert {stored.file: stored.left for stored in one.list_files()} == dict.fromkeys(mine, True)
    world.copies.put_back()
    with world.serving() as context:
        real = one.transport.call
        asked: list[Any] = []

        def breaks_off(method: str, path: str, **given: Any) -> Any:
            answer = real(method, path, **given)
            if path == "/have" and given["body"].get("changes"):
                asked.append(given["body"])
                return None if len(asked) == 1 else answer
            return answer

        one.transport.call = breaks_off  # type: ignore[method-assign]
        assert one.sync().problem is not None
        sync_all([one])
        assert [sorted(body["files"]) for body in asked] == [sorted([*mine, *theirs])] * 2
        assert {stored.file: stored.left for stored in one.list_files()} == dict.fromkeys(before, False)
        assert {file: one.open_file(file).state for file in before} == before
        newcomer = world.enrol(context, "林小满")
        sync_all([one, newcomer])
        assert {file: newcomer.open_file(file).seen for file in before} == {
            file: one.open_file(file).seen for file in before
        }
    assert len(asked) == 2  # what is here and open is not fetched again


def test_what_only_the_lost_log_gave_goes_from_the_phone(world: World) -> None:
    """A forgotten merge brought a file to its reader; by the time it comes back, the file under which it shows has moved."""
    with world.serving() as context:
        one, deputy, later = (world.enrol(context, name) for name in ("林小满", "沈若兰", "沈若兰"))
        here = make_households(one, 2)
        west = next(scope["id"] for scope in deputy.policy["scopes"] if scope["id"] != one.policy["scopes"][0]["id"])
        there = deputy.create_file("household", west, [put("phone", "13900000001")])[0]
        sync_all([one, deputy, later])
    world.copies.copy()
    with world.serving():
        visit(deputy, [here[1]], 2)  # the lost log is longer than what takes its place
        deputy.merge_files(deputy.open_file(here[0]), deputy.open_file(there))
        sync_all([deputy, one])
        assert {stored.file for stored in one.store.list_files() if not stored.left} == {*here, there}
    world.copies.put_back()
    with world.serving():
        later.transfer_file(later.open_file(here[0]), west)
        later.sync()
        real = one.transport.call
        asked: list[Any] = []

        def breaks_off(method: str, path: str, **given: Any) -> Any:
            answer = real(method, path, **given)
            if path == "/have" and set(given["body"]["files"].values()) == {"0" * 64}:
                asked.append(given["body"]["files"])
                return None if len(asked) == 1 else answer
            return answer

        one.transport.call = breaks_off  # type: ignore[method-assign]
        assert one.sync().problem is not None
        sync_all([one, deputy, later])
        assert {stored.file for stored in one.store.list_files() if not stored.left} == {here[1]}
        assert {stored.file for stored in later.store.list_files() if not stored.left} == {*here, there}
        one.sync()
    assert [sorted(files) for files in asked] == [sorted([here[1], there])] * 2

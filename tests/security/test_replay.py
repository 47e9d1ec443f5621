"""T-11: what was sent once may arrive again, doubled, late and in any order: the log and the files are as if sent once."""

import hashlib
import random
from collections.abc import Callable
from typing import Any

import pytest

from server.context import Context
from server.intake.checks import find_rules
from server.station.founding import DEMO_FILE, found_station, read_plan
from sync.change import Envelope, read_change
from sync.fold import FoldInput, fold, state_digest
from tests.server.phone import Phone, fold_inputs, new_id, set_phone

Query = Callable[[str], list[Any]]


def write_changes(phone: Phone, count: int) -> list[Envelope]:
    """Chains of five saves on each of count/5 files."""
    files = [new_id() for _ in range(count // 5)]
    return [
        phone.save(file, [set_phone(f"135{turn:04}{place:04}")])
        for turn in range(5)
        for place, file in enumerate(files)
    ]


def send_in_any_order(phone: Phone, changes: list[Envelope], seed: int) -> int:
    """Each change 1 to 5 times in random order, in batches; returns how many sendings that were."""
    luck = random.Random(seed)
    sendings = [one for one in changes for _ in range(luck.randint(1, 5))]
    luck.shuffle(sendings)
    for start in range(0, len(sendings), 200):
        phone.push(*sendings[start : start + 200])
    return len(sendings)


def picture(phone: Phone, query: Query) -> tuple[list[Any], dict[str, str]]:
    """What the log holds (each change, its dot and status) and the state of every file as a reader folds it."""
    rows = query("SELECT change_id, file, replica, seq, status FROM change ORDER BY change_id")
    phone.cursor = None
    by_file: dict[str, list[dict[str, Any]]] = {}
    for entry in phone.pull_all():
        if entry["kind"] == "change":
            by_file.setdefault(phone.read(entry["verdict"]).file or "", []).append(entry)
    rules = find_rules("household")
    assert rules is not None
    digests = {file: state_digest(fold(rules, fold_inputs(latest(entries)))) for file, entries in by_file.items()}
    return [tuple(row) for row in rows], digests


def latest(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The last word on each change; what waited was told twice."""
    return list({entry["envelope"]["body"]: entry for entry in entries}.values())


def test_ten_thousand_changes_in_any_order_are_as_if_sent_once(
    worker: Phone, colleague: Phone, query: Query, figure: Callable[[str], None], long_or: Callable[[int, int], int]
) -> None:
    count = long_or(2_000, 10_000)
    changes = write_changes(worker, count)
    seed = 20261122
    sendings = send_in_any_order(worker, changes, seed)
    rows, digests = picture(colleague, query)
    assert [row[4] for row in rows] == ["accepted"] * count
    assert len({(row[1], row[2], row[3]) for row in rows}) == count
    final = {file: hashlib.sha256(digest.encode()).hexdigest() for file, digest in digests.items()}
    send_in_any_order(worker, changes, seed + 1)
    again_rows, again = picture(colleague, query)
    assert again_rows == rows
    assert {file: hashlib.sha256(digest.encode()).hexdigest() for file, digest in again.items()} == final
    figure(
        f"{count} changes in {sendings} sendings twice over (seed {seed}), 0 doubled, 0 lost, {len(final)} files equal"
    )


def test_last_change_first_still_ends_in_the_same_state(worker: Phone, colleague: Phone, query: Query) -> None:
    changes = write_changes(worker, 60)
    for envelope in reversed(changes):
        worker.push(envelope)
    rows, digests = picture(colleague, query)
    assert {row[4] for row in rows} == {"accepted"}
    rules = find_rules("household")
    assert rules is not None
    for file, digest in digests.items():
        own = [FoldInput(read_change(one)) for one in changes if read_change(one).file == file]
        values = {entry["value"] for entry in fold(rules, own)["paths"].values()}
        assert (len(own), len(values), len(digest)) == (5, 1, 64)


def test_a_change_of_one_station_is_refused_at_another(
    worker: Phone, context: Context, issue: Callable[..., str], make_phone: Callable[[], Phone]
) -> None:
    other = context.database.write(
        lambda session: found_station(session, context.keyring, read_plan(DEMO_FILE), context.now())
    )
    stranger = make_phone().enrol(issue("林小满", other))
    changes = write_changes(worker, 50)
    assert {verdict.status for verdict in stranger.push(*changes)} == {"returned"}


def test_teeth_a_server_that_forgets_what_it_has_seen_is_found_out(
    worker: Phone, colleague: Phone, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = write_changes(worker, 50)
    send_in_any_order(worker, changes, 1)
    before = picture(colleague, query)[0]

    def forget(keeping: Any, _envelopes: Any) -> None:
        keeping.rows = {}

    monkeypatch.setattr("server.intake.keeping.Keeping.read_rows", forget)

    def anew(envelope: Envelope) -> str:
        return hashlib.sha256((envelope.sig + new_id()).encode()).hexdigest()

    for module in ("batch", "keeping"):
        monkeypatch.setattr(f"server.intake.{module}.row_id_of", anew)
    try:
        send_in_any_order(worker, changes, 2)
    except AssertionError:
        return  # the database's own keys refused it: seen all the same
    assert picture(colleague, query)[0] != before

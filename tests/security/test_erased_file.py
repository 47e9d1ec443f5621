"""T-4d: a file that two people erased is gone: from the database, from a backup made before with today's key file, from every phone.

What stays is sound: the log verifies, every other file opens, and nobody alone can do it.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server import crypto
from server.context import Context
from server.keyring.puncture import TreeKey
from server.log.verification import verify_station
from server.main import prepare
from server.settings import Settings
from sync.change import Envelope, from_base64url, verify
from sync.versions import Base
from tests.security.canaries import NAMES, PHONES, find_words
from tests.security.full_station import ledger_of
from tests.server.phone import Phone, new_id, set_phone
from tests.server.test_photos import photo, upload
from tests.server.test_restricted import put_in

REASON = "当事人撤回同意,要求删除"


def ask(phone: Phone, file: str) -> Any:
    return phone.http.post("/erasures", json={"file": file, "reason": REASON})


def erase(deputy: Phone, head: Phone, file: str) -> None:
    assert ask(deputy, file).status_code == 201
    done = head.http.post(f"/erasures/{file}/confirm")
    assert (done.status_code, done.json().get("state")) == (200, "erased"), done.text


def fill(worker: Phone, deputy: Phone, file: str) -> None:
    """Words in changes, a verdict's reason, a photo, an imported ledger."""
    member = {
        "op": "append",
        "path": "members",
        "id": new_id(),
        "value": {"name": NAMES[0], "id_number": "990101199001011003"},
    }
    worker.push(worker.save(file, [set_phone(PHONES[0]), member]), worker.save(file, [set_phone(PHONES[1])]))
    assert upload(worker, file, photo()).status_code == 204
    book = ledger_of(NAMES[:3], ["990101199001011003"], PHONES[:3], ["-"] * 3)
    assert deputy.http.post("/ledger/imports", files={"file": ("l.xlsx", book)}).status_code == 201


def backup(context: Context, folder: Path) -> Settings:
    """Database and files as they lie; the key file is another's to keep."""
    if context.settings.files_folder().is_dir():
        shutil.copytree(context.settings.files_folder(), folder / "files")
    (folder / "db").mkdir(parents=True)
    path = context.settings.resolved_database_url().removeprefix("sqlite:///")
    # In a process of its own: closing a second connection here would drop the locks of the first.
    code = "import sys, pysqlite3 as s; a, b = map(s.connect, sys.argv[1:]); a.backup(b); b.close()"
    subprocess.run([sys.executable, "-c", code, path, str(folder / "db" / "yihu.sqlite3")], check=True)
    return Settings(
        data=folder, database_url=f"sqlite:///{folder}/db/yihu.sqlite3", key_file=context.settings.resolved_key_file()
    )


def readable(context: Context, station_id: str, owner: str) -> bool:
    try:
        context.database.read(lambda session: context.keyring.require_key(session, station_id, owner))
    except crypto.SealError:
        return False
    return True


def wrong_rows(context: Context, station_id: str) -> list[str]:
    found = context.database.read(lambda session: verify_station(session, context.keyring, station_id))
    return [f"{one.table} {one.wrong} {one.why}" for one in found.findings]


def test_an_erased_file_is_gone_everywhere_and_the_log_stays_whole(
    worker: Phone, deputy: Phone, head: Phone, context: Context, station_id: str, tmp_path: Path,
    query: Callable[[str], list[tuple[Any, ...]]], figure: Callable[[str], None],
) -> None:  # fmt: skip
    file, kept = new_id(), new_id()
    fill(worker, deputy, file)
    worker.push(worker.save(kept, [set_phone(PHONES[2])]))
    before = backup(context, tmp_path / "backup")
    erase(deputy, head, file)
    assert wrong_rows(context, station_id) == []
    assert not readable(context, station_id, file)
    assert readable(context, station_id, kept)
    rows = query("SELECT * FROM change") + query("SELECT * FROM log_entry") + query("SELECT * FROM erased_file")
    assert find_words(repr(rows).encode()) == []
    assert query("SELECT count(*) FROM ledger_import") == query("SELECT count(*) FROM attachment") == [(0,)]
    put_back = prepare(before)
    opened = [readable(put_back, station_id, one) for one in (file, kept)]
    assert wrong_rows(put_back, station_id) == []
    put_back.database.close()
    assert opened == [False, True]
    figure("erased by two: 0 words left, 0 of it readable in a backup made before, the log whole, the other file opens")


def test_what_few_may_know_about_the_household_goes_with_it(
    worker: Phone, deputy: Phone, head: Phone, context: Context, station_id: str, query: Callable[[str], list[tuple[Any, ...]]]
) -> None:  # fmt: skip
    file, other = new_id(), new_id()
    worker.push(worker.save(file, [set_phone(PHONES[0])]), worker.save(other, [set_phone(PHONES[1])]))
    about, elsewhere = (
        put_in(
            worker,
            worker.scope,
            ops=[
                {"op": "set", "path": "household", "value": household},
                {"op": "set", "path": "note", "value": NAMES[0]},
            ],
        )
        for household in (file, other)
    )
    assert [one.status for one in worker.push(about[1], elsewhere[1])] == ["accepted"] * 2
    assert [name for name in NAMES if name in json.dumps(deputy.pull_all(), ensure_ascii=False)] == [NAMES[0]]
    erase(deputy, head, file)
    assert [readable(context, station_id, one) for one in (file, about[0], other, elsewhere[0])] == [False] * 2 + [
        True
    ] * 2
    assert query(f"SELECT count(*) FROM change WHERE file = '{about[0]}' AND length(sealed_body) > 0") == [(0,)]
    told = deputy.http.post("/sync", json={"cursor": deputy.cursor, "erased": 0}).json()["erased"]
    assert {json.loads(one["body"])["file"] for one in told} == {file, about[0]}
    assert wrong_rows(context, station_id) == []


def test_phones_are_told_by_the_stations_word_and_never_get_it_again(
    worker: Phone, colleague: Phone, deputy: Phone, head: Phone
) -> None:
    file = new_id()
    fill(worker, deputy, file)
    colleague.pull_all()
    erase(deputy, head, file)
    answer = colleague.http.post("/sync", json={"cursor": colleague.cursor, "erased": 0}).json()
    [told] = [Envelope(**one) for one in answer["erased"]]
    assert verify(told, from_base64url(colleague.policy["verdict_key"]))
    assert f'"file":"{file}"' in told.body
    assert answer["entries"] == []
    at = int(told.body.split('"at":')[1].split(",")[0])
    assert colleague.http.post("/sync", json={"cursor": answer["cursor"], "erased": at}).json()["erased"] == []
    assert [one for one in colleague.sync(cursor=None)["entries"] if one["kind"] == "change"] == []
    assert worker.http.get(f"/attachments/{file}/{'0' * 64}").status_code == 404


def test_what_comes_late_is_answered_and_none_of_it_is_kept(
    worker: Phone, deputy: Phone, head: Phone, context: Context, station_id: str, query: Callable[[str], list[tuple[Any, ...]]]
) -> None:  # fmt: skip
    file = new_id()
    first = worker.save(file, [set_phone(PHONES[0])])
    worker.push(first)
    late = worker.save(file, [set_phone(PHONES[3])])
    erase(deputy, head, file)
    for _ in range(2):  # repeating it changes nothing
        again, told = worker.push(first, late)
        assert [(one.status, one.reasons[0].code, one.file) for one in (again, told)] == [
            ("returned", "file_erased", file)
        ] * 2
    assert query(f"SELECT count(*) FROM change WHERE file = '{file}' AND length(sealed_body) > 0") == [(0,)]
    assert query("SELECT body_bytes FROM change WHERE status = 'returned'") == [(0,)]
    assert wrong_rows(context, station_id) == []
    assert worker.push(worker.save(new_id(), [set_phone(PHONES[4])]))[0].status == "accepted"


def test_one_person_alone_erases_nothing(
    worker: Phone, deputy: Phone, head: Phone, west_worker: Phone, context: Context, station_id: str
) -> None:
    file = new_id()
    worker.push(worker.save(file, [set_phone(PHONES[0])]))
    assert ask(worker, file).status_code == 403
    assert ask(west_worker, file).status_code in (403, 404)
    assert head.http.post(f"/erasures/{file}/confirm").status_code == 404
    assert ask(deputy, file).status_code == 201
    assert ask(deputy, file).json()["code"] == "conflict"
    assert deputy.http.post(f"/erasures/{file}/confirm").json()["code"] == "another_needed"
    assert worker.http.post(f"/erasures/{file}/confirm").status_code == 403
    assert head.http.post(f"/erasures/{file}/decline").json()["state"] == "declined"
    assert head.http.post(f"/erasures/{file}/confirm").json()["code"] == "conflict"
    assert readable(context, station_id, file)
    assert [one["state"] for one in deputy.http.get("/erasures").json()["erasures"]] == ["declined"]


def test_a_merged_file_is_parted_first(worker: Phone, deputy: Phone, head: Phone) -> None:
    survivor, absorbed = new_id(), new_id()
    worker.push(worker.save(survivor, [set_phone(PHONES[0])]), worker.save(absorbed, [set_phone(PHONES[1])]))
    seen = {"vector": {worker.replica: 1}, "except": []}
    base = Base({worker.replica: 1})
    merged = deputy.save(survivor, [], act="merge", base=base, merge={"file": absorbed, "base": seen})
    assert deputy.push(merged)[0].status == "accepted"
    for file in (survivor, absorbed):
        assert ask(deputy, file).json()["code"] == "erasure_merged"
    base = Base({worker.replica: 1, deputy.replica: 1})
    parted = deputy.save(survivor, [], act="unmerge", base=base, merge={"file": absorbed})
    assert deputy.push(parted)[0].status == "accepted"
    erase(deputy, head, absorbed)
    assert (
        worker.push(worker.save(survivor, [set_phone(PHONES[2])], base=Base({worker.replica: 1})))[0].status
        == "accepted"
    )
    again = deputy.save(
        survivor,
        [],
        act="merge",
        base=Base({deputy.replica: 2, worker.replica: 1}),
        merge={"file": absorbed, "base": seen},
    )
    assert [one.code for one in deputy.push(again)[0].reasons] == ["file_erased"]


def test_a_crash_before_the_key_file_forgot_is_finished_at_the_next_start(
    worker: Phone, deputy: Phone, head: Phone, context: Context, station_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = new_id()
    worker.push(worker.save(file, [set_phone(PHONES[0])]))
    monkeypatch.setattr("server.erasure.shredding.shred", lambda *_given: None)
    erase(deputy, head, file)
    assert not context.keyring.is_forgotten(station_id, file)
    monkeypatch.undo()
    again = prepare(context.settings)
    assert again.keyring.has_forgotten()
    assert again.keyring.is_forgotten(station_id, file)
    again.database.close()


def test_the_tree_forgets_one_owner_and_no_other() -> None:
    key = TreeKey.make(b"k" * 32)
    less = key.without("a").without("b").without("a")
    assert [less.derive(one) for one in ("a", "b")] == [None, None]
    assert all(less.derive(f"x{number}") == key.derive(f"x{number}") for number in range(300))
    assert len(less.branches) < 2 * 48


def test_teeth_a_key_that_is_only_deleted_is_still_in_the_backup(
    worker: Phone, deputy: Phone, head: Phone, context: Context, station_id: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Without the key file's part, whoever has the backup and the key file reads the erased file."""
    file = new_id()
    worker.push(worker.save(file, [set_phone(PHONES[0])]))
    before = backup(context, tmp_path / "backup")
    monkeypatch.setattr("server.erasure.shredding.forget", lambda *_given: None)
    erase(deputy, head, file)
    put_back = prepare(before)
    assert readable(put_back, station_id, file)
    put_back.database.close()


def test_teeth_a_file_emptied_by_hand_is_named(
    worker: Phone, context: Context, station_id: str, query: Callable[[str], object]
) -> None:
    file = new_id()
    worker.push(worker.save(file, [set_phone(PHONES[0])]))
    query("UPDATE log_entry SET status = 'erased'")
    query("UPDATE change SET status = 'erased'")
    query(
        "INSERT INTO erased_file (station_id, file, scope, state, asked_by, asked_at, sealed_reason, erased_at, owners, mark)"
        f" VALUES ('{station_id}', '{file}', '', 'erased', '', 1, x'', 1, '[]', 'forged')"
    )
    assert any("nobody erased its file" in one for one in wrong_rows(context, station_id))

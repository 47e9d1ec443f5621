"""What lies on disk says nothing about a person; the key file lies apart, and what is sealed opens only in its place."""

import base64
import gzip
import json
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server import crypto
from server.context import Context
from server.keyring.rules import KeyFileError, Place
from server.main import prepare
from server.settings import Settings
from tests.server.phone import Phone, new_id

CANARIES = [
    "甲乙丙丁戊-CANARY-地址",
    "990101199001010017",
    "13599990001",
    "林小满",
    "桥头村",
    "东片区",
    "桂溪镇社会工作服务站",
    "测试手机",
]


def spellings(text: str) -> list[bytes]:
    raw = text.encode()
    return [
        raw, text.encode("utf-16-le"), text.encode("gbk"), base64.b64encode(raw).rstrip(b"=")[:-1], raw.hex().encode(),
        json.dumps(text).encode()[1:-1],
    ]  # fmt: skip


@pytest.fixture
def full_station(worker: Phone, colleague: Phone, deputy: Phone, context: Context) -> Context:
    """A station with every kind of thing about a person in it."""
    member = {"name": CANARIES[0], "id_number": CANARIES[1]}
    ops = [
        {"op": "set", "path": "phone", "value": CANARIES[2]},
        {"op": "append", "path": "members", "id": new_id(), "value": member},
    ]
    file = new_id()
    worker.push(worker.save(file, ops, reason=CANARIES[0]))
    many = [worker.save(new_id(), ops[:1]) for _ in range(context.settings.pack_from_entries + 5)]
    worker.push(*many)
    assert colleague.sync(cursor=None)["packs"]
    fork = sign_fork(worker, file)
    worker.push(fork)
    change = deputy.http.get("/review").json()["items"][0]["change"]
    declined = deputy.http.post(f"/review/{change}", json={"decision": "decline", "reason": CANARIES[0]})
    assert declined.status_code == 200
    return context


def sign_fork(worker: Phone, file: str) -> Any:
    worker.seqs.pop(file)
    worker.heads.pop(file)
    return worker.save(file, [{"op": "set", "path": "phone", "value": CANARIES[2]}])


def test_nothing_about_a_person_is_readable_in_the_database_or_the_files(
    full_station: Context, query: Callable[[str], list[Any]]
) -> None:
    context = full_station
    kept: dict[str, bytes] = {}
    for path in Path(context.settings.data).parent.rglob("*"):
        if path.is_file() and "dist" not in path.parts:
            kept[str(path)] = path.read_bytes()
    if not context.database.is_sqlite:
        names = query("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        for (name,) in names:
            for row in query(f'SELECT * FROM "{name}"'):
                kept[f"{name} {row[:2]}"] = b"\n".join(
                    value if isinstance(value, bytes) else str(value).encode() for value in row
                )
    assert len(kept) >= 3
    for where, content in kept.items():
        for canary in CANARIES:
            assert not any(spelling in content for spelling in spellings(canary)), (where, canary)


def test_the_search_would_find_what_is_in_clear(tmp_path: Path) -> None:
    text = json.dumps({"name": CANARIES[0]}, ensure_ascii=False).encode()
    assert any(spelling in text for spelling in spellings(CANARIES[0]))
    assert not any(spelling in gzip.compress(text) for spelling in spellings(CANARIES[0]))


def test_the_key_file_is_its_owners_alone_and_is_never_made_anew_for_existing_data(
    settings: Settings, context: Context, station_id: str
) -> None:
    path = settings.resolved_key_file()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    aside = path.with_suffix(".aside")
    shutil.move(path, aside)
    with pytest.raises(KeyFileError, match="missing"):
        prepare(settings)
    assert not path.exists()
    other = json.loads(aside.read_text())
    path.write_text(json.dumps({**other, "deployment": new_id()}))
    with pytest.raises(KeyFileError, match="another installation"):
        prepare(settings)
    path.write_text("{}")
    with pytest.raises(KeyFileError, match="sound copy"):
        prepare(settings)
    shutil.move(aside, path)
    prepare(settings).database.close()


def test_a_crash_between_key_file_and_database_is_taken_up_at_the_next_start(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = prepare(settings)
    deployment = made.keyring.deployment
    with made.database.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM deployment")
    made.database.close()
    again = prepare(settings)
    assert again.keyring.deployment == deployment
    again.database.close()


def test_a_sealed_value_opens_only_where_it_was_sealed(context: Context, station_id: str) -> None:
    here = Place(station_id, new_id(), "person", "one", "name")

    def work(session: Any) -> None:
        sealed = context.keyring.seal_text(session, here, "张三")
        assert context.keyring.open_text(session, here, sealed) == "张三"
        for moved in (
            here._replace(record="two"), here._replace(field="label"), here._replace(table="village"),
        ):  # fmt: skip
            with pytest.raises(crypto.SealError):
                context.keyring.open_text(session, moved, sealed)
        for place in range(0, len(sealed), 7):
            bent = bytearray(sealed)
            bent[place] ^= 1
            with pytest.raises(crypto.SealError):
                context.keyring.open_text(session, here, bytes(bent))

    context.database.write(work)


def test_destroying_a_data_key_erases_what_it_sealed(
    context: Context, station_id: str, query: Callable[[str], Any]
) -> None:
    place = Place(station_id, new_id(), "person", "one", "name")
    sealed = context.database.write(lambda session: context.keyring.seal_text(session, place, "张三"))
    query(f"DELETE FROM data_key WHERE owner = '{place.owner}'")
    with pytest.raises(crypto.SealError):
        context.database.read(lambda session: context.keyring.open_text(session, place, sealed))


def test_equal_id_numbers_are_found_by_a_blind_index_without_storing_one(
    worker: Phone, context: Context, station_id: str
) -> None:
    from server.intake.rules import find_files_by_id_number

    files = sorted([new_id(), new_id()])
    for file in files:
        value = {"name": "张三", "id_number": "990101199001010017"}
        worker.push(worker.save(file, [{"op": "append", "path": "members", "id": new_id(), "value": value}]))
    found = context.database.read(
        lambda session: find_files_by_id_number(session, context.keyring, station_id, "990101199001010017")
    )
    assert sorted(found) == files

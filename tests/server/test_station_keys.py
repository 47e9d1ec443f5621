"""A station's keys change hands under a running server: phones that pinned the former ones go along, and nobody else leads them."""

import gzip
import json
from collections.abc import Callable

from server import crypto
from server.context import Context
from server.log.verification import verify_station
from server.station.key_changes import change_keys as change_station_keys
from sync.change import Envelope, from_base64url, to_base64url, verify
from sync.handover import follow, keys_of
from tests.server.phone import Phone, new_id, set_phone


def change_keys(context: Context, station_id: str) -> Envelope:
    return context.database.write(
        lambda session: change_station_keys(session, context.keyring, station_id, context.now())
    )


def fetch_policy(phone: Phone) -> tuple[Envelope, dict]:  # type: ignore[type-arg]
    found = phone.http.get("/policy").json()
    return Envelope(found["body"], found["sig"]), json.loads(found["body"])


def test_new_keys_sign_and_what_the_former_said_stays_believed(
    worker: Phone, colleague: Phone, context: Context, station_id: str
) -> None:
    pinned = worker.policy["verdict_key"]
    file = new_id()
    worker.push(worker.save(file, [set_phone("13500000001")]))
    change_keys(context, station_id)
    worker.push(worker.save(file, [set_phone("13500000002")]))
    signed, policy = fetch_policy(worker)
    key = follow(pinned, policy["deployment"], station_id, [Envelope(**one) for one in policy["handovers"]])
    assert key == policy["verdict_key"] != pinned
    assert verify(signed, from_base64url(key))
    keys = keys_of(policy)
    told = colleague.sync(cursor=None, limit=100)["entries"]
    verdicts = [Envelope(**entry["verdict"]) for entry in told if entry["kind"] == "change"]
    assert [keys.believes(one) for one in verdicts] == [True, True]
    assert [verify(one, keys.current) for one in verdicts] == [False, True]


def test_a_device_that_missed_it_is_told_before_anything_is_taken_in(
    worker: Phone, context: Context, station_id: str, query: Callable[[str], list[tuple[int]]]
) -> None:
    assert worker.http.post("/sync", json={"handovers": 0}).status_code == 200
    change_keys(context, station_id)
    save = worker.save(new_id(), [set_phone("13500000001")])
    answer = worker.http.post("/sync", json={"push": [save.to_json()], "handovers": 0})
    assert (answer.status_code, answer.json()["code"]) == (409, "keys_changed")
    assert query("SELECT count(*) FROM change")[0][0] == 0
    assert worker.http.post("/sync", json={"push": [save.to_json()], "handovers": 1}).status_code == 200


def test_what_was_sealed_to_the_former_key_still_comes_home(worker: Phone, context: Context, station_id: str) -> None:
    save = worker.save(new_id(), [set_phone("13500000001")])
    sealed = worker.seal(save)
    change_keys(context, station_id)
    change_keys(context, station_id)
    answer = worker.http.post("/sealed", json={"items": [sealed]})
    assert [one["code"] for one in answer.json()["results"]] == ["received"]
    packed = gzip.compress(b"{}")
    assert crypto.seal_outbox(packed, from_base64url(fetch_policy(worker)[1]["sealing_key"]))


def test_the_former_signing_key_is_gone_and_signs_nothing_after_its_place(
    worker: Phone, context: Context, station_id: str
) -> None:
    pinned = worker.policy["verdict_key"]
    worker.push(worker.save(new_id(), [set_phone("13500000001")]))
    thief = context.database.read(lambda session: _signer(session, context, station_id))
    change_keys(context, station_id)
    keys = keys_of(fetch_policy(worker)[1])

    def forged(**body: object) -> Envelope:
        text = json.dumps(body, sort_keys=True, separators=(",", ":"))
        return Envelope(text, to_base64url(thief.sign(text.encode())))

    assert thief.public_key() == from_base64url(pinned)
    assert keys.believes(forged(position=1))  # what it said while it was the station's own
    assert not keys.believes(forged(position=2))
    assert not keys.believes(forged(type="policy"))
    rows = context.database.read(lambda session: _private_rows(session, station_id))
    assert rows == [("sealing", 0, True), ("sealing", 1, True), ("verdict", 0, False), ("verdict", 1, True)]


def test_the_log_verifies_over_three_keys_and_a_slipped_in_one_is_named(
    worker: Phone, context: Context, station_id: str, query: Callable[[str], object]
) -> None:
    for number in range(3):
        worker.push(worker.save(new_id(), [set_phone(f"1350000000{number}")]))
        change_keys(context, station_id)

    def findings() -> list[tuple[str, str]]:
        found = context.database.read(lambda session: verify_station(session, context.keyring, station_id))
        return [(one.table, one.wrong) for one in found.findings]

    assert findings() == []
    query("UPDATE server_key SET handover_signature = 'A' WHERE purpose = 'verdict' AND number = 1")
    assert ("server_key", "altered") in findings()


def test_a_device_enrolled_later_believes_the_whole_past(
    worker: Phone, context: Context, station_id: str, make_phone: Callable[[], Phone], issue: Callable[[str], str]
) -> None:
    worker.push(worker.save(new_id(), [set_phone("13500000001")]))
    change_keys(context, station_id)
    late = make_phone().enrol(issue("林小满"))
    keys = keys_of(late.policy)
    assert len(keys.former) == 1
    told = late.sync(limit=10)["entries"]
    assert told
    assert all(keys.believes(Envelope(**entry["verdict"])) for entry in told if "verdict" in entry)


def test_a_revoked_device_can_follow_to_the_key_of_its_order(
    worker: Phone, deputy: Phone, context: Context, station_id: str
) -> None:
    change_keys(context, station_id)
    assert deputy.http.post(f"/devices/{worker.replica}/revoke").status_code == 204
    told = worker.http.get("/wipe-order").json()
    key = follow(
        worker.policy["verdict_key"], context.keyring.deployment, station_id,
        [Envelope(**one) for one in told["handovers"]],
    )  # fmt: skip
    assert verify(Envelope(**told["order"]), from_base64url(key))


def _signer(session, context, station_id):  # type: ignore[no-untyped-def]
    from server.keyring.station_keys import get_signer

    return get_signer(session, context.keyring, station_id)


def _private_rows(session, station_id):  # type: ignore[no-untyped-def]
    from sqlmodel import select

    from server.keyring.tables import ServerKey

    rows = session.exec(select(ServerKey).where(ServerKey.station_id == station_id)).all()
    return sorted((row.purpose, row.number, row.sealed_private is not None) for row in rows)

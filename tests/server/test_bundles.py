"""Carried bundles at the server: exactly a push, harmless to repeat, receipts for the authors alone, nothing of a bad one."""

import gzip
import secrets
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives import serialization

from server.context import Context
from server.crypto import open_sealed, seal_to
from sync import bundle as bundles
from sync.bundle import MEDIA_TYPE, Saves, SealedSave
from sync.change import Envelope, change_id, from_base64url, verify
from sync.verdict import Verdict, read_verdict
from tests.server.conftest import Clock
from tests.server.phone import Phone, new_id, set_phone
from tests.server.test_route_replicas import Route


def private_key(phone: Phone) -> bytes:
    return phone.receipt_key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def packed_of(phone: Phone, items: list[dict[str, str]], ask: list[str] | None = None, **other: str) -> bytes:
    """What a phone exports. `other` station or deployment: as if it were of there."""
    place = {"deployment": phone.policy["deployment"], "station": phone.policy["station"]["id"]} | other
    header = bundles.empty("saves", place["deployment"], place["station"])
    saves = Saves(tuple(SealedSave(item["id"], item["sealed"]) for item in items), tuple(ask or ()))
    sealed = seal_to(
        bundles.saves_plain(saves), from_base64url(phone.policy["sealing_key"]), bundles.saves_info(header)
    )
    return bundles.pack("saves", place["deployment"], place["station"], sealed)


def hand_in(carrier: Phone, packed: bytes, **headers: str) -> httpx.Response:
    return carrier.http.post("/bundles", content=packed, headers={"Content-Type": MEDIA_TYPE} | headers)


def receipts_for(phone: Phone, answer: dict[str, Any]) -> list[Verdict]:
    """The verdicts that a device finds for itself, each checked as it would."""
    found = bundles.unpack(from_base64url(answer["receipts"]))
    return open_receipts(phone, found)


def open_receipts(phone: Phone, found: bundles.Bundle) -> list[Verdict]:
    mine = [one for one in bundles.read_receipts(found.payload) if one.to == phone.replica]
    read = []
    for receipt in mine:
        info = bundles.receipt_info(found, phone.replica)
        plain = open_sealed(from_base64url(receipt.sealed), private_key(phone), info)
        for envelope in bundles.read_receipt(plain):
            assert verify(envelope, from_base64url(phone.policy["verdict_key"]))
            read.append(read_verdict(envelope))
    return read


@pytest.fixture
def carrier(colleague: Phone) -> Phone:
    """A colleague whose main vault is closed: only the upload session is left."""
    colleague.http.cookies.delete("yihu_read")
    return colleague


def saved(phone: Phone, value: str = "13900000990") -> tuple[Envelope, dict[str, str]]:
    envelope = phone.save(new_id(), [set_phone(value)])
    return envelope, phone.seal(envelope)


def test_a_carried_save_is_taken_in_as_if_pushed_and_only_its_author_reads_the_receipt(
    worker: Phone, carrier: Phone, deputy: Phone
) -> None:
    (one, sealed_one), (two, sealed_two) = saved(worker), saved(deputy)
    answer = hand_in(carrier, packed_of(worker, [sealed_one, sealed_two]))
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["results"] == [{"id": item["id"], "code": "received"} for item in (sealed_one, sealed_two)]
    [verdict] = receipts_for(worker, body)
    assert (verdict.change, verdict.status) == (change_id(one.body), "accepted")
    assert [found.change for found in receipts_for(deputy, body)] == [change_id(two.body)]
    assert receipts_for(carrier, body) == []
    receipts = bundles.read_receipts(bundles.unpack(from_base64url(body["receipts"])).payload)
    assert {receipt.to for receipt in receipts} == {worker.replica, deputy.replica}
    assert [found.status for found in worker.push(one)] == ["accepted"]  # known: the same verdict again
    assert len(worker.pull_all()) == 2


def test_handing_in_again_by_anyone_is_harmless_and_brings_the_current_verdicts(
    worker: Phone, carrier: Phone, deputy: Phone, query: Callable[[str], list[Any]]
) -> None:
    _, item = saved(worker)
    packed = packed_of(worker, [item, item])
    first = hand_in(carrier, packed).json()
    assert [result["code"] for result in first["results"]] == ["received", "known"]
    for phone in (carrier, deputy):
        again = hand_in(phone, packed).json()
        assert [result["code"] for result in again["results"]] == ["known", "known"]
        assert again["id"] == first["id"] == bundles.bundle_id(packed)
        assert receipts_for(worker, again)[0].position == receipts_for(worker, first)[0].position
    assert query("SELECT count(*) FROM change")[0][0] == 1
    assert sorted(query("SELECT times FROM carried_bundle")) == [(1,), (2,)]


def test_a_route_keys_save_gives_the_receipt_to_the_device_that_certified_it(worker: Phone, carrier: Phone) -> None:
    file = new_id()
    worker.push(worker.save(file, [set_phone("13500000001")]))
    route = Route(worker, [file])
    body = hand_in(carrier, packed_of(worker, [worker.seal(route.save(file), [route.certificate])])).json()
    [verdict] = receipts_for(worker, body)
    assert (verdict.status, verdict.dot and verdict.dot.replica) == ("accepted", route.replica)


def test_a_bad_item_touches_no_other(worker: Phone, carrier: Phone) -> None:
    _, good = saved(worker)
    _, other = saved(worker)
    forged = {"id": other["id"], "sealed": good["sealed"]}
    noise = {"id": "f" * 64, "sealed": "AAAA"}
    body = hand_in(carrier, packed_of(worker, [noise, forged, good])).json()
    assert [result["code"] for result in body["results"]] == ["refused", "refused", "received"]
    assert [verdict.change for verdict in receipts_for(worker, body)] == [good["id"]]


def test_a_bundle_of_which_nothing_is_known_brings_no_receipts(worker: Phone, carrier: Phone) -> None:
    packed = packed_of(worker, [{"id": "f" * 64, "sealed": "AAAA"}], ["e" * 64])
    body = hand_in(carrier, packed).json()
    assert body["receipts"] is None
    answer = carrier.http.get(f"/bundles/{body['id']}/receipts")
    assert (answer.status_code, answer.content) == (204, b"")


def test_what_was_held_when_carried_is_told_when_asked_again(worker: Phone, carrier: Phone) -> None:
    file = new_id()
    first = worker.save(file, [set_phone("13900000990")])
    second = worker.save(file, [set_phone("13900000991")])
    body = hand_in(carrier, packed_of(worker, [worker.seal(second)])).json()
    assert [verdict.status for verdict in receipts_for(worker, body)] == ["held"]
    hand_in(carrier, packed_of(worker, [worker.seal(first)]))
    renewed = carrier.http.get(f"/bundles/{body['id']}/receipts")
    assert renewed.headers["content-type"] == MEDIA_TYPE
    assert [verdict.status for verdict in open_receipts(worker, bundles.unpack(renewed.content))] == ["accepted"]
    asked = hand_in(carrier, packed_of(worker, [], [change_id(second.body)])).json()
    assert asked["results"] == []
    assert [verdict.status for verdict in receipts_for(worker, asked)] == ["accepted"]


def test_receipts_are_given_again_only_to_who_handed_the_bundle_in(
    worker: Phone, carrier: Phone, deputy: Phone
) -> None:
    _, item = saved(worker)
    name = hand_in(carrier, packed_of(worker, [item])).json()["id"]
    assert deputy.http.get(f"/bundles/{name}/receipts").json()["code"] == "not_found"


def test_a_revoked_carrier_still_hands_in(worker: Phone, colleague: Phone, deputy: Phone) -> None:
    assert deputy.http.post(f"/devices/{colleague.replica}/revoke").status_code == 204
    _, item = saved(worker)
    assert [
        verdict.status for verdict in receipts_for(worker, hand_in(colleague, packed_of(worker, [item])).json())
    ] == ["accepted"]


def test_a_revoked_authors_saves_wait_for_a_deputy_and_the_author_is_told(
    worker: Phone, carrier: Phone, deputy: Phone
) -> None:
    _, item = saved(worker)
    deputy.http.post(f"/devices/{worker.replica}/revoke")
    body = hand_in(carrier, packed_of(worker, [item])).json()
    [verdict] = receipts_for(worker, body)
    assert (verdict.status, verdict.reasons[0].code) == ("quarantined", "replica_revoked")


def test_bad_bundles_are_refused_whole_by_name_and_nothing_is_taken_in(
    worker: Phone, carrier: Phone, query: Callable[[str], list[Any]]
) -> None:
    _, item = saved(worker)
    packed = packed_of(worker, [item])
    body = bundles.unpack(packed)
    place = (body.deployment, body.station)
    receipts = bundles.pack("receipts", *place, bundles.receipts_payload([]))
    stranger = bundles.pack("saves", *place, secrets.token_bytes(200))
    sealing_key = from_base64url(worker.policy["sealing_key"])
    bomb = gzip.compress(bytes(50_000_000))
    bombed = bundles.pack("saves", *place, seal_to(bomb, sealing_key, bundles.saves_info(body)))
    unbound = bundles.pack("saves", *place, seal_to(bundles.saves_plain(Saves()), sealing_key, b"yihu/bundle/1"))
    for bad, code in (
        (b"", "invalid_value"),
        (b"PK\x03\x04 a photo album", "not_a_bundle"),
        (packed[:-1], "bundle_damaged"),
        (packed[:80] + bytes([packed[80] ^ 1]) + packed[81:], "bundle_damaged"),
        (packed[:8] + b"\x02" + packed[9:], "bundle_newer"),
        (packed_of(worker, [item], station=new_id()), "bundle_elsewhere"),
        (packed_of(worker, [item], deployment=new_id()), "bundle_elsewhere"),
        (receipts, "bundle_kind"),
        (stranger, "bundle_sealed"),
        (unbound, "bundle_sealed"),
        (bombed, "bundle_content"),
    ):
        answer = hand_in(carrier, bad)
        assert (answer.json()["code"], answer.status_code in (400, 422)) == (code, True)
    assert query("SELECT count(*) FROM change")[0][0] == 0
    assert query("SELECT count(*) FROM carried_bundle")[0][0] == 0
    assert hand_in(carrier, packed).json()["results"][0]["code"] == "received"


def test_a_body_beyond_the_cap_is_refused_unread(carrier: Phone, context: Context) -> None:
    answer = hand_in(carrier, bytes(context.settings.bundle_bytes_max + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_another_content_type_is_no_bundle(worker: Phone, carrier: Phone) -> None:
    answer = hand_in(carrier, packed_of(worker, []), **{"Content-Type": "text/plain"})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_nobody_without_a_session_hands_in(worker: Phone, make_phone: Callable[[], Phone]) -> None:
    assert hand_in(make_phone(), packed_of(worker, [])).status_code == 401


def test_a_carrier_who_hands_in_too_often_waits(worker: Phone, carrier: Phone, clock: Clock, context: Context) -> None:
    most = context.settings.bundles_per_hour_max
    _, item = saved(worker)
    packed = packed_of(worker, [item])
    for _ in range(most):
        assert hand_in(carrier, packed).status_code == 200
    refused = hand_in(carrier, packed_of(worker, [saved(worker)[1]]))
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many")
    assert 0 < int(refused.headers["retry-after"]) <= 3600
    clock.pass_seconds(3601)
    assert hand_in(carrier, packed).status_code == 200

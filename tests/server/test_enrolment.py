"""Enrolment codes: looking is free, making a key uses one up, guessing is counted on disk."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from server.context import Context
from server.devices import rules as devices
from server.settings import Settings
from sync.change import sign_document, to_base64url
from tests.server.conftest import Clock
from tests.server.phone import Phone

Query = Callable[[str], list[Any]]


def test_looking_at_a_code_tells_whose_it_is_and_does_not_use_it_up(
    make_phone: Callable[[], Phone], issue: Callable[[str], str]
) -> None:
    code, phone = issue("林小满"), make_phone()
    for _ in range(3):
        offer = phone.look(code).json()
        assert (offer["person_name"], offer["duty"], offer["station_name"]) == (
            "林小满",
            "worker",
            "桂溪镇社会工作服务站",
        )
    assert phone.confirm(code).status_code == 201


def test_a_code_enrols_one_device_only(make_phone: Callable[[], Phone], issue: Callable[[str], str]) -> None:
    code = issue("林小满")
    assert make_phone().confirm(code).status_code == 201
    second = make_phone()
    assert second.confirm(code).json()["code"] == "code_used"
    assert second.look(code).json()["code"] == "code_used"


def test_two_phones_that_confirm_at_once_do_not_share_a_code(
    make_phone: Callable[[], Phone], issue: Callable[[str], str]
) -> None:
    code = issue("林小满")
    phones = [make_phone() for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        statuses = sorted(answer.status_code for answer in pool.map(lambda phone: phone.confirm(code), phones))
    assert statuses == [201, 409, 409, 409, 409, 409]


def test_a_typed_code_may_be_lower_case_without_dashes_and_with_look_alike_letters(
    make_phone: Callable[[], Phone], issue: Callable[[str], str]
) -> None:
    code = issue("林小满")
    typed = code.lower().replace("0", "o").replace("1", "l")
    assert make_phone().look(f" {typed[:4]}-{typed[4:8]} {typed[8:]} ").status_code == 200


def test_an_expired_or_invented_code_is_unknown(
    make_phone: Callable[[], Phone], issue: Callable[[str], str], clock: Clock, settings: Settings
) -> None:
    code, phone = issue("林小满"), make_phone()
    clock.pass_seconds(settings.enrolment_code_seconds + 1)
    assert phone.look(code).json()["code"] == "code_unknown"
    assert phone.look("0000-0000-0000-0000").json()["code"] == "code_unknown"
    assert phone.look("too short").json()["code"] == "code_unknown"


def test_a_false_proof_enrols_nothing_and_leaves_the_code_good(
    make_phone: Callable[[], Phone], issue: Callable[[str], str]
) -> None:
    code, thief, owner = issue("林小满"), make_phone(), make_phone()
    proof = sign_document({"type": "enrolment", "public_key": to_base64url(owner.public)}, thief.key).to_json()
    assert thief.confirm(code, proof=proof).json()["code"] == "proof_wrong"
    assert thief.confirm(code, public_key=to_base64url(owner.public)).json()["code"] == "proof_wrong"
    assert owner.confirm(code).status_code == 201


def test_guessing_codes_is_stopped_for_the_address_and_the_count_outlives_the_process(
    make_phone: Callable[[], Phone], issue: Callable[[str], str], settings: Settings, clock: Clock, query: Query
) -> None:
    phone, code = make_phone(), issue("林小满")
    for _ in range(settings.enrolment_tries_per_address_max):
        assert phone.look("0000-0000-0000-0000").status_code == 404
    stopped = phone.look(code)
    assert (stopped.status_code, stopped.json()["code"]) == (429, "too_many")
    assert int(stopped.headers["Retry-After"]) > 0
    assert query("SELECT tries FROM address_tries") == [(30,)]
    clock.pass_seconds(settings.enrolment_tries_window_seconds)
    assert phone.look(code).status_code == 200


def test_right_codes_do_not_count_as_guesses(
    make_phone: Callable[[], Phone], issue: Callable[[str], str], settings: Settings
) -> None:
    phone, code = make_phone(), issue("林小满")
    for _ in range(settings.enrolment_tries_per_address_max + 5):
        assert phone.look(code).status_code == 200


def test_a_deputy_issues_codes_for_workers_a_worker_for_nobody_and_only_a_head_for_a_head(
    worker: Phone, deputy: Phone, head: Phone, make_phone: Callable[[], Phone]
) -> None:
    people = {one["name"]: one for one in deputy.http.get("/people").json()["people"]}
    assert people["林小满"]["devices"] == 1
    for_colleague = {"person_id": people["周青禾"]["person_id"]}
    for_head = {"person_id": people["贺长庚"]["person_id"]}
    assert worker.http.post("/enrolment/codes", json=for_colleague).json()["code"] == "not_allowed"
    assert deputy.http.post("/enrolment/codes", json=for_head).json()["code"] == "not_allowed"
    assert head.http.post("/enrolment/codes", json=for_head).status_code == 201
    made = deputy.http.post("/enrolment/codes", json=for_colleague).json()
    assert made["link"].endswith(f"/enrol#{made['code']}")
    assert make_phone().enrol(made["code"]).policy["me"]["name"] == "周青禾"


def test_codes_and_tokens_are_kept_as_hashes_only(
    worker: Phone, context: Context, issue: Callable[[str], str], station_id: str, query: Query
) -> None:
    code = issue("周青禾")
    token = worker.http.cookies["yihu_read"].split(".")[1]
    kept = [str(query(f"SELECT * FROM {table}")) for table in ("enrolment_code", "code_directory", "device_session")]
    assert not any(secret in text for text in kept for secret in (code, token))
    views = context.database.read(lambda session: devices.list_devices(session, context.keyring, station_id, 10))
    assert [view.label for view in views] == ["测试手机"]

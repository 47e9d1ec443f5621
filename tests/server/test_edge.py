"""The edge: caps before parsing, fixed headers on every answer, gzip both ways, the app's files."""

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from server.context import Context
from server.main import Server
from server.settings import Settings
from tests.server.phone import Phone, new_id, set_phone
from tests.server.running import running

FIXED = {
    "yihu-protocol": "1",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


@pytest.fixture
def dist(settings: Settings) -> Path:
    folder = settings.pwa_dist
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Yihu</title>" + " " * 2000)
    (folder / "sw.js").write_text("self.addEventListener('fetch', () => {})")
    (folder / "manifest.webmanifest").write_text("{}")
    (folder / "assets" / "index-abc123.js").write_text("export const x = 1;" * 200)
    (folder / "assets" / "kdf-worker-abc123.js").write_text("onmessage = 1")
    return folder


@pytest.fixture
def web(dist: Path, context: Context) -> Iterator[httpx.Client]:
    with running(Server(context)) as url, httpx.Client(base_url=url) as client:
        yield client


def test_every_answer_carries_the_fixed_headers_whatever_made_it(web: httpx.Client) -> None:
    answers = [
        web.get("/"), web.get("/api/v1/health"), web.get("/api/v1/nothing"), web.put("/api/v1/health"),
        web.get("/assets/missing.js"), web.post("/api/v1/sync", content=b"x" * 3_000_000), web.get("/api/v1/policy"),
        web.post("/api/v1/sessions", content=b"{", headers={"Content-Type": "application/json"}), web.post("/"),
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [200, 200, 404, 405, 404, 413, 401, 400, 405]
    for answer in answers:
        assert FIXED.items() <= dict(answer.headers).items(), answer.request.url
        policy = answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert policy.startswith("default-src 'none'; ")
        if "/api/" not in str(answer.request.url):
            assert "require-trusted-types-for 'script'; trusted-types vue yihu" in policy
        assert "unsafe" not in policy
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            assert {"type", "title", "status", "code", "detail", "say", "say_en"} <= answer.json().keys()
    assert all(
        answer.headers["cache-control"] == "no-store" for answer in answers if "/api/" in str(answer.request.url)
    )


def test_an_unforeseen_failure_is_a_problem_document_that_quotes_nothing(
    worker: Phone, context: Context, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_arguments: object, **_named: object) -> None:
        raise RuntimeError("甲乙丙丁戊-CANARY")

    monkeypatch.setattr("server.feed.rules.pull", fail)
    answer = worker.http.post("/sync", json={})
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert answer.headers["yihu-protocol"] == "1"
    assert "CANARY" not in answer.text + caplog.text
    assert "RuntimeError" in caplog.text


def test_strict_transport_is_asked_for_only_over_tls(context: Context, web: httpx.Client) -> None:
    assert "strict-transport-security" not in web.get("/").headers
    context.settings.is_tls = True
    with running(Server(context)) as url, httpx.Client(base_url=url) as client:
        named = client.get("/", headers={"Host": "station.example"})
        assert "max-age=31536000" in named.headers["strict-transport-security"]
        for here in ("localhost:8443", "127.0.0.1:8443", "[::1]:8443", "yihu.localhost"):
            # A browser keeps it by name, not by port: every other program of this machine would be refused.
            assert "strict-transport-security" not in client.get("/", headers={"Host": here}).headers


def test_only_the_key_derivation_worker_may_compile_and_it_reaches_no_network(web: httpx.Client) -> None:
    policy = web.get("/assets/kdf-worker-abc123.js").headers["content-security-policy"]
    assert "'wasm-unsafe-eval'" in policy
    assert "connect-src 'none'" in policy


def test_hashed_assets_are_kept_for_ever_and_the_page_is_always_asked_for(web: httpx.Client) -> None:
    asset = web.get("/assets/index-abc123.js")
    assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert asset.headers["content-encoding"] == "gzip"
    assert asset.text == "export const x = 1;" * 200
    for path in ("/", "/sw.js", "/manifest.webmanifest", "/households/" + new_id(), "/enrol"):
        page = web.get(path)
        assert (page.status_code, page.headers["cache-control"]) == (200, "no-cache"), path
        again = web.get(path, headers={"If-None-Match": page.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert web.get("/households/x").text == web.get("/").text
    assert web.get("/assets/../../settings.py").status_code in (404, 200)
    assert "pydantic" not in web.get("/assets/../../settings.py").text
    assert web.get("/", headers={"Accept-Encoding": "identity"}).headers.get("content-encoding") is None


def test_requests_and_answers_travel_as_gzip(worker: Phone) -> None:
    envelopes = [worker.save(new_id(), [set_phone("13500000001")]) for _ in range(20)]
    plain = json.dumps({"push": [one.to_json() for one in envelopes]}).encode()
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    answer = worker.http.post("/sync", content=gzip.compress(plain), headers=headers)
    assert answer.headers["content-encoding"] == "gzip"
    assert len(answer.json()["verdicts"]) == 20


def test_a_gzip_bomb_costs_no_more_than_the_cap(worker: Phone) -> None:
    bomb = gzip.compress(b" " * 40_000_000, 9)
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    answer = worker.http.post("/sync", content=bomb, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    "body",
    [b"\x1f\x8b\x08nonsense", gzip.compress(b"{}")[:-4], gzip.compress(b"{}") + b"tail"],
    ids=["no gzip", "cut off", "with a tail"],  # the bytes themselves hold the time of day
)
def test_a_damaged_gzip_body_is_refused_whole(worker: Phone, body: bytes) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert worker.http.post("/sync", content=body, headers=headers).json()["code"] == "bad_request"


def test_a_body_that_does_not_say_how_long_it_is_is_cut_off_at_the_cap(worker: Phone) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(60):
            yield b" " * 65_536

    answer = worker.http.post("/sync", content=endless(), headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        (b"[" * 100_000, "too_deep", "body"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, "too_deep", "body"),
        (b'{"cursor":null,"cursor":"x"}', "bad_request", "body"),
        (b'{"limit":NaN}', "bad_request", "body"),
        (b'{"cursor":"\xff"}', "bad_request", "body"),
        (b"{", "bad_request", "body"),
        (b'{"limit":0}', "invalid_value", "body/limit"),
        (b'{"limit":"many"}', "invalid_value", "body/limit"),
        (b'{"limit":"1"}', "invalid_value", "body/limit"),
        (b'{"limit":1.0}', "invalid_value", "body/limit"),
        (b'{"again":1}', "invalid_value", "body/again"),
        (b'{"push":[{"body":1,"sig":"x"}]}', "invalid_value", "body/push/0/body"),
    ],
)
def test_hostile_json_is_refused_before_anything_happens(worker: Phone, body: bytes, code: str, field: str) -> None:
    answer = worker.http.post("/sync", content=body, headers={"Content-Type": "application/json"})
    assert (answer.json()["code"], answer.json()["field"]) == (code, field)


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/have", {"files": {}, "changes": "yes"}, "body/changes"),
        ("/log/inclusion", {"positions": ["1"], "size": 1}, "body/positions/0"),
        ("/log/witness", {"remembered": [{"epoch": "1", "size": 0, "hash": "0" * 64}]}, "body/remembered/0/epoch"),
        ("/sealed", {"items": [{"id": 7, "sealed": "x"}]}, "body/items/0/id"),
        ("/readings", {"opened": [{"file": "0" * 32, "at": "1"}]}, "body/opened/0/at"),
        ("/readings", {"opened": [{"file": "0" * 32, "at": 1, "unmasked": "no"}]}, "body/opened/0/unmasked"),
        ("/enrolment/look", {"code": 7}, "body/code"),
    ],
)
def test_no_call_takes_a_text_for_a_number_or_says_only_that_something_is_wrong(
    worker: Phone, path: str, body: dict[str, object], field: str
) -> None:
    answer = worker.http.post(path, json=body)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "invalid_value", field)


def test_brackets_inside_text_are_not_depth(worker: Phone) -> None:
    body = json.dumps({"cursor": "[" * 200 + '\\"' + "{" * 200}).encode()
    answer = worker.http.post("/sync", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 200


def test_keys_that_a_request_does_not_know_are_refused_without_quoting_them(worker: Phone) -> None:
    answer = worker.http.post("/enrolment/look", json={"code": "x", "甲乙丙丁戊": "CANARY"})
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_field")
    assert "CANARY" not in answer.text


def test_more_than_a_batch_is_refused_whole_and_the_halves_go_through(worker: Phone) -> None:
    envelopes = [worker.save(new_id(), [set_phone("13500000001")]) for _ in range(201)]
    push = [one.to_json() for one in envelopes]
    assert worker.http.post("/sync", json={"push": push}).status_code == 422
    assert len(worker.push(*envelopes[:100])) == 100
    assert len(worker.push(*envelopes[100:])) == 101


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}]
)
def test_another_sites_page_cannot_use_the_session(worker: Phone, headers: dict[str, str]) -> None:
    answer = worker.http.get("/policy", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin")


def test_the_apps_own_page_can(worker: Phone) -> None:
    host = str(worker.http.base_url.netloc, "ascii")
    headers = {"Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"}
    assert worker.http.get("/policy", headers=headers).status_code == 200


def test_without_a_built_app_the_page_says_what_to_do(context: Context) -> None:
    with running(Server(context)) as url, httpx.Client(base_url=url) as client:
        answer = client.get("/")
    assert answer.status_code == 503
    assert "scripts/start" in answer.text


def test_health_answers_and_names_the_installation(make_phone: Callable[[], Phone], context: Context) -> None:
    answer = make_phone().http.get("/health").json()
    assert answer == {"status": "ok", "server_at": context.now(), "deployment": context.keyring.deployment}

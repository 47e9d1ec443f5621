"""Small rules of the edge and of the code that no single threat owns; asvs.csv names them one by one."""

import ast
import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

import schemas
import server
import sync
from server.context import Context
from server.main import Server, create_app
from server.settings import Settings
from tests.server.conftest import Clock
from tests.server.phone import Phone, new_id, set_phone
from tests.server.running import running

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [path for room in (server, sync, schemas) for path in Path(str(room.__file__)).parent.rglob("*.py")]


def calls(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def test_no_code_is_made_from_text_and_no_unsafe_decoder_is_used() -> None:
    banned = {
        "eval",
        "exec",
        "compile",
        "pickle.loads",
        "pickle.load",
        "marshal.loads",
        "yaml.load",
        "os.system",
        "os.popen",
    }
    found = {f"{path.name}: {call}" for path in SOURCES for call in calls(path) if call in banned}
    assert found == set()


def test_commands_are_run_without_a_shell() -> None:
    for path in SOURCES:
        assert "shell=True" not in path.read_text("utf-8"), path


def test_weak_hashes_ciphers_and_randomness_are_not_used() -> None:
    weak = re.compile(r"\bmd5\b|\bsha1\b|\bECB\b|PKCS1v15|\bDES\b|\bRC4\b|modes\.CBC", re.IGNORECASE)
    for path in SOURCES:
        assert not weak.search(path.read_text("utf-8")), path
    lucky = [
        path.name
        for path in SOURCES
        if re.search(r"^import random$|^from random", path.read_text("utf-8"), re.MULTILINE)
    ]
    assert {name for name in lucky if name != "database.py"} <= {
        path.name for path in SOURCES if "simulate" in path.parts
    }


def test_the_server_calls_nobody() -> None:
    """No address is ever taken from a user, because the server makes no request at all; devices do."""
    callers = re.compile(r"\bimport (?:httpx|requests|urllib\.request|smtplib|ftplib)|urlopen\(")
    served = [
        path
        for path in SOURCES
        if path.is_relative_to(Path(str(server.__file__)).parent) and "command" not in path.parts
    ]
    assert [path.name for path in served if callers.search(path.read_text("utf-8"))] == []


def test_secrets_come_from_the_systems_generator_and_are_long(worker: Phone) -> None:
    assert len(worker.http.cookies["yihu_read"].split(".")[1]) == 43
    assert len(worker.http.cookies["yihu_device"]) == 43
    assert len(new_id()) == 32


def test_reauthentication_gives_a_new_token_and_ends_the_old(worker: Phone) -> None:
    old = worker.http.cookies["yihu_read"]
    assert worker.open_session("read").status_code == 201
    assert worker.http.cookies["yihu_read"] != old
    assert httpx.get(f"{worker.http.base_url}policy", headers={"Cookie": f"yihu_read={old}"}).status_code == 401


def test_a_session_has_an_end_that_use_does_not_put_off(worker: Phone, clock: Clock, settings: Settings) -> None:
    for _ in range(4):
        clock.pass_seconds(settings.read_session_seconds // 4)
        worker.http.get("/policy")
    assert worker.http.get("/policy").status_code == 401


def test_a_person_who_left_has_no_session_any_more(worker: Phone, query: Callable[[str], object]) -> None:
    query(f"UPDATE person SET disabled_at = 1 WHERE person_id = '{worker.me}'")
    assert worker.http.get("/policy").status_code == 401
    assert worker.http.post("/sealed", json={"items": []}).status_code == 401


def test_lost_duties_are_lost_at_once(worker: Phone, head: Phone, context: Context) -> None:
    worker.push(worker.save(new_id(), [set_phone("13500000001")]))
    assert head.http.post(f"/people/{worker.me}/duties", json={"duties": []}).status_code == 200
    page = worker.sync(cursor=None)
    assert (page["entries"] and page["packs"]) == []


def test_no_answer_allows_another_origin(worker: Phone) -> None:
    for answer in (
        worker.http.get("/health", headers={"Origin": "https://elsewhere.example"}),
        worker.http.options("/sync"),
    ):
        assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_a_simple_cross_site_post_is_refused_before_it_acts(worker: Phone) -> None:
    for headers in (
        {"Origin": "https://elsewhere.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://[bad"},
    ):
        answer = worker.http.post(
            "/sessions/challenge", content=b"{}", headers={"Content-Type": "text/plain", **headers}
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin")


def test_reading_methods_change_nothing_and_changing_needs_others(context: Context) -> None:
    document = create_app(context).openapi()
    for path, item in document["paths"].items():
        for method in item:
            words = path.rsplit("/", 1)[-1]
            assert not (method in ("get", "head") and words in ("revoke", "confirm", "done", "dismiss", "decisions")), (
                path
            )


def test_every_answer_names_its_type_and_charset(worker: Phone) -> None:
    for answer in (worker.http.get("/policy"), worker.http.get("/nothing"), worker.http.get("/people")):
        kind = answer.headers["content-type"]
        assert kind.startswith(("application/json", "application/problem+json")), kind


def test_plain_http_is_not_redirected_on_the_api(worker: Phone) -> None:
    for path in ("/health/", "//health", "/sync/"):
        assert not worker.http.get(path).is_redirect


def test_trace_and_unknown_methods_are_refused(worker: Phone) -> None:
    for method in ("TRACE", "CONNECT", "PUT", "PROPFIND"):
        assert worker.http.request(method, "/policy").status_code in (400, 404, 405), method


def test_a_length_and_a_transfer_encoding_together_never_hide_a_second_request(worker: Phone) -> None:
    host, port = str(worker.http.base_url.host), worker.http.base_url.port
    hidden = b"GET /api/v1/policy HTTP/1.1\r\nHost: x\r\n\r\n"
    with socket.create_connection((host, port), timeout=5) as one:
        one.sendall(
            b"POST /api/v1/sessions/challenge HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden
        )
        one.settimeout(3)
        answer = b""
        try:
            while chunk := one.recv(65_536):
                answer += chunk
        except TimeoutError:
            pass
    assert b"200 OK" not in answer


def test_a_forwarded_address_from_a_stranger_does_not_escape_the_limit(
    make_phone: Callable[[], Phone], station_id: str, context: Context
) -> None:
    context.settings.enrolment_tries_per_address_max = 3
    phone = make_phone()
    codes = [
        phone.http.post(
            "/enrolment/look", json={"code": f"{number:016}"}, headers={"X-Real-IP": f"10.0.0.{number}"}
        ).json()["code"]
        for number in range(6)
    ]
    assert codes.count("too_many") == 3


def test_no_listing_no_source_and_no_repository_is_served(context: Context) -> None:
    folder = context.settings.pwa_dist
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html>")
    with running(Server(context)) as url, httpx.Client(base_url=url) as client:
        for path in (
            "/assets/",
            "/.git/config",
            "/.env",
            "/server/main.py",
            "/assets/../server/settings.py",
            "/%2e%2e/pyproject.toml",
        ):
            assert client.get(path).status_code in (200, 404)
            assert "import" not in client.get(path).text
            assert "[core]" not in client.get(path).text


def test_answers_tell_no_versions_and_no_debug_pages_exist(worker: Phone) -> None:
    answer = worker.http.get("/health")
    assert "x-powered-by" not in answer.headers
    assert set(answer.json()) == {"status", "server_at", "deployment"}
    origin = str(worker.http.base_url).removesuffix("/api/v1/")
    for path in ("/docs", "/redoc", "/api/v1/docs"):
        assert "swagger" not in httpx.get(origin + path).text.lower()


def test_the_command_serves_without_debug_and_without_its_name() -> None:
    text = (ROOT / "server" / "command" / "serve.py").read_text("utf-8")
    assert "server_header=False" in text
    assert "debug=True" not in text
    assert "access_log=False" in text


def test_repeated_parameters_do_not_change_their_type(head: Phone) -> None:
    assert head.http.get("/review?limit=1&limit=5000").status_code == 422
    assert head.http.get("/review?after=0&after=x").status_code == 422


def test_values_of_another_type_are_refused(worker: Phone) -> None:
    for body in ({"limit": "many"}, {"cursor": 1}, {"push": {}}, {"push": None}):
        assert worker.http.post("/sync", json=body).status_code == 422, body
    for opened in ({"file": new_id(), "at": "1"}, {"file": new_id(), "at": True}, {"file": 1, "at": 1}):
        assert worker.http.post("/readings", json={"opened": [opened]}).status_code == 422, opened


def test_sensitive_values_never_stand_in_an_address(context: Context) -> None:
    document = create_app(context).openapi()
    names = {
        parameter["name"]
        for item in document["paths"].values()
        for operation in item.values()
        for parameter in operation.get("parameters", [])
        if parameter["in"] in ("query", "path")
    }
    assert names.isdisjoint({"name", "password", "token", "code", "id_number", "phone", "auth", "search", "q"})


def test_no_default_account_and_no_default_secret_exists(
    context: Context, station_id: str, query: Callable[[str], list[object]]
) -> None:
    assert query("SELECT 1 FROM replica") == []
    assert query("SELECT 1 FROM device_session") == []
    assert query("SELECT 1 FROM admin_role") == []


def test_the_key_file_is_its_owners_alone(context: Context) -> None:
    assert context.settings.resolved_key_file().stat().st_mode & 0o077 == 0


def test_no_secret_stands_in_the_source() -> None:
    secret = re.compile(
        r"-----BEGIN [A-Z ]*PRIVATE KEY|(?:password|secret|token)\s*=\s*['\"][A-Za-z0-9+/_-]{20,}['\"]", re.IGNORECASE
    )
    for path in SOURCES:
        assert not secret.search(path.read_text("utf-8")), path


def test_audit_entries_say_when_who_where_and_what_in_utc(worker: Phone, head: Phone, clock: Clock) -> None:
    for entry in head.http.get("/audit").json()["entries"]:
        assert entry["at"] == clock.now
        assert entry["event"]
        assert entry["person_id"]
        assert entry["replica"]


def test_refused_passwords_and_destroyed_shares_are_on_record(
    worker: Phone, head: Phone, clock: Clock, settings: Settings
) -> None:
    from tests.server.test_vault_share import WRONG, ask

    for _ in range(2):
        for _ in range(5):
            ask(worker, WRONG)
        clock.pass_seconds(1_800)
    events = [one["event"] for one in head.http.get("/audit", params={"alarms": "true"}).json()["entries"]]
    assert "share_destroyed" in events


def test_line_breaks_cannot_be_smuggled_into_a_log_or_header(worker: Phone, caplog: pytest.LogCaptureFixture) -> None:
    worker.http.get("/nothing%0d%0aSet-Cookie:%20a=b")
    worker.http.post("/enrolment/look", json={"code": "x\r\nERROR forged"})
    assert "forged" not in caplog.text
    assert "Set-Cookie" not in caplog.text


def test_teeth_dangerous_calls_are_seen(tmp_path: Path) -> None:
    bad = tmp_path / "bad.py"
    bad.write_text("import os\nos.system('x')\neval('1')\n")
    assert set(calls(bad)) == {"os.system", "eval"}


PWA = [
    path
    for path in (ROOT / "pwa" / "src").rglob("*")
    if path.suffix in (".ts", ".vue") and ".test." not in path.name and "testing" not in path.parts
]


def find_in_app(pattern: str) -> list[str]:
    return [f"{path.name}: {found[0]}" for path in PWA if (found := re.search(pattern, path.read_text("utf-8")))]


def test_the_app_makes_addresses_from_digits_and_its_own_paths_only() -> None:
    assert find_in_app(r"location\.(?:href|assign|replace)\s*(?:=(?!=)|\()\s*(?!['\"`]/)(?!location)\w+") == []
    assert find_in_app(r"window\.open\(") == []
    assert find_in_app(r"(?:javascript|data:text/html):?") == []


def is_of_constants(pattern: ast.JoinedStr) -> bool:
    """Only `CONSTANTS` of the module and escaped words stand in it."""
    parts = [ast.unparse(part.value) for part in pattern.values if isinstance(part, ast.FormattedValue)]
    return all(re.fullmatch(r"_?[A-Z][A-Z_]*|.*re\.escape\b.*", part) for part in parts)


def test_no_regular_expression_is_made_from_input() -> None:
    made = {
        path.name
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and re.fullmatch(r"re\.(?:compile|match|search|fullmatch|sub|findall)", ast.unparse(node.func))
        and node.args
        and isinstance(node.args[0], ast.JoinedStr)
        and not is_of_constants(node.args[0])
    }
    # Patterns put together from words of this project's own data files, when they are loaded.
    assert made <= {"identity.py", "dates.py", "headers.py", "vocabulary.py", "cells.py", "people.py", "shapes.py"}, (
        made
    )
    assert find_in_app(r"new RegExp\([^)]*(?:\.value|query|typed)\b") == []


def test_no_format_string_comes_from_input() -> None:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
                assert isinstance(node.func.value, ast.Constant | ast.Name | ast.Subscript | ast.Attribute), path
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
                assert not isinstance(node.left, ast.Call) or "format" not in ast.unparse(node.left), path


def test_parsed_documents_are_never_merged_into_objects() -> None:
    assert find_in_app(r"(?m)^(?!\s*\*).*__proto__|Object\.setPrototypeOf|\[['\"]constructor['\"]\]") == []
    assert find_in_app(r"Object\.assign\(\s*(?:window|globalThis|self|Object\.prototype)") == []


def test_messages_between_windows_are_not_listened_to() -> None:
    """Only workers and channels of the app's own origin speak; no window listens to another."""
    assert (
        find_in_app(
            r"(?:window|globalThis)\.addEventListener\(\s*['\"]message['\"]|window\.onmessage|parent\.postMessage"
        )
        == []
    )


def test_the_servers_own_tls_is_1_2_at_least() -> None:
    import ssl

    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    assert made.minimum_version >= ssl.TLSVersion.TLSv1_2
    weak = [one["name"] for one in made.get_ciphers() if re.search(r"RC4|DES|NULL|EXPORT|MD5", str(one["name"]))]
    assert weak == []
    text = (ROOT / "server" / "command" / "serve.py").read_text("utf-8")
    assert "ssl_version" not in text
    assert "ssl_ciphers" not in text


def test_the_list_of_common_passwords_is_long_and_the_phones_own() -> None:
    import json

    from server.profiles import common_passwords

    words = common_passwords.TEXT.read_text("utf-8").split()
    assert len(words) >= 3_000
    assert min(map(len, words)) >= common_passwords.LENGTH_MIN
    assert json.loads(common_passwords.PHONE.read_text("utf-8")).split(" ") == words


def test_the_security_page_says_what_the_standard_wants_written() -> None:
    """In both languages: ways in and limits, words refused, sessions, who may what, keys, records, libraries, what is not protected."""
    english = (ROOT / "docs" / "security.md").read_text("utf-8")
    chinese = (ROOT / "docs" / "security.zh.md").read_text("utf-8")
    heads = [len(re.findall(r"^## ", text, re.MULTILINE)) for text in (english, chinese)]
    assert heads[0] == heads[1] >= 10
    for word in (
        "Five wrong",
        "## Keys",
        "## Records",
        "## Who may what",
        "## What is not protected",
        "183 days",
        "## Profiles",
        "## Backups",
    ):
        assert word in english, word
    for word in ("## 钥匙", "## 记录", "183 天", "等保", "## 备份"):
        assert word in chinese, word

"""T-19: schemathesis asks every operation of OpenAPI with values made to break it: no server error, no answer that is not described.

Bundles travel as octets, which T-7 bends. The machine asks as a head with a full session, so that it gets past the door everywhere. Injection has no place to go:
statements are made by SQLAlchemy from values, and a test holds that no text is put together into SQL.
"""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import server
from tests.security.conftest import IS_LONG
from tests.server.phone import Phone

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance"


def ask_everything(url: str, phone: Phone, folder: Path, examples: int, *more: str) -> tuple[int, str]:
    cookies = "; ".join(f"{name}={value}" for name, value in phone.http.cookies.items())
    command = [
        str(Path(sys.executable).with_name("st")), "run", f"{url}/api/v1/openapi.json", "--url", url, "--checks", CHECKS,
        "--max-examples", str(examples), "--phases", "examples,fuzzing", "--generation-deterministic", "--seed", "1",
        "--header", f"Cookie: {cookies}", "--exclude-path-regex", "sessions/read|wipe-order|bundles", "--no-color",
        "--request-timeout", "60", *more,
    ]  # fmt: skip
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=1800 if IS_LONG else 280)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def roomy(context) -> None:  # type: ignore[no-untyped-def]
    context.settings.enrolment_tries_per_address_max = context.settings.password_tries_per_address_max = 10**6


def test_no_operation_answers_outside_its_description(
    roomy: None, base_url: str, head: Phone, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    code, said = ask_everything(base_url, head, tmp_path, 200 if IS_LONG else 6)
    cases = re.search(r"(\d[\d,]*) generated", said)
    operations = re.search(r"Operations:\s+(\d+)", said)
    figure(
        f"schemathesis: {operations[1] if operations else '?'} operations, {cases[1] if cases else '?'} cases, exit {code}"
    )
    assert code == 0, said[-5000:]


SQL_BY_HAND = re.compile(
    r"""\b(?:exec_driver_sql|text)\(\s*f["']|\b(?:exec_driver_sql|text)\([^)]*(?:%|\+|\.format\()"""
)
# The two places where an identifier, never a value, stands in a statement: pragmas at opening, guards at migration.
ALLOWED = {"database.py", "guards.py"}


def sql_by_hand(folder: Path) -> list[str]:
    return [
        path.name
        for path in folder.rglob("*.py")
        if path.name not in ALLOWED and SQL_BY_HAND.search(path.read_text("utf-8"))
    ]


def test_no_statement_is_put_together_from_text() -> None:
    assert sql_by_hand(Path(server.__file__).parent) == []


def test_teeth_a_statement_put_together_from_text_is_found(tmp_path: Path) -> None:
    (tmp_path / "slice.py").write_text("session.execute(text(f\"SELECT * FROM x WHERE y = '{name}'\"))\n")
    assert sql_by_hand(tmp_path) == ["slice.py"]


def test_teeth_an_operation_that_falls_over_is_found(
    roomy: None, base_url: str, head: Phone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: object, **_named: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("server.accounts.rules.list_people", fail)
    code, _said = ask_everything(base_url, head, tmp_path, 2, "--include-path-regex", "/people$")
    assert code == 1

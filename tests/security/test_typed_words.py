"""T-1d: what is typed leaks into no file of the browser, no address and no cache. Words go into every kind of field of the app in real
Chromium, which then dies; a lint rule keeps it so. The browser's half is `tests/end_to_end/proof_typed_words.test.ts`.
"""

import re
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from tests.security.canaries import NAMES, NOTES, NUMBERS, PHONES
from tests.security.phone_image import fill_station, play, search_image
from tests.server.test_process import ROOT, ServeProcess

PWA = ROOT / "pwa"
PLAIN = b"<!doctype html><meta charset=utf-8><textarea id=bare></textarea><textarea id=off autocomplete=off></textarea>"


class PlainPage(BaseHTTPRequestHandler):
    """A page of nobody's: no header of ours, two fields."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(PLAIN)

    def log_message(self, *args: object) -> None:
        """Says nothing."""


@dataclass(frozen=True)
class Typed:
    kept: Path
    bare: Path
    said: str
    caching: dict[str, str]


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory) -> Typed:
    folder = tmp_path_factory.mktemp("typed")
    server = ServeProcess(folder / "data", "--demo")
    plain = ThreadingHTTPServer(("127.0.0.1", 0), PlainPage)
    threading.Thread(target=plain.serve_forever, daemon=True).start()
    try:
        households = fill_station(server, list(zip(NAMES, NUMBERS, PHONES, NOTES, strict=True))[:3])
        given = {
            "link": f"{server.url}/enrol#{server.codes()['林小满']}", "origin": server.url,
            "households": [vars(one) for one in households], "names": NAMES, "numbers": NUMBERS, "phones": PHONES,
            "notes": NOTES, "kept": str(folder / "kept"), "bare": str(folder / "bare"),
            "plain": f"http://127.0.0.1:{plain.server_port}/",
        }  # fmt: skip
        said = play("proof_typed_words", given, folder)
        paths = ("/health", "/policy", "/devices", "/review", "/vault/share")
        caching = {path: httpx.get(f"{server.url}/api/v1{path}").headers.get("Cache-Control", "") for path in paths}
    finally:
        plain.shutdown()
        plain.server_close()
        server.end()
    return Typed(folder / "kept", folder / "bare", said, caching)


def test_no_typed_word_is_in_any_file_of_the_browser(typed: Typed, figure: Callable[[str], None]) -> None:
    files, _, found = search_image(typed.kept)
    told = re.search(r"PROOF (.*)", typed.said)
    figure(f"{told[1] if told else ''}; {files} files of the profile: {len(found)} words found")
    assert found == []


def test_no_answer_of_the_server_may_be_kept_by_a_cache(typed: Typed) -> None:
    assert set(typed.caching.values()) == {"no-store"}


def test_teeth_a_field_without_the_attribute_leaks_and_is_found(typed: Typed, figure: Callable[[str], None]) -> None:
    """On a plain page. Ours would hold even then, because it is never stored; the attribute is the second lock."""
    _, _, found = search_image(typed.bare)
    words = {word for _, word, _ in found}
    figure(f"teeth: without the attribute found in {', '.join(sorted({file.split('/')[-2] for file, _, _ in found}))}")
    assert NOTES[9] in words
    assert NOTES[8] not in words


def lint(*words: str, text: str | None = None) -> str:
    done = subprocess.run(
        ["node_modules/.bin/eslint", *words], cwd=PWA, capture_output=True, text=True, input=text, timeout=120, check=False
    )  # fmt: skip
    return done.stdout


def test_every_field_of_the_app_passes_the_rule() -> None:
    fields = [
        one for one in (PWA / "src").rglob("*.vue") if re.search(r"<(input|textarea|select)\b", one.read_text("utf-8"))
    ]
    assert fields
    assert all("ui" in one.parts for one in fields), fields
    assert "yihu/fields" not in lint(*map(str, fields))


@pytest.mark.parametrize(
    ("place", "template", "rule"),
    [
        ("ui", '<input type="text" />', "yihu/fields"),
        ("ui", '<textarea autocomplete="on" />', "yihu/fields"),
        ("ui", '<input :autocomplete="given" />', "yihu/fields"),
        ("features/record", '<input autocomplete="off" />', "vue/no-restricted-html-elements"),
    ],
)
def test_teeth_the_rule_refuses_a_bare_field(place: str, template: str, rule: str) -> None:
    text = f"<script setup lang=\"ts\">\nconst given = 'off'\n</script>\n<template>{template}</template>\n"
    assert rule in lint("--stdin", "--stdin-filename", f"src/{place}/LintTeeth.vue", text=text)

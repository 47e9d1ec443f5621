"""T-6: what people type is never run. Sixty payloads in names, notes, addresses, reasons, people, file names and imported cells;
then every screen in real Chromium, printed too. The browser's half is `tests/end_to_end/proof_hostile_words.test.ts`.
"""

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.security.full_station import ledger_of
from tests.server.phone import Phone, new_id
from tests.server.test_process import ROOT, ServeProcess, server_codes

END_TO_END = ROOT / "tests" / "end_to_end"
RUN = "window.hostile=(window.hostile||0)+1"
PAYLOADS = [
    f"<img src=x onerror={RUN}>", f"<svg onload={RUN}>", f"<script>{RUN}</script>", f"<body onload={RUN}>",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'>", f"<details open ontoggle={RUN}>", f"<video><source onerror={RUN}>",
    f"<a href='javascript:{RUN}'>hostile</a>", f"'><img src=x onerror={RUN}>", f'"><svg/onload={RUN}>', "{{constructor.constructor('" + RUN + "')()}}",
    "${" + RUN + "}", f"<math><mi//xlink:href='data:x,<script>{RUN}</script>'>", f"<input autofocus onfocus={RUN}>",
    f"<marquee onstart={RUN}>", f"<object data='javascript:{RUN}'>", f"<embed src='javascript:{RUN}'>", f"<form><button formaction='javascript:{RUN}'>",
    "<link rel=stylesheet href=http://evil.example/hostile.css>", "<img src=http://evil.example/hostile.png>", f"</title><script>{RUN}</script>",
    f"</textarea><img src=x onerror={RUN}>", f"<!--><img src=x onerror={RUN}>", "<style>@import 'http://evil.example/hostile'</style>",
    "<base href=http://evil.example/hostile/>", "<meta http-equiv=refresh content='0;url=http://evil.example/hostile'>",
    f"<img src=x:x onerror\u0000={RUN}>", f"<ScRiPt>{RUN}</sCrIpT>", f"<svg><animate onbegin={RUN} attributeName=x>",
    f"<img/src=`x`/onerror={RUN}>", "v-html='hostile'", "<component :is=\"'script'\">hostile</component>",
    "__proto__hostile", "constructor", "</script><hostile>", f"<x onclick={RUN} tabindex=1 id=x>#x", f"<audio src onerror={RUN}>",
    f"<portal src='javascript:{RUN}'>", f"<select autofocus onfocus={RUN}>", f"<keygen autofocus onfocus={RUN}>",
]  # fmt: skip
PAYLOADS += [f"hostile{number}{payload}" for number, payload in enumerate(PAYLOADS[:20])]


def fill(worker: Phone, deputy: Phone, head: Phone) -> dict[str, object]:
    """Six households made of payloads, with a fork to review, hostile colleagues, a hostile import."""
    files = [new_id() for _ in range(6)]
    for number, file in enumerate(files):
        words = PAYLOADS[number * 10 : number * 10 + 10]
        ops = [{"op": "append", "path": "members", "id": new_id(), "value": {"name": word[:60], "relation": "02" if place == 0 else "20"}}
               for place, word in enumerate(words)]  # fmt: skip
        ops += [
            {"op": "set", "path": name, "value": word}
            for name, word in (
                ("directions", words[1]),
                ("notes", words[2]),
                ("helper", words[3][:120]),
                ("risk_reason", words[4]),
            )
        ]
        ops.append(
            {
                "op": "set",
                "path": "address",
                "value": {"village_name": words[5][:60], "group_no": "3", "door": words[6][:60]},
            }
        )
        visit = {
            "visited_on": "2026-01-05",
            "outcome": "met",
            "method": "home",
            "notes": words[7],
            "companions": words[8][:120],
        }
        [verdict] = worker.push(worker.save(file, ops, reason=words[9]))
        assert verdict.status == "accepted", verdict.reasons
        worker.push(worker.save(file, [{"op": "append", "path": "visits", "id": new_id(), "value": visit}]))
    worker.seqs.pop(files[0])
    worker.heads.pop(files[0])
    worker.push(worker.save(files[0], [{"op": "set", "path": "notes", "value": PAYLOADS[0]}], reason=PAYLOADS[1]))
    for word in PAYLOADS[:8]:
        duty = {"duty": "worker", "scopes": [head.policy["scopes"][0]["id"]]}
        head.http.post("/people", json={"name": word[:40], "duties": [duty]})
    cells = [word.replace("\0", "") for word in PAYLOADS]
    book = ledger_of(cells[:30], ["990001195501011221"], cells[10:20], cells[20:40])
    made = deputy.http.post("/ledger/imports", files={"file": (f"{cells[0]}.xlsx", book)})
    assert made.status_code == 201, made.text
    return {"files": files, "importId": made.json()["import_id"], "payloads": PAYLOADS}


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the browsers said over a station made of payloads."""
    folder = tmp_path_factory.mktemp("hostile")
    server = ServeProcess(folder / "data", "--demo")
    try:
        return play(server, folder)
    finally:
        server.end()


def play(server: ServeProcess, folder: Path) -> str:
    codes = server.codes()
    phones = [Phone(server.url).enrol(codes[name]) for name in ("周青禾", "沈若兰", "贺长庚")]
    content = fill(*phones)
    for phone in phones:
        phone.http.close()
    again = server_codes(lambda: server, server, "沈若兰")  # type: ignore[arg-type]
    links = {"worker": f"{server.url}/enrol#{codes['林小满']}", "deputy": f"{server.url}/enrol#{again}"}
    given = folder / "given.json"
    given.write_text(json.dumps({"origin": server.url, **links, **content}), "utf-8")
    vitest = str(END_TO_END / "node_modules" / ".bin" / "vitest")
    done = subprocess.run(
        [vitest, "run", "--config", "vitest.proofs.config.ts", "proof_hostile_words"], cwd=END_TO_END, text=True,
        env={**os.environ, "YIHU_PROOF": str(given), "NO_COLOR": "1"}, capture_output=True, timeout=280,
    )  # fmt: skip
    return f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"


def test_no_word_runs_on_any_screen(shown: str, figure: Callable[[str], None]) -> None:
    said = re.search(r"PROOF (\d+ payloads.*)", shown)
    figure(said[1] if said else "the browsers said nothing")
    assert shown.startswith("exit 0"), shown[-5000:]
    assert len(PAYLOADS) == 60


def test_teeth_the_same_words_run_where_nothing_holds_them_back(shown: str, figure: Callable[[str], None]) -> None:
    said = re.search(r"PROOF teeth: (\d+) scripts ran", shown)
    assert said
    assert int(said[1]) > 0


def test_no_screen_makes_html_from_text() -> None:
    banned = re.compile(
        r"\binnerHTML\b|\bouterHTML\b|insertAdjacentHTML|\bv-html\b|document\.write|\beval\(|new Function\(|createContextualFragment"
    )
    sources = [
        path
        for path in (ROOT / "pwa" / "src").rglob("*")
        if path.suffix in (".ts", ".vue") and ".test." not in path.name
    ]
    assert len(sources) > 100
    assert [str(path) for path in sources if banned.search(path.read_text("utf-8"))] == []

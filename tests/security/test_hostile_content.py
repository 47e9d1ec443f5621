"""T-7: whatever bytes come in, a decoder answers with one of its own refusals or with something sound; it never falls over.

Short: seeded mutations of real inputs. `--long`: coverage-guided by atheris, ten minutes a decoder, in a process with a limit of memory.
"""

import io
import json
import random
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from server.errors import YihuError
from server.ledger.reading.errors import LedgerFileError
from server.web.limits import check_json, gunzip
from sync.canonical import canonical_text, parse_canonical
from sync.change import Envelope, find_dot, read_change
from sync.errors import SyncError
from sync.verdict import read_verdict
from tests.ledger.test_files import workbook
from tests.security.conftest import IS_LONG

ROOT = Path(__file__).resolve().parents[2]
VECTORS = ROOT / "tests" / "vectors"
SEED = 20261122


def seeds() -> list[bytes]:
    """Real documents: every body and text that stands in the shared vectors, shortened to what a decoder takes."""
    found: list[bytes] = []

    def walk(value: object) -> None:
        if isinstance(value, dict):
            if {"type", "v"} <= value.keys():
                found.append(canonical_text(value).encode("utf-8", "surrogatepass"))
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    for path in sorted(VECTORS.glob("*.json")):
        walk(json.loads(path.read_text("utf-8")))
    return sorted(set(found))[:300]


def decode_change(data: bytes) -> None:
    text = data.decode("utf-8", "surrogatepass") if _is_text(data) else data.decode("latin-1")
    find_dot(text)
    read_change(Envelope(text, "A" * 86))


def decode_canonical(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    assert canonical_text(parse_canonical(text)) == text


def decode_verdict(data: bytes) -> None:
    read_verdict(Envelope(data.decode("utf-8", "replace"), "A" * 86))


def decode_body(data: bytes) -> None:
    check_json(data, 32)
    gunzip(zlib.compress(data), 100_000)


def decode_bundle(data: bytes) -> None:
    from sync.bundle import unpack

    unpack(data)


def decode_ledger(data: bytes) -> None:
    from server.ledger.reading.workbook import open_sheets

    list(open_sheets(io.BytesIO(data), "台账.xlsx"))


def decode_certificate(data: bytes) -> None:
    from server.feed.cursors import read_cursor

    read_cursor(data.decode("latin-1"))


DECODERS: dict[str, Callable[[bytes], None]] = {
    "change": decode_change, "canonical": decode_canonical, "verdict": decode_verdict, "body": decode_body,
    "bundle": decode_bundle, "cursor": decode_certificate, "ledger": decode_ledger,
}  # fmt: skip
REFUSALS = (SyncError, YihuError, LedgerFileError)
TRIES = {"ledger": 40}
TOKENS = [
    b"{",
    b"}",
    b"[",
    b"]",
    b'"',
    b"\\u0000",
    b"\\ud800",
    b"1e999",
    b"-0",
    b"null",
    b"\xff",
    b"\x00",
    b"9" * 30,
    b",",
    b":",
]


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def mutate(luck: random.Random, data: bytes) -> bytes:
    content = bytearray(data)
    for _ in range(luck.randint(1, 6)):
        at = luck.randrange(len(content) + 1)
        choice = luck.randrange(5)
        if choice == 0 and content:
            content[at % len(content)] = luck.randrange(256)
        elif choice == 1:
            content[at:at] = luck.choice(TOKENS)
        elif choice == 2:
            del content[at : at + luck.randint(1, 40)]
        elif choice == 3:
            content[at:at] = content[at : at + luck.randint(1, 200)] * luck.randint(1, 4)
        else:
            content[:] = content[:at] + content[at:][::-1][: luck.randint(0, 100)]
    return bytes(content)


def find_crashes(name: str, tries: int, corpus: list[bytes], seed: int = SEED) -> list[tuple[str, bytes]]:
    luck, crashes = random.Random(seed), []
    for _ in range(tries):
        data = mutate(luck, luck.choice(corpus)) if luck.random() < 0.95 else luck.randbytes(luck.randint(0, 300))
        try:
            DECODERS[name](data)
        except REFUSALS:
            continue
        except Exception as error:
            crashes.append((f"{type(error).__name__}: {str(error)[:80]}", data[:200]))
    return crashes


def corpus_of(name: str) -> list[bytes]:
    if name == "ledger":
        return [workbook()]
    if name == "bundle":
        from sync.bundle import pack

        return [pack("saves", "0" * 32, "0" * 32, b"payload" * 20)]
    return seeds()


@pytest.mark.parametrize("name", sorted(DECODERS))
def test_mutated_content_is_refused_or_sound_and_never_a_crash(name: str, figure: Callable[[str], None]) -> None:
    tries = TRIES.get(name, 20_000 if IS_LONG else 1_000)
    crashes = find_crashes(name, tries, corpus_of(name))
    figure(f"{name} {tries}: {len(crashes)} crashes")
    assert crashes[:3] == []


def test_guided_by_coverage(figure: Callable[[str], None], tmp_path: Path) -> None:
    """atheris in a process of its own: two seconds a decoder, ten minutes in the long form, 256 MB for a decoder of texts."""
    seconds = 600 if IS_LONG else 2
    for name in ("change", "canonical", "bundle", "ledger"):
        folder = tmp_path / name
        folder.mkdir()
        for number, data in enumerate(corpus_of(name)[:50]):
            (folder / str(number)).write_bytes(data)
        command = [
            sys.executable,
            "-m",
            "tests.security.guided",
            name,
            str(folder),
            f"-max_total_time={seconds}",
            "-rss_limit_mb=1024",
            "-seed=1",
        ]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=seconds + 120)
        assert done.returncode == 0, done.stderr[-3000:]
        runs = [line for line in done.stderr.splitlines() if line.startswith("Done ")]
        figure(f"guided {name}: {runs[0].split()[1] if runs else '?'} runs")


def test_one_hostile_change_never_blocks_the_next(worker, colleague) -> None:  # type: ignore[no-untyped-def]
    """Mutated envelopes between sound ones: every sound one is accepted, in its turn."""
    from tests.server.phone import new_id, set_phone

    luck, sent = random.Random(SEED), []
    for _ in range(30):
        sound = worker.save(new_id(), [set_phone("13500000001")])
        bent = mutate(luck, sound.body.encode()).decode("utf-8", "replace").replace("\ufffd", "?")
        sent += [Envelope(bent, sound.sig), sound]
    verdicts = worker.push(*sent)
    assert [verdict.status for verdict in verdicts[1::2]] == ["accepted"] * 30
    assert len(colleague.pull_all()) >= 30


def test_teeth_a_decoder_that_falls_over_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(data: bytes) -> None:
        json.loads(data)["type"].upper()

    monkeypatch.setitem(DECODERS, "verdict", careless)
    assert find_crashes("verdict", 300, seeds())

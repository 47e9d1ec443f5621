"""T-1a: a stolen phone says nothing. The story of a working day in real Chromium (a first sync of forty canaries, reading, searching, three
visits with photos, drafts, typed and unsaved text, write-only records, a crash), then the whole profile is searched: forty words in
six encodings, LevelDB tables and gzip opened. The browser's half is `tests/end_to_end/proof_stolen_phone.test.ts`.
"""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.security.canaries import CANARIES, ENCODINGS, NAMES, NOTES, NUMBERS, PHONES
from tests.security.phone_image import END_TO_END, fill_station, play, search_image, table_blocks, unsnap
from tests.server.test_process import ServeProcess


@dataclass(frozen=True)
class Stolen:
    profile: Path
    leaky: Path
    said: str


@pytest.fixture(scope="module")
def stolen(tmp_path_factory: pytest.TempPathFactory) -> Stolen:
    folder = tmp_path_factory.mktemp("stolen")
    server = ServeProcess(folder / "data", "--demo")
    try:
        households = fill_station(server, list(zip(NAMES, NUMBERS, PHONES, NOTES, strict=True)))
        given = {
            "link": f"{server.url}/enrol#{server.codes()['林小满']}", "origin": server.url,
            "households": [vars(one) for one in households], "names": NAMES, "numbers": NUMBERS, "phones": PHONES,
            "notes": NOTES, "image": str(folder / "image"), "leaky": str(folder / "leaky"),
        }  # fmt: skip
        said = play("proof_stolen_phone", given, folder)
    finally:
        server.end()
    return Stolen(folder / "image", folder / "leaky", said)


def test_nothing_of_the_day_is_readable_on_the_disk(stolen: Stolen, figure: Callable[[str], None]) -> None:
    files, looked, found = search_image(stolen.profile)
    told = re.search(r"PROOF (.*)", stolen.said)
    figure(
        f"{told[1] if told else ''}; {len(CANARIES)} words × {len(ENCODINGS)} encodings in {files} files, "
        f"{looked // 1_000_000} MB of the profile: {len(found)} found"
    )
    assert found == []
    assert files > 50
    assert len(CANARIES) == 40
    assert len(ENCODINGS) == 6


def test_the_vault_is_in_the_image_that_was_searched(stolen: Stolen) -> None:
    """An empty folder would say nothing either."""
    folders = [one for one in stolen.profile.rglob("*.indexeddb.leveldb") if one.is_dir()]
    assert folders
    size = sum(one.stat().st_size for folder in folders for one in folder.iterdir())
    assert size > 100_000
    told = re.search(r"PROOF (\d+) households, (\d+) visits", stolen.said)
    assert told
    assert (int(told[1]), int(told[2])) == (10, 3)


def test_teeth_one_field_in_clear_is_found_wherever_the_browser_puts_it(
    stolen: Stolen, figure: Callable[[str], None]
) -> None:
    _, _, found = search_image(stolen.leaky)
    words = {word for _, word, _ in found}
    figure(f"teeth: {len(words)} words written in clear by 5 ways were found")
    # IndexedDB, localStorage, a cached answer, a cookie, a typed field that the browser may restore.
    assert words >= {NAMES[0], NUMBERS[0], PHONES[0], NOTES[0]}


@pytest.mark.parametrize("encoding", list(ENCODINGS))
def test_teeth_each_encoding_is_seen(encoding: str, tmp_path: Path) -> None:
    for number, word in enumerate(CANARIES):
        (tmp_path / str(number)).write_bytes(b"\0\1before" + ENCODINGS[encoding](word)[0] + b"after\xff")
    _, _, found = search_image(tmp_path)
    assert {word for _, word, name in found if name == encoding} == set(CANARIES)


def test_teeth_a_word_inside_a_snappy_table_is_seen(tmp_path: Path) -> None:
    """A LevelDB table by hand: one block with a literal and a copy, one index entry, a footer."""
    word = NAMES[3].encode()
    half = len(word) // 2
    plain = b"xx" + word[:half] + b"--" + word
    packed = bytes([len(plain)]) + bytes([(len(plain) - half - 1) << 2]) + plain[: 4 + half]
    # The second half of the second mention follows as a literal, its first half as a copy of the first mention.
    packed = bytes([len(plain)]) + bytes([(4 + half - 1) << 2]) + plain[: 4 + half]
    packed += bytes([((half - 1) << 2) | 2]) + (half + 2).to_bytes(2, "little")
    rest = word[half:]
    packed += bytes([(len(rest) - 1) << 2]) + rest
    assert unsnap(packed) == plain
    block = packed + b"\1" + b"crc!"
    handle = bytes([0, len(packed)])
    index = bytes([0, 1, len(handle)]) + b"k" + handle + (0).to_bytes(4, "little") + (1).to_bytes(4, "little")
    table = block + index + b"\0" + b"crc!"
    footer = bytes([0, 0]) + bytes([len(block), len(index)])
    table += footer.ljust(40, b"\0") + bytes.fromhex("57fb808b247547db")
    assert any(word in one for one in table_blocks(table))
    (tmp_path / "000005.ldb").write_bytes(table)
    assert [name for name in search_image(tmp_path)[2] if name[1] == NAMES[3]]


def test_the_day_types_every_kind_of_word() -> None:
    """Whoever shortens the browser's half must not take the interesting parts out."""
    told = (END_TO_END / "proof_stolen_phone.test.ts").read_text("utf-8")
    for part in ("kill()", "draft", "recordUnlinked", "search(", "makePhoto", "unlockWithPin", "?q=", "conclusion"):
        assert part in told, part
    assert base64  # the encodings are those of canaries.py

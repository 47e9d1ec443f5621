"""Forty words that stand for people, and the search that would find them: six encodings, and inside gzip.

They go into every field a person can type into; afterwards no dump, log or file may hold one. The numbers begin with 990, a
place that does not exist.
"""

import base64
import contextlib
import gzip
import io
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

NAMES = [f"甲乙丙丁戊{letter}CANARY" for letter in "子丑寅卯辰巳午未申酉"]
NUMBERS = [f"99010119900101{number:04}" for number in range(1000, 1010)]
PHONES = [f"1359999{number:04}" for number in range(7000, 7010)]
NOTES = [
    f"他说的话-CANARY-{word}-夜里不敢回家" for word in ("春", "夏", "秋", "冬", "东", "南", "西", "北", "上", "下")
]
CANARIES = [*NAMES, *NUMBERS, *PHONES, *NOTES]

ENCODINGS: dict[str, Callable[[str], list[bytes]]] = {
    "UTF-8": lambda text: [text.encode()],
    "UTF-16LE": lambda text: [text.encode("utf-16-le")],
    "GBK": lambda text: [text.encode("gbk")],
    # Wherever a word begins inside base64 it has one of three spellings; their inner part is what can be searched for.
    "base64": lambda text: [_base64_inside(text.encode(), shift) for shift in range(3)],
    "hex": lambda text: [text.encode().hex().encode(), text.encode().hex().upper().encode()],
    "JSON escapes": lambda text: [
        text.encode("unicode_escape"),
        text.encode("unicode_escape").upper().replace(b"\\U", b"\\u"),
    ],
}


def _base64_inside(raw: bytes, shift: int) -> bytes:
    encoded = base64.b64encode(b"\0" * shift + raw).rstrip(b"=")
    return encoded[-(-shift * 8 // 6) : -2]


SPELLINGS = {(word, name): spell(word) for word in CANARIES for name, spell in ENCODINGS.items()}


def find_words(content: bytes, words: Iterable[str] = CANARIES) -> list[tuple[str, str]]:
    """(word, encoding) of every word that stands in the bytes or in a gzip or zlib stream inside them."""
    layers = [content, *_unpack(content)]
    wanted = set(words)
    return [
        (word, name)
        for (word, name), spellings in SPELLINGS.items()
        if word in wanted and any(spelling in layer for layer in layers for spelling in spellings)
    ]


def search_folder(folder: Path) -> tuple[int, list[tuple[str, str, str]]]:
    """How many files were searched, and (file, word, encoding) of each find."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    found = [(str(path.relative_to(folder)), *one) for path in files for one in find_words(path.read_bytes())]
    return len(files), found


def _unpack(content: bytes) -> list[bytes]:
    """Whatever gzip members lie inside, at most 50 of them."""
    layers: list[bytes] = []
    start = content.find(b"\x1f\x8b\x08")
    while start >= 0 and len(layers) < 50:
        with contextlib.suppress(OSError, EOFError, zlib.error):
            layers.append(gzip.GzipFile(fileobj=io.BytesIO(content[start:])).read(50_000_000))
        start = content.find(b"\x1f\x8b\x08", start + 3)
    return layers

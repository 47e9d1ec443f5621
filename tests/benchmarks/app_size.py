"""Gzip bytes of the built app: what the first screen needs, by part, and everything that is kept for offline use."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "pwa" / "dist"
STATIC_IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s*["'](\.{1,2}/[^"']+\.js)["']""")
LINKED = re.compile(r"""(?:src|href)="(/assets/[^"]+\.(?:js|css))\"""")


def measure_app_size() -> dict[str, Any]:
    """Needs `scripts/build`. JS and CSS that index.html asks for, static imports followed; lazy chunks are not first load."""
    first = list_first_load()
    parts = {part_name(path): gzip_bytes(path) for path in first}
    entries = json.loads((DIST / "precache.json").read_text())["files"]
    kept = {
        when: [DIST / e["path"].lstrip("/") for e in entries if e["when"] == when]
        for when in ("install", "after", "use")
    }
    precache = kept["install"]
    lazy = {
        part_name(path): gzip_bytes(path) for path in precache if path.suffix in {".js", ".css"} and path not in first
    }
    return {
        "first_load": {"bytes_gzip": sum(parts.values()), "parts": by_size(parts)},
        "precache": {"bytes_gzip": sum(map(gzip_bytes, precache)), "files": len(precache), "lazy_parts": by_size(lazy)},
        "later": {f"{when}_bytes_gzip": sum(map(gzip_bytes, kept[when])) for when in ("after", "use")},
    }


def list_first_load() -> list[Path]:
    waiting = [DIST / link.lstrip("/") for link in LINKED.findall((DIST / "index.html").read_text("utf-8"))]
    found: list[Path] = []
    while waiting:
        path = waiting.pop(0).resolve()
        if path not in found:
            found.append(path)
            if path.suffix == ".js":
                waiting += [path.parent / name for name in STATIC_IMPORT.findall(path.read_text("utf-8"))]
    return found


def gzip_bytes(path: Path) -> int:
    """What goes over the wire: images and archives are sent as they are."""
    content = path.read_bytes()
    return min(len(content), len(gzip.compress(content, 9, mtime=0)))


def part_name(path: Path) -> str:
    """The file's name without its content hash."""
    return re.sub(r"-[\w-]{8}(?=\.\w+$)", "", path.name)


def by_size(parts: dict[str, int]) -> dict[str, int]:
    return dict(sorted(parts.items(), key=lambda item: -item[1]))

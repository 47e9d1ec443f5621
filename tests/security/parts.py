"""The list of parts (SBOM, CycloneDX 1.6) of what reaches a phone or a server, made from the locks: `python -m tests.security.parts`."""

import base64
import json
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def python_parts(text: str) -> list[dict[str, Any]]:
    parts = []
    for block in re.split(r"\n(?=[A-Za-z0-9])", text):
        found = re.match(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s\\;]+)", block)
        if found:
            hashes = re.findall(r"--hash=sha256:([0-9a-f]{64})", block)
            parts.append(_part("pypi", found[1].lower(), found[2], [("SHA-256", one) for one in hashes]))
    return parts


def script_parts(lock: dict[str, Any]) -> list[dict[str, Any]]:
    parts = []
    for path, one in lock["packages"].items():
        if path and not any(one.get(name) for name in ("dev", "devOptional", "optional")):
            digest = base64.b64decode(one["integrity"].removeprefix("sha512-")).hex()
            parts.append(_part("npm", path.rsplit("node_modules/", 1)[-1], one["version"], [("SHA-512", digest)]))
    return parts


def list_parts() -> dict[str, Any]:
    python = (ROOT / "scripts" / "locks" / "run.txt").read_text("utf-8")
    lock = json.loads((ROOT / "pwa" / "package-lock.json").read_text("utf-8"))
    parts = [*python_parts(python), *script_parts(lock)]
    return {
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": {"component": {"type": "application", "name": "yihu"}}, "components": parts,
    }  # fmt: skip


def _part(kind: str, name: str, version: str, hashes: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "type": "library", "name": name, "version": version, "purl": f"pkg:{kind}/{name.replace('@', '%40')}@{version}",
        "hashes": [{"alg": alg, "content": content} for alg, content in hashes],
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(list_parts(), indent=1))

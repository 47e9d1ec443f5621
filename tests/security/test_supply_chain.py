"""T-6b: the app builds to the same bytes twice, and no library gets in unlisted, unpinned or with scripts of its own.

`libraries.txt` is the list: name and version of every library that reaches a phone or a server. A new one is added there on purpose.
"""

import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.security.parts import list_parts

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("libraries.txt")
PWA = ROOT / "pwa"


def build(folder: Path) -> dict[str, str]:
    """File name -> hash of a fresh build."""
    vite = PWA / "node_modules" / ".bin" / "vite"
    done = subprocess.run(
        [str(vite), "build", "--outDir", str(folder), "--emptyOutDir"], cwd=PWA, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return digests(folder)


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def differing(first: dict[str, str], second: dict[str, str]) -> list[str]:
    return sorted(name for name in first.keys() | second.keys() if first.get(name) != second.get(name))


def python_libraries() -> dict[str, str]:
    text = (ROOT / "scripts" / "locks" / "run.txt").read_text("utf-8")
    return dict(re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s\\;]+)", text, re.MULTILINE))


def script_libraries(lock: dict[str, object]) -> dict[str, str]:
    """What a phone gets: everything in the lock that is not for development only."""
    packages: dict[str, dict[str, object]] = lock["packages"]  # type: ignore[assignment]
    return {
        path.removeprefix("node_modules/"): str(one["version"])
        for path, one in packages.items()
        if path and not one.get("dev") and not one.get("devOptional") and not one.get("optional")
    }


def read_lock() -> dict[str, object]:
    return dict(json.loads((PWA / "package-lock.json").read_text("utf-8")))


def listed() -> set[str]:
    return {line for line in LIST.read_text("utf-8").splitlines() if line and not line.startswith("#")}


def found(lock: dict[str, object]) -> set[str]:
    return {f"python {name}=={version}" for name, version in python_libraries().items()} | {
        f"npm {name}=={version}" for name, version in script_libraries(lock).items()
    }


def test_the_app_builds_to_the_same_bytes_twice(tmp_path: Path, figure: Callable[[str], None]) -> None:
    first, second = build(tmp_path / "one"), build(tmp_path / "two")
    whole = hashlib.sha256(json.dumps(first, sort_keys=True).encode()).hexdigest()
    figure(f"{len(first)} files built twice, {len(differing(first, second))} differ, {whole[:16]}")
    assert len(first) > 20
    assert differing(first, second) == []


def test_every_library_is_on_the_list_and_nothing_else(figure: Callable[[str], None]) -> None:
    wanted, known = found(read_lock()), listed()
    figure(f"{len(wanted)} libraries listed")
    assert wanted - known == set()
    assert known - wanted == set()


def test_every_library_is_pinned_by_its_hash() -> None:
    text = (ROOT / "scripts" / "locks" / "run.txt").read_text("utf-8")
    for block in re.split(r"\n(?=[A-Za-z0-9])", text):
        if "==" in block.split("\n")[0]:
            assert "--hash=sha256:" in block, block[:60]
    packages: dict[str, dict[str, object]] = read_lock()["packages"]  # type: ignore[assignment]
    for path, one in packages.items():
        if path and not one.get("link"):
            assert str(one.get("integrity", "")).startswith("sha512-"), path


def test_the_list_of_parts_is_made_from_the_locks(figure: Callable[[str], None]) -> None:
    """CycloneDX, by `python -m tests.security.parts`: every library that is listed, each with its hash."""
    parts = list_parts()["components"]
    named = {f"{one['purl'].split('/')[0].removeprefix('pkg:')} {one['name']}=={one['version']}" for one in parts}
    wanted = {one.lower().replace("python ", "pypi ") for one in found(read_lock())}
    figure(f"{len(parts)} parts in the list (CycloneDX)")
    assert {one.lower() for one in named} == {
        one.replace(one.split(" ")[1], one.split(" ")[1].rsplit("node_modules/", 1)[-1]) for one in wanted
    }
    assert all(one["hashes"] for one in parts)


REGISTRY = "https://registry.npmjs.org/"  # what npm takes where a lock names nothing


def lock_faults(lock: dict[str, object]) -> list[str]:
    """What a lock must not hold: a library from elsewhere than the registry, over http, from a repository, or without a hash."""
    packages: dict[str, dict[str, object]] = lock["packages"]  # type: ignore[assignment]
    return [
        path
        for path, one in packages.items()
        if path
        and not one.get("link")
        and not one.get("inBundle")  # inside the archive of another, whose hash covers it
        and (
            not str(one.get("resolved", REGISTRY)).startswith(REGISTRY)
            or not str(one.get("integrity", "")).startswith("sha512-")
        )
    ]


def test_every_lock_names_the_registry_and_a_hash() -> None:
    locks = [PWA / "package-lock.json", ROOT / "tests" / "end_to_end" / "package-lock.json"]
    found_locks = [path for path in locks if path.is_file()]
    assert found_locks
    for path in found_locks:
        assert lock_faults(json.loads(path.read_text("utf-8"))) == [], path


def test_teeth_a_library_from_elsewhere_is_seen() -> None:
    bad = {
        "node_modules/a": {"resolved": "git+ssh://git@example.org/a", "integrity": "sha512-x"},
        "node_modules/b": {"resolved": "http://registry.npmjs.org/b", "integrity": "sha512-x"},
        "node_modules/c": {"resolved": "https://registry.npmjs.org/c"},
    }
    assert lock_faults({"packages": bad}) == list(bad)


def test_installing_runs_no_script_of_a_library() -> None:
    text = (ROOT / "scripts" / "install").read_text("utf-8")
    assert "npm ci --ignore-scripts" in text
    assert "npm install" not in text
    assert "--require-hashes" in text


def test_teeth_a_clock_in_the_bundle_is_seen(tmp_path: Path) -> None:
    built = PWA / "dist"
    if not built.is_dir():
        pytest.fail("scripts/build first")
    for name in ("one", "two"):
        shutil.copytree(built, tmp_path / name)
        script = next((tmp_path / name / "assets").glob("*.js"))
        script.write_text(script.read_text("utf-8") + f"// built at {name}\n")
    assert len(differing(digests(tmp_path / "one"), digests(tmp_path / "two"))) == 1


def test_teeth_a_library_that_floats_or_is_new_is_seen() -> None:
    lock = read_lock()
    packages: dict[str, dict[str, object]] = lock["packages"]  # type: ignore[assignment]
    packages["node_modules/left-pad"] = {"version": "1.3.0"}
    packages["node_modules/vue"] = {**packages["node_modules/vue"], "version": "9.9.9"}
    assert {"npm left-pad==1.3.0", "npm vue==9.9.9"} <= found(lock) - listed()

"""The house rules, held by a machine: who may import whom, what may stand where, what no file may hold.

Layer directions are import-linter contracts in pyproject.toml and a lint rule in pwa/; here are the rules they cannot say.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOP = {
    *(
        "pyproject.toml",
        "README.md",
        "README.zh.md",
        "server",
        "pwa",
        "sync",
        "schemas",
        "tests",
        "scripts",
        "docs",
        "deploy",
    ),
    *(".ci", ".gitignore", ".git", ".gitattributes"),
}


def tracked() -> list[Path]:
    names = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")  # noqa: S607
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


FILES = tracked()
SOURCE = [f for f in FILES if f.suffix in {".py", ".ts", ".vue"} and "generated" not in f.parts]


def python_files(*rooms: str) -> list[Path]:
    return [f for f in FILES if f.suffix == ".py" and f.relative_to(ROOT).parts[0] in rooms]


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_the_top_level_holds_the_given_names_and_nothing_else() -> None:
    found = {f.relative_to(ROOT).parts[0] for f in FILES}
    assert found - TOP == set()
    assert {"server", "pwa", "sync", "schemas", "tests", "scripts", ".ci"} <= found


def test_each_room_explains_itself_and_its_decisions() -> None:
    for room in ("schemas", "sync", "server", "pwa"):
        text = (ROOT / room / "README.md").read_text("utf-8")
        assert "## Decisions" in text, room


def test_both_readmes_open_with_the_two_commands() -> None:
    for name in ("README.md", "README.zh.md"):
        opening = (ROOT / name).read_text("utf-8")[:2500]
        assert "scripts/start" in opening, name
        assert "scripts/test" in opening, name


def test_every_script_is_explained_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    scripts = [f.name for f in FILES if f.parent == ROOT / "scripts" and not f.suffix]
    assert len(scripts) >= 5
    assert [name for name in scripts if f"scripts/{name}" not in readme] == []


def test_continuous_integration_runs_the_test_script_and_nothing_else() -> None:
    lines = [line for line in (ROOT / ".ci" / "run").read_text().splitlines() if line and not line.startswith("#")]
    assert len(lines) == 1
    assert lines[0].endswith('scripts/test"')


@pytest.mark.parametrize("room", ["schemas", "sync"])
def test_pure_rooms_ask_no_clock_and_no_randomness(room: str) -> None:
    banned = {
        "time",
        "random",
        "secrets",
        "sqlite3",
        "pysqlite3",
        "httpx",
        "fastapi",
        "sqlmodel",
        "sqlalchemy",
        "socket",
        "threading",
    }
    files = [f for f in python_files(room) if "device" not in f.relative_to(ROOT).parts]
    assert len(files) > 3
    for path in files:
        seeded = {"random"} if "simulate" in path.parts else set()  # luck from a seed, and still no clock
        assert {name.split(".")[0] for name in imports(path)} & (banned - seeded) == set(), path
        assert not re.search(r"\.(now|today|utcnow)\(", path.read_text("utf-8")), path


def test_a_server_slice_reaches_another_only_through_its_rules() -> None:
    slices = {f.relative_to(ROOT).parts[1] for f in FILES if f.match("server/*/routes.py")}
    assert len(slices) >= 4
    wrong = []
    for path in python_files("server"):
        parts = path.relative_to(ROOT).parts
        here = parts[1] if len(parts) > 2 else None
        if here not in slices:
            continue
        for name in imports(path):
            found = re.match(r"server\.(\w+)\.(queries|routes)\b", name)
            if found and found[1] in slices and found[1] != here:
                wrong.append(f"{path.relative_to(ROOT)} -> {name}")
    assert wrong == []


def test_routes_speak_to_rules_and_not_to_sql() -> None:
    for path in python_files("server"):
        if path.name == "routes.py":
            reached = [
                name
                for name in imports(path)
                if re.search(r"\.(queries|tables)\b", name) or name.startswith("sqlalchemy.sql")
            ]
            assert reached == [], path


def test_only_the_vault_touches_the_browsers_database_and_only_the_api_calls_fetch() -> None:
    typescript = [
        f
        for f in SOURCE
        if f.suffix in {".ts", ".vue"} and f.is_relative_to(ROOT / "pwa" / "src") and ".test." not in f.name
    ]
    assert len(typescript) > 20
    for path in typescript:
        room, text = path.relative_to(ROOT / "pwa" / "src").parts[0], path.read_text("utf-8")
        if room != "vault":
            assert not re.search(r"\bindexedDB\b|from 'idb'", text), path
        if room not in {"api", "worker"}:
            assert not re.search(r"(?<![\w.])fetch\(|XMLHttpRequest", text), path
        assert not re.search(r"\binnerHTML\b|\bv-html\b|document\.write", text), path
        assert "localStorage" not in text or room in {"i18n", "ui", "app"}, path


def test_nothing_is_left_undone_or_points_outside_the_project() -> None:
    banned = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|\.\./" + "shared|/work/|raise NotImplemented" + r"Error")
    for path in FILES:
        if path.suffix in {".png", ".xlsx", ".xls", ".ico", ".br", ".woff2", ".gz"} or path == Path(__file__):
            continue
        found = banned.search(path.read_text("utf-8", errors="replace"))
        assert not found, f"{path.relative_to(ROOT)}: {found and found[0]}"


def test_no_source_file_has_grown_into_two() -> None:
    written = [f for f in SOURCE if "versions" not in f.parts]  # migrations are drawn from the tables by Alembic
    long = {str(f.relative_to(ROOT)): n for f in written if (n := len(f.read_text("utf-8").splitlines())) > 450}
    assert long == {}


def test_invented_people_only() -> None:
    """Any 18-digit resident ID number with a sound check digit must start with 990, a place that does not exist."""
    weights, checks = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"
    sample = "11010519491231002" + "X"  # the published sample of GB 11643
    number = re.compile(
        r"(?<![0-9A-Za-z])[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX](?![0-9A-Za-z])"
    )
    for path in FILES:
        if path.suffix in {".png", ".xlsx", ".xls", ".txt", ".lock"}:
            continue
        for found in number.findall(path.read_text("utf-8", errors="replace")):
            sound = checks[sum(int(d) * w for d, w in zip(found, weights, strict=False)) % 11] == found[17]
            assert not sound or found.startswith("990") or found == sample, f"{path.relative_to(ROOT)}: {found[:3]}…"


def test_the_import_contracts_hold() -> None:
    done = subprocess.run([Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout

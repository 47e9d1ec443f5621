"""Change the rules of fold and verdict one place at a time and see whether the vectors notice.

    python -m tests.sync.mutation           run all, write tests/sync/mutants.md; 1 where a survivor is not explained
    python -m tests.sync.mutation --show    the same from what the last run left behind

The tool is mutmut, at the versions of `lock.txt`, in a folder of its own; it works on a copy under build/mutation. Only vectors
are asked, since both languages read them: what they let pass in Python they may let pass in a phone.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.sync.mutation.explained import EXPLAINED
from tests.sync.mutation.survivors import Outcome, read_outcome

ROOT = Path(__file__).parents[3]
PLACE = ROOT / "build" / "mutation"
PAGE = ROOT / "tests" / "sync" / "mutants.md"
RULES = (
    "approvals",
    "conflicts",
    "fold",
    "inputs",
    "permission",
    "policies",
    "registers",
    "sections",
    "verdict",
    "verdicts",
    "versions",
)
SETTINGS = f"""\
[tool.pytest.ini_options]
pythonpath = ["."]
addopts = "-q --strict-markers"
markers = ["slow: not here"]

[tool.mutmut]
source_paths = ["sync"]
only_mutate = {[f"sync/{name}.py" for name in RULES]}
also_copy = ["tests"]
pytest_add_cli_args = ["-p", "no:cacheprovider", "-k", "not on_disk"]
pytest_add_cli_args_test_selection = ["tests/sync/test_vectors.py", "tests/sync/test_log_vectors.py"]
"""


def main(arguments: list[str]) -> int:
    if "--show" not in arguments:
        run()
    outcome = read_outcome(PLACE / "work" / "mutants" / "sync")
    unexplained = [survivor for survivor in outcome.survivors if reason_of(survivor.key) is None]
    stale = {key for keys in EXPLAINED.values() for key in keys} - {survivor.key for survivor in outcome.survivors}
    PAGE.write_text(page(outcome, len(unexplained)))
    print(summary(outcome))
    for survivor in unexplained:
        print(f"not explained: {survivor.key}")
    for key in sorted(stale):
        print(f"explained, but it does not survive: {key}")
    return 1 if unexplained or outcome.unasked else 0


def run() -> None:
    work = PLACE / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    packages = PLACE / "packages"
    pip = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-deps", "--upgrade"]
    lock = Path(__file__).parent / "lock.txt"
    subprocess.run([*pip, "--require-hashes", "--target", str(packages), "-r", str(lock)], check=True)
    leave = shutil.ignore_patterns("__pycache__", "node_modules", "device", "simulate")
    shutil.copytree(ROOT / "sync", work / "sync", ignore=leave)
    shutil.copytree(ROOT / "tests" / "sync", work / "tests" / "sync", ignore=leave)
    shutil.copytree(ROOT / "tests" / "vectors", work / "tests" / "vectors")
    (work / "pyproject.toml").write_text(SETTINGS)
    # Its counter turns on one line; a log wants whole ones.
    subprocess.run(
        [sys.executable, "-m", "mutmut", "run", "--max-children", str(os.cpu_count() or 1)],
        cwd=work,
        env=os.environ | {"PYTHONPATH": str(packages)},
        stdout=(PLACE / "run.log").open("wb"),
        check=True,
    )


def reason_of(key: str) -> str | None:
    return next((reason for reason, keys in EXPLAINED.items() if key in keys), None)


def summary(outcome: Outcome) -> str:
    return (
        f"{outcome.total} mutants, {outcome.killed} noticed, {len(outcome.survivors)} survive, "
        f"{outcome.unasked} not asked"
    )


def page(outcome: Outcome, unexplained: int) -> str:
    rows = [
        f"| `{escaped(survivor.place)}` | `{escaped(survivor.was)}` → `{escaped(survivor.becomes)}` "
        f"| {reason_of(survivor.key) or '**not explained**'} |"
        for survivor in outcome.survivors
    ]
    told = "Each that survives is explained below." if not unexplained else f"{unexplained} are not explained."
    return "\n".join(
        [
            "# What a changed line does to the vectors",
            "",
            "Written by `python -m tests.sync.mutation`; the reasons stand in `tests/sync/mutation/explained.py`. Each rule of the fold",
            "and of the verdicts ("
            + ", ".join(f"`{name}`" for name in RULES)
            + ") was changed in one place at a time,",
            "and the vectors that both languages read were asked. A mutant that changes nothing one could see is no hole in them.",
            "",
            f"**{summary(outcome)}.** {told}",
            "",
            "| where | was → becomes | why nothing can notice |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def escaped(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`scripts/prove`: runs proofs, each in a process of its own, and says what each showed.

A proof that ran no test, or none with teeth, has failed.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as Xml
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.security.proofs import PROOFS, ROOT, Proof, find_proofs

TEETH = ("test_teeth", "test_without_one_of_its_checks")
_SECONDS_MAX = 600
_LONG_SECONDS_MAX = 3600


@dataclass(frozen=True)
class Shown:
    """What a proof showed; `figure` counts what was tried."""

    name: str
    status: str
    figure: str
    seconds: float


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/prove", description="Run the proofs of the threat model.")
    parser.add_argument("name", help=f"all, or one of: {', '.join(proof.name for proof in PROOFS)}")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else on stdout")
    parser.add_argument("--long", action="store_true", help="the long forms: the same proofs with bigger numbers")
    given = parser.parse_args()
    wanted = find_proofs(given.name)
    if not wanted:
        parser.error(f"no proof is called {given.name}")
    shown: list[Shown] = []

    def run(proof: Proof) -> None:
        shown.append(_run(proof, is_long=given.long))
        mark = "✓" if shown[-1].status == "pass" else "✗"
        print(
            f"{mark} {proof.name:5} {proof.says}\n        {shown[-1].figure}  ({shown[-1].seconds:.0f} s)",
            file=sys.stderr,
            flush=True,
        )

    for proof in wanted:
        if proof.is_alone:
            run(proof)
    with ThreadPoolExecutor(2) as pool:
        beside = sorted((proof for proof in wanted if not proof.is_alone), key=lambda proof: not proof.is_long)
        list(pool.map(run, beside))
    order = {proof.name: place for place, proof in enumerate(PROOFS)}
    shown.sort(key=lambda one: order[one.name])
    if given.json:
        print(json.dumps({"proofs": [asdict(one) for one in shown]}, ensure_ascii=False))
    return 0 if all(one.status == "pass" for one in shown) else 1


def _run(proof: Proof, *, is_long: bool) -> Shown:
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="yihu-prove-") as folder:
        report = Path(folder) / "report.xml"
        command = [
            sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--basetemp", f"{folder}/tests",
            "-o", "junit_family=xunit1", f"--junitxml={report}", *proof.files,
        ]  # fmt: skip
        environment = {**os.environ, "YIHU_PROVE_LONG": "1" if is_long else ""}
        if is_long:
            command += ["--timeout", str(_LONG_SECONDS_MAX)]
        done = subprocess.run(  # noqa: S603
            command, cwd=ROOT, env=environment, capture_output=True, text=True,
            timeout=_LONG_SECONDS_MAX if is_long else _SECONDS_MAX, check=False,
        )  # fmt: skip
        status, figure = _read(report, done.returncode)
        if status == "fail":
            print(done.stdout[-6000:] + done.stderr[-2000:], file=sys.stderr)
    return Shown(proof.name, status, figure, round(time.monotonic() - started, 1))


def _read(report: Path, code: int) -> tuple[str, str]:
    if not report.is_file():
        return "fail", "the proof did not run"
    cases = list(Xml.parse(report).getroot().iter("testcase"))  # noqa: S314 -- written by our own pytest
    bad = [
        case.get("name", "?") for case in cases if case.find("failure") is not None or case.find("error") is not None
    ]
    skipped = [case for case in cases if case.find("skipped") is not None]
    teeth = [case for case in cases if (case.get("name") or "").startswith(TEETH)]
    figures = [
        one.get("value", "") for one in Xml.parse(report).getroot().iter("property") if one.get("name") == "figure"
    ]  # noqa: S314
    said = "; ".join([*figures, f"{len(cases)} tests, {len(teeth)} with teeth"])
    if bad:
        return "fail", f"failed: {', '.join(bad)}; {said}"
    if code != 0 or not cases or not teeth or skipped:
        return "fail", f"incomplete: {said}, {len(skipped)} skipped"
    return "pass", said


if __name__ == "__main__":
    sys.exit(main())

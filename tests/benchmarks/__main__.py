"""`scripts/bench [--json] [--gate] [NAME...]`: measures and prints; with --gate compares bytes with their budgets."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.benchmarks.app_size import measure_app_size
from tests.benchmarks.phone import measure_first_visit, measure_large_phone, measure_phone
from tests.benchmarks.throughput import measure_throughput
from tests.benchmarks.wire import measure_wire

BUDGETS = Path(__file__).with_name("budgets.json")
BENCHMARKS: dict[str, tuple[Callable[[], dict[str, Any]], str]] = {
    "app": (measure_app_size, "gzip bytes of the first load by part, and of everything kept for offline use"),
    "first_visit": (measure_first_visit, "requests and bytes in Chromium until the first screen stands, headers included"),
    "wire": (measure_wire, "bytes and requests of first sync (100 and 2,000 households), a day's work, an idle sync"),
    "server": (measure_throughput, "saves a second, one by one and in batches"),
    "phone_5000": (measure_large_phone, "the same with 5,000 households, as a whole small town has: search as one types"),
    "phone": (measure_phone, "the app in Chromium with 2,000 households at 4x CPU throttle: start, unlock, open, save, search"),
}  # fmt: skip
GATED = ("app", "first_visit", "wire")


def main() -> int:
    options = read_options()
    names = options.names or (GATED if options.gate else tuple(BENCHMARKS))
    figures: dict[str, Any] = {}
    for name in names:
        started = time.monotonic()
        print(f"· {name}: {BENCHMARKS[name][1]}", file=sys.stderr, flush=True)
        figures[name] = BENCHMARKS[name][0]()
        print(f"  {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    print(json.dumps(figures, indent=None if options.json else 2, ensure_ascii=False))
    return report_budgets(figures) if options.gate else 0


def read_options() -> argparse.Namespace:
    names = "\n".join(f"  {name:12}{text}" for name, (_, text) in BENCHMARKS.items())
    parser = argparse.ArgumentParser(
        prog="scripts/bench", description=__doc__, epilog=names, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "names", nargs="*", metavar="NAME", choices=[*BENCHMARKS, []], help="default: all, listed below"
    )
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    parser.add_argument("--gate", action="store_true", help="exit 1 where bytes or requests exceed budgets.json")
    return parser.parse_args()


def report_budgets(figures: dict[str, Any]) -> int:
    """One line for each budget; times have none, because machines differ."""
    budgets = {path: limit for path, limit in json.loads(BUDGETS.read_text()).items() if path.split(".")[0] in figures}
    over = [path for path, limit in budgets.items() if get_figure(figures, path) > limit]
    for path, limit in budgets.items():
        word = "OVER" if path in over else "ok"
        print(f"{word:5}{path}: {get_figure(figures, path):,} of {limit:,}", file=sys.stderr)
    return 1 if over else 0


def get_figure(figures: dict[str, Any], path: str) -> int:
    found: Any = figures
    for key in path.split("."):
        found = found[key]
    return int(found)


if __name__ == "__main__":
    sys.exit(main())

"""Writes what is generated from the declarations: JSON Schema here, the phone's data and types, the field tables of README.md.

python -m schemas.export            write everything
python -m schemas.export --check    write nothing; exit 1 and name the stale files
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from schemas import describe
from schemas.problems import problem_texts
from schemas.registry import KINDS

ROOM = Path(__file__).parent
PHONE = ROOM.parent / "pwa" / "src" / "records" / "generated"
README = ROOM / "README.md"
OPEN, CLOSE = "<!-- fields: generated -->", "<!-- /fields -->"


def compact(value: Any) -> str:
    """One key a line at the top, so that a diff stays readable, and no white space below it."""
    if not isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"
    rows = (f"{json.dumps(k)}:{json.dumps(v, ensure_ascii=False, separators=(',', ':'))}" for k, v in value.items())
    return "{\n" + ",\n".join(rows) + "\n}\n"


def outputs() -> dict[Path, str]:
    """Every generated file with its text."""
    data: dict[str, Callable[[], Any]] = {
        "rules": lambda: {name: kind.rules() for name, kind in KINDS.items()},
        "kinds": lambda: {name: describe.describe_kind(kind) for name, kind in KINDS.items()},
        "codes": lambda: describe.describe_codes(first=True),
        "codes_more": lambda: describe.describe_codes(first=False),
        "forms": describe.describe_forms,
        "instruments": describe.describe_instruments,
        "visit_rules": describe.describe_visit_rules,
        "process": describe.describe_process,
        "policies": describe.describe_policies,
        "notices": describe.describe_notices,
        "semantic_rules": describe.describe_semantic_rules,
        "problems": lambda: {c: [t.severity, t.zh, t.en] for c, t in problem_texts().items()},
    }
    files = {PHONE / f"{name}.json": compact(make()) for name, make in data.items()}
    files[PHONE / "types.ts"] = describe.typescript()
    for kind in KINDS.values():
        schema = json.dumps(describe.json_schema(kind), ensure_ascii=False, indent=1) + "\n"
        files[ROOM / "generated" / f"{kind.name}.schema.json"] = schema
    files[README] = readme(README.read_text("utf-8"))
    return files


def readme(text: str) -> str:
    """README.md with its field tables brought up to date."""
    before, rest = text.split(OPEN)
    after = rest.split(CLOSE)[1]
    return f"{before}{OPEN}\n\n{describe.field_tables()}\n{CLOSE}{after}"


def stale() -> list[Path]:
    """Generated files that differ from what the declarations say now."""
    return [path for path, text in outputs().items() if not path.exists() or path.read_text("utf-8") != text]


def main(arguments: list[str]) -> int:
    if "--check" in arguments:
        wrong = stale()
        for path in wrong:
            print(f"stale: {path.relative_to(ROOM.parent)}; run python -m schemas.export")
        return 1 if wrong else 0
    for path, text in outputs().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

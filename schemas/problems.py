"""What is wrong with a value, as data: a stable code, where, how grave, and one sentence in each language.

The sentences are data in `problems.yaml`, shared with the phone. No problem ever carries the value itself.
"""

from functools import cache
from pathlib import Path
from typing import Literal

import yaml

from schemas.fields import Frozen

Severity = Literal["error", "doubt"]  # error: the save is refused. doubt: it is kept and flagged


class ProblemText(Frozen):
    severity: Severity
    zh: str
    en: str


class Problem(Frozen):
    code: str
    path: str
    severity: Severity
    zh: str
    en: str


@cache
def problem_texts() -> dict[str, ProblemText]:
    """Every problem code with its sentences."""
    raw = yaml.safe_load((Path(__file__).parent / "problems.yaml").read_text("utf-8"))
    return {code: ProblemText(**body) for code, body in raw.items()}


def make_problem(code: str, path: str, zh: str = "", en: str = "", limit: str = "") -> Problem:
    """A problem at `path`; `zh` and `en` are the field's labels, for the sentence."""
    text = problem_texts()[code]
    return Problem(
        code=code,
        path=path,
        severity=text.severity,
        zh=text.zh.format(label=zh or path, limit=limit),
        en=text.en.format(label=en or path, limit=limit),
    )

"""Reads what mutmut left: how many mutants were noticed, and of the others what was changed into what."""

from __future__ import annotations

import ast
import difflib
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

SURVIVED, UNASKED, NOTICED = 0, (5, 33), (1, 3, 24, 36, 152, 255)
_AROUND = 8  # words and signs before and after the change, so that each key names one place


@dataclass(frozen=True)
class Survivor:
    place: str
    was: str
    becomes: str

    @property
    def key(self) -> str:
        return f"{self.place}: {self.was} => {self.becomes}"


@dataclass
class Outcome:
    total: int = 0
    killed: int = 0
    unasked: int = 0
    survivors: list[Survivor] = field(default_factory=list)


def read_outcome(folder: Path) -> Outcome:
    outcome = Outcome()
    for meta in sorted(folder.glob("*.py.meta")):
        module = meta.name.removesuffix(".py.meta")
        functions: dict[str, ast.FunctionDef] | None = None
        for name, code in json.loads(meta.read_text())["exit_code_by_key"].items():
            outcome.total += 1
            if code == SURVIVED:
                functions = functions or _functions((folder / f"{module}.py").read_text())
                outcome.survivors.append(_survivor(module, name.rpartition(".")[2], functions))
            elif code is None or code in UNASKED:
                outcome.unasked += 1
            else:
                outcome.killed += 1  # a test failed, or the time ran out
    return outcome


def _functions(source: str) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)}


def _survivor(module: str, mutant: str, functions: dict[str, ast.FunctionDef]) -> Survivor:
    base = mutant.partition("__mutmut_")[0]
    was, becomes = (re.findall(r"\w+|\W", _text(functions[name])) for name in (f"{base}__mutmut_orig", mutant))
    changed = [
        part for part in difflib.SequenceMatcher(None, was, becomes, autojunk=False).get_opcodes() if part[0] != "equal"
    ]
    first, last = changed[0], changed[-1]
    before, after = max(0, first[1] - _AROUND), last[2] + _AROUND
    place = f"{module}.{re.sub('^x_', '', base.replace('xǁ', '').replace('ǁ', '.'))}"
    return Survivor(
        place,
        " ".join("".join(was[before:after]).split()),
        " ".join("".join([*was[before : first[1]], *becomes[first[3] : last[4]], *was[last[2] : after]]).split()),
    )


def _text(function: ast.FunctionDef) -> str:
    """Without its name, which tells the mutants apart."""
    return ast.unparse(function.args) + "\n" + "\n".join(ast.unparse(line) for line in function.body)

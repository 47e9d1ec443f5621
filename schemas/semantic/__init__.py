"""Semantic conflicts: facts of a folded file, or of two files, that are settled each and cannot all be true.

The rules are data (`kinds/<kind>/semantic_rules.yaml`); `rules` reads them, `find` evaluates them. Nothing is stored: a conflict is
derived, has the same id everywhere, and closes by itself when the facts agree. `pwa/src/records/semantic.ts` gives the same lists;
`tests/vectors/semantic.json` holds both to them.
"""

from schemas.semantic.find import Line, SemanticConflict, find_conflicts, find_same_persons, line_of
from schemas.semantic.rules import SemanticRules, semantic_rules

__all__ = [
    "Line",
    "SemanticConflict",
    "SemanticRules",
    "find_conflicts",
    "find_same_persons",
    "line_of",
    "semantic_rules",
]

"""The kind of file that simulated stations keep: every policy, a section of each sort, and a second version of it."""

from __future__ import annotations

from typing import Any, Final

from sync.rules import Rules

KIND: Final = "file"
_ORDER: Final = ["red", "yellow", "green"]

_FIELDS: Final[dict[str, Any]] = {
    "phone": {"policy": "latest"},
    "tags": {"policy": "union"},
    "last": {"policy": "max"},
    "consent": {"policy": "safest", "order": _ORDER},
    "income": {"policy": "review"},
    "entitled": {"policy": "authority"},
    "number": {"policy": "once"},
}


def _rules(version: int) -> dict[str, Any]:
    return {
        "kind": KIND,
        "version": version,
        "fields": _FIELDS | ({"mail": {"policy": "latest"}} if version > 1 else {}),
        "collections": {
            "members": {"fields": {"name": {"policy": "review"}, "needs": {"policy": "union"}}},
            "plans": {
                "fields": {"goal": {"policy": "review"}, "alarm": {"policy": "safest", "order": _ORDER}},
                "section": {"name": "plan", "pins": ["goal", "alarm"], "exempt": [], "steps": ["deputy"]},
            },
        },
        "sections": {"basics": {"pins": ["income", "phone", "tags"], "exempt": ["last"], "steps": ["deputy"]}},
        "duties": ["head", "deputy", "worker"],
    }


RULES: Final = {version: _rules(version) for version in (1, 2)}
VERSIONS: Final = {version: Rules.of(rules) for version, rules in RULES.items()}
NEWEST: Final = max(VERSIONS)

VALUES: Final[dict[str, tuple[Any, ...]]] = {
    "phone": ("1", "2", "3", None),
    "last": (1, 2, 3, "b"),
    "consent": ("red", "yellow", "green"),
    "alarm": ("red", "yellow", "green"),
    "income": (1, 2, 3, 4),
    "entitled": ("yes", "no"),
    "number": ("A", "B"),
    "name": ("甲", "乙", "丙"),
    "goal": ("a", "b", "c"),
    "mail": ("x@y", "z@y"),
}
MEMBERS: Final = ("a", "b", 1, "1")
UNIONS: Final = frozenset({"tags", "needs"})

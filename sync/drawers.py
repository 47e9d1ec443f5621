"""Drawers: beside each patch a scope of its own for files that few may read (PROTOCOL 18).

A drawer's id follows from that of its patch, so whoever works in the patch can put something in while offline, and nobody
has to be told which drawer belongs to which patch. Pure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

KIND: Final = "restricted_record"


def drawer_of(scope: str) -> str:
    """The drawer beside a patch (R-1)."""
    return hashlib.sha256(f"restricted\n{scope}".encode()).hexdigest()[:32]


def patch_of(drawer: str, scopes: Iterable[str]) -> str | None:
    """The patch among these that the scope is the drawer of; None where it is a patch, or another's drawer."""
    return next((scope for scope in scopes if drawer_of(scope) == drawer), None)


def belongs(kind: str, *, is_drawer: bool) -> bool:
    """Whether a file of this kind may live there: restricted records in drawers and nowhere else, nothing else in them (R-2)."""
    return (kind == KIND) == is_drawer

"""What has to be said again when a merge is undone: words about the absorbed file that were written in the survivor."""

from __future__ import annotations

from typing import Any

from sync.folded import FoldedFile
from sync.rules import Rules


def list_words_to_carry(survivor: FoldedFile, alone: FoldedFile, rules: Rules) -> list[dict[str, Any]]:
    """Operations that give the absorbed file's own elements what the survivor shows of them, where that differs.

    Nothing is carried that is not settled: several values stand in the survivor's history, and whoever undoes may look. Nor
    is a strike-out: of a person who stood there twice one is struck out, and the parted file must not come back without.
    """
    operations: list[dict[str, Any]] = []
    for element, own in alone["elements"].items():
        shown = survivor["elements"].get(element)
        if shown and own["voided"] and not shown["voided"]:
            operations.append({"op": "restore", "path": element})
    for path, register in survivor["paths"].items():
        parts = path.split("/")
        if len(parts) != 3 or parts[2].startswith("$") or "/".join(parts[:2]) not in alone["elements"]:
            continue
        before = alone["paths"].get(path)
        if rules.field(path).policy == "union":
            held = before["value"] if before else []
            operations += [{"op": "add", "path": path, "value": one} for one in register["value"] if one not in held]
            operations += [{"op": "remove", "path": path, "value": one} for one in held if one not in register["value"]]
        elif register["status"] != "conflict" and (before is None or before["value"] != register["value"]):
            operations.append({"op": "set", "path": path, "value": register["value"]})
    return operations

"""A key-encryption key that can forget one owner for ever: a tree of derived keys from which single leaves are cut out.

Destroying a data key in the database is not enough: its wrapped form lies in every backup, and the key file would open it
there. So each owner's wrapping key is a leaf of a binary tree, derived from the root by hashing (Goldreich, Goldwasser, Micali).
Cutting a leaf replaces the root by the branches beside the way to it: every other owner's key can still be derived, that one by
nobody. A former copy of the key file still can: keep no former copy after an erasure.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from server import crypto

DEPTH = 48  # two of a million owners share a leaf with a chance of 1 in 500
_LEAF = b"leaf"


@dataclass(frozen=True)
class TreeKey:
    """Branches by their way from the root ("" the whole tree, else a text of 0 and 1); none is above another."""

    branches: Mapping[str, bytes]

    @classmethod
    def make(cls, root: bytes) -> "TreeKey":
        return cls({"": root})

    def derive(self, owner: str) -> bytes | None:
        """The wrapping key of an owner; None where it was cut out."""
        way = _way(owner)
        found = self._above(way)
        if found is None:
            return None
        seed = self.branches[found]
        for step in way[len(found) :]:
            seed = hmac.digest(seed, step.encode(), "sha256")
        return hmac.digest(seed, _LEAF, "sha256")

    def without(self, owner: str) -> "TreeKey":
        """The same key, with this owner cut out. Repeating it changes nothing."""
        way = _way(owner)
        found = self._above(way)
        if found is None:
            return self
        branches = {name: seed for name, seed in self.branches.items() if name != found}
        seed, name = self.branches[found], found
        for step in way[len(found) :]:
            other = "1" if step == "0" else "0"
            branches[name + other] = hmac.digest(seed, other.encode(), "sha256")
            seed, name = hmac.digest(seed, step.encode(), "sha256"), name + step
        return TreeKey(branches)

    @property
    def is_whole(self) -> bool:
        return "" in self.branches

    def _above(self, way: str) -> str | None:
        if self.is_whole:
            return ""
        return next((way[:length] for length in range(1, DEPTH + 1) if way[:length] in self.branches), None)


def _way(owner: str) -> str:
    digest = int.from_bytes(hashlib.sha256(owner.encode()).digest()[: DEPTH // 8], "big")
    return f"{digest:0{DEPTH}b}"


def is_sound(branches: Mapping[str, bytes]) -> bool:
    """Whether these can be the branches of one tree."""
    return all(
        len(name) <= DEPTH and set(name) <= {"0", "1"} and len(seed) == crypto.KEY_BYTES
        for name, seed in branches.items()
    )

"""The Merkle tree over the log (PROTOCOL 14, L-1 to L-4): roots, proofs of consistency and inclusion, as RFC 9162 has them.

A log is only ever appended to. Whoever remembers one root can have it proved by about log2(n) hashes that a later log begins
with the very same entries. How nodes are stored is the server's affair: it asks here which nodes a proof is made of.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Final

Node = tuple[int, int]  # level and index: it covers the leaves from index * 2**level on, 2**level of them
Range = tuple[int, int]  # first leaf, and the one after the last

EMPTY_ROOT: Final = hashlib.sha256(b"").digest()


def leaf_hash(verdict_body: str) -> bytes:
    """L-1: the leaf of an entry is its verdict's very text."""
    return hashlib.sha256(b"\x00" + verdict_body.encode("utf-8", "surrogatepass")).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """L-2, by definition. What keeps nodes computes it from the peaks instead."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    split = _split(len(leaves))
    return node_hash(root_of(leaves[:split]), root_of(leaves[split:]))


def finished_nodes(size: int, peaks: Sequence[bytes], leaf: bytes) -> tuple[list[bytes], list[bytes]]:
    """What appending a leaf to a tree of `size` with these peaks makes: the nodes it finishes from its own up, new peaks."""
    kept, made = list(peaks), [leaf]
    while size & 1:
        made.append(node_hash(kept.pop(), made[-1]))
        size >>= 1
    return made, [*kept, made[-1]]


def peak_nodes(first: int, after: int) -> list[Node]:
    """The finished nodes that the range [first, after) of leaves is made of, left to right. `first` must be aligned."""
    found: list[Node] = []
    while first < after:
        level = (after - first).bit_length() - 1
        found.append((level, first >> level))
        first += 1 << level
    return found


def join_peaks(peaks: Sequence[bytes]) -> bytes:
    """The hash of a range from the hashes of its finished nodes."""
    if not peaks:
        return EMPTY_ROOT
    joined = peaks[-1]
    for peak in reversed(peaks[:-1]):
        joined = node_hash(peak, joined)
    return joined


def consistency_ranges(old: int, new: int) -> list[Range]:
    """L-3: the ranges whose hashes prove that the log of `old` leaves is how the one of `new` begins."""
    if old in (0, new):
        return []
    return _consistency(old, 0, new, is_whole=True)


def _consistency(old: int, first: int, after: int, *, is_whole: bool) -> list[Range]:
    size = after - first
    if old == size:
        return [] if is_whole else [(first, after)]
    split = _split(size)
    if old <= split:
        return [*_consistency(old, first, first + split, is_whole=is_whole), (first + split, after)]
    return [*_consistency(old - split, first + split, after, is_whole=False), (first, first + split)]


def inclusion_ranges(leaf: int, size: int) -> list[Range]:
    """L-4: the ranges whose hashes prove that a leaf stands at its place in the log of `size` leaves."""
    return _inclusion(leaf, 0, size)


def _inclusion(leaf: int, first: int, after: int) -> list[Range]:
    if after - first <= 1:
        return []
    split = first + _split(after - first)
    if leaf < split:
        return [*_inclusion(leaf, first, split), (split, after)]
    return [*_inclusion(leaf, split, after), (first, split)]


def prove(ranges: Sequence[Range], node: Callable[[Node], bytes]) -> list[bytes]:
    return [join_peaks([node(one) for one in peak_nodes(first, after)]) for first, after in ranges]


def is_consistent(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """L-3: whether the proof shows that the log of `new` leaves begins with the one of `old`."""
    if old > new or old < 0:
        return False
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    left, right = old - 1, new - 1
    while left & 1:
        left, right = left >> 1, right >> 1
    for_old = for_new = path[0]
    for step in path[1:]:
        if right == 0:
            return False
        if left & 1 or left == right:
            for_old, for_new = node_hash(step, for_old), node_hash(step, for_new)
            while left and not left & 1:
                left, right = left >> 1, right >> 1
        else:
            for_new = node_hash(for_new, step)
        left, right = left >> 1, right >> 1
    return right == 0 and for_old == old_root and for_new == new_root


def is_included(leaf: int, leaf_bytes: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """L-4: whether the proof shows that this leaf stands at that place (from 0) in the log with this root."""
    if not 0 <= leaf < size:
        return False
    place, last, joined = leaf, size - 1, leaf_bytes
    for step in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            joined = node_hash(step, joined)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            joined = node_hash(joined, step)
        place, last = place >> 1, last >> 1
    return last == 0 and joined == root


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)

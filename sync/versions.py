"""Dots, version vectors and what a base covers (N-4, C-7). Causality comes from here and never from a clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple


class Dot(NamedTuple):
    """One change: the replica that made it and its number, from 1, per file and replica."""

    replica: str
    seq: int

    def __str__(self) -> str:
        return f"{self.replica}:{self.seq}"


@dataclass(frozen=True, slots=True)
class Base:
    """What a form showed: every dot up to the vector, apart from the exceptions (rule C-7)."""

    vector: Mapping[str, int] = field(default_factory=dict)
    exceptions: frozenset[Dot] = frozenset()

    def to_json(self) -> dict[str, Any]:
        """The form that a change carries: `except` sorted by replica, then seq."""
        return {"vector": dict(self.vector), "except": [list(dot) for dot in sorted(self.exceptions)]}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Base:
        """Inverse of `to_json`; expects a document that was already checked (see `sync.change`)."""
        return cls(dict(value["vector"]), frozenset(Dot(replica, seq) for replica, seq in value["except"]))


NOTHING = Base()
ELSEWHERE: Final = "@"


def dot_within(dot: Dot, of: str, within: str) -> Dot:
    """Name of a dot of the file `of` in a fold or a base of the file `within` (N-7): `replica@file` unless they are one."""
    return Dot(_replica_within(dot.replica, of, within), dot.seq)


def base_within(base: Base, of: str, within: str) -> Base:
    """The base of a change of the file `of`, under the names that the file `within` uses."""
    if of == within:
        return base
    vector = {_replica_within(replica, of, within): seq for replica, seq in base.vector.items()}
    return Base(vector, frozenset(dot_within(dot, of, within) for dot in base.exceptions))


def file_of(replica: str) -> str | None:
    """The other file whose dot this names, None for the own file's."""
    return replica.partition(ELSEWHERE)[2] or None


def _replica_within(replica: str, of: str, within: str) -> str:
    plain, _, named = replica.partition(ELSEWHERE)
    file = named or of
    return plain if file == within else f"{plain}{ELSEWHERE}{file}"


def covers(base: Base, dot: Dot) -> bool:
    """Whether a form with this base showed the change at `dot`."""
    return base.vector.get(dot.replica, 0) >= dot.seq and dot not in base.exceptions


def join(one: Base, other: Base) -> Base:
    """The base that covers exactly what at least one of the two covers."""
    if not other.vector:
        return one
    if not one.vector:
        return other
    vector = dict(one.vector)
    for replica, seq in other.vector.items():
        if seq > vector.get(replica, 0):
            vector[replica] = seq
    missed = {dot for dot in one.exceptions if not covers(other, dot)}
    missed |= {dot for dot in other.exceptions if not covers(one, dot)}
    # A dot above one's vector and below the joint vector is covered by the other alone, or is among its exceptions.
    return Base(vector, frozenset(missed))


def base_of(dots: Iterable[Dot]) -> Base:
    """The base that covers exactly these dots: what a fold of these changes shows. Gaps become exceptions."""
    seqs: dict[str, set[int]] = {}
    for replica, seq in dots:
        seqs.setdefault(replica, set()).add(seq)
    vector = {replica: max(numbers) for replica, numbers in seqs.items()}
    gaps = {
        Dot(replica, seq)
        for replica, numbers in seqs.items()
        if len(numbers) != vector[replica]
        for seq in range(1, vector[replica])
        if seq not in numbers
    }
    return Base(vector, frozenset(gaps))


def list_dots(base: Base) -> list[Dot]:
    """Every dot that the base covers, sorted."""
    return [
        dot
        for replica in sorted(base.vector)
        for dot in (Dot(replica, seq) for seq in range(1, base.vector[replica] + 1))
        if dot not in base.exceptions
    ]

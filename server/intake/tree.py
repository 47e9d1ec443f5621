"""The Merkle tree of a station's log, read from the nodes that its entries keep: roots, proofs, places.

Leaves are counted without a gap; positions jump to the next epoch at a restart. Reads bytes that are no secret and opens
nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlmodel import Session

from server.intake import queries
from server.intake.tables import LogRestart
from server.station import rules as stations
from sync import tree
from sync.log import epoch_of, first_position
from sync.tree import Node, Range

NODE_BYTES = 32


@dataclass(frozen=True)
class Epoch:
    """Positions of one epoch: leaf `leaf` stands at position `first`."""

    number: int
    first: int
    leaf: int


@dataclass
class LogTree:
    """The tree as one transaction sees it. `position`: the last that was given out, 0 for none."""

    session: Session
    station_id: str
    position: int
    epochs: tuple[Epoch, ...]
    _nodes: dict[Node, bytes] = field(default_factory=dict)

    @classmethod
    def open(cls, session: Session, station_id: str, position: int | None = None) -> LogTree:
        last = stations.get_last_position(session, station_id) if position is None else position
        return cls(session, station_id, last, list_epochs(session, station_id, last))

    @property
    def epoch(self) -> int:
        return self.epochs[-1].number

    @property
    def size(self) -> int:
        now = self.epochs[-1]
        return now.leaf + self.position - now.first + 1

    def position_of(self, leaf: int) -> int:
        """Where a leaf stands, counted from 0; -1 is before the first."""
        found = next((one for one in reversed(self.epochs) if one.leaf <= leaf), self.epochs[0])
        return found.first + leaf - found.leaf

    def leaf_of(self, position: int) -> int:
        found = next((one for one in reversed(self.epochs) if one.first <= position), self.epochs[0])
        return found.leaf + position - found.first

    def load(self, ranges: Sequence[Range]) -> None:
        """Fetches the nodes that these ranges are made of, in one statement."""
        wanted = {node for first, after in ranges for node in tree.peak_nodes(first, after)} - self._nodes.keys()
        places = {self.position_of((index + 1 << level) - 1): (level, index) for level, index in wanted}
        for position, nodes in queries.list_nodes(self.session, self.station_id, sorted(places)):
            level, index = places[position]
            for step in range(level, -1, -1):  # what the row finishes lies in a column: the right edge of that subtree
                self._nodes[step, (index + 1 << level - step) - 1] = nodes[step * NODE_BYTES : (step + 1) * NODE_BYTES]

    def peaks(self, size: int) -> list[bytes]:
        self.load([(0, size)])
        return [self._nodes[node] for node in tree.peak_nodes(0, size)]

    def root(self, size: int) -> bytes:
        return tree.join_peaks(self.peaks(size))

    def prove(self, ranges: Sequence[Range]) -> list[bytes]:
        self.load(ranges)
        return tree.prove(ranges, self._nodes.__getitem__)


def list_epochs(session: Session, station_id: str, position: int) -> tuple[Epoch, ...]:
    """The epochs so far. Most logs never left the first, and are not asked."""
    first = Epoch(1, 1, 0)
    if epoch_of(position + 1) == 1:
        return (first,)
    restarts = queries.list_restarts(session, station_id)
    return (first, *(Epoch(row.epoch, first_position(row.epoch), row.size) for row in restarts))


def list_restarts(session: Session, station_id: str) -> list[LogRestart]:
    """Every restart statement of the station, oldest first."""
    return queries.list_restarts(session, station_id)


def add_restart(session: Session, row: LogRestart) -> None:
    """The log goes on in a new epoch: the next verdict gets its first position. Run in one write transaction."""
    counter = stations.lock_counter(session, row.station_id)
    if epoch_of(counter.value + 1) >= row.epoch:
        raise ValueError("a restart opens a later epoch")
    counter.value = first_position(row.epoch) - 1
    session.add(row)
    session.add(counter)
    session.flush()

"""The simulated station's log: places, the Merkle tree over verdicts, roots, and restart statements (PROTOCOL 14).

Follows `server/intake/tree.py`, `server/log/rules.py` and `server/log/restarts.py`; the tree itself is the real one (`sync.tree`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from sync.change import Envelope, sign_document
from sync.log import Restart, Root, epoch_of, first_position, read_root
from sync.simulate.keys import STATION_KEY, make_keys
from sync.tree import (
    Node,
    consistency_ranges,
    finished_nodes,
    join_peaks,
    leaf_hash,
    peak_nodes,
    prove,
)

Standing = Literal["sound", "behind", "differs"]
DEPLOYMENT, STATION = "d" * 32, "5" * 32
_HOUR_MS: Final = 3_600_000
_FIRST_HOUR_MS: Final = 1_767_225_600_000  # 2026-01-01 UTC


@dataclass(frozen=True, slots=True)
class Logged:
    """One entry of the log. `place` is where it stands here; the verdict's own position differs once it was brought back."""

    place: int
    change: str
    file: str
    status: str
    is_first: bool
    signed: Envelope
    audiences: frozenset[str]
    position: int = 0  # of the verdict: where it stood first


@dataclass(slots=True)
class LogBook:
    """Entries in order, and the tree over them."""

    entries: list[Logged] = field(default_factory=list)
    restarts: list[tuple[Restart, Envelope]] = field(default_factory=list)
    witnesses: list[tuple[int, int]] = field(default_factory=list)  # epoch, agreed size: what waits for the operator
    _peaks: list[list[bytes]] = field(default_factory=lambda: [[]])  # by size
    _nodes: dict[Node, bytes] = field(default_factory=dict)

    def copy(self) -> LogBook:
        return LogBook(
            list(self.entries), list(self.restarts), list(self.witnesses), list(self._peaks), dict(self._nodes)
        )

    @property
    def size(self) -> int:
        return len(self.entries)

    @property
    def epoch(self) -> int:
        return self.restarts[-1][0].epoch if self.restarts else 1  # each statement begins a later one

    @property
    def last_place(self) -> int:
        """The last place given out; at the beginning of an epoch the one before its first."""
        last = self.entries[-1].place if self.entries else 0
        return max(last, first_position(self.epoch) - 1)

    @property
    def next_place(self) -> int:
        return self.last_place + 1

    def append(self, entry: Logged) -> None:
        made, peaks = finished_nodes(self.size, self._peaks[-1], leaf_hash(entry.signed.body))
        for level, node in enumerate(made):
            self._nodes[level, self.size >> level] = node
        self._peaks.append(peaks)
        self.entries.append(entry)

    def root_hash(self, size: int) -> bytes:
        return join_peaks(self._peaks[size])

    def place_of(self, leaf: int) -> int:
        return self.entries[leaf].place if leaf >= 0 else 0

    def sign_root(self, now: int) -> Envelope:
        root = Root(self.epoch, self.size, self.last_place, self.root_hash(self.size).hex(), now)
        return _sign(root.to_body(deployment=DEPLOYMENT, station=STATION))

    # --- what devices remember ---------------------------------------------------------------------------------------

    def compare(self, claim: Mapping[str, Any]) -> Standing:
        """Whether this log begins with what a device remembers."""
        if claim["epoch"] == 0:  # remembers nothing
            return "sound"
        is_untold = any(said.epoch > claim["epoch"] for said, _ in self.restarts)
        if claim["epoch"] > self.epoch or claim["size"] > self.size or is_untold:
            return "behind"
        return "sound" if self._is_beginning(claim) else "differs"

    def tell(self, claim: Mapping[str, Any] | None, now: int) -> dict[str, Any] | None:
        """The root now and the proof that it follows the remembered one; None where it is that one still."""
        if claim is None or (claim["epoch"], claim["size"]) == (self.epoch, self.size):
            return None
        proof = prove(consistency_ranges(min(claim["size"], self.size), self.size), self._node)
        return {"root": self.sign_root(now).to_json(), "proof": [one.hex() for one in proof]}

    def put_back(self, read: Mapping[str, int], epoch: int, claim: Mapping[str, Any] | None) -> dict[str, int]:
        """How far a reader has come by a cursor of that epoch, less what restarts since then forgot.

        `claim`: the newest root that it still remembers; what came after that may have been another log.
        """
        kept = [(said.epoch, said.position) for said, _ in self.restarts if said.epoch > epoch]
        kept += [(self.epoch, self.place_of(claim["size"] - 1))] if claim else []
        return {
            audience: min([last, *(place for number, place in kept if epoch_of(last) < number)])
            for audience, last in read.items()
        }

    def hear_witness(self, shown: Envelope | None, remembered: Sequence[Mapping[str, Any]], now: int) -> bool:
        """Whether this log can be the one that a device remembers. Opens a new epoch where the device proves it forgot."""
        if shown is None:
            return True
        root = read_root(shown)
        standing = self.compare({"epoch": root.epoch, "size": root.size, "hash": root.hash})
        is_ahead = (root.epoch, root.size) > (self.epoch, self.size)
        shared = self._list_shared(remembered)
        if standing != "differs" and not (is_ahead and standing == "behind") and shared is not None:
            return True
        if standing == "differs" or shared is None:
            sound = [one["size"] for one in remembered if one["size"] <= self.size and self._is_beginning(one)]
            self.witnesses.append((root.epoch, max(sound, default=0)))
            return False
        self._restart(max(root.epoch, self.epoch) + 1, max(shared, default=0), "phone", now)
        return True

    def list_safe(self, place: int) -> int:
        """The position up to which what a backup of this place holds is safe: what was brought back stands later (L-12)."""
        return min([place, *(one.position - 1 for one in self.entries if one.place > place)])

    def restart_from_generation(self, epoch: int, now: int) -> None:
        """The file beside the database remembers a longer log: this was put back before anyone wrote to it."""
        self._restart(max(epoch, self.epoch) + 1, self.size, "generation", now)

    def restart_by_hand(self, now: int) -> None:
        """The operator says that an older copy was put back; what phones showed says up to where nothing differs."""
        agreed = min([self.size, *(size for _, size in self.witnesses)])
        epoch = max([self.epoch, *(one for one, _ in self.witnesses)]) + 1
        self.witnesses = []
        self._restart(epoch, agreed, "operator", now)

    def _is_beginning(self, claim: Mapping[str, Any]) -> bool:
        return bool(self.root_hash(claim["size"]).hex() == claim["hash"])

    def _list_shared(self, remembered: Sequence[Mapping[str, Any]]) -> list[int] | None:
        """Sizes that the device remembers and this log confirms; None where it contradicts one."""
        near = [one for one in remembered if one["size"] <= self.size and one["epoch"] <= self.epoch]
        standings = [(one["size"], self.compare(one)) for one in near]
        if any(standing == "differs" for _, standing in standings):
            return None
        return [size for size, standing in standings if standing == "sound"]

    def _restart(self, epoch: int, agreed: int, because: str, now: int) -> None:
        place = self.place_of(agreed - 1)
        # A second restore may have forgotten the first statement with its number: the hour is one that no other has.
        epoch = max(epoch, (now - _FIRST_HOUR_MS) // _HOUR_MS)
        said = Restart(epoch, self.size, self.root_hash(self.size).hex(), agreed, place, because, now)
        self.restarts.append((said, _sign(said.to_body(deployment=DEPLOYMENT, station=STATION))))

    def _node(self, node: Node) -> bytes:
        if node not in self._nodes:
            level, index = node
            self._nodes[node] = join_peaks([self._nodes[one] for one in peak_nodes(index << level, index + 1 << level)])
        return self._nodes[node]


def _sign(document: Mapping[str, Any]) -> Envelope:
    return sign_document(document, make_keys(STATION_KEY).private)

"""The log's signed documents and what a device remembers of it (PROTOCOL 14, L-5 to L-9). The tree itself: `sync.tree`.

A device keeps the last signed root and takes no answer whose log does not begin with it. A server that was put back to an
older copy says so in a signed restart statement; then the device falls back to the newest root it remembers from before, and
brings back what the server forgot.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sync.canonical import parse_canonical, sha256_hex
from sync.change import Envelope
from sync.errors import SyncError
from sync.shapes import Shape, check_shape, integer, one_of, text
from sync.tree import EMPTY_ROOT, is_consistent

EPOCH_POSITIONS: Final = 2**32
BECAUSE: Final = ("generation", "phone", "operator")

_ID = text(pattern=r"[0-9a-f]{32}")
_HASH = text(pattern=r"[0-9a-f]{64}")
_ROOT: Final[Shape] = {
    "type": one_of("root"),
    "v": one_of(1),
    "suite": one_of(1),
    "deployment": _ID,
    "station": _ID,
    "epoch": integer(1),
    "size": integer(0),
    "position": integer(0),
    "hash": _HASH,
    "at": integer(0),
}
_RESTART: Final[Shape] = {
    "type": one_of("restart"),
    "v": one_of(1),
    "suite": one_of(1),
    "deployment": _ID,
    "station": _ID,
    "epoch": integer(2),
    "size": integer(0),
    "hash": _HASH,
    "agreed": integer(0),
    "position": integer(0),
    "first": integer(1),
    "because": one_of(*BECAUSE),
    "at": integer(0),
}


class LogError(SyncError):
    """The server's log is not the one that this device remembers; nothing of the answer may be taken in."""

    code = "log_differs"


def epoch_of(position: int) -> int:
    """L-5: the epoch that a position belongs to; epoch n has the n-th 2**32 positions."""
    return (position - 1) // EPOCH_POSITIONS + 1


def first_position(epoch: int) -> int:
    return (epoch - 1) * EPOCH_POSITIONS + 1


@dataclass(frozen=True, slots=True)
class Root:
    """The signed state of a log: how many entries, and the hash that stands for all of them."""

    epoch: int
    size: int
    position: int
    hash: str
    at: int = 0

    def to_body(self, *, deployment: str, station: str) -> dict[str, Any]:
        return {
            "type": "root",
            "v": 1,
            "suite": 1,
            "deployment": deployment,
            "station": station,
            "epoch": self.epoch,
            "size": self.size,
            "position": self.position,
            "hash": self.hash,
            "at": self.at,
        }


@dataclass(frozen=True, slots=True)
class Restart:
    """The signed word of a server that was put back: what it kept, from where on it goes, up to where nothing differs."""

    epoch: int
    size: int
    hash: str
    agreed: int
    position: int
    because: str
    at: int

    def to_body(self, *, deployment: str, station: str) -> dict[str, Any]:
        return {
            "type": "restart",
            "v": 1,
            "suite": 1,
            "deployment": deployment,
            "station": station,
            "epoch": self.epoch,
            "size": self.size,
            "hash": self.hash,
            "agreed": self.agreed,
            "position": self.position,
            "first": first_position(self.epoch),
            "because": self.because,
            "at": self.at,
        }


def read_root(envelope: Envelope) -> Root:
    """Parse and check a transported root; the signature is checked by `change.verify`. Raises `MalformedError`."""
    body = parse_canonical(envelope.body)
    check_shape(body, _ROOT)
    return Root(body["epoch"], body["size"], body["position"], body["hash"], body["at"])


def read_restart(envelope: Envelope) -> Restart:
    """Parse and check a transported restart statement. Raises `MalformedError`."""
    body = parse_canonical(envelope.body)
    check_shape(body, _RESTART)
    return Restart(
        body["epoch"], body["size"], body["hash"], body["agreed"], body["position"], body["because"], body["at"]
    )


@dataclass(frozen=True, slots=True)
class Remembered:
    """A root that a device has seen, without its signature. `position`: the last place that its log had given out."""

    size: int
    hash: str
    position: int = 0

    def to_json(self) -> dict[str, Any]:
        return {"size": self.size, "hash": self.hash, "position": self.position}


_NOTHING: Final = Remembered(0, EMPTY_ROOT.hex())


@dataclass(frozen=True, slots=True)
class LogMemory:
    """What a device remembers. `roots` by size, the newest last; `signed` is that newest root as the server signed it."""

    epoch: int = 0
    roots: tuple[Remembered, ...] = ()
    signed: Envelope | None = None
    forgotten: tuple[tuple[int, int], ...] = field(
        default_factory=tuple
    )  # (epoch, position) of restarts to recover from

    @classmethod
    def from_json(cls, value: Mapping[str, Any] | None) -> LogMemory:
        if not value:
            return cls()
        return cls(
            value["epoch"],
            tuple(Remembered(root["size"], root["hash"], root.get("position", 0)) for root in value["roots"]),
            Envelope.from_json(value["signed"]) if value["signed"] else None,
            tuple((epoch, position) for epoch, position in value["forgotten"]),
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "epoch": self.epoch,
            "roots": [root.to_json() for root in self.roots],
            "signed": self.signed.to_json() if self.signed else None,
            "forgotten": [list(one) for one in self.forgotten],
        }

    @property
    def newest(self) -> Remembered:
        return self.roots[-1] if self.roots else _NOTHING

    def claim(self) -> dict[str, Any]:
        """What goes along with each sync: the log that this device knows."""
        return {"epoch": self.epoch, "size": self.newest.size, "hash": self.newest.hash}

    def list_claims(self, limit: int) -> list[dict[str, Any]]:
        """What it remembers besides, for a server whose log differs."""
        return [{"epoch": self.epoch, "size": root.size, "hash": root.hash} for root in self.roots[-limit:]]

    def take_root(self, root: Root, proof: Sequence[str], signed: Envelope | None = None) -> LogMemory:
        """The memory after a root that was verified as the server's (L-7). Raises `LogError`: take nothing in."""
        newest = self.newest
        if root.epoch != self.epoch and self.epoch > 0:
            raise LogError("The server speaks of another epoch of its log than this device knows.", code="log_behind")
        if root.size < newest.size:
            raise LogError("The server's log is shorter than this device remembers.", code="log_behind")
        hashes = [bytes.fromhex(one) for one in proof]
        if not is_consistent(newest.size, bytes.fromhex(newest.hash), root.size, bytes.fromhex(root.hash), hashes):
            raise LogError("The server's log does not begin with what this device remembers.")
        seen = [one for one in self.roots if one.size != root.size]
        fresh = Remembered(root.size, root.hash, root.position)
        return replace(self, epoch=root.epoch, roots=thin([*seen, fresh]), signed=signed)

    def take_restarts(self, restarts: Iterable[Restart]) -> LogMemory:
        """The memory after restart statements that were verified as the server's (L-8), those known already among them.

        Those count again: what was brought back after one stands at a later place than its position says. And no log is
        known to agree beyond the newest root that remains, whatever a statement says: the server may have been put back
        before, and nobody noticed.
        """
        told = sorted(restarts, key=lambda one: one.epoch)
        fresh = [one for one in told if one.epoch > self.epoch]
        if not fresh:
            return self
        if any(one.agreed > one.size for one in fresh):
            raise LogError("A restart statement contradicts itself.")
        agreed = min(one.agreed for one in fresh)
        roots = tuple(root for root in self.roots if root.size <= agreed)
        known = roots[-1].position if roots else 0
        kept = dict(self.forgotten)
        for one in told:
            kept[one.epoch] = min(kept.get(one.epoch, one.position), one.position, known)
        return LogMemory(fresh[-1].epoch, roots, None, tuple(sorted(kept.items())))

    def take_signed(self, root: Root, signed: Envelope) -> LogMemory:
        """After a restart: keep the new epoch's root as it was signed, to show it to a server that is put back again."""
        return replace(self, signed=signed) if root.epoch == self.epoch and root.size >= self.newest.size else self

    def is_forgotten(self, position: int) -> bool:
        """Whether the server may have lost what it once put at this position."""
        return any(position > kept and epoch_of(position) < epoch for epoch, kept in self.forgotten)

    def recovered(self) -> LogMemory:
        """After everything that was forgotten has been brought back, and a sync was answered."""
        return replace(self, forgotten=())


def may_forget(position: int, backed_up: int | None) -> bool:
    """L-12: whether an own change need not be kept any more for the sake of a server that may be put back."""
    return backed_up is None or position <= backed_up


def thin(roots: Sequence[Remembered]) -> tuple[Remembered, ...]:
    """The newest root, and of the older ones the oldest at each doubling of the distance: few, yet some from long ago (L-6)."""
    ordered = sorted(roots, key=lambda root: root.size)
    newest = ordered[-1].size
    kept: dict[int, Remembered] = {}
    for root in ordered:
        kept.setdefault((newest - root.size).bit_length(), root)
    return tuple(sorted(kept.values(), key=lambda root: root.size))


def files_hash(accepted: Iterable[tuple[str, int]]) -> str:
    """L-9: what a file's accepted changes are, as (id, position), without folding them."""
    return sha256_hex("".join(f"{change} {position}\n" for change, position in sorted(accepted)).encode())

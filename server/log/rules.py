"""The log as one whole: the root that devices remember, whether what they remember is how it begins, and what `have` tells.

Entries are written by `intake`; here nothing of a change is opened. What a restart is: `restarts.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlmodel import Session

from server.context import Context
from server.devices.rules import Caller
from server.intake import reading
from server.intake.tree import LogTree, list_restarts
from server.keyring.station_keys import get_signer
from server.log import queries
from server.station import rules as stations
from sync.canonical import canonical_text
from sync.change import Envelope, to_base64url
from sync.log import Root, epoch_of, files_hash
from sync.messages import LogClaim
from sync.tree import consistency_ranges, inclusion_ranges

FILES_BYTES_MAX = 1_000_000
Standing = Literal["sound", "behind", "differs"]


@dataclass(frozen=True)
class Told:
    """What goes along with an answer to `/sync`."""

    root: Envelope
    proof: list[str]


def compare(tree: LogTree, agreed: Mapping[int, int], claim: LogClaim) -> Standing:
    """Whether this log begins with what a device remembers. `agreed`: by epoch, what its restart statement says.

    `behind`: the device remembers more than there is here, or was not told of a restart; also one that forgot nothing of
    what it remembers, because no device takes a root of an epoch of which it does not know.
    """
    if claim.epoch == 0:  # remembers nothing
        return "sound"
    is_untold = any(epoch > claim.epoch for epoch in agreed)
    if claim.epoch > tree.epoch or claim.size > tree.size or is_untold:
        return "behind"
    return "sound" if tree.root(claim.size).hex() == claim.hash else "differs"


def check(session: Session, station_id: str, claim: LogClaim) -> Standing:
    return compare(LogTree.open(session, station_id), list_agreed(session, station_id), claim)


def list_agreed(session: Session, station_id: str) -> dict[int, int]:
    return {row.epoch: row.agreed for row in list_restarts(session, station_id)}


def current_epoch(session: Session, station_id: str) -> int:
    return epoch_of(stations.get_last_position(session, station_id) + 1)


def put_back(
    session: Session, station_id: str, read: Mapping[str, int], epoch: int, claim: LogClaim | None
) -> dict[str, int]:
    """How far a reader has come by a cursor of that epoch, less what restarts since then forgot.

    `claim`: the newest root that it still remembers. What it read after that may have been another log: the server may have
    been put back before, and nobody noticed.
    """
    tree = LogTree.open(session, station_id)
    restarts = [row for row in list_restarts(session, station_id) if row.epoch > epoch]
    kept = [(row.epoch, tree.position_of(row.agreed - 1) if row.agreed else 0) for row in restarts]
    kept += [(tree.epoch, tree.position_of(claim.size - 1))] if claim else []
    return {
        audience: min([last, *(position for number, position in kept if epoch_of(last) < number)])
        for audience, last in read.items()
    }


def tell(session: Session, context: Context, station_id: str, claim: LogClaim | None) -> tuple[Told | None, int | None]:
    """The root now and the proof that it follows the remembered one, None where that is the root still; the watermark."""
    if claim is None:
        return None, None
    backed_up = get_backed_up(session, station_id)
    tree = LogTree.open(session, station_id)
    if (claim.epoch, claim.size) == (tree.epoch, tree.size):
        return None, backed_up
    proof = tree.prove(consistency_ranges(min(claim.size, tree.size), tree.size))
    return Told(sign_root(session, context, tree), [one.hex() for one in proof]), backed_up


def sign_root(session: Session, context: Context, tree: LogTree) -> Envelope:
    root = Root(tree.epoch, tree.size, tree.position, tree.root(tree.size).hex(), context.now())
    return sign(
        session, context, tree.station_id, root.to_body(deployment=context.keyring.deployment, station=tree.station_id)
    )


def sign(session: Session, context: Context, station_id: str, document: Mapping[str, object]) -> Envelope:
    body = canonical_text(document)
    return Envelope(body, to_base64url(get_signer(session, context.keyring, station_id).sign(body.encode())))


def prove_inclusion(session: Session, station_id: str, positions: Sequence[int], size: int) -> list[dict[str, object]]:
    """For each of these places its leaf number and the proof that it is part of the log of `size` entries."""
    tree = LogTree.open(session, station_id)
    size = min(size, tree.size)
    leaves = [leaf for position in positions if 0 <= (leaf := tree.leaf_of(position)) < size]
    ranges = [inclusion_ranges(leaf, size) for leaf in leaves]
    tree.load([one for some in ranges for one in some])
    return [
        {"position": tree.position_of(leaf), "leaf": leaf, "proof": [one.hex() for one in tree.prove(some)]}
        for leaf, some in zip(leaves, ranges, strict=True)
    ]


def get_backed_up(session: Session, station_id: str) -> int | None:
    """The backup watermark: up to which position verdicts are known to be safe elsewhere; None where nobody said.

    What was brought back after the backup stands at a later place than its position says: the watermark stays below it.
    """
    row = queries.find_backup(session, station_id)
    if row is None or not list_restarts(session, station_id):
        return row.position if row else None
    brought = queries.find_first_brought(session, station_id, row.position)
    return row.position if brought is None else min(row.position, brought - 1)


def list_differing(session: Session, caller: Caller, asked: Mapping[str, str]) -> list[str]:
    """Which of these files hold other accepted changes here than the hash says."""
    readable = reading.list_readable(session, caller.station_id, sorted(asked), caller.scopes)
    accepted: dict[str, list[tuple[str, int]]] = {file: [] for file in readable}
    for file, change, position in reading.list_accepted(session, caller.station_id, sorted(readable)):
        accepted[file].append((change, position))
    return [file for file in sorted(readable) if files_hash(accepted[file]) != asked[file]]


def list_unknown(session: Session, caller: Caller, asked: Mapping[str, str]) -> list[str]:
    """Files that the caller cannot read here; whether they exist is not said."""
    return sorted(asked.keys() - reading.list_readable(session, caller.station_id, sorted(asked), caller.scopes))

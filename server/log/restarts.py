"""A log that was put back to an older copy: how the server learns of it, and the signed statement by which it says so.

It cannot know by itself. It learns from the generation file beside the database (`generation.py`), from a phone that shows a
root which this server once signed and has no longer, or from the operator. A root that is merely *ahead* of a log that does not
contradict it says "forgotten", and the server goes on in a new epoch by itself. A root that *contradicts* the log says that
somebody wrote another past: only the operator's word (`yihu restore`) opens a new epoch then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlmodel import Session

from server.audit import rules as audit
from server.context import Context
from server.database import upsert
from server.devices.rules import Caller
from server.errors import YihuError
from server.intake.tables import LogRestart
from server.intake.tree import LogTree, add_restart, list_restarts
from server.keyring.station_keys import get_station_keys
from server.log import queries
from server.log.rules import compare, list_agreed, sign, sign_root
from server.log.tables import LogWitness
from server.station import rules as stations
from sync.canonical import parse_canonical
from sync.change import Envelope
from sync.errors import MalformedError
from sync.log import Restart, Root, read_root
from sync.messages import LogClaim

_HOUR_MS = 3_600_000
_FIRST_HOUR_MS = 1_767_225_600_000  # 2026-01-01 UTC
Because = Literal["generation", "phone", "operator"]


@dataclass(frozen=True)
class Testimony:
    """The answer to a device that shows what it remembers."""

    root: Envelope
    restarts: list[Envelope]
    is_sound: bool


def hear_witness(
    session: Session, context: Context, caller: Caller, shown: Envelope | None, remembered: Sequence[LogClaim]
) -> Testimony:
    """Compares what a device remembers with the log, and opens a new epoch where it proves that the log forgot."""
    station_id = caller.station_id
    stations.lock_counter(session, station_id)
    root = _read_shown(session, context, station_id, shown) if shown else None
    tree, agreed = LogTree.open(session, station_id), list_agreed(session, station_id)
    is_sound = True
    if root is not None and shown is not None:
        is_ahead = (root.epoch, root.size) > (tree.epoch, tree.size)
        standing = compare(tree, agreed, LogClaim(epoch=root.epoch, size=root.size, hash=root.hash))
        if standing == "differs" or (is_ahead and standing == "behind"):
            shared = _list_shared(tree, agreed, remembered)
            is_sound = standing == "behind" and shared is not None
            if is_sound:
                common = max(shared or [], default=0)
                _restart(session, context, station_id, max(root.epoch, tree.epoch) + 1, common, "phone")
            else:
                _keep_witness(session, context, caller, root, shown, tree, remembered)
        elif _list_shared(tree, agreed, remembered) is None:  # told of the restart, and still of another past
            is_sound = False
            _keep_witness(session, context, caller, root, shown, tree, remembered)
    tree = LogTree.open(session, station_id)
    told = [Envelope(row.body, row.signature) for row in list_restarts(session, station_id)]
    return Testimony(sign_root(session, context, tree), told, is_sound)


def restart_by_hand(session: Session, context: Context, station_id: str, agreed: int | None = None) -> Restart:
    """The operator says: an older copy was put back. What phones showed meanwhile says up to where nothing differs."""
    tree = LogTree.open(session, station_id)
    witnesses = queries.list_witnesses(session, station_id)
    sizes = [tree.size, *(one.agreed for one in witnesses)]
    epoch = max([tree.epoch, *(one.epoch for one in witnesses)]) + 1
    for one in witnesses:
        session.delete(one)
    kept = min(sizes) if agreed is None else min(agreed, tree.size)
    return _restart(session, context, station_id, epoch, kept, "operator")


def restart_from_generation(session: Session, context: Context, station_id: str, epoch: int) -> Restart:
    """The file beside the database remembers a longer log: the database was put back before it was opened."""
    tree = LogTree.open(session, station_id)
    return _restart(session, context, station_id, max(epoch, tree.epoch) + 1, tree.size, "generation")


def _restart(session: Session, context: Context, station_id: str, epoch: int, agreed: int, because: Because) -> Restart:
    tree = LogTree.open(session, station_id)
    position = tree.position_of(agreed - 1) if agreed else 0
    # A second restore may have forgotten the first statement with its number: the hour is one that no other has.
    epoch = max(epoch, (context.now() - _FIRST_HOUR_MS) // _HOUR_MS)
    said = Restart(epoch, tree.size, tree.root(tree.size).hex(), agreed, position, because, context.now())
    document = said.to_body(deployment=context.keyring.deployment, station=station_id)
    signed = sign(session, context, station_id, document)
    row = LogRestart(
        station_id=station_id, epoch=epoch, size=said.size, agreed=agreed, body=signed.body, signature=signed.sig
    )  # fmt: skip
    add_restart(session, row)
    audit.record(session, station_id, "log_restarted", context.now(), about=f"epoch {epoch}, {agreed} of {said.size}")
    return said


def _read_shown(session: Session, context: Context, station_id: str, shown: Envelope) -> Root:
    """What the device shows must be this station's own word; anything else proves nothing."""
    if not get_station_keys(session, station_id).believes(shown):
        raise YihuError("invalid_value", field="root")
    try:
        root, body = read_root(shown), parse_canonical(shown.body)
    except MalformedError as error:
        raise YihuError("invalid_value", field="root") from error
    if body["station"] != station_id or body["deployment"] != context.keyring.deployment:
        raise YihuError("invalid_value", field="root")
    return root


def _list_shared(tree: LogTree, agreed: dict[int, int], remembered: Sequence[LogClaim]) -> list[int] | None:
    """Sizes that the device remembers and this log confirms; None where it contradicts one that no restart explains."""
    sizes = []
    for claim in remembered:
        kept = min([tree.size, *(size for epoch, size in agreed.items() if epoch > claim.epoch)])
        if claim.size <= kept:
            if tree.root(claim.size).hex() != claim.hash:
                return None
            sizes.append(claim.size)
    return sizes


def _keep_witness(
    session: Session,
    context: Context,
    caller: Caller,
    root: Root,
    shown: Envelope,
    tree: LogTree,
    remembered: Sequence[LogClaim],
) -> None:
    """Kept for the operator: `yihu verify` and `yihu restore` name it."""
    sound = [one.size for one in remembered if one.size <= tree.size and tree.root(one.size).hex() == one.hash]
    values = {
        "station_id": caller.station_id, "root_hash": root.hash, "epoch": root.epoch, "size": root.size,
        "agreed": max(sound, default=0), "body": shown.body, "signature": shown.sig, "replica": caller.replica,
        "seen_at": context.now(),
    }  # fmt: skip
    upsert(session, LogWitness, values, keys=["station_id", "root_hash"])

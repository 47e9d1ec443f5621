"""The wipe order of a revoked device: signed by the station, naming the replica, and obeyed after its outbox is home.

A device never wipes because of a status code or a missing answer: only this document, under the verdict key that it pinned, for
its own replica. What it recorded comes in first (and waits in quarantine); other people's vaults on the phone are not meant.
"""

from sqlmodel import Session

from server.audit import rules as audit
from server.context import Context
from server.devices import queries
from server.devices.rules import Caller, get_device
from server.errors import YihuError
from server.keyring.rules import get_signer
from sync.canonical import canonical_text
from sync.change import Envelope, to_base64url

ORDER = "wipe"


def find_order(session: Session, context: Context, caller: Caller) -> Envelope | None:
    """The order for the caller's own device, or None where it is not revoked. The same device gets the same order again."""
    row = get_device(session, caller.station_id, caller.replica)
    if row.revoked_at is None:
        return None
    body = canonical_text(
        {
            "type": ORDER,
            "v": 1,
            "deployment": context.keyring.deployment,
            "station": caller.station_id,
            "replica": caller.replica,
            "revoked_at": row.revoked_at,
        }
    )
    signature = get_signer(session, context.keyring, caller.station_id).sign(body.encode())
    return Envelope(body, to_base64url(signature))


def note_wiped(session: Session, context: Context, caller: Caller) -> None:
    """The device says that it obeyed: its sessions end, and the deputy sees when. Safe to repeat until then."""
    row = get_device(session, caller.station_id, caller.replica)
    if row.revoked_at is None:
        raise YihuError("conflict")
    if row.wiped_at is None:
        row.wiped_at = context.now()
        session.add(row)
        audit.record(
            session, caller.station_id, "device_wiped", context.now(), person_id=caller.person_id, replica=caller.replica
        )  # fmt: skip
    queries.delete_sessions(session, caller.station_id, caller.replica)

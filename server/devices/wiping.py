"""The wipe order of a revoked device: signed by the station, naming the replica, and obeyed after its outbox is home.

A device never wipes because of a status code or a missing answer: only this document, under the verdict key that it pinned, for
its own replica. What it recorded comes in first (and waits in quarantine); other people's vaults on the phone are not meant.
"""

from sqlmodel import Session

from server.audit import rules as audit
from server.context import Context
from server.devices import queries
from server.devices.rules import Caller, get_device, is_own_installation
from server.devices.sessions import NOBODY
from server.errors import YihuError
from server.keyring.station_keys import get_signer
from sync.canonical import canonical_text
from sync.change import Envelope, to_base64url

ORDER = "wipe"


def find_meant(
    session: Session, caller: Caller | None, replica: str | None, installation: str | None
) -> tuple[str, str]:
    """Station and device that a browser asks about: its session's own, or another vault of the same installation.

    Several people share a phone, and the one whose device was revoked may never open it again: whoever uses it next brings
    the order. The browser's own secret (no session) is enough to ask and to report, because it opens nothing.
    """
    if caller is not None and replica in (None, caller.replica):
        return caller.station_id, caller.replica
    station_id = queries.find_station_of(session, replica) if replica else None
    row = queries.find_replica(session, station_id or NOBODY, replica or NOBODY)
    if row is None or station_id is None or not is_own_installation(row, installation):
        raise YihuError("not_signed_in")
    return station_id, row.replica


def find_order(session: Session, context: Context, station_id: str, replica: str) -> Envelope | None:
    """The order for this device, or None where it is not revoked. The same device gets the same order again."""
    row = get_device(session, station_id, replica)
    if row.revoked_at is None:
        return None
    body = canonical_text(
        {
            "type": ORDER,
            "v": 1,
            "deployment": context.keyring.deployment,
            "station": station_id,
            "replica": replica,
            "revoked_at": row.revoked_at,
        }
    )
    signature = get_signer(session, context.keyring, station_id).sign(body.encode())
    return Envelope(body, to_base64url(signature))


def note_fetched(session: Session, context: Context, station_id: str, replica: str) -> None:
    """The order was handed out; the deputy sees when it was first. Safe to repeat."""
    row = get_device(session, station_id, replica)
    if row.revoked_at is not None and row.order_at is None:
        row.order_at = context.now()
        session.add(row)


def note_wiped(session: Session, context: Context, station_id: str, replica: str) -> None:
    """The device says that it obeyed: its sessions end, and the deputy sees when. Safe to repeat until then."""
    row = get_device(session, station_id, replica)
    if row.revoked_at is None:
        raise YihuError("conflict")
    if row.wiped_at is None:
        row.wiped_at = context.now()
        session.add(row)
        audit.record(
            session, station_id, "device_wiped", context.now(), person_id=row.person_id, replica=replica
        )  # fmt: skip
    queries.delete_sessions(session, station_id, replica)

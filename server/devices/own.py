"""One's own devices with their sessions, and ending those of another device of one's own.

Ending a session closes what is open now; the device opens one again with its own key after its next unlock. A device that is lost is
revoked by a deputy instead.
"""

from dataclasses import dataclass

from sqlmodel import Session

from server.audit import rules as audit
from server.context import Context
from server.devices import queries
from server.devices.rules import Caller, get_label
from server.errors import YihuError
from server.keyring.rules import Keyring


@dataclass(frozen=True)
class OwnDevice:
    """A device of the caller; the times are those at which its open sessions began and end."""

    replica: str
    label: str
    is_this: bool
    enrolled_at: int
    revoked_at: int | None
    last_contact_at: int | None
    read_since: int | None
    read_until: int | None
    upload_until: int | None


def list_own(session: Session, keyring: Keyring, caller: Caller, now: int) -> list[OwnDevice]:
    found = []
    for row in queries.list_replicas(session, caller.station_id, 100, caller.person_id):
        open_now = {
            one.kind: one
            for one in queries.list_sessions(session, caller.station_id, row.replica)
            if one.expires_at > now
        }
        read, upload = open_now.get("read"), open_now.get("upload")
        found.append(
            OwnDevice(
                row.replica,
                get_label(session, keyring, row),
                row.replica == caller.replica,
                row.enrolled_at,
                row.revoked_at,
                row.last_contact_at,
                read.created_at if read else None,
                read.expires_at if read else None,
                upload.expires_at if upload else None,
            )
        )
    return found


def end_other(session: Session, context: Context, caller: Caller, replica: str) -> None:
    """Ends both sessions of another device of one's own. Safe to repeat."""
    row = queries.find_replica(session, caller.station_id, replica)
    if row is None or row.person_id != caller.person_id:
        raise YihuError("not_found", field="replica")
    if replica == caller.replica:
        raise YihuError("conflict", field="replica")
    queries.delete_sessions(session, caller.station_id, replica)
    audit.record(
        session, caller.station_id, "sessions_ended", context.now(), person_id=caller.person_id, replica=caller.replica,
        about=replica,
    )  # fmt: skip

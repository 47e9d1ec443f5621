"""The backup watermark: whoever runs the backup says where the log stood before it and, when it lies elsewhere, that it does.

Devices keep their own changes until it has passed them (L-12). A backup that was begun is no backup yet.
"""

from sqlmodel import Session

from server.database import upsert
from server.errors import YihuError
from server.log import queries
from server.log.tables import LogBackup
from server.station import rules as stations


def mark_backup(session: Session) -> dict[str, int]:
    """Where each station's log stands now: to be said again when a backup begun after this lies elsewhere."""
    return {one: stations.get_last_position(session, one) for one in stations.list_station_ids(session)}


def note_backup(session: Session, station_id: str, position: int, now: int) -> None:
    """The log up to `position` is safe elsewhere. Never goes back. Raises `invalid_value` for what is still to come."""
    if not 0 <= position <= stations.get_last_position(session, station_id):
        raise YihuError("invalid_value", field="position")
    known = queries.find_backup(session, station_id)
    if known is None or known.position < position:
        values = {"station_id": station_id, "position": position, "at": now}
        upsert(session, LogBackup, values, keys=["station_id"], update=["position", "at"])

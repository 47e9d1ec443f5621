"""New keys that sign and open for a station: the former one's word on it, a new epoch of the policy, an audit entry."""

from sqlmodel import Session

from server.audit import rules as audit
from server.keyring.rules import Keyring
from server.keyring.station_keys import hand_over
from server.station import rules as stations
from sync.change import Envelope


def change_keys(session: Session, keyring: Keyring, station_id: str, now: int) -> Envelope:
    """One transaction: whoever writes in the log waits, so every place is answered for by one key."""
    position = stations.lock_counter(session, station_id).value
    signed = hand_over(session, keyring, station_id, position, now)
    stations.begin_epoch(session, station_id)
    audit.record(session, station_id, "station_keys_changed", now)
    return signed

"""Which profile a station goes by. Its rules are enforced where they apply: sessions, shares, devices."""

from sqlmodel import Session

from server.audit import rules as audit
from server.errors import YihuError
from server.profiles.data import NAMES
from server.station import rules as stations


def choose(session: Session, station_id: str, name: str, now: int) -> None:
    """From a new epoch of the policy on, which tells every phone. Raises `invalid_value` for a profile that there is none of."""
    if name not in NAMES:
        raise YihuError("invalid_value", field="profile")
    if stations.set_profile(session, station_id, name):
        audit.record(session, station_id, f"profile_{name}", now)

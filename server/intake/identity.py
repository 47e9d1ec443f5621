"""Which files share an id number, by the blind index: no number is read or stored for it.

The index holds every number ever accepted in a file. What stands there today, and whether it means one person, is for the caller.
A file that was merged into another counts as that one.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, case
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, or_, select

from server.intake.tables import CaseFile, IdentityIndex


def list_sharing_files(session: Session, station_id: str, scopes: Sequence[str], limit: int) -> list[tuple[str, str]]:
    """Pairs of files of which at least one lives in these scopes, each pair once, lower id first."""
    low, high = aliased(IdentityIndex), aliased(IdentityIndex)
    home_low, home_high = aliased(CaseFile), aliased(CaseFile)
    shown_low, shown_high = _shown(home_low).label("low"), _shown(home_high).label("high")
    statement = (
        select(shown_low, shown_high)
        .select_from(low)
        .join(high, (col(high.station_id) == low.station_id) & (col(high.number_hash) == low.number_hash))
        .join(home_low, (col(home_low.station_id) == low.station_id) & (col(home_low.file) == low.file))
        .join(home_high, (col(home_high.station_id) == high.station_id) & (col(home_high.file) == high.file))
        .where(
            low.station_id == station_id,
            high.station_id == station_id,
            home_low.station_id == station_id,
            home_high.station_id == station_id,
            col(low.file) < col(high.file),
            shown_low != shown_high,
            or_(col(home_low.scope).in_(scopes), col(home_high.scope).in_(scopes)),
        )
        .distinct()
        .order_by(shown_low, shown_high)
        .limit(limit)
    )
    return sorted({(min(pair), max(pair)) for pair in session.exec(statement)})


def list_holders(session: Session, station_id: str, number_hash: str) -> set[str]:
    """The households in which this number was ever accepted, each as the file under which it shows."""
    statement = (
        select(_shown(CaseFile))
        .join(
            IdentityIndex,
            (col(IdentityIndex.station_id) == CaseFile.station_id) & (col(IdentityIndex.file) == CaseFile.file),
        )
        .where(CaseFile.station_id == station_id, IdentityIndex.station_id == station_id)
        .where(IdentityIndex.number_hash == number_hash)
    )
    return set(session.exec(statement))


def _shown(home: type[CaseFile]) -> ColumnElement[str]:
    """The file under which this one shows since it was merged; else itself."""
    return case((col(home.survivor) != "", col(home.survivor)), else_=col(home.file))

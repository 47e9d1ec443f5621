"""Declaring a warning for whole villages, and ending it: each begins a new epoch of the policy, so every device fetches it."""

from collections.abc import Set
from datetime import UTC, datetime

from sqlmodel import Session

from schemas.local_rules.warning import Warning, write_warning
from server.audit import rules as audit
from server.context import Context
from server.errors import YihuError
from server.station import rules as stations
from server.station.tables import LocalSheet
from server.station.warnings import KIND, newest, open_warning, place_of

_STANDING_MAX = 50
_VILLAGES_MAX = 100_000


def declare(
    session: Session, context: Context, station_id: str, warning: Warning, person_id: str, decides: Set[str]
) -> None:
    """Only for villages of the patches where this person decides. Safe to repeat."""
    places = _scopes(session, context, station_id)
    if any(village not in places for village in warning.villages):
        raise YihuError("not_found", field="villages")
    if any(places[village] not in decides for village in warning.villages):
        raise YihuError("not_allowed", field="villages")
    known = newest(session, station_id)
    if warning.id in known:
        return
    standing = [row for row in known.values() if not row.is_withdrawn and not _is_over(session, context, row)]
    if len(standing) >= _STANDING_MAX:
        raise YihuError("invalid_value", field="villages")
    _add(session, context, station_id, warning, person_id, 1, is_withdrawn=False)


def end(
    session: Session, context: Context, station_id: str, warning_id: str, person_id: str, decides: Set[str]
) -> None:
    """It stands on nobody's list any more. By who decides in one of its villages. Safe to repeat."""
    row = newest(session, station_id).get(warning_id)
    warning = open_warning(session, context.keyring, row) if row else None
    if row is None or warning is None:
        raise YihuError("not_found", field="warning")
    places = _scopes(session, context, station_id)
    if not any(places.get(village) in decides for village in warning.villages):
        raise YihuError("not_allowed")
    if not row.is_withdrawn:
        _add(session, context, station_id, warning, person_id, row.number + 1, is_withdrawn=True)


def _scopes(session: Session, context: Context, station_id: str) -> dict[str, str]:
    views = stations.list_villages(session, context.keyring, station_id, _VILLAGES_MAX)
    return {one.village_id: one.scope for one in views}


def _is_over(session: Session, context: Context, row: LocalSheet) -> bool:
    warning = open_warning(session, context.keyring, row)
    return warning is None or warning.until < datetime.fromtimestamp(context.now() / 1000, UTC).date()


def _add(
    session: Session, context: Context, station_id: str, warning: Warning, person_id: str, number: int,
    *, is_withdrawn: bool,
) -> None:  # fmt: skip
    name = f"{KIND}_{warning.id}"
    sealed = context.keyring.seal_text(session, place_of(station_id, name, number), write_warning(warning))
    session.add(
        LocalSheet(
            station_id=station_id, name=name, number=number, kind=KIND, is_withdrawn=is_withdrawn, sealed_text=sealed,
            written_by=person_id, written_at=context.now(),
        )
    )  # fmt: skip
    session.flush()
    stations.begin_epoch(session, station_id)
    event = "warning_ended" if is_withdrawn else "warning_declared"
    audit.record(session, station_id, event, context.now(), person_id=person_id, about=warning.id)

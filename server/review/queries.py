"""Statements on what authors asked; each is bound to one station."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from server.review.tables import ReviewRequest


def find_request(session: Session, station_id: str, change_id: str) -> ReviewRequest | None:
    return session.get(ReviewRequest, (station_id, change_id))


def list_requests(session: Session, station_id: str, limit: int) -> list[ReviewRequest]:
    """Open requests, oldest first."""
    statement = select(ReviewRequest).where(ReviewRequest.station_id == station_id)
    return list(session.exec(statement.order_by(col(ReviewRequest.asked_at)).limit(limit)))


def list_requests_of(session: Session, station_id: str, changes: Sequence[str]) -> list[ReviewRequest]:
    statement = select(ReviewRequest).where(
        ReviewRequest.station_id == station_id, col(ReviewRequest.change_id).in_(changes)
    )
    return list(session.exec(statement))

"""Statements on people, duties and codes; each is bound to one station."""

from sqlmodel import Session, col, select

from server.accounts.tables import AddressTries, CodeDirectory, DutyGrant, EnrolmentCode, Person


def list_people(session: Session, station_id: str, limit: int) -> list[Person]:
    statement = select(Person).where(Person.station_id == station_id).order_by(col(Person.listed)).limit(limit)
    return list(session.exec(statement))


def find_person(session: Session, station_id: str, person_id: str) -> Person | None:
    return session.get(Person, (station_id, person_id))


def list_ending(session: Session, station_id: str) -> list[Person]:
    """Accounts that will end by themselves, the earliest first."""
    statement = select(Person).where(
        Person.station_id == station_id, col(Person.until_at).is_not(None), col(Person.disabled_at).is_(None)
    )
    return list(session.exec(statement.order_by(col(Person.until_at), col(Person.person_id))))


def list_grants(session: Session, station_id: str, person_id: str | None = None) -> list[DutyGrant]:
    """All grants ever made, of one person or of the station."""
    statement = select(DutyGrant).where(DutyGrant.station_id == station_id)
    if person_id is not None:
        statement = statement.where(DutyGrant.person_id == person_id)
    return list(session.exec(statement.order_by(col(DutyGrant.from_epoch), col(DutyGrant.grant_id))))


def find_code(session: Session, station_id: str, code_hash: str, *, lock: bool) -> EnrolmentCode | None:
    statement = select(EnrolmentCode).where(
        EnrolmentCode.station_id == station_id, EnrolmentCode.code_hash == code_hash
    )  # fmt: skip
    return session.exec(statement.with_for_update() if lock else statement).first()


def find_code_station(session: Session, code_hash: str) -> str | None:
    row = session.exec(select(CodeDirectory).where(CodeDirectory.code_hash == code_hash)).first()
    return row.station_id if row else None


def find_tries(session: Session, address_hash: str) -> AddressTries | None:
    return session.exec(select(AddressTries).where(AddressTries.address_hash == address_hash).with_for_update()).first()

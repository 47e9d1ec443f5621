"""People, their duties by epoch of the policy, and enrolment codes (kept as keyed hashes only)."""

from sqlmodel import Field, Index, SQLModel

from server.columns import big_integer, hash_key, id_column, id_key, instant, optional_id, optional_instant, refers


class Person(SQLModel, table=True):
    __tablename__ = "person"
    __table_args__ = (refers([], "station"),)

    station_id: str = id_key()
    person_id: str = id_key()
    sealed_name: bytes
    listed: int
    created_at: int = instant()
    until_at: int | None = optional_instant()  # the account ends then by itself
    disabled_at: int | None = optional_instant()


class DutyGrant(SQLModel, table=True):
    """Person holds `duty` on `scope` from one policy epoch until before another (null: still)."""

    __tablename__ = "duty_grant"
    __table_args__ = (
        refers(["person_id"], "person"),
        refers(["scope"], "patch"),
        Index("ix_duty_grant_person", "station_id", "person_id"),
    )

    station_id: str = id_key()
    grant_id: str = id_key()
    person_id: str = id_column()
    duty: str = Field(max_length=32)
    scope: str = id_column()
    from_epoch: int
    until_epoch: int | None = None


class EnrolmentCode(SQLModel, table=True):
    """Looking at a code does not use it up; making a device key with it does."""

    __tablename__ = "enrolment_code"
    __table_args__ = (
        refers(["person_id"], "person"),
        Index("ix_enrolment_code_person", "station_id", "person_id"),
    )

    station_id: str = id_key()
    code_hash: str = hash_key()
    person_id: str = id_column()
    issued_by: str | None = optional_id()
    created_at: int = instant()
    expires_at: int = instant()
    used_at: int | None = optional_instant()


class CodeDirectory(SQLModel, table=True):
    """Which station a code belongs to: it is typed before any station is known. Global."""

    __tablename__ = "code_directory"

    code_hash: str = hash_key()
    station_id: str = id_column()


class AddressTries(SQLModel, table=True):
    """How often an address tried codes lately; the address is a keyed hash. Global: no station is known yet."""

    __tablename__ = "address_tries"

    address_hash: str = hash_key()
    window_started_at: int = instant()
    tries: int = big_integer()

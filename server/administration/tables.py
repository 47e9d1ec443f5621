"""Who administers what, recoveries that two administrators make together, and stand-ins with their dates."""

from sqlmodel import Field, Index, SQLModel

from server.columns import id_column, id_key, instant, optional_id, optional_instant, refers


class AdminRole(SQLModel, table=True):
    """One row a person: nobody can hold two of the three, whatever a program does."""

    __tablename__ = "admin_role"
    __table_args__ = (refers(["person_id"], "person"),)

    station_id: str = id_key()
    person_id: str = id_key()
    role: str = Field(max_length=16)
    since: int = instant()


class Recovery(SQLModel, table=True):
    """A station whose deputies are gone: asked for by one administrator, confirmed by another."""

    __tablename__ = "recovery"
    __table_args__ = (refers(["person_id"], "person"),)

    station_id: str = id_key()
    recovery_id: str = id_key()
    person_id: str = id_column()
    duty: str = Field(max_length=32)
    sealed_reason: bytes
    asked_by: str = id_column()
    asked_at: int = instant()
    expires_at: int = instant()
    confirmed_by: str | None = optional_id()
    confirmed_at: int | None = optional_instant()


class StandIn(SQLModel, table=True):
    """One person does another's duty between two instants. `state`: planned, running, over."""

    __tablename__ = "stand_in"
    __table_args__ = (
        refers(["person_id"], "person"),
        Index("ix_stand_in_state", "station_id", "state"),
    )

    station_id: str = id_key()
    stand_in_id: str = id_key()
    person_id: str = id_column()
    for_person_id: str = id_column()
    duty: str = Field(max_length=32)
    from_at: int = instant()
    until_at: int = instant()
    given_by: str = id_column()
    given_at: int = instant()
    state: str = Field(default="planned", max_length=16)
    # JSON list of the patches on which the duty was really added: what ends with the stand-in, and nothing else.
    added: str = Field(default="[]", max_length=4000)

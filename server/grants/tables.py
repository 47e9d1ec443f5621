"""Grants: who may work with which minor's file, or with those of a patch, until when, and who approved it."""

from sqlmodel import Field, Index, SQLModel

from server.columns import id_column, id_key, instant, optional_id, optional_instant, refers


class AccessGrant(SQLModel, table=True):
    """`state`: asked, approved, declined, ended. Exactly one of `file` and `scope` is given."""

    __tablename__ = "access_grant"
    __table_args__ = (
        refers(["person_id"], "person"),
        Index("ix_access_grant_person", "station_id", "person_id", "state"),
    )

    station_id: str = id_key()
    grant_id: str = id_key()
    person_id: str = id_column()
    file: str | None = optional_id()
    scope: str | None = optional_id()
    sealed_reason: bytes
    asked_at: int = instant()
    until_at: int = instant()
    state: str = Field(default="asked", max_length=16)
    decided_by: str | None = optional_id()
    decided_at: int | None = optional_instant()

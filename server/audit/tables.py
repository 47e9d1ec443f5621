"""Audit entries: append-only, each holding the hash of the one before."""

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from server.columns import id_key, instant, optional_id, refers


class AuditEntry(SQLModel, table=True):
    __tablename__ = "audit_entry"
    __table_args__ = (refers([], "station"),)

    station_id: str = id_key()
    position: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    at: int = instant()
    event: str = Field(max_length=64)
    person_id: str | None = optional_id()
    replica: str | None = optional_id()
    about: str = Field(default="", max_length=200, description="ids and counts only, never a value someone typed")
    chain: str = Field(max_length=64)

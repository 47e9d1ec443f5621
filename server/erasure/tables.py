"""Files that somebody asked to erase, and those that were erased: what is left of them is this row."""

from sqlalchemy import Text
from sqlmodel import Field, Index, SQLModel

from server.columns import id_column, id_key, instant, optional_id, optional_instant, refers


class ErasedFile(SQLModel, table=True):
    """`state`: asked, declined, erased. `owners`: whose keys went with it."""

    __tablename__ = "erased_file"
    __table_args__ = (refers([], "station"), Index("ix_erased_file_state", "station_id", "state", "erased_at"))

    station_id: str = id_key()
    file: str = id_key()
    scope: str = id_column()
    state: str = Field(max_length=16)
    asked_by: str = id_column()
    asked_at: int = instant()
    sealed_reason: bytes
    decided_by: str | None = optional_id()
    decided_at: int | None = optional_instant()
    erased_at: int | None = optional_instant()
    owners: str = Field(default="", sa_type=Text)
    mark: str = Field(default="", max_length=64)  # keyed hash: nobody with the database alone can declare a file erased

"""Packs: immutable snapshots of one scope for the first sync. Their bytes lie sealed in the blob store."""

from sqlmodel import Field, Index, SQLModel

from server.columns import big_integer, id_column, id_key, instant, refers


class Pack(SQLModel, table=True):
    __tablename__ = "pack"
    __table_args__ = (
        refers(["scope"], "patch"),
        Index("ix_pack_scope", "station_id", "scope", "position"),
    )

    station_id: str = id_key()
    pack_id: str = id_key()
    scope: str = id_column()
    position: int = big_integer()
    files: int = big_integer()
    bytes: int = big_integer()
    sha256: str = Field(max_length=64)
    key_owner: str = Field(max_length=64)  # one key for the packs of a scope, until a file of the station is erased
    made_at: int = instant()

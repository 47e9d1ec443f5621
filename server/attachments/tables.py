"""Uploads under way and attachments that arrived whole; the bytes lie sealed in the blob store."""

from sqlmodel import Field, Index, SQLModel

from server.columns import big_integer, hash_key, id_column, id_key, instant, refers


class Upload(SQLModel, table=True):
    """A photo on its way: how much of it is durable. Removed when it is finished or expires."""

    __tablename__ = "upload"
    __table_args__ = (refers(["replica"], "replica"),)

    station_id: str = id_key()
    upload_id: str = id_key()
    replica: str = id_column()
    file: str = id_column()
    sha256: str = Field(max_length=64)
    media_type: str = Field(max_length=64)
    length: int = big_integer()
    received: int = big_integer()
    parts: int = 0
    created_at: int = instant()


class Attachment(SQLModel, table=True):
    __tablename__ = "attachment"
    __table_args__ = (Index("ix_attachment_received", "station_id", "received_at"), refers([], "station"))

    station_id: str = id_key()
    file: str = id_key()
    sha256: str = hash_key()
    blob: str = id_column()
    media_type: str = Field(max_length=64)
    bytes: int = big_integer()
    person_id: str = id_column()
    received_at: int = instant()

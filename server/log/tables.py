"""What devices proved to remember against this log, and how far the log is backed up."""

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from server.columns import big_integer, hash_key, id_column, id_key, instant, refers


class LogWitness(SQLModel, table=True):
    """What a device proved that it remembers and this log contradicts: kept until the operator says what happened."""

    __tablename__ = "log_witness"
    __table_args__ = (refers([], "station"),)

    station_id: str = id_key()
    root_hash: str = hash_key()
    epoch: int = big_integer()
    size: int = big_integer()
    agreed: int = big_integer()
    body: str = Field(sa_type=Text)
    signature: str = Field(max_length=200)
    replica: str = id_column()
    seen_at: int = instant()


class LogBackup(SQLModel, table=True):
    """Up to where the log is known to lie in a backup away from this machine."""

    __tablename__ = "log_backup"
    __table_args__ = (refers([], "station"),)

    station_id: str = id_key()
    position: int = big_integer()
    at: int = instant()

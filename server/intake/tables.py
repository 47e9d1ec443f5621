"""The log: every change ever received, its verdicts in order, and who is told of each.

Bodies and verdicts are sealed under the key of their file. A change that occupies its dot has an empty `fork`; a second
change under the same dot, or one whose author could not be verified, is kept beside it with its own id there.
"""

from sqlalchemy import BigInteger
from sqlmodel import Field, Index, SQLModel, UniqueConstraint

from server.columns import big_integer, hash_key, id_column, id_key, instant, refers


class CaseFile(SQLModel, table=True):
    """A file of some kind: where it lives now, and how far its accepted changes go."""

    __tablename__ = "case_file"
    __table_args__ = (
        refers(["scope"], "patch"),
        Index("ix_case_file_scope", "station_id", "scope", "kind"),
    )

    station_id: str = id_key()
    file: str = id_key()
    kind: str = Field(max_length=64)
    scope: str = id_column()
    changes: int = big_integer()
    accepted_position: int = big_integer()
    updated_at: int = instant()


class Change(SQLModel, table=True):
    __tablename__ = "change"
    __table_args__ = (
        UniqueConstraint("station_id", "file", "replica", "seq", "fork", name="uq_change_dot"),
        Index("ix_change_status", "station_id", "status", "position"),
        refers([], "station"),
    )

    station_id: str = id_key()
    change_id: str = hash_key()
    file: str = id_column()
    replica: str = id_column()
    seq: int = big_integer()
    fork: str = Field(default="", max_length=64)
    person_id: str = id_column()
    act: str = Field(max_length=16)
    device: str = id_column()  # the enrolled device behind the replica: itself, or what certified it
    uploaded_by: str = id_column()
    received_at: int = instant()
    status: str = Field(max_length=16)
    position: int = big_integer()
    duty: str = Field(default="", max_length=32)
    body_bytes: int = big_integer()
    sealed_body: bytes
    signature: str = Field(max_length=200)


class LogEntry(SQLModel, table=True):
    """One verdict, at its position. The verdict of a change that counts is its latest."""

    __tablename__ = "log_entry"
    __table_args__ = (
        refers(["change_id"], "change"),
        Index("ix_log_entry_change", "station_id", "change_id", "position"),
    )

    station_id: str = id_key()
    position: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    change_id: str = Field(max_length=64)
    file: str = id_column()
    is_first: bool
    status: str = Field(max_length=16)
    sealed_verdict: bytes
    signature: str = Field(max_length=200)
    # SHA-256 over the previous entry's root and this entry's verdict: altering the log by hand breaks the chain.
    root: str = Field(max_length=64)


class LogAudience(SQLModel, table=True):
    """Who reads an entry: a scope, or one person where the scope is not theirs any more."""

    __tablename__ = "log_audience"
    __table_args__ = (refers(["position"], "log_entry"),)

    station_id: str = id_key()
    audience: str = id_key()
    position: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})


class IdentityIndex(SQLModel, table=True):
    """Blind index of id numbers: a keyed hash finds equal numbers without storing one."""

    __tablename__ = "identity_index"
    __table_args__ = (refers(["file"], "case_file"),)

    station_id: str = id_key()
    number_hash: str = hash_key()
    file: str = id_key()

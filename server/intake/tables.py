"""The log: every change ever received, its verdicts in order, and who is told of each.

Bodies and verdicts are sealed under the key of their file. A change that occupies its dot has an empty `fork`; a second
change under the same dot, or one whose author could not be verified, is kept beside it with its own id there.
"""

from sqlalchemy import BigInteger, Text
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
    origin_scope: str = id_column()  # where it began; transfers say where it went
    survivor: str = Field(default="", max_length=32)  # the file under which it shows since it was merged
    changes: int = big_integer()
    accepted_position: int = big_integer()  # place in the log of the last accepted change


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
    position: int = big_integer()  # of its current verdict: what the fold goes by
    entry: int = (
        big_integer()
    )  # where that verdict stands in the log; another place only where a device brought it back
    duty: str = Field(default="", max_length=32)
    body_bytes: int = big_integer()
    sealed_body: bytes
    signature: str = Field(max_length=200)
    mark: str = Field(max_length=64)  # keyed hash of what stands here in clear and is nowhere signed
    asks: str = Field(default="", max_length=32)  # the patch that decides on it, where that is not the file's home
    names: str = Field(default="", sa_type=Text)  # other files that it speaks of


class LogEntry(SQLModel, table=True):
    """One verdict, at its place. The verdict of a change that counts is its latest.

    `nodes`: the hashes of the Merkle tree that this entry finishes, 32 bytes each, its own leaf first. `mark`: 16 bytes of a
    keyed hash of the columns in clear, and 16 of the same with the entry's audiences.
    """

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
    nodes: bytes
    mark: str = Field(max_length=64)


class LogAudience(SQLModel, table=True):
    """Who reads an entry: a scope, or one person where the scope is not theirs any more."""

    __tablename__ = "log_audience"
    __table_args__ = (refers(["position"], "log_entry"),)

    station_id: str = id_key()
    audience: str = id_key()
    position: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})


class FileMove(SQLModel, table=True):
    """A file that lives in another patch since this entry: its readers there get it whole, the former ones put it away."""

    __tablename__ = "file_move"
    __table_args__ = (
        refers(["position"], "log_entry"),
        Index("ix_file_move_scope", "station_id", "before", "position"),
    )

    station_id: str = id_key()
    position: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    file: str = id_key()
    before: str = id_column()
    after: str = id_column()


class IdentityIndex(SQLModel, table=True):
    """Blind index of id numbers: a keyed hash finds equal numbers without storing one."""

    __tablename__ = "identity_index"
    __table_args__ = (refers(["file"], "case_file"),)

    station_id: str = id_key()
    number_hash: str = hash_key()
    file: str = id_key()


class LogRestart(SQLModel, table=True):
    """A signed statement that the log was put back to an older copy and goes on in a new epoch of positions."""

    __tablename__ = "log_restart"
    __table_args__ = (refers([], "station"),)

    station_id: str = id_key()
    epoch: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    size: int = big_integer()
    agreed: int = big_integer()
    body: str = Field(sa_type=Text)
    signature: str = Field(max_length=200)

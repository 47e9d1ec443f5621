"""A station, its patches (the scopes of the protocol) and villages, its counters, and what it set for itself."""

from sqlmodel import Field, SQLModel

from server.columns import big_integer, id_column, id_key, instant, optional_id, optional_instant, refers


class Station(SQLModel, table=True):
    __tablename__ = "station"

    station_id: str = id_key()
    sealed_name: bytes
    policy_epoch: int = 1
    # A station with one post may approve its own work; it is then flagged everywhere.
    is_single_post: bool = False
    is_demo: bool = False
    profile: str = Field(default="default", max_length=16)  # of passwords, sessions, accounts
    # When the next stand-in begins or ends: whoever asks anything after that sets the duties first.
    duties_change_at: int | None = optional_instant()
    created_at: int = instant()


class Patch(SQLModel, table=True):
    """A patch of villages (片区): the scope by which files are shared out."""

    __tablename__ = "patch"
    __table_args__ = (refers([], "station"),)

    station_id: str = id_key()
    scope: str = id_key()
    sealed_name: bytes
    listed: int = Field(description="place in lists, from 0")
    restricts: str = Field(default="", max_length=32, description="a drawer: the patch beside which it stands")


class Village(SQLModel, table=True):
    __tablename__ = "village"
    __table_args__ = (refers(["scope"], "patch"),)

    station_id: str = id_key()
    village_id: str = id_key()
    scope: str = id_column()
    sealed_name: bytes
    listed: int


class Counter(SQLModel, table=True):
    """The last number given out. The row stays locked until commit, so no reader ever steps over a late commit."""

    __tablename__ = "counter"
    __table_args__ = (refers([], "station"),)

    station_id: str = id_key()
    name: str = Field(primary_key=True, max_length=32)
    value: int = big_integer()


class LocalSheet(SQLModel, table=True):
    """One version of what the station set for itself: its county's figures, its visit frequencies, an instrument of its own.

    Every version stays: a result keeps the version it was asked by, and is checked against that one.
    """

    __tablename__ = "local_sheet"
    __table_args__ = (refers([], "station"),)

    station_id: str = id_key()
    name: str = Field(primary_key=True, max_length=64, description="county, visits, or an instrument's id")
    number: int = Field(primary_key=True, description="counts the versions of this sheet, from 1")
    kind: str = Field(max_length=16)
    sealed_text: bytes
    is_withdrawn: bool = False
    written_by: str | None = optional_id()
    written_at: int = instant()

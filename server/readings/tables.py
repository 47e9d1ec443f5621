"""Openings by person and day, and the files that each device was ever told."""

from sqlmodel import Field, SQLModel

from server.columns import id_key, instant, optional_instant, refers


class Opening(SQLModel, table=True):
    """A person opened or unmasked a file on a day; the first instant, and how often."""

    __tablename__ = "opening"
    __table_args__ = (refers(["person_id"], "person"),)

    station_id: str = id_key()
    person_id: str = id_key()
    on: str = Field(primary_key=True, max_length=10)
    file: str = id_key()
    first_at: int = instant()
    opened: int = 0
    unmasked: int = 0
    # A minor's file opened without a grant, and the reason that was given for it.
    without_grant: bool = False
    sealed_reason: bytes | None = None


class ReadingDay(SQLModel, table=True):
    """The day's sum of a person, and when an alarm was raised: one a person and day."""

    __tablename__ = "reading_day"
    __table_args__ = (refers(["person_id"], "person"),)

    station_id: str = id_key()
    person_id: str = id_key()
    on: str = Field(primary_key=True, max_length=10)
    files: int = 0
    alarmed_at: int | None = optional_instant()


class Told(SQLModel, table=True):
    """A file whose content was sent to a device: what a lost phone may hold."""

    __tablename__ = "told"
    __table_args__ = (refers(["replica"], "replica"),)

    station_id: str = id_key()
    replica: str = id_key()
    file: str = id_key()
    first_at: int = instant()

"""Entries of the needs board, derived from the households' resource links, and how far the derivation has come."""

from sqlmodel import Field, SQLModel

from server.columns import big_integer, id_column, id_key, instant, optional_id, optional_instant, refers


class BoardEntry(SQLModel, table=True):
    """`entry` tells nothing of the file. The words are sealed under the file's own key: erasing the file erases them."""

    __tablename__ = "board_entry"
    __table_args__ = (refers([], "station"),)

    station_id: str = id_key()
    entry: str = id_key()
    file: str = id_column()
    element: str = id_column()
    scope: str = id_column()
    sealed_words: bytes
    state: str = Field(max_length=16, description="open, taken, fulfilled, withheld")
    posted_on: str = Field(max_length=10)
    posted_by: str | None = optional_id()
    taken_by: str | None = optional_id()
    taken_at: int | None = optional_instant()
    sealed_note: bytes | None = None
    changed_at: int = instant()


class BoardReach(SQLModel, table=True):
    """The last place in the log up to which households were looked through."""

    __tablename__ = "board_reach"
    __table_args__ = (refers([], "station"),)

    station_id: str = id_key()
    position: int = big_integer()

"""What authors ask of their deputy: to look at a change that waits or was returned."""

from sqlmodel import Field, SQLModel

from server.columns import hash_key, id_column, id_key, instant, refers


class ReviewRequest(SQLModel, table=True):
    """Open until the change gets its last word."""

    __tablename__ = "review_request"
    __table_args__ = (refers(["change_id"], "change"),)

    station_id: str = id_key()
    change_id: str = hash_key()
    file: str = id_column()
    person_id: str = id_column()
    asked_at: int = instant()
    sealed_note: bytes | None = Field(default=None, description="under the key of the file")

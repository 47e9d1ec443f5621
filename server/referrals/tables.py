"""A referral on its way between two stations: one row in each, so that no statement ever names two stations."""

from sqlmodel import Field, SQLModel

from server.columns import id_column, id_key, instant, optional_instant, refers


class Parcel(SQLModel, table=True):
    """`direction`: out (sent from here) or in. `state`: sent, accepted, refused, contacted. The content lies with the receiver alone."""

    __tablename__ = "parcel"
    __table_args__ = (refers([], "station"),)

    station_id: str = id_key()
    parcel_id: str = id_key()
    direction: str = Field(max_length=4)
    peer: str = id_column()
    file: str = Field(default="", max_length=32)
    state: str = Field(default="sent", max_length=16)
    sealed_content: bytes | None = None
    sealed_answer: bytes | None = None
    made_at: int = instant()
    answered_at: int | None = optional_instant()
    contacted_at: int | None = optional_instant()

"""What was handed in, by whom, and which saves were in it. The saves themselves are in the log like any other."""

from sqlalchemy import Text
from sqlmodel import Field, Index, SQLModel

from server.columns import hash_key, id_key, instant, refers


class CarriedBundle(SQLModel, table=True):
    """One bundle by one carrier; handing it in again counts `times` up."""

    __tablename__ = "carried_bundle"
    __table_args__ = (
        refers(["carrier"], "replica", to=["replica"]),
        Index("ix_carried_bundle_carrier", "station_id", "carrier", "received_at"),
    )

    station_id: str = id_key()
    bundle: str = hash_key()
    carrier: str = id_key()
    received_at: int = instant()
    times: int = 1
    saves: str = Field(sa_type=Text, description="JSON list: ids of the saves carried or asked for")

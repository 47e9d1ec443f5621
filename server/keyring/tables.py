"""Where wrapped keys are kept. Destroying a row of `data_key` erases everything that was sealed under it."""

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from server.columns import hash_key, id_column, id_key, instant, refers


class Deployment(SQLModel, table=True):
    """One row: the id that every signed document names. Global."""

    __tablename__ = "deployment"

    deployment: str = id_key()
    created_at: int = instant()


class DataKey(SQLModel, table=True):
    """The key of one file, person or other owner, wrapped by the key-encryption key of `epoch`.

    `made_epoch` never changes: values are bound to it, so that wrapping anew leaves them as they lie.
    """

    __tablename__ = "data_key"

    station_id: str = id_key()
    owner: str = hash_key()
    suite: int
    epoch: int
    made_epoch: int
    wrapped: bytes


class ServerKey(SQLModel, table=True):
    """A station's own key pairs, each following the one before: `verdict` signs, `sealing` opens what devices sealed to the station.

    A verdict key that was followed by another keeps its public half, and the statement by which it named the next.
    """

    __tablename__ = "server_key"
    __table_args__ = (refers([], "station"),)

    station_id: str = id_key()
    purpose: str = hash_key()
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False}, description="0 the first")
    key_id: str = id_column()
    suite: int
    public: bytes
    sealed_private: bytes | None
    created_at: int = instant()
    handover_body: str | None = Field(default=None, sa_type=Text)
    handover_signature: str | None = Field(default=None, max_length=200)

"""Imports of ledgers: the file, its name and what the deputy decided about it, all sealed under the import's own data key."""

from sqlalchemy import LargeBinary
from sqlmodel import Field, Index, SQLModel

from server.columns import big_integer, id_column, id_key, instant, refers


class LedgerImport(SQLModel, table=True):
    """One uploaded ledger. `blob` names the sealed file in the blob store; `sha256` (keyed) finds the same file again."""

    __tablename__ = "ledger_import"
    __table_args__ = (
        Index("ix_ledger_import_created", "station_id", "created_at"),
        Index("ix_ledger_import_same", "station_id", "blind_sha256"),
        refers([], "station"),
    )

    station_id: str = id_key()
    import_id: str = id_key()
    person_id: str = id_column()
    created_at: int = instant()
    size_bytes: int = big_integer()
    blob: str = id_column()
    blind_sha256: str = Field(max_length=64)
    read_on: str = Field(max_length=10)  # the day ages and dates are read against, so a reading never drifts
    sealed_name: bytes = Field(sa_type=LargeBinary)
    sealed_decisions: bytes = Field(sa_type=LargeBinary)  # corrections and village mapping, JSON
    decisions_version: int = 0

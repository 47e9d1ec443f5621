"""The column shapes that every slice's tables use, so that an id or an instant looks the same wherever it stands."""

from typing import Any

from sqlalchemy import BigInteger, ForeignKeyConstraint
from sqlmodel import Field


def id_key() -> Any:
    """Part of a primary key: 128 random bits as 32 hex digits, made by who creates the row, never counted up."""
    return Field(primary_key=True, max_length=32)


def hash_key() -> Any:
    """Part of a primary key: SHA-256 or HMAC-SHA256 as 64 hex digits."""
    return Field(primary_key=True, max_length=64)


def id_column() -> Any:
    return Field(max_length=32)


def optional_id() -> Any:
    return Field(default=None, max_length=32)


def instant() -> Any:
    """Milliseconds since 1970, UTC."""
    return Field(sa_type=BigInteger)


def optional_instant() -> Any:
    return Field(default=None, sa_type=BigInteger)


def big_integer(default: int = 0) -> Any:
    return Field(default=default, sa_type=BigInteger)


def refers(columns: list[str], table: str, *, to: list[str] | None = None) -> ForeignKeyConstraint:
    """A foreign key inside one station: `station_id` leads on both sides."""
    there = to or columns
    return ForeignKeyConstraint(["station_id", *columns], [f"{table}.station_id", *[f"{table}.{c}" for c in there]])

"""Replicas and what opens for them: sessions, challenges, the vault share, certificates of route replicas."""

from sqlalchemy import Text
from sqlmodel import Field, Index, SQLModel

from server.columns import hash_key, id_column, id_key, instant, optional_id, optional_instant, refers


class Replica(SQLModel, table=True):
    """One person on one installation, named by the hash of its key."""

    __tablename__ = "replica"
    __table_args__ = (
        refers(["person_id"], "person"),
        Index("ix_replica_person", "station_id", "person_id"),
    )

    station_id: str = id_key()
    replica: str = id_key()
    person_id: str = id_column()
    public_key: bytes
    receipt_key: bytes
    sealed_label: bytes
    enrolled_at: int = instant()
    revoked_at: int | None = optional_instant()
    revoked_by: str | None = optional_id()
    last_contact_at: int | None = optional_instant()
    cookie_hash: str | None = Field(default=None, max_length=64, description="of the secret only its browser holds")
    order_at: int | None = optional_instant()  # when it first fetched its wipe order
    wiped_at: int | None = optional_instant()
    unsent_count: int | None = None
    unsent_since: int | None = optional_instant()
    software: str | None = Field(default=None, max_length=40, description="version of the app, as the device says")


class VaultShare(SQLModel, table=True):
    """The server's half of what opens a main vault. A try is counted durably before anything is compared."""

    __tablename__ = "vault_share"
    __table_args__ = (refers(["replica"], "replica"),)

    station_id: str = id_key()
    replica: str = id_key()
    auth_hash: str = Field(max_length=64)
    kdf: str = Field(max_length=500, description="JSON; what the client used, so that it never accepts weaker")
    sealed_share: bytes | None
    tries_in_row: int = 0
    wait_until: int | None = optional_instant()
    destroyed_at: int | None = optional_instant()
    changed_at: int | None = optional_instant()
    former: str = Field(default="[]", sa_type=Text, description="JSON: keyed hashes of earlier proofs, the last first")


class ReplicaDirectory(SQLModel, table=True):
    """Which station a replica belongs to: it opens sessions before any station is known. Global."""

    __tablename__ = "replica_directory"

    replica: str = id_key()
    station_id: str = id_column()


class DeviceSession(SQLModel, table=True):
    """A reference token, kept as a hash. `read` opens files; `upload` only takes sealed pushes and photos in."""

    __tablename__ = "device_session"
    __table_args__ = (
        refers(["replica"], "replica"),
        Index("ix_device_session_replica", "station_id", "replica", "kind"),
    )

    station_id: str = id_key()
    token_hash: str = hash_key()
    replica: str = id_column()
    kind: str = Field(max_length=16)
    created_at: int = instant()
    expires_at: int = instant()
    used_at: int | None = optional_instant()


class Challenge(SQLModel, table=True):
    """A nonce that opened a session, until it expires: none opens two."""

    __tablename__ = "challenge"
    __table_args__ = (
        refers(["replica"], "replica"),
        Index("ix_challenge_expiry", "station_id", "expires_at"),
    )

    station_id: str = id_key()
    nonce_hash: str = hash_key()
    replica: str = id_column()
    expires_at: int = instant()


class RouteReplica(SQLModel, table=True):
    """A key certified by a device for some files and some hours; it may only record."""

    __tablename__ = "route_replica"
    __table_args__ = (refers(["parent"], "replica", to=["replica"]),)

    station_id: str = id_key()
    replica: str = id_key()
    parent: str = id_column()
    person_id: str = id_column()
    public_key: bytes
    files: str = Field(sa_type=Text, description="JSON list of file ids")
    may_create: str = Field(sa_type=Text, description="JSON list of kinds")
    valid_from: int = instant()
    valid_until: int = instant()
    received_at: int = instant()


class LeftRecord(SQLModel, table=True):
    """Recorded with every key closed on a phone that was wiped: unsigned words, until a deputy wrote them down or put them away."""

    __tablename__ = "left_record"
    __table_args__ = (refers(["replica"], "replica"),)

    station_id: str = id_key()
    record_id: str = id_key()
    replica: str = id_column()
    person_id: str = id_column()
    at: int = instant()
    received_at: int = instant()
    sealed_text: bytes
    decided_by: str | None = optional_id()
    decided_at: int | None = optional_instant()

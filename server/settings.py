"""What an operator may set, by environment (`YIHU_...`) or by the options of `yihu serve`; nothing else is configurable.

Everything that must be kept lives under `data`, in three folders with different keepers: `db/` (back it up), `files/` (back
it up), `keys/` (keep apart from the backups of the other two: whoever holds both can read everything).
"""

from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

KIB = 1024
MIB = 1024 * KIB
Positive = Annotated[int, Field(gt=0)]


class Settings(BaseSettings):
    """Sizes in bytes, durations in seconds, unless the name says otherwise."""

    model_config = SettingsConfigDict(env_prefix="YIHU_", extra="ignore")

    data: Path = Path("data")
    database_url: str | None = None
    key_file: Path | None = None
    # PostgreSQL: the owner of the tables, who migrates; `database_url` is then a role that only does the server's work.
    migration_url: str | None = None
    # Where the audit record is shipped to; best a folder of another host.
    audit_folder: Path | None = None
    pwa_dist: Path = Path(__file__).resolve().parents[1] / "pwa" / "dist"
    # True when the server itself or a proxy in front of it speaks TLS: cookies get `__Host-` and Secure, HSTS is sent.
    is_tls: bool = False
    public_url: str = "http://127.0.0.1:8000"

    json_bytes_max: Positive = 2 * MIB
    ledger_bytes_max: Positive = 20 * MIB
    attachment_bytes_max: Positive = 8 * MIB
    upload_part_bytes_max: Positive = 1 * MIB
    json_depth_max: Positive = 32
    bundle_bytes_max: Positive = 1 * MIB
    bundles_per_hour_max: Positive = 120
    image_pixels_max: Positive = 40_000_000

    batch_changes_max: Positive = 200
    page_entries_max: Positive = 500
    list_rows_max: Positive = 500
    # Shorter logs are read page by page; a pack is made when a scope has more to tell than this.
    pack_from_entries: Positive = 100
    pack_tail_entries_max: Positive = 2_000
    packs_kept_per_scope: Positive = 3

    enrolment_code_seconds: Positive = 7 * 24 * 3600
    enrolment_tries_per_address_max: Positive = 30
    enrolment_tries_window_seconds: Positive = 600
    read_session_seconds: Positive = 12 * 3600
    upload_session_seconds: Positive = 30 * 24 * 3600
    challenge_seconds: Positive = 120
    # Openings of a person that raise the day's alarm; a phone holds a whole patch, a day's work is some ten households.
    reading_files_per_hour_max: Positive = 60
    reading_files_per_day_max: Positive = 150
    password_tries_per_address_max: Positive = 60
    stranger_tries_per_day_max: Positive = 5
    # Each None: as the station's profile says.
    share_tries_before_wait: Positive | None = None
    share_tries_max: Positive | None = None
    share_wait_seconds: Positive | None = None
    lease_days: Positive = 14
    route_households_max: Positive = 12
    route_hours: Positive = 24

    # Slow senders: how long a head may take, a body may pause, and the least rate of a body after that.
    head_seconds_max: Positive = 15
    body_idle_seconds_max: Positive = 30
    body_bytes_per_second_min: Positive = 200
    connections_per_address_max: Positive = 100

    # How long a request waits for the writer before it is told to come again.
    busy_seconds_max: float = 8.0

    def resolved_database_url(self) -> str:
        """The URL for SQLAlchemy; PostgreSQL always through psycopg 3."""
        if self.database_url is None:
            return f"sqlite:///{(self.data / 'db' / 'yihu.sqlite3').resolve()}"
        return _through_psycopg(self.database_url)

    def resolved_migration_url(self) -> str | None:
        return _through_psycopg(self.migration_url) if self.migration_url else None

    def audit_folder_path(self) -> Path:
        return (self.audit_folder or self.data / "audit").resolve()

    def resolved_key_file(self) -> Path:
        return (self.key_file or self.data / "keys" / "server.keys").resolve()

    def files_folder(self) -> Path:
        return (self.data / "files").resolve()


def _through_psycopg(url: str) -> str:
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url

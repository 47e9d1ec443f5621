"""What a request works with: the database, the keyring, the files, the settings, the clock. Made once by `main.py`."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from server.blobs import BlobStore
from server.database import Database
from server.keyring.rules import Keyring
from server.settings import Settings


def clock_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass(frozen=True)
class Context:
    settings: Settings
    database: Database
    keyring: Keyring
    blobs: BlobStore
    now: Callable[[], int] = field(default=clock_ms)
    """Milliseconds since 1970 UTC; tests turn it."""

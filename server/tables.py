"""Every table of the server in one metadata: what migrations are compared with. Only `migrations/` and tests use it."""

from sqlmodel import SQLModel

import server.accounts.tables
import server.administration.tables
import server.attachments.tables
import server.audit.tables
import server.board.tables
import server.bundles.tables
import server.devices.tables
import server.erasure.tables
import server.feed.tables
import server.grants.tables
import server.intake.tables
import server.keyring.tables
import server.ledger.tables
import server.log.tables
import server.readings.tables
import server.referrals.tables
import server.review.tables
import server.station.tables  # noqa: F401

METADATA = SQLModel.metadata

# Tables that no single station owns: what must be found before a station is known, and the installation's own id.
GLOBAL_TABLES = frozenset({"deployment", "code_directory", "replica_directory", "address_tries", "alembic_version"})

"""First tables of all slices."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "address_tries",
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("window_started_at", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("address_hash"),
    )
    op.create_table(
        "code_directory",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("station_id", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("code_hash"),
    )
    op.create_table(
        "data_key",
        sa.Column("station_id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("suite", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("station_id", "owner"),
    )
    op.create_table(
        "deployment",
        sa.Column("deployment", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("deployment"),
    )
    op.create_table(
        "replica_directory",
        sa.Column("replica", sa.String(length=32), nullable=False),
        sa.Column("station_id", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("replica"),
    )
    op.create_table(
        "station",
        sa.Column("station_id", sa.String(length=32), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.Column("policy_epoch", sa.Integer(), nullable=False),
        sa.Column("is_single_post", sa.Boolean(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("station_id"),
    )
    op.create_table(
        "attachment",
        sa.Column("station_id", sa.String(length=32), nullable=False),
        sa.Column("file", sa.String(length=32), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("blob", sa.String(length=32), nullable=False),
        sa.Column("media_type", sa.String(length=64), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["station.station_id"],
        ),
        sa.PrimaryKeyConstraint("station_id", "file", "sha256"),
    )
    op.create_index("ix_attachment_received", "attachment", ["station_id", "received_at"], unique=False)
    op.create_table(
        "audit_entry",
        sa.Column("station_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("replica", sa.String(length=32), nullable=True),
        sa.Column("about", sa.String(length=200), nullable=False),
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["station.station_id"],
        ),
        sa.PrimaryKeyConstraint("station_id", "position"),
    )
    op.create_table(
        "change",
        sa.Column("station_id", sa.String(length=32), nullable=False),
        sa.Column("change_id", sa.String(length=64), nullable=False),
        sa.Column("file", sa.String(length=32), nullable=False),
        sa.Column("replica", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("fork", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("device", sa.String(length=32), nullable=False),
        sa.Column("uploaded_by", sa.String(length=32), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("duty", sa.String(length=32), nullable=False),
        sa.Column("body_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sealed_body", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["station.station_id"],
        ),
        sa.PrimaryKeyConstraint("station_id", "change_id"),
        sa.UniqueConstraint("station_id", "file", "replica", "seq", "fork", name="uq_change_dot"),
    )
    op.create_index("ix_change_status", "change", ["station_id", "status", "position"], unique=False)
    op.create_table(
        "counter",
        sa.Column("station_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["station.station_id"],
        ),
        sa.PrimaryKeyConstraint("station_id", "name"),
    )
    op.create_table(
        "ledger_import",
        sa.Column("station_id", sa.String(length=32), nullable=False),
        sa.Column("import_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("blob", sa.String(length=32), nullable=False),
        sa.Column("blind_sha256", sa.String(length=64), nullable=False),
        sa.Column("read_on", sa.String(length=10), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_decisions", sa.LargeBinary(), nullable=False),
        sa.Column("decisions_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["station.station_id"],
        ),
        sa.PrimaryKeyConstraint("station_id", "import_id"),
    )
    op.create_index("ix_ledger_import_created", "ledger_import", ["station_id", "created_at"], unique=False)
    op.create_index("ix_ledger_import_same", "ledger_import", ["station_id", "blind_sha256"], unique=False)
    op.create_table(
        "patch",
        sa.Column("station_id", sa.String(length=32), nullable=False),
        sa.Column("scope", sa.String(length=32), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["station.station_id"],
        ),
        sa.PrimaryKeyConstraint("station_id", "scope"),
    )
    op.create_table(
        "person",
        sa.Column("station_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("disabled_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["station.station_id"],
        ),
        sa.PrimaryKeyConstraint("station_id", "person_id"),
    )
    op.create_table(
        "server_key",
        sa.Column("station_id", sa.String(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.String(length=32), nullable=False),
        sa.Column("suite", sa.Integer(), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_private", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id", "key_id"],
            ["data_key.station_id", "data_key.owner"],
        ),
        sa.PrimaryKeyConstraint("station_id", "purpose"),
    )
    op.create_table(
        "case_file",
        sa.Column("station_id", sa.String(length=32), nullable=False),
        sa.Column("file", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=32), nullable=False),
        sa.Column("changes", sa.BigInteger(), nullable=False),
        sa.Column("accepted_position", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id", "scope"],
            ["patch.station_id", "patch.scope"],
        ),
        sa.PrimaryKeyConstraint("station_id", "file"),
    )
    op.create_index("ix_case_file_scope", "case_file", ["station_id", "scope", "kind"], unique=False)
    op.create_table(
        "duty_grant",
        sa.Column("station_id", sa.String(length=32), nullable=False),
        sa.Column("grant_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("duty", sa.String(length=32), nullable=False),
        sa.Column("scope", sa.String(length=32), nullable=False),
        sa.Column("from_epoch", sa.Integer(), nullable=False),
        sa.Column("until_epoch", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["station_id", "person_id"],
            ["person.station_id", "person.person_id"],
        ),
        sa.ForeignKeyConstraint(
            ["station_id", "scope"],
            ["patch.station_id", "patch.scope"],
        ),
        sa.PrimaryKeyConstraint("station_id", "grant_id"),
    )
    op.create_index("ix_duty_grant_person", "duty_grant", ["station_id", "person_id"], unique=False)
    op.create_table(
        "enrolment_code",
        sa.Column("station_id", sa.String(length=32), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("issued_by", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["station_id", "person_id"],
            ["person.station_id", "person.person_id"],
        ),
        sa.PrimaryKeyConstraint("station_id", "code_hash"),
    )
    op.create_index("ix_enrolment_code_person", "enrolment_code", ["station_id", "person_id"], unique=False)
    op.create_table(
        "log_entry",
        sa.Column("station_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("change_id", sa.String(length=64), nullable=False),
        sa.Column("file", sa.String(length=32), nullable=False),
        sa.Column("is_first", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("sealed_verdict", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.String(length=200), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id", "change_id"],
            ["change.station_id", "change.change_id"],
        ),
        sa.PrimaryKeyConstraint("station_id", "position"),
    )
    op.create_index("ix_log_entry_change", "log_entry", ["station_id", "change_id", "position"], unique=False)
    op.create_table(
        "pack",
        sa.Column("station_id", sa.String(length=32), nullable=False),
        sa.Column("pack_id", sa.String(length=32), nullable=False),
        sa.Column("scope", sa.String(length=32), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("files", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id", "scope"],
            ["patch.station_id", "patch.scope"],
        ),
        sa.PrimaryKeyConstraint("station_id", "pack_id"),
    )
    op.create_index("ix_pack_scope", "pack", ["station_id", "scope", "position"], unique=False)
    op.create_table(
        "replica",
        sa.Column("station_id", sa.String(length=32), nullable=False),
        sa.Column("replica", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("receipt_key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_label", sa.LargeBinary(), nullable=False),
        sa.Column("enrolled_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_by", sa.String(length=32), nullable=True),
        sa.Column("last_contact_at", sa.BigInteger(), nullable=True),
        sa.Column("unsent_count", sa.Integer(), nullable=True),
        sa.Column("unsent_since", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["station_id", "person_id"],
            ["person.station_id", "person.person_id"],
        ),
        sa.PrimaryKeyConstraint("station_id", "replica"),
    )
    op.create_index("ix_replica_person", "replica", ["station_id", "person_id"], unique=False)
    op.create_table(
        "village",
        sa.Column("station_id", sa.String(length=32), nullable=False),
        sa.Column("village_id", sa.String(length=32), nullable=False),
        sa.Column("scope", sa.String(length=32), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id", "scope"],
            ["patch.station_id", "patch.scope"],
        ),
        sa.PrimaryKeyConstraint("station_id", "village_id"),
    )
    op.create_table(
        "challenge",
        sa.Column("station_id", sa.String(length=32), nullable=False),
        sa.Column("nonce_hash", sa.String(length=64), nullable=False),
        sa.Column("replica", sa.String(length=32), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id", "replica"],
            ["replica.station_id", "replica.replica"],
        ),
        sa.PrimaryKeyConstraint("station_id", "nonce_hash"),
    )
    op.create_index("ix_challenge_expiry", "challenge", ["station_id", "expires_at"], unique=False)
    op.create_table(
        "device_session",
        sa.Column("station_id", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("replica", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id", "replica"],
            ["replica.station_id", "replica.replica"],
        ),
        sa.PrimaryKeyConstraint("station_id", "token_hash"),
    )
    op.create_index("ix_device_session_replica", "device_session", ["station_id", "replica", "kind"], unique=False)
    op.create_table(
        "identity_index",
        sa.Column("station_id", sa.String(length=32), nullable=False),
        sa.Column("number_hash", sa.String(length=64), nullable=False),
        sa.Column("file", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id", "file"],
            ["case_file.station_id", "case_file.file"],
        ),
        sa.PrimaryKeyConstraint("station_id", "number_hash", "file"),
    )
    op.create_table(
        "log_audience",
        sa.Column("station_id", sa.String(length=32), nullable=False),
        sa.Column("audience", sa.String(length=32), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id", "position"],
            ["log_entry.station_id", "log_entry.position"],
        ),
        sa.PrimaryKeyConstraint("station_id", "audience", "position"),
    )
    op.create_table(
        "route_replica",
        sa.Column("station_id", sa.String(length=32), nullable=False),
        sa.Column("replica", sa.String(length=32), nullable=False),
        sa.Column("parent", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("may_create", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.BigInteger(), nullable=False),
        sa.Column("valid_until", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id", "parent"],
            ["replica.station_id", "replica.replica"],
        ),
        sa.PrimaryKeyConstraint("station_id", "replica"),
    )
    op.create_table(
        "upload",
        sa.Column("station_id", sa.String(length=32), nullable=False),
        sa.Column("upload_id", sa.String(length=32), nullable=False),
        sa.Column("replica", sa.String(length=32), nullable=False),
        sa.Column("file", sa.String(length=32), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=64), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id", "replica"],
            ["replica.station_id", "replica.replica"],
        ),
        sa.PrimaryKeyConstraint("station_id", "upload_id"),
    )
    op.create_table(
        "vault_share",
        sa.Column("station_id", sa.String(length=32), nullable=False),
        sa.Column("replica", sa.String(length=32), nullable=False),
        sa.Column("auth_hash", sa.String(length=64), nullable=False),
        sa.Column("kdf", sa.String(length=500), nullable=False),
        sa.Column("sealed_share", sa.LargeBinary(), nullable=True),
        sa.Column("tries_in_row", sa.Integer(), nullable=False),
        sa.Column("wait_until", sa.BigInteger(), nullable=True),
        sa.Column("destroyed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["station_id", "replica"],
            ["replica.station_id", "replica.replica"],
        ),
        sa.PrimaryKeyConstraint("station_id", "replica"),
    )


def downgrade() -> None:
    op.drop_table("vault_share")
    op.drop_table("upload")
    op.drop_table("route_replica")
    op.drop_table("log_audience")
    op.drop_table("identity_index")
    op.drop_index("ix_device_session_replica", table_name="device_session")
    op.drop_table("device_session")
    op.drop_index("ix_challenge_expiry", table_name="challenge")
    op.drop_table("challenge")
    op.drop_table("village")
    op.drop_index("ix_replica_person", table_name="replica")
    op.drop_table("replica")
    op.drop_index("ix_pack_scope", table_name="pack")
    op.drop_table("pack")
    op.drop_index("ix_log_entry_change", table_name="log_entry")
    op.drop_table("log_entry")
    op.drop_index("ix_enrolment_code_person", table_name="enrolment_code")
    op.drop_table("enrolment_code")
    op.drop_index("ix_duty_grant_person", table_name="duty_grant")
    op.drop_table("duty_grant")
    op.drop_index("ix_case_file_scope", table_name="case_file")
    op.drop_table("case_file")
    op.drop_table("server_key")
    op.drop_table("person")
    op.drop_table("patch")
    op.drop_index("ix_ledger_import_same", table_name="ledger_import")
    op.drop_index("ix_ledger_import_created", table_name="ledger_import")
    op.drop_table("ledger_import")
    op.drop_table("counter")
    op.drop_index("ix_change_status", table_name="change")
    op.drop_table("change")
    op.drop_table("audit_entry")
    op.drop_index("ix_attachment_received", table_name="attachment")
    op.drop_table("attachment")
    op.drop_table("station")
    op.drop_table("replica_directory")
    op.drop_table("deployment")
    op.drop_table("data_key")
    op.drop_table("code_directory")
    op.drop_table("address_tries")

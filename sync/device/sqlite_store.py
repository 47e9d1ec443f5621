"""The device's store: SQLite encrypted by SQLCipher, under sqlite-utils.

`synchronous=EXTRA` makes a commit survive the loss of power (NORMAL loses saves that were already confirmed). One process at
a time works with a device folder: a lock on `lock` is held while the store is open, so no two of them give the same dot.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlite_utils import Database

from sync.change import Envelope
from sync.device.errors import DeviceInUseError, StaleSaveError, WrongPassphraseError
from sync.device.store import Page, StoredAttachment, StoredChange, StoredFile
from sync.verdict import read_verdict, supersedes
from sync.versions import Dot

_TABLES: dict[str, tuple[dict[str, type], Any]] = {
    "setting": ({"name": str, "value": str}, "name"),
    "file": ({"file": str, "kind": str, "scope": str, "is_left": int}, "file"),
    "change": (
        {
            "id": str,
            "file": str,
            "kind": str,
            "scope": str,
            "replica": str,
            "seq": int,
            "is_own": int,
            "made": int,
            "body": str,
            "sig": str,
            "verdict_body": str,
            "verdict_sig": str,
            "is_dismissed": int,
            "merges": str,
        },
        "id",
    ),
    "attachment": (
        {
            "file": str,
            "sha256": str,
            "media_type": str,
            "bytes": int,
            "is_uploaded": int,
            "upload_url": str,
            "content": bytes,
        },
        ("file", "sha256"),
    ),
    "part": ({"name": str, "offset": int, "content": bytes}, ("name", "offset")),
}
_ATTACHMENT_FACTS = "file, sha256, media_type, bytes, is_uploaded, upload_url"


class SqliteStore:
    """Implements `sync.device.store.Store` in the folder `home`."""

    def __init__(self, home: Path, key: bytes) -> None:
        self._lock = _take_lock(home)
        connection = sqlcipher.connect(str(home / "device.db"))
        try:
            connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
            connection.execute("PRAGMA cipher_memory_security = ON")
            connection.execute("SELECT count(*) FROM sqlite_master")
        except sqlcipher.DatabaseError as error:
            connection.close()
            self._lock.close()
            raise WrongPassphraseError("The passphrase does not open this device. Nothing was changed.") from error
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = EXTRA")
        self._database = Database(connection)
        for name, (columns, key_columns) in _TABLES.items():
            self._database[name].create(columns, pk=key_columns, if_not_exists=True)  # type: ignore[union-attr]
        if "merges" not in self._database["change"].columns_dict:  # a device from before files could be merged
            self._database["change"].add_column("merges", str)  # type: ignore[union-attr]
        self._database["change"].create_index(["file", "made"], if_not_exists=True)  # type: ignore[union-attr]
        self._database["change"].create_index(["is_own", "made"], if_not_exists=True)  # type: ignore[union-attr]

    def close(self) -> None:
        self._database.close()
        self._lock.close()

    # --- settings ----------------------------------------------------------------------------------------------------

    def setting(self, name: str) -> Any:
        """The value that was kept under this name, or None."""
        row = self._one("SELECT value FROM setting WHERE name = ?", name)
        return json.loads(row["value"]) if row else None

    def keep_settings(self, settings: Mapping[str, Any]) -> None:
        with self._database.atomic():
            self._put("setting", *({"name": name, "value": json.dumps(value)} for name, value in settings.items()))

    # --- changes -----------------------------------------------------------------------------------------------------

    def add_own(self, change: StoredChange) -> None:
        """Store a save strictly durably. Raises `StaleSaveError` unless its dot is the next of its replica."""
        with self._database.atomic():
            row = self._one(
                "SELECT id, seq FROM change WHERE file = ? AND replica = ? ORDER BY seq DESC LIMIT 1",
                change.file,
                change.dot.replica,
            )
            last_seq, last_id = (row["seq"], row["id"]) if row else (0, None)
            if change.dot.seq != last_seq + 1 or change.change().prev != last_id:
                raise StaleSaveError("Another save of this file came in between. Nothing was stored; open it again.")
            self._insert(change)

    def take_page(self, page: Page) -> None:
        with self._database.atomic():
            for change in page.changes:
                if self._one("SELECT id FROM change WHERE id = ?", change.id) is None:
                    self._insert(change)
                elif change.verdict:
                    self._take_verdict(change.id, change.verdict)
            for change_id, verdict in page.verdicts:
                self._take_verdict(change_id, verdict)
            for file, scope in page.entered:
                self._database.execute("UPDATE file SET scope = ?, is_left = 0 WHERE file = ?", [scope, file])
            for file in page.left:
                self._database.execute("UPDATE file SET is_left = 1 WHERE file = ?", [file])
            self.keep_settings(page.settings)

    def list_changes(self, file: str) -> list[StoredChange]:
        return self._changes("file = ?", file)

    def list_merges(self) -> list[tuple[str, str]]:
        rows = self._database.query("SELECT DISTINCT file, merges FROM change WHERE merges IS NOT NULL ORDER BY 1, 2")
        return [(row["file"], row["merges"]) for row in rows]

    def list_unsent(self) -> list[StoredChange]:
        """Own changes without a verdict, in the order they were made."""
        return self._changes("is_own = 1 AND verdict_body IS NULL")

    def list_own(self) -> list[StoredChange]:
        return self._changes("is_own = 1")

    def dismiss(self, change_id: str) -> None:
        self._database.execute("UPDATE change SET is_dismissed = 1 WHERE id = ?", [change_id])
        self._database.commit()

    # --- files -------------------------------------------------------------------------------------------------------

    def list_files(self) -> list[StoredFile]:
        return [_file(row) for row in self._database.query("SELECT * FROM file ORDER BY file")]

    def find_file(self, file: str) -> StoredFile | None:
        row = self._one("SELECT * FROM file WHERE file = ?", file)
        return _file(row) if row else None

    def forget_file(self, file: str, *, is_erased: bool = False) -> bool:
        """Delete a file that left. False, and nothing deleted, while one of its own changes is unfinished."""
        if not is_erased and any(change.own and change.is_unfinished for change in self.list_changes(file)):
            return False
        with self._database.atomic():
            for table in ("change", "attachment", "file"):
                self._database.execute(f"DELETE FROM {table} WHERE file = ?", [file])  # noqa: S608 - names from above
        return True

    # --- attachments and parts of downloads ------------------------------------------------------------------------------

    def keep_attachment(self, attachment: StoredAttachment, content: bytes) -> None:
        self._put(
            "attachment",
            {
                "file": attachment.file,
                "sha256": attachment.sha256,
                "media_type": attachment.media_type,
                "bytes": attachment.bytes,
                "is_uploaded": int(attachment.uploaded),
                "upload_url": attachment.upload_url,
                "content": content,
            },
        )

    def list_attachments(self) -> list[StoredAttachment]:
        rows = self._database.query(f"SELECT {_ATTACHMENT_FACTS} FROM attachment ORDER BY file, sha256")  # noqa: S608
        return [
            StoredAttachment(
                row["file"],
                row["sha256"],
                row["media_type"],
                row["bytes"],
                bool(row["is_uploaded"]),
                row["upload_url"],
            )
            for row in rows
        ]

    def read_attachment(self, file: str, sha256: str) -> bytes | None:
        row = self._one("SELECT content FROM attachment WHERE file = ? AND sha256 = ?", file, sha256)
        return bytes(row["content"]) if row else None

    def keep_part(self, name: str, offset: int, content: bytes) -> None:
        self._put("part", {"name": name, "offset": offset, "content": content})

    def read_parts(self, name: str) -> bytes:
        rows = self._database.query("SELECT content FROM part WHERE name = ? ORDER BY offset", [name])
        return b"".join(bytes(row["content"]) for row in rows)

    def drop_parts(self, name: str) -> None:
        self._database.execute("DELETE FROM part WHERE name = ?", [name])
        self._database.commit()

    # --- parts -----------------------------------------------------------------------------------------------------------

    def _put(self, table: str, *rows: dict[str, Any]) -> None:
        if rows:
            self._database[table].insert_all(rows, replace=True)  # type: ignore[union-attr]

    def _one(self, sql: str, *arguments: Any) -> dict[str, Any] | None:
        return next(iter(self._database.query(sql, list(arguments))), None)

    def _insert(self, change: StoredChange) -> None:
        made = self._one("SELECT coalesce(max(made), 0) + 1 AS next FROM change")
        self._put(
            "change",
            {
                "id": change.id,
                "file": change.file,
                "kind": change.kind,
                "scope": change.scope,
                "replica": change.dot.replica,
                "seq": change.dot.seq,
                "is_own": int(change.own),
                "made": made["next"] if made else 1,
                "body": change.envelope.body,
                "sig": change.envelope.sig,
                "verdict_body": change.verdict.body if change.verdict else None,
                "verdict_sig": change.verdict.sig if change.verdict else None,
                "is_dismissed": 0,
                "merges": change.merges,
            },
        )
        self._database.execute(
            "INSERT INTO file (file, kind, scope, is_left) VALUES (?, ?, ?, 0) ON CONFLICT (file) DO NOTHING",
            [change.file, change.kind, change.scope],
        )

    def _take_verdict(self, change_id: str, verdict: Envelope) -> None:
        row = self._one("SELECT verdict_body, verdict_sig FROM change WHERE id = ?", change_id)
        if row is None:
            return
        held = read_verdict(Envelope(row["verdict_body"], row["verdict_sig"])) if row["verdict_body"] else None
        if supersedes(read_verdict(verdict), held):
            self._database.execute(
                "UPDATE change SET verdict_body = ?, verdict_sig = ? WHERE id = ?",
                [verdict.body, verdict.sig, change_id],
            )

    def _changes(self, where: str, *arguments: Any) -> list[StoredChange]:
        sql = f"SELECT * FROM change WHERE {where} ORDER BY made"  # noqa: S608 - `where` is written in this class
        return [_change(row) for row in self._database.query(sql, list(arguments))]


def _take_lock(home: Path) -> IO[str]:
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = (home / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise DeviceInUseError(f"Another process works with the device in {home}. Wait for it to end.") from error
    return lock


def _change(row: dict[str, Any]) -> StoredChange:
    return StoredChange(
        id=row["id"],
        file=row["file"],
        kind=row["kind"],
        scope=row["scope"],
        dot=Dot(row["replica"], row["seq"]),
        envelope=Envelope(row["body"], row["sig"]),
        own=bool(row["is_own"]),
        verdict=Envelope(row["verdict_body"], row["verdict_sig"]) if row["verdict_body"] else None,
        dismissed=bool(row["is_dismissed"]),
        merges=row["merges"],
    )


def _file(row: dict[str, Any]) -> StoredFile:
    return StoredFile(row["file"], row["kind"], row["scope"], bool(row["is_left"]))

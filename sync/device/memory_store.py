"""A store that forgets when it is closed: for simulations and tests of the device itself. Passes the same suite."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sync.change import Envelope
from sync.device.errors import StaleSaveError
from sync.device.store import Page, StoredAttachment, StoredChange, StoredFile
from sync.verdict import read_verdict, supersedes


class MemoryStore:
    """Implements `sync.device.store.Store`."""

    def __init__(self) -> None:
        self._settings: dict[str, Any] = {}
        self._changes: dict[str, StoredChange] = {}  # in the order they came
        self._files: dict[str, StoredFile] = {}
        self._attachments: dict[tuple[str, str], tuple[StoredAttachment, bytes]] = {}
        self._parts: dict[str, dict[int, bytes]] = {}

    def load(self, other: MemoryStore) -> None:
        """Become a copy of another store: a cloned phone, or one that was put back to what it held before."""
        self._settings = json.loads(json.dumps(other._settings))
        self._changes, self._files = dict(other._changes), dict(other._files)
        self._attachments = dict(other._attachments)
        self._parts = {name: dict(parts) for name, parts in other._parts.items()}

    def setting(self, name: str) -> Any:
        return self._settings.get(name)

    def keep_settings(self, settings: Mapping[str, Any]) -> None:
        self._settings.update(json.loads(json.dumps(dict(settings))))

    def add_own(self, change: StoredChange) -> None:
        mine = [held for held in self.list_changes(change.file) if held.dot.replica == change.dot.replica]
        last = max(mine, key=lambda held: held.dot.seq, default=None)
        if change.dot.seq != (last.dot.seq if last else 0) + 1 or change.change().prev != (last.id if last else None):
            raise StaleSaveError("Another save of this file came in between. Nothing was stored; open it again.")
        self._insert(change)

    def take_page(self, page: Page) -> None:
        self.keep_settings(page.settings)  # first: the only part that can fail
        for change in page.changes:
            if change.id not in self._changes:
                self._insert(change)
            elif change.verdict:
                self._take_verdict(change.id, change.verdict)
        for change_id, verdict in page.verdicts:
            self._take_verdict(change_id, verdict)
        for file, scope in page.entered:
            if file in self._files:
                self._files[file] = replace(self._files[file], scope=scope, left=False)
        for file in page.left:
            if file in self._files:
                self._files[file] = replace(self._files[file], left=True)

    def list_files(self) -> list[StoredFile]:
        return [self._files[file] for file in sorted(self._files)]

    def find_file(self, file: str) -> StoredFile | None:
        return self._files.get(file)

    def list_changes(self, file: str) -> list[StoredChange]:
        return [change for change in self._changes.values() if change.file == file]

    def list_merges(self) -> list[tuple[str, str]]:
        return sorted({(change.file, change.merges) for change in self._changes.values() if change.merges})

    def list_unsent(self) -> list[StoredChange]:
        return [change for change in self.list_own() if change.verdict is None]

    def list_own(self) -> list[StoredChange]:
        return [change for change in self._changes.values() if change.own]

    def dismiss(self, change_id: str) -> None:
        self._changes[change_id] = self._changes[change_id].dismiss()

    def forget_file(self, file: str, *, is_erased: bool = False) -> bool:
        mine = self.list_changes(file)
        if not is_erased and any(change.own and change.is_unfinished for change in mine):
            return False
        self._changes = {name: change for name, change in self._changes.items() if change.file != file}
        self._attachments = {name: kept for name, kept in self._attachments.items() if name[0] != file}
        self._files.pop(file, None)
        return True

    def keep_attachment(self, attachment: StoredAttachment, content: bytes) -> None:
        self._attachments[attachment.file, attachment.sha256] = attachment, content

    def list_attachments(self) -> list[StoredAttachment]:
        return [self._attachments[name][0] for name in sorted(self._attachments)]

    def read_attachment(self, file: str, sha256: str) -> bytes | None:
        kept = self._attachments.get((file, sha256))
        return kept[1] if kept else None

    def keep_part(self, name: str, offset: int, content: bytes) -> None:
        self._parts.setdefault(name, {})[offset] = content

    def read_parts(self, name: str) -> bytes:
        parts = self._parts.get(name, {})
        return b"".join(parts[offset] for offset in sorted(parts))

    def drop_parts(self, name: str) -> None:
        self._parts.pop(name, None)

    def close(self) -> None:
        """Nothing to let go."""

    def _insert(self, change: StoredChange) -> None:
        self._changes[change.id] = change
        self._files.setdefault(change.file, StoredFile(change.file, change.kind, change.scope))

    def _take_verdict(self, change_id: str, verdict: Envelope) -> None:
        held = self._changes.get(change_id)
        if held and supersedes(read_verdict(verdict), held.read_verdict()):
            self._changes[change_id] = replace(held, verdict=verdict)

"""What a device needs of its store: a narrow seam that `tests/store_contract.py` holds every store to.

1. `add_own` returns only when the save would survive a power cut, and refuses a dot that is not the next.
2. `take_page` stores a page and the cursor that covers it together or not at all, and may be repeated.
3. `list_merges` names the pairs of files of which a stored change ever merged one into the other.
4. Nothing leaves the store but by `forget_file`, and that refuses while an own change is unfinished, unless the station erased the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from sync.change import Change, Envelope, reread_change
from sync.verdict import Verdict, read_verdict
from sync.versions import Dot


@dataclass(frozen=True, slots=True)
class StoredChange:
    """A change as the device keeps it: the signed text, and the newest verdict it has of it."""

    id: str
    file: str
    kind: str
    scope: str
    dot: Dot
    envelope: Envelope
    own: bool
    verdict: Envelope | None = None
    dismissed: bool = False
    merges: str | None = None  # the other file, of a merge and of its undoing

    @classmethod
    def of(cls, change: Change, envelope: Envelope, *, own: bool, verdict: Envelope | None = None) -> StoredChange:
        merges = change.merge.file if change.merge else None
        return cls(
            change.id, change.file, change.kind, change.scope, change.dot, envelope, own, verdict, merges=merges
        )  # fmt: skip

    def change(self) -> Change:
        return reread_change(self.envelope)  # checked before it was stored

    def read_verdict(self) -> Verdict | None:
        return read_verdict(self.verdict) if self.verdict else None

    @property
    def status(self) -> str:
        verdict = self.read_verdict()
        return verdict.status if verdict else "unsent"

    @property
    def is_unfinished(self) -> bool:
        """Whether someone has still to act: the server, a deputy, or the author of a returned or declined change."""
        return self.status != "accepted" and not self.dismissed

    def dismiss(self) -> StoredChange:
        return replace(self, dismissed=True)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that the device holds. `left`: it went out of the device's scopes; read-only until its saves are decided."""

    file: str
    kind: str
    scope: str
    left: bool = False


@dataclass(frozen=True, slots=True)
class StoredAttachment:
    """A photo of a file, by hash. `upload_url`: where an upload that was begun goes on."""

    file: str
    sha256: str
    media_type: str
    bytes: int
    uploaded: bool = False
    upload_url: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """What one answer of the server brings. `settings` (the cursor among them) are stored with it."""

    changes: Sequence[StoredChange] = ()
    verdicts: Sequence[tuple[str, Envelope]] = ()  # change id, newer verdict
    entered: Sequence[tuple[str, str]] = ()  # file, scope
    left: Sequence[str] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)


class Store(Protocol):
    """See the module's invariants. Values of settings are JSON."""

    def setting(self, name: str) -> Any: ...

    def keep_settings(self, settings: Mapping[str, Any]) -> None: ...

    def add_own(self, change: StoredChange) -> None: ...

    def take_page(self, page: Page) -> None: ...

    def list_files(self) -> list[StoredFile]: ...

    def find_file(self, file: str) -> StoredFile | None: ...

    def list_changes(self, file: str) -> list[StoredChange]: ...

    def list_merges(self) -> list[tuple[str, str]]: ...

    def list_unsent(self) -> list[StoredChange]: ...

    def list_own(self) -> list[StoredChange]: ...

    def dismiss(self, change_id: str) -> None: ...

    def forget_file(self, file: str, *, is_erased: bool = False) -> bool: ...

    def keep_attachment(self, attachment: StoredAttachment, content: bytes) -> None: ...

    def list_attachments(self) -> list[StoredAttachment]: ...

    def read_attachment(self, file: str, sha256: str) -> bytes | None: ...

    def keep_part(self, name: str, offset: int, content: bytes) -> None: ...

    def read_parts(self, name: str) -> bytes: ...

    def drop_parts(self, name: str) -> None: ...

    def close(self) -> None: ...

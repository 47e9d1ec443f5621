"""One tree of errors for the engine, each with a stable code.

    SyncError
    ├── MalformedError        a document breaks the value space or the shape of its type; never stored as itself
    │   ├── NotCanonicalError the bytes are not the canonical form of what they parse to
    │   └── BundleError       a carried file is not what it should be; nothing of it was taken in
    ├── RulesError            merge rules that cannot be read (a fault of the program, not of a person)
    └── DeviceError           (sync.device) what the Python device tells its user

Offline is a state and a conflict is a value: neither is here. Messages never hold what a person typed.
"""

from __future__ import annotations


class SyncError(Exception):
    """Base of all; `code` is stable and may be shown, stored and tested, `detail` is a plain sentence."""

    code = "sync_error"

    def __init__(self, detail: str, *, code: str | None = None, path: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.path = path
        if code is not None:
            self.code = code


class MalformedError(SyncError):
    """The document is not what its type demands. `path` names the place, never the value."""

    code = "malformed"


class NotCanonicalError(MalformedError):
    """Refused by rule V-4: the text is not the canonical form, or holds a value outside the value space."""

    code = "not_canonical"


class BundleError(MalformedError):
    """A carried bundle is refused as a whole (B-12); `code` says why."""

    code = "bundle_content"


class RulesError(SyncError):
    """The merge rules of a kind cannot be read."""

    code = "bad_rules"

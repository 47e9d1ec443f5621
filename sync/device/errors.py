"""What the Python device tells its user: the second half of the tree in `sync.errors`.

    SyncError
    └── DeviceError
        ├── WrongPassphraseError   the store does not open with this passphrase
        ├── DeviceInUseError       another process works with this device folder
        ├── NotEnrolledError       the folder holds no device yet
        ├── StaleSaveError         a save was made from an old place in the chain; nothing was stored
        ├── FileUnknownError       this device holds no such file
        ├── ReadOnlyFileError      the file left this device's scopes: it may be read and pushed, not written
        ├── PackDamagedError       what was downloaded is not what was offered; it starts again at the next sync
        ├── UnreachedError         nothing answered while packs were fetched
        └── RefusedError           the server answered with a problem; `code` is the server's

No network is no error of `Device.sync`: it reports it as a state.
"""

from __future__ import annotations

from sync.errors import SyncError


class DeviceError(SyncError):
    code = "device"


class WrongPassphraseError(DeviceError):
    code = "wrong_passphrase"


class DeviceInUseError(DeviceError):
    code = "device_in_use"


class NotEnrolledError(DeviceError):
    code = "not_enrolled"


class StaleSaveError(DeviceError):
    code = "stale_save"


class FileUnknownError(DeviceError):
    code = "file_unknown"


class ReadOnlyFileError(DeviceError):
    code = "file_read_only"


class PackDamagedError(DeviceError):
    code = "pack_damaged"


class UnreachedError(DeviceError):
    code = "no_answer"


class RefusedError(DeviceError):
    """A problem document of the server; `status` is the HTTP status."""

    def __init__(self, detail: str, *, code: str, status: int) -> None:
        super().__init__(detail, code=code)
        self.status = status

"""What is here of files that differ, for a device that mends its copy of a few instead of fetching everything."""

from collections.abc import Sequence

from sqlmodel import Session

from server.context import Context
from server.devices.rules import Caller
from server.intake import reading
from sync.messages import PackedChange, PackedFile, SignedText

BYTES_MAX = 1_000_000
_FILES_AT_ONCE = 20


def pack_files(session: Session, context: Context, caller: Caller, files: Sequence[str]) -> list[PackedFile]:
    """The first of these files with all their changes that readers of their scope hold, at least one file if there is one."""
    views = {view.file: view for file in files if (view := reading.find_file(session, caller.station_id, file))}
    packed: list[PackedFile] = []
    size = 0
    for start in range(0, len(files), _FILES_AT_ONCE):
        chunk = files[start : start + _FILES_AT_ONCE]
        for file, told in reading.list_packed(session, context.keyring, caller.station_id, chunk):
            size += sum(len(change.body) + len(verdict.body) + 400 for change, verdict in told)
            if packed and size > BYTES_MAX:
                return packed
            changes = [
                PackedChange(
                    envelope=SignedText(body=change.body, sig=change.sig),
                    verdict=SignedText(body=verdict.body, sig=verdict.sig),
                )
                for change, verdict in told
            ]
            packed.append(PackedFile(file=file, kind=views[file].kind, scope=views[file].scope, changes=changes))
    return packed

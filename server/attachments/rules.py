"""Photos and voice notes on their way in and out. Each part is sealed and on disk before the offset moves; a hash decides when it is whole.

An upload session is enough to send (a locked phone gets its photos home); reading needs a read session and the file's scope.
The photo may come before the change that names it, so the file need not be known yet.
"""

import hashlib
from dataclasses import dataclass

from sqlmodel import Session

from server import crypto
from server.attachments import queries, sounds
from server.attachments.images import MEDIA_TYPES, check_image
from server.attachments.rendering import draw_anew, sign_rendering
from server.attachments.tables import Attachment, Upload
from server.context import Context
from server.devices.rules import Caller
from server.errors import YihuError
from server.intake import reading
from server.keyring.rules import Place
from sync.change import Envelope

UPLOADS_PER_DEVICE_MAX = 50
_UPLOAD_DAYS = 7
_DAY_MS = 86_400_000


@dataclass(frozen=True)
class Progress:
    """How much of an upload is durable."""

    upload_id: str
    received: int
    length: int


def start(
    session: Session, context: Context, caller: Caller, *, file: str, sha256: str, media_type: str, length: int
) -> Progress:
    """A new upload; a photo that is here already is answered as complete, so a repeat costs nothing."""
    if length > context.settings.attachment_bytes_max:
        raise YihuError("too_large", field="upload-length", bytes_max=context.settings.attachment_bytes_max)
    if (media_type not in MEDIA_TYPES and media_type not in sounds.MEDIA_TYPES) or length == 0:
        raise YihuError("image_refused", field="media_type")
    _check_scope(session, caller, file)
    now = context.now()
    under_way = queries.list_uploads(session, caller.station_id, caller.replica, 2 * UPLOADS_PER_DEVICE_MAX)
    for upload in under_way:
        if (upload.file, upload.sha256, upload.length) == (file, sha256, length):
            return Progress(upload.upload_id, upload.received, length)
    for upload in under_way:
        if now - upload.created_at > _UPLOAD_DAYS * _DAY_MS:
            session.delete(upload)
    is_known = queries.find_attachment(session, caller.station_id, file, sha256) is not None
    if len(under_way) >= UPLOADS_PER_DEVICE_MAX and not is_known:
        raise YihuError("too_many", headers={"Retry-After": "600"})
    upload = Upload(
        station_id=caller.station_id, upload_id=crypto.make_id(), replica=caller.replica, file=file, sha256=sha256,
        media_type=media_type, length=length, received=length if is_known else 0, created_at=now,
    )  # fmt: skip
    session.add(upload)
    return Progress(upload.upload_id, upload.received, length)


def get_progress(session: Session, caller: Caller, upload_id: str) -> Progress:
    upload = _get_upload(session, caller, upload_id, lock=False)
    return Progress(upload_id, upload.received, upload.length)


def take_part(session: Session, context: Context, caller: Caller, upload_id: str, offset: int, part: bytes) -> Progress:
    """One part at its offset. Part and offset become durable together; a repeat after a lost answer gets `offset_wrong`."""
    upload = _get_upload(session, caller, upload_id)
    if offset != upload.received:
        raise YihuError("offset_wrong", offset=upload.received)
    if offset + len(part) > upload.length:
        raise YihuError("too_large", bytes_max=upload.length)
    if part:
        place = _part_place(upload, upload.parts)
        context.blobs.put(f"{upload_id}.{upload.parts}", context.keyring.seal(session, place, part))
        upload.parts += 1
        upload.received += len(part)
        session.add(upload)
    return Progress(upload_id, upload.received, upload.length)


def finish(context: Context, caller: Caller, upload_id: str) -> None:
    """Checks a photo that has arrived whole and keeps it; one that fails is dropped with its upload. Safe to repeat."""
    content = context.database.read(lambda session: _assemble(session, context, caller, upload_id))
    if content is None:
        return
    upload, whole = content
    try:
        if hashlib.sha256(whole).hexdigest() != upload.sha256:
            raise YihuError("hash_wrong")
        _check(context, whole, upload.media_type)
    except YihuError:
        context.database.write(lambda session: _drop(session, caller, upload_id))
        _delete_parts(context, upload)
        raise
    context.database.write(lambda session: _keep(session, context, caller, upload, whole))
    _delete_parts(context, upload)


def _check(context: Context, content: bytes, media_type: str) -> None:
    if media_type in sounds.MEDIA_TYPES:
        sounds.check_sound(content, media_type)
    else:
        check_image(content, media_type, context.settings.image_pixels_max)


@dataclass(frozen=True)
class Given:
    """What a reader gets. `rendering`: the station's word where a photo was drawn anew; a voice note comes as it was sent."""

    content: bytes
    media_type: str
    rendering: Envelope | None


def read_attachment(session: Session, context: Context, caller: Caller, file: str, sha256: str) -> Given:
    """A photo, drawn anew, or a voice note of a file that the caller may read."""
    view = reading.find_file(session, caller.station_id, file)
    row = queries.find_attachment(session, caller.station_id, file, sha256)
    if view is None or view.scope not in caller.scopes or row is None:
        raise YihuError("not_found")
    content = context.keyring.open(session, _place(row.station_id, file, sha256), context.blobs.get(row.blob))
    if row.media_type not in MEDIA_TYPES:
        return Given(content, row.media_type, None)
    drawn = draw_anew(content, row.media_type)
    return Given(drawn, row.media_type, sign_rendering(session, context, row.station_id, file, sha256, drawn))


def _assemble(session: Session, context: Context, caller: Caller, upload_id: str) -> tuple[Upload, bytes] | None:
    upload = _get_upload(session, caller, upload_id, lock=False)
    if upload.received < upload.length or upload.parts == 0:
        return None
    parts = [
        context.keyring.open(session, _part_place(upload, number), context.blobs.get(f"{upload_id}.{number}"))
        for number in range(upload.parts)
    ]
    return upload, b"".join(parts)


def _keep(session: Session, context: Context, caller: Caller, upload: Upload, content: bytes) -> None:
    if queries.find_attachment(session, upload.station_id, upload.file, upload.sha256) is None:
        blob = crypto.make_id()
        place = _place(upload.station_id, upload.file, upload.sha256)
        context.blobs.put(blob, context.keyring.seal(session, place, content))
        session.add(
            Attachment(
                station_id=upload.station_id,
                file=upload.file,
                sha256=upload.sha256,
                blob=blob,
                media_type=upload.media_type,
                bytes=len(content),
                person_id=caller.person_id,
                received_at=context.now(),
            )  # fmt: skip
        )
    _finish_row(session, caller, upload.upload_id)


def _finish_row(session: Session, caller: Caller, upload_id: str) -> None:
    # Kept for its days with nothing to do, so that asking again after a lost answer still says "complete".
    upload = _get_upload(session, caller, upload_id)
    upload.parts = 0
    session.add(upload)


def _drop(session: Session, caller: Caller, upload_id: str) -> None:
    session.delete(_get_upload(session, caller, upload_id))


def _delete_parts(context: Context, upload: Upload) -> None:
    for number in range(upload.parts):
        context.blobs.delete(f"{upload.upload_id}.{number}")


def _get_upload(session: Session, caller: Caller, upload_id: str, *, lock: bool = True) -> Upload:
    upload = queries.find_upload(session, caller.station_id, upload_id, lock=lock)
    if upload is None or upload.replica != caller.replica:
        raise YihuError("not_found", field="upload_id")
    return upload


def _check_scope(session: Session, caller: Caller, file: str) -> None:
    view = reading.find_file(session, caller.station_id, file)
    if view is not None and view.scope not in caller.scopes and not caller.is_revoked:
        raise YihuError("not_found", field="file")


def _part_place(upload: Upload, number: int) -> Place:
    return Place(upload.station_id, upload.file, "upload", upload.upload_id, f"part {number}")


def _place(station_id: str, file: str, sha256: str) -> Place:
    return Place(station_id, file, "attachment", f"{file}/{sha256}", "content")

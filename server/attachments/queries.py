"""Statements on uploads and attachments; each is bound to one station."""

from sqlmodel import Session, select

from server.attachments.tables import Attachment, Upload


def find_upload(session: Session, station_id: str, upload_id: str, *, lock: bool) -> Upload | None:
    statement = select(Upload).where(Upload.station_id == station_id, Upload.upload_id == upload_id)
    return session.exec(statement.with_for_update() if lock else statement).first()


def list_uploads(session: Session, station_id: str, replica: str, limit: int) -> list[Upload]:
    statement = select(Upload).where(Upload.station_id == station_id, Upload.replica == replica).limit(limit)
    return list(session.exec(statement))


def find_attachment(session: Session, station_id: str, file: str, sha256: str) -> Attachment | None:
    return session.exec(
        select(Attachment).where(
            Attachment.station_id == station_id, Attachment.file == file, Attachment.sha256 == sha256
        )
    ).first()

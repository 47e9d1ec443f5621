"""Photos by tus 1.0: resumable up, by hash down. A photo is sent once its file is known to the server."""

from __future__ import annotations

import base64
from dataclasses import replace

from sync.device import session
from sync.device.identity import Identity
from sync.device.store import Store, StoredAttachment
from sync.device.transport import Transport
from sync.rendering import HEADER, is_of

PART_BYTES = 512 * 1024
_TUS = {"Tus-Resumable": "1.0.0"}


def upload_attachments(store: Store, transport: Transport, identity: Identity) -> int:
    """Send what is not yet uploaded; returns how many arrived. What fails stays and is tried at the next sync."""
    waiting = [attachment for attachment in store.list_attachments() if not attachment.uploaded]
    if not waiting or session.open_session(transport, identity, "upload"):
        return 0
    return sum(_upload(store, transport, attachment) for attachment in waiting)


def download_attachment(store: Store, transport: Transport, file: str, sha256: str) -> bytes | None:
    """The photo's bytes: from the store, else from the server (then kept). None: not there, or no network."""
    kept = store.read_attachment(file, sha256)
    if kept is not None:
        return kept
    answer = transport.call("GET", f"/attachments/{file}/{sha256}")
    if answer is None or not answer.is_fine:
        return None
    identity = Identity.from_json(store.setting("identity"))
    said, keys = answer.headers.get(HEADER.lower()), session.station_keys(store, identity)
    if not is_of(answer.content, said, keys, identity.deployment, file, sha256):
        return None
    media_type = answer.headers.get("content-type", "image/jpeg")
    kept_as = StoredAttachment(file, sha256, media_type, len(answer.content), uploaded=True)
    store.keep_attachment(kept_as, answer.content)
    return answer.content


def _upload(store: Store, transport: Transport, attachment: StoredAttachment) -> bool:
    content = store.read_attachment(attachment.file, attachment.sha256) or b""
    facts = {"file": attachment.file, "sha256": attachment.sha256, "media_type": attachment.media_type}
    metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in facts.items())
    begun = transport.call(
        "POST", "/attachments", headers=_TUS | {"Upload-Length": str(len(content)), "Upload-Metadata": metadata}
    )
    if begun is None or not begun.is_fine:
        return False
    url = begun.headers["location"]
    offset = int(begun.headers.get("upload-offset", "0"))
    store.keep_attachment(replace(attachment, upload_url=url), content)
    while offset < len(content):
        headers = _TUS | {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        part = content[offset : offset + PART_BYTES]
        answer = transport.call("PATCH", url, content=part, headers=headers)
        if answer is None or not answer.is_fine:
            return False
        offset = int(answer.headers["upload-offset"])
    store.keep_attachment(replace(attachment, uploaded=True, upload_url=url), content)
    return True

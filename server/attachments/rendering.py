"""What a reader is given of a photo: the same picture, drawn and encoded anew, and the station's word on what it is made of.

The original stays as it was sent, under the hash that its signed change names. A reader's decoder never meets bytes that somebody
else's phone made: only what Pillow wrote here, of one format, of at most so many pixels, without metadata. PROTOCOL E-11.
"""

import hashlib
import io
from typing import Any

from PIL import Image, ImageOps
from sqlmodel import Session

from server.attachments.images import MEDIA_TYPES
from server.context import Context
from server.keyring.station_keys import get_signer
from sync.canonical import canonical_text
from sync.change import Envelope, to_base64url

SIDE_MAX = 2_560
_WRITTEN: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 82, "optimize": True},
    "PNG": {"optimize": True},
    "WEBP": {"quality": 82},
}
TYPE = "rendering"


def draw_anew(content: bytes, media_type: str) -> bytes:
    """The picture alone, in its own format. The content passed `check_image` before."""
    kind = MEDIA_TYPES[media_type]
    with Image.open(io.BytesIO(content), formats=[kind]) as opened:
        opened.draft("RGB", (SIDE_MAX, SIDE_MAX))  # a large JPEG is not unpacked whole
        upright = ImageOps.exif_transpose(opened)
        upright.thumbnail((SIDE_MAX, SIDE_MAX))
        has_alpha = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
        drawn = upright.convert("RGBA" if has_alpha and kind != "JPEG" else "RGB")
    # A new picture: nothing that hung on the old one comes along.
    plain = Image.frombytes(drawn.mode, drawn.size, drawn.tobytes())
    written = io.BytesIO()
    plain.save(written, kind, **_WRITTEN[kind])
    return written.getvalue()


def sign_rendering(
    session: Session, context: Context, station_id: str, file: str, sha256: str, rendered: bytes
) -> Envelope:
    """The station's word that this content was drawn from that original."""
    said = {
        "type": TYPE,
        "v": 1,
        "suite": 1,
        "deployment": context.keyring.deployment,
        "station": station_id,
        "file": file,
        "sha256": sha256,
        "rendered": hashlib.sha256(rendered).hexdigest(),
    }
    body = canonical_text(said)
    return Envelope(body, to_base64url(get_signer(session, context.keyring, station_id).sign(body.encode())))

"""Is this upload a voice note that may be kept? A recorder's container by its first bytes, without a place in it; nothing is decoded."""

from server.errors import YihuError

MEDIA_TYPES = ("audio/webm", "audio/ogg", "audio/mp4")
_HEADS = {"audio/webm": (0, b"\x1a\x45\xdf\xa3"), "audio/ogg": (0, b"OggS"), "audio/mp4": (4, b"ftyp")}
# What phones write where they note a place: QuickTime's location atom and its key.
_PLACES = (b"\xa9xyz", b"com.apple.quicktime.location", b"loci")


def check_sound(content: bytes, media_type: str) -> None:
    """Raises `sound_refused` or `exif_found`."""
    at, head = _HEADS[media_type]
    if content[at : at + len(head)] != head:
        raise YihuError("sound_refused")
    if any(place in content[:65_536] or place in content[-65_536:] for place in _PLACES):
        raise YihuError("exif_found")

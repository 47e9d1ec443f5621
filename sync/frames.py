"""A small bundle as the texts of an animated QR code, and back (B-11). Drawing and filming are the caller's.

`pwa/src/sync/frames.ts` mirrors this page.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from typing import Final

from sync.bundle import bundle_id
from sync.errors import BundleError

QR_BYTES_MAX: Final = 20_480
FRAME_BYTES: Final = 400
_FRAME = re.compile(r"YIHU1:([0-9A-F]{8}):([1-9]\d{0,2}):([1-9]\d{0,2}):([A-Z2-7]+)")


def to_frames(packed: bytes) -> list[str]:
    """The texts of an animated QR code (B-11)."""
    if len(packed) > QR_BYTES_MAX:
        raise BundleError("Too much for a QR code.", code="bundle_too_large")
    parts = [packed[start : start + FRAME_BYTES] for start in range(0, len(packed), FRAME_BYTES)]
    name = bundle_id(packed)[:8].upper()
    encoded = [base64.b32encode(part).decode().rstrip("=") for part in parts]
    return [f"YIHU1:{name}:{at}:{len(parts)}:{letters}" for at, letters in enumerate(encoded, 1)]


@dataclass(slots=True)
class FrameCollector:
    """Puts frames together in whatever order and however often they come. Another bundle's frame begins anew."""

    name: str = ""
    count: int = 0
    parts: dict[int, bytes] = field(default_factory=dict)

    def take(self, seen: str) -> bytes | None:
        """The bytes of the bundle once the last frame came, else None. Other texts than frames are passed over."""
        found = _FRAME.fullmatch(seen)
        if found is None:
            return None
        name, at, count = found[1], int(found[2]), int(found[3])
        try:
            part = base64.b32decode(found[4] + "=" * (-len(found[4]) % 8))
        except binascii.Error:
            return None
        if at > count or count * FRAME_BYTES >= QR_BYTES_MAX + FRAME_BYTES or len(part) > FRAME_BYTES:
            return None
        if (name, count) != (self.name, self.count):
            self.name, self.count, self.parts = name, count, {}
        self.parts[at] = part
        if len(self.parts) < count:
            return None
        packed = b"".join(self.parts[number] for number in range(1, count + 1))
        self.parts = {}  # whether right or not: a wrong one is collected anew
        return packed if bundle_id(packed)[:8].upper() == name else None

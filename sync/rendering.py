"""A photo as a reader gets it: drawn anew by the server, which says in a signed word of what original (E-11). Pure."""

from __future__ import annotations

import json
from typing import Any

from sync.canonical import parse_canonical, sha256_hex
from sync.change import Envelope, from_base64url
from sync.errors import SyncError
from sync.handover import StationKeys

HEADER = "Yihu-Rendering"
TYPE = "rendering"


def is_of(content: bytes, header: str | None, keys: StationKeys, deployment: str, file: str, sha256: str) -> bool:
    """Whether this is the attachment that was asked for: its own bytes, or what the station says that it drew from them."""
    if sha256_hex(content) == sha256:
        return True
    if not header:
        return False
    try:
        envelope = Envelope.from_json(json.loads(from_base64url(header)))
        said: Any = parse_canonical(envelope.body)
        expected = {"type": TYPE, "v": 1, "suite": 1, "deployment": deployment, "file": file, "sha256": sha256}
        is_fitting = all(said.get(name) == value for name, value in expected.items())
        return is_fitting and said.get("rendered") == sha256_hex(content) and keys.believes(envelope)
    except (SyncError, ValueError, KeyError, TypeError, AttributeError):
        return False

"""Sealed items: saves that a locked phone encrypted to the station. Opened here, then taken in like any push."""

import json
from dataclasses import dataclass
from typing import Literal

from sqlmodel import Session

from server.context import Context
from server.crypto import OUTBOX_INFO, SealError, open_with_any
from server.devices.rules import Caller
from server.errors import YihuError
from server.intake import rules
from server.keyring.station_keys import list_private_keys
from server.web.limits import check_json
from sync import change as changes
from sync.change import Envelope, from_base64url
from sync.errors import SyncError
from sync.packing import unpack_save

Code = Literal["received", "known", "refused"]
_CERTIFICATES_MAX = 20


def receive_sealed(session: Session, context: Context, uploader: Caller, items: list[tuple[str, str]]) -> list[Code]:
    """A code for each (id, sealed), and nothing else: whoever holds only an upload session learns nothing from it.

    `refused` means that the item cannot be opened or is not what its id says; every verdict counts as `received`.
    """
    private_keys = list_private_keys(session, context.keyring, uploader.station_id, "sealing")
    opened = [_open(change_id, sealed, private_keys) for change_id, sealed in items]
    certificates = [one for found in opened if found for one in found.certificates]
    returned = [(found.envelope, found.verdict) for found in opened if found and found.verdict]
    back = iter(rules.take_back(session, context, uploader, returned))
    # What is not this station's verdict on it says nothing: the save is taken in as any other.
    taken = {found.id: code for found in opened if found and found.verdict and (code := next(back)) != "refused"}
    envelopes = [found.envelope for found in opened if found and found.id not in taken]
    answers = iter(rules.receive(session, context, uploader, envelopes, certificates))
    codes: list[Code] = []
    for found in opened:
        if found is None:
            codes.append("refused")
        elif found.id in taken:
            codes.append("known" if taken[found.id] == "known" else "received")
        else:
            _verdict, is_known = next(answers)
            codes.append("known" if is_known else "received")
    return codes


@dataclass(frozen=True)
class _Opened:
    """A sealed save. `verdict`: one that this server is said to have given and forgotten (M-5d)."""

    id: str
    envelope: Envelope
    certificates: list[Envelope]
    verdict: Envelope | None


def _open(item_id: str, sealed: str, private_keys: list[bytes]) -> _Opened | None:
    """None for anything but a sealed save of this id."""
    try:
        plain = unpack_save(open_with_any(from_base64url(sealed), private_keys, OUTBOX_INFO))
        check_json(plain, depth_max=8)
        found = json.loads(plain)
        envelope = _envelope(found["envelope"])
        if changes.change_id(envelope.body) != item_id:
            return None
        certificates = [_envelope(one) for one in found["certificates"][:_CERTIFICATES_MAX]]
        verdict = _envelope(found["verdict"]) if found.get("verdict") else None
        return _Opened(item_id, envelope, certificates, verdict)
    except (SealError, SyncError, YihuError, ValueError, KeyError, TypeError):
        return None


def _envelope(found: dict[str, str]) -> Envelope:
    if not isinstance(found["body"], str) or not isinstance(found["sig"], str):
        raise TypeError
    return Envelope(found["body"], found["sig"])

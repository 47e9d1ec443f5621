"""A key of its own for a store that was copied or put back to an earlier day: the same store, a new replica.

What is unsent keeps its old number and goes up as it is; the next save has the new one.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from sync.change import from_base64url
from sync.device import session
from sync.device.errors import DeviceError
from sync.device.identity import DeviceKeys
from sync.device.keys import KdfParameters, PassphraseKeys

if TYPE_CHECKING:
    from sync.device.device import Device


def renew(device: Device, home: Path, link: str, *, label: str, at: int) -> None:
    """Enrol the open device anew with a fresh link for the same person. The passphrase stays."""
    _, code = session.read_link(link)
    offer = session.look_enrolment(device.transport, code)
    known = device.identity
    if (offer["person_id"], offer["deployment"]) != (known.person, known.deployment):
        raise DeviceError(
            "This link is another person's; it was not used up. Ask for one of your own.", code="code_of_another"
        )
    kdf = KdfParameters(**json.loads((home / "device.json").read_text())["kdf"])
    keys = PassphraseKeys(store_key=b"", auth=from_base64url(known.auth))
    identity, policy, server_at = session.confirm_enrolment(
        device.transport, code, DeviceKeys.make(), keys, kdf, offer, label=label, at=at
    )
    try:
        session.read_policy(policy, known)
    except DeviceError:
        raise DeviceError(
            "The station answers with another key than before; nothing was changed.", code="policy_elsewhere"
        ) from None
    device.store.keep_settings({"identity": identity.to_json(), "policy": policy.to_json(), "server_at": server_at})
    device.identity = identity

"""The station's word, and nothing else, makes a device drop a file with all that hangs on it (Z-4)."""

from __future__ import annotations

from collections.abc import Sequence

from sync.canonical import parse_canonical
from sync.change import Envelope, verify
from sync.device.identity import Identity
from sync.device.store import Store
from sync.handover import StationKeys


def obey_erasures(store: Store, keys: StationKeys, identity: Identity, told: Sequence[Envelope]) -> bool:
    """Whether the station signed each of these words; one that it did not sign is not obeyed."""
    are_signed = True
    for envelope in told:
        if not verify(envelope, keys.current):
            are_signed = False
            continue
        said = parse_canonical(envelope.body)
        place = (said["type"], said["deployment"], said["station"])
        if place == ("erasure", identity.deployment, identity.station):
            store.forget_file(said["file"], is_erased=True)
            store.keep_settings({"erased": max(said["at"], store.setting("erased") or 0)})
    return are_signed

"""A bundle is opened, each save in it is taken in like a push, and the authors' receipts go back with who carried it (B-6 to B-9).

Whoever hands it in learns how many saves it held and which of them arrived; what was decided is sealed to each author's own device.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from server import crypto
from server.bundles import queries
from server.bundles.tables import CarriedBundle
from server.context import Context
from server.devices import rules as devices
from server.devices.rules import Caller
from server.errors import YihuError
from server.intake import reading
from server.intake.sealed import Code, receive_sealed
from server.keyring.station_keys import list_private_keys
from sync import bundle as bundles
from sync.bundle import Receipt, Saves
from sync.change import to_base64url
from sync.errors import BundleError

HOUR_MS = 3_600_000
_BATCH = 200


@dataclass(frozen=True)
class HandedIn:
    bundle: str
    results: tuple[tuple[str, Code], ...]
    receipts: bytes | None


def hand_in(session: Session, context: Context, carrier: Caller, packed: bytes) -> HandedIn:
    """Takes a bundle in. Safe to repeat, by anyone. Raises `YihuError` with a code of B-12, having taken in nothing."""
    saves = _open(session, context, carrier.station_id, packed)
    name = bundles.bundle_id(packed)
    ids = [*(item.id for item in saves.items), *saves.ask]
    _note(session, context, carrier, name, ids)
    codes: list[Code] = []
    for start in range(0, len(saves.items), _BATCH):
        batch = [(item.id, item.sealed) for item in saves.items[start : start + _BATCH]]
        codes += receive_sealed(session, context, carrier, batch)
    results = tuple((item.id, code) for item, code in zip(saves.items, codes, strict=True))
    return HandedIn(name, results, _make_receipts(session, context, carrier.station_id, ids))


def renew_receipts(session: Session, context: Context, carrier: Caller, name: str) -> bytes | None:
    """The receipts of a bundle that this carrier handed in, with the verdicts of now."""
    row = queries.find_bundle(session, carrier.station_id, name, carrier.replica)
    if row is None:
        raise YihuError("not_found", field="bundle")
    return _make_receipts(session, context, carrier.station_id, json.loads(row.saves))


def _open(session: Session, context: Context, station_id: str, packed: bytes) -> Saves:
    try:
        found = bundles.require(bundles.unpack(packed), "saves", context.keyring.deployment, station_id)
        private_keys = list_private_keys(session, context.keyring, station_id, "sealing")
        return bundles.read_saves(crypto.open_with_any(found.payload, private_keys, bundles.saves_info(found)))
    except BundleError as error:
        raise YihuError(error.code) from error
    except crypto.SealError as error:
        raise YihuError("bundle_sealed") from error


def _note(session: Session, context: Context, carrier: Caller, name: str, ids: Sequence[str]) -> None:
    """Who brought what and when; too often within the hour is refused before anything is taken in."""
    now, limit = context.now(), context.settings.bundles_per_hour_max
    times, first = queries.count_since(session, carrier.station_id, carrier.replica, now - HOUR_MS)
    if times >= limit:
        until = first + HOUR_MS
        raise YihuError("too_many", headers={"Retry-After": str(max(1, (until - now) // 1000))}, until=until)
    row = queries.find_bundle(session, carrier.station_id, name, carrier.replica)
    if row is None:
        row = CarriedBundle(
            station_id=carrier.station_id, bundle=name, carrier=carrier.replica, received_at=now,
            saves=json.dumps(list(ids)),
        )  # fmt: skip
    else:
        row.times = row.times + 1 if now - row.received_at < HOUR_MS else 1
        row.received_at = now
    session.add(row)
    session.flush()


def _make_receipts(session: Session, context: Context, station_id: str, ids: Sequence[str]) -> bytes | None:
    """One receipt for each device behind these saves, sealed to it; None where the server knows none of them."""
    header = bundles.empty("receipts", context.keyring.deployment, station_id)
    verdicts = reading.list_current_verdicts(session, context.keyring, station_id, ids)
    keys = devices.list_receipt_keys(session, station_id, sorted(verdicts))
    receipts = [
        Receipt(
            device,
            to_base64url(
                crypto.seal_to(bundles.receipt_plain(verdicts[device]), key, bundles.receipt_info(header, device))
            ),
        )
        for device, key in sorted(keys.items())
    ]
    if not receipts:
        return None
    return bundles.pack("receipts", context.keyring.deployment, station_id, bundles.receipts_payload(receipts))

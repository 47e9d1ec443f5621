"""Bundles on a Python device (PROTOCOL 10): own saves out, those of others kept and handed in, receipts read or passed on.

Everything kept here is sealed to the station or to the devices it goes to, so it lies as plain files beside the encrypted store:
`carried/` of the device's folder, ready for a stick. A file is whole or not there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from sync import bundle as bundles
from sync.bundle import Bundle, SealedSave
from sync.change import Envelope, from_base64url
from sync.device import session
from sync.device.errors import DeviceError
from sync.device.identity import Identity
from sync.device.keys import SealedError, open_sealed, seal_to, seal_to_server
from sync.device.store import Page, Store
from sync.device.transport import Answer, Transport
from sync.errors import BundleError, MalformedError
from sync.packing import pack_save
from sync.verdict import read_verdict

Place = Literal["waiting", "receipts", "handed-in", "refused"]
# What one laptop takes in before it is handed in: a county's week.
FILES_MAX: Final = 1_000
BYTES_MAX: Final = 512 * 1024 * 1024
# Refusals that say the bundle itself is at fault: it is not offered again.
_FAULTS: Final = frozenset(
    {"too_large", "bundle_too_large", "not_a_bundle", "bundle_damaged", "bundle_newer", "bundle_elsewhere"}
    | {"bundle_kind", "bundle_sealed", "bundle_content", "invalid_value"}
)


@dataclass(frozen=True, slots=True)
class Carried:
    """A bundle in the folder."""

    path: Path
    place: Place

    def read(self) -> bytes:
        return self.path.read_bytes()


@dataclass(slots=True)
class HandIn:
    """What one run of handing in did. `reached` False: no network; everything is still in the folder."""

    reached: bool = True
    bundles: int = 0
    received: int = 0
    known: int = 0
    refused: int = 0
    decided: int = 0
    receipts: list[Path] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)  # file name, code


class Pocket:
    """The folder of carried bundles of one station."""

    def __init__(self, home: Path, deployment: str, station: str) -> None:
        self._folder = home / "carried"
        self._deployment = deployment
        self._station = station

    def check(self, content: bytes) -> tuple[bytes, Bundle]:
        """A file of either form as its bytes and what it says of itself. Raises `BundleError`; keeps nothing."""
        packed = bundles.from_file(content)
        found = bundles.unpack(packed)
        bundles.require(found, found.kind, self._deployment, self._station)
        return packed, found

    def keep(self, content: bytes) -> tuple[Path, Bundle, bool]:
        """Keeps a bundle of somebody. False: it is here or was handed in already. Raises `BundleError`, `DeviceError`."""
        packed, found = self.check(content)
        place: Place = "waiting" if found.kind == "saves" else "receipts"
        name, kept = bundles.file_name(packed), list(self.list())
        for one in kept:
            if one.path.name == name and one.read() == packed:
                return one.path, found, False
        if any(one.path.name == name for one in kept):  # eight digits met by chance
            name = f"yihu-{found.kind}-{bundles.bundle_id(packed)}{bundles.FILE_ENDING}"
        if len(kept) >= FILES_MAX or sum(one.path.stat().st_size for one in kept) + len(packed) > BYTES_MAX:
            raise DeviceError("This folder holds as many bundles as it may. Hand them in first.", code="carry_full")
        return self._write(place, name, packed), found, True

    def list(self, *places: Place) -> Iterator[Carried]:
        """In order of their names; all places where none is named."""
        for place in places or ("waiting", "receipts", "handed-in", "refused"):
            for path in sorted((self._folder / place).glob(f"*{bundles.FILE_ENDING}")):
                yield Carried(path, place)

    def move(self, carried: Carried, place: Place) -> Path:
        target = self._folder / place / carried.path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(carried.path, target)
        return target

    def _write(self, place: Place, name: str, packed: bytes) -> Path:
        target = self._folder / place / name
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_suffix(f".{os.getpid()}.part")
        with part.open("wb") as file:
            file.write(packed)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, target)
        return target


class Carrying:
    """The bundles of an open device."""

    def __init__(self, store: Store, transport: Transport, identity: Identity, home: Path) -> None:
        self._store = store
        self._transport = transport
        self._identity = identity
        self.pocket = Pocket(home, identity.deployment, identity.station)

    @property
    def own_replica(self) -> str:
        return self._identity.replica

    # --- own saves -----------------------------------------------------------------------------------------------------

    def export(self) -> list[bytes]:
        """Own saves without the server's word as bundles: none when there are none. They stay unsent (B-5)."""
        sealing_key = session.read_policy(Envelope.from_json(self._store.setting("policy")), self._identity)[
            "sealing_key"
        ]
        items = [SealedSave(stored.id, _seal(stored.envelope, sealing_key)) for stored in self._store.list_unsent()]
        ask = [
            stored.id
            for stored in self._store.list_own()
            if stored.is_unfinished and stored.status in ("held", "quarantined")
        ]
        header = bundles.empty("saves", self._identity.deployment, self._identity.station)
        return [
            bundles.pack(
                "saves",
                self._identity.deployment,
                self._identity.station,
                seal_to(bundles.saves_plain(part), from_base64url(sealing_key), bundles.saves_info(header)),
            )
            for part in bundles.split_saves(items, ask)
        ]

    # --- receipts --------------------------------------------------------------------------------------------------------

    def read_receipts(self, packed: bytes) -> int:
        """Takes in the verdicts for this device; how many own saves they decided. Each is believed by its own signature."""
        found = bundles.require(bundles.unpack(packed), "receipts", self._identity.deployment, self._identity.station)
        before = len(self._store.list_unsent())
        own = {stored.id for stored in self._store.list_own()}
        verdicts = [pair for pair in self._open(found) if pair[0] in own]
        self._store.take_page(Page(verdicts=verdicts))
        return before - len(self._store.list_unsent())

    def _open(self, found: Bundle) -> Iterator[tuple[str, Envelope]]:
        keys, me = session.station_keys(self._store, self._identity), self._identity.replica
        for receipt in bundles.read_receipts(found.payload):
            if receipt.to != me:
                continue
            try:
                plain = open_sealed(
                    from_base64url(receipt.sealed),
                    from_base64url(self._identity.receipt),
                    bundles.receipt_info(found, me),
                )
            except SealedError as error:
                raise BundleError("The receipt for this device does not open.", code="bundle_sealed") from error
            for envelope in bundles.read_receipt(plain):
                if not keys.believes(envelope):
                    continue
                try:
                    yield read_verdict(envelope).change, envelope
                except MalformedError:
                    continue  # signed by a newer server; the next sync tells it in words of this version

    # --- handing in ------------------------------------------------------------------------------------------------------

    def hand_in(self) -> HandIn:
        """Hands in what waits in the folder; each brings its receipts back. May be repeated and interrupted at any time."""
        report = HandIn()
        waiting = list(self.pocket.list("waiting"))
        if waiting:
            refused = session.open_session(self._transport, self._identity, "upload")
            if refused:
                report.problems.append(("", refused.code))
                return report
        for carried in waiting:
            answer = self._transport.call(
                "POST", "/bundles", content=carried.read(), headers={"Content-Type": bundles.MEDIA_TYPE}
            )
            if answer is None:
                report.reached = False
                return report
            if not answer.is_fine:
                code = answer.to_error().code
                report.problems.append((carried.path.name, code))
                if code not in _FAULTS:
                    return report
                self.pocket.move(carried, "refused")
                continue
            self._settle(carried, answer, report)
        return report

    def _settle(self, carried: Carried, answer: Answer, report: HandIn) -> None:
        """Receipts are kept before the bundle counts as handed in: a kill between the two costs one repeat."""
        said = answer.json()
        codes = [result["code"] for result in said["results"]]
        report.received += codes.count("received")
        report.known += codes.count("known")
        report.refused += codes.count("refused")
        if said["receipts"]:
            packed = from_base64url(said["receipts"])
            path, _, _ = self.pocket.keep(packed)
            report.receipts.append(path)
            report.decided += self.read_receipts(packed)
        self.pocket.move(carried, "handed-in")
        report.bundles += 1


def _seal(envelope: Envelope, sealing_key: str) -> str:
    return seal_to_server(pack_save(envelope), sealing_key)


def receivers(found: Bundle) -> Sequence[str]:
    """The devices that a bundle of receipts goes to."""
    return [receipt.to for receipt in bundles.read_receipts(found.payload)]

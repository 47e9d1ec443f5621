"""Envelope encryption at rest: a data key an owner (file, person, pack...), each wrapped by the key-encryption key.

The key file lies outside the database and must not lie in the same backup. What is sealed is bound to its place by
associated data (deployment, station, owner, table, record, field, key epoch, suite): a value moved to another row or
another installation does not open. Deleting an owner's data key erases all that was sealed for that owner.
"""

import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from sqlmodel import Session, col, select

from server import crypto
from server.keyring.puncture import TreeKey, is_sound
from server.keyring.tables import DataKey, Deployment
from sync.change import from_base64url, to_base64url

_SESSION_SLOT = "yihu_data_keys"
_ABSENT_SLOT = "yihu_absent_data_keys"


class KeyFileError(Exception):
    """The key file is missing, damaged or of another installation; the text says what the operator should do."""


class Place(NamedTuple):
    """Where a sealed value belongs."""

    station_id: str
    owner: str
    table: str
    record: str
    field: str


@dataclass(frozen=True)
class KeyFile:
    """Key-encryption keys by epoch, and the master key of blind indexes."""

    deployment: str
    epoch: int
    wrapping: dict[int, TreeKey]
    index: bytes

    @classmethod
    def make(cls, path: Path, deployment: str) -> "KeyFile":
        """Creates the file, readable by its owner only; never overwrites one."""
        made = cls(deployment, 1, {1: make_wrapping_key()}, secrets.token_bytes(32))
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        made._write(path)
        return made

    def replace(self, path: Path) -> None:
        """Puts this key file in the place of the one at `path`, in one step: no crash leaves none or half of one."""
        beside = path.with_name(path.name + ".new")
        beside.unlink(missing_ok=True)
        self._write(beside)
        os.replace(beside, path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _write(self, path: Path) -> None:
        text = json.dumps(
            {
                "yihu_key_file": 2,
                "keep": "apart from the database's backups; without this file nothing can be read",
                "deployment": self.deployment,
                "epoch": self.epoch,
                "wrapping": {
                    str(epoch): {way: to_base64url(seed) for way, seed in sorted(key.branches.items())}
                    for epoch, key in self.wrapping.items()
                },
                "index": to_base64url(self.index),
            },
            indent=1,
        )
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())

    @classmethod
    def load(cls, path: Path, deployment: str | None) -> "KeyFile":
        """Raises `KeyFileError`, also where the file is of another deployment than expected (None: any will do)."""
        try:
            found = json.loads(path.read_text("utf-8"))
            loaded = cls(
                found["deployment"],
                found["epoch"],
                {int(epoch): _read_tree(branches) for epoch, branches in found["wrapping"].items()},
                from_base64url(found["index"]),
            )
        except FileNotFoundError as error:
            raise KeyFileError(
                f"The key file {path} is missing. The data is sealed under it: put it back; nothing is damaged."
            ) from error
        except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
            raise KeyFileError(f"The key file {path} cannot be read. Put a sound copy back.") from error
        if deployment not in (None, loaded.deployment):
            raise KeyFileError(f"The key file {path} belongs to another installation.")
        return loaded


def make_wrapping_key() -> TreeKey:
    return TreeKey.make(secrets.token_bytes(crypto.KEY_BYTES))


def _read_tree(branches: dict[str, str]) -> TreeKey:
    read = {way: from_base64url(seed) for way, seed in branches.items()}
    if not is_sound(read):
        raise ValueError
    return TreeKey(read)


def name_owner(station_id: str, owner: str) -> str:
    """An owner by which the key file knows it."""
    return f"{station_id}/{owner}"


class WrappingKeys:
    """Suite 1 `KeyWrap`: AES-256-GCM under the owner's key of an epoch; new keys are wrapped under the newest.

    With a `path`, a file that was changed meanwhile is read again: `yihu station rotate-keys` writes it while the server runs.
    """

    def __init__(self, file: KeyFile, path: Path | None = None) -> None:
        self._path = path
        self._deployment = file.deployment
        self._seen = _stamp(path) if path is not None else None
        self._take(file)

    def wrap(self, key: bytes, associated: bytes, owner: str) -> bytes:
        return self._cipher(self.epoch, owner).seal(key, associated)

    def refresh(self) -> None:
        """Call before a new key is wrapped: the associated data names the epoch."""
        seen = _stamp(self._path) if self._path is not None else None
        if self._path is not None and seen not in (None, self._seen):
            self._take(KeyFile.load(self._path, self._deployment))
            self._seen = seen

    def unwrap(self, wrapped: bytes, associated: bytes, epoch: int, owner: str) -> bytes:
        if epoch not in self._trees:
            self.refresh()
        return self._cipher(epoch, owner).open(wrapped, associated)

    def is_forgotten(self, owner: str) -> bool:
        """Whether this owner was cut out of some epoch: what was sealed for it is erased, also in backups."""
        return any(not tree.is_whole and tree.derive(owner) is None for tree in self._trees.values())

    @property
    def has_forgotten(self) -> bool:
        return any(not tree.is_whole for tree in self._trees.values())

    def _cipher(self, epoch: int, owner: str) -> crypto.AesGcm:
        tree = self._trees.get(epoch)
        key = tree.derive(owner) if tree is not None else None
        if key is None:
            raise crypto.SealError
        return crypto.AesGcm(key)

    def _take(self, file: KeyFile) -> None:
        self._trees = dict(file.wrapping)
        self.epoch = file.epoch


def _stamp(path: Path) -> tuple[int, int] | None:
    """Which file lies there; one that is away for a moment changes nothing."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


class Keyring:
    """Seals and opens values. Between requests it keeps the keys of the key file and the stations' signers, no data key."""

    def __init__(self, file: KeyFile, wrap: crypto.KeyWrap | None = None, *, path: Path | None = None) -> None:
        self.deployment = file.deployment
        self._wrap = wrap or WrappingKeys(file, path)
        self._index = file.index
        self.signers: dict[str, crypto.Signer] = {}  # by key id

    def seal(self, session: Session, place: Place, plaintext: bytes) -> bytes:
        row, key = self._data_key(session, place.station_id, place.owner)
        return crypto.AesGcm(key).seal(plaintext, self._associated(place, row.made_epoch))

    def open(self, session: Session, place: Place, sealed: bytes) -> bytes:
        """Raises `crypto.SealError` if the value was altered or moved, or its data key is gone."""
        row, key = self._data_key(session, place.station_id, place.owner, may_make=False)
        return crypto.AesGcm(key).open(sealed, self._associated(place, row.made_epoch))

    def seal_text(self, session: Session, place: Place, text: str) -> bytes:
        return self.seal(session, place, text.encode("utf-8"))

    def open_text(self, session: Session, place: Place, sealed: bytes) -> str:
        return self.open(session, place, sealed).decode("utf-8")

    def load(self, session: Session, station_id: str, owners: Iterable[str]) -> None:
        """Fetches many data keys in few statements, before many values are opened."""
        cache = session.info.setdefault(_SESSION_SLOT, {})
        missing = sorted({owner for owner in owners if (station_id, owner) not in cache})
        for start in range(0, len(missing), 400):
            chunk = missing[start : start + 400]
            rows = session.exec(
                select(DataKey).where(DataKey.station_id == station_id, col(DataKey.owner).in_(chunk))
            ).all()
            for row in rows:
                cache[(station_id, row.owner)] = (row, self._unwrap(row))
            absent = session.info.setdefault(_ABSENT_SLOT, set())
            absent |= {(station_id, owner) for owner in set(chunk) - {row.owner for row in rows}}

    def require_key(self, session: Session, station_id: str, owner: str) -> None:
        """Raises `crypto.SealError` where the owner's data key is gone."""
        self._data_key(session, station_id, owner, may_make=False)

    def blind_index(self, station_id: str, purpose: str, value: str) -> str:
        """A keyed hash by which equal values can be found; 64 hex digits."""
        return crypto.keyed_hash(self._index, station_id.encode(), purpose.encode(), value.encode()).hex()

    def _data_key(
        self, session: Session, station_id: str, owner: str, *, may_make: bool = True
    ) -> tuple[DataKey, bytes]:
        # Kept for this transaction only: a key made in a transaction that rolls back must be forgotten with it.
        cache: dict[tuple[str, str], tuple[DataKey, bytes]] = session.info.setdefault(_SESSION_SLOT, {})
        if (station_id, owner) in cache:
            return cache[(station_id, owner)]
        is_absent = (station_id, owner) in session.info.get(_ABSENT_SLOT, ())
        row = None if is_absent else session.get(DataKey, (station_id, owner))
        if row is None:
            if not may_make:
                raise crypto.SealError
            self._wrap.refresh()
            key = secrets.token_bytes(crypto.KEY_BYTES)
            row = DataKey(
                station_id=station_id, owner=owner, suite=crypto.SUITE, epoch=self._wrap.epoch,
                made_epoch=self._wrap.epoch,
                wrapped=self._wrap.wrap(
                    key, self._key_associated(station_id, owner, self._wrap.epoch), name_owner(station_id, owner)
                ),
            )  # fmt: skip
            session.add(row)
        else:
            key = self._unwrap(row)
        cache[(station_id, owner)] = (row, key)
        return row, key

    def _unwrap(self, row: DataKey) -> bytes:
        associated = self._key_associated(row.station_id, row.owner, row.epoch)
        return self._wrap.unwrap(row.wrapped, associated, row.epoch, name_owner(row.station_id, row.owner))

    def wrap_again(self, session: Session, row: DataKey) -> None:
        """Wraps a data key under the newest key-encryption key; what it sealed stays as it lies."""
        key = self._unwrap(row)
        row.epoch = self._wrap.epoch
        associated = self._key_associated(row.station_id, row.owner, row.epoch)
        row.wrapped = self._wrap.wrap(key, associated, name_owner(row.station_id, row.owner))
        session.add(row)

    def destroy(self, session: Session, station_id: str, owner: str) -> bool:
        """Erases all that was sealed for an owner, by destroying its data key. Says whether there was one.

        A backup still holds the wrapped key: `forgetting.py` makes the key file forget it too.
        """
        row = session.get(DataKey, (station_id, owner))
        if row is None:
            return False
        session.delete(row)
        session.info.get(_SESSION_SLOT, {}).pop((station_id, owner), None)
        session.flush()
        return True

    def is_forgotten(self, station_id: str, owner: str) -> bool:
        """Whether the key file can never open again what was sealed for this owner."""
        return self._wrap.is_forgotten(name_owner(station_id, owner))

    def has_forgotten(self) -> bool:
        """Whether the key file has forgotten any owner at all."""
        self._wrap.refresh()
        return self._wrap.has_forgotten

    def _key_associated(self, station_id: str, owner: str, epoch: int) -> bytes:
        return _join("data_key", self.deployment, station_id, owner, str(epoch), str(crypto.SUITE))

    def _associated(self, place: Place, epoch: int) -> bytes:
        return _join("value", self.deployment, *place, str(epoch), str(crypto.SUITE))


def open_key_file(session: Session, path: Path, now: int) -> KeyFile:
    """The key file of this installation, made at the very first start. Run in one transaction.

    The file is on disk before the installation's id is committed: a crash between the two leaves a key file without data,
    which the next start adopts. Data without its key file is never given a new one.
    """
    row = session.exec(select(Deployment)).first()
    if row is not None:
        return KeyFile.load(path, row.deployment)
    file = KeyFile.load(path, None) if path.exists() else KeyFile.make(path, crypto.make_id())
    session.add(Deployment(deployment=file.deployment, created_at=now))
    return file


def _join(*parts: str) -> bytes:
    return b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)

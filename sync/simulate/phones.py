"""A simulated phone: the real device core (`sync.device`) on its in-memory store, with a clock of its own and a kill switch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sync.change import Envelope, to_base64url
from sync.device.device import Device
from sync.device.identity import Identity
from sync.device.memory_store import MemoryStore
from sync.device.reading import FileView
from sync.device.store import Page, StoredChange
from sync.device.transport import Transport
from sync.rules import Rules
from sync.simulate.keys import STATION_KEY, Keys, make_keys
from sync.simulate.kinds import VERSIONS
from sync.simulate.logbook import DEPLOYMENT, STATION


class Killed(BaseException):
    """The process of the phone ended here. No code of the device may catch it."""


class PhoneStore(MemoryStore):
    """The device's own in-memory store, which can die before any of its writes and says which saves it took."""

    def __init__(self) -> None:
        super().__init__()
        self.writes_left: int | None = None  # None: it lives
        self.before_add: Callable[[], None] | None = None  # another tab, between reading the chain and writing
        self.on_added: Callable[[StoredChange], None] | None = None

    def _spend(self) -> None:
        if self.writes_left is not None:
            if self.writes_left <= 0:
                raise Killed
            self.writes_left -= 1

    def keep_settings(self, settings: Mapping[str, Any]) -> None:
        self._spend()
        super().keep_settings(settings)

    def add_own(self, change: StoredChange) -> None:
        other_tab, self.before_add = self.before_add, None
        if other_tab:
            other_tab()
        self._spend()
        super().add_own(change)
        if self.on_added:
            self.on_added(change)
        self._spend()

    def take_page(self, page: Page) -> None:
        self._spend()
        alive, self.writes_left = self.writes_left, None  # a page is one transaction
        super().take_page(page)
        self.writes_left = alive

    def dismiss(self, change_id: str) -> None:
        self._spend()
        super().dismiss(change_id)

    def forget_file(self, file: str, *, is_erased: bool = False) -> bool:
        self._spend()
        return super().forget_file(file, is_erased=is_erased)

    def lose_what_others_wrote(self) -> None:
        """Everything that can be fetched again, as a browser short of room takes it. Own saves and the cursor stay."""
        self._changes = {name: held for name, held in self._changes.items() if held.own}
        kept = {held.file for held in self._changes.values()}
        self._files = {name: held for name, held in self._files.items() if name in kept}
        self._parts.clear()
        super().keep_settings({"again": True})

    def list_every(self) -> set[str]:
        """Ids of everything that it holds."""
        return set(self._changes)

    def keep_part(self, name: str, offset: int, content: bytes) -> None:
        self._spend()
        super().keep_part(name, offset, content)

    def drop_parts(self, name: str) -> None:
        self._spend()
        super().drop_parts(name)


@dataclass(slots=True)
class Form:
    """An open form: what it was opened with, and the ids of the changes on the screen, written down by the simulator."""

    view: FileView
    screen: frozenset[str]

    def beside(self, other: Form) -> Form:
        """Both on one screen."""
        return Form(self.view, self.screen | other.screen)


@dataclass(slots=True)
class Phone:
    """One installation in one person's hand. `past`: copies of the store from before, for roll-backs and clones."""

    name: str
    person: str
    keys: Keys
    store: PhoneStore
    rng: Random
    version: int = 1
    offset: int = 0
    is_offline: bool = False
    is_revoked: bool = False
    is_doubtful: bool = False  # its store was copied or rolled back: a person will enrol it anew
    form: Form | None = None
    past: list[PhoneStore] = field(default_factory=list)
    dismissed: set[str] = field(default_factory=set)

    def rules_of(self, kind: str) -> Rules | None:
        return VERSIONS[self.version]

    def device(self, transport: Transport, now: Callable[[], int]) -> Device:
        """The app, as it starts on this phone."""
        return Device(self.store, transport, self.rules_of, now=now, random_bytes=self.rng.randbytes)

    def read_screen(self, view: FileView) -> frozenset[str]:
        """Ids of what a form shows now, of its file and what that absorbed: the accepted, and one's own undecided."""
        shown = set()
        files = dict.fromkeys([view.file, *(one["file"] for one in view.state["absorbs"])])
        for stored in [stored for file in files for stored in self.store.list_changes(file)]:
            mine_waits = stored.own and stored.status in ("unsent", "held")
            if not stored.dismissed and (stored.status == "accepted" or mine_waits):
                shown.add(stored.id)
        return frozenset(shown)


def new_store(person: str, keys: Keys, policy: Envelope, server_at: int) -> PhoneStore:
    """A store as enrolment leaves it."""
    identity = Identity(
        deployment=DEPLOYMENT, station=STATION, person=person, replica=keys.replica, signing=keys.pkcs8, receipt="",
        auth="", verdict_key=to_base64url(make_keys(STATION_KEY).public),
    )  # fmt: skip
    store = PhoneStore()
    store.keep_settings({"identity": identity.to_json(), "policy": policy.to_json(), "server_at": server_at})
    return store


def copy_store(store: PhoneStore) -> PhoneStore:
    """The same bytes on another disk, or of yesterday."""
    copied = PhoneStore()
    copied.load(store)
    return copied

"""One history: phones, people, a network and a station on virtual time, step by step, then calm, then the oracles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from sync.change import Envelope
from sync.device.device import Device
from sync.device.errors import DeviceError, StaleSaveError
from sync.device.report import SyncReport
from sync.device.store import StoredChange
from sync.errors import MalformedError
from sync.simulate import memo
from sync.simulate.calls import Calls
from sync.simulate.feed import Feed
from sync.simulate.keys import make_keys
from sync.simulate.kinds import KIND
from sync.simulate.network import Line, Network
from sync.simulate.oracles import watch_reading
from sync.simulate.outcome import Outcome, Saved
from sync.simulate.people import choose_section, first_values, settle_conflicts, type_operations
from sync.simulate.phones import Form, Killed, Phone, PhoneStore, copy_store, new_store
from sync.simulate.plan import FIRST_INSTANT, SCOPES, Plan
from sync.simulate.station import Account, Backup, Station

Ops = list[dict[str, Any]]


class History:
    """The state of one history while it runs. What may happen to it stands in `steps.py` and `calm.py`."""

    def __init__(self, plan: Plan) -> None:
        memo.forget()
        self.plan = plan
        self.outcome = Outcome(plan.seed)
        self.time = FIRST_INSTANT
        self.duties: dict[str, dict[str, str]] = {}
        for person, scope, duty in plan.duties:
            self.duties.setdefault(person, {})[scope] = duty
        self.station = Station({person: dict(held) for person, held in self.duties.items()}, SCOPES)
        self.feed = Feed(self.station, page_entries=plan.page_entries, pack_from=plan.pack_from)
        self.calls = Calls(self.station, self.feed)
        self.network = Network(self.calls, lambda: self.time, self.count, self._watch, plan.fault_chance)
        self.phones: list[Phone] = []
        self.own: dict[str, set[str]] = {}  # by phone: saves that its store must not lose
        self.perished: set[str] = set()  # saves that went down with their storage before anyone else had them
        self.backups: list[Backup] = []
        self._keys = 1
        for number, person in enumerate(plan.people):
            self.add_phone(f"p{number}", person)
        self._begin()

    def _begin(self) -> None:
        """The first files are made, by the worker where they may, and everyone gets them: from here on they can meet."""
        rng, chance = Random(self.plan.seed), self.network.chance  # noqa: S311 - luck of a simulation
        self.network.chance = 0.0
        makers = [
            self.phones[0 if scope in self.duties[self.plan.people[0]] else 1] for scope in SCOPES[: self.plan.files]
        ]
        for maker, scope in zip(makers, SCOPES, strict=False):
            self.save(maker, rng, None, first_values(rng), scope=scope)
            self.sync(maker, rng)
        for phone in self.phones:
            if phone is not makers[-1]:  # the last to make one has everything
                self.sync(phone, rng)
        self.network.chance = chance

    def count(self, fault: str) -> None:
        self.outcome.faults[fault] += 1
        self.note("fault", fault)

    def note(self, *words: object) -> None:
        self.outcome.trace.append(" ".join(map(str, words)))

    def _watch(self, replica: str, page: Mapping[str, Any]) -> None:
        person = self.station.accounts[replica].person
        for says in watch_reading(page, person, self.duties.get(person, {}), self._home_of):
            self.outcome.accuse("read_outside_scope", says)

    def _home_of(self, file: str) -> str | None:
        case = self.station.find_case(file)
        return case.scope if case else None

    # --- phones ------------------------------------------------------------------------------------------------------

    def add_phone(self, name: str, person: str) -> Phone:
        """Enrol a phone under a key that was never used."""
        self._keys += 1
        keys = make_keys(self._keys)
        account = Account(keys.replica, person, keys.public)
        self.station.accounts[keys.replica] = account
        store = new_store(person, keys, self.calls.policy(account), self.time)
        phone = Phone(name, person, keys, store, Random(f"{self.plan.seed}/{self._keys}"))  # noqa: S311
        self.phones.append(phone)
        self.own[name] = set()
        return phone

    def enrol_again(self, phone: Phone) -> None:
        """A new key and an empty store on the same phone; what only the old store held is gone."""
        self.lose_storage(phone)
        fresh = self.add_phone(phone.name, phone.person)
        self.phones.remove(fresh)
        phone.keys, phone.store, phone.rng = fresh.keys, fresh.store, fresh.rng
        phone.form, phone.is_doubtful, phone.is_revoked = None, False, False
        phone.past.clear()
        phone.dismissed.clear()

    def lose_storage(self, phone: Phone) -> None:
        """What was saved here and reached nobody perishes; the phone answers for it no more."""
        others = [other for other in self.phones if other is not phone]
        elsewhere = {name for other in others for name in self.own[other.name]}
        self.perished |= {one for one in self.own[phone.name] if one not in self.station.rows and one not in elsewhere}
        self.own[phone.name] = set()

    def roll_back(self, phone: Phone, store: PhoneStore) -> None:
        """The phone's storage is this copy from before."""
        self.lose_storage(phone)
        phone.store = copy_store(store)
        phone.form, phone.is_doubtful = None, True
        self.own[phone.name] = {one.id for one in phone.store.list_own()}
        phone.dismissed = {one.id for one in phone.store.list_own() if one.dismissed}

    # --- the station's backups ---------------------------------------------------------------------------------------

    def back_up(self, rng: Random) -> None:
        """Now and then a backup is made; the last two are kept."""
        if rng.random() < 0.15:
            self.keep_backup()

    def keep_backup(self) -> None:
        self.backups = [*self.backups[-1:], self.station.back_up()]
        self.station.backed_up = min(backup.log.last_place for backup in self.backups)

    def restore(self, backup: Backup, *, is_noticed: bool) -> None:
        """The station forgets what came after the backup. A save perishes with that where no phone has to have it.

        `is_noticed`: the file beside the database tells the server at its start; else a phone or the operator will.
        """
        before, epoch = set(self.station.rows), self.station.log.epoch
        self.station.restore(backup)
        self.feed.restore(self.station.log.size)
        if is_noticed:
            self.station.log.restart_from_generation(epoch, self.time)
        kept = {name for phone in self.phones for name in self.own[phone.name]}
        self.perished |= before - set(self.station.rows) - kept

    def clone(self, phone: Phone) -> None:
        """The same store and the same key on a second phone."""
        name = f"{phone.name}c{len(self.phones)}"
        twin = Phone(name, phone.person, phone.keys, copy_store(phone.store), Random(name), phone.version)  # noqa: S311
        twin.is_revoked, twin.is_doubtful, phone.is_doubtful = phone.is_revoked, True, True
        twin.dismissed = set(phone.dismissed)
        self.phones.append(twin)
        self.own[name] = set(self.own[phone.name])

    def clock(self, phone: Phone) -> Callable[[], int]:
        return lambda: max(0, self.time + phone.offset)

    def line(self, phone: Phone, rng: Random) -> Line:
        return Line(self.network, rng, phone.keys.replica, is_cut=phone.is_offline)

    def device(self, phone: Phone, rng: Random, line: Line | None = None) -> Device:
        return phone.device(line or self.line(phone, rng), self.clock(phone))

    # --- what people do ----------------------------------------------------------------------------------------------

    def open_form(self, phone: Phone, rng: Random) -> Form | None:
        """Open some file that the phone holds."""
        device = self.device(phone, rng)
        files = device.list_files(KIND)
        if not files:
            return None
        return self._open(phone, device, rng.choice(files).file)

    def list_forms(self, phone: Phone, rng: Random) -> list[Form]:
        device = self.device(phone, rng)
        return [self._open(phone, device, file.file) for file in device.list_files(KIND)]

    def _open(self, phone: Phone, device: Device, file: str) -> Form:
        view = device.open_file(file)
        self.outcome.conflicts |= {(file, conflict["id"]) for conflict in view.state["conflicts"]}
        return Form(view, phone.read_screen(view))

    def save(self, phone: Phone, rng: Random, form: Form | None, ops: Ops, **act: Any) -> bool:
        """Press Save on a form (None: on a new file). Whether it was stored; a killed app may have stored it too."""
        given = {name: value for name, value in act.items() if name != "approved"}
        approved, device = act.get("approved"), self.device(phone, rng)

        def on_added(stored: StoredChange) -> None:
            self._remember(phone, stored, form.screen if form else frozenset(), approved)

        if form is None:
            return self._press(phone, on_added, lambda: device.create_file(KIND, given["scope"], ops))
        return self._press(phone, on_added, lambda: device.save(form.view, ops, **given))

    def undo_merge(self, phone: Phone, rng: Random, form: Form, absorbed: str) -> bool:
        """Part two files again; what was said in the survivor of the other's own is entered there as a save."""
        device = self.device(phone, rng)

        def on_added(stored: StoredChange) -> None:
            is_undo = stored.change().act == "unmerge"
            screen = form.screen if is_undo else phone.read_screen(device.open_file(stored.file))
            self._remember(phone, stored, screen - {stored.id}, None)

        return self._press(phone, on_added, lambda: device.undo_merge(form.view, absorbed))

    def _remember(
        self, phone: Phone, stored: StoredChange, screen: frozenset[str], approved: dict[str, Any] | None
    ) -> None:
        self.outcome.saved[stored.id] = Saved(stored.change(), stored.envelope.body, screen, approved)
        self.own[phone.name].add(stored.id)
        self.note("saved", phone.name, stored.id[:12], stored.dot.seq)

    def _press(self, phone: Phone, on_added: Callable[[StoredChange], None], save: Callable[[], object]) -> bool:
        """Press Save. Whether it was stored; a killed app may have stored it too."""
        before, phone.store.on_added = phone.store.on_added, on_added
        try:
            save()
        except StaleSaveError:
            self.note("stale", phone.name)
            return False
        except (DeviceError, MalformedError) as error:
            self.note("refused", phone.name, error.code)
            return False
        finally:
            phone.store.on_added = before
        return True

    def save_something(self, phone: Phone, rng: Random, *, fresh: bool = False) -> bool:
        """Type on the open form, or on one that is opened now, and save it."""
        form = phone.form if phone.form and not fresh and rng.random() < 0.6 else self.open_form(phone, rng)
        rules = phone.rules_of(KIND)
        assert rules is not None  # noqa: S101 - a phone knows the kind of its files
        phone.form = form if rng.random() < 0.3 else None
        if form is None or rng.random() < 0.02:
            scope = rng.choice(sorted(self.duties.get(phone.person) or SCOPES))
            return self.save(phone, rng, None, first_values(rng), scope=scope)
        return self.save(phone, rng, form, type_operations(rng, form.view, rules, self.plan.focus))

    def act_on_section(self, phone: Phone, rng: Random) -> None:
        """Submit, approve, return or withdraw what a form shows."""
        form = self.open_form(phone, rng)
        chosen = choose_section(rng, form.view) if form else None
        if form is None or chosen is None:
            return
        act, section = chosen
        shown = form.view.state["sections"][section]
        content = shown["content"]
        if act in ("return", "withdraw") and shown["submitted"]:
            content = shown["submitted"]["content"]
        about: dict[str, Any] = {"section": section, "content": content, "schema": form.view.state["rules_version"]}
        if act == "approve":
            about["step"] = 1
        self.save(
            phone,
            rng,
            form,
            [],
            act=act,
            about=about,
            approved=_pinned(form, section, phone) if act == "approve" else None,
        )

    def settle(self, phone: Phone, rng: Random) -> None:
        """Decide the conflicts that a form shows."""
        form = self.open_form(phone, rng)
        operations = settle_conflicts(rng, form.view) if form else []
        if operations:
            self.save(phone, rng, form, operations, act="resolve")

    def sync(
        self, phone: Phone, rng: Random, *, kill_after: int | None = None, during: Callable[[], None] | None = None
    ) -> SyncReport | None:
        """Let the phone sync; None when it was killed meanwhile."""
        line = self.line(phone, rng)
        line.during = during
        phone.store.writes_left = kill_after
        try:
            report = self.device(phone, rng, line).sync()
        except Killed:
            self.count("killed_in_sync")
            phone.form = None
            return None
        finally:
            phone.store.writes_left = None
        self.note("synced", phone.name, report.pushed, report.pulled, sorted(report.verdicts.items()), report.unsent)
        return report

    def push_altered(self, phone: Phone, rng: Random) -> None:
        """Something on the way alters an unsent save; the server must not take it for the author's word."""
        unsent = phone.store.list_unsent()
        if unsent and not phone.is_offline and not phone.is_revoked:
            sound = rng.choice(unsent).envelope
            altered = Envelope(
                sound.body.replace('"salt":"', '"salt":"0', 1) if rng.random() < 0.5 else sound.body, sound.sig[::-1]
            )
            self.count("altered_change")
            self.station.receive([altered], self.station.accounts[phone.keys.replica], self.time)


def _pinned(form: Form, section: str, phone: Phone) -> dict[str, Any]:
    """The pinned values that stood on an approver's screen."""
    rules = phone.rules_of(KIND)
    rule = rules.find_section(section) if rules else None
    assert rules is not None and rule is not None  # noqa: S101, PT018
    paths = form.view.state["paths"]
    return {path: paths[path]["value"] for path in rules.pinned_paths(section, rule) if path in paths}

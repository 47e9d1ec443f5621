"""What may happen in a history: one function a kind of step. A step for which nothing is ready does nothing."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final

from sync.simulate.history import History
from sync.simulate.kinds import NEWEST
from sync.simulate.phones import Killed, Phone, copy_store
from sync.simulate.plan import SCOPES, Step

DAY: Final = 86_400_000
YEAR: Final = 365 * DAY


def take(history: History, step: Step) -> None:
    """Let one step happen."""
    rng = Random(step.seed)  # noqa: S311 - luck of a simulation
    history.time += rng.choice((0, 1_000, 60_000, DAY, 3 * DAY))
    history.back_up(rng)
    history.network.deliver_late(rng)
    phone = history.phones[step.phone % len(history.phones)]
    history.note("step", step.kind, phone.name)
    STEPS[step.kind](history, phone, rng)


def _save(history: History, phone: Phone, rng: Random) -> None:
    if rng.random() < 0.35:
        phone.past = [*phone.past[-2:], copy_store(phone.store)]  # a backup of the phone's storage
    history.save_something(phone, rng)


def _open(history: History, phone: Phone, rng: Random) -> None:
    phone.form = history.open_form(phone, rng)


def _act(history: History, phone: Phone, rng: Random) -> None:
    history.act_on_section(phone, rng)


def _resolve(history: History, phone: Phone, rng: Random) -> None:
    history.settle(phone, rng)


def _sync(history: History, phone: Phone, rng: Random) -> None:
    history.sync(phone, rng)


def decide(history: History, _phone: Phone, rng: Random) -> None:
    """A deputy looks at what waits, and takes it in or declines it."""
    waiting = history.station.list_waiting()
    if waiting:
        name, row = rng.choice(waiting)
        case = history.station.find_case(row.file)
        scope = row.asks or (case.scope if case else None)
        deputies = [p for p, held in sorted(history.duties.items()) if held.get(scope or "") in ("deputy", "head")]
        others = [person for person in deputies if person != row.person]
        if others:
            accept = rng.random() < 0.6
            done = history.station.decide(name, rng.choice(others), accept=accept, now=history.time)
            history.note("decided", name[:12], accept, done)


def _dismiss(history: History, phone: Phone, rng: Random) -> None:
    refused = [one for one in phone.store.list_own() if one.status in ("returned", "declined") and not one.dismissed]
    if refused:
        chosen = rng.choice(refused).id
        history.device(phone, rng).dismiss(chosen)
        phone.dismissed.add(chosen)


def _clock_jump(history: History, phone: Phone, rng: Random) -> None:
    phone.offset = rng.choice((-10 * YEAR, -2 * YEAR, -3 * DAY, -3_600_000, 0, 3_600_000, 3 * DAY, YEAR))
    history.count("clock_jump")


def _partition(history: History, phone: Phone, rng: Random) -> None:
    """A valley without a network; the next one ends it."""
    phone.is_offline = not phone.is_offline
    if phone.is_offline:
        history.count("partition")


def _killed_in_sync(history: History, phone: Phone, rng: Random) -> None:
    history.sync(phone, rng, kill_after=rng.randrange(4))


def _killed_in_save(history: History, phone: Phone, rng: Random) -> None:
    phone.store.writes_left = rng.randrange(2)
    try:
        history.save_something(phone, rng)
    except Killed:
        history.count("killed_in_save")
        phone.form = None
    finally:
        phone.store.writes_left = None


def _server_killed(history: History, phone: Phone, rng: Random) -> None:
    """The server dies before a transaction ends or before it has answered. At its start everything is judged again."""
    history.network.is_dying = True
    history.count("server_killed")
    history.sync(phone, rng)
    history.network.is_dying = False
    for file in list(history.station.states):
        history.station.judge_held_again(file)


def _evicted(history: History, phone: Phone, _rng: Random) -> None:
    """The browser threw the whole storage away, key and outbox included."""
    history.count("evicted")
    history.enrol_again(phone)


def _transfer(history: History, phone: Phone, rng: Random) -> None:
    """A family moves to another patch."""
    form = history.open_form(phone, rng)
    if form and history.save(phone, rng, form, [], act="transfer", to=rng.choice(SCOPES)):
        history.count("transfer")


def _merge(history: History, phone: Phone, rng: Random) -> None:
    """Two files of one household are made one."""
    forms = history.list_forms(phone, rng)
    if len(forms) > 1:
        survivor, absorbed = rng.sample(forms, 2)
        merge = {"file": absorbed.view.file, "base": absorbed.view.base.to_json()}
        if history.save(phone, rng, survivor.beside(absorbed), [], act="merge", merge=merge):
            history.count("merge")


def _unmerge(history: History, phone: Phone, rng: Random) -> None:
    """They were two households after all."""
    merged = [one for one in history.list_forms(phone, rng) if one.view.state["absorbs"]]
    if merged:
        form = rng.choice(merged)
        absorbed = rng.choice(form.view.state["absorbs"])
        if history.undo_merge(phone, rng, form, absorbed["file"]):
            history.count("unmerge")


def _evicted_part(history: History, phone: Phone, _rng: Random) -> None:
    """The browser needed room: what can be fetched again went, and the app asks for it anew."""
    history.count("evicted_part")
    phone.store.lose_what_others_wrote()
    phone.form = None


_DOUBLED: Final = {"rolled_back", "cloned", "renumbered", "given_twice"}


def _is_restored_enough(history: History) -> bool:
    """Whether a dot may have been given twice by now: one restart more is a limit that README.md names under "Open"."""
    restored = history.outcome.faults.keys() & {"server_restored", "given_twice"}
    return bool(restored and history.outcome.faults.keys() & _DOUBLED)


def _server_restored(history: History, _phone: Phone, rng: Random) -> None:
    """Yesterday's backup is put back over the station's database."""
    if history.backups and not _is_restored_enough(history):
        history.count("server_restored")
        history.restore(rng.choice(history.backups), is_noticed=rng.random() < 0.4)


def _rolled_back(history: History, phone: Phone, rng: Random) -> None:
    """The phone's storage is as it was some time ago; its numbers run a second time."""
    if phone.past:
        history.count("rolled_back")
        history.roll_back(phone, rng.choice(phone.past))


def _renumbered(history: History, phone: Phone, rng: Random) -> None:
    """Put back to just before a save that was sent, the phone gives the save's number again, and goes on from there."""
    before = copy_store(phone.store)
    if history.save_something(phone, rng, fresh=True):
        history.count("renumbered")
        history.sync(phone, rng)
        history.roll_back(phone, before)
        for _ in range(rng.randint(1, 4)):
            history.save_something(phone, rng, fresh=True)
        if rng.random() < 0.4:
            _merge(history, phone, rng)  # and so names the number in another file
        if rng.random() < 0.7:
            history.sync(phone, rng)


def _given_twice(history: History, phone: Phone, rng: Random) -> None:
    """Server and phone are both put back to before a save that others had built on; its number is given a second time."""
    before = copy_store(phone.store)
    if _is_restored_enough(history):
        return
    history.keep_backup()
    if not history.save_something(phone, rng, fresh=True):
        return
    history.count("given_twice")
    history.sync(phone, rng)
    others = [one for one in history.phones if one is not phone]
    _build_on(history, others, rng)
    history.time += 60_000
    history.restore(history.backups[-1], is_noticed=rng.random() < 0.4)
    history.roll_back(phone, before)
    history.save_something(phone, rng, fresh=True)
    if rng.random() < 0.7:
        history.sync(phone, rng)
    _build_on(history, others, rng)


def _build_on(history: History, phones: list[Phone], rng: Random) -> None:
    """Some others fetch what there is; some of those save something that they saw it with, and some of these send it."""
    for phone in rng.sample(phones, rng.randint(0, len(phones))):
        history.sync(phone, rng)
        if rng.random() < 0.6:
            history.save_something(phone, rng, fresh=True)
            if rng.random() < 0.6:
                history.sync(phone, rng)


def _cloned(history: History, phone: Phone, _rng: Random) -> None:
    if len(history.phones) < 8:
        history.count("cloned")
        history.clone(phone)


def _two_tabs(history: History, phone: Phone, rng: Random) -> None:
    """Another tab saves between this one's look at the chain and its write; then the person tries again."""
    history.count("two_tabs")
    other = Random(rng.getrandbits(32))  # noqa: S311
    phone.store.before_add = lambda: _save_fresh(history, phone, other)
    if not history.save_something(phone, rng):
        history.save_something(phone, rng, fresh=True)
    phone.store.before_add = None


def _save_fresh(history: History, phone: Phone, rng: Random) -> None:
    history.save_something(phone, rng, fresh=True)


def _saved_during_sync(history: History, phone: Phone, rng: Random) -> None:
    history.count("saved_during_sync")
    other = Random(rng.getrandbits(32))  # noqa: S311
    history.sync(phone, rng, during=lambda: _save_fresh(history, phone, other))


def _revoked(history: History, phone: Phone, _rng: Random) -> None:
    """Reported lost; whoever has it goes on using it."""
    history.count("revoked")
    history.station.revoked.add(phone.keys.replica)
    for one in history.phones:
        one.is_revoked = one.is_revoked or one.keys.replica == phone.keys.replica


def _role_changed(history: History, phone: Phone, rng: Random) -> None:
    """Someone gets or loses a patch, or another duty on it."""
    history.count("role_changed")
    held = dict(history.duties.get(phone.person, {}))
    scope = rng.choice(SCOPES)
    if scope in held and rng.random() < 0.6:
        del held[scope]
    else:
        held[scope] = rng.choice(("worker", "deputy"))
    history.duties = {**history.duties, phone.person: held}
    history.station.epochs.append({person: dict(duties) for person, duties in history.duties.items()})


def _schema_upgrade(history: History, phone: Phone, rng: Random) -> None:
    """The app or the server gets the newer version of the kind; either may be first."""
    history.count("schema_upgrade")
    if rng.random() < 0.5:
        phone.version, phone.form = NEWEST, None
    else:
        upgrade(history)


def upgrade(history: History) -> None:
    history.station.version = NEWEST
    for file in list(history.station.states):
        history.station.judge_held_again(file)


def _altered_change(history: History, phone: Phone, rng: Random) -> None:
    history.push_altered(phone, rng)


STEPS: Final[dict[str, Callable[[History, Phone, Random], None]]] = {
    "save": _save,
    "open": _open,
    "act": _act,
    "resolve": _resolve,
    "sync": _sync,
    "decide": decide,
    "dismiss": _dismiss,
    "clock_jump": _clock_jump,
    "partition": _partition,
    "killed_in_sync": _killed_in_sync,
    "killed_in_save": _killed_in_save,
    "server_killed": _server_killed,
    "evicted": _evicted,
    "transfer": _transfer,
    "merge": _merge,
    "unmerge": _unmerge,
    "evicted_part": _evicted_part,
    "server_restored": _server_restored,
    "rolled_back": _rolled_back,
    "cloned": _cloned,
    "renumbered": _renumbered,
    "given_twice": _given_twice,
    "two_tabs": _two_tabs,
    "saved_during_sync": _saved_during_sync,
    "revoked": _revoked,
    "role_changed": _role_changed,
    "schema_upgrade": _schema_upgrade,
    "altered_change": _altered_change,
}

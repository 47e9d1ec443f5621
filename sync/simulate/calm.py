"""The faults stop: everyone has a network, apps and server are of the newest version, deputies decide what is theirs.

Within a few rounds every outbox must have its verdicts; whatever waited for something that came must move by itself.
"""

from __future__ import annotations

from random import Random
from typing import Final

from sync.simulate.history import History
from sync.simulate.kinds import NEWEST
from sync.simulate.phones import Phone
from sync.simulate.steps import upgrade

ROUNDS: Final = 12
FORCED_FROM: Final = 4
_DECIDER: Final = "9" * 32
_WAITS_BY_ITSELF: Final = ("dependency_missing", "dependency_held", "dependency_undecided")


def bring_calm(history: History) -> None:
    """Sync until nothing moves, and accuse what does not come to rest."""
    rng = Random(history.plan.seed)  # noqa: S311 - luck of a simulation
    history.network.chance = 0.0
    history.network.deliver_late(None)
    for phone in history.phones:
        phone.is_offline, phone.form, phone.version = False, None, NEWEST
    upgrade(history)
    for number in range(ROUNDS):
        history.time += 60_000
        if _round(history, rng, is_forced=number >= FORCED_FROM):
            return
    unsent = {phone.name: len(phone.store.list_unsent()) for phone in history.phones if not phone.is_revoked}
    waiting = {name[:12]: [r.code for r in row.verdict.reasons] for name, row in history.station.list_waiting()}
    history.outcome.accuse("liveness", f"no rest after {ROUNDS} rounds: unsent {unsent}, waiting {waiting}")


def _round(history: History, rng: Random, *, is_forced: bool) -> bool:
    """One round. Whether nothing moved and nothing is left to say."""
    before = history.station.log.size
    if history.station.log.witnesses:
        history.station.log.restart_by_hand(history.time)
    restless = False
    for phone in list(history.phones):
        report = history.sync(phone, rng)
        if phone.is_doubtful and not phone.is_revoked and not phone.store.list_unsent():
            history.enrol_again(phone)  # the rule for a storage in doubt: a new key
            restless = True
        elif report and not phone.is_revoked:
            restless = restless or bool(report.unsent) or not report.complete
    restless = _decide(history, rng, is_forced=is_forced) or restless
    return not restless and history.station.log.size == before and not history.station.list_waiting()


def _decide(history: History, rng: Random, *, is_forced: bool) -> bool:
    """The head decides all that a person has to decide. What waits for another change is left alone.

    `is_forced`: but not for ever, where that may have perished with a storage or with what a restored server forgot.
    """
    is_forced = is_forced and bool(history.perished)
    decided = False
    for name, _ in history.station.list_waiting():
        current = history.station.rows[name].verdict
        if current.status == "held" and current.reasons[0].code in _WAITS_BY_ITSELF and not is_forced:
            continue
        if current.status in ("held", "quarantined"):
            accept = rng.random() < 0.5 and history.station.decide(name, _DECIDER, accept=True, now=history.time)
            if not accept:
                history.station.decide(name, _DECIDER, accept=False, now=history.time)
            history.note("decided", name[:12], accept)
            decided = True
    return decided


def readers(history: History) -> list[Phone]:
    """Phones whose contents must equal the server's now."""
    return [phone for phone in history.phones if not phone.is_revoked and not phone.is_doubtful]

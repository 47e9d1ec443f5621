"""The oracles asked about a whole history that has come to rest."""

from __future__ import annotations

from sync.places import accepted_of, list_circle
from sync.simulate.calm import readers
from sync.simulate.history import History
from sync.simulate.kinds import NEWEST
from sync.simulate.mirror import FoldAsked
from sync.simulate.oracles import fold_newest, judge_replacing, judge_snapshots, same_digest
from sync.simulate.phones import Phone


def judge_history(history: History) -> None:
    """Accuse whatever is wrong."""
    _judge_server(history)
    for phone in readers(history):
        _judge_copy(history, phone)
    _judge_keeping(history)
    for row in history.station.rows.values():
        history.outcome.statuses[row.verdict.status] += 1


def _judge_server(history: History) -> None:
    for file, state in sorted(history.station.states.items()):
        if not state.accepted:
            continue
        given = accepted_of(list_circle([file], history.station.state))
        folded = fold_newest(given, file)
        history.outcome.finals.append(FoldAsked(NEWEST, file, tuple(given)))
        history.note("folded", file[:8], history.feed.digest(file, history.station.log.last_place))
        shown = {file, *(one["file"] for one in folded["absorbs"])}
        accepted = [history.outcome.saved[item.change.id] for item in given if item.change.file in shown]
        for oracle, says in judge_replacing(folded, accepted, history.outcome.saved.values()):
            history.outcome.accuse(oracle, says)
        for says in judge_snapshots(folded, (saved for saved in accepted if saved.change.file == file)):
            history.outcome.accuse("changed_snapshot", says)
        history.outcome.conflicts |= {(file, conflict["id"]) for conflict in folded["conflicts"]}


def _judge_copy(history: History, phone: Phone) -> None:
    """A phone holds the files of its patches, no others, and folds them to the server's state."""
    scopes = history.duties.get(phone.person, {})
    upto = history.station.log.last_place
    for case in history.station.files:
        theirs = history.feed.digest(case.file, upto)
        stored = phone.store.find_file(case.file)
        if case.scope in scopes and theirs is not None:
            if stored is None:
                history.outcome.accuse("divergence", f"{phone.name} lacks the file {case.file[:8]}")
            elif stored.left:
                history.outcome.accuse(
                    "divergence", f"{phone.name} keeps {case.file[:8]} shut, which is its patch's again"
                )
            elif not same_digest(phone.store, case.file, theirs):
                history.outcome.accuse("divergence", f"{phone.name} folds {case.file[:8]} to another state")
        elif case.scope not in scopes and stored and not stored.left and not _is_all_own(phone, case.file):
            history.outcome.accuse("read_outside_scope", f"{phone.name} keeps {case.file[:8]} of a patch it lost open")


def _is_all_own(phone: Phone, file: str) -> bool:
    """Whether nothing of it was written by anyone else: one's own words come back to any phone of one's own."""
    return all(stored.change().person == phone.person for stored in phone.store.list_changes(file))


def _judge_keeping(history: History) -> None:
    """Every save is with the server or on its phone; one that was refused is on its phone until its author dismisses it."""
    held_somewhere = {one.id for phone in history.phones for one in phone.store.list_own()}
    for name, saved in history.outcome.saved.items():
        row = history.station.rows.get(name)
        if row is None and name not in held_somewhere and name not in history.perished:
            history.outcome.accuse("lost_refused_change", f"{name[:12]} is nowhere")
        elif row is not None and row.envelope.body != saved.body:
            history.outcome.accuse("lost_refused_change", f"{name[:12]} is kept with another text")
    for phone in history.phones:
        mine = {one.id: one for one in phone.store.list_own()}
        for name in sorted(history.own[phone.name]):
            row = history.station.rows.get(name)
            if row is None and phone.is_revoked and mine.get(name) and mine[name].verdict is None:
                history.outcome.accuse("lost_refused_change", f"{name[:12]} never left the revoked {phone.name}")
            if row is None or row.verdict.status == "accepted" or name in phone.dismissed:
                continue
            if name not in mine:
                history.outcome.accuse(
                    "lost_refused_change", f"{name[:12]}, {row.verdict.status}, is gone from {phone.name}"
                )
            elif mine[name].dismissed:
                history.outcome.accuse("lost_refused_change", f"{name[:12]} was put away on {phone.name} by nobody")

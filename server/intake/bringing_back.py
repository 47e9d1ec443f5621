"""What this server forgot when it was put back to an older copy, brought back by devices with its own signed verdicts (L-11).

The verdict counts as it was given: status, position, receipt time. Nothing is judged anew but what waited in the same file.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Literal

from server.devices.rules import Caller
from server.intake.batch import Batch
from server.intake.erasures import is_erased
from server.intake.log import FileState, current_verdict, mark_change, read_or_none, take_row, to_fold_input
from server.intake.tables import Change
from server.keyring.station_keys import get_station_keys
from sync.canonical import sha256_hex
from sync.change import Envelope, verify
from sync.errors import MalformedError
from sync.handover import StationKeys
from sync.places import Fork, is_of_another_log
from sync.verdict import Reason, Verdict, read_verdict, supersedes
from sync.verdicts import Known, is_fork

Code = Literal["taken", "known", "refused"]
_REFUSED: Final = ("returned", "declined")


class BringingBack(Batch):
    """One batch of one station, in the caller's write transaction. Safe to repeat."""

    def take_back(self, items: Sequence[tuple[Envelope, Envelope]], bringer: Caller) -> list[Code]:
        """A code for each (change, verdict): `refused` where this station did not sign that verdict on this very text."""
        if not items:
            return []
        _ = self.keeping.log  # nobody else may move the station's files meanwhile
        self.keeping.read_rows([envelope for envelope, _ in items])
        self.keeping.read_files([envelope for envelope, _ in items])
        keys = get_station_keys(self.session, self.station_id)
        with self.session.no_autoflush:
            codes = [self._take_one(envelope, signed, keys, bringer) for envelope, signed in items]
        self.keeping.write()
        return codes

    def _take_one(self, envelope: Envelope, signed: Envelope, keys: StationKeys, bringer: Caller) -> Code:
        verdict = self._read(envelope, signed, keys)
        if verdict is None or verdict.file is None or verdict.dot is None:
            return "refused"
        if is_erased(self.session, self.station_id, verdict.file):
            return "refused"
        state = self.keeping.state(verdict.file)
        row = self.keeping.rows.get(verdict.change)
        if row is None:
            code = self._take_first(envelope, signed, verdict, state, bringer)
        else:
            known = self.keeping.log.find_recent(row.entry) or current_verdict(self.session, self.context.keyring, row)
            if not supersedes(verdict, read_verdict(known)):
                return "known"
            code = self._take_again(row, envelope, signed, verdict, state)
        self._judge_held_again(state)
        return code

    def _read(self, envelope: Envelope, signed: Envelope, keys: StationKeys) -> Verdict | None:
        """The verdict, if this station gave it on exactly this text."""
        try:
            if not keys.believes(signed):
                return None
            verdict = read_verdict(signed)
        except MalformedError:
            return None
        named = sha256_hex(envelope.body.encode("utf-8", "surrogatepass"))
        return verdict if verdict.change == named else None

    def _take_first(
        self, envelope: Envelope, signed: Envelope, verdict: Verdict, state: FileState, bringer: Caller
    ) -> Code:
        change, _error = read_or_none(envelope)
        dot = verdict.dot
        author = self.authors.find(dot.replica) if dot else None
        # Where the author's key was forgotten too, the verdict itself says that it was once checked.
        if dot is None or (author is not None and not verify(envelope, author.public_key)):
            return "refused"
        is_stray = change is not None and is_of_another_log(change, verdict.received_at, state, self.keeping.state)
        if (
            is_stray and verdict.status not in _REFUSED
        ):  # the dot stays whose it is here: what came back waits beside it
            position = self.keeping.log.next_position
            verdict = replace(
                verdict, status="quarantined", position=position, reasons=(Reason("fork"),), by=None, decided_at=None
            )
        fork = verdict.change if is_fork(verdict) or is_stray or dot in state.known else ""
        row = self.keeping.make_row(
            envelope, verdict, row_id=verdict.change, file=state.file, dot=dot, fork=fork, uploader=bringer,
            person_id=author.person_id if author else change.person if change else bringer.person_id,
            device=author.device if author else dot.replica, act=change.act if change else "",
        )  # fmt: skip
        row.received_at = verdict.received_at
        row.mark = mark_change(self.context.keyring, row)
        if change is not None:
            self.keeping.note_named(row, change, verdict)
            self.keeping.ensure_file(change, verdict, state)
        if fork:
            state.forks[fork] = Fork(dot, verdict.received_at)
        else:
            take_row(state, row, change)
        if change is not None and not fork:
            self.keeping.take_effect(change, verdict, state)
        if is_stray and verdict.position == self.keeping.log.next_position:
            audiences = [*self.keeping.audiences(row.person_id, state), row.person_id]
            self.keeping.log.append(row.change_id, verdict, owner=row.file, is_first=True, audiences=audiences)
        else:
            self._append(row, signed, state, is_first=True)
        return "taken"

    def _take_again(
        self, row: Change, envelope: Envelope, signed: Envelope, verdict: Verdict, state: FileState
    ) -> Code:
        """It was judged anew after the restart; the verdict from before stands (D-2)."""
        was_accepted = row.status == "accepted"
        row.status, row.position, row.duty = verdict.status, verdict.position, verdict.duty or ""
        row.entry, row.received_at = self.keeping.log.next_position, verdict.received_at
        row.mark = mark_change(self.context.keyring, row)
        self.session.add(row)
        change, _error = read_or_none(envelope)
        if row.fork == "" and verdict.dot is not None and is_fork(verdict):  # it was one in the log that was lost
            row.fork = row.change_id
            state.forks[row.change_id] = Fork(verdict.dot, verdict.received_at)
            state.known.pop(verdict.dot, None)
            state.held = [held for held in state.held if held != row.change_id]
            state.accepted = [item for item in state.accepted if item.change.id != row.change_id]
        if row.fork == "" and verdict.dot is not None:
            state.known[verdict.dot] = Known(row.change_id, verdict.status, verdict.received_at)
            state.held = [held for held in state.held if held != row.change_id]
            state.accepted = [item for item in state.accepted if item.change.id != row.change_id]
            if verdict.status == "accepted" and change is not None:
                state.accepted.append(to_fold_input(row, change))
            elif verdict.status == "held":
                state.held.append(row.change_id)
        if change is not None:
            self.keeping.ensure_file(change, verdict, state)
            if was_accepted and state.row is not None:
                state.row.changes -= 1
            self.keeping.take_effect(change, verdict, state)
        self._append(row, signed, state, is_first=False)
        return "taken"

    def _append(self, row: Change, signed: Envelope, state: FileState, *, is_first: bool) -> None:
        audiences = self.keeping.audiences(row.person_id, state)
        self.keeping.log.append_signed(
            row.change_id, row.status, signed, owner=row.file, is_first=is_first, audiences=audiences
        )  # fmt: skip

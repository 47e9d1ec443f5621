"""What people decide about one change that waits: a deputy takes it in or declines it, its author puts it away.

Looking writes nothing: `look` says what the change waits for and what taking it in would bring, by the same judgement.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from server.devices.rules import Caller
from server.errors import YihuError
from server.intake import queries
from server.intake.batch import Batch
from server.intake.checks import find_rules
from server.intake.log import FileState, current_verdict, open_body
from server.intake.places import accepted_of, list_circle
from server.intake.tables import Change
from sync import change as changes
from sync.change import Envelope
from sync.fold import FoldInput, fold
from sync.verdict import Reason, Verdict, read_verdict
from sync.verdicts import Judgement, Known, is_fork
from sync.versions import Dot

DECIDERS = ("deputy", "head")
WAITING = ("held", "quarantined")
# What this server cannot read it cannot take in either, whoever asks: it waits for an upgrade, or is declined.
UNREADABLE = frozenset({"kind_unknown", "schema_newer", "act_unknown"})
_POSITION_NEXT = 2**53 - 1


@dataclass(frozen=True)
class Author:
    """Whose change is waited for; None where its replica was never heard of."""

    replica: str
    seq: int
    person_id: str | None


@dataclass(frozen=True)
class Outlook:
    """What taking a change in would bring: its verdict, and the paths at which several values would then stand open."""

    status: str
    reasons: tuple[Reason, ...]
    conflicts: tuple[str, ...]


@dataclass(frozen=True)
class Look:
    row: Change
    scope: str
    envelope: Envelope
    verdict: Envelope
    waits_for: tuple[Author, ...]
    outlook: Outlook | None  # None: it can never be taken in as it stands


class Decisions(Batch):
    """One station's decisions of one transaction. `may_be_returned`: ids of returned changes that their authors ask about."""

    def look(self, change_id: str, decider: Caller) -> Look:
        """Reads only. Raises `not_found` for whoever is neither deputy nor head where the file lives."""
        row = self._get_row(change_id)
        state = self.keeping.state(row.file)
        if state.row is None or not decider.has_duty(*DECIDERS, scope=row.asks or state.row.scope):
            raise YihuError("not_found")
        envelope = open_body(self.session, self.context.keyring, row)
        verdict = current_verdict(self.session, self.context.keyring, row)
        change = changes.read_change(envelope) if row.act else None
        waits: tuple[Dot, ...] = ()
        if change is not None and row.status == "held":
            waits = self._judge(change, self.authors.find(row.replica), state, uploaded_by=row.uploaded_by).waits_for
        outlook = self._outlook(row, change, state, verdict)
        return Look(row, state.row.scope, envelope, verdict, tuple(self._author_of(dot) for dot in waits), outlook)

    def decide(
        self,
        change_id: str,
        decider: Caller,
        *,
        is_accepted: bool,
        reason: str | None,
        is_bulk: bool = False,
        may_be_returned: bool = False,
    ) -> Envelope:
        """A deputy takes a held or quarantined change in, or declines it.

        In bulk only what opens no conflict and breaks no rule is taken in; anything else asks for a look (`needs_look`).
        """
        _ = self.keeping.log
        row = self._get_row(change_id)
        state = self.keeping.state(row.file)
        self._check_decider(row, state, decider, may_be_returned=may_be_returned)
        if not is_accepted:
            return self._conclude(row, state, (Reason("declined", say=reason),), decider)
        if row.status not in WAITING:
            raise YihuError("cannot_accept")
        change = changes.read_change(open_body(self.session, self.context.keyring, row))
        judgement = self._admit(row, change, state)
        if judgement is None:
            raise YihuError("cannot_accept")
        if is_bulk and (judgement.status != "accepted" or self._new_conflicts(change, judgement, state)):
            raise YihuError("needs_look")
        if reason:
            said = tuple(replace(one, say=reason) if one.code == "admitted" else one for one in judgement.reasons)
            judgement = replace(judgement, reasons=said)
        verdict = self._verdict(judgement, change, row.received_at)
        signed = self.keeping.append_again(
            row, change, replace(verdict, by=decider.person_id, decided_at=self.now), state
        )
        self._judge_held_again(state)
        self.keeping.write()
        return signed

    def conclude_reissued(
        self, change_id: str, decider: Caller, instead: str, *, reason: str | None, may_be_returned: bool
    ) -> Envelope:
        """The decider has entered the words again as an accepted change of her own that names this one (C-8)."""
        _ = self.keeping.log
        row = self._get_row(change_id)
        state = self.keeping.state(row.file)
        self._check_decider(row, state, decider, may_be_returned=may_be_returned)
        again = queries.find_change(self.session, self.station_id, instead)
        if again is None or again.status != "accepted" or again.file != row.file:
            raise YihuError("invalid_value", field="instead")
        named = changes.read_change(open_body(self.session, self.context.keyring, again)).reissues
        if named != change_id or again.person_id != decider.person_id:
            raise YihuError("invalid_value", field="instead")
        return self._conclude(row, state, (Reason("reissued", say=reason),), decider)

    def dismiss(self, change_id: str, author: Caller) -> Envelope:
        """Its author puts a returned change, or a fork, away. The server has it, and keeps it. Safe to repeat."""
        _ = self.keeping.log
        row = self._get_row(change_id)
        if row.person_id != author.person_id:
            raise YihuError("not_found")
        verdict = current_verdict(self.session, self.context.keyring, row)
        if row.status == "declined":
            return verdict
        if row.status != "returned" and not (row.status == "quarantined" and is_fork(read_verdict(verdict))):
            raise YihuError("change_final" if row.status == "accepted" else "change_waits")
        return self._conclude(row, self.keeping.state(row.file), (Reason("dismissed"),), author)

    # --- parts --------------------------------------------------------------------------------------------------------

    def _get_row(self, change_id: str) -> Change:
        row = queries.find_change(self.session, self.station_id, change_id)
        if row is None:
            raise YihuError("not_found")
        return row

    def _check_decider(self, row: Change, state: FileState, decider: Caller, *, may_be_returned: bool) -> None:
        if state.row is None or not decider.has_duty(*DECIDERS, scope=row.asks or state.row.scope):
            raise YihuError("not_found")
        if row.person_id == decider.person_id and not self.station.is_single_post:
            raise YihuError("not_allowed")
        if row.status not in WAITING and not (row.status == "returned" and may_be_returned):
            raise YihuError("change_final")

    def _admit(self, row: Change, change: changes.Change, state: FileState) -> Judgement | None:
        """The judgement with the deputy behind it, or None where nobody can take the change in as it stands."""
        now = read_verdict(current_verdict(self.session, self.context.keyring, row))
        # A fork stays one (D-11), also one whose reason was found in a log that was lost and shows nowhere here.
        if row.fork or {reason.code for reason in now.reasons} & UNREADABLE:
            return None
        judgement = self._judge(
            change, self.authors.find(row.replica), state, uploaded_by=row.uploaded_by, is_admitted=True
        )  # fmt: skip
        return None if judgement.status in WAITING else judgement

    def _outlook(
        self, row: Change, change: changes.Change | None, state: FileState, verdict: Envelope
    ) -> Outlook | None:
        if change is None or row.status not in WAITING or is_fork(read_verdict(verdict)):
            return None
        judgement = self._admit(row, change, state)
        if judgement is None:
            return None
        opened = self._new_conflicts(change, judgement, state) if judgement.status == "accepted" else ()
        return Outlook(judgement.status, judgement.reasons, tuple(opened))

    def _new_conflicts(self, change: changes.Change, judgement: Judgement, state: FileState) -> Sequence[str]:
        """Paths of the conflicts that stand open with this change and not without it."""
        rules = find_rules(change.kind)
        if rules is None:
            return ()
        verdict = judgement.to_verdict(change, position=_POSITION_NEXT, received_at=self.now)
        accepted = accepted_of(list_circle([state.file, *changes.files_named(change)], self.keeping.state))
        before = {one["id"] for one in fold(rules, accepted, state.file)["conflicts"]}
        after = fold(rules, [*accepted, FoldInput(change, verdict)], state.file)["conflicts"]
        return [one["path"] for one in after if one["id"] not in before]

    def _author_of(self, dot: Dot) -> Author:
        found = self.authors.find(dot.replica)
        return Author(dot.replica, dot.seq, found.person_id if found else None)

    def _conclude(self, row: Change, state: FileState, reasons: tuple[Reason, ...], by: Caller) -> Envelope:
        """The last word on a change that is not taken in. What waited for it is judged again."""
        dot = Dot(row.replica, row.seq)
        if row.fork:  # whoever heard that it was accepted, in a log that was lost, hears that it is none
            reasons = (*reasons, Reason("fork"))
        verdict = Verdict(
            change=row.change_id, status="declined", position=self.keeping.log.next_position, received_at=row.received_at,
            duty=row.duty or None, reasons=reasons, by=by.person_id, decided_at=self.now, dot=dot, file=row.file,
        )  # fmt: skip
        row.status, row.position, row.entry = verdict.status, verdict.position, self.keeping.log.next_position
        self.session.add(row)
        if row.fork == "":
            state.known[dot] = Known(row.change_id, verdict.status, row.received_at)
            state.held = [held for held in state.held if held != row.change_id]
        audiences = [*self.keeping.audiences(row.person_id, state), row.person_id]  # as in `_append_again`
        signed = self.keeping.log.append(row.change_id, verdict, owner=row.file, is_first=False, audiences=audiences)
        self._judge_held_again(state)
        self.keeping.write()
        return signed

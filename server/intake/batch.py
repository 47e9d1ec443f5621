"""One batch of changes on its way in: what `sync.verdicts` needs to know to judge each, and where its answer is kept.

A change that waited is judged again as soon as something of its file moves. Everything happens in the caller's transaction.
"""

from collections.abc import Sequence

from sqlmodel import Session

from schemas.registry import find_kind
from server.context import Context
from server.devices.certificates import Author
from server.devices.rules import Caller
from server.intake import queries
from server.intake.answers import erased_verdict, row_id_of, unverified_id_of
from server.intake.authors import Authors, find_doubts, find_faults
from server.intake.checks import OwnInstruments, find_rules, make_check
from server.intake.erasures import find_erased_faults, is_erased
from server.intake.keeping import Keeping
from server.intake.log import (
    ERASED,
    FileState,
    current_verdict,
    open_body,
    read_or_none,
)
from server.intake.places import ACTS_THAT_MOVE, find_setting
from server.intake.tables import Change
from server.station import local_rules
from server.station import rules as stations
from sync import change as changes
from sync.change import Envelope
from sync.log import epoch_of
from sync.verdict import Reason, Verdict
from sync.verdicts import Context as JudgeContext
from sync.verdicts import Judgement, judge
from sync.versions import Dot

_HELD_MAX = 5_000


class Batch:
    """One batch of one station, in the caller's write transaction."""

    def __init__(self, session: Session, context: Context, station_id: str) -> None:
        self.session = session
        self.context = context
        self.station_id = station_id
        self.now = context.now()
        self.station = stations.get_terms(session, station_id)
        self.authors = Authors(session, station_id, self.station.epoch)
        # Whether the log was put back once (L-8).
        self._is_restarted = epoch_of(stations.get_last_position(session, station_id) + 1) > 1
        self._instruments: OwnInstruments | None = None
        self.keeping = Keeping(session, context, station_id, self.authors, self.now)

    def receive(self, envelopes: Sequence[Envelope], uploader: Caller) -> list[tuple[Envelope, bool]]:
        """A signed verdict for each envelope, in order, and whether the change was known before."""
        if not envelopes:
            return []
        _ = self.keeping.log  # before anything is read: nobody else may move the station's files meanwhile
        self.keeping.read_rows(envelopes)
        if all(row_id_of(envelope) in self.keeping.rows for envelope in envelopes):
            return [(self._current(self.keeping.rows[row_id_of(one)]), True) for one in envelopes]
        self.keeping.read_files(envelopes)
        with self.session.no_autoflush:
            answers = [self._receive_one(envelope, uploader) for envelope in envelopes]
        self.keeping.write()
        return answers

    def judge_all_held_again(self) -> int:
        """After an upgrade: what waited for a newer schema may be understood now. How many changes moved."""
        _ = self.keeping.log
        before = queries.list_held(self.session, self.station_id, _HELD_MAX)
        for file in sorted({row.file for row in before}):
            self._judge_held_again(self.keeping.state(file))
        self.keeping.write()
        return len(before) - len(queries.list_held(self.session, self.station_id, _HELD_MAX))

    # --- one change ---------------------------------------------------------------------------------------------------

    def _receive_one(self, envelope: Envelope, uploader: Caller) -> tuple[Envelope, bool]:
        for stored_id in (row_id_of(envelope), unverified_id_of(envelope)):
            row = self.keeping.rows.get(stored_id)
            if row is not None:
                recent = self.keeping.log.find_recent(row.entry)
                return recent or self._current(row), True
        change, error = read_or_none(envelope)
        dot = change.dot if change else None
        file = change.file if change else None
        if change is None and (claimed := changes.find_dot(envelope.body)) is not None:
            file, dot = claimed
        author = self.authors.find_signer(dot.replica, envelope) if dot else None
        if author is None or dot is None or file is None:
            return self.keeping.keep_unverified(envelope, error, uploader), False
        if is_erased(self.session, self.station_id, file):
            return self.keeping.keep_nothing_of(envelope, file, dot, author, uploader), False
        state = self.keeping.state(file)
        if change is None:
            signed = self.keeping.keep_malformed(envelope, error, file, dot, author, state, uploader)
            self._judge_held_again(state)
            return signed, False
        judgement = self._judge(change, author, state, uploaded_by=uploader.replica)
        verdict = self._verdict(judgement, change, self.now)
        signed = self.keeping.append_first(envelope, change, verdict, author, state, uploader)
        self._judge_held_again(state)
        return signed, False

    def _judge(
        self,
        change: changes.Change,
        author: Author | None,
        state: FileState,
        *,
        uploaded_by: str,
        is_admitted: bool = False,
    ) -> Judgement:
        # Neither a revoked device nor one whose change somebody else carried has shown the log that it knows.
        is_shown = author is not None and not author.is_revoked and uploaded_by in (author.device, change.dot.replica)
        is_one_log = is_shown and not self._is_restarted
        setting = find_setting(change, state, self.keeping.state, self.authors, is_one_log=is_one_log)
        is_own_file = any(dot.replica == change.dot.replica for dot in state.known)
        home = state.row.scope if state.row else None
        return judge(
            change,
            JudgeContext(
                deployment=self.context.keyring.deployment,
                station=self.station_id,
                received_at=self.now,
                rules=find_rules(change.kind),
                known=setting.known,
                accepted=setting.accepted,
                duties_then=setting.duties_then,
                duties_now=setting.duties_now,
                check=make_check(
                    find_kind(change.kind),
                    setting.duties_then,
                    self.now,
                    setting.accepted,
                    self._own_instruments,
                    lambda number: self.keeping.numbers.is_taken(number, state),
                ),  # fmt: skip
                file_kind=state.row.kind if state.row else None,
                doubts=find_doubts(author) if author else (),
                faults=find_faults(change, author, self.authors, home=home, is_own_file=is_own_file)
                + find_erased_faults(self.session, change)
                if author
                else (Reason("replica_unknown"),),
                single_post=self.station.is_single_post,
                forks=frozenset(state.forks),
                admitted=is_admitted,
                former=setting.former,
                patches=self.authors.list_homes(change.kind) if change.act in ACTS_THAT_MOVE else frozenset(),
                duties_there=setting.duties_there,
                absorbed=setting.absorbed,
                absorbed_by=setting.absorbed_by,
                forked=setting.forked,
                contested=setting.contested,
            ),
        )

    def _current(self, row: Change) -> Envelope:
        """Its verdict; of an erased file, whose verdicts are gone, the word that it is (Z-5)."""
        if row.status != ERASED:
            return current_verdict(self.session, self.context.keyring, row)
        dot = Dot(row.replica, row.seq)
        said = erased_verdict(row.change_id, row.position, row.received_at, dot, row.file)
        return self.keeping.log.sign(said)

    def _judge_held_again(self, state: FileState) -> None:
        """Judges what waits in this file, and in others for it, until nothing moves any more (D-7)."""
        waiting, done = [state.file], {state.file}
        while waiting:
            file = waiting.pop()
            if self._judge_held_of(self.keeping.state(file)) or file == state.file:
                waiting += sorted(self.keeping.naming.list_holders(file) - done)
                done |= set(waiting)

    def _judge_held_of(self, state: FileState) -> bool:
        """Whether something of it moved."""
        moved, any_moved = True, False
        while moved and state.held:
            moved = False
            for change_id in list(state.held):
                row = self.keeping.rows.get(change_id) or queries.find_change(self.session, self.station_id, change_id)
                if row is None:
                    raise LookupError("a held change without its row")
                envelope = open_body(self.session, self.context.keyring, row)
                change = changes.read_change(envelope)
                judgement = self._judge(change, self.authors.find(row.replica), state, uploaded_by=row.uploaded_by)
                if judgement.status != "held":
                    verdict = self._verdict(judgement, change, row.received_at)
                    self.keeping.append_again(row, change, verdict, state)
                    moved = any_moved = True
        return any_moved

    def _verdict(self, judgement: Judgement, change: changes.Change, received_at: int) -> Verdict:
        return judgement.to_verdict(change, position=self.keeping.log.next_position, received_at=received_at)

    def _own_instruments(self) -> OwnInstruments:
        if self._instruments is None:
            self._instruments = local_rules.own_instruments(self.session, self.context.keyring, self.station_id)
        return self._instruments

"""One batch of changes on its way in: what `sync.verdicts` needs to know to judge each, and where its answer is kept.

A change that waited is judged again as soon as something of its file moves. Everything happens in the caller's transaction.
"""

import re
from collections.abc import Sequence

from sqlmodel import Session

from schemas.registry import find_kind
from server.context import Context
from server.devices.certificates import Author
from server.devices.rules import Caller
from server.intake import queries
from server.intake.answers import asked_scope, erased_verdict, plain_error, row_id_of, unverified_id_of
from server.intake.authors import Authors, find_doubts, find_faults
from server.intake.checks import OwnInstruments, find_rules, make_check
from server.intake.erasures import find_erased_faults, is_erased
from server.intake.log import (
    ERASED,
    FileState,
    LogWriter,
    body_place,
    current_verdict,
    load_files,
    mark_change,
    open_body,
    read_or_none,
    take_row,
    to_fold_input,
)
from server.intake.naming import HeldNames
from server.intake.numbers import Numbers
from server.intake.places import ACTS_THAT_MOVE, Move, find_setting, settle
from server.intake.tables import CaseFile, Change, FileMove
from server.station import local_rules
from server.station import rules as stations
from sync import change as changes
from sync.change import Envelope
from sync.errors import MalformedError
from sync.log import epoch_of
from sync.places import Fork
from sync.verdict import Reason, Verdict
from sync.verdicts import Context as JudgeContext
from sync.verdicts import Judgement, Known, is_fork, judge, judge_malformed
from sync.versions import Dot

_HELD_MAX = 5_000
_SIGNATURE = re.compile(r"[A-Za-z0-9_-]{0,200}")


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
        self._log: LogWriter | None = None
        self._files: dict[str, FileState] = {}
        self._rows: dict[str, Change] = {}
        self._numbers = Numbers(session, context.keyring, station_id)
        self._moves: dict[int, list[Move]] = {}  # by place in the log
        self._naming = HeldNames(session, station_id)

    @property
    def log(self) -> LogWriter:
        """Opened when the first verdict is written: from then on other writers of the station wait."""
        if self._log is None:
            self._log = LogWriter(self.session, self.context, self.station_id)
        return self._log

    def receive(self, envelopes: Sequence[Envelope], uploader: Caller) -> list[tuple[Envelope, bool]]:
        """A signed verdict for each envelope, in order, and whether the change was known before."""
        if not envelopes:
            return []
        _ = self.log  # before anything is read: nobody else may move the station's files meanwhile
        self._read_rows(envelopes)
        if all(row_id_of(envelope) in self._rows for envelope in envelopes):
            return [(self._current(self._rows[row_id_of(one)]), True) for one in envelopes]
        self._read_files(envelopes)
        with self.session.no_autoflush:
            answers = [self._receive_one(envelope, uploader) for envelope in envelopes]
        self._write()
        return answers

    def judge_all_held_again(self) -> int:
        """After an upgrade: what waited for a newer schema may be understood now. How many changes moved."""
        _ = self.log
        before = queries.list_held(self.session, self.station_id, _HELD_MAX)
        for file in sorted({row.file for row in before}):
            self._judge_held_again(self._state(file))
        self._write()
        return len(before) - len(queries.list_held(self.session, self.station_id, _HELD_MAX))

    # --- one change ---------------------------------------------------------------------------------------------------

    def _receive_one(self, envelope: Envelope, uploader: Caller) -> tuple[Envelope, bool]:
        for stored_id in (row_id_of(envelope), unverified_id_of(envelope)):
            row = self._rows.get(stored_id)
            if row is not None:
                recent = self.log.find_recent(row.entry)
                return recent or self._current(row), True
        change, error = read_or_none(envelope)
        dot = change.dot if change else None
        file = change.file if change else None
        if change is None and (claimed := changes.find_dot(envelope.body)) is not None:
            file, dot = claimed
        author = self.authors.find_signer(dot.replica, envelope) if dot else None
        if author is None or dot is None or file is None:
            return self._keep_unverified(envelope, error, uploader), False
        if is_erased(self.session, self.station_id, file):
            return self._keep_nothing_of(envelope, file, dot, author, uploader), False
        state = self._state(file)
        if change is None:
            return self._keep_malformed(envelope, error, file, dot, author, state, uploader), False
        judgement = self._judge(change, author, state, uploaded_by=uploader.replica)
        verdict = self._verdict(judgement, change, self.now)
        signed = self._append_first(envelope, change, verdict, author, state, uploader)
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
        setting = find_setting(change, state, self._state, self.authors, is_one_log=is_one_log)
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
                    lambda number: self._numbers.is_taken(number, state),
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
        return self.log.sign(said)

    def _judge_held_again(self, state: FileState) -> None:
        """Judges what waits in this file, and in others for it, until nothing moves any more (D-7)."""
        waiting, done = [state.file], {state.file}
        while waiting:
            file = waiting.pop()
            if self._judge_held_of(self._state(file)) or file == state.file:
                waiting += sorted(self._naming.list_holders(file) - done)
                done |= set(waiting)

    def _judge_held_of(self, state: FileState) -> bool:
        """Whether something of it moved."""
        moved, any_moved = True, False
        while moved and state.held:
            moved = False
            for change_id in list(state.held):
                row = self._rows.get(change_id) or queries.find_change(self.session, self.station_id, change_id)
                if row is None:
                    raise LookupError("a held change without its row")
                envelope = open_body(self.session, self.context.keyring, row)
                change = changes.read_change(envelope)
                judgement = self._judge(change, self.authors.find(row.replica), state, uploaded_by=row.uploaded_by)
                if judgement.status != "held":
                    verdict = self._verdict(judgement, change, row.received_at)
                    self._append_again(row, change, verdict, state)
                    moved = any_moved = True
        return any_moved

    def _verdict(self, judgement: Judgement, change: changes.Change, received_at: int) -> Verdict:
        return judgement.to_verdict(change, position=self.log.next_position, received_at=received_at)

    # --- keeping ------------------------------------------------------------------------------------------------------

    def _append_first(
        self,
        envelope: Envelope,
        change: changes.Change,
        verdict: Verdict,
        author: Author,
        state: FileState,
        uploader: Caller,
    ) -> Envelope:
        self._ensure_file(change, verdict, state)
        fork = change.id if is_fork(verdict) else ""
        row = self._make_row(
            envelope, verdict, row_id=change.id, file=change.file, dot=change.dot, person_id=author.person_id,
            device=author.device, act=change.act, fork=fork, uploader=uploader,
        )  # fmt: skip
        self._note_named(row, change, verdict)
        if fork:
            state.forks[fork] = Fork(change.dot, self.now)
        else:
            take_row(state, row, change)
        self._take_effect(change, verdict, state)
        audiences = self._audiences(author.person_id, state)
        return self.log.append(change.id, verdict, owner=change.file, is_first=True, audiences=audiences)

    def _append_again(self, row: Change, change: changes.Change, verdict: Verdict, state: FileState) -> Envelope:
        row.status, row.position, row.duty = verdict.status, verdict.position, verdict.duty or ""
        row.entry, row.asks = self.log.next_position, asked_scope(change, verdict)
        self.session.add(row)
        if row.fork == "" and is_fork(verdict):  # found only when what it waited for had come
            row.fork = change.id
            del state.known[change.dot]
            state.held.remove(change.id)
            state.forks[change.id] = Fork(change.dot, row.received_at)
        if row.fork == "":
            state.known[change.dot] = Known(change.id, verdict.status, row.received_at)
            state.held = [held for held in state.held if held != change.id]
            if verdict.status == "held":
                state.held.append(change.id)
            elif verdict.status == "accepted":
                state.accepted.append(to_fold_input(row, change))
        self._ensure_file(change, verdict, state)
        self._take_effect(change, verdict, state)
        # A later word always reaches its author too: whoever came back to the patch by a pack is told no refusal there.
        audiences = [*self._audiences(row.person_id, state), row.person_id]
        return self.log.append(change.id, verdict, owner=row.file, is_first=False, audiences=audiences)

    def _keep_malformed(
        self,
        envelope: Envelope,
        error: MalformedError | None,
        file: str,
        dot: Dot,
        author: Author,
        state: FileState,
        uploader: Caller,
    ) -> Envelope:
        """Signed by its author, but no change: it is returned and occupies its dot (D-5)."""
        judgement = judge_malformed(plain_error(error or MalformedError("Not a change.")))
        row_id = row_id_of(envelope)
        verdict = Verdict(
            change=row_id, status="returned", position=self.log.next_position, received_at=self.now,
            reasons=judgement.reasons, dot=dot, file=file,
        )  # fmt: skip
        row = self._make_row(
            envelope, verdict, row_id=row_id, file=file, dot=dot, person_id=author.person_id, device=author.device,
            act="", fork=row_id if dot in state.known else "", uploader=uploader,
        )  # fmt: skip
        if row.fork:
            state.forks[row_id] = Fork(dot, self.now)
        else:
            state.known[dot] = Known(row_id, "returned", self.now)
        signed = self.log.append(row_id, verdict, owner=file, is_first=True, audiences=[author.person_id])
        self._judge_held_again(state)
        return signed

    def _keep_nothing_of(self, envelope: Envelope, file: str, dot: Dot, author: Author, uploader: Caller) -> Envelope:
        """A change to a file that was erased: answered, and none of its words are kept (Z-5)."""
        row_id = row_id_of(envelope)
        verdict = erased_verdict(row_id, self.log.next_position, self.now, dot, file)
        self._make_row(
            Envelope("", ""), verdict, row_id=row_id, file=self.station_id, dot=dot, act="", fork=row_id,
            person_id=author.person_id, device=author.device, uploader=uploader,
        )  # fmt: skip
        return self.log.append(row_id, verdict, owner=self.station_id, is_first=True, audiences=[author.person_id])

    def _keep_unverified(self, envelope: Envelope, error: MalformedError | None, uploader: Caller) -> Envelope:
        """Nobody's word: altered on the way, or not a change at all. Answered by its place, kept, told to no one else.

        It occupies no dot, and is stored under an id that covers the signature too: a stranger who knows a change must
        not be able to spoil it by sending it first with a false signature.
        """
        reason = judge_malformed(plain_error(error)).reasons[0] if error else Reason("bad_signature")
        row_id = unverified_id_of(envelope)
        verdict = Verdict(
            change=row_id_of(envelope), status="returned", position=self.log.next_position, received_at=self.now,
            reasons=(reason,),
        )  # fmt: skip
        self._make_row(
            envelope, verdict, row_id=row_id, file=self.station_id, dot=Dot(uploader.replica, 0), act="", fork=row_id,
            person_id=uploader.person_id, device=uploader.replica, uploader=uploader,
        )  # fmt: skip
        return self.log.append(row_id, verdict, owner=self.station_id, is_first=True, audiences=())

    def _make_row(
        self,
        envelope: Envelope,
        verdict: Verdict,
        *,
        row_id: str,
        file: str,
        dot: Dot,
        person_id: str,
        device: str,
        act: str,
        fork: str,
        uploader: Caller,
    ) -> Change:
        place, body = body_place(self.station_id, file, row_id), envelope.body.encode("utf-8", "surrogatepass")
        row = Change(
            station_id=self.station_id, change_id=row_id, file=file, replica=dot.replica, seq=dot.seq, fork=fork,
            person_id=person_id, act=act, device=device, uploaded_by=uploader.replica, received_at=self.now,
            status=verdict.status, position=verdict.position, entry=self.log.next_position, duty=verdict.duty or "",
            body_bytes=len(envelope.body.encode("utf-8", "surrogatepass")), signature=envelope.sig,
            sealed_body=self.context.keyring.seal(self.session, place, body), mark="",
        )  # fmt: skip
        row.mark = mark_change(self.context.keyring, row)
        self.session.add(row)
        self._rows[row_id] = row
        return row

    def _ensure_file(self, change: changes.Change, verdict: Verdict, state: FileState) -> None:
        """A file exists from its first change that is not refused, if its patch exists."""
        if (
            state.row is not None
            or verdict.status in ("returned", "declined")
            or change.scope not in self.authors.list_homes(change.kind)
        ):
            return
        state.row = CaseFile(
            station_id=self.station_id, file=change.file, kind=change.kind, scope=change.scope,
            origin_scope=change.scope,
        )  # fmt: skip
        self.session.add(state.row)

    def _take_effect(self, change: changes.Change, verdict: Verdict, state: FileState) -> None:
        if verdict.status != "accepted" or state.row is None:
            return
        state.row.changes += 1
        state.row.accepted_position = self.log.next_position
        self.session.add(state.row)
        if change.act in ACTS_THAT_MOVE:
            self._moves[self.log.next_position] = settle(change, state, self._state)
        self._numbers.note(change)

    def _audiences(self, person_id: str, state: FileState) -> list[str]:
        """Everyone who reads the file's scope; its author too, where that is not theirs; whoever a file left or comes to."""
        if state.row is None:
            return [person_id]
        moves = self._moves.get(self.log.next_position, [])
        is_reader = state.row.scope in self.authors.scopes_of(person_id)
        told = [state.row.scope, *(scope for move in moves for scope in (move.before, move.after))]
        return told if is_reader else [*told, person_id]

    def _write(self) -> None:
        """Writes the batch in few statements: files and changes, then what refers to them."""
        self.session.flush()
        self.log.write()
        self.session.add_all(
            FileMove(station_id=self.station_id, position=position, **vars(move))
            for position, moves in self._moves.items()
            for move in moves
        )
        self._moves = {}
        self._numbers.write()

    # --- looking up ---------------------------------------------------------------------------------------------------

    def _read_rows(self, envelopes: Sequence[Envelope]) -> None:
        ids = [stored_id for one in envelopes for stored_id in (row_id_of(one), unverified_id_of(one))]
        self._rows = {row.change_id: row for row in queries.list_changes(self.session, self.station_id, ids)}

    def _read_files(self, envelopes: Sequence[Envelope]) -> None:
        files = {claimed[0] for envelope in envelopes if (claimed := changes.find_dot(envelope.body)) is not None}
        missing = sorted(files - self._files.keys())
        self._files.update(load_files(self.session, self.context.keyring, self.station_id, missing))

    def _state(self, file: str) -> FileState:
        if file not in self._files:
            self._files.update(load_files(self.session, self.context.keyring, self.station_id, [file]))
        return self._files[file]

    def _note_named(self, row: Change, change: changes.Change, verdict: Verdict) -> None:
        """Which other patch and which other files it speaks of. What this batch holds is not in the database yet."""
        row.asks = asked_scope(change, verdict)
        row.names = " ".join(sorted(changes.files_named(change)))
        if row.status == "held":
            self._naming.note(row)

    def _own_instruments(self) -> OwnInstruments:
        if self._instruments is None:
            self._instruments = local_rules.own_instruments(self.session, self.context.keyring, self.station_id)
        return self._instruments

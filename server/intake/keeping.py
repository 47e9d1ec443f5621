"""Where the answers of one batch are kept: rows of changes and files, who is told, the log; written at its end in few statements.

Nothing is judged here. Everything happens in the caller's transaction.
"""

from collections.abc import Sequence

from sqlmodel import Session

from server.context import Context
from server.devices.certificates import Author
from server.devices.rules import Caller
from server.intake import queries
from server.intake.answers import asked_scope, erased_verdict, plain_error, row_id_of, unverified_id_of
from server.intake.authors import Authors
from server.intake.log import (
    FileState,
    LogWriter,
    body_place,
    load_files,
    mark_change,
    take_row,
    to_fold_input,
)
from server.intake.naming import HeldNames
from server.intake.numbers import Numbers
from server.intake.places import ACTS_THAT_MOVE, Move, settle
from server.intake.tables import CaseFile, Change, FileMove
from sync import change as changes
from sync.change import Envelope
from sync.errors import MalformedError
from sync.places import Fork
from sync.verdict import Reason, Verdict
from sync.verdicts import Known, is_fork, judge_malformed
from sync.versions import Dot


class Keeping:
    """Files and rows as one batch of one station has them so far."""

    def __init__(self, session: Session, context: Context, station_id: str, authors: Authors, now: int) -> None:
        self.session = session
        self.context = context
        self.station_id = station_id
        self.authors = authors
        self.now = now
        self.rows: dict[str, Change] = {}
        self.numbers = Numbers(session, context.keyring, station_id)
        self.naming = HeldNames(session, station_id)
        self._log: LogWriter | None = None
        self._files: dict[str, FileState] = {}
        self._moves: dict[int, list[Move]] = {}  # by place in the log

    @property
    def log(self) -> LogWriter:
        """Opened when the first verdict is written: from then on other writers of the station wait."""
        if self._log is None:
            self._log = LogWriter(self.session, self.context, self.station_id)
        return self._log

    # --- rows and the log ---------------------------------------------------------------------------------------------

    def append_first(
        self,
        envelope: Envelope,
        change: changes.Change,
        verdict: Verdict,
        author: Author,
        state: FileState,
        uploader: Caller,
    ) -> Envelope:
        """A change that was never here, with the verdict on it. Gives that verdict, signed."""
        self.ensure_file(change, verdict, state)
        fork = change.id if is_fork(verdict) else ""
        row = self.make_row(
            envelope, verdict, row_id=change.id, file=change.file, dot=change.dot, person_id=author.person_id,
            device=author.device, act=change.act, fork=fork, uploader=uploader,
        )  # fmt: skip
        self.note_named(row, change, verdict)
        if fork:
            state.forks[fork] = Fork(change.dot, self.now)
        else:
            take_row(state, row, change)
        self.take_effect(change, verdict, state)
        audiences = self.audiences(author.person_id, state)
        return self.log.append(change.id, verdict, owner=change.file, is_first=True, audiences=audiences)

    def append_again(self, row: Change, change: changes.Change, verdict: Verdict, state: FileState) -> Envelope:
        """A later verdict on a change that waited. Gives it, signed."""
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
        self.ensure_file(change, verdict, state)
        self.take_effect(change, verdict, state)
        # A later word always reaches its author too: whoever came back to the patch by a pack is told no refusal there.
        audiences = [*self.audiences(row.person_id, state), row.person_id]
        return self.log.append(change.id, verdict, owner=row.file, is_first=False, audiences=audiences)

    def keep_malformed(
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
        row = self.make_row(
            envelope, verdict, row_id=row_id, file=file, dot=dot, person_id=author.person_id, device=author.device,
            act="", fork=row_id if dot in state.known else "", uploader=uploader,
        )  # fmt: skip
        if row.fork:
            state.forks[row_id] = Fork(dot, self.now)
        else:
            state.known[dot] = Known(row_id, "returned", self.now)
        return self.log.append(row_id, verdict, owner=file, is_first=True, audiences=[author.person_id])

    def keep_nothing_of(self, envelope: Envelope, file: str, dot: Dot, author: Author, uploader: Caller) -> Envelope:
        """A change to a file that was erased: answered, and none of its words are kept (Z-5)."""
        row_id = row_id_of(envelope)
        verdict = erased_verdict(row_id, self.log.next_position, self.now, dot, file)
        self.make_row(
            Envelope("", ""), verdict, row_id=row_id, file=self.station_id, dot=dot, act="", fork=row_id,
            person_id=author.person_id, device=author.device, uploader=uploader,
        )  # fmt: skip
        return self.log.append(row_id, verdict, owner=self.station_id, is_first=True, audiences=[author.person_id])

    def keep_unverified(self, envelope: Envelope, error: MalformedError | None, uploader: Caller) -> Envelope:
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
        self.make_row(
            envelope, verdict, row_id=row_id, file=self.station_id, dot=Dot(uploader.replica, 0), act="", fork=row_id,
            person_id=uploader.person_id, device=uploader.replica, uploader=uploader,
        )  # fmt: skip
        return self.log.append(row_id, verdict, owner=self.station_id, is_first=True, audiences=())

    def make_row(
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
        self.rows[row_id] = row
        return row

    def ensure_file(self, change: changes.Change, verdict: Verdict, state: FileState) -> None:
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

    def take_effect(self, change: changes.Change, verdict: Verdict, state: FileState) -> None:
        if verdict.status != "accepted" or state.row is None:
            return
        state.row.changes += 1
        state.row.accepted_position = self.log.next_position
        self.session.add(state.row)
        if change.act in ACTS_THAT_MOVE:
            self._moves[self.log.next_position] = settle(change, state, self.state)
        self.numbers.note(change)

    def audiences(self, person_id: str, state: FileState) -> list[str]:
        """Everyone who reads the file's scope; its author too, where that is not theirs; whoever a file left or comes to."""
        if state.row is None:
            return [person_id]
        moves = self._moves.get(self.log.next_position, [])
        is_reader = state.row.scope in self.authors.scopes_of(person_id)
        told = [state.row.scope, *(scope for move in moves for scope in (move.before, move.after))]
        return told if is_reader else [*told, person_id]

    def write(self) -> None:
        """Writes the batch in few statements: files and changes, then what refers to them."""
        self.session.flush()
        self.log.write()
        self.session.add_all(
            FileMove(station_id=self.station_id, position=position, **vars(move))
            for position, moves in self._moves.items()
            for move in moves
        )
        self._moves = {}
        self.numbers.write()

    def note_named(self, row: Change, change: changes.Change, verdict: Verdict) -> None:
        """Which other patch and which other files it speaks of. What this batch holds is not in the database yet."""
        row.asks = asked_scope(change, verdict)
        row.names = " ".join(sorted(changes.files_named(change)))
        if row.status == "held":
            self.naming.note(row)

    # --- looking up ---------------------------------------------------------------------------------------------------

    def read_rows(self, envelopes: Sequence[Envelope]) -> None:
        ids = [stored_id for one in envelopes for stored_id in (row_id_of(one), unverified_id_of(one))]
        self.rows = {row.change_id: row for row in queries.list_changes(self.session, self.station_id, ids)}

    def read_files(self, envelopes: Sequence[Envelope]) -> None:
        files = {claimed[0] for envelope in envelopes if (claimed := changes.find_dot(envelope.body)) is not None}
        missing = sorted(files - self._files.keys())
        self._files.update(load_files(self.session, self.context.keyring, self.station_id, missing))

    def state(self, file: str) -> FileState:
        if file not in self._files:
            self._files.update(load_files(self.session, self.context.keyring, self.station_id, [file]))
        return self._files[file]

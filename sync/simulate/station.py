"""A station's server in memory: the real judgement (`sync.verdicts`) around rows, files, a log and what restores it.

What is a model here: rows, counter and audiences, and that one batch is one transaction. They follow `server/intake` rule by
rule; those are held to the same promises by their own tests on a real database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sync.canonical import sha256_hex
from sync.change import Change, Envelope, files_named, find_dot, read_change, sign_document, verify
from sync.errors import MalformedError
from sync.inputs import FoldInput
from sync.places import ACTS_THAT_MOVE, Fork, Move, Setting, find_setting, is_of_another_log
from sync.rules import Rules
from sync.simulate.homes import CaseFile, FileState, settle
from sync.simulate.keys import STATION_KEY, make_keys
from sync.simulate.kinds import KIND, VERSIONS
from sync.simulate.logbook import DEPLOYMENT, STATION, LogBook, Logged
from sync.verdict import Reason, Verdict, read_verdict, supersedes
from sync.verdicts import Context, Judgement, Known, is_fork, judge, judge_malformed
from sync.versions import Dot

Duties = Mapping[str, Mapping[str, str]]  # person -> scope -> duty


@dataclass(frozen=True, slots=True)
class Row:
    """A change as the server keeps it, with its current verdict and the place of that in the log."""

    envelope: Envelope
    change: Change | None
    file: str
    dot: Dot
    person: str
    device: str
    uploaded_by: str
    is_fork: bool
    verdict: Verdict
    signed: Envelope
    place: int = 0

    @property
    def asks(self) -> str | None:
        """The patch whose deputies decide, where that is not the file's home: they are asked to take a file (D-12)."""
        asked = self.verdict.status == "quarantined" and any(
            reason.code == "receiver_undecided" for reason in self.verdict.reasons
        )
        return self.change.to if asked and self.change else None


@dataclass(frozen=True, slots=True)
class Account:
    """A replica as the server knows it."""

    replica: str
    person: str
    public: bytes


@dataclass(frozen=True, slots=True)
class Backup:
    """What yesterday's backup holds."""

    rows: dict[str, Row]
    log: LogBook
    states: dict[str, FileState]
    moves: dict[int, list[Move]]


class Station:
    """What the server holds, and how it takes a batch in. Times are arguments."""

    def __init__(self, duties: Duties, scopes: Sequence[str]) -> None:
        self.scopes = tuple(scopes)
        self.epochs: list[Duties] = [duties]
        self.accounts: dict[str, Account] = {}
        self.revoked: set[str] = set()
        self.version = 1
        self.rows: dict[str, Row] = {}
        self.log = LogBook()
        self.states: dict[str, FileState] = {}
        self.moves: dict[int, list[Move]] = {}  # by place
        self.backed_up: int | None = None  # place up to which every backup goes that may still be put back

    @property
    def epoch(self) -> int:
        return len(self.epochs)

    @property
    def rules(self) -> Rules:
        return VERSIONS[self.version]

    @property
    def files(self) -> list[CaseFile]:
        return [state.row for state in self.states.values() if state.row]

    def find_case(self, file: str) -> CaseFile | None:
        return self.states[file].row if file in self.states else None

    def state(self, file: str) -> FileState:
        return self.states.setdefault(file, FileState(file))

    def duties_on(self, person: str, scope: str, epoch: int) -> frozenset[str]:
        held = self.epochs[max(1, min(epoch, self.epoch)) - 1].get(person, {}).get(scope)
        return frozenset([held] if held else [])

    def scopes_of(self, person: str) -> set[str]:
        return set(self.epochs[-1].get(person, {}))

    # --- receiving ---------------------------------------------------------------------------------------------------

    def receive(self, envelopes: Sequence[Envelope], uploader: Account, now: int) -> list[Envelope]:
        """A signed verdict for each envelope, in order; a change that is known gets its current one (M-6)."""
        return [self._receive_one(envelope, uploader, now) for envelope in envelopes]

    def _receive_one(self, envelope: Envelope, uploader: Account, now: int) -> Envelope:
        row_id = sha256_hex(envelope.body.encode("utf-8", "surrogatepass"))
        if row_id in self.rows:
            return self.rows[row_id].signed
        change, error = _read(envelope)
        claimed = (change.file, change.dot) if change else find_dot(envelope.body)
        author = self.accounts.get(claimed[1].replica) if claimed else None
        place = self.log.next_place
        if claimed is None or author is None or not verify(envelope, author.public):
            reason = judge_malformed(error).reasons[0] if error else Reason("bad_signature")
            return sign_verdict(Verdict(row_id, "returned", place, now, reasons=(reason,)))
        file, dot = claimed
        state = self.state(file)
        if change is None:
            judgement = judge_malformed(error or MalformedError("Not a change."))
            verdict = Verdict(row_id, "returned", place, now, None, judgement.reasons, dot=dot, file=file)
        else:
            judgement = self._judge(change, author, state, now, uploaded_by=uploader.replica)
            verdict = judgement.to_verdict(change, position=place, received_at=now)
        row = Row(
            envelope, change, file, dot, author.person, author.replica, uploader.replica, dot in state.known, verdict,
            sign_verdict(verdict),
        )  # fmt: skip
        self._keep(row_id, row, is_first=True)
        self.judge_held_again(file)
        return row.signed

    def _judge(
        self,
        change: Change,
        author: Account,
        state: FileState,
        now: int,
        *,
        uploaded_by: str,
        admitted: bool = False,
    ) -> Judgement:
        return judge(
            change,
            Context(
                deployment=DEPLOYMENT,
                station=STATION,
                received_at=now,
                rules=self.rules if change.kind == KIND else None,
                check=lambda _change: (),
                file_kind=KIND if state.row else None,
                doubts=(Reason("replica_revoked"),) if author.replica in self.revoked else (),
                faults=() if change.person == author.person else (Reason("wrong_author", path="person"),),
                forks=frozenset(state.forks),
                admitted=admitted,
                patches=frozenset(self.scopes),
                **vars(self._find_setting(change, state, uploaded_by)),
            ),
        )

    def _find_setting(self, change: Change, state: FileState, uploaded_by: str) -> Setting:
        replica = change.dot.replica
        is_shown = uploaded_by == replica and replica not in self.revoked
        return find_setting(
            change,
            state,
            self.state,
            self.duties_on,
            self.epoch,
            device_of=lambda one: one,
            is_one_log=is_shown and not self.log.restarts,
        )

    def judge_held_again(self, file: str) -> None:
        """Judges what waits in the file, and in others for it, until nothing moves any more (D-7)."""
        waiting, done = [file], {file}
        while waiting:
            name = waiting.pop()
            if self._judge_held_of(self.state(name)) or name == file:
                more = {
                    state.file
                    for state in self.states.values()
                    for held in state.held
                    if (change := self.rows[held].change) and name in files_named(change)
                }
                waiting += sorted(more - done)
                done |= more

    def _judge_held_of(self, state: FileState) -> bool:
        """Whether something of it moved."""
        moved, any_moved = True, False
        while moved and state.held:
            moved = False
            for change_id in list(state.held):
                row = self.rows[change_id]
                assert row.change is not None  # noqa: S101 - what is held was read
                author, received_at = self.accounts[row.device], row.verdict.received_at
                judgement = self._judge(row.change, author, state, received_at, uploaded_by=row.uploaded_by)
                if judgement.status != "held":
                    self._decided(change_id, row, row.change, judgement)
                    moved = any_moved = True
        return any_moved

    def decide(self, change_id: str, decider: str, *, accept: bool, now: int) -> bool:
        """A deputy takes a waiting change in, or declines it. False: it cannot be taken in."""
        row = self.rows[change_id]
        assert row.change is not None  # noqa: S101
        if accept and row.is_fork:
            return False
        if accept:
            author, state = self.accounts[row.device], self.state(row.file)
            judgement = self._judge(row.change, author, state, now, uploaded_by=row.uploaded_by, admitted=True)
            if judgement.status in ("held", "quarantined"):
                return False
        else:
            judgement = Judgement("declined", (Reason("declined"), *_forked(row)), row.verdict.duty)
        self._decided(change_id, row, row.change, judgement, by=decider, decided_at=now)
        self.judge_held_again(row.file)
        return True

    def list_waiting(self) -> list[tuple[str, Row]]:
        return [(name, row) for name, row in self.rows.items() if row.verdict.status in ("held", "quarantined")]

    # --- keeping -----------------------------------------------------------------------------------------------------

    def _decided(
        self,
        name: str,
        row: Row,
        change: Change,
        judgement: Judgement,
        *,
        by: str | None = None,
        decided_at: int | None = None,
    ) -> None:
        verdict = judgement.to_verdict(
            change, position=self.log.next_place, received_at=row.verdict.received_at, by=by, decided_at=decided_at
        )
        self._keep(name, replace(row, verdict=verdict, signed=sign_verdict(verdict)), is_first=False)

    def _keep(self, name: str, row: Row, *, is_first: bool) -> None:
        """One entry of the log with all that follows from it: what the real server writes in one transaction."""
        place = self.log.next_place
        state, verdict, change = self.state(row.file), row.verdict, row.change
        row = replace(row, place=place, is_fork=row.is_fork or is_fork(verdict))
        self.rows[name] = row
        is_new = change is not None and state.row is None and change.scope in self.scopes
        if change and is_new and verdict.status not in ("returned", "declined"):
            state.row = CaseFile(row.file, change.scope, change.scope)
        state.held = [held for held in state.held if held != name]
        state.accepted = [item for item in state.accepted if item.change.id != name]
        if row.is_fork:
            state.forks[name] = Fork(row.dot, verdict.received_at)
            if row.dot in state.known and state.known[row.dot].id == name:
                del state.known[row.dot]
        else:
            state.known[row.dot] = Known(name, verdict.status, verdict.received_at)
            state.held += [name] if verdict.status == "held" else []
        if change and verdict.status == "accepted":
            state.accepted.append(FoldInput(change, verdict))
            if state.row:
                state.row = replace(state.row, accepted_place=place)
                if change.act in ACTS_THAT_MOVE:
                    self.moves[place] = settle(change, state, self.state)
        self.log.append(
            Logged(
                place, name, row.file, verdict.status, is_first, row.signed, self._audiences(row, place),
                verdict.position,
            )
        )  # fmt: skip

    def _audiences(self, row: Row, place: int) -> frozenset[str]:
        """Everyone who reads the file's scope; its author too, where that is not theirs; whoever a file left or comes to."""
        case = self.find_case(row.file)
        if case is None:
            return frozenset([row.person])
        told = [case.scope, *(scope for move in self.moves.get(place, ()) for scope in (move.before, move.after))]
        return frozenset(told if case.scope in self.scopes_of(row.person) else [*told, row.person])

    # --- put back to an older copy -----------------------------------------------------------------------------------

    def back_up(self) -> Backup:
        states = {file: state.copy() for file, state in self.states.items()}
        return Backup(dict(self.rows), self.log.copy(), states, dict(self.moves))

    def restore(self, backup: Backup) -> None:
        """The database is as it was then. People, keys and duties are entered again by hand at once: they stay."""
        self.rows, self.log, self.moves = dict(backup.rows), backup.log.copy(), dict(backup.moves)
        self.states = {file: state.copy() for file, state in backup.states.items()}

    def take_back(self, envelope: Envelope, signed: Envelope, bringer: Account) -> str:
        """A change with the verdict that this station once gave it counts as it was given (L-11)."""
        if not verify(signed, make_keys(STATION_KEY).public):
            return "refused"
        verdict = read_verdict(signed)
        name = sha256_hex(envelope.body.encode("utf-8", "surrogatepass"))
        file, dot = verdict.file, verdict.dot
        if verdict.change != name or file is None or dot is None:
            return "refused"
        row = self.rows.get(name)
        if row is not None:
            if not supersedes(verdict, row.verdict):
                return "known"
            self._keep(name, replace(row, verdict=verdict, signed=signed), is_first=False)
        else:
            author = self.accounts[dot.replica]
            state = self.state(file)
            if not verify(envelope, author.public):
                return "refused"
            change, _ = _read(envelope)
            is_stray = change is not None and is_of_another_log(change, verdict.received_at, state, self.state)
            is_beside = is_fork(verdict) or is_stray or dot in state.known
            if is_stray and verdict.status not in ("returned", "declined"):  # the dot stays whose it is here
                verdict = replace(
                    verdict, status="quarantined", reasons=(Reason("fork"),), position=self.log.next_place, by=None,
                    decided_at=None,
                )  # fmt: skip
                signed = sign_verdict(verdict)
            fresh = Row(
                envelope, change, file, dot, author.person, author.replica, bringer.replica,
                is_beside, verdict, signed,
            )  # fmt: skip
            self._keep(name, fresh, is_first=True)
        self.judge_held_again(file)
        return "taken"


def _forked(row: Row) -> tuple[Reason, ...]:
    """A fork stays one when it is put away: whoever heard that it was accepted once hears so."""
    return (Reason("fork"),) if row.is_fork else ()


def sign_verdict(verdict: Verdict) -> Envelope:
    return sign_document(verdict.to_body(deployment=DEPLOYMENT, station=STATION), make_keys(STATION_KEY).private)


def _read(envelope: Envelope) -> tuple[Change | None, MalformedError | None]:
    try:
        return read_change(envelope), None
    except MalformedError as error:
        return None, error

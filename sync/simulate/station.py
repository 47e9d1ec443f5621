"""A station's server in memory: the real judgement (`sync.verdicts`) around a small log, audiences, pages and packs.

What is a model here: rows, counter and cursors, and that one batch is one transaction. They follow `server/intake` and
`server/feed` rule by rule; those are held to the same promises by their own tests on a real database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sync.canonical import sha256_hex
from sync.change import Change, Envelope, find_dot, read_change, sign_document, verify
from sync.errors import MalformedError
from sync.fold import FoldInput
from sync.rules import Rules
from sync.simulate.keys import STATION_KEY, make_keys
from sync.simulate.kinds import KIND, VERSIONS
from sync.verdict import Reason, Verdict
from sync.verdicts import Context, Judgement, Known, is_fork, judge, judge_malformed
from sync.versions import Dot

DEPLOYMENT, STATION = "d" * 32, "5" * 32
Duties = Mapping[str, Mapping[str, str]]  # person -> scope -> duty


@dataclass(frozen=True, slots=True)
class Row:
    """A change as the server keeps it, with its current verdict."""

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


@dataclass(frozen=True, slots=True)
class Logged:
    position: int
    change: str
    file: str
    status: str
    is_first: bool
    signed: Envelope
    audiences: frozenset[str]


@dataclass(frozen=True, slots=True)
class CaseFile:
    file: str
    scope: str
    accepted_position: int = 0


@dataclass(slots=True)
class FileState:
    known: dict[Dot, Known] = field(default_factory=dict)
    accepted: list[FoldInput] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    forks: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Account:
    """A replica as the server knows it."""

    replica: str
    person: str
    public: bytes


class Station:
    """What the server holds, and how it takes a batch in. Times are arguments."""

    def __init__(self, duties: Duties, scopes: Sequence[str]) -> None:
        self.scopes = tuple(scopes)
        self.epochs: list[Duties] = [duties]
        self.accounts: dict[str, Account] = {}
        self.revoked: set[str] = set()
        self.version = 1
        self.rows: dict[str, Row] = {}
        self.log: list[Logged] = []
        self.files: dict[str, CaseFile] = {}
        self.states: dict[str, FileState] = {}

    @property
    def epoch(self) -> int:
        return len(self.epochs)

    @property
    def rules(self) -> Rules:
        return VERSIONS[self.version]

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
        if claimed is None or author is None or not verify(envelope, author.public):
            reason = judge_malformed(error).reasons[0] if error else Reason("bad_signature")
            return self._sign(Verdict(row_id, "returned", len(self.log) + 1, now, reasons=(reason,)))
        file, dot = claimed
        state = self.states.setdefault(file, FileState())
        if change is None:
            judgement = judge_malformed(error or MalformedError("Not a change."))
            verdict = Verdict(row_id, "returned", len(self.log) + 1, now, None, judgement.reasons, dot=dot, file=file)
        else:
            judgement = self._judge(change, author, state, now)
            verdict = judgement.to_verdict(change, position=len(self.log) + 1, received_at=now)
        row = Row(
            envelope, change, file, dot, author.person, author.replica, uploader.replica, dot in state.known, verdict,
            self._sign(verdict),
        )  # fmt: skip
        self._keep(row_id, row, is_first=True)
        self.judge_held_again(file)
        return row.signed

    def _judge(
        self, change: Change, author: Account, state: FileState, now: int, *, admitted: bool = False
    ) -> Judgement:
        case = self.files.get(change.file)
        scope = case.scope if case else change.scope
        return judge(
            change,
            Context(
                deployment=DEPLOYMENT,
                station=STATION,
                received_at=now,
                rules=self.rules if change.kind == KIND else None,
                known=state.known,
                accepted=state.accepted,
                duties_then=self.duties_on(change.person, scope, change.epoch),
                duties_now=self.duties_on(change.person, scope, self.epoch),
                check=lambda _change: (),
                file_kind=KIND if case else None,
                doubts=(Reason("replica_revoked"),) if author.replica in self.revoked else (),
                faults=() if change.person == author.person else (Reason("wrong_author", path="person"),),
                forks=frozenset(state.forks),
                admitted=admitted,
            ),
        )

    def judge_held_again(self, file: str) -> None:
        """Judges what waits in the file, until nothing moves any more (D-7)."""
        state = self.states[file]
        moved = True
        while moved and state.held:
            moved = False
            for change_id in list(state.held):
                row = self.rows[change_id]
                assert row.change is not None  # noqa: S101 - what is held was read
                judgement = self._judge(row.change, self.accounts[row.device], state, row.verdict.received_at)
                if judgement.status != "held":
                    self._decided(change_id, row, row.change, judgement)
                    moved = True

    def decide(self, change_id: str, decider: str, *, accept: bool, now: int) -> bool:
        """A deputy takes a waiting change in, or declines it. False: it cannot be taken in."""
        row = self.rows[change_id]
        assert row.change is not None  # noqa: S101
        state = self.states[row.file]
        if accept:
            judgement = self._judge(row.change, self.accounts[row.device], state, now, admitted=True)
            if judgement.status in ("held", "quarantined"):
                return False
        else:
            judgement = Judgement("declined", (Reason("declined"),), row.verdict.duty)
        self._decided(change_id, row, row.change, judgement, by=decider, decided_at=now)
        self.judge_held_again(row.file)
        return True

    def list_waiting(self) -> list[tuple[str, Row]]:
        return [(name, row) for name, row in self.rows.items() if row.verdict.status in ("held", "quarantined")]

    # --- the log -----------------------------------------------------------------------------------------------------

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
            change, position=len(self.log) + 1, received_at=row.verdict.received_at, by=by, decided_at=decided_at
        )
        self._keep(name, replace(row, verdict=verdict, signed=self._sign(verdict)), is_first=False)

    def _keep(self, name: str, row: Row, *, is_first: bool) -> None:
        state, verdict, change = self.states[row.file], row.verdict, row.change
        self.rows[name] = row
        is_new = change is not None and row.file not in self.files and change.scope in self.scopes
        if change and is_new and verdict.status not in ("returned", "declined"):
            self.files[row.file] = CaseFile(row.file, change.scope)
        if row.is_fork or is_fork(verdict):
            state.forks.add(name)
            state.held = [held for held in state.held if held != name]
            if row.dot in state.known and state.known[row.dot].id == name:
                del state.known[row.dot]
            self.rows[name] = replace(row, is_fork=True)
        else:
            state.known[row.dot] = Known(name, verdict.status)
            state.held = [held for held in state.held if held != name] + ([name] if verdict.status == "held" else [])
        if change and verdict.status == "accepted":
            state.accepted.append(FoldInput(change, verdict))
            if row.file in self.files:
                self.files[row.file] = replace(self.files[row.file], accepted_position=verdict.position)
        self.log.append(
            Logged(verdict.position, name, row.file, verdict.status, is_first, row.signed, self._audiences(row))
        )

    def _audiences(self, row: Row) -> frozenset[str]:
        case = self.files.get(row.file)
        if case is None:
            return frozenset([row.person])
        return frozenset([case.scope] if case.scope in self.scopes_of(row.person) else [case.scope, row.person])

    def _sign(self, verdict: Verdict) -> Envelope:
        return sign_document(verdict.to_body(deployment=DEPLOYMENT, station=STATION), make_keys(STATION_KEY).private)


def _read(envelope: Envelope) -> tuple[Change | None, MalformedError | None]:
    try:
        return read_change(envelope), None
    except MalformedError as error:
        return None, error

"""The log as sealed rows, and how a file's changes come out of it again.

Writing: one verdict a place, a leaf of the station's Merkle tree, told to a scope and, where the author reads that scope no
more, to the author. The counter's row is locked from the first position of a transaction to its commit.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session

from server.context import Context
from server.intake import queries
from server.intake.tables import CaseFile, Change, LogAudience, LogEntry
from server.intake.tree import LogTree
from server.keyring.rules import Keyring, Place
from server.keyring.station_keys import get_signer
from server.station import rules as stations
from server.station.tables import Counter
from sync import change as changes
from sync import tree
from sync.canonical import canonical_text
from sync.change import Envelope, to_base64url
from sync.errors import MalformedError
from sync.fold import FoldInput
from sync.places import Fork
from sync.verdict import Verdict
from sync.verdicts import Known
from sync.versions import Dot

ERASED = "erased"  # status of a row whose text is gone for good
_CHUNK = 200
_PARSED_MAX = 4_000
_parsed: OrderedDict[tuple[str, str], changes.Change] = OrderedDict()
_parsed_lock = threading.Lock()


@dataclass
class FileState:
    """What the server holds of one file: every occupied dot, the accepted changes, those that wait."""

    file: str
    row: CaseFile | None
    known: dict[Dot, Known] = field(default_factory=dict)
    accepted: list[FoldInput] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    forks: dict[str, Fork] = field(default_factory=dict)  # what was found to be a fork; what follows one is one too


class LogWriter:
    """Gives out positions and appends signed verdicts, for one station and one transaction."""

    def __init__(self, session: Session, context: Context, station_id: str) -> None:
        self._session = session
        self._context = context
        self.station_id = station_id
        self._counter: Counter = stations.lock_counter(session, station_id)
        log = LogTree.open(session, station_id, self._counter.value)
        self._size, self._peaks = log.size, log.peaks(log.size)
        self._signer = get_signer(session, context.keyring, station_id)
        self._entries: list[LogEntry] = []
        self._audiences: list[LogAudience] = []
        self._recent: dict[int, Envelope] = {}

    @property
    def next_position(self) -> int:
        return self._counter.value + 1

    def append(
        self, row_id: str, verdict: Verdict, *, owner: str, is_first: bool, audiences: Iterable[str]
    ) -> Envelope:
        """Appends one new verdict at its position, which must be `next_position`. `write` makes it a row."""
        if verdict.position != self.next_position:
            raise ValueError("a verdict was judged for another position")
        signed = self.sign(verdict)
        self.append_signed(row_id, verdict.status, signed, owner=owner, is_first=is_first, audiences=audiences)
        return signed

    def sign(self, verdict: Verdict) -> Envelope:
        body = canonical_text(verdict.to_body(deployment=self._context.keyring.deployment, station=self.station_id))
        return Envelope(body, to_base64url(self._signer.sign(body.encode())))

    def append_signed(
        self, row_id: str, status: str, signed: Envelope, *, owner: str, is_first: bool, audiences: Iterable[str]
    ) -> int:
        """Appends a verdict as it was once signed and gives its place: a device brought it back (L-8)."""
        position = self.next_position
        finished, self._peaks = tree.finished_nodes(self._size, self._peaks, tree.leaf_hash(signed.body))
        self._size += 1
        place = verdict_place(self.station_id, owner, position)
        keyring, told = self._context.keyring, sorted(set(audiences))
        entry = LogEntry(
            station_id=self.station_id,
            position=position,
            change_id=row_id,
            file=owner,
            is_first=is_first,
            status=status,
            nodes=b"".join(finished),
            signature=signed.sig,
            sealed_verdict=keyring.seal_text(self._session, place, signed.body),
            mark="",
        )
        entry.mark = mark_entry(keyring, entry, told)
        self._entries.append(entry)
        self._audiences += [
            LogAudience(station_id=self.station_id, audience=audience, position=position) for audience in told
        ]
        self._counter.value = position
        self._session.add(self._counter)
        self._recent[position] = signed
        return position

    def find_recent(self, position: int) -> Envelope | None:
        """The verdict at a position that this transaction gave out."""
        return self._recent.get(position)

    def write(self) -> None:
        """Writes what was appended; its changes must be written before."""
        self._session.add_all(self._entries)
        self._session.flush()
        self._session.add_all(self._audiences)
        self._session.flush()
        self._entries, self._audiences = [], []


def mark_entry(keyring: Keyring, entry: LogEntry, audiences: Sequence[str]) -> str:
    """What only the holder of the key file can write: half of it about the entry, half about who is told of it."""
    facts = (
        entry.position,
        entry.change_id,
        entry.file,
        int(entry.is_first),
        entry.status,
        entry.signature,
        entry.nodes.hex(),
    )
    text = "\n".join(map(str, facts))
    told = "\n".join([text, *audiences])
    alone, whole = (keyring.blind_index(entry.station_id, "log_entry", one) for one in (text, told))
    return alone[:32] + whole[:32]


def mark_change(keyring: Keyring, row: Change) -> str:
    """The same of what stands beside a change in clear and never changes."""
    facts = (
        *(row.change_id, row.file, row.replica, row.seq, row.person_id, row.act, row.device, row.uploaded_by),
        *(row.received_at, row.body_bytes, row.signature),
    )
    return keyring.blind_index(row.station_id, "change", "\n".join(map(str, facts)))


def verdict_place(station_id: str, owner: str, position: int) -> Place:
    return Place(station_id, owner, "log_entry", str(position), "sealed_verdict")


def body_place(station_id: str, owner: str, change_id: str) -> Place:
    return Place(station_id, owner, "change", change_id, "sealed_body")


def open_body(session: Session, keyring: Keyring, row: Change) -> Envelope:
    body = keyring.open_text(session, body_place(row.station_id, row.file, row.change_id), row.sealed_body)
    return Envelope(body, row.signature)


def open_verdict(session: Session, keyring: Keyring, entry: LogEntry) -> Envelope:
    place = verdict_place(entry.station_id, entry.file, entry.position)
    return Envelope(keyring.open_text(session, place, entry.sealed_verdict), entry.signature)


def current_verdict(session: Session, keyring: Keyring, row: Change) -> Envelope:
    """The latest verdict of a stored change, signed when it was given."""
    entry = queries.find_entry(session, row.station_id, row.entry)
    if entry is None:
        raise LookupError("a change without its verdict")
    return open_verdict(session, keyring, entry)


def load_files(session: Session, keyring: Keyring, station_id: str, files: Sequence[str]) -> dict[str, FileState]:
    """The state of each file, known or not, in few statements. Its row may be in the session already."""
    states = {file: FileState(file, None) for file in files}
    wanted = sorted(states)
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        keyring.load(session, station_id, chunk)
        for case in queries.list_case_files(session, station_id, chunk):
            states[case.file].row = case
        for row in queries.list_file_changes(session, station_id, chunk):
            change = _read_stored(session, keyring, row) if row.status == "accepted" else None
            take_row(states[row.file], row, change)
        for file, change_id, replica, seq, received_at in queries.list_forks(session, station_id, chunk):
            states[file].forks[change_id] = Fork(Dot(replica, seq), received_at)
    return states


def _read_stored(session: Session, keyring: Keyring, row: Change) -> changes.Change:
    """A stored change, parsed. Kept for a while: a change never changes, and a day's work reads the same ones often."""
    key = (row.station_id, row.change_id)
    keyring.require_key(session, row.station_id, row.file)  # an erased file is gone from here too
    with _parsed_lock:
        found = _parsed.get(key)
        if found is not None:
            _parsed.move_to_end(key)
            return found
    change = changes.read_change(open_body(session, keyring, row))
    with _parsed_lock:
        _parsed[key] = change
        if len(_parsed) > _PARSED_MAX:
            _parsed.popitem(last=False)
    return change


def take_row(state: FileState, row: Change, change: changes.Change | None) -> None:
    """Counts a stored change into the state of its file; `change` is needed only where it is accepted."""
    state.known[Dot(row.replica, row.seq)] = Known(row.change_id, row.status, row.received_at)
    if row.status == "held":
        state.held.append(row.change_id)
    elif row.status == "accepted" and change is not None:
        state.accepted.append(to_fold_input(row, change))


def to_fold_input(row: Change, change: changes.Change) -> FoldInput:
    verdict = Verdict(
        change=row.change_id, status=row.status, position=row.position, received_at=row.received_at,
        duty=row.duty or None, dot=change.dot, file=row.file,
    )  # fmt: skip
    return FoldInput(change, verdict)


def read_or_none(envelope: Envelope) -> tuple[changes.Change | None, MalformedError | None]:
    try:
        return changes.read_change(envelope), None
    except MalformedError as error:
        return None, error

"""The first half of `yihu verify`: the log itself, entry by entry, its tree, its audiences, its epochs and its counter."""

from collections.abc import Sequence

from server import crypto
from server.intake.log import ERASED, mark_entry, open_verdict
from server.intake.tables import LogEntry, LogRestart
from server.intake.tree import NODE_BYTES, Epoch
from server.log import queries
from server.log.findings import Checking, Told
from server.station.rules import LOG_COUNTER
from sync import tree
from sync.canonical import parse_canonical
from sync.change import Envelope
from sync.errors import MalformedError
from sync.log import first_position, read_restart
from sync.tree import Node
from sync.verdict import Verdict, read_verdict


def check_log(checking: Checking) -> None:
    checking.epochs = (Epoch(1, 1, 0), *_check_restarts(checking))
    walk = _Walk(checking)
    for page in queries.page_entries(checking.session, checking.station_id):
        walk.take(page)
    walk.end()


def _check_restarts(checking: Checking) -> list[Epoch]:
    epochs: list[Epoch] = []
    for row in sorted(queries.list_all(checking.session, LogRestart, checking.station_id), key=lambda one: one.epoch):
        said = None
        if checking.keys.believes(Envelope(row.body, row.signature)):
            try:
                said = read_restart(Envelope(row.body, row.signature))
            except MalformedError:
                said = None
        if said is None or (said.epoch, said.size, said.agreed) != (row.epoch, row.size, row.agreed):
            checking.find("log_restart", row.epoch, "altered", "the statement is not what the server signed")
        if said is not None:
            epochs.append(Epoch(said.epoch, first_position(said.epoch), said.size))
    return sorted(epochs, key=lambda one: one.number)


class _Walk:
    """Goes through the entries in order. What was found wrong in one does not count against the next."""

    def __init__(self, checking: Checking) -> None:
        self.checking = checking
        self.expected = 1
        self.epoch = 0
        self.nodes: dict[Node, bytes] = {}
        self.seen: set[str] = set()
        self.missing: list[int] = []
        self.places: set[int] = set()

    def take(self, page: Sequence[LogEntry]) -> None:
        checking = self.checking
        station_id, session = checking.station_id, checking.session
        load_keys(checking, {row.file for row in page if row.status != ERASED})
        told: dict[int, list[str]] = {}
        for one in queries.list_audiences(session, station_id, page[0].position, page[-1].position):
            told.setdefault(one.position, []).append(one.audience)
        for row in page:
            self._step_to(row.position)
            checking.entries += 1
            self.places.add(row.position)
            self._check(row, told.get(row.position, []))
        session.expunge_all()

    def end(self) -> None:
        """The counter, what is missing at the end, and audiences of entries that are not there."""
        checking = self.checking
        self._skip_epochs(None)
        counter = queries.find_counter(checking.session, checking.station_id, LOG_COUNTER)
        last = self.expected - 1
        if counter is None:
            checking.find("counter", LOG_COUNTER, "missing", "the log's counter is gone")
        elif counter.value > last and self._is_cut(counter.value):
            self.missing += range(last + 1, min(counter.value, last + 1_000) + 1)
        elif counter.value != last:
            checking.find("counter", LOG_COUNTER, "altered", f"it says {counter.value}, the last entry is {last}")
        for position in self.missing:
            checking.find("log_entry", position, "missing", "the log has a gap here")
        for position, audience in queries.list_audience_positions(checking.session, checking.station_id):
            if position not in self.places and position not in self.missing:
                checking.find("log_audience", f"{position}/{audience}", "inserted", "there is no such entry")

    def _is_cut(self, counted: int) -> bool:
        """Whether entries were there beyond the last one: something else still speaks of them."""
        return queries.count_beyond(self.checking.session, self.checking.station_id, self.expected - 1, counted) > 0

    def _step_to(self, position: int) -> None:
        self._skip_epochs(position)
        while self.expected < position and len(self.missing) < 10_000:
            self.missing.append(self.expected)
            self.expected += 1
        self.expected = position + 1

    def _skip_epochs(self, position: int | None) -> None:
        """A later epoch begins where the one before had come to its end."""
        epochs = self.checking.epochs
        while self.epoch + 1 < len(epochs):
            now, following = epochs[self.epoch], epochs[self.epoch + 1]
            if position is not None and position < following.first:
                return
            end = now.first + following.leaf - now.leaf
            self.missing += range(self.expected, end)
            self.expected = following.first
            self.epoch += 1

    def _check(self, row: LogEntry, audiences: list[str]) -> None:
        checking = self.checking
        if row.status == ERASED:
            self._check_erased(row, audiences)
            return
        verdict = self._read(row)
        if verdict is None:
            self._keep_nodes(row)
            return
        is_stranger = row.file == checking.station_id  # nobody's word: kept beside the files
        named = (
            verdict.change if not is_stranger else row.change_id,
            checking.station_id if is_stranger else verdict.file,
            verdict.status,
        )
        is_first = row.change_id not in self.seen
        self.seen.add(row.change_id)
        alone = mark_entry(checking.keyring, row, ())[:32]
        if (row.change_id, row.file, row.status) != named or row.is_first != is_first:
            checking.find("log_entry", row.position, "altered", "its columns are not what its verdict says")
        elif row.mark[:32] != alone:
            checking.find("log_entry", row.position, "altered", "its mark does not fit")
        elif row.mark != mark_entry(checking.keyring, row, audiences):
            checking.find("log_audience", row.position, "altered", "other readers are told of it than were")
        checking.told[row.change_id] = Told(row.position, verdict, row.file)

    def _check_erased(self, row: LogEntry, audiences: list[str]) -> None:
        """Its text is gone with its file; its leaf still stands in the tree."""
        if row.file not in self.checking.erased:
            self.checking.find("log_entry", row.position, "altered", "its text is gone, and nobody erased its file")
        elif row.mark != mark_entry(self.checking.keyring, row, audiences):
            self.checking.find("log_entry", row.position, "altered", "its mark does not fit")
        if not self._fits(row, row.nodes[:NODE_BYTES]):
            self.checking.find("log_entry", row.position, "altered", "its place in the tree is not its own")

    def _read(self, row: LogEntry) -> Verdict | None:
        checking = self.checking
        if checking.is_closed(row.file):
            return None
        try:
            signed = open_verdict(checking.session, checking.keyring, row)
        except crypto.SealError:
            checking.find("log_entry", row.position, "altered", "it does not open where it stands")
            return None
        if not checking.keys.believes(signed):
            checking.find("log_entry", row.position, "altered", "its verdict is not signed by the station")
            return None
        if not self._fits(row, tree.leaf_hash(signed.body)):
            checking.find("log_entry", row.position, "altered", "its place in the tree is not its own")
        try:
            verdict, body = read_verdict(signed), parse_canonical(signed.body)
        except MalformedError:
            checking.find("log_entry", row.position, "altered", "its verdict cannot be read")
            return None
        if body["station"] != checking.station_id:
            checking.find("log_entry", row.position, "inserted", "its verdict is of another station")
        return verdict

    def _leaf(self, position: int) -> int:
        epoch = self.checking.epochs[self.epoch]
        return epoch.leaf + position - epoch.first

    def _fits(self, row: LogEntry, own: bytes) -> bool:
        """Whether the nodes kept with the entry are what its own leaf and the nodes before make."""
        leaf = self._leaf(row.position)
        made, known = own, True
        parts = [row.nodes[at : at + NODE_BYTES] for at in range(0, len(row.nodes), NODE_BYTES)]
        expected = (leaf + 1 & -(leaf + 1)).bit_length()
        fits = len(parts) == expected and parts[0] == made
        for level in range(1, len(parts)):
            left = self.nodes.pop((level - 1, (leaf >> level - 1) - 1), None)
            if left is None:
                known = False
            if known and left is not None:
                made = tree.node_hash(left, made)
                fits = fits and parts[level] == made
        self._keep_nodes(row)
        return fits

    def _keep_nodes(self, row: LogEntry) -> None:
        leaf, levels = self._leaf(row.position), len(row.nodes) // NODE_BYTES
        if levels:
            self.nodes[levels - 1, leaf >> levels - 1] = row.nodes[-NODE_BYTES:]


def load_keys(checking: Checking, owners: set[str]) -> None:
    """Names the data keys that are gone or do not open; the others are at hand afterwards."""
    found = {row.owner: row for row in queries.list_data_keys(checking.session, checking.station_id, sorted(owners))}
    for owner in sorted(owners):
        if owner not in found:
            checking.lose_key(owner, is_missing=True)
            continue
        try:
            checking.keyring.require_key(checking.session, checking.station_id, owner)
        except crypto.SealError:
            checking.lose_key(owner, is_missing=False)

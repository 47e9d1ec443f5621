"""The second half of `yihu verify`: every change against its verdict in the log, and what is derived from accepted changes."""

from server import crypto
from server.devices.tables import Replica, RouteReplica
from server.intake import rules as intake
from server.intake.checks import list_id_numbers
from server.intake.log import ERASED, FileState, mark_change, open_body, read_or_none, to_fold_input
from server.intake.places import find_home, list_circle
from server.intake.tables import CaseFile, Change, FileMove, IdentityIndex
from server.log import queries
from server.log.findings import Checking, Told
from server.log.verify_entries import load_keys
from sync import change as changes
from sync.canonical import sha256_hex
from sync.change import Envelope, replica_id, verify
from sync.verdicts import Known, is_fork

_REFUSED = ("returned", "declined")


def check_changes(checking: Checking) -> None:
    walk = _Walk(checking)
    for page in queries.page_changes(checking.session, checking.station_id):
        load_keys(checking, {row.file for row in page if row.status != ERASED})
        for row in page:
            walk.take(row)
        checking.session.expunge_all()
    for change_id, told in checking.told.items():
        if change_id not in walk.seen:
            checking.find("change", change_id, "missing", f"the log speaks of it at {told.position}")
    walk.check_files()
    walk.check_numbers()


class _Walk:
    def __init__(self, checking: Checking) -> None:
        self.checking = checking
        session, station_id = checking.session, checking.station_id
        self.keys: dict[str, tuple[bytes, str]] = {}
        for replica in queries.list_all(session, Replica, station_id):
            if replica_id(replica.public_key) != replica.replica:
                checking.find("replica", replica.replica, "altered", "its key is not the one it is named by")
            self.keys[replica.replica] = (replica.public_key, replica.person_id)
        for route in queries.list_all(session, RouteReplica, station_id):
            if replica_id(route.public_key) != route.replica:
                checking.find("route_replica", route.replica, "altered", "its key is not the one it is named by")
            self.keys[route.replica] = (route.public_key, route.person_id)
        self.seen: set[str] = set()
        self.states: dict[str, FileState] = {}
        self.first: dict[str, tuple[int, str, str]] = {}  # file -> place, kind, scope of what began it
        self.numbers: set[tuple[str, str]] = set()
        self.closed: set[str] = set()

    # --- one change ---------------------------------------------------------------------------------------------------

    def take(self, row: Change) -> None:
        checking = self.checking
        checking.changes += 1
        self.seen.add(row.change_id)
        if row.status == ERASED:
            self._check_erased(row)
            return
        envelope = self._open(row)
        if envelope is None:
            self.closed.add(row.file)
            return
        if row.mark != mark_change(checking.keyring, row):
            checking.find("change", row.change_id, "altered", "its mark does not fit")
        told = checking.told.get(row.change_id)
        if told is None:
            checking.find("change", row.change_id, "inserted", "the log does not speak of it")
            return
        self._check_decided(row, told)
        change, _error = read_or_none(envelope)
        if change is not None and row.act:
            self._check_author(row, envelope, change)
            self._count(row, change)

    def _check_erased(self, row: Change) -> None:
        self.closed.add(row.file)
        if row.file not in self.checking.erased:
            self.checking.find("change", row.change_id, "altered", "its text is gone, and nobody erased its file")
        elif row.mark != mark_change(self.checking.keyring, row):
            self.checking.find("change", row.change_id, "altered", "its mark does not fit")

    def _open(self, row: Change) -> Envelope | None:
        checking = self.checking
        if checking.is_closed(row.file):
            return None
        try:
            envelope = open_body(checking.session, checking.keyring, row)
        except crypto.SealError:
            checking.find("change", row.change_id, "altered", "it does not open where it stands")
            return None
        if row.body_bytes == 0 and self._is_of_an_erased_file(row):
            return envelope
        if row.change_id not in (intake.change_id_of(envelope), _unverified_id(envelope)):
            checking.find("change", row.change_id, "altered", "its text is not the one it is named by")
            return None
        return envelope

    def _is_of_an_erased_file(self, row: Change) -> bool:
        """It came after its file was erased: answered, and none of its words were kept."""
        told = self.checking.told.get(row.change_id)
        return told is not None and told.verdict.file in self.checking.erased and row.file == self.checking.station_id

    def _check_decided(self, row: Change, told: Told) -> None:
        verdict = told.verdict
        decided = (verdict.status, verdict.position, told.position, verdict.duty or "", verdict.received_at, told.file)
        stands = (row.status, row.position, row.entry, row.duty, row.received_at, row.file)
        is_wrong_fork = row.fork not in ("", row.change_id) or (
            row.fork != "" and row.status == "accepted" and len(self.checking.epochs) == 1
        )
        if stands != decided or is_wrong_fork or (row.fork == "" and is_fork(verdict)):
            self.checking.find("change", row.change_id, "altered", "it is not as its latest verdict says")

    def _check_author(self, row: Change, envelope: Envelope, change: changes.Change) -> None:
        known = self.keys.get(row.replica)
        if known is None:
            # Brought back after a restart, its author's enrolment may have been forgotten.
            if row.status == "accepted" and row.entry == row.position:
                self.checking.find("replica", row.replica, "missing", "changes of it were accepted")
            return
        if not verify(envelope, known[0]) and replica_id(known[0]) == row.replica:
            self.checking.find("change", row.change_id, "altered", "its author did not sign it")
        if row.status == "accepted" and change.person != known[1]:
            self.checking.find("replica", row.replica, "altered", "its person is not the author of what it signed")

    def _count(self, row: Change, change: changes.Change) -> None:
        if row.status not in _REFUSED:
            begun = self.first.get(row.file)
            if begun is None or row.entry < begun[0]:
                self.first[row.file] = (row.entry, change.kind, change.scope)
        state = self.states.setdefault(row.file, FileState(row.file, None))
        if row.fork:
            return
        state.known[change.dot] = Known(row.change_id, row.status)
        if row.status == "accepted":
            state.accepted.append(to_fold_input(row, change))
            for number in list_id_numbers(change):
                self.numbers.add((self.checking.keyring.blind_index(row.station_id, "id_number", number), row.file))

    # --- what is derived ----------------------------------------------------------------------------------------------

    def check_files(self) -> None:
        checking = self.checking
        rows = {row.file: row for row in queries.list_all(checking.session, CaseFile, checking.station_id)}
        for file, row in rows.items():
            self.states.setdefault(file, FileState(file, None)).row = row
        for file, state in sorted(self.states.items()):
            if file in self.closed:
                continue
            self._check_gaps(state)
            if state.row is None:
                if state.accepted:
                    checking.find("case_file", file, "missing", "accepted changes speak of it")
            elif file not in self.first:
                checking.find("case_file", file, "inserted", "no change speaks of it")
            else:
                self._check_file(state, state.row)
        self._check_moves(rows)

    def _check_file(self, state: FileState, row: CaseFile) -> None:
        checking = self.checking
        places = [checking.told[item.change.id].position for item in state.accepted if item.change.id in checking.told]
        _place, kind, scope = self.first[state.file]
        around = list_circle([state.file, *([row.survivor] if row.survivor in self.states else [])], self._state)
        derived = (kind, scope, len(places), max(places, default=0))
        if (row.kind, row.origin_scope, row.changes, row.accepted_position) != derived:
            checking.find("case_file", row.file, "altered", "it is not what its accepted changes make of it")
        elif not any(one.file in self.closed for one in around) and find_home(state, around) != (
            row.survivor,
            row.scope,
        ):
            checking.find("case_file", row.file, "altered", "its accepted changes put it elsewhere")

    def _state(self, file: str) -> FileState:
        return self.states.setdefault(file, FileState(file, None))

    def _check_gaps(self, state: FileState) -> None:
        """An accepted change follows one that is there, back to the first of its replica."""
        for item in state.accepted:
            dot = item.change.dot
            if dot.seq > 1 and item.change.prev not in self.seen:
                key = item.change.prev or f"{state.file} {dot.replica} {dot.seq - 1}"
                self.checking.find("change", key, "missing", f"{item.change.id} follows it")

    def _check_moves(self, rows: dict[str, CaseFile]) -> None:
        moves: dict[str, list[FileMove]] = {}
        for move in queries.list_all(self.checking.session, FileMove, self.checking.station_id):
            moves.setdefault(move.file, []).append(move)
        for file, row in rows.items():
            at = row.origin_scope
            for move in sorted(moves.pop(file, ()), key=lambda one: one.position):
                if move.before != at:
                    self.checking.find("file_move", f"{move.position}/{file}", "altered", "it begins elsewhere")
                at = move.after
            if at != row.scope:
                self.checking.find("file_move", file, "missing", "the file lives elsewhere than its moves say")
        for file, left in moves.items():
            for move in left:
                self.checking.find("file_move", f"{move.position}/{file}", "inserted", "there is no such file")

    def check_numbers(self) -> None:
        rows = queries.list_all(self.checking.session, IdentityIndex, self.checking.station_id)
        found = {(row.number_hash, row.file) for row in rows}
        for number_hash, file in sorted(found - self.numbers):
            if file not in self.closed:
                self.checking.find(
                    "identity_index", f"{number_hash}/{file}", "inserted", "no accepted change writes it"
                )
        for number_hash, file in sorted(self.numbers - found):
            self.checking.find("identity_index", f"{number_hash}/{file}", "missing", "an accepted change writes it")


def _unverified_id(envelope: Envelope) -> str:
    return sha256_hex(f"unverified\n{envelope.sig}\n{envelope.body}".encode("utf-8", "surrogatepass"))

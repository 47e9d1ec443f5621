"""One sync: push what is unsent, pull from the cursor, take in packs, compare digests, send photos.

1. A change is pushed until a verdict for its own id is stored. A lost answer is repaired by pushing again.
2. A cursor is stored together with what it covers; where packs belong to that, they are written down with it and are taken in
   before anything else is asked. A page that puts files away must not be forgotten half way: the next cursor would not know.
3. One bad record never blocks another: a batch that is refused as a whole is halved down to the record.
4. The server's digest is compared and never copied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sync.change import Envelope, read_change
from sync.device import session
from sync.device.attachments import upload_attachments
from sync.device.erasing import obey_erasures
from sync.device.errors import DeviceError, UnreachedError
from sync.device.identity import Identity
from sync.device.keys import seal_to_server
from sync.device.packs import Packs, offered
from sync.device.reading import digest, fold_inputs, list_changes_around, list_circle
from sync.device.report import SyncReport
from sync.device.store import Page, Store, StoredChange
from sync.device.transport import Answer, Transport
from sync.device.witness import Witness
from sync.errors import MalformedError
from sync.log import LogError
from sync.messages import (
    BATCH_BYTES_MAX,
    CHANGES_PER_BATCH_MAX,
    FILES_PER_HAVE_MAX,
    ChangeEntry,
    EnterEntry,
    LeaveEntry,
    PackedFile,
    SyncAnswer,
    VerdictEntry,
)
from sync.packing import pack_save
from sync.rules import Rules
from sync.verdict import read_verdict

PAGE_ENTRIES = 500
_TOO_MUCH = frozenset({400, 413, 422})
_LOG_CODES = frozenset({"log_behind", "log_differs"})


class Syncing:
    """One run over one store and one transport."""

    def __init__(
        self,
        store: Store,
        transport: Transport,
        identity: Identity,
        rules_of: Callable[[str], Rules | Mapping[str, Any] | None],
    ) -> None:
        self._store = store
        self._transport = transport
        self._identity = identity
        self._rules_of = rules_of
        self._keys = session.station_keys(store, identity)
        self._report = SyncReport()
        self._witness = Witness(
            store, identity, self._keys, lambda method, path, body: self._call(method, path, body, {})
        )
        self._packs = Packs(
            store, lambda path, headers: self._call("GET", path, None, headers), self._witness, self._take_files
        )
        self._tried: set[str] = set()  # changes pushed in this run: each is tried once
        self._batch_max = CHANGES_PER_BATCH_MAX
        self._pulled_again = False

    def run(self) -> SyncReport:
        """Sync until nothing is left to say. Repeating it is harmless."""
        refused = session.open_session(self._transport, self._identity, "read")
        if refused:
            self._fail(refused.code, refused.detail)
            if refused.code == "device_revoked":
                self._push_sealed()
            return self._finish()
        self._refresh_policy()
        if self._take_packs() and self._bring_back():
            while self._round_trip():
                pass
            self._fetch_wanted()
            self._leave_foreign()
        if self._report.reached and self._report.problem is None:
            self._report.attachments = upload_attachments(self._store, self._transport, self._identity)
            self._forget_left_files()
            self._report.complete = not self._store.list_unsent()
        return self._finish()

    # --- one round trip ------------------------------------------------------------------------------------------------

    def _round_trip(self) -> bool:
        """Push a batch and pull a page. Whether there is more to do."""
        batch = self._next_batch()
        body = {
            "push": [stored.envelope.to_json() for stored in batch],
            "certificates": [],
            "cursor": self._store.setting("cursor"),
            "limit": PAGE_ENTRIES,
        }
        if self._store.setting("again"):
            body["again"] = True
        body["log"] = self._witness.memory.claim()
        body["handovers"] = self._keys.count
        body["erased"] = self._store.setting("erased") or 0
        unsent = self._store.list_unsent()
        headers = {"Yihu-Unsent": str(len(unsent) - len(batch))}
        answer = self._call("POST", "/sync", body, headers)
        if answer is None:
            return self._stop_unreached()
        if answer.status in _TOO_MUCH and batch:
            return self._halve(batch, answer)
        if not answer.is_fine:
            error = answer.to_error()
            if error.code == "keys_changed" and self._refresh_policy():
                return True
            return self._testify() if error.code in _LOG_CODES else self._fail(error.code, error.detail)
        self._tried |= {stored.id for stored in batch}
        self._batch_max = min(CHANGES_PER_BATCH_MAX, self._batch_max * 2)
        read = SyncAnswer.model_validate_json(answer.content)
        self._report.pushed += len(batch)
        if not self._take(batch, read):
            return False
        self._compare(read.digests)
        return read.more or bool(self._next_batch())

    def _next_batch(self) -> list[StoredChange]:
        """Unsent changes in the order made, within the limits of a batch; at least one if there is one."""
        batch: list[StoredChange] = []
        size = 0
        for stored in self._store.list_unsent():
            if stored.id in self._tried:
                continue
            size += len(stored.envelope.body.encode()) + 200
            if batch and (len(batch) >= self._batch_max or size > BATCH_BYTES_MAX):
                break
            batch.append(stored)
        return batch

    def _halve(self, batch: Sequence[StoredChange], answer: Answer) -> bool:
        if len(batch) > 1:
            self._batch_max = max(1, len(batch) // 2)
            return True
        error = answer.to_error()
        self._tried.add(batch[0].id)  # it stays in the outbox; the others go on without it
        self._fail(error.code, error.detail)
        return True

    def _refresh_policy(self) -> bool:
        """Whether it brought other keys of the station: what was refused for want of them may be asked again."""
        known = self._keys
        session.refresh_policy(self._transport, self._identity, self._store)
        self._keys = session.station_keys(self._store, self._identity)
        self._witness.keys = self._keys
        return self._keys != known

    # --- taking in -------------------------------------------------------------------------------------------------------

    def _take(self, batch: Sequence[StoredChange], answer: SyncAnswer) -> bool:
        """Store verdicts, entries, packs, and then the cursor that covers them."""
        erased = [Envelope(one.body, one.sig) for one in answer.erased]
        if not obey_erasures(self._store, self._keys, self._identity, erased):
            self._fail("erasure_not_signed", "An erasure was not signed by the station; it was not obeyed.")
        verdicts = [Envelope(item.body, item.sig) for item in answer.verdicts]
        entries = answer.entries
        changes = [self._read_entry(entry) for entry in entries if isinstance(entry, ChangeEntry)]
        told = [Envelope(entry.verdict.body, entry.verdict.sig) for entry in entries if isinstance(entry, VerdictEntry)]
        facts: dict[str, Any] = {"server_at": answer.server_at, "backed_up": answer.backed_up}
        cursor: dict[str, Any] = {} if answer.cursor is None else {"cursor": answer.cursor, "again": False}
        if answer.packs:
            cursor = offered(answer.packs, answer.cursor)
        own = {stored.id for stored in batch}
        judged = [self._read_verdict(verdict) for verdict in verdicts]
        heard = [pair for pair in (*judged, *(self._read_verdict(verdict) for verdict in told)) if pair]
        try:
            positions = () if answer.log else [read_verdict(envelope).position for _, envelope in heard]
            facts |= self._witness.check(answer.log, positions)
        except (LogError, MalformedError) as error:
            return self._fail(error.code, error.detail)
        for change, _ in (pair for pair in judged if pair):
            if change in own:
                self._count(change, judged)
        entered = [(entry.file, entry.scope) for entry in entries if isinstance(entry, EnterEntry)]
        if wanted := self._wants([file for file, _ in entered], {change.file for change in changes if change}):
            facts["wanted"] = sorted({*wanted, *(self._store.setting("wanted") or ())})
        page = Page(
            changes=[change for change in changes if change],
            verdicts=heard,
            entered=entered,
            left=[entry.file for entry in entries if isinstance(entry, LeaveEntry)],
            settings=facts | cursor,
        )
        self._store.take_page(page)
        self._report.pulled += len(page.changes)
        return self._take_packs()

    def _wants(self, entered: Sequence[str], brought: set[str]) -> list[str]:
        """Files that are this reader's again, of which nothing comes and nothing, or a closed copy, is here (M-4c)."""
        if self._store.setting("again") or self._store.setting("cursor") is None:
            return []  # all comes anew
        held = {file: self._store.find_file(file) for file in entered if file not in brought}
        return [file for file, stored in held.items() if stored is None or stored.left]

    def _fetch_wanted(self) -> bool:
        """Asks for those files by name; what breaks off is due again."""
        while self._report.reached and (wanted := self._store.setting("wanted")):
            fetched = self._witness.fetch(wanted[:FILES_PER_HAVE_MAX], whole=True)
            if fetched is None:
                return self._stop_unreached()
            self._take_files(fetched)
            self._store.keep_settings({"wanted": wanted[FILES_PER_HAVE_MAX:]})
        return True

    def _leave_foreign(self) -> bool:
        """What no entry takes away: of a lost log, or of scopes that no cursor knew. What breaks off is due again."""
        if not self._report.reached or self._report.problem or not self._store.setting("recheck"):
            return True
        foreign = self._witness.list_foreign()
        if foreign is None:
            return self._stop_unreached()
        self._store.take_page(Page(left=foreign, settings={"recheck": False}))
        return True

    def _count(self, change: str, judged: Sequence[tuple[str, Envelope] | None]) -> None:
        envelope = next(pair[1] for pair in judged if pair and pair[0] == change)
        status = read_verdict(envelope).status
        self._report.verdicts[status] = self._report.verdicts.get(status, 0) + 1

    def _read_verdict(self, envelope: Envelope) -> tuple[str, Envelope] | None:
        """Change id and verdict, if the station signed it. Only a signed verdict counts."""
        if not self._keys.believes(envelope):
            self._fail("verdict_not_signed", "An answer was not signed by the station; it was not believed.")
            return None
        return read_verdict(envelope).change, envelope

    def _read_entry(self, entry: Any) -> StoredChange | None:
        """A change that came with its verdict: the signed verdict names the hash of the change's very text."""
        envelope = Envelope(entry.envelope.body, entry.envelope.sig)
        pair = self._read_verdict(Envelope(entry.verdict.body, entry.verdict.sig))
        if pair is None:
            return None
        try:
            change = read_change(envelope)
        except MalformedError:
            return None  # kept by the server under its dot, but nothing that could be folded
        if change.id != pair[0]:
            self._fail("entry_altered", "A change differs from what the station signed; it was not taken in.")
            return None
        return StoredChange.of(change, envelope, own=change.dot.replica == self._identity.replica, verdict=pair[1])

    def _take_packs(self) -> bool:
        """The packs that an answer offered, this one's or an earlier one's; then the cursor after them."""
        try:
            self._packs.take_in()
        except UnreachedError:
            return self._stop_unreached()
        except DeviceError as error:
            return self._fail(error.code, error.detail)
        finally:
            self._report.packs = self._packs.taken
        return True

    # --- digests ---------------------------------------------------------------------------------------------------------

    def _compare(self, digests: Mapping[str, str]) -> None:
        """Compare with our own fold; on a difference pull everything once more, and report what still differs (M-3)."""
        differing = [file for file, theirs in digests.items() if self._differs(file, theirs)]
        if differing:
            self._mend(differing)
            differing = [file for file in differing if self._differs(file, digests[file])]
        if differing and not self._pulled_again:
            self._pulled_again = True
            self._store.keep_settings({"again": True})  # beside the cursor, which tells what left meanwhile
            while self._round_trip():
                pass
            differing = [file for file in differing if self._differs(file, digests[file])]
        self._report.differing += [file for file in differing if file not in self._report.differing]

    def _mend(self, files: Sequence[str]) -> None:
        """Fetches those of these files of which the server holds other changes (L-9); what they absorbed shows in them."""
        around = sorted({name for file in files for name in list_circle(self._store, file)})
        self._take_files(self._witness.fetch(around) or ())

    def _take_files(self, files: Iterable[PackedFile]) -> None:
        for packed in files:
            changes = [change for change in map(self._read_entry, packed.changes) if change]
            self._store.take_page(Page(changes=changes, entered=[(packed.file, packed.scope)]))
            self._report.pulled += len(changes)

    # --- the log ---------------------------------------------------------------------------------------------------------

    def _testify(self) -> bool:
        """The server's log is not the remembered one: show it, and bring back what a restarted server forgot."""
        try:
            if not self._witness.testify():
                return self._stop_unreached()
        except (LogError, MalformedError) as error:
            return self._fail(error.code, error.detail)
        return self._bring_back()

    def _bring_back(self) -> bool:
        was_due = bool(self._witness.memory.forgotten)
        if not self._witness.bring_back():
            return self._stop_unreached()
        if was_due:
            self._report.restored = self._store.setting("restored")
        return True

    def _differs(self, file: str, theirs: str) -> bool:
        stored = self._store.find_file(file)
        rules = self._rules_of(stored.kind) if stored else None
        if stored is None or rules is None:
            return False
        read = Rules.of(rules)
        policy = session.read_policy(Envelope.from_json(self._store.setting("policy")), self._identity)
        if policy["schema_versions"].get(stored.kind) != read.version:
            return False
        return digest(fold_inputs(list_changes_around(self._store, file)), read, file) != theirs

    # --- the rest --------------------------------------------------------------------------------------------------------

    def _push_sealed(self) -> None:
        """A revoked device reads no more, but what it recorded still gets home (M-5).

        It cannot hear that the server was put back either: what no backup holds goes along with its verdict (M-5d).
        """
        if session.open_session(self._transport, self._identity, "upload"):
            return
        policy = session.read_policy(Envelope.from_json(self._store.setting("policy")), self._identity)
        for stored in [*self._witness.list_at_risk(), *self._store.list_unsent()]:
            sealed = seal_to_server(pack_save(stored.envelope, verdict=stored.verdict), policy["sealing_key"])
            answer = self._call("POST", "/sealed", {"items": [{"id": stored.id, "sealed": sealed}]}, {})
            if answer and answer.is_fine:
                self._report.sealed += 1

    def _forget_left_files(self) -> None:
        for stored in self._store.list_files():
            if stored.left and self._witness.may_forget(stored.file):
                self._store.forget_file(stored.file)

    def _call(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> Answer | None:
        answer = self._transport.call(method, path, body=body, headers=headers)
        if answer is not None and answer.status == 401:
            session.open_session(self._transport, self._identity, "read")
            answer = self._transport.call(method, path, body=body, headers=headers)
        return answer

    def _stop_unreached(self) -> bool:
        self._report.reached = False
        return self._fail("no_answer", "No answer from the server. Everything is still on the device.")

    def _fail(self, code: str, detail: str) -> bool:
        self._report.problem = self._report.problem or {"code": code, "detail": detail}
        return False

    def _finish(self) -> SyncReport:
        self._report.unsent = len(self._store.list_unsent())
        return self._report

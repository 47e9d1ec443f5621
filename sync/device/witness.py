"""The device as a witness of the server's log: what it remembers, what it says to a log that differs, what it brings back.

Invariants: nothing of an answer is stored whose log does not begin with what is remembered; what a restarted server forgot
stays due until all of it was brought back and a sync was answered after it, however often the network breaks off.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sync.canonical import parse_canonical
from sync.change import Envelope
from sync.device.identity import Identity
from sync.device.store import Store, StoredChange
from sync.device.transport import Answer
from sync.handover import StationKeys
from sync.log import LogError, LogMemory, files_hash, may_forget, read_restart, read_root
from sync.messages import (
    BATCH_BYTES_MAX,
    CHANGES_PER_BATCH_MAX,
    FILES_PER_HAVE_MAX,
    HaveAnswer,
    LogAnswer,
    PackedFile,
    PackHead,
    ReturnAnswer,
    WitnessAnswer,
)

Call = Callable[[str, str, Any], "Answer | None"]
WITNESSED_MAX = 3  # times in one run: a server that restarts again and again is asked another day
_REMEMBERED_MAX = 64
HASH_OF_NOTHING = "0" * 64  # fits no file: what the server holds is sent (M-4c)


class _Compared(NamedTuple):
    """Files of which the server has other accepted changes, and those that it does not let this device read."""

    differ: list[str]
    unknown: list[str]


class Witness:
    """One run over one store. `call` sends a request with the read session; `None` is no answer."""

    def __init__(self, store: Store, identity: Identity, keys: StationKeys, call: Call) -> None:
        self._store = store
        self._identity = identity
        self.keys = keys
        self._call = call
        self._heard = 0

    @property
    def memory(self) -> LogMemory:
        return LogMemory.from_json(self._store.setting("log"))

    def check(self, log: LogAnswer | None, positions: Sequence[int]) -> dict[str, Any]:
        """What to store with an answer that told of these positions. Raises `LogError`: store nothing of it.

        With this answer the server has what was brought back to it in this run: only now the restart is over (L-11).
        """
        memory = self.memory
        if log is None:
            known = read_root(memory.signed).position if memory.signed else None
            if known is not None and max(positions, default=0) > known:
                raise LogError("The server tells of entries and does not show the log that holds them.")
            return {"log": memory.recovered().to_json()} if memory.forgotten else {}
        signed = Envelope(log.root.body, log.root.sig)
        taken = memory.take_root(read_root(self._believe(signed)), log.proof, signed)
        return {"log": taken.recovered().to_json()}

    def check_pack(self, head: PackHead) -> None:
        """A pack made where this device remembers a root must be of that very log (L-6). Raises `LogError`."""
        if head.root is None:
            return
        root, memory = read_root(self._believe(Envelope(head.root.body, head.root.sig))), self.memory
        if root.epoch == memory.epoch and any(one.size == root.size and one.hash != root.hash for one in memory.roots):
            raise LogError("A pack is of another log than the one that this device remembers.")

    def testify(self) -> bool:
        """Shows what is remembered to a server whose log differs; whether the sync may go on. Raises `LogError`."""
        self._heard += 1
        memory = self.memory
        if self._heard > WITNESSED_MAX:
            raise LogError("The server's log keeps differing from what this device remembers.")
        remembered = memory.list_claims(_REMEMBERED_MAX)
        body = {"root": memory.signed.to_json() if memory.signed else None, "remembered": remembered}
        answer = self._call("POST", "/log/witness", body)
        if answer is None or not answer.is_fine:
            return False
        told = WitnessAnswer.model_validate_json(answer.content)
        root = self._believe(Envelope(told.root.body, told.root.sig))
        restarts = [read_restart(self._believe(Envelope(one.body, one.sig))) for one in told.restarts]
        if told.state == "differs":
            raise LogError("The server's log is not the one that this device remembers.")
        after = memory.take_restarts(restarts)
        if after != memory:
            after = after.take_signed(read_root(root), root)
            last = max(restarts, key=lambda one: one.epoch)
            self._store.keep_settings(
                {
                    "log": after.to_json(),
                    "restored": {"epoch": last.epoch, "at": last.at, "brought": 0},
                    "recheck": True,
                }
            )
        return True

    def bring_back(self) -> bool:
        """Sends what the server forgot, with its own verdicts. False: broken off. It stays due until a sync was answered."""
        memory = self.memory
        if not memory.forgotten:
            return True
        due = self._list_due(memory)
        if due is None:
            return False
        brought = 0
        for batch in _batches(due):
            items = [{"envelope": one.envelope.to_json(), "verdict": _json(one.verdict)} for one in batch]
            answer = self._call("POST", "/log/return", {"items": items})
            if answer is None or not answer.is_fine:
                return False
            results = ReturnAnswer.model_validate_json(answer.content).results
            brought += sum(result.code == "taken" for result in results)
        for attachment in self._store.list_attachments():  # known ones cost the server one look
            content = self._store.read_attachment(attachment.file, attachment.sha256)
            if attachment.uploaded and content is not None:
                self._store.keep_attachment(replace(attachment, uploaded=False, upload_url=None), content)
        restored = self._store.setting("restored") or {}
        self._store.keep_settings({"restored": {**restored, "brought": restored.get("brought", 0) + brought}})
        return True

    def _list_due(self, memory: LogMemory) -> list[StoredChange] | None:
        """Own changes and those of others that the server may have forgotten; None without an answer to what it has."""
        found: dict[str, list[StoredChange]] = {}
        for stored in self._store.list_files():
            changes = self._store.list_changes(stored.file)
            verdicts = [verdict for one in changes if (verdict := one.read_verdict())]
            if any(memory.is_forgotten(verdict.position) for verdict in verdicts):
                found[stored.file] = changes
        told = self._ask({file: hash_of(changes) for file, changes in found.items()})
        if told is None:
            return None
        missing = {one for some in told for one in some}
        due = []
        for file, changes in found.items():
            for one in changes:
                verdict = one.read_verdict()
                if verdict is None or not memory.is_forgotten(verdict.position):
                    continue
                if file in missing or verdict.status != "accepted":
                    due.append((verdict.position, one))
        return [one for _, one in sorted(due, key=lambda pair: pair[0])]

    def list_foreign(self) -> list[str] | None:
        """Files that lie open here and that the server does not let this device read (M-4c); None without an answer."""
        open_ones = [stored.file for stored in self._store.list_files() if not stored.left]
        told = self._ask({file: HASH_OF_NOTHING for file in open_ones if self._has_accepted(file)})
        return told.unknown if told else None

    def _has_accepted(self, file: str) -> bool:
        return any((verdict := one.read_verdict()) and _counts(verdict) for one in self._store.list_changes(file))

    def _ask(self, hashes: Mapping[str, str]) -> _Compared | None:
        told = _Compared([], [])
        names = sorted(hashes)
        for start in range(0, len(names), FILES_PER_HAVE_MAX):
            asked = {name: hashes[name] for name in names[start : start + FILES_PER_HAVE_MAX]}
            answer = self._call("POST", "/have", {"files": asked})
            if answer is None or not answer.is_fine:
                return None
            some = HaveAnswer.model_validate_json(answer.content)
            told.differ.extend(some.differ)
            told.unknown.extend(some.unknown)
        return told

    def fetch(self, files: Sequence[str], *, whole: bool = False) -> list[PackedFile] | None:
        """What the server holds of those of these files of which it holds something else (L-9); None without an answer.

        `whole`: of each of them, whatever is here.
        """
        fetched: list[PackedFile] = []
        asked = {
            file: HASH_OF_NOTHING if whole else hash_of(self._store.list_changes(file))
            for file in files[:FILES_PER_HAVE_MAX]
        }
        while asked:
            answer = self._call("POST", "/have", {"files": asked, "changes": True})
            if answer is None or not answer.is_fine:
                return None
            told = HaveAnswer.model_validate_json(answer.content)
            fetched += told.files
            asked = {file: asked[file] for file in told.differ if file not in {one.file for one in fetched}}
            if not told.files:
                break
        return fetched

    def list_at_risk(self) -> list[StoredChange]:
        """Own changes with a verdict that the backup has not passed (L-12), oldest first; all while none was told."""
        backed_up = self._store.setting("backed_up")
        judged = [(verdict.position, one) for one in self._store.list_own() if (verdict := one.read_verdict())]
        at_risk = [pair for pair in judged if backed_up is None or pair[0] > backed_up]
        return [one for _, one in sorted(at_risk, key=lambda pair: pair[0])]

    def may_forget(self, file: str) -> bool:
        """Whether the backup has passed every own change of a file that left (L-12)."""
        backed_up = self._store.setting("backed_up")
        positions = [
            verdict.position
            for one in self._store.list_changes(file)
            if one.own and (verdict := one.read_verdict()) is not None
        ]
        return all(may_forget(position, backed_up) for position in positions)

    def _believe(self, envelope: Envelope) -> Envelope:
        """A document of the log, if this station signed it."""
        body = parse_canonical(envelope.body) if self.keys.believes(envelope) else None
        if not isinstance(body, dict) or (body.get("deployment"), body.get("station")) != (
            self._identity.deployment,
            self._identity.station,
        ):
            raise LogError("What the server says of its log is not signed by the station.")
        return envelope


def hash_of(changes: Sequence[StoredChange]) -> str:
    accepted = ((one.id, verdict.position) for one in changes if (verdict := one.read_verdict()) and _counts(verdict))
    return files_hash(accepted)


def _counts(verdict: Any) -> bool:
    return bool(verdict.status == "accepted")


def _batches(due: Sequence[StoredChange]) -> list[list[StoredChange]]:
    batches: list[list[StoredChange]] = [[]]
    size = 0
    for one in due:
        mine = len(one.envelope.body.encode()) + len(one.verdict.body if one.verdict else "") + 400
        if len(batches[-1]) >= CHANGES_PER_BATCH_MAX or (batches[-1] and size + mine > BATCH_BYTES_MAX):
            batches.append([])
            size = 0
        batches[-1].append(one)
        size += mine
    return [batch for batch in batches if batch]


def _json(envelope: Envelope | None) -> dict[str, str] | None:
    return envelope.to_json() if envelope else None

"""What a device asks of the server about changes that wait: a deputy's list and decisions, an author's questions; and staff.

Online only. A verdict counts only as the station signed it; nothing is put away here before the server has said that it
holds it. Words of others that can never be accepted as they stand are entered again as a change of one's own (C-8).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sync.change import Change, Envelope, read_change
from sync.device import session
from sync.device.errors import DeviceError, FileUnknownError
from sync.device.store import Page, StoredChange
from sync.device.transport import Answer
from sync.verdict import Verdict, read_verdict

if TYPE_CHECKING:
    from sync.device.device import Device

REISSUABLE = ("save", "resolve", "void")


@dataclass(frozen=True)
class Waiting:
    """A change of someone else, as its author signed it, and what the server says of it."""

    change: Change
    verdict: Verdict
    why: str
    waits_for: Sequence[Mapping[str, Any]]
    if_accepted: Mapping[str, Any] | None  # status, reasons, conflicts; None: it can never be taken in as it stands
    note: str | None


class Desk:
    """The calls of one open device. Raises `DeviceError` `no_answer` without a network, `RefusedError` with the server's code."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._is_open = False

    # --- a deputy ----------------------------------------------------------------------------------------------------

    def list_waiting(self) -> list[dict[str, Any]]:
        """What waits in the patches where one decides: change, file, person_id, why, status, received_at, reasons, note."""
        items: list[dict[str, Any]] = []
        after = 0
        while True:
            page = self._call("GET", f"/review?after={after}&limit=200").json()
            items += page["items"]
            after = max([after, *(item["position"] for item in page["items"] if item["status"] != "returned")])
            if not page["more"]:
                return items

    def look(self, change: str) -> Waiting:
        found = self._call("GET", f"/review/{change}").json()
        envelope = Envelope.from_json(found["envelope"])
        verdict = self._believed(found["verdict"], change)
        read = read_change(envelope)
        if read.id != change:
            raise DeviceError("What came is not what was asked for; it was not believed.", code="entry_altered")
        return Waiting(read, verdict, found["why"], found["waits_for"], found["if_accepted"], found["note"])

    def decide(self, change: str, *, is_accepted: bool, reason: str | None = None) -> Verdict:
        """Take a held or quarantined change in (held: without waiting any longer), or decline it with a reason."""
        body = {"decision": "accept" if is_accepted else "decline"} | ({"reason": reason} if reason else {})
        return self._believed(self._call("POST", f"/review/{change}", body).json()["verdict"], change)

    def decide_many(
        self, changes: Sequence[str], *, is_accepted: bool, reason: str | None = None
    ) -> list[dict[str, Any]]:
        """An answer for each. What would open a conflict or break a rule is not taken in unseen: code `needs_look`."""
        results: list[dict[str, Any]] = []
        for start in range(0, len(changes), 50):
            body = {"decision": "accept" if is_accepted else "decline", "changes": list(changes[start : start + 50])}
            results += self._call(
                "POST", "/review/decisions", body | ({"reason": reason} if reason else {})
            ).json()["results"]  # fmt: skip
        return results

    def reissue(self, change: str, *, ops: Sequence[int] | None = None, reason: str | None = None) -> str:
        """Enter the words of a fork or a returned change again, all or those with these places. Returns the new change."""
        waiting = self.look(change)
        again = self._find_reissue(waiting.change)
        if again is None:
            words = waiting.change.body["ops"]
            chosen = [words[place] for place in ops] if ops is not None else list(words)
            if waiting.change.act not in REISSUABLE or not chosen:
                raise DeviceError("There are no words in it to enter again.", code="nothing_to_enter")
            view = self._device.open_file(waiting.change.file)
            self._device.save(view, chosen, reason=reason, reissues=change)
            self._device.sync()
            again = self._find_reissue(waiting.change)
        if again is None or again.status != "accepted":
            status = again.status if again else "unsent"
            raise DeviceError(f"What was entered again is {status}; the other still waits.", code="reissue_refused")
        body = {"decision": "reissued", "instead": again.id} | ({"reason": reason} if reason else {})
        self._believed(self._call("POST", f"/review/{change}", body).json()["verdict"], change)
        return again.id

    # --- an author ---------------------------------------------------------------------------------------------------

    def ask(self, change: str, note: str | None = None) -> None:
        """Ask the deputy to look at an own change that waits or was returned."""
        self._own(change)
        self._call("POST", f"/review/{change}/ask", {"note": note} if note else {})

    def dismiss(self, change: str) -> None:
        """Put a refused change away, once the server has said that it holds it."""
        stored = self._own(change)
        if stored.status not in ("returned", "declined") and not _is_fork(stored):
            raise DeviceError(
                "Only a returned or declined save can be dismissed: nothing was done.", code="not_returned"
            )
        if stored.status != "declined":
            envelope = self._call("POST", f"/review/{change}/dismiss").json()["verdict"]
            self._believed(envelope, change)
            self._device.store.take_page(Page(verdicts=[(change, Envelope.from_json(envelope))]))
        self._device.store.dismiss(change)

    def is_copied(self) -> bool:
        """Whether this store was copied or put back: another change stands under a number that it gave."""
        mine = self._device.identity.replica
        return any(stored.dot.replica == mine and _is_fork(stored) for stored in self._device.list_own_saves())

    # --- staff ---------------------------------------------------------------------------------------------------------

    def list_staff(self) -> dict[str, Any]:
        """`people` with their duties, and `patches` on which one may give a duty."""
        return dict(self._call("GET", "/people").json())

    def add_person(self, name: str, duties: Sequence[Mapping[str, Any]]) -> str:
        return str(self._call("POST", "/people", {"name": name, "duties": list(duties)}).json()["person_id"])

    def change_duties(self, person: str, duties: Sequence[Mapping[str, Any]]) -> None:
        """These duties and no others from now on; none: the person works here no more."""
        self._call("POST", f"/people/{person}/duties", {"duties": list(duties)})

    def make_code(self, person: str) -> dict[str, Any]:
        """A fresh one-time enrolment link for a person."""
        return dict(self._call("POST", "/enrolment/codes", {"person_id": person}).json())

    def list_devices(self) -> list[dict[str, Any]]:
        """Every device of the station; `forks` above none means a copied or rolled-back store."""
        return list(self._call("GET", "/devices").json()["devices"])

    def revoke(self, replica: str) -> None:
        """The device reads no more; what it has not sent may still come in, and waits for a decision."""
        self._call("POST", f"/devices/{replica}/revoke")

    # --- parts ---------------------------------------------------------------------------------------------------------

    def _own(self, change: str) -> StoredChange:
        found = next((stored for stored in self._device.list_own_saves() if stored.id == change), None)
        if found is None:
            raise FileUnknownError("This device made no such save.")
        return found

    def _find_reissue(self, change: Change) -> StoredChange | None:
        own = (stored for stored in self._device.list_own_saves() if stored.file == change.file)
        return next((stored for stored in own if stored.change().reissues == change.id), None)

    def _believed(self, envelope: Mapping[str, Any], change: str) -> Verdict:
        read = Envelope.from_json(envelope)
        if not session.station_keys(self._device.store, self._device.identity).believes(read):
            raise DeviceError(
                "An answer was not signed by the station; it was not believed.", code="verdict_not_signed"
            )
        verdict = read_verdict(read)
        if verdict.change != change:
            raise DeviceError("An answer was about another change; it was not believed.", code="verdict_not_signed")
        return verdict

    def _call(self, method: str, path: str, body: Any = None) -> Answer:
        transport, identity = self._device.transport, self._device.identity
        if not self._is_open:
            refused = session.open_session(transport, identity, "read")
            if refused:
                raise refused
            self._is_open = True
        answer = transport.call(method, path, body=body)
        if answer is None:
            raise DeviceError("No answer from the server: nothing was decided or put away.", code="no_answer")
        if not answer.is_fine:
            raise answer.to_error()
        return answer


def _is_fork(stored: StoredChange) -> bool:
    verdict = stored.read_verdict()
    return bool(verdict and verdict.status == "quarantined" and verdict.reasons and verdict.reasons[0].code == "fork")

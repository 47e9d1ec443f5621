"""The Python device: opens, enrols, reads, saves and syncs, like a phone (PROTOCOL.md).

Screens and words are for the caller; rules of a kind come in as a function, because the engine knows no kind by name.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sync.body import OPERATIONS_MAX
from sync.canonical import canonical_text, sha256_hex
from sync.change import Envelope, change_id, make_change, read_change, sign, to_base64url
from sync.device import session
from sync.device.errors import DeviceError, FileUnknownError, NotEnrolledError, ReadOnlyFileError
from sync.device.identity import DeviceKeys, Identity, new_id
from sync.device.keys import KdfParameters, RandomBytes, derive_keys
from sync.device.merging import list_words_to_carry
from sync.device.reading import FileView, fold_inputs, list_changes_around, view_file
from sync.device.report import SyncReport
from sync.device.sound_base import sound_base
from sync.device.sqlite_store import SqliteStore
from sync.device.store import Page, Store, StoredAttachment, StoredChange, StoredFile
from sync.device.syncing import Syncing
from sync.device.transport import HttpTransport, Transport
from sync.errors import MalformedError
from sync.inputs import absorbed_by, list_merges
from sync.rules import Rules
from sync.versions import Base, Dot

RulesOf = Callable[[str], "Rules | Mapping[str, Any] | None"]
PASSPHRASE_CHARACTERS_MIN = 10


def wall_clock() -> int:
    """Milliseconds since 1970 UTC."""
    return time.time_ns() // 1_000_000


class Device:
    """An enrolled device that is open. Make one with `Device.enrol` or `Device.open`; use as a context manager."""

    def __init__(
        self,
        store: Store,
        transport: Transport,
        rules_of: RulesOf,
        *,
        now: Callable[[], int] = wall_clock,
        random_bytes: RandomBytes = os.urandom,
    ) -> None:
        kept = store.setting("identity")
        if not kept or not kept["verdict_key"]:
            raise NotEnrolledError("This folder holds no enrolled device. Enrol it with a link from your deputy.")
        self.store = store
        self.transport = transport
        self.identity = Identity.from_json(kept)
        self._rules_of = rules_of
        self._now = now
        self._random_bytes = random_bytes

    @classmethod
    def enrol(
        cls,
        home: Path,
        link: str,
        passphrase: str,
        rules_of: RulesOf,
        *,
        origin: str | None = None,
        label: str = "yihu device",
        verify: bool | str = True,
        transport: Transport | None = None,
        now: Callable[[], int] = wall_clock,
    ) -> Device:
        """Enrol a new device in the empty folder `home`. Raises `RefusedError` with the server's code, `DeviceError`."""
        if (home / "device.json").exists():
            raise DeviceError("This folder holds a device already. Choose another --home.", code="home_taken")
        if len(passphrase) < PASSPHRASE_CHARACTERS_MIN:
            raise DeviceError(
                f"The passphrase needs at least {PASSPHRASE_CHARACTERS_MIN} characters.", code="passphrase_short"
            )
        of_link, code = session.read_link(link)
        server = origin or of_link
        if server is None:
            raise DeviceError("Give the whole link, or the server's address with the code.", code="no_origin")
        kdf = KdfParameters(to_base64url(os.urandom(16)))
        keys = derive_keys(passphrase, kdf)
        transport = transport or HttpTransport(server, verify=verify)
        try:
            offer = session.look_enrolment(transport, code)
            identity, policy, server_at = session.confirm_enrolment(
                transport, code, DeviceKeys.make(), keys, kdf, offer, label=label, at=now()
            )
            store = SqliteStore(home, keys.store_key)
        except BaseException:
            transport.close()
            raise
        store.keep_settings({"identity": identity.to_json(), "policy": policy.to_json(), "server_at": server_at})
        facts = {"v": 1, "origin": server, "verify": verify, "kdf": kdf.to_json()}
        (home / "device.json").write_text(json.dumps(facts, indent=2) + "\n")
        return cls(store, transport, rules_of, now=now)

    @classmethod
    def open(
        cls,
        home: Path,
        passphrase: str,
        rules_of: RulesOf,
        *,
        transport: Transport | None = None,
        now: Callable[[], int] = wall_clock,
    ) -> Device:
        """Open the device in `home`; needs no network. Raises `WrongPassphraseError`, `DeviceInUseError`."""
        try:
            facts = json.loads((home / "device.json").read_text())
        except FileNotFoundError as error:
            raise NotEnrolledError(f"There is no device in {home}. Enrol one with a link from your deputy.") from error
        keys = derive_keys(passphrase, KdfParameters(**facts["kdf"]))
        store = SqliteStore(home, keys.store_key)
        return cls(store, transport or HttpTransport(facts["origin"], verify=facts["verify"]), rules_of, now=now)

    def __enter__(self) -> Device:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.transport.close()
        self.store.close()

    # --- who ---------------------------------------------------------------------------------------------------------

    @property
    def policy(self) -> dict[str, Any]:
        """The station's policy as last signed: people, scopes, villages, keys, limits."""
        return session.read_policy(Envelope.from_json(self.store.setting("policy")), self.identity)

    def _own_scopes(self) -> set[str]:
        policy = self.policy
        drawers = {told["id"] for told in policy.get("drawers", ()) if told["reads"]}
        return drawers | {scope for held in policy["me"]["duties"] for scope in held["scopes"]}

    def _put_away_what_is_for_others(self) -> None:
        """What was put into a drawer that one does not read is shut here from now on, and goes once it is decided (R-6)."""
        closed = {told["id"] for told in self.policy.get("drawers", ()) if not told["reads"]}
        shut = [one.file for one in self.store.list_files() if one.scope in closed and not one.left]
        if shut:
            self.store.take_page(Page(left=shut))

    def rules(self, kind: str) -> Rules:
        found = self._rules_of(kind)
        if found is None:
            raise DeviceError(f"This version knows no records of the kind {kind}. Update it.", code="kind_unknown")
        return Rules.of(found)

    def new_id(self) -> str:
        return new_id(self._random_bytes)

    # --- reading -----------------------------------------------------------------------------------------------------

    def list_files(self, kind: str | None = None) -> list[StoredFile]:
        """Files that show by themselves; what was merged into another shows there."""
        merged = {file for _, file in self.store.list_merges()}
        return [
            file
            for file in self.store.list_files()
            if kind in (None, file.kind) and (file.file not in merged or self.survivor_of(file.file) is None)
        ]

    def survivor_of(self, file: str) -> str | None:
        """The file under which this one shows since it was merged, None for itself."""
        return absorbed_by(list_merges(fold_inputs(list_changes_around(self.store, file))), file)

    def open_file(self, file: str, *, as_of: Base | None = None) -> FileView:
        """The file as a form shows it now. Keep the view while the form is open, and save from it.

        `as_of` opens it as an earlier view with this base showed it: for a form that was shown by another process.
        """
        stored = self.store.find_file(file)
        if stored is None:
            raise FileUnknownError("This device holds no such file. Sync, or check the id.")
        view = view_file(stored, list_changes_around(self.store, file), self.rules(stored.kind), as_of=as_of)
        home = view.state["paths"].get("$scope")
        if home is None or (home["value"] or home.get("stands")) in self._own_scopes():
            return view
        return replace(view, readonly=True)  # given away by a transfer that was not answered yet

    def history(self, file: str) -> list[StoredChange]:
        """Every change of the file, and of what it absorbed, that this device holds, newest first; undecided ones on top."""
        shown = [file, *(merge["file"] for merge in self.open_file(file).state["absorbs"])]
        changes = [change for name in dict.fromkeys(shown) for change in self.store.list_changes(name)]
        verdicts = [(change, change.read_verdict()) for change in changes]
        decided = [(v.position, change) for change, v in verdicts if v and v.status == "accepted"]
        waiting = [change for change, v in verdicts if not v or v.status != "accepted"]
        return waiting[::-1] + [change for _, change in sorted(decided, key=lambda pair: -pair[0])]

    # --- saving ------------------------------------------------------------------------------------------------------

    def create_file(
        self, kind: str, scope: str, ops: Sequence[Mapping[str, Any]], *, reason: str | None = None
    ) -> tuple[str, str]:
        """Begin a new file with its first save. Returns file id and change id."""
        stored = StoredFile(self.new_id(), kind, scope)
        change = self.save(view_file(stored, [], self.rules(kind)), ops, reason=reason)
        self._put_away_what_is_for_others()
        return stored.file, change

    def save(
        self,
        view: FileView,
        ops: Sequence[Mapping[str, Any]],
        *,
        act: str = "save",
        about: Mapping[str, Any] | None = None,
        reason: str | None = None,
        to: str | None = None,
        merge: Mapping[str, Any] | None = None,
        reissues: str | None = None,
    ) -> str:
        """Sign one save and store it so that it survives a power cut; returns its id. Needs no network.

        Raises `ReadOnlyFileError`, `StaleSaveError` (nothing stored: open the file again), `MalformedError`.
        """
        if view.readonly:
            raise ReadOnlyFileError("This file went to another patch. What was saved before is still sent.")
        around = list_changes_around(self.store, view.file)
        mine = [one for one in around if (one.file, one.dot.replica) == (view.file, self.identity.replica)]
        last = max(mine, key=lambda stored: stored.dot.seq, default=None)
        body = make_change(
            deployment=self.identity.deployment,
            station=self.identity.station,
            scope=view.scope,
            file=view.file,
            kind=view.kind,
            dot=Dot(self.identity.replica, last.dot.seq + 1 if last else 1),
            prev=last.id if last else None,
            base=sound_base(view, self.rules(view.kind), around, self.identity.replica),
            seen=view.seen,
            schema=self.rules(view.kind).version,
            at=self._now(),
            server_at=self.store.setting("server_at") or 0,
            person=self.identity.person,
            epoch=self.policy["epoch"],
            act=act,
            ops=ops,
            salt=self.new_id(),
            about=about,
            reason=reason,
            to=to,
            merge=merge,
            reissues=reissues,
        )
        envelope = sign(canonical_text(body), self.identity.signing_key())
        self.store.add_own(StoredChange.of(read_change(envelope), envelope, own=True))
        return change_id(envelope.body)

    def act_on_section(
        self,
        act: str,
        view: FileView,
        section: str,
        *,
        step: int = 1,
        reason: str | None = None,
        remarks: Mapping[str, str] | None = None,
    ) -> str:
        """Submit, approve, return or withdraw a section, about the content that the view shows."""
        shown = view.state["sections"].get(section)
        content = shown["content"] if shown else None
        if shown and act in ("return", "withdraw") and shown["submitted"]:
            content = shown["submitted"]["content"]
        if content is None:
            raise MalformedError(
                "The section has no settled content: it is empty, struck out or in conflict.", code="no_content"
            )
        about: dict[str, Any] = {"section": section, "content": content, "schema": view.state["rules_version"]}
        if act == "approve":
            about["step"] = step
        if remarks:
            about["remarks"] = dict(remarks)
        return self.save(view, [], act=act, about=about, reason=reason)

    # --- moving and merging --------------------------------------------------------------------------------------------

    def transfer_file(self, view: FileView, scope: str, *, reason: str | None = None) -> str:
        """Move a file to another patch (C-9). Whether it goes at once or its deputies are asked, the verdict says."""
        return self.save(view, [], act="transfer", to=scope, reason=reason)

    def merge_files(self, survivor: FileView, absorbed: FileView, *, reason: str | None = None) -> str:
        """Take a file into another (C-10): from now on the survivor shows both, late changes too; each keeps its history."""
        merge = {"file": absorbed.file, "base": absorbed.base.to_json()}
        return self.save(survivor, [], act="merge", merge=merge, reason=reason)

    def undo_merge(self, survivor: FileView, absorbed: str, *, reason: str | None = None) -> str:
        """Part them again. What was written here meanwhile about the other file's own is entered there again, as a save."""
        holder = next((one["by"] for one in survivor.state["absorbs"] if one["file"] == absorbed), None)
        if holder is None:
            raise DeviceError("That file is not merged into this one. Nothing was done.", code="not_merged")
        alone = self.open_file(absorbed)
        carried = list_words_to_carry(survivor.state, alone.state, self.rules(survivor.kind))
        view = survivor if holder == survivor.file else self.open_file(holder)
        change = self.save(view, [], act="unmerge", merge={"file": absorbed}, reason=reason)
        for start in range(0, len(carried), OPERATIONS_MAX):
            self.save(self.open_file(absorbed), carried[start : start + OPERATIONS_MAX], reason=reason)
        return change

    # --- what became of own saves --------------------------------------------------------------------------------------

    def list_own_saves(self) -> list[StoredChange]:
        """Own saves in the order made."""
        return self.store.list_own()

    def dismiss(self, change: str) -> None:
        """Put a returned or declined save away. The server keeps its copy; here it stays in the history."""
        found = next((stored for stored in self.store.list_own() if stored.id == change), None)
        if found is None:
            raise FileUnknownError("This device made no such save.")
        if found.status not in ("returned", "declined"):
            raise DeviceError(
                "Only a returned or declined save can be dismissed: nothing was done.", code="not_returned"
            )
        self.store.dismiss(change)

    # --- attachments and the network -------------------------------------------------------------------------------------

    def keep_attachment(self, file: str, content: bytes, media_type: str) -> StoredAttachment:
        """Keep a photo, encrypted, until it is uploaded and after. Give its hash to an operation."""
        attachment = StoredAttachment(file, sha256_hex(content), media_type, len(content))
        self.store.keep_attachment(attachment, content)
        return attachment

    def sync(self) -> SyncReport:
        """Push and pull until both sides have everything. Never raises for want of a network; says so in the report."""
        self._put_away_what_is_for_others()  # a kill between the save and its putting away leaves it to this
        return Syncing(self.store, self.transport, self.identity, self._rules_of).run()

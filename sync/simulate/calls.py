"""The calls of PROTOCOL 7 as the simulated station answers them: sessions, policy, sync, packs, sealed saves.

Requests and answers are those that the device really sends and reads; cursor, audiences and pages follow `server/feed`.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from cryptography.hazmat.primitives import hpke

from sync.canonical import encode, sha256_hex
from sync.change import Envelope, from_base64url, sign_document, to_base64url
from sync.device.transport import Answer
from sync.fold import fold, state_digest
from sync.messages import OUTBOX_INFO
from sync.simulate.keys import STATION_KEY, make_keys
from sync.simulate.kinds import KIND
from sync.simulate.station import DEPLOYMENT, STATION, Account, Logged, Row, Station

_PACKED: Final = ("accepted", "held", "quarantined")


class Calls:
    """One station at the end of a line. `page_entries` and `pack_from` are small, so that short histories have pages."""

    def __init__(self, station: Station, *, page_entries: int, pack_from: int) -> None:
        self.station = station
        self._page_entries = page_entries
        self._pack_from = pack_from
        self._packs: dict[str, bytes] = {}
        self._digests: dict[Any, str] = {}
        self._policies: dict[tuple[str, int, int], Envelope] = {}

    def answer(self, replica: str, method: str, path: str, body: Any, headers: Mapping[str, str], now: int) -> Answer:
        """What this replica gets for one request at server time `now`."""
        account = self.station.accounts[replica]
        revoked = replica in self.station.revoked
        if path == "/sessions/challenge":
            return _fine({"nonce": "n" * 32})
        if path == "/sessions":
            return _refused("device_revoked") if revoked and body["kind"] == "read" else _fine({"expires_at": now})
        if path == "/sealed":
            return self._take_sealed(account, body, now)
        if revoked:
            return _refused("device_revoked")
        if path == "/policy":
            return self._policy(account, headers)
        if path == "/sync":
            return self._sync(account, body, now)
        content = self._packs[path.removeprefix("/packs/")]
        first = int(headers["Range"].removeprefix("bytes=").removesuffix("-"))
        return Answer(206, {}, content[first:])

    def policy(self, account: Account) -> Envelope:
        key = (account.person, self.station.epoch, self.station.version)
        if key not in self._policies:
            self._policies[key] = _sign_policy(*key)
        return self._policies[key]

    def _policy(self, account: Account, headers: Mapping[str, str]) -> Answer:
        envelope = self.policy(account)
        etag = sha256_hex(envelope.body.encode())
        if headers.get("If-None-Match") == etag:
            return Answer(304, {}, b"")
        return Answer(200, {"etag": etag}, json.dumps(envelope.to_json()).encode())

    def _take_sealed(self, account: Account, body: Any, now: int) -> Answer:
        suite = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
        results = []
        for item in body["items"]:
            plain = suite.decrypt(from_base64url(item["sealed"]), make_keys(STATION_KEY).private, info=OUTBOX_INFO)
            envelope = Envelope.from_json(json.loads(gzip.decompress(plain))["envelope"])
            code = "known" if item["id"] in self.station.rows else "received"
            self.station.receive([envelope], account, now)
            results.append({"id": item["id"], "code": code})
        return _fine({"results": results})

    # --- push and pull -----------------------------------------------------------------------------------------------

    def _sync(self, account: Account, body: Any, now: int) -> Answer:
        pushed = [Envelope.from_json(one) for one in body["push"]]
        verdicts = self.station.receive(pushed, account, now)
        page = self._pull(account, body["cursor"], again=body.get("again", False))
        return _fine(
            {
                **page,
                "verdicts": [verdict.to_json() for verdict in verdicts],
                "server_at": now,
                "epoch": self.station.epoch,
            }
        )

    def _pull(self, account: Account, cursor: str | None, *, again: bool) -> dict[str, Any]:
        known: dict[str, int] = json.loads(cursor) if cursor else {}
        scopes = self.station.scopes_of(account.person)
        audiences = {account.person: 0 if again else known.get(account.person, 0)}
        packs, begun = [], set()
        for scope in sorted(scopes):
            if scope in known and not again:
                audiences[scope] = known[scope]
                continue
            pack = self._make_pack(scope, whole=bool(known) and not again)
            audiences[scope] = pack["position"] if pack else 0
            packs += [pack] if pack else []
            begun |= {scope} if again and not pack else set()
        found = [
            one for one in self.station.log if any(audiences.get(a, one.position) < one.position for a in one.audiences)
        ]
        told, more = found[: self._page_entries], len(found) > self._page_entries
        digests = {}
        if told:
            upto = told[-1].position
            audiences = {audience: max(last, upto) for audience, last in audiences.items()}
            touched = {one.file for one in told if self._is_readable(one.file, scopes)}
            digests = {file: digest for file in touched if (digest := self.digest(file, upto))}
        lost = {audience: last for audience, last in known.items() if audience not in audiences}
        own = [
            one
            for one in self.station.log
            if any(lost.get(a, one.position) < one.position for a in one.audiences)
            and self.station.rows[one.change].person == account.person
        ]
        leaves = [case.file for case in self.station.files.values() if case.scope in lost]
        enters = [case for case in self.station.files.values() if case.scope in begun]
        for_device = account.replica if known and not again else ""
        return {
            "entries": [{"kind": "enter", "file": case.file, "scope": case.scope} for case in enters]
            + [self._entry(one, for_device) for one in told]
            + [self._entry(one, account.replica) for one in own]
            + [{"kind": "leave", "file": file} for file in leaves],
            "cursor": json.dumps(audiences, sort_keys=True),
            "more": more,
            "packs": [pack["offer"] for pack in packs],
            "digests": digests,
        }

    def _entry(self, one: Logged, replica: str) -> dict[str, Any]:
        row = self.station.rows[one.change]
        own = row.device == replica and row.uploaded_by == replica
        if (one.is_first or one.status == "accepted") and row.change and not own:
            return {"kind": "change", "envelope": row.envelope.to_json(), "verdict": one.signed.to_json()}
        return {"kind": "verdict", "verdict": one.signed.to_json()}

    def _is_readable(self, file: str, scopes: set[str]) -> bool:
        case = self.station.files.get(file)
        return case is not None and case.scope in scopes

    def digest(self, file: str, upto: int) -> str | None:
        """State digest of a file whose last accepted change lies at `upto` or before."""
        case, state = self.station.files.get(file), self.station.states[file]
        if case is None or not 0 < case.accepted_position <= upto:
            return None
        key = (file, case.accepted_position, self.station.version)
        if key not in self._digests:
            self._digests[key] = state_digest(fold(self.station.rules, state.accepted))
        return self._digests[key]

    # --- packs -------------------------------------------------------------------------------------------------------

    def _make_pack(self, scope: str, *, whole: bool) -> dict[str, Any] | None:
        """A snapshot of the scope, where its log is long or `whole` is asked; None: the reader begins at the beginning."""
        position = len(self.station.log)
        if sum(scope in one.audiences for one in self.station.log) <= (0 if whole else self._pack_from):
            return None
        head = {
            "type": "pack", "v": 1, "deployment": DEPLOYMENT, "station": STATION, "scope": scope,
            "cursor": json.dumps({scope: position}),
        }  # fmt: skip
        lines = [head, *self._packed(scope)]
        content = gzip.compress(b"".join(json.dumps(line).encode() + b"\n" for line in lines), mtime=0)
        name = f"{scope}{position}"
        self._packs[name] = content
        offer = {
            "id": name, "scope": scope, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest(),
            "cursor": head["cursor"],
        }  # fmt: skip
        return {"position": position, "offer": offer}

    def _packed(self, scope: str) -> Iterator[dict[str, Any]]:
        for case in self.station.files.values():
            rows = [row for row in self.station.rows.values() if row.file == case.file and _is_packed(row)]
            if case.scope == scope and rows:
                rows.sort(key=lambda row: row.verdict.position)
                told = [{"envelope": row.envelope.to_json(), "verdict": row.signed.to_json()} for row in rows]
                yield {"file": case.file, "kind": KIND, "scope": scope, "changes": told}


def _is_packed(row: Row) -> bool:
    return row.change is not None and row.verdict.status in _PACKED


def _sign_policy(person: str, epoch: int, version: int) -> Envelope:
    document = {
        "type": "policy",
        "v": 1,
        "deployment": DEPLOYMENT,
        "station": {"id": STATION, "name": "站"},
        "epoch": epoch,
        "me": {"person_id": person},
        "schema_versions": {KIND: version},
        "sealing_key": to_base64url(make_keys(STATION_KEY).public),
        "verdict_key": to_base64url(make_keys(STATION_KEY).public),
    }
    return sign_document(document, make_keys(STATION_KEY).private)


def _fine(document: Any) -> Answer:
    return Answer(200, {}, encode(document).encode())


def _refused(code: str) -> Answer:
    return Answer(403, {}, json.dumps({"code": code, "detail": code}).encode())

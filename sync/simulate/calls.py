"""The calls of PROTOCOL 7 and 14 as the simulated station answers them: sessions, policy, sync, packs, the log, sealed saves.

Requests and answers are those that the device really sends and reads.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives import hpke

from sync.canonical import encode, sha256_hex
from sync.change import Envelope, from_base64url, sign_document, to_base64url
from sync.device.transport import Answer
from sync.messages import OUTBOX_INFO
from sync.packing import unpack_save
from sync.simulate.feed import Feed
from sync.simulate.keys import STATION_KEY, make_keys
from sync.simulate.kinds import KIND
from sync.simulate.logbook import DEPLOYMENT, STATION
from sync.simulate.station import Account, Station


class Calls:
    """One station at the end of a line."""

    def __init__(self, station: Station, feed: Feed) -> None:
        self.station = station
        self.feed = feed
        self.page: Mapping[str, Any] = {}
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
        if path == "/have":
            return _fine(self.feed.have(account, body["files"], with_changes=body.get("changes", False)))
        if path == "/log/witness":
            return self._hear_witness(body, now)
        if path == "/log/return":
            return self._take_back(account, body)
        content = self.feed.find_pack(path.removeprefix("/packs/"), account)
        if content is None:
            return _refused("not_found", 404)
        first = int(headers["Range"].removeprefix("bytes=").removesuffix("-"))
        return Answer(206, {}, content[first:])

    def policy(self, account: Account) -> Envelope:
        key = (account.person, self.station.epoch, self.station.version)
        if key not in self._policies:
            self._policies[key] = _sign_policy(*key, self.station.epochs[-1].get(account.person, {}))
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
            save = json.loads(unpack_save(plain))
            envelope, verdict = Envelope.from_json(save["envelope"]), _envelope(save.get("verdict"))
            code = "known" if item["id"] in self.station.rows else "received"
            if verdict is None or self.station.take_back(envelope, verdict, account) == "refused":
                self.station.receive([envelope], account, now)
            results.append({"id": item["id"], "code": code})
        return _fine({"results": results})

    def _sync(self, account: Account, body: Any, now: int) -> Answer:
        log = self.station.log
        if (claim := body.get("log")) is not None and (standing := log.compare(claim)) != "sound":
            return _refused(f"log_{standing}", 409)  # before anything is taken in
        pushed = [Envelope.from_json(one) for one in body["push"]]
        verdicts = self.station.receive(pushed, account, now)
        page = self.page = self.feed.pull(account, body["cursor"], again=body.get("again", False), now=now, claim=claim)
        told = {"verdicts": [verdict.to_json() for verdict in verdicts], "server_at": now, "epoch": self.station.epoch}
        safe = self.station.backed_up
        backed_up = {} if safe is None else {"backed_up": log.list_safe(safe)}
        return _fine({**page, **told, "log": log.tell(claim, now), **backed_up})

    # --- the log -----------------------------------------------------------------------------------------------------

    def _hear_witness(self, body: Any, now: int) -> Answer:
        log = self.station.log
        is_sound = log.hear_witness(_envelope(body["root"]), body["remembered"], now)
        restarts = [signed.to_json() for _, signed in log.restarts]
        root = log.sign_root(now).to_json()
        return _fine({"root": root, "restarts": restarts, "state": "sound" if is_sound else "differs"})

    def _take_back(self, account: Account, body: Any) -> Answer:
        results = []
        for item in body["items"]:
            envelope = Envelope.from_json(item["envelope"])
            code = self.station.take_back(envelope, Envelope.from_json(item["verdict"]), account)
            results.append({"id": sha256_hex(envelope.body.encode()), "code": code})
        return _fine({"results": results})


def _sign_policy(person: str, epoch: int, version: int, held: Mapping[str, str]) -> Envelope:
    document = {
        "type": "policy",
        "v": 1,
        "deployment": DEPLOYMENT,
        "station": {"id": STATION, "name": "站"},
        "epoch": epoch,
        "me": {"person_id": person, "duties": [{"duty": held[scope], "scopes": [scope]} for scope in sorted(held)]},
        "schema_versions": {KIND: version},
        "sealing_key": to_base64url(make_keys(STATION_KEY).public),
        "verdict_key": to_base64url(make_keys(STATION_KEY).public),
    }
    return sign_document(document, make_keys(STATION_KEY).private)


def _fine(document: Any) -> Answer:
    return Answer(200, {}, encode(document).encode())


def _refused(code: str, status: int = 403) -> Answer:
    return Answer(status, {}, json.dumps({"code": code, "detail": code}).encode())


def _envelope(value: Any) -> Envelope | None:
    return Envelope.from_json(value) if value else None

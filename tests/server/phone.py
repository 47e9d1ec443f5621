"""A phone for tests: real keys, real HTTP, nothing mocked. What it signs is what a device signs."""

import gzip
import hashlib
import json
import secrets
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric import ec

from server.crypto import raw_point, seal_outbox
from sync.change import Envelope, change_id, from_base64url, make_change, replica_id, sign_document, to_base64url
from sync.fold import FoldInput
from sync.verdict import Verdict, read_verdict
from sync.versions import Base, Dot

KDF = {"salt": to_base64url(b"salt" * 4), "m_kib": 65_536, "t": 3, "p": 1}


def new_id() -> str:
    return secrets.token_hex(16)


class Phone:
    """One person on one installation. `seqs` counts its changes by file, `heads` remembers the last id."""

    def __init__(self, base_url: str) -> None:
        self.http = httpx.Client(base_url=f"{base_url}/api/v1", timeout=30)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.receipt_key = ec.generate_private_key(ec.SECP256R1())
        self.public = raw_point(self.key.public_key())
        self.replica = replica_id(self.public)
        self.auth = secrets.token_bytes(32)
        self.seqs: dict[str, int] = {}
        self.heads: dict[str, str] = {}
        self.policy: dict[str, Any] = {}
        self.cursor: str | None = None
        self.share = ""

    # --- enrolment and sessions ---------------------------------------------------------------------------------------

    def look(self, code: str) -> httpx.Response:
        return self.http.post("/enrolment/look", json={"code": code})

    def confirm(self, code: str, **changed: Any) -> httpx.Response:
        deployment = self.http.get("/health").json()["deployment"]
        keys = {
            "public_key": to_base64url(self.public),
            "receipt_key": to_base64url(raw_point(self.receipt_key.public_key())),
        }
        code_hash = hashlib.sha256(code.replace("-", "").upper().encode()).hexdigest()
        proof = {"type": "enrolment", "v": 1, "deployment": deployment, "code_hash": code_hash, "at": 1, **keys}
        request = {
            "code": code, "label": "测试手机", "auth": to_base64url(self.auth), "kdf": KDF, **keys,
            "proof": sign_document(proof, self.key).to_json(),
        }  # fmt: skip
        return self.http.post("/enrolment/confirm", json={**request, **changed})

    def enrol(self, code: str) -> "Phone":
        answer = self.confirm(code)
        assert answer.status_code == 201, answer.text
        self.share = answer.json()["share"]
        self.policy = json.loads(answer.json()["policy"]["body"])
        return self

    def open_session(self, kind: str = "read") -> httpx.Response:
        nonce = self.http.post("/sessions/challenge", json={"replica": self.replica}).json()["nonce"]
        document = {
            "type": "session", "v": 1, "deployment": self.policy["deployment"], "replica": self.replica, "kind": kind,
            "nonce": nonce,
        }  # fmt: skip
        sig = sign_document(document, self.key).sig
        return self.http.post("/sessions", json={"replica": self.replica, "kind": kind, "nonce": nonce, "sig": sig})

    # --- changes ------------------------------------------------------------------------------------------------------

    @property
    def me(self) -> str:
        return str(self.policy["me"]["person_id"])

    @property
    def scope(self) -> str:
        return str(self.policy["scopes"][0]["id"])

    def body(
        self, file: str, ops: list[dict[str, Any]], *, base: Base | None = None, act: str = "save", **changed: Any
    ) -> dict[str, Any]:
        """The next change of this phone to a file; by default its form showed this phone's own earlier changes."""
        seq = self.seqs.get(file, 0) + 1
        base = base or Base({self.replica: seq - 1} if seq > 1 else {})
        given: dict[str, Any] = {
            "deployment": self.policy["deployment"], "station": self.policy["station"]["id"], "scope": self.scope,
            "file": file, "kind": "household", "dot": Dot(self.replica, seq), "prev": self.heads.get(file),
            "base": base, "seen": None, "schema": self.policy["schema_versions"]["household"], "at": 1_795_000_000_000,
            "server_at": 0, "person": self.me, "epoch": self.policy["epoch"], "act": act, "ops": ops, "salt": new_id(),
        }  # fmt: skip
        extra = changed.pop("extra", {})
        return {**make_change(**{**given, **changed}), **extra}

    def save(self, file: str, ops: list[dict[str, Any]], **changed: Any) -> Envelope:
        """Signs the next change and moves this phone's chain on."""
        envelope = sign_document(self.body(file, ops, **changed), self.key)
        self.seqs[file] = self.seqs.get(file, 0) + 1
        self.heads[file] = change_id(envelope.body)
        return envelope

    def push(self, *envelopes: Envelope, certificates: list[Envelope] | None = None) -> list[Verdict]:
        answer = self.sync(*envelopes, certificates=certificates or [])
        return [self.read(verdict) for verdict in answer["verdicts"]]

    def sync(
        self,
        *envelopes: Envelope,
        cursor: str | None = None,
        limit: int = 500,
        certificates: list[Envelope] | None = None,
    ) -> dict[str, Any]:
        request = {
            "push": [one.to_json() for one in envelopes],
            "certificates": [one.to_json() for one in certificates or []],
            "cursor": cursor,
            "limit": limit,
        }
        answer = self.http.post("/sync", json=request)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def pull_all(self, limit: int = 500) -> list[dict[str, Any]]:
        """Everything from the cursor on, packs included, as entries; remembers the new cursor."""
        entries: list[dict[str, Any]] = []
        while True:
            page = self.sync(cursor=self.cursor, limit=limit)
            for pack in page["packs"]:
                entries += self.read_pack(pack)
            entries += page["entries"]
            self.cursor = page["cursor"]
            if not page["more"]:
                return entries

    def read_pack(self, pack: dict[str, Any]) -> list[dict[str, Any]]:
        packed = self.http.get(f"/packs/{pack['id']}").content
        assert hashlib.sha256(packed).hexdigest() == pack["sha256"]
        head, *files = [json.loads(line) for line in gzip.decompress(packed).decode().splitlines()]
        assert head["type"] == "pack"
        return [{"kind": "change", **change} for file in files for change in file["changes"]]

    def seal(self, envelope: Envelope, certificates: list[Envelope] | None = None) -> dict[str, str]:
        plain = {"certificates": [one.to_json() for one in certificates or []], "envelope": envelope.to_json()}
        packed = gzip.compress(json.dumps(plain).encode())
        sealed = seal_outbox(packed, from_base64url(self.policy["sealing_key"]))
        return {"id": change_id(envelope.body), "sealed": to_base64url(sealed)}

    @staticmethod
    def read(verdict: dict[str, str]) -> Verdict:
        return read_verdict(Envelope(verdict["body"], verdict["sig"]))


def fold_inputs(entries: list[dict[str, Any]]) -> list[FoldInput]:
    from sync.change import read_change

    return [
        FoldInput(read_change(Envelope(**entry["envelope"])), Phone.read(entry["verdict"]))
        for entry in entries
        if entry["kind"] == "change"
    ]


def set_phone(value: str) -> dict[str, Any]:
    return {"op": "set", "path": "phone", "value": value}

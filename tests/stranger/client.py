"""Sections 7, 10 and 11 of the protocol page: a whole client in one class. Nothing of `sync` is used."""

import gzip
import json
import os
import re
import time
from dataclasses import dataclass, field
from typing import Any

import httpx
from cryptography.hazmat.primitives import hashes, hpke, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tests.stranger import wire
from tests.stranger.approving import fold

Json = Any


@dataclass
class File:
    kind: str
    changes: dict[str, Json] = field(default_factory=dict)  # change id -> {"body", "verdict"}


class Stranger:
    """One device. Everything is kept in memory: what is tried here is the page, not a store."""

    def __init__(self, origin: str) -> None:
        self.http = httpx.Client(base_url=f"{origin}/api/v1", timeout=30)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.receipts = ec.generate_private_key(ec.SECP256R1())
        self.point = _point(self.key)
        self.replica = wire.replica_of(self.point)
        self.files: dict[str, File] = {}
        self.unsent: list[dict[str, str]] = []
        self.cursor: str | None = None
        self.server_at = 0
        self.rules: dict[str, Json] = {}

    # --- section 11

    def enrol(self, link: str, password: str) -> None:
        """E-1 to E-4."""
        code = re.sub(r"[\s-]", "", link.partition("#")[2]).upper().translate(str.maketrans("OIL", "011"))
        offer = self._post("/enrolment/look", {"code": code})
        self.deployment, self.station, self.person = offer["deployment"], offer["station_id"], offer["person_id"]
        salt = os.urandom(16)
        root = Argon2id(salt=salt, length=32, iterations=3, lanes=1, memory_cost=65_536).derive(password.encode())
        auth = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"auth").derive(root)
        keys = {"public_key": wire.to_text(self.point), "receipt_key": wire.to_text(_point(self.receipts))}
        proof = {
            "type": "enrolment",
            "v": 1,
            "deployment": self.deployment,
            "code_hash": wire.sha256(code),
            "at": _now(),
        }
        enrolled = self._post(
            "/enrolment/confirm",
            {
                "code": code, **keys, "label": "stranger", "auth": wire.to_text(auth),
                "kdf": {"salt": wire.to_text(salt), "m_kib": 65_536, "t": 3, "p": 1},
                "proof": self._envelope(proof | keys),
            },
        )  # fmt: skip
        assert enrolled["replica"] == self.replica
        self._take_policy(enrolled["policy"], pin=True)

    def open_session(self, kind: str) -> None:
        """E-5."""
        nonce = self._post("/sessions/challenge", {"replica": self.replica})["nonce"]
        named = {"replica": self.replica, "kind": kind, "nonce": nonce}
        sig = self._envelope({"type": "session", "v": 1, "deployment": self.deployment, **named})["sig"]
        self._post("/sessions", named | {"sig": sig})

    def _take_policy(self, envelope: dict[str, str], *, pin: bool = False) -> None:
        """E-7."""
        policy = wire.parse(envelope["body"])
        if pin:
            self.verdict_key = wire.to_bytes(policy["verdict_key"])
        assert wire.is_signed(envelope, self.verdict_key)
        assert policy["deployment"] == self.deployment
        self.policy = policy

    # --- section 3: recording

    def write(self, file: str, ops: list[Json], *, scope: str, act: str = "save", **more: Json) -> str:
        """A signed change on what the file shows now (C-1, C-7); returns its id."""
        known = self.files.setdefault(file, File("household"))
        shown = self.show(file) if known.changes else {"vector": {}, "except": [], "digest": None}
        own = [c for c in known.changes.values() if c["body"]["replica"] == self.replica]
        last = max(own, key=lambda c: c["body"]["seq"]) if own else None
        body = {
            "type": "change", "v": 1, "suite": 1, "deployment": self.deployment, "station": self.station,
            "scope": scope, "file": file, "kind": known.kind, "replica": self.replica,
            "seq": last["body"]["seq"] + 1 if last else 1,
            "prev": wire.sha256(wire.canonical(last["body"])) if last else None,
            "base": {"vector": shown["vector"], "except": shown["except"]},
            "seen": shown["digest"], "schema": self.policy["schema_versions"][known.kind],
            "at": _now(), "server_at": self.server_at, "person": self.person, "epoch": self.policy["epoch"],
            "act": act, "ops": ops, "salt": os.urandom(16).hex(), **more,
        }  # fmt: skip
        envelope = self._envelope(body)
        change_id = wire.sha256(envelope["body"])
        known.changes[change_id] = {"body": body, "verdict": None}
        self.unsent.append(envelope)
        return change_id

    def show(self, file: str) -> Json:
        """The folded file (F-1): accepted changes, then own undecided ones."""
        known = self.files[file]
        if known.kind not in self.rules:
            self.rules[known.kind] = self._checked(self.http.get(f"/kinds/{known.kind}"))
        return fold(self.rules[known.kind], list(known.changes.values()))

    # --- section 7: agreeing

    def sync(self) -> list[str]:
        """M-1 to M-4, to the end of the log. Files whose digest differs from the server's (none, if all is well)."""
        differing: list[str] = []
        more = True
        while more:
            pushed, self.unsent = self.unsent, []
            answer = self._post("/sync", {"push": pushed, "cursor": self.cursor})
            for verdict in answer["verdicts"]:
                self._take_verdict(verdict)
            for pack in answer.get("packs", []):
                self._take_pack(pack["id"])
            for entry in answer["entries"]:
                self._take_entry(entry)
            self.cursor, self.server_at, more = answer["cursor"], answer["server_at"], answer["more"]
            if not answer.get("packs"):
                sums = answer.get("digests", {})
                differing += [file for file, told in sums.items() if file in self.files and self._digest(file) != told]
        return differing

    def upload_sealed(self) -> list[str]:
        """M-5: with the vault closed."""
        suite = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
        point = wire.to_bytes(self.policy["sealing_key"])
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        items = []
        for envelope in self.unsent:
            plain = gzip.compress(json.dumps({"certificates": [], "envelope": envelope}).encode())
            sealed = wire.to_text(suite.encrypt(plain, key, info=b"yihu/outbox/1"))
            items.append({"id": wire.sha256(envelope["body"]), "sealed": sealed})
        return [result["code"] for result in self._post("/sealed", {"items": items})["results"]]

    def verdict_of(self, change_id: str) -> Json:
        found = [file.changes[change_id] for file in self.files.values() if change_id in file.changes]
        return found[0]["verdict"]

    def _take_entry(self, entry: Json) -> None:
        if entry["kind"] == "change":
            self._take_change(entry["envelope"], entry["verdict"])
        elif entry["kind"] == "verdict":
            self._take_verdict(entry["verdict"])
        elif entry["kind"] == "leave" and not self._has_undecided(entry["file"]):
            self.files.pop(entry["file"], None)

    def _take_pack(self, pack_id: str) -> None:
        """M-4: a head line, then one file a line."""
        answer = self.http.get(f"/packs/{pack_id}")
        for line in gzip.decompress(answer.content).splitlines()[1:]:
            for change in json.loads(line)["changes"]:
                self._take_change(change["envelope"], change["verdict"])

    def _take_change(self, envelope: dict[str, str], verdict: dict[str, str]) -> None:
        """M-5b: believed because a signed verdict names the hash of this very text."""
        body, said = wire.parse(envelope["body"]), self._read_verdict(verdict)
        change_id = wire.sha256(envelope["body"])
        assert said["change"] == change_id
        known = self.files.setdefault(body["file"], File(body["kind"]))
        known.changes[change_id] = {"body": body, "verdict": said}

    def _take_verdict(self, verdict: dict[str, str]) -> None:
        said = self._read_verdict(verdict)
        known = self.files[said["file"]].changes.get(said["change"])
        if known and (known["verdict"] is None or known["verdict"]["position"] < said["position"]):
            known["verdict"] = said

    def _read_verdict(self, envelope: dict[str, str]) -> Json:
        assert wire.is_signed(envelope, self.verdict_key)
        return wire.parse(envelope["body"])

    def _has_undecided(self, file: str) -> bool:
        return any(change["verdict"] is None for change in self.files.get(file, File("")).changes.values())

    def _digest(self, file: str) -> str:
        return str(self.show(file)["digest"])

    def _envelope(self, document: Json) -> dict[str, str]:
        body = wire.canonical(document)
        return {"body": body, "sig": wire.sign(body, self.key)}

    def _post(self, path: str, body: Json) -> Json:
        return self._checked(self.http.post(path, json=body))

    def _checked(self, answer: httpx.Response) -> Json:
        """E-10, X-1."""
        assert answer.headers.get("Yihu-Protocol") == "1", "no answer"
        assert answer.is_success, answer.text
        return answer.json()


def _point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )  # fmt: skip


def _now() -> int:
    return time.time_ns() // 1_000_000

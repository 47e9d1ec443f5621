"""A thief's tool against a copied phone: everything that lies in its databases, its cookies, and the server at the other end.

It knows the app's source. It tries the small secret first (the PIN), then all that this taught it against everything else. Written
from `pwa/README.md`, on other libraries than the phone's, so that a hole in one is not a hole in both.
"""

import base64
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sync.canonical import canonical_text
from sync.change import from_base64url

Row = dict[str, Any]
# Asks the server for its half by a proof; None where it is refused.
AskShare = Callable[[bytes], bytes | None]


def derive(secret: str, kdf: Row) -> bytes:
    return Argon2id(
        salt=from_base64url(kdf["salt"]), length=32, iterations=kdf["t"], lanes=kdf["p"], memory_cost=kdf["m_kib"]
    ).derive(secret.encode())


def expand(secret: bytes, info: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, None, info).derive(secret)


def unseal(key: bytes, sealed: Row, place: Row) -> bytes | None:
    bound = canonical_text({**place, "suite": sealed["suite"]}).encode()
    try:
        return AESGCM(key).decrypt(_bytes(sealed["iv"]), _bytes(sealed["data"]), bound)
    except (InvalidTag, ValueError):
        return None


def seal(key: bytes, plain: bytes, place: Row) -> Row:
    """For phones that are weaker than ours."""
    iv, bound = b"\1" * 12, canonical_text({**place, "suite": 1}).encode()
    data = AESGCM(key).encrypt(iv, plain, bound)
    return {"suite": 1, "iv": _wrapped(iv), "data": _wrapped(data)}


@dataclass
class Loot:
    """What was learnt, and from what."""

    pin: str | None = None
    route_files: dict[str, bytes] = field(default_factory=dict)  # opened records
    texts: set[str] = field(default_factory=set)
    keys: dict[str, bytes] = field(default_factory=dict)
    main_key: bytes | None = None
    tries: int = 0


class Cracker:
    def __init__(self, stores: dict[str, Any]) -> None:
        name = next(one for one in stores if one.startswith("yihu-"))
        self.stores = stores[name]
        self.rows: dict[str, Row] = {row["id"]: row for row in self.stores["keys"]}
        self.states: dict[str, Row] = {row["id"]: row for row in self.stores["state"]}
        self.loot = Loot()

    # --- the small vault ----------------------------------------------------------------------------------------------

    def crack_route(self, guesses: Iterable[str]) -> bool:
        row = self.rows["route"]
        wrap, kdf = row["pin"], row["pin"]["kdf"]
        place = {"store": "keys", "id": "route", **_work(kdf), "person": row["person"], "until": row["until"]}
        for guess in guesses:
            self.loot.tries += 1
            half = derive(guess, kdf)
            key = unseal(half, wrap["wrapped"], place)
            if key is not None:
                self.loot.pin = guess
                self.loot.keys |= {"pin": half, "route": key}
                self._read_route(key)
                return True
        return False

    def _read_route(self, key: bytes) -> None:
        said = unseal(key, self.states["route"]["body"], {"store": "state", "id": "route"})
        assert said is not None
        route = json.loads(said)
        self.loot.texts.add(route["signing"])
        for file, raw in route["files"].items():
            self.loot.keys[f"file {file}"] = from_base64url(raw)
        self.read_files()

    def read_files(self) -> None:
        """Every record against every key that is known."""
        for row in self.stores["files"]:
            for key in self.loot.keys.values():
                if len(key) != 32:
                    continue
                plain = unseal(key, row["body"], {"store": "files", "id": row["id"], "rev": row["rev"]})
                if plain is not None:
                    self.loot.route_files[row["id"]] = plain

    # --- the main vault -----------------------------------------------------------------------------------------------

    def crack_main(self, guesses: Iterable[str], ask: AskShare) -> bool:
        """Everything that was learnt: as a key, as a field code, as a password with the server's half."""
        row = self.rows["main"]
        wraps = {name: row[name] for name in ("password", "field_code") if row.get(name)}
        for name, wrap in wraps.items():
            for key in [*self.loot.keys.values(), *(expand(one, b"kek") for one in self.loot.keys.values())]:
                self._take(unseal(key, wrap["wrapped"], self._place(name, wrap)))
        for guess in guesses:
            self.loot.tries += 1
            wrap = wraps["field_code"]
            self._take(unseal(derive(guess, wrap["kdf"]), wrap["wrapped"], self._place("field_code", wrap)))
            self.open_with_password(guess, ask)
        for key in self.loot.keys.values():
            if unseal(key, self.states["secrets"]["body"], {"store": "state", "id": "secrets"}) is not None:
                self.loot.main_key = key
        return self.loot.main_key is not None

    def open_with_password(self, guess: str, ask: AskShare) -> bool:
        wrap = self.rows["main"]["password"]
        half = derive(guess, wrap["kdf"])
        share = ask(expand(half, b"auth"))
        if share is not None:
            self._take(unseal(expand(half + share, b"kek"), wrap["wrapped"], self._place("password", wrap)))
        return share is not None

    def _take(self, key: bytes | None) -> None:
        if key is not None:
            self.loot.main_key = key
            self.loot.keys["main"] = key

    def _place(self, name: str, wrap: Row) -> Row:
        row = self.rows["main"]
        return {"store": "keys", "id": name, **_work(wrap["kdf"]), "person": row["person"], "replica": row["replica"]}

    def rewrap_password(self, main_key: bytes, password: str, share: bytes) -> None:
        """What a weaker app would have written."""
        wrap = self.rows["main"]["password"]
        kek = expand(derive(password, wrap["kdf"]) + share, b"kek")
        wrap["wrapped"] = seal(kek, main_key, self._place("password", wrap))


def _work(kdf: Row) -> Row:
    return {name: kdf[name] for name in ("salt", "m_kib", "t", "p")}


def _bytes(value: Row) -> bytes:
    return base64.b64decode(value["bytes"])


def _wrapped(value: bytes) -> Row:
    return {"bytes": base64.b64encode(value).decode()}

"""Two stations with everything in every state, each text marked by where it lies, and who may read it: the truth of the matrix.

Placements: `east` and `west` are patches of one station, `abroad` is another station. States are the verdicts a change can have.
"""

import hashlib
import io
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from PIL import Image
from sqlmodel import Session

from server.accounts import rules as accounts
from server.accounts.rules import DutyOn
from server.administration import rules as administration
from server.context import Context
from server.station import rules as stations
from server.station.founding import StationPlan, found_station
from sync.change import Envelope, change_id
from sync.drawers import KIND, drawer_of
from sync.versions import Base, Dot
from tests.security.full_station import ledger_of
from tests.server.phone import Phone, new_id, set_phone
from tests.server.test_photos import start, upload

PLACEMENTS = ("east", "west", "abroad")
STATES = ("accepted", "held", "quarantined", "returned", "restricted")
READERS = {
    "east": {"worker", "colleague", "deputy", "head"},
    "west": {"west worker", "west deputy", "deputy", "head"},
    "abroad": {"stranger"},
}
ADMINISTRATORS = {"system", "security", "audit"}
MEMBERS = {"worker", "colleague", "west worker", "west deputy", "deputy", "head", "idle", *ADMINISTRATORS}
DECIDERS = {"east": {"deputy", "head"}, "west": {"west deputy", "deputy", "head"}, "abroad": {"stranger"}}
STAFF = {"deputy", "head", "west deputy"}
CALLERS = ("anonymous", "locked", "revoked", "idle", "worker", "colleague", "west worker", "west deputy", "deputy",
           "head", "stranger", "system", "security", "audit")  # fmt: skip


@dataclass(frozen=True)
class Secret:
    """A text that stands in one place, and the callers who may be told it."""

    text: str
    placement: str
    state: str
    may: frozenset[str]


@dataclass
class World:
    callers: dict[str, Phone] = field(default_factory=dict)
    secrets: list[Secret] = field(default_factory=list)
    # What a request may name, by placement and state: path parameters and members of bodies.
    objects: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    stations: dict[str, str] = field(default_factory=dict)

    def keep(self, placement: str, state: str, may: set[str]) -> str:
        text = f"秘密{placement}{state}-{secrets.token_hex(6)}"
        self.secrets.append(Secret(text, placement, state, frozenset(may)))
        return text


class Builder:
    """Builds the world through the server's own doors."""

    def __init__(self, context: Context, make_phone: Callable[[], Phone]) -> None:
        self.context, self.make_phone, self.world = context, make_phone, World()
        self.scopes: dict[str, str] = {}
        self.people: dict[tuple[str, str], str] = {}

    def build(self) -> World:
        self.context.settings.pack_from_entries = 1
        # A machine that asks ten thousand questions is one address.
        self.context.settings.enrolment_tries_per_address_max = 10**6
        self.context.settings.password_tries_per_address_max = 10**6
        home = self._found("home", ["east", "west"])
        self._found("abroad", ["abroad"])
        authors = {"east": self._enrol("home", "worker", "east", "worker"),
                   "west": self._enrol("home", "worker", "west", "west worker"),
                   "abroad": self._enrol("abroad", "head", "abroad", "stranger")}  # fmt: skip
        self._enrol("home", "worker", "east", "colleague")
        self._enrol("home", "deputy", "west", "west deputy")
        self._enrol("home", "deputy", "east west", "deputy")
        self._enrol("home", "head", "east west", "head")
        self._enrol("home", "worker", "", "idle")
        for role in sorted(ADMINISTRATORS):
            self._enrol("home", "worker", "", role)
            self._appoint(role)
        self._enrol("home", "worker", "east", "locked").http.delete("/sessions/read")
        self._enrol("home", "worker", "east", "revoked")
        callers = self.world.callers
        callers["head"].http.post(f"/devices/{callers['revoked'].replica}/revoke")
        callers["anonymous"] = self.make_phone()
        importers = {"east": callers["deputy"], "west": callers["head"], "abroad": callers["stranger"]}
        for placement in PLACEMENTS:
            self._fill(placement, authors[placement], importers[placement], home)
        return self.world

    def _found(self, name: str, patches: list[str]) -> str:
        world = self.world
        is_home = name == "home"
        # The stations of one server know each other's names, and nothing else: a referral is sent to one of them.
        title = world.keep("east" if is_home else "abroad", "station", MEMBERS | {"stranger"})
        names = {patch: world.keep(patch, "patch", READERS[patch] | (STAFF if is_home else set())) for patch in patches}
        villages = {patch: world.keep(patch, "village", READERS[patch]) for patch in patches}
        plan = StationPlan.model_validate(
            {"name": title, "patches": [{"name": names[one], "villages": [villages[one]]} for one in patches]}
        )
        context = self.context
        station = context.database.write(lambda session: found_station(session, context.keyring, plan, context.now()))
        found = context.database.read(lambda session: stations.list_patches(session, context.keyring, station, 10))
        for patch in patches:
            self.scopes[patch] = next(one.scope for one in found if one.name == names[patch])
        world.stations[name] = station
        return station

    def _enrol(self, station: str, duty: str, patches: str, caller: str) -> Phone:
        person = self._person(station, duty, patches, caller)
        phone = self._device(station, person, patches.split()[0] if patches else "east", caller)
        self.world.callers[caller] = phone
        return phone

    def _person(self, station: str, duty: str, patches: str, who: str) -> str:
        is_home = station == "home"
        name = self.world.keep("east" if is_home else "abroad", "person", MEMBERS if is_home else {"stranger"})
        station_id, context = self.world.stations[station], self.context
        duties = [DutyOn(duty, self.scopes[patch]) for patch in patches.split()]

        def work(session: Session) -> str:
            return accounts.make_person(session, context.keyring, station_id, name, duties, 1, context.now())

        self.people[(station, who)] = context.database.write(work)
        return self.people[(station, who)]

    def _appoint(self, role: str) -> None:
        """One of the three administrators, as the operator's command makes them."""
        station_id, person, context = self.world.stations["home"], self.people[("home", role)], self.context
        context.database.write(
            lambda session: administration.appoint(session, station_id, person, role, context.now())  # type: ignore[arg-type]
        )

    def _device(self, station: str, person: str, placement: str, who: str) -> Phone:
        is_home = station == "home"
        keepers = STAFF | {"system"} if is_home else {"stranger"}
        label = self.world.keep(placement, "device", keepers | {who})
        context, station_id = self.context, self.world.stations[station]

        def work(session: Session) -> str:
            return accounts.issue_code(
                session, context.keyring, context.settings, station_id, person, None, context.now()
            )[0]  # fmt: skip

        code = context.database.write(work)
        phone = self.make_phone()
        answer = phone.confirm(code, label=label)
        assert answer.status_code == 201, answer.text
        import json

        phone.policy = json.loads(answer.json()["policy"]["body"])
        phone.share = answer.json()["share"]
        return phone

    def _fill(self, placement: str, author: Phone, importer: Phone, home: str) -> None:
        station = "abroad" if placement == "abroad" else "home"
        spare = self._person(station, "worker", placement, f"spare {placement}")
        device = self._device(station, spare, placement, f"spare {placement}")
        shared = self._share(placement, author, importer)
        for state in STATES:
            readers = DECIDERS[placement] if state == "restricted" else READERS[placement]
            text = self.world.keep(placement, state, readers | ({"stranger"} if station == "abroad" else set()))
            file, envelope = self._save(author, state, text)
            self.world.objects[(placement, state)] = {
                **shared, "file": file, "file_id": file, "change": change_id(envelope.body), "person_id": spare,
                "replica": device.replica, "scope": self.scopes[placement], "scopes": [self.scopes[placement]],
                "cursor_scope": self.scopes[placement], "kind": "household",
            }  # fmt: skip
        self._photo(placement, author)
        drawer = drawer_of(self.scopes[placement])
        self.world.objects[(placement, "restricted")] |= {"scope": drawer, "scopes": [drawer], "cursor_scope": drawer}
        self._save(author, "restricted", text)  # a second one: what is little comes without a pack
        page = author.sync(cursor=None)
        packs = {pack["scope"]: pack["id"] for pack in [*page["packs"], *importer.sync(cursor=None)["packs"]]}
        for state in STATES:
            objects = self.world.objects[(placement, state)]
            objects |= {"pack_id": packs[objects["scope"]], "drawer": drawer}

    def _save(self, author: Phone, state: str, text: str) -> tuple[str, Envelope]:
        file = new_id()
        ops = [set_phone("13500000001"), {"op": "append", "path": "members", "id": new_id(), "value": {"name": text}}]
        if state == "held":
            before = "0" * 63 + "1"
            envelope = author.save(
                file, ops, dot=Dot(author.replica, 2), prev=before, base=Base({author.replica: 1}), reason=text
            )
        elif state == "returned":
            envelope = author.save(
                file, [*ops, {"op": "set", "path": "no_such_list", "value": {"deep": [text]}}], reason=text
            )
        elif state == "restricted":
            note = {"op": "set", "path": "note", "value": text}
            scope = drawer_of(str(author.policy["scopes"][0]["id"]))
            envelope = author.save(file, [note], reason=text, kind=KIND, scope=scope, schema=1)
        else:
            envelope = author.save(file, ops, reason=text)
        if state == "quarantined":
            author.push(envelope)
            author.seqs.pop(file)
            author.heads.pop(file)
            envelope = author.save(file, [set_phone("13500000002")], reason=text)
        [verdict] = author.push(envelope)
        expected = "accepted" if state == "restricted" else state
        assert verdict.status == expected or state == "returned", (state, verdict)
        return file, envelope

    def _share(self, placement: str, author: Phone, importer: Phone) -> dict[str, Any]:
        """What a placement has once: an import and an upload under way."""
        staff = {"stranger"} if placement == "abroad" else STAFF
        name = self.world.keep(placement, "import", staff)
        book = ledger_of([name], ["990001195501011221"], ["13800000001"], [name])
        made = importer.http.post("/ledger/imports", files={"file": (f"{name}.xlsx", book)})
        assert made.status_code == 201, made.text
        photo = _photo_of(name)
        begun = start(author, new_id(), photo)
        return {
            "import_id": made.json()["import_id"],
            "upload_id": begun.headers["Location"].rsplit("/", 1)[1],
            "bundle": "0" * 64,
        }

    def _photo(self, placement: str, author: Phone) -> None:
        text = self.world.keep(placement, "photo", READERS[placement])
        objects = self.world.objects[(placement, "accepted")]
        content = _photo_of(text)
        assert upload(author, objects["file"], content, "image/png").status_code == 204
        for state in STATES:
            self.world.objects[(placement, state)]["sha256"] = hashlib.sha256(content).hexdigest()


def _photo_of(text: str) -> bytes:
    """A picture whose points spell the text: it is given out drawn anew, and only what one sees of it comes along."""
    points = text.encode().ljust(96, b" ") + secrets.token_bytes(96)
    out = io.BytesIO()
    Image.frombytes("RGB", (len(points) // 3, 1), points).save(out, "PNG")
    return out.getvalue()

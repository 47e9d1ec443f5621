"""T-2b: a co-worker with a good device and a good session forges a colleague's word, in every way we could think of.

Half comes by `POST /sync`, half sealed by `POST /sealed`. None may be accepted, and the colleague's file may not move.
"""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from server.crypto import raw_point
from sync.change import Envelope, from_base64url, replica_id, sign_document, to_base64url
from sync.versions import Base, Dot
from tests.server.phone import Phone, new_id, set_phone

FORGED = 1_000
ATTACKS = (
    "wrong key", "colleague's dot under own key", "colleague named as author", "body swapped", "signature of another",
    "own number used twice", "other station", "other deployment", "foreign patch", "approved without the duty",
    "signature bent", "text spaced out", "self-made certificate", "certificate stretched to another file",
    "future number", "other suite",
)  # fmt: skip


@dataclass
class Forger:
    """Holds a good device of their own, and every envelope the colleague ever sent."""

    me: Phone
    colleague: Phone
    sent: list[Envelope]
    file: str
    foreign_scope: str
    certificates: list[Envelope] = field(default_factory=list)

    def forge(self, attack: str, number: int) -> Envelope:
        ops, phone = [set_phone(f"1390000{number:04}")], self.colleague
        theirs = Dot(phone.replica, phone.seqs[self.file] + 1 + number % 3)
        as_them: dict[str, Any] = {"dot": theirs, "prev": phone.heads[self.file], "base": Base({phone.replica: 1})}
        if attack in ("other station", "other deployment"):
            place = {"station": new_id()} if attack == "other station" else {"deployment": new_id()}
            return sign_document(self.me.body(new_id(), ops, **place), self.me.key)
        if attack == "foreign patch":
            return sign_document(self.me.body(new_id(), ops, scope=self.foreign_scope), self.me.key)
        if attack == "colleague named as author":
            return sign_document(self.me.body(new_id(), ops, person=phone.me), self.me.key)
        if attack == "own number used twice":
            again = {"dot": Dot(self.me.replica, 1), "prev": None, "base": Base({})}
            return sign_document(self.me.body(self.file, ops, **again), self.me.key)
        if attack == "approved without the duty":
            about = {"section": "basics", "content": secrets.token_hex(32), "schema": 1, "step": 1}
            return sign_document(self.me.body(new_id(), [], act="approve", about=about), self.me.key)
        if attack in ("self-made certificate", "certificate stretched to another file"):
            return self._under_a_certificate(attack, ops)
        body = phone.body(self.file, ops, **as_them)
        if attack == "other suite":
            body = {**body, "suite": 0}
        if attack in ("wrong key", "other suite"):
            return sign_document(body, ec.generate_private_key(ec.SECP256R1()))
        if attack in ("colleague's dot under own key", "future number"):
            return sign_document(body, self.me.key)
        good = self.sent[number % len(self.sent)]
        if attack == "body swapped":
            return Envelope(good.body.replace("13500000001", f"1390000{number:04}"), good.sig)
        if attack == "signature of another":
            return Envelope(sign_document(body, self.me.key).body, good.sig)
        if attack == "text spaced out":
            return Envelope(good.body.replace(":", ": ", 1), good.sig)
        bent = bytearray(from_base64url(good.sig))
        bent[number % len(bent)] ^= 1 << number % 8
        return Envelope(good.body, to_base64url(bytes(bent)))

    def _under_a_certificate(self, attack: str, ops: list[dict[str, Any]]) -> Envelope:
        """A route key that names the colleague as its parent, or whose certificate does not name the file."""
        key = ec.generate_private_key(ec.SECP256R1())
        public = raw_point(key.public_key())
        own = self.me.policy
        is_stretched = attack != "self-made certificate"
        person = self.me if is_stretched else self.colleague
        certificate = {
            "type": "certificate", "v": 1, "deployment": own["deployment"], "station": own["station"]["id"],
            "parent": person.replica, "replica": replica_id(public), "public_key": to_base64url(public),
            "person": person.me, "files": [new_id()] if is_stretched else [self.file],
            "may_create": [], "from": 1_795_000_000_000, "until": 1_795_000_003_600,
        }  # fmt: skip
        self.certificates.append(sign_document(certificate, self.me.key))
        return sign_document(person.body(self.file, ops, dot=Dot(replica_id(public), 1), prev=None), key)


@pytest.fixture
def forger(worker: Phone, colleague: Phone, deputy: Phone) -> Forger:
    file = new_id()
    sent = [colleague.save(file, [set_phone("13500000001")])]
    sent += [colleague.save(new_id(), [set_phone("13500000001")]) for _ in range(20)]
    assert {verdict.status for verdict in colleague.push(*sent)} == {"accepted"}
    assert worker.push(worker.save(file, [set_phone("13500000002")]))[0].status == "accepted"
    foreign = next(scope["id"] for scope in deputy.policy["scopes"] if scope["id"] != worker.scope)
    return Forger(worker, colleague, sent, file, foreign)


def push_forged(forger: Forger, count: int) -> Iterator[str]:
    """Status of each forged envelope that came by push."""
    made = [forger.forge(ATTACKS[number % len(ATTACKS)], number) for number in range(count)]
    half = count // 2
    for start in range(0, half, 100):
        certificates = forger.certificates[:20]
        del forger.certificates[:20]
        for verdict in forger.me.push(*made[start : min(half, start + 100)], certificates=certificates):
            yield verdict.status
    for start in range(half, count, 40):
        items = [forger.me.seal(one, forger.certificates[:2]) for one in made[start : start + 40]]
        answer = forger.me.http.post("/sealed", json={"items": items})
        assert answer.status_code == 200, answer.text
        yield from ("sealed" for _ in items)


def count_accepted(query: Callable[[str], list[Any]]) -> int:
    return int(query("SELECT count(*) FROM change WHERE status = 'accepted'")[0][0])


def check_forged(forger: Forger, count: int, query: Callable[[str], list[Any]]) -> int:
    """How many forged envelopes were accepted, by any door."""
    before = count_accepted(query)
    told = list(push_forged(forger, count))
    assert len(told) == count
    resent = {envelope.sig for envelope in forger.sent}
    assert len(resent) == len(forger.sent)
    return count_accepted(query) - before


def test_a_thousand_forged_envelopes_are_none_accepted(
    forger: Forger, query: Callable[[str], list[Any]], figure: Callable[[str], None]
) -> None:
    accepted = check_forged(forger, FORGED, query)
    figure(f"{FORGED} forged in {len(ATTACKS)} ways by 2 doors, {accepted} accepted")
    assert accepted == 0


@pytest.mark.parametrize("attack", ATTACKS)
def test_each_kind_of_forgery_is_refused_for_itself(
    forger: Forger, attack: str, query: Callable[[str], list[Any]]
) -> None:
    before = count_accepted(query)
    statuses = {verdict.status for verdict in forger.me.push(forger.forge(attack, 1), certificates=forger.certificates)}
    # A known text under a bent signature is told the verdict that the text has; nothing is taken in.
    assert statuses <= ({"accepted"} if attack == "signature bent" else {"returned", "quarantined", "held"})
    assert count_accepted(query) == before


def test_teeth_without_the_signature_check_forgeries_get_in(
    forger: Forger, query: Callable[[str], list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.intake.authors.verify", lambda _envelope, _key: True)
    assert check_forged(forger, 64, query) > 0


def test_teeth_without_the_binding_of_author_to_device_forgeries_get_in(
    forger: Forger, query: Callable[[str], list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.intake.batch.find_faults", lambda *_given, **_named: ())
    assert check_forged(forger, 64, query) > 0

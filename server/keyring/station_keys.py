"""A station's own keys: which sign and open for it now, which did before, and how they change hands (E-12 to E-14)."""

from sqlmodel import Session, col, select

from server import crypto
from server.keyring.rules import Keyring, Place
from server.keyring.tables import ServerKey
from sync.canonical import canonical_text
from sync.change import Envelope, to_base64url
from sync.handover import Handover, StationKeys, keys_from

PURPOSES = ("verdict", "sealing")


def make_server_keys(session: Session, keyring: Keyring, station_id: str, now: int) -> None:
    """The station's verdict signing key and sealing key; call once, when a station is created."""
    for purpose in PURPOSES:
        _make(session, keyring, station_id, purpose, 0, now)


def get_public_key(session: Session, station_id: str, purpose: str) -> bytes:
    return _newest(session, station_id, purpose).public


def list_private_keys(session: Session, keyring: Keyring, station_id: str, purpose: str) -> list[bytes]:
    """PKCS#8, the newest first; use them and let them go. What was sealed to a former key still opens."""
    rows = session.exec(
        select(ServerKey)
        .where(ServerKey.station_id == station_id, ServerKey.purpose == purpose)
        .order_by(col(ServerKey.number).desc())
    ).all()
    return [_open(session, keyring, row) for row in rows if row.sealed_private is not None]


def get_signer(session: Session, keyring: Keyring, station_id: str) -> crypto.Signer:
    """Signs verdicts and policy for this station. Looked up each time: the key may have changed under a running server."""
    row = _newest(session, station_id, "verdict")
    if row.key_id not in keyring.signers:
        keyring.signers[row.key_id] = crypto.EcdsaP256(_open(session, keyring, row))
    return keyring.signers[row.key_id]


def list_handovers(session: Session, station_id: str, after: int = 0) -> list[Envelope]:
    """The statements by which keys changed hands, oldest first, without the first `after` of them."""
    rows = session.exec(
        select(ServerKey)
        .where(ServerKey.station_id == station_id, ServerKey.purpose == "verdict", ServerKey.number >= after)
        .order_by(col(ServerKey.number))
    ).all()
    return [Envelope(row.handover_body, row.handover_signature or "") for row in rows if row.handover_body is not None]


def get_station_keys(session: Session, station_id: str) -> StationKeys:
    """What the station's word is checked against: the key of now, and former ones as far as they answer for the log."""
    current = to_base64url(get_public_key(session, station_id, "verdict"))
    return keys_from(current, list_handovers(session, station_id))


def hand_over(session: Session, keyring: Keyring, station_id: str, position: int, now: int) -> Envelope:
    """Gives the station new keys, and returns the former one's word on it. The former signing key is destroyed with it.

    Call with the log's counter locked, `position` its last place: what comes after is signed by the new key.
    """
    former = _newest(session, station_id, "verdict")
    signer = get_signer(session, keyring, station_id)
    fresh = {purpose: _make(session, keyring, station_id, purpose, former.number + 1, now) for purpose in PURPOSES}
    said = Handover(
        deployment=keyring.deployment, station=station_id, number=former.number + 1,
        former=to_base64url(former.public), verdict_key=to_base64url(fresh["verdict"].public),
        sealing_key=to_base64url(fresh["sealing"].public), position=position, at=now,
    )  # fmt: skip
    body = canonical_text(said.to_body())
    signed = Envelope(body, to_base64url(signer.sign(body.encode())))
    former.handover_body, former.handover_signature = signed.body, signed.sig
    former.sealed_private = None
    keyring.destroy(session, station_id, former.key_id)
    keyring.signers.pop(former.key_id, None)
    session.add(former)
    session.flush()
    return signed


def private_place(row: ServerKey) -> Place:
    return Place(row.station_id, row.key_id, "server_key", row.purpose, "sealed_private")


def _make(session: Session, keyring: Keyring, station_id: str, purpose: str, number: int, now: int) -> ServerKey:
    private = crypto.make_private_key()
    row = ServerKey(
        station_id=station_id, purpose=purpose, number=number, key_id=crypto.make_id(), suite=crypto.SUITE,
        public=crypto.EcdsaP256(private).public_key(), sealed_private=None, created_at=now,
    )  # fmt: skip
    row.sealed_private = keyring.seal(session, private_place(row), private)
    session.add(row)
    session.flush()
    return row


def _newest(session: Session, station_id: str, purpose: str) -> ServerKey:
    statement = select(ServerKey).where(ServerKey.station_id == station_id, ServerKey.purpose == purpose)
    return session.exec(statement.order_by(col(ServerKey.number).desc()).limit(1)).one()


def _open(session: Session, keyring: Keyring, row: ServerKey) -> bytes:
    if row.sealed_private is None:
        raise crypto.SealError
    return keyring.open(session, private_place(row), row.sealed_private)

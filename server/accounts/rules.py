"""Who works at a station and with which duties, and the one-time codes by which a person enrols a device.

A duty (`head`, `deputy`, `worker`) is held on patches, from one epoch of the policy to another: permission can be judged
as of any past epoch. Names are sealed under the person's own key. Devices are the next slice's business.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from sqlmodel import Session

from server import crypto
from server.accounts import codes, queries
from server.accounts.tables import AddressTries, CodeDirectory, DutyGrant, EnrolmentCode, Person
from server.errors import YihuError
from server.keyring.rules import Keyring, Place
from server.settings import Settings
from sync.drawers import drawer_of

# Highest first; the order that the policy `authority` goes by.
DUTIES = ("head", "deputy", "worker")
DRAWER_DUTIES = ("head", "deputy")  # who reads the drawer beside their patch
# Held on a drawer alone: a person who was named to read what lies there, and who may add to it.
NAMED = "named"
# What an address tries: codes, or the keys and passwords of devices.
Tried = Literal["code", "password"]


@dataclass(frozen=True)
class DutyOn:
    """One duty on one patch."""

    duty: str
    scope: str


@dataclass(frozen=True)
class PersonView:
    person_id: str
    name: str
    duties: tuple[DutyOn, ...]
    until_at: int | None = None
    ended_at: int | None = None


@dataclass(frozen=True)
class CodeOffer:
    """What a code that was looked at stands for."""

    station_id: str
    person_id: str
    expires_at: int


def make_person(
    session: Session, keyring: Keyring, station_id: str, name: str, duties: Iterable[DutyOn], epoch: int, now: int
) -> str:
    person_id = crypto.make_id()
    listed = len(queries.list_people(session, station_id, 10_000))
    sealed = keyring.seal_text(session, _name_place(station_id, person_id), name)
    session.add(
        Person(station_id=station_id, person_id=person_id, sealed_name=sealed, listed=listed, created_at=now)
    )  # fmt: skip
    session.flush()
    replace_duties(session, station_id, person_id, duties, epoch)
    return person_id


def list_people(session: Session, keyring: Keyring, station_id: str, epoch: int, limit: int) -> list[PersonView]:
    """Everyone of the station, in the order they joined, with the duties of that epoch; whoever left too, for their names."""
    people = queries.list_people(session, station_id, limit)
    keyring.load(session, station_id, [person.person_id for person in people])
    held: dict[str, list[DutyOn]] = {}
    for grant in queries.list_grants(session, station_id):
        if _is_in_force(grant, epoch) and grant.duty != NAMED:
            held.setdefault(grant.person_id, []).append(DutyOn(grant.duty, grant.scope))
    return [
        PersonView(
            person.person_id,
            keyring.open_text(session, _name_place(station_id, person.person_id), person.sealed_name),
            tuple(held.get(person.person_id, [])),
            person.until_at,
            person.disabled_at,
        )
        for person in people
    ]


def get_person_name(session: Session, keyring: Keyring, station_id: str, person_id: str) -> str:
    person = queries.find_person(session, station_id, person_id)
    if person is None:
        raise YihuError("not_found", field="person_id")
    return keyring.open_text(session, _name_place(station_id, person_id), person.sealed_name)


def is_active(session: Session, station_id: str, person_id: str) -> bool:
    person = queries.find_person(session, station_id, person_id)
    return person is not None and person.disabled_at is None


def set_end(session: Session, station_id: str, person_id: str, until_at: int | None) -> None:
    """When the account ends by itself; None: never."""
    row = queries.find_person(session, station_id, person_id)
    if row is None or row.disabled_at is not None:
        raise YihuError("not_found", field="person_id")
    row.until_at = until_at
    session.add(row)
    session.flush()


def list_ending(session: Session, station_id: str) -> list[tuple[str, int]]:
    """Person and end of every account that will end by itself, the earliest first."""
    return [(row.person_id, row.until_at or 0) for row in queries.list_ending(session, station_id)]


def disable(session: Session, station_id: str, person_id: str, now: int) -> None:
    """The account is over: nobody enrols or reads under it any more; the name stays for what was written."""
    row = queries.find_person(session, station_id, person_id)
    if row is not None and row.disabled_at is None:
        row.disabled_at = now
        session.add(row)
        session.flush()


def list_duties(session: Session, station_id: str, person_id: str, epoch: int) -> list[DutyOn]:
    """The duties on patches that a person held under an epoch of the policy."""
    grants = queries.list_grants(session, station_id, person_id)
    return [DutyOn(row.duty, row.scope) for row in grants if _is_in_force(row, epoch) and row.duty != NAMED]


def list_duties_and_drawers(session: Session, station_id: str, person_id: str, epoch: int) -> list[DutyOn]:
    """The same with drawers (R-3): a deputy or head holds theirs beside the patch too, who was named there a worker's."""
    grants = [row for row in queries.list_grants(session, station_id, person_id) if _is_in_force(row, epoch)]
    held = [DutyOn(row.duty, row.scope) for row in grants if row.duty != NAMED]
    beside = [DutyOn(one.duty, drawer_of(one.scope)) for one in held if one.duty in DRAWER_DUTIES]
    return [*held, *beside, *(DutyOn(DUTIES[-1], row.scope) for row in grants if row.duty == NAMED)]


def list_drawer_readers(session: Session, station_id: str, epoch: int) -> dict[str, list[str]]:
    """Drawer -> who reads it."""
    found: dict[str, set[str]] = {}
    for row in queries.list_grants(session, station_id):
        if _is_in_force(row, epoch) and row.duty in (NAMED, *DRAWER_DUTIES):
            drawer = row.scope if row.duty == NAMED else drawer_of(row.scope)
            found.setdefault(drawer, set()).add(row.person_id)
    return {drawer: sorted(people) for drawer, people in found.items()}


def name_reader(session: Session, station_id: str, person_id: str, drawer: str, epoch: int, *, is_reader: bool) -> None:
    """From this epoch on the person reads what lies in the drawer, or no more. Safe to repeat."""
    rows = queries.list_grants(session, station_id, person_id)
    held = [row for row in rows if row.duty == NAMED and row.scope == drawer and _is_in_force(row, epoch)]
    if is_reader and not held:
        session.add(_grant(station_id, person_id, DutyOn(NAMED, drawer), epoch))
    for row in [] if is_reader else held:
        row.until_epoch = epoch
        session.add(row)
    session.flush()


def _grant(station_id: str, person_id: str, held: DutyOn, epoch: int) -> DutyGrant:
    return DutyGrant(
        station_id=station_id, grant_id=crypto.make_id(), person_id=person_id, duty=held.duty, scope=held.scope,
        from_epoch=epoch,
    )  # fmt: skip


def replace_duties(session: Session, station_id: str, person_id: str, duties: Iterable[DutyOn], epoch: int) -> None:
    """From this epoch on the person holds these duties and no others; what was held before stays on record."""
    for grant in queries.list_grants(session, station_id, person_id):
        if _is_in_force(grant, epoch) and grant.duty != NAMED:
            grant.until_epoch = epoch
            session.add(grant)
    session.add_all(_grant(station_id, person_id, held, epoch) for held in duties)
    session.flush()


def highest_duty(duties: Iterable[DutyOn], scope: str | None = None) -> str | None:
    held = {duty.duty for duty in duties if scope is None or duty.scope == scope}
    return next((duty for duty in DUTIES if duty in held), None)


def issue_code(
    session: Session,
    keyring: Keyring,
    settings: Settings,
    station_id: str,
    person_id: str,
    issued_by: str | None,
    now: int,
) -> tuple[str, int]:
    """A new one-time code in its normal form, and when it expires. Earlier unused codes stay good until they expire."""
    if not is_active(session, station_id, person_id):
        raise YihuError("not_found", field="person_id")
    code = codes.make_code()
    kept = _kept_hash(keyring, codes.hash_code(code))
    expires_at = now + settings.enrolment_code_seconds * 1000
    session.add(CodeDirectory(code_hash=kept, station_id=station_id))
    session.add(
        EnrolmentCode(
            station_id=station_id,
            code_hash=kept,
            person_id=person_id,
            issued_by=issued_by,
            created_at=now,
            expires_at=expires_at,
        )  # fmt: skip
    )
    return code, expires_at


def look_at_code(session: Session, keyring: Keyring, typed: str, now: int) -> CodeOffer:
    """What the code offers. Does not use it up. Raises `code_unknown` or `code_used`."""
    row = _get_code(session, keyring, typed, now, lock=False)
    return CodeOffer(row.station_id, row.person_id, row.expires_at)


def use_code(session: Session, keyring: Keyring, typed: str, now: int) -> CodeOffer:
    """Uses the code up, in the transaction that enrols the device."""
    row = _get_code(session, keyring, typed, now, lock=True)  # of two at once, the second sees it used
    row.used_at = now
    session.add(row)
    return CodeOffer(row.station_id, row.person_id, row.expires_at)


def count_try(
    session: Session, keyring: Keyring, settings: Settings, address: str, now: int, what: Tried = "code"
) -> None:
    """Counts a try of this address before anything is compared; commit it, then compare. Raises `too_many`."""
    address_hash = _tries_key(keyring, address, what)
    tries_max = (
        settings.enrolment_tries_per_address_max if what == "code" else settings.password_tries_per_address_max
    )  # fmt: skip
    _count(session, address_hash, tries_max, settings.enrolment_tries_window_seconds * 1000, now)


def count_stranger(session: Session, keyring: Keyring, settings: Settings, replica: str, now: int) -> int:
    """Counts a try of whoever asks for a device's share from an unknown browser; how many are left today. Raises `too_many`."""
    key = keyring.blind_index("", "stranger", replica)
    return _count(session, key, settings.stranger_tries_per_day_max, 86_400_000, now)


def forgive_try(session: Session, keyring: Keyring, address: str, what: Tried = "code") -> None:
    """Takes a counted try back, after it turned out right."""
    row = queries.find_tries(session, _tries_key(keyring, address, what))
    if row is not None and row.tries > 0:
        row.tries -= 1
        session.add(row)


def _get_code(session: Session, keyring: Keyring, typed: str, now: int, *, lock: bool) -> EnrolmentCode:
    code = codes.normalize_code(typed)
    if code is None:
        raise YihuError("code_unknown", field="code")
    kept = _kept_hash(keyring, codes.hash_code(code))
    station_id = queries.find_code_station(session, kept)
    row = queries.find_code(session, station_id, kept, lock=lock) if station_id else None
    if row is None or row.expires_at <= now or not is_active(session, row.station_id, row.person_id):
        raise YihuError("code_unknown", field="code")
    if row.used_at is not None:
        raise YihuError("code_used", field="code")
    return row


def _kept_hash(keyring: Keyring, code_hash: str) -> str:
    """Keyed, so that a stolen database does not let anyone try codes offline."""
    return keyring.blind_index("", "enrolment_code", code_hash)


def _count(session: Session, key: str, tries_max: int, window_ms: int, now: int) -> int:
    """Counts a try under a keyed hash; how many are left in its window. Raises `too_many`."""
    row = queries.find_tries(session, key)
    if row is None:
        session.add(AddressTries(address_hash=key, window_started_at=now, tries=1))
        return tries_max - 1
    if now - row.window_started_at >= window_ms:
        row.window_started_at, row.tries = now, 0
    if row.tries >= tries_max:
        wait_seconds = max(1, (row.window_started_at + window_ms - now) // 1000)
        raise YihuError("too_many", headers={"Retry-After": str(wait_seconds)}, until=row.window_started_at + window_ms)
    row.tries += 1
    session.add(row)
    return tries_max - row.tries


def _tries_key(keyring: Keyring, address: str, what: Tried) -> str:
    return keyring.blind_index("", f"address/{what}", _network_of(address))


def _network_of(address: str) -> str:
    """An IPv6 subscriber holds a whole /64: they count as one."""
    return ":".join(address.split(":")[:4]) if re.search(r":.*:", address) else address


def _is_in_force(grant: DutyGrant, epoch: int) -> bool:
    return grant.from_epoch <= epoch and (grant.until_epoch is None or epoch < grant.until_epoch)


def _name_place(station_id: str, person_id: str) -> Place:
    return Place(station_id, person_id, "person", person_id, "sealed_name")

"""Stations, patches, villages; the per-station counter; the signed policy that every device goes by."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from schemas.registry import KINDS
from server import crypto
from server.accounts import rules as accounts
from server.accounts.rules import DUTIES, DutyOn, PersonView
from server.errors import YihuError
from server.keyring import station_keys
from server.keyring.rules import Keyring, Place
from server.profiles.data import NAMES, Profile, load
from server.settings import Settings
from server.station import local_rules, queries, warnings
from server.station.tables import Counter, Patch, Station, Village
from sync.canonical import canonical_text, hash_value
from sync.change import Envelope, to_base64url
from sync.drawers import drawer_of

LOG_COUNTER = "log"
AUDIT_COUNTER = "audit"


@dataclass(frozen=True)
class PatchView:
    scope: str
    name: str


@dataclass(frozen=True)
class VillageView:
    village_id: str
    name: str
    scope: str


@dataclass(frozen=True)
class StationView:
    station_id: str
    name: str
    epoch: int
    is_single_post: bool


@dataclass(frozen=True)
class Terms:
    """What a judgement needs to know of a station."""

    epoch: int
    is_single_post: bool
    duties_change_at: int | None = None


def make_station(session: Session, keyring: Keyring, name: str, now: int, *, is_demo: bool = False) -> str:
    station_id = crypto.make_id()
    sealed = keyring.seal_text(session, _place(station_id, "station", station_id), name)
    session.add(Station(station_id=station_id, sealed_name=sealed, created_at=now, is_demo=is_demo))
    session.flush()
    for counter in (LOG_COUNTER, AUDIT_COUNTER):
        session.add(Counter(station_id=station_id, name=counter, value=0))
    station_keys.make_server_keys(session, keyring, station_id, now)
    session.flush()
    return station_id


def make_patch(session: Session, keyring: Keyring, station_id: str, name: str, villages: Sequence[str]) -> str:
    """A patch with its villages, listed in the order given; returns the patch's scope id."""
    scope = crypto.make_id()
    listed = len(queries.list_patches(session, station_id, 10_000))
    sealed = keyring.seal_text(session, _place(station_id, "patch", scope), name)
    session.add(Patch(station_id=station_id, scope=scope, sealed_name=sealed, listed=listed))
    session.add(
        Patch(station_id=station_id, scope=drawer_of(scope), sealed_name=b"", listed=listed, restricts=scope)
    )  # fmt: skip
    session.flush()
    first = len(queries.list_villages(session, station_id, 10_000))
    for place, village in enumerate(villages, first):
        village_id = crypto.make_id()
        sealed = keyring.seal_text(session, _place(station_id, "village", village_id), village)
        session.add(
            Village(station_id=station_id, village_id=village_id, scope=scope, sealed_name=sealed, listed=place)
        )  # fmt: skip
    session.flush()
    return scope


def get_station(session: Session, keyring: Keyring, station_id: str) -> StationView:
    row = queries.find_station(session, station_id)
    if row is None:
        raise YihuError("not_found", field="station_id")
    name = keyring.open_text(session, _place(station_id, "station", station_id), row.sealed_name)
    return StationView(station_id, name, row.policy_epoch, row.is_single_post)


def get_terms(session: Session, station_id: str) -> Terms:
    row = queries.find_station(session, station_id)
    if row is None:
        raise YihuError("not_found", field="station_id")
    return Terms(row.policy_epoch, row.is_single_post, row.duties_change_at)


def get_profile(session: Session, station_id: str) -> Profile:
    """The rules on passwords, sessions and accounts that the station goes by."""
    row = queries.find_station(session, station_id)
    return load(row.profile if row is not None and row.profile in NAMES else NAMES[0])


def set_profile(session: Session, station_id: str, name: str) -> bool:
    """Whether that changed anything; then an epoch begins."""
    row = queries.find_station(session, station_id)
    if row is None or row.profile == name:
        return False
    row.profile = name
    session.add(row)
    begin_epoch(session, station_id)
    return True


def get_epoch(session: Session, station_id: str) -> int:
    return get_terms(session, station_id).epoch


def list_station_ids(session: Session, limit: int = 100) -> list[str]:
    """Ids of all stations, oldest first. Reads no tenant's data."""
    return queries.list_station_ids(session, limit)


def list_patches(session: Session, keyring: Keyring, station_id: str, limit: int) -> list[PatchView]:
    return [
        PatchView(row.scope, keyring.open_text(session, _place(station_id, "patch", row.scope), row.sealed_name))
        for row in queries.list_patches(session, station_id, limit)
    ]


def list_scopes(session: Session, station_id: str) -> list[str]:
    """Ids of the station's patches."""
    return [row.scope for row in queries.list_patches(session, station_id, 10_000)]


def list_drawers(session: Session, station_id: str) -> dict[str, str]:
    """Drawer -> the patch beside which it stands."""
    return {row.scope: row.restricts for row in queries.list_drawers(session, station_id)}


def list_villages(session: Session, keyring: Keyring, station_id: str, limit: int) -> list[VillageView]:
    """Villages with the patch each belongs to, in the station's order."""
    return [
        VillageView(
            row.village_id,
            keyring.open_text(session, _place(station_id, "village", row.village_id), row.sealed_name),
            row.scope,
        )
        for row in queries.list_villages(session, station_id, limit)
    ]


def change_duties(session: Session, station_id: str, person_id: str, duties: Sequence[DutyOn]) -> int:
    """Gives a person these duties and no others, under a new epoch of the policy, which it returns."""
    epoch = begin_epoch(session, station_id)
    accounts.replace_duties(session, station_id, person_id, duties, epoch)
    return epoch


def set_duties_change(session: Session, station_id: str, at: int | None) -> None:
    """When duties change next by themselves (a stand-in begins or ends); None: not foreseen."""
    row = queries.find_station(session, station_id)
    if row is not None and row.duties_change_at != at:
        row.duties_change_at = at
        session.add(row)


def begin_epoch(session: Session, station_id: str) -> int:
    """The next epoch of the policy: devices fetch it anew when they hear of it."""
    row = queries.find_station(session, station_id)
    if row is None:
        raise YihuError("not_found", field="station_id")
    row.policy_epoch += 1
    session.add(row)
    return row.policy_epoch


def lock_counter(session: Session, station_id: str, name: str = LOG_COUNTER) -> Counter:
    """The counter's row, locked until commit: every writer of the station's log queues here (D-3)."""
    return queries.get_counter(session, station_id, name, lock=True)


def get_last_position(session: Session, station_id: str) -> int:
    return queries.get_counter(session, station_id, LOG_COUNTER, lock=False).value


def get_audit_position(session: Session, station_id: str) -> int:
    return queries.get_counter(session, station_id, AUDIT_COUNTER, lock=False).value


def make_policy(
    session: Session, keyring: Keyring, settings: Settings, station_id: str, person_id: str, now: int
) -> tuple[Envelope, str]:
    """The policy as this person's devices see it, signed, and its ETag (which leaves `issued_at` out)."""

    station = get_station(session, keyring, station_id)
    people = accounts.list_people(session, keyring, station_id, station.epoch, settings.list_rows_max)
    me = next((person for person in people if person.person_id == person_id), None)
    if me is None:
        raise YihuError("not_allowed")
    scopes = {held.scope for held in me.duties}
    # Who moves files must be able to say where to; nobody else needs the other patches.
    may_move = any(held.duty != DUTIES[-1] for held in me.duties)
    patches = list_patches(session, keyring, station_id, settings.list_rows_max)
    villages = list_villages(session, keyring, station_id, settings.list_rows_max * 10)
    document: dict[str, Any] = {
        "type": "policy",
        "v": 1,
        "deployment": keyring.deployment,
        "station": {"id": station_id, "name": station.name, "single_post": station.is_single_post},
        "epoch": station.epoch,
        "me": _person(me),
        "people": [_person(person) for person in people],
        "patches": [{"id": patch.scope, "name": patch.name} for patch in patches if may_move or patch.scope in scopes],
        "scopes": [{"id": patch.scope, "name": patch.name} for patch in patches if patch.scope in scopes],
        "villages": [
            {"id": village.village_id, "name": village.name, "scope": village.scope}
            for village in villages
            if village.scope in scopes
        ],
        "verdict_key": to_base64url(station_keys.get_public_key(session, station_id, "verdict")),
        "sealing_key": to_base64url(station_keys.get_public_key(session, station_id, "sealing")),
        **_drawers(session, station_id, person_id, station.epoch, scopes),
        **_handovers(session, station_id),
        "limits": {
            "json_bytes": settings.json_bytes_max,
            "batch_changes": settings.batch_changes_max,
            "attachment_bytes": settings.attachment_bytes_max,
            "upload_part_bytes": settings.upload_part_bytes_max,
            "ledger_bytes": settings.ledger_bytes_max,
        },
        "schema_versions": {name: kind.version for name, kind in sorted(KINDS.items())},
        "route": {"households_max": settings.route_households_max, "hours": settings.route_hours},
        "lease_days": settings.lease_days,
        "profile": get_profile(session, station_id).to_json(),
    }
    local = local_rules.describe_local(session, keyring, station_id)
    if local:
        document["local"] = local
    told = {village["id"] for village in document["villages"]}
    standing = warnings.describe(session, keyring, station_id, told, now)
    if standing:
        document["warnings"] = standing
    etag = f'"{hash_value(document)[:32]}"'
    body = canonical_text({**document, "issued_at": now})
    signature = station_keys.get_signer(session, keyring, station_id).sign(body.encode())
    return Envelope(body, to_base64url(signature)), etag


def _drawers(session: Session, station_id: str, person_id: str, epoch: int, scopes: set[str]) -> dict[str, Any]:
    """The drawers beside one's patches, and those that one may read; who reads them is no secret to who writes (R-5)."""
    readers = accounts.list_drawer_readers(session, station_id, epoch)
    told = [
        {"id": drawer, "of": patch, "reads": person_id in readers.get(drawer, ()), "readers": readers.get(drawer, [])}
        for drawer, patch in sorted(list_drawers(session, station_id).items())
        if patch in scopes or person_id in readers.get(drawer, ())
    ]
    return {"drawers": told} if told else {}


def _handovers(session: Session, station_id: str) -> dict[str, Any]:
    """How the keys came to be these, for devices that pinned former ones (E-12); nothing where they are the first."""
    told = [one.to_json() for one in station_keys.list_handovers(session, station_id)]
    return {"handovers": told} if told else {}


def group_duties(duties: Sequence[DutyOn]) -> list[dict[str, Any]]:
    """[{duty, scopes}], highest duty first."""
    return [
        {"duty": duty, "scopes": sorted(held.scope for held in duties if held.duty == duty)}
        for duty in DUTIES
        if any(held.duty == duty for held in duties)
    ]


def _person(person: PersonView) -> dict[str, Any]:
    return {"person_id": person.person_id, "name": person.name, "duties": group_duties(person.duties)}


def _place(station_id: str, table: str, record: str) -> Place:
    return Place(station_id, station_id, table, record, "sealed_name")

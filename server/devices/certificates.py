"""Route replicas: keys that a device certified for today's files. They record; they open no session and read nothing."""

import json
from dataclasses import dataclass

from sqlmodel import Session

from server.context import Context
from server.crypto import is_point
from server.devices import queries
from server.devices.tables import RouteReplica
from sync.canonical import parse_canonical
from sync.change import Envelope, from_base64url, replica_id, verify
from sync.errors import MalformedError

FILES_MAX = 50
_HOUR_MS = 3_600_000


@dataclass(frozen=True)
class Author:
    """Whose key a replica's changes must verify under, and what it may touch (None: anything its person may)."""

    person_id: str
    public_key: bytes
    device: str
    is_revoked: bool
    files: frozenset[str] | None = None
    may_create: frozenset[str] | None = None


def admit_certificate(session: Session, context: Context, station_id: str, envelope: Envelope) -> bool:
    """Stores a sound certificate. Says whether it was sound; an unsound one is passed over, its changes will not verify."""
    try:
        body = parse_canonical(envelope.body)
        parent = queries.find_replica(session, station_id, str(body["parent"]))
        public_key = from_base64url(body["public_key"])
        files, may_create = list(body["files"]), list(body["may_create"])
        valid_from, valid_until = int(body["from"]), int(body["until"])
    except (MalformedError, KeyError, TypeError, ValueError):
        return False
    settings = context.settings
    is_sound = (
        body.get("type") == "certificate"
        and body.get("v") == 1
        and body.get("deployment") == context.keyring.deployment
        and body.get("station") == station_id
        and parent is not None
        and body.get("person") == parent.person_id
        and is_point(public_key)
        and body.get("replica") == replica_id(public_key)
        and len(files) <= min(FILES_MAX, settings.route_households_max)
        and all(isinstance(item, str) and len(item) <= 64 for item in files + may_create)
        and 0 <= valid_until - valid_from <= settings.route_hours * _HOUR_MS
        and verify(envelope, parent.public_key)
    )
    if not is_sound or parent is None:
        return False
    known = queries.find_route_replica(session, station_id, body["replica"])
    if known is None:
        session.add(
            RouteReplica(
                station_id=station_id,
                replica=body["replica"],
                parent=parent.replica,
                person_id=parent.person_id,
                public_key=public_key,
                files=json.dumps(files),
                may_create=json.dumps(may_create),
                valid_from=valid_from,
                valid_until=valid_until,
                received_at=context.now(),
            )  # fmt: skip
        )
        session.flush()
        return True
    # A route whose files were changed during the day comes with a longer list under the same key.
    if known.parent == parent.replica:
        known.files = json.dumps(sorted({*json.loads(known.files), *files}))
        known.may_create = json.dumps(sorted({*json.loads(known.may_create), *may_create}))
        known.valid_until = max(known.valid_until, valid_until)
        session.add(known)
        return True
    return False


def find_author(session: Session, station_id: str, replica: str) -> Author | None:
    """Whose changes a replica's are: a device's own, or those of a key it certified."""
    device = queries.find_replica(session, station_id, replica)
    if device is not None:
        return Author(device.person_id, device.public_key, replica, device.revoked_at is not None)
    route = queries.find_route_replica(session, station_id, replica)
    if route is None:
        return None
    parent = queries.find_replica(session, station_id, route.parent)
    return Author(
        route.person_id,
        route.public_key,
        route.parent,
        parent is None or parent.revoked_at is not None,
        frozenset(json.loads(route.files)),
        frozenset(json.loads(route.may_create)),
    )

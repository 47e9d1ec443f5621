"""What waits for a deputy: changes held or quarantined, and the decision on each."""

import unicodedata
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from server.audit import rules as audit
from server.context import Context
from server.devices.rules import Caller
from server.errors import YihuError
from server.intake import reading
from server.intake import rules as intake
from sync.change import Envelope
from sync.verdict import read_verdict


@dataclass(frozen=True)
class Waiting:
    change: str
    file: str
    kind: str
    scope: str
    replica: str
    person_id: str
    act: str
    status: str
    position: int
    received_at: int
    reasons: list[dict[str, Any]]


def list_waiting(
    session: Session, context: Context, caller: Caller, after: int, limit: int
) -> tuple[list[Waiting], bool]:
    """What waits in the patches where the caller is deputy or head, longest waiting first."""
    scopes = sorted({held.scope for held in caller.duties if held.duty in ("deputy", "head")})
    found, more = reading.list_waiting(session, context.keyring, caller.station_id, scopes, after, limit)
    return [
        Waiting(
            change.change_id,
            file.file,
            file.kind,
            file.scope,
            change.replica,
            change.person_id,
            change.act,
            change.status,
            change.position,
            change.received_at,
            [reason.to_json() for reason in read_verdict(verdict).reasons],
        )  # fmt: skip
        for change, file, verdict in found
    ], more


def decide(
    session: Session, context: Context, caller: Caller, change_id: str, *, is_accepted: bool, reason: str | None
) -> Envelope:
    """The signed verdict of the decision. Declining needs a reason: the author is told."""
    said = unicodedata.normalize("NFC", reason).strip() if reason else None
    if not is_accepted and not said:
        raise YihuError("invalid_value", field="reason")
    event = "change_admitted" if is_accepted else "change_declined"
    audit.record(
        session, caller.station_id, event, context.now(), person_id=caller.person_id, replica=caller.replica,
        about=change_id,
    )  # fmt: skip
    return intake.decide(session, context, caller, change_id, is_accepted=is_accepted, reason=said)

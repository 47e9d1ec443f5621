"""Who reads the audit record: the audit administrator; a head where there is none; a head, always, the alarms."""

from sqlmodel import Session

from server.administration import rules
from server.audit import rules as audit
from server.audit.tables import AuditEntry
from server.devices.rules import Caller
from server.errors import YihuError

ALARMS = frozenset(
    {"reading_alarm", "minor_without_grant", "share_destroyed", "recovery_asked", "recovery_confirmed", "device_revoked",
     "device_wiped", "file_erased", "appointed_system", "appointed_security", "appointed_audit"}
)  # fmt: skip
_PAGE = 500


def is_auditor(session: Session, caller: Caller) -> bool:
    """Does the caller read the whole record: the audit administrator, or a head where there is none?"""
    if rules.find_role(session, caller.station_id, caller.person_id) == "audit":
        return True
    return caller.has_duty("head") and not rules.has_role(session, caller.station_id, "audit")


def check_auditor(session: Session, caller: Caller) -> None:
    if not is_auditor(session, caller):
        raise YihuError("not_allowed")


def list_entries(
    session: Session, caller: Caller, after: int, limit: int, *, alarms_only: bool
) -> tuple[list[AuditEntry], bool]:
    """A page of the record and whether there is more. Raises `not_allowed`."""
    if not is_auditor(session, caller) and not (caller.has_duty("head") and alarms_only):
        raise YihuError("not_allowed")
    found: list[AuditEntry] = []
    while page := audit.list_entries(session, caller.station_id, after, _PAGE):
        for entry in page:
            after = entry.position
            if alarms_only and entry.event not in ALARMS:
                continue
            if len(found) == limit:
                return found, True
            found.append(entry)
    return found, False

"""What waits for a deputy, and the decision on each: held and quarantined changes, and returned ones that authors ask about.

Whose change it is and why it waits is said here; what a decision does to the file is `server.intake`.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlmodel import Session

from server.accounts import rules as accounts
from server.audit import rules as audit
from server.context import Context
from server.devices.rules import Caller
from server.errors import YihuError
from server.intake import reading
from server.intake import rules as intake
from server.intake.deciding import DECIDERS, Look
from server.keyring.rules import Place
from server.review import queries
from server.review.tables import ReviewRequest
from sync.change import Envelope
from sync.verdict import Reason, read_verdict

Why = Literal["held", "former_scope", "role_changed", "lost_phone", "fork", "asked", "other"]
Outcome = Literal["accept", "decline", "reissued"]
_REQUESTS_MAX = 500
_OF_CODES: dict[str, Why] = {"fork": "fork", "replica_revoked": "lost_phone", "former_scope": "former_scope"}
_EVENTS = {"accept": "change_admitted", "decline": "change_declined", "reissued": "change_reissued"}


@dataclass(frozen=True)
class Waiting:
    """One change that waits, and why it does. `asked_at`: since when its author asks for a look."""

    change: str
    file: str
    kind: str
    scope: str
    replica: str
    seq: int
    person_id: str
    act: str
    status: str
    why: Why
    position: int
    received_at: int
    reasons: list[dict[str, Any]]
    asked_at: int | None
    note: str | None


@dataclass(frozen=True)
class Decided:
    """What became of one change of many: a verdict, or why there is none."""

    change: str
    status: str | None
    code: str | None


def list_waiting(
    session: Session, context: Context, caller: Caller, after: int, limit: int
) -> tuple[list[Waiting], bool]:
    """What waits in the patches where the caller is deputy or head, longest waiting first."""
    scopes = _scopes(caller)
    found, more = reading.list_waiting(session, context.keyring, caller.station_id, scopes, after, limit)
    requests = queries.list_requests(session, caller.station_id, _REQUESTS_MAX)
    if after == 0:
        ids = [request.change_id for request in requests]
        asked = reading.list_by_id(session, context.keyring, caller.station_id, ids)
        found += [one for one in asked if one[1].scope in scopes and one[0].status == "returned"]
    by_change = {request.change_id: request for request in requests}
    return [
        Waiting(
            change.change_id,
            file.file,
            file.kind,
            file.scope,
            change.replica,
            change.seq,
            change.person_id,
            change.act,
            change.status,
            _why(session, caller, change.person_id, file.scope, verdict),
            change.position,
            change.received_at,
            [reason.to_json() for reason in read_verdict(verdict).reasons],
            *_asked(session, context, by_change.get(change.change_id)),
        )  # fmt: skip
        for change, file, verdict in found
    ], more


def look(
    session: Session, context: Context, caller: Caller, change_id: str
) -> tuple[Look, Why, int | None, str | None]:
    """One of them with its content, what it waits for, and what taking it in would bring."""
    found = intake.open_decisions(session, context, caller.station_id).look(change_id, caller)
    why = _why(session, caller, found.row.person_id, found.scope, found.verdict)
    request = queries.find_request(session, caller.station_id, change_id)
    return found, why, *_asked(session, context, request)


def decide(
    session: Session,
    context: Context,
    caller: Caller,
    change_id: str,
    outcome: Outcome,
    *,
    reason: str | None,
    instead: str | None = None,
) -> Envelope:
    """The signed verdict of the decision. Declining needs a reason: the author is told."""
    said = _said(reason)
    if outcome == "decline" and not said:
        raise YihuError("invalid_value", field="reason")
    if (outcome == "reissued") != (instead is not None):
        raise YihuError("invalid_value", field="instead")
    request = queries.find_request(session, caller.station_id, change_id)
    desk = intake.open_decisions(session, context, caller.station_id)
    _record(session, context, caller, _EVENTS[outcome], change_id)
    if instead is not None:
        verdict = desk.conclude_reissued(
            change_id, caller, instead, reason=said, may_be_returned=request is not None
        )  # fmt: skip
    else:
        verdict = desk.decide(
            change_id, caller, is_accepted=outcome == "accept", reason=said, may_be_returned=request is not None
        )
    _close(session, request)
    return verdict


def decide_many(
    session: Session, context: Context, caller: Caller, changes: Sequence[str], *, is_accepted: bool, reason: str | None
) -> list[Decided]:
    """In the order given. Nothing that would open a conflict or break a rule is taken in unseen: it stays, `needs_look`."""
    said = _said(reason)
    if not is_accepted and not said:
        raise YihuError("invalid_value", field="reason")
    desk = intake.open_decisions(session, context, caller.station_id)
    answers: list[Decided] = []
    for change_id in dict.fromkeys(changes):
        try:
            verdict = desk.decide(change_id, caller, is_accepted=is_accepted, reason=said, is_bulk=True)
        except YihuError as error:
            answers.append(Decided(change_id, None, error.problem.code))
            continue
        _record(session, context, caller, _EVENTS["accept" if is_accepted else "decline"], change_id)
        _close(session, queries.find_request(session, caller.station_id, change_id))
        answers.append(Decided(change_id, read_verdict(verdict).status, None))
    return answers


def ask(session: Session, context: Context, caller: Caller, change_id: str, note: str | None) -> int:
    """An author asks the deputy to look at a change of theirs that waits or was returned. Repeating it renews the note."""
    found = reading.list_by_id(session, context.keyring, caller.station_id, [change_id])
    if not found or found[0][0].person_id != caller.person_id:
        raise YihuError("not_found")
    change = found[0][0]
    if change.status in ("accepted", "declined"):
        raise YihuError("change_final")
    said = _said(note)
    row = queries.find_request(session, caller.station_id, change_id)
    if row is None:
        row = ReviewRequest(
            station_id=caller.station_id, change_id=change_id, file=change.file, person_id=caller.person_id,
            asked_at=context.now(),
        )  # fmt: skip
        _record(session, context, caller, "review_asked", change_id)
    row.sealed_note = context.keyring.seal_text(session, _note_place(row), said) if said else None
    session.add(row)
    return row.asked_at


def dismiss(session: Session, context: Context, caller: Caller, change_id: str) -> Envelope:
    """The author puts a returned change or a fork away; the server, which has it, keeps it sealed. Safe to repeat."""
    verdict = intake.open_decisions(session, context, caller.station_id).dismiss(change_id, caller)
    _close(session, queries.find_request(session, caller.station_id, change_id))
    return verdict


def _scopes(caller: Caller) -> list[str]:
    return sorted({held.scope for held in caller.duties if held.duty in DECIDERS})


def _why(session: Session, caller: Caller, person_id: str, scope: str, verdict: Envelope) -> Why:
    read = read_verdict(verdict)
    if read.status in ("held", "returned"):
        return "held" if read.status == "held" else "asked"
    for reason in read.reasons:
        if reason.code in _OF_CODES:
            return _OF_CODES[reason.code]
        if reason.code == "no_longer_allowed":
            duties = accounts.list_duties(session, caller.station_id, person_id, caller.epoch)
            return "role_changed" if any(held.scope == scope for held in duties) else "former_scope"
    return "other"


def _asked(session: Session, context: Context, request: ReviewRequest | None) -> tuple[int | None, str | None]:
    if request is None:
        return None, None
    sealed = request.sealed_note
    return request.asked_at, context.keyring.open_text(session, _note_place(request), sealed) if sealed else None


def _close(session: Session, request: ReviewRequest | None) -> None:
    if request is not None:
        session.delete(request)


def _record(session: Session, context: Context, caller: Caller, event: str, about: str) -> None:
    audit.record(
        session,
        caller.station_id,
        event,
        context.now(),
        person_id=caller.person_id,
        replica=caller.replica,
        about=about,
    )


def _said(text: str | None) -> str | None:
    return (unicodedata.normalize("NFC", text).strip() or None) if text else None


def _note_place(row: ReviewRequest) -> Place:
    return Place(row.station_id, row.file, "review_request", row.change_id, "sealed_note")


def reasons_of(look: Look) -> list[dict[str, Any]]:
    """Why it waits, as its verdict says."""
    reasons: Sequence[Reason] = read_verdict(look.verdict).reasons
    return [reason.to_json() for reason in reasons]

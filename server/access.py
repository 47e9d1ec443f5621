"""Who is asking: the caller behind a session cookie, as FastAPI dependencies that every slice's routes share.

`Reader` needs a read session (the main vault is open); `Uploader` takes an upload session too and may only put things in.
A token names its station, so that looking it up binds the statement to that one station.
"""

from typing import Annotated

from fastapi import Depends, Request

from server.administration import rules as administration
from server.administration import stand_ins
from server.context import Context
from server.devices import rules as devices
from server.devices import sessions
from server.devices.rules import Caller, SessionKind
from server.errors import YihuError


def get_context(request: Request) -> Context:
    context: Context = request.app.state.context
    return context


Here = Annotated[Context, Depends(get_context)]


def cookie_name(kind: SessionKind, *, is_tls: bool) -> str:
    return f"{'__Host-' if is_tls else ''}yihu_{kind}"


def device_cookie_name(*, is_tls: bool) -> str:
    """Names the installation, not a session: it proves that a request comes from the browser that enrolled."""
    return f"{'__Host-' if is_tls else ''}yihu_device"


def _find_caller(request: Request, context: Context, kind: SessionKind) -> Caller | None:
    token = request.cookies.get(cookie_name(kind, is_tls=context.settings.is_tls))
    if token is None:
        return None
    caller = context.database.read(lambda session: devices.find_caller(session, token, kind, context.now()))
    if caller is not None and caller.notes_use:
        used = caller
        context.database.write(lambda session: sessions.note_used(session, used, context.now()))
    if caller is None or caller.duties_change_at is None or context.now() < caller.duties_change_at:
        return caller
    context.database.write(lambda session: stand_ins.apply_due(session, caller.station_id, context.now()))
    return context.database.read(lambda session: devices.find_caller(session, token, kind, context.now()))


def get_reader(request: Request, context: Here) -> Caller:
    caller = get_renewing_reader(request, context)
    if caller.must_change:
        raise YihuError("password_expired")
    return caller


def get_renewing_reader(request: Request, context: Here) -> Caller:
    """A reader, also one whose password has grown too old: for changing it, and for what tells so."""
    caller = _find_caller(request, context, "read")
    if caller is None:
        raise YihuError("not_signed_in")
    return caller


def get_uploader(request: Request, context: Here) -> Caller:
    caller = _find_caller(request, context, "upload") or _find_caller(request, context, "read")
    if caller is None:
        raise YihuError("not_signed_in")
    return caller


def get_deciding_reader(caller: Annotated[Caller, Depends(get_reader)]) -> Caller:
    """A reader who holds the duty of deputy or head somewhere in the station."""
    if not caller.has_duty("deputy", "head"):
        raise YihuError("not_allowed")
    return caller


def get_device_keeper(context: Here, caller: Annotated[Caller, Depends(get_reader)]) -> Caller:
    """Who looks after devices: a deputy, a head, the system administrator."""
    return _check_either(context, caller, "system")


def get_people_keeper(context: Here, caller: Annotated[Caller, Depends(get_reader)]) -> Caller:
    """Who sees people and their accounts: a deputy, a head, the security administrator."""
    return _check_either(context, caller, "security")


def _check_either(context: Context, caller: Caller, role: str) -> Caller:
    if caller.has_duty("deputy", "head"):
        return caller
    held = context.database.read(lambda session: administration.find_role(session, caller.station_id, caller.person_id))
    if held != role:
        raise YihuError("not_allowed")
    return caller


def get_installation(request: Request, context: Here) -> str | None:
    """The secret of the installation that asks, if it sent one."""
    return request.cookies.get(device_cookie_name(is_tls=context.settings.is_tls))


def find_uploader(request: Request, context: Here) -> Caller | None:
    """Whoever holds any session, or None."""
    return _find_caller(request, context, "upload") or _find_caller(request, context, "read")


Installation = Annotated[str | None, Depends(get_installation)]
AnySession = Annotated[Caller | None, Depends(find_uploader)]
Reader = Annotated[Caller, Depends(get_reader)]
RenewingReader = Annotated[Caller, Depends(get_renewing_reader)]
Uploader = Annotated[Caller, Depends(get_uploader)]
DecidingReader = Annotated[Caller, Depends(get_deciding_reader)]
DeviceKeeper = Annotated[Caller, Depends(get_device_keeper)]
PeopleKeeper = Annotated[Caller, Depends(get_people_keeper)]

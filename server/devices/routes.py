"""Enrolling a device, opening and ending its sessions, the vault share, and the list of devices."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field
from sqlmodel import Session

from server.access import (
    AnySession,
    DeviceKeeper,
    Here,
    Installation,
    Reader,
    RenewingReader,
    cookie_name,
    device_cookie_name,
)
from server.accounts import rules as accounts
from server.bodies import AnswerBody, EnvelopeBody, Id, Instant, Key, RequestBody, Secret
from server.context import Context
from server.devices import own, rules, sessions, share, wiping
from server.devices.rules import SessionKind
from server.errors import YihuError, responses
from server.intake import reading
from server.keyring.station_keys import list_handovers
from server.station import rules as stations
from sync.change import Envelope, from_base64url, to_base64url

router = APIRouter(tags=["设备 devices"])

_COOKIE_SECONDS = 400 * 24 * 3600
Code = Annotated[str, Field(min_length=1, max_length=40, examples=["7K3M-Q9TX-2B4D-W8RC"])]


class LookRequest(RequestBody):
    code: Code


class OfferBody(AnswerBody):
    station_id: Id
    station_name: str
    person_id: Id
    person_name: str
    duty: str
    expires_at: Instant
    deployment: Id
    profile: Annotated[dict[str, int | str], Field(description="rules on passwords and sessions")]


class KdfBody(RequestBody):
    """Argon2id parameters that the device used; remembered so that nobody can talk it into weaker ones."""

    salt: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{16,86}$")]
    m_kib: Annotated[int, Field(ge=8192, le=1_048_576)]
    t: Annotated[int, Field(ge=1, le=64)]
    p: Annotated[int, Field(ge=1, le=16)]


class ConfirmRequest(RequestBody):
    code: Code
    public_key: Key
    receipt_key: Key
    label: Annotated[str, Field(max_length=100)]
    auth: Secret
    kdf: KdfBody
    proof: EnvelopeBody


class EnrolledBody(AnswerBody):
    replica: Id
    person_id: Id
    share: Secret
    policy: EnvelopeBody
    server_at: Instant


class ChallengeRequest(RequestBody):
    replica: Id


class NonceBody(AnswerBody):
    nonce: Secret


class SessionRequest(RequestBody):
    replica: Id
    kind: SessionKind
    nonce: Secret
    sig: Annotated[str, Field(max_length=200)]


class SessionBody(AnswerBody):
    expires_at: Instant


class ShareRequest(RequestBody):
    replica: Id
    auth: Secret


class ShareBody(AnswerBody):
    share: Secret
    must_change: Annotated[bool, Field(description="the password is too old for the station's profile")] = False


class PasswordRequest(RequestBody):
    replica: Id
    auth: Annotated[Secret | None, Field(description="null where the vault was opened another way")]
    new_auth: Secret
    kdf: KdfBody


class DeviceBody(AnswerBody):
    replica: Id
    person_id: Id
    person_name: str
    label: str
    enrolled_at: Instant
    revoked_at: Instant | None
    order_at: Annotated[Instant | None, Field(description="when it fetched its wipe order")]
    wiped_at: Instant | None
    lease_until: Annotated[Instant | None, Field(description="without contact it opens nothing after this")]
    software: Annotated[str | None, Field(description="version of the app as it said at its last sync")]
    last_contact_at: Instant | None
    unsent_count: int | None
    unsent_since: Instant | None
    forks: Annotated[int, Field(description="changes that came twice under one number: a copied or rolled-back store")]


class OwnDeviceBody(AnswerBody):
    replica: Id
    label: str
    is_this: bool
    enrolled_at: Instant
    revoked_at: Instant | None
    last_contact_at: Instant | None
    read_since: Annotated[Instant | None, Field(description="files can be read on it since; null: locked")]
    read_until: Instant | None
    upload_until: Instant | None


class OwnDevicesBody(AnswerBody):
    devices: list[OwnDeviceBody]


class WipeOrderBody(AnswerBody):
    order: Annotated[EnvelopeBody | None, Field(description="{type: wipe, replica, ...} under the verdict key")]
    handovers: Annotated[list[EnvelopeBody], Field(description="how the verdict key came to be this one (E-12)")]


class WipedRequest(RequestBody):
    replica: Annotated[Id | None, Field(description="another vault of this browser; absent: this one")] = None
    last: Annotated[bool, Field(description="no vault is left in this browser: what else it keeps may go")] = False


class DevicesBody(AnswerBody):
    devices: list[DeviceBody]


@router.post(
    "/enrolment/look", summary="查看登记码属于谁(不会用掉)", responses=responses("code_unknown", "code_used", "too_many")
)  # fmt: skip
def look(request: LookRequest, http: Request, context: Here) -> OfferBody:
    """What a code offers. Looking never uses it up, so a link preview cannot spoil it."""
    _count_try(http, context)

    def work(session: Session) -> OfferBody:
        offer = accounts.look_at_code(session, context.keyring, request.code, context.now())
        station = stations.get_station(session, context.keyring, offer.station_id)
        duties = accounts.list_duties(session, offer.station_id, offer.person_id, station.epoch)
        return OfferBody(
            station_id=station.station_id,
            station_name=station.name,
            person_id=offer.person_id,
            person_name=accounts.get_person_name(session, context.keyring, offer.station_id, offer.person_id),
            duty=accounts.highest_duty(duties) or "worker",
            expires_at=offer.expires_at,
            deployment=context.keyring.deployment,
            profile=stations.get_profile(session, offer.station_id).to_json(),
        )

    offer = context.database.read(work)
    _forgive_try(http, context)
    return offer


@router.post(
    "/enrolment/confirm",
    summary="用登记码登记这台设备的钥匙",
    status_code=201,
    responses=responses("code_unknown", "code_used", "proof_wrong", "replica_known", "too_many", "device_limit"),
)
def confirm(
    request: ConfirmRequest, http: Request, response: Response, context: Here, installation: Installation
) -> EnrolledBody:
    """Uses the code up, makes the device known, and opens both its sessions (cookies)."""
    _count_try(http, context)

    def work(session: Session) -> tuple[rules.Enrolled, Envelope, dict[SessionKind, str]]:
        enrolled = rules.enrol(
            session,
            context,
            code=request.code,
            public_key=_bytes(request.public_key, "public_key"),
            receipt_key=_bytes(request.receipt_key, "receipt_key"),
            label=request.label,
            auth=_bytes(request.auth, "auth"),
            kdf=request.kdf.model_dump(),
            proof=request.proof.to_envelope(),
            installation=installation,
        )
        policy, _etag = stations.make_policy(
            session, context.keyring, context.settings, enrolled.station_id, enrolled.person_id, context.now()
        )
        kinds: tuple[SessionKind, ...] = ("read", "upload")
        tokens = {
            kind: sessions.start_session(session, context, enrolled.station_id, enrolled.replica, kind)[0]
            for kind in kinds
        }
        return enrolled, policy, tokens

    enrolled, policy, tokens = context.database.write(work)
    _forgive_try(http, context)
    for kind, token in tokens.items():
        _set_cookie(response, context, cookie_name(kind, is_tls=context.settings.is_tls), token)
    _set_cookie(response, context, device_cookie_name(is_tls=context.settings.is_tls), enrolled.installation)
    return EnrolledBody(
        replica=enrolled.replica,
        person_id=enrolled.person_id,
        share=to_base64url(enrolled.share),
        policy=EnvelopeBody.of(policy),
        server_at=context.now(),
    )


@router.post("/sessions/challenge", summary="取一次性随机数", responses=responses("invalid_value"))
def challenge(request: ChallengeRequest, context: Here) -> NonceBody:
    """A nonce to sign, good once and for two minutes."""
    return NonceBody(nonce=sessions.make_challenge(context, request.replica))


@router.post(
    "/sessions",
    summary="用设备钥匙打开会话",
    status_code=201,
    responses=responses("challenge_wrong", "device_revoked", "device_dormant", "too_many", "invalid_value"),
)
def open_session(
    request: SessionRequest, http: Request, response: Response, context: Here, installation: Installation
) -> SessionBody:
    """`read` opens files, `upload` only takes sealed saves and photos. The token comes as an HttpOnly cookie."""
    _count_try(http, context, "password")
    token, expires_at, adopted = context.database.write(
        lambda session: sessions.open_session(
            session,
            context,
            replica=request.replica,
            kind=request.kind,
            nonce=request.nonce,
            signature=request.sig,
            installation=installation,
        )  # fmt: skip
    )
    _forgive_try(http, context, "password")
    _set_cookie(response, context, cookie_name(request.kind, is_tls=context.settings.is_tls), token)
    _set_cookie(response, context, device_cookie_name(is_tls=context.settings.is_tls), adopted)
    return SessionBody(expires_at=expires_at)


@router.delete("/sessions/read", summary="结束读取会话(上锁)", status_code=204, responses=responses("not_signed_in"))
def end_read_session(response: Response, context: Here, caller: RenewingReader) -> None:
    """Ends the read session; the upload session stays, so that what was recorded still gets home."""
    context.database.write(lambda session: sessions.end_session(session, caller))
    response.delete_cookie(
        cookie_name("read", is_tls=context.settings.is_tls), secure=context.settings.is_tls, httponly=True, samesite="strict"
    )  # fmt: skip


@router.get("/sessions", summary="我的设备与登录", responses=responses("not_signed_in", "device_revoked"))
def list_own_sessions(context: Here, caller: Reader) -> OwnDevicesBody:
    """The caller's own devices, and which sessions are open on each."""
    found = context.database.read(lambda session: own.list_own(session, context.keyring, caller, context.now()))
    return OwnDevicesBody(devices=[OwnDeviceBody(**vars(one)) for one in found])


@router.post(
    "/sessions/{replica}/end",
    summary="结束我另一台设备上的登录",
    status_code=204,
    responses=responses("not_signed_in", "device_revoked", "not_found", "conflict"),
)
def end_other_sessions(replica: Id, context: Here, caller: Reader) -> None:
    """Only of another device of one's own; this one's ends by locking. Repeatable."""
    context.database.write(lambda session: own.end_other(session, context, caller, replica))


@router.post(
    "/vault/share",
    summary="凭密码证明取回服务器保管的一半钥匙",
    response_model_exclude_defaults=True,
    responses=responses("wrong_password", "locked", "share_destroyed", "too_many", "invalid_value"),
)
def release_share(
    request: ShareRequest, http: Request, context: Here, installation: Installation, caller: AnySession
) -> ShareBody:
    """Each try is counted on disk before it is compared: 5 wrong in a row wait 30 minutes, 10 destroy the share.

    From a browser that did not enrol (no cookie of its own, no session of the device) there are five tries a day, which cost
    the owner none.
    """
    _count_try(http, context, "password")
    found = share.release_share(
        context, request.replica, _bytes(request.auth, "auth"), installation=installation, caller=caller
    )
    _forgive_try(http, context, "password")
    return ShareBody(share=to_base64url(found), must_change=share.must_change(context, request.replica))


@router.post(
    "/vault/password",
    summary="更换密码",
    responses=responses(
        "not_signed_in", "not_allowed", "wrong_password", "locked", "share_destroyed", "too_many", "password_reused"
    ),
)
def change_password(request: PasswordRequest, http: Request, context: Here, caller: RenewingReader) -> ShareBody:
    """A new proof and a new half of the key, for the caller's own device. The password itself never leaves the phone."""
    if request.replica != caller.replica:
        raise YihuError("not_allowed", field="replica")
    _count_try(http, context, "password")
    auth = _bytes(request.auth, "auth") if request.auth is not None else None
    fresh = share.change_password(context, caller, auth, _bytes(request.new_auth, "new_auth"), request.kdf.model_dump())
    _forgive_try(http, context, "password")
    return ShareBody(share=to_base64url(fresh))


@router.get("/devices", summary="本站设备", responses=responses("not_signed_in", "not_allowed"))
def list_devices(context: Here, caller: DeviceKeeper) -> DevicesBody:
    """Every device of the station, with its last contact and what it said it had not sent yet."""
    limit = context.settings.list_rows_max
    views, forks = context.database.read(
        lambda session: (
            rules.list_devices(session, context.keyring, caller.station_id, limit),
            reading.count_forks(session, caller.station_id),
        )
    )
    lease_ms = context.settings.lease_days * 86_400_000
    return DevicesBody(
        devices=[
            DeviceBody(
                **vars(view),
                forks=forks.get(view.replica, 0),
                lease_until=view.last_contact_at + lease_ms if view.last_contact_at is not None else None,
            )
            for view in views
        ]
    )


@router.post(
    "/devices/{replica}/revoke",
    summary="停用一台设备",
    status_code=204,
    responses=responses("not_signed_in", "not_allowed", "not_found"),
)
def revoke(replica: Id, context: Here, caller: DeviceKeeper) -> None:
    """The device reads no more and its password share is destroyed; what it has not sent may still come in. Repeatable."""
    context.database.write(
        lambda session: rules.revoke(session, caller.station_id, replica, caller.person_id, context.now())
    )


@router.get("/wipe-order", summary="本机的清除指令", responses=responses("not_signed_in"))
def get_wipe_order(
    context: Here, caller: AnySession, installation: Installation, replica: Id | None = None
) -> WipeOrderBody:
    """Null unless the device is revoked. It sends its outbox first, then obeys, then says so.

    `replica` names another vault of the same browser, which needs no session.
    """
    meant = context.database.read(lambda session: wiping.find_meant(session, caller, replica, installation))
    order = context.database.read(lambda session: wiping.find_order(session, context, *meant))
    if order is not None:
        context.database.write(lambda session: wiping.note_fetched(session, context, *meant))
    told = context.database.read(lambda session: list_handovers(session, meant[0])) if order else []
    return WipeOrderBody(
        order=EnvelopeBody.of(order) if order else None, handovers=[EnvelopeBody.of(one) for one in told]
    )


@router.post(
    "/wipe-order/done", summary="本机已清除", status_code=204, responses=responses("not_signed_in", "conflict")
)
def note_wiped(
    context: Here,
    response: Response,
    caller: AnySession,
    installation: Installation,
    request: WipedRequest | None = None,
) -> None:
    """Ends every session of the device; the deputy sees when it was wiped. With `last` the browser is told to forget all."""
    asked = request or WipedRequest()
    meant = context.database.read(lambda session: wiping.find_meant(session, caller, asked.replica, installation))
    context.database.write(lambda session: wiping.note_wiped(session, context, *meant))
    if asked.last:
        response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'


def _count_try(http: Request, context: Context, what: accounts.Tried = "code") -> None:
    address = http.client.host if http.client else ""
    context.database.write(
        lambda session: accounts.count_try(session, context.keyring, context.settings, address, context.now(), what)
    )


def _forgive_try(http: Request, context: Context, what: accounts.Tried = "code") -> None:
    address = http.client.host if http.client else ""
    context.database.write(lambda session: accounts.forgive_try(session, context.keyring, address, what))


def _set_cookie(response: Response, context: Context, name: str, token: str) -> None:
    response.set_cookie(
        name, token, max_age=_COOKIE_SECONDS, path="/",
        secure=context.settings.is_tls, httponly=True, samesite="strict",
    )  # fmt: skip


def _bytes(text: str, field: str) -> bytes:
    try:
        return from_base64url(text)
    except ValueError as error:
        raise YihuError("invalid_value", field=field) from error

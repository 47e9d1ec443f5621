"""Enrolment, sessions and the signed policy: everything the device says about itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from sync.canonical import canonical_text, parse_canonical, sha256_hex
from sync.change import Envelope, from_base64url, sign, sign_document, to_base64url, verify
from sync.device.errors import DeviceError, RefusedError
from sync.device.identity import DeviceKeys, Identity
from sync.device.keys import KdfParameters, PassphraseKeys
from sync.device.store import Store
from sync.device.transport import Answer, Transport
from sync.errors import SyncError
from sync.handover import StationKeys, follow, keys_of

SessionKind = Literal["read", "upload"]
_CONFUSED = str.maketrans("OIL", "011")


def read_link(link: str) -> tuple[str | None, str]:
    """Origin and code of an enrolment link, or (None, code) of a typed code."""
    origin, hash_mark, code = link.partition("#")
    if hash_mark:
        return re.sub(r"/enrol/?$", "", origin), normalise_code(code)
    return None, normalise_code(link)


def normalise_code(code: str) -> str:
    """Upper case without dashes and spaces; O, I and L are read as 0, 1 and 1."""
    return re.sub(r"[\s-]", "", code).upper().translate(_CONFUSED)


def look_enrolment(transport: Transport, code: str) -> dict[str, Any]:
    """What a code stands for; does not use it up."""
    offer: dict[str, Any] = _demand(transport.call("POST", "/enrolment/look", body={"code": code})).json()
    return offer


def confirm_enrolment(
    transport: Transport,
    code: str,
    keys: DeviceKeys,
    passphrase: PassphraseKeys,
    kdf: KdfParameters,
    offer: Mapping[str, Any],
    *,
    label: str,
    at: int,
) -> tuple[Identity, Envelope, int]:
    """Make this device's keys known. Returns identity, policy envelope and server time. Uses the code up."""
    document = {
        "type": "enrolment",
        "v": 1,
        "deployment": offer["deployment"],
        "code_hash": sha256_hex(code.encode()),
        "public_key": keys.public_key,
        "receipt_key": keys.receipt_key,
        "at": at,
    }
    identity_draft = Identity(
        deployment=offer["deployment"],
        station=offer["station_id"],
        person=offer["person_id"],
        replica=keys.replica,
        signing=to_base64url(keys.signing),
        receipt=to_base64url(keys.receipt),
        auth=to_base64url(passphrase.auth),
        verdict_key="",
    )
    answer = _demand(
        transport.call(
            "POST",
            "/enrolment/confirm",
            body={
                "code": code,
                "public_key": keys.public_key,
                "receipt_key": keys.receipt_key,
                "label": label,
                "auth": identity_draft.auth,
                "kdf": kdf.to_json(),
                "proof": sign_document(document, identity_draft.signing_key()).to_json(),
            },
        )
    ).json()
    policy = Envelope.from_json(answer["policy"])
    body = parse_canonical(policy.body)
    identity = Identity.from_json(
        identity_draft.to_json() | {"verdict_key": body["verdict_key"], "share": answer["share"]}
    )
    read_policy(policy, identity)
    return identity, policy, answer["server_at"]


def read_policy(envelope: Envelope, identity: Identity) -> dict[str, Any]:
    """Check a policy against the key pinned at enrolment, or the one that it was handed over to, and return its body."""
    try:
        body: dict[str, Any] = parse_canonical(envelope.body)
        handovers = [Envelope.from_json(one) for one in body.get("handovers", ())]
        key = follow(identity.verdict_key, identity.deployment, identity.station, handovers)
    except (SyncError, AttributeError, KeyError, TypeError):
        key = identity.verdict_key
    if not verify(envelope, from_base64url(key)):
        raise DeviceError("The station's policy is not signed by its key; it was not used.", code="policy_not_signed")
    body = parse_canonical(envelope.body)
    if body["type"] != "policy" or body["deployment"] != identity.deployment:
        raise DeviceError("This policy belongs to another station; it was not used.", code="policy_elsewhere")
    return body


def station_keys(store: Store, identity: Identity) -> StationKeys:
    """What the station's word is checked against, as the newest policy of this device says."""
    policy = store.setting("policy")
    if policy is None:
        return StationKeys(from_base64url(identity.verdict_key))
    return keys_of(read_policy(Envelope.from_json(policy), identity))


def open_session(transport: Transport, identity: Identity, kind: SessionKind) -> RefusedError | None:
    """Prove the device key over a fresh nonce. None when open or when there is no network; else why it was refused."""
    challenge = transport.call("POST", "/sessions/challenge", body={"replica": identity.replica})
    if challenge is None or not challenge.is_fine:
        return challenge.to_error() if challenge else None
    nonce = challenge.json()["nonce"]
    document = {
        "type": "session",
        "v": 1,
        "deployment": identity.deployment,
        "replica": identity.replica,
        "kind": kind,
        "nonce": nonce,
    }
    signature = sign(canonical_text(document), identity.signing_key()).sig
    body = {"replica": identity.replica, "kind": kind, "nonce": nonce, "sig": signature}
    answer = transport.call("POST", "/sessions", body=body)
    return answer.to_error() if answer and not answer.is_fine else None


def refresh_policy(transport: Transport, identity: Identity, store: Store) -> None:
    """Fetch the policy if it changed (ETag) and keep it. No answer or a refusal changes nothing."""
    etag = store.setting("policy_etag")
    answer = transport.call("GET", "/policy", headers={"If-None-Match": etag} if etag else {})
    if answer and answer.status == 200:
        envelope = Envelope.from_json(answer.json())
        read_policy(envelope, identity)
        store.keep_settings({"policy": envelope.to_json(), "policy_etag": answer.headers.get("etag")})


def _demand(answer: Answer | None) -> Answer:
    if answer is None:
        raise DeviceError(
            "No answer from the server: check the address and the network (a sign-in page may be in between).",
            code="no_answer",
        )
    if not answer.is_fine:
        raise answer.to_error()
    return answer

"""Small words of a verdict: whom it asks, and a refusal that quotes nothing a stranger sent."""

import re

from server.intake.erasures import FILE_ERASED
from sync import change as changes
from sync.canonical import sha256_hex
from sync.change import Envelope
from sync.errors import MalformedError
from sync.verdict import Reason, Verdict
from sync.versions import Dot

_PLAIN_PATH = re.compile(r"[ -~]{1,120}")


def erased_verdict(change_id: str, position: int, received_at: int, dot: Dot, file: str) -> Verdict:
    """What is told of a change to a file that was erased (Z-5)."""
    reasons = (Reason(FILE_ERASED),)
    return Verdict(change_id, "returned", position, received_at, reasons=reasons, dot=dot, file=file)


def asked_scope(change: changes.Change, verdict: Verdict) -> str:
    """The patch whose deputies decide, where that is not the file's home: they are asked to take a file (D-12)."""
    is_receiver_asked = any(reason.code == "receiver_undecided" for reason in verdict.reasons)
    return change.to or "" if is_receiver_asked and verdict.status == "quarantined" else ""


def plain_error(error: MalformedError) -> MalformedError:
    """Without a path that quotes what a stranger sent: a verdict must be canonical itself."""
    path = error.path if error.path and _PLAIN_PATH.fullmatch(error.path) else None
    return MalformedError(error.detail, code=error.code, path=path)


def row_id_of(envelope: Envelope) -> str:
    """The change's id, of whatever text came (N-3)."""
    return sha256_hex(envelope.body.encode("utf-8", "surrogatepass"))


def unverified_id_of(envelope: Envelope) -> str:
    """Covers the signature too: what nobody signed stands apart from the change that it pretends to be."""
    return sha256_hex(f"unverified\n{envelope.sig}\n{envelope.body}".encode("utf-8", "surrogatepass"))

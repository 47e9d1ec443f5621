"""Taking changes in: each gets a verdict, a position and its effect on the file, in one transaction a batch.

Pushing the same change again gives the verdict it has. How a batch is judged and kept is `batch.py`, what people
decide is `deciding.py`; the log is `log.py`; what other slices read of it is `reading.py`.
"""

from collections.abc import Sequence

from sqlmodel import Session

from schemas.id_number import comparable_number
from server.context import Context
from server.devices import certificates
from server.devices.rules import Caller
from server.intake import queries
from server.intake.batch import Batch
from server.intake.bringing_back import BringingBack, Code
from server.intake.deciding import Decisions
from server.keyring.rules import Keyring
from sync.canonical import sha256_hex
from sync.change import Envelope


def receive(
    session: Session,
    context: Context,
    uploader: Caller,
    envelopes: Sequence[Envelope],
    certificates_given: Sequence[Envelope] = (),
) -> list[tuple[Envelope, bool]]:
    """Takes a batch in. Safe to repeat."""
    for certificate in certificates_given:
        certificates.admit_certificate(session, context, uploader.station_id, certificate)
    return Batch(session, context, uploader.station_id).receive(envelopes, uploader)


def take_back(
    session: Session, context: Context, bringer: Caller, items: Sequence[tuple[Envelope, Envelope]]
) -> list[Code]:
    """What the server forgot when it was put back to an older copy, with the verdicts that it gave. Safe to repeat."""
    return BringingBack(session, context, bringer.station_id).take_back(items, bringer)


def change_id_of(envelope: Envelope) -> str:
    """The id of whatever text came (N-3)."""
    return sha256_hex(envelope.body.encode("utf-8", "surrogatepass"))


def judge_held_again(session: Session, context: Context, station_id: str) -> int:
    """Run at start, once a station; safe to repeat."""
    return Batch(session, context, station_id).judge_all_held_again()


def find_files_by_id_number(session: Session, keyring: Keyring, station_id: str, number: str) -> list[str]:
    """Files in which this id number was ever written, by the blind index."""
    number_hash = keyring.blind_index(station_id, "id_number", comparable_number(number))
    return queries.list_number_files(session, station_id, number_hash, 100)


def open_decisions(session: Session, context: Context, station_id: str) -> Decisions:
    """For `server.review`: looks at what waits and writes what people decide about it, in the caller's transaction."""
    return Decisions(session, context, station_id)

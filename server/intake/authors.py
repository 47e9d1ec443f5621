"""Whose change is this, and is it theirs: key, signature, person, certificate, duties then and now."""

from dataclasses import dataclass, field

from sqlmodel import Session

from server.accounts import rules as accounts
from server.devices import certificates
from server.devices.certificates import Author
from sync.change import Change, Envelope, verify
from sync.verdict import Reason


@dataclass
class Authors:
    """Looks authors and duties up once a batch."""

    session: Session
    station_id: str
    epoch: int
    _authors: dict[str, Author | None] = field(default_factory=dict)
    _duties: dict[tuple[str, int], list[accounts.DutyOn]] = field(default_factory=dict)

    def find(self, replica: str) -> Author | None:
        if replica not in self._authors:
            self._authors[replica] = certificates.find_author(self.session, self.station_id, replica)
        return self._authors[replica]

    def find_signer(self, replica: str, envelope: Envelope) -> Author | None:
        """The author, if the envelope carries their signature."""
        author = self.find(replica)
        return author if author is not None and verify(envelope, author.public_key) else None

    def duties_on(self, person_id: str, scope: str, epoch: int) -> frozenset[str]:
        """The duties that a person held on a scope under an epoch; an epoch still to come counts as today's."""
        asked = (person_id, min(epoch, self.epoch))
        if asked not in self._duties:
            self._duties[asked] = accounts.list_duties(self.session, self.station_id, *asked)
        return frozenset(held.duty for held in self._duties[asked] if held.scope == scope)

    def scopes_of(self, person_id: str) -> set[str]:
        asked = (person_id, self.epoch)
        if asked not in self._duties:
            self._duties[asked] = accounts.list_duties(self.session, self.station_id, *asked)
        return {held.scope for held in self._duties[asked]}


def find_faults(change: Change, author: Author, *, is_new_file: bool, is_own_file: bool) -> tuple[Reason, ...]:
    """What a replica may not do at all: write as someone else, or beyond its certificate."""
    if change.person != author.person_id:
        return (Reason("wrong_author", path="person"),)
    if author.files is None or change.file in author.files:
        return ()
    may_make = change.kind in (author.may_create or ()) and (is_new_file or is_own_file)
    return () if may_make else (Reason("not_certified", path="file"),)


def find_doubts(author: Author) -> tuple[Reason, ...]:
    """What a deputy has to look at, though the change itself is sound."""
    return (Reason("replica_revoked"),) if author.is_revoked else ()

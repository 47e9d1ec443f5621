"""Whose change is this, and is it theirs: key, signature, person, certificate, duties then and now."""

from dataclasses import dataclass, field
from functools import cached_property

from sqlmodel import Session

from server.accounts import rules as accounts
from server.devices import certificates
from server.devices.certificates import Author
from server.station import rules as stations
from sync.change import Change, Envelope, verify
from sync.drawers import belongs, patch_of
from sync.verdict import Reason

MAY_PUT_IN = frozenset({accounts.DUTIES[-1]})


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

    def find_device(self, replica: str) -> str:
        """The main replica of the device that a replica's key is on."""
        author = self.find(replica)
        return author.device if author else replica

    def find_signer(self, replica: str, envelope: Envelope) -> Author | None:
        """The author, if the envelope carries their signature."""
        author = self.find(replica)
        return author if author is not None and verify(envelope, author.public_key) else None

    def duties_on(self, person_id: str, scope: str, epoch: int) -> frozenset[str]:
        """The duties that a person held on a scope under an epoch; an epoch still to come counts as today's."""
        asked = (person_id, min(epoch, self.epoch))
        if asked not in self._duties:
            self._duties[asked] = accounts.list_duties_and_drawers(self.session, self.station_id, *asked)
        held = self._duties[asked]
        found = frozenset(one.duty for one in held if one.scope == scope)
        # Whoever works in a patch may put something into the drawer beside it, and reads it no more.
        return found or (MAY_PUT_IN if patch_of(scope, (one.scope for one in held)) else found)

    @cached_property
    def drawers(self) -> frozenset[str]:
        return frozenset(stations.list_drawers(self.session, self.station_id))

    @cached_property
    def _patches(self) -> frozenset[str]:
        return frozenset(stations.list_scopes(self.session, self.station_id))

    def list_homes(self, kind: str) -> frozenset[str]:
        """Where a file of this kind may live: in a patch, or in the drawer beside one (R-2)."""
        return self.drawers if belongs(kind, is_drawer=True) else self._patches

    def may_only_put_in(self, person_id: str, scope: str) -> bool:
        """Whether the scope is a drawer that the person does not read."""
        return self.duties_on(person_id, scope, self.epoch) == MAY_PUT_IN and scope not in self.scopes_of(person_id)

    def scopes_of(self, person_id: str) -> set[str]:
        asked = (person_id, self.epoch)
        if asked not in self._duties:
            self._duties[asked] = accounts.list_duties_and_drawers(self.session, self.station_id, *asked)
        return {held.scope for held in self._duties[asked]}


def find_faults(
    change: Change, author: Author, authors: Authors, *, home: str | None, is_own_file: bool
) -> tuple[Reason, ...]:
    """What a replica may not do at all: write as someone else, beyond its certificate, or where such a file does not belong.

    `home`: where the file lives; None while it is new.
    """
    is_new_file, scope = home is None, home or change.scope
    if change.person != author.person_id:
        return (Reason("wrong_author", path="person"),)
    if not belongs(change.kind, is_drawer=scope in authors.drawers):
        return (Reason("wrong_scope", path="scope"),)
    if authors.may_only_put_in(change.person, scope) and not (is_new_file or is_own_file):
        return (Reason("not_allowed", path="file"),)
    if author.files is None or change.file in author.files:
        return ()
    may_make = change.kind in (author.may_create or ()) and (is_new_file or is_own_file)
    return () if may_make else (Reason("not_certified", path="file"),)


def find_doubts(author: Author) -> tuple[Reason, ...]:
    """What a deputy has to look at, though the change itself is sound."""
    return (Reason("replica_revoked"),) if author.is_revoked else ()

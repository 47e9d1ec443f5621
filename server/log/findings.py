"""What `yihu verify` found: a row, named by table and key, and what is wrong with it. Holds ids and counts, no content."""

from dataclasses import dataclass, field
from typing import Literal

from sqlmodel import Session

from server.intake.tree import Epoch
from server.keyring.rules import Keyring
from sync.handover import StationKeys
from sync.verdict import Verdict

Wrong = Literal["altered", "missing", "inserted"]


@dataclass(frozen=True)
class Finding:
    """`key` names the row within its station, as its primary key does."""

    table: str
    key: str
    wrong: Wrong
    why: str


@dataclass(frozen=True)
class Told:
    """The latest verdict on a change, as the log has it."""

    position: int  # its place
    verdict: Verdict
    file: str


@dataclass
class Checking:
    """One station while it is being checked."""

    session: Session
    keyring: Keyring
    station_id: str
    keys: StationKeys
    erased: frozenset[str] = frozenset()  # files whose texts are gone for good
    epochs: tuple[Epoch, ...] = (Epoch(1, 1, 0),)
    findings: list[Finding] = field(default_factory=list)
    told: dict[str, Told] = field(default_factory=dict)  # by change id
    entries: int = 0
    changes: int = 0
    _lost_keys: set[str] = field(default_factory=set)

    def find(self, table: str, key: object, wrong: Wrong, why: str) -> None:
        found = Finding(table, str(key), wrong, why)
        if found not in self.findings:
            self.findings.append(found)

    def lose_key(self, owner: str, *, is_missing: bool) -> None:
        """Everything sealed for this owner is closed: told once, not row by row."""
        if owner not in self._lost_keys:
            self._lost_keys.add(owner)
            why = "its file can no longer be opened" if is_missing else "it does not open under the key file"
            self.find("data_key", owner, "missing" if is_missing else "altered", why)

    def is_closed(self, owner: str) -> bool:
        return owner in self._lost_keys

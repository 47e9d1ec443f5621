"""What the simulated station tells a reader: pages of the log, files that move, packs, digests.

Follows `server/feed/rules.py`, `server/feed/moves.py` and `server/intake/reading.py` rule by rule.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from sync.fold import fold, state_digest
from sync.log import files_hash
from sync.places import accepted_of, list_circle
from sync.simulate.kinds import KIND
from sync.simulate.logbook import DEPLOYMENT, STATION, Logged
from sync.simulate.station import Account, Row, Station

_PACKED: Final = ("accepted", "held", "quarantined")
Entry = dict[str, Any]


class Feed:
    """One station's feed. `page_entries` and `pack_from` are small, so that short histories have pages."""

    def __init__(self, station: Station, *, page_entries: int, pack_from: int) -> None:
        self.station = station
        self._page_entries = page_entries
        self._pack_from = pack_from
        self.packs: dict[str, bytes] = {}
        self._pack_scopes: dict[str, tuple[str, int]] = {}
        self._pack_sizes: dict[str, int] = {}

    def pull(
        self,
        account: Account,
        cursor: str | None,
        *,
        again: bool,
        now: int,
        claim: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The page after a cursor. `claim`: the log that the reader remembers."""
        station = self.station
        said: dict[str, Any] = json.loads(cursor) if cursor else {"a": {}, "e": 1, "w": 0}
        known: dict[str, int] = said["a"]
        audiences = {account.person: 0 if again else known.get(account.person, 0)}
        packs, begun, packed = [], set(), dict[str, int]()
        for scope in sorted(station.scopes_of(account.person)):
            if scope in known and not again:
                audiences[scope] = known[scope]
                continue
            pack = self._make_pack(scope, now, whole=bool(known) and not again)
            audiences[scope] = pack["position"] if pack else 0
            packs += [pack["offer"]] if pack else []
            begun |= {scope} if again and not pack else set()
            packed |= {scope: known[scope]} if pack and scope in known else {}
        lost = {audience: last for audience, last in known.items() if audience not in audiences}
        named_after: str | None = said.get("n")
        if said["e"] < station.log.epoch:  # what lies beyond what the log kept at its restart is told anew
            named_after = ""
            audiences |= station.log.put_back(audiences, said["e"], claim)
            lost |= station.log.put_back(lost, said["e"], claim)
            packed |= station.log.put_back(packed, said["e"], claim)
        is_anew = again or not known
        whole = station.log.last_place if is_anew else said["w"]
        refused = self._list_refused(account) if is_anew and packs else []
        named = [] if again or named_after is None else self._name_again(account, known, named_after)
        page = self._fill(account, audiences, whole) if not named else _empty_page(audiences)
        page["entries"] = refused + page["entries"]
        for scope, last in lost.items():
            self._tell_loss(account, scope, last, page)
        for scope, last in packed.items():
            page["leaves"] += self._gone_from(account, scope, last)
        page["enters"] += [case.file for case in station.files if case.scope in begun]
        told_until = {"a": page["audiences"], "e": station.log.epoch, "w": whole}
        told_until |= {"n": named[-1]} if len(named) == self._page_entries else {}
        return {
            "entries": [self._enter(file) for file in [*named, *page["enters"]]]
            + page["entries"]
            + [{"kind": "leave", "file": file} for file in page["leaves"]],
            "cursor": json.dumps(told_until, sort_keys=True),
            "more": page["more"],
            "packs": packs,
            "digests": page["digests"],
        }

    def _fill(self, account: Account, audiences: dict[str, int], whole_until: int) -> dict[str, Any]:
        found = [
            one
            for one in self.station.log.entries
            if any(audiences.get(audience, one.place) < one.place for audience in one.audiences)
        ]
        told = found[: self._page_entries]
        page = _empty_page(audiences) | {"more": len(found) > self._page_entries}
        touched: set[str] = set()
        for one in told:
            entry = self._told(one, account, whole_until)
            for file, whole in self._entered(one, account, audiences):
                page["enters"].append(file)
                page["entries"] += whole
                touched.add(file)
            page["entries"] += [entry] if entry else []
            touched |= {one.file} if entry else set()
            page["leaves"] += self._left(one, account, audiences)
        if told:
            upto = told[-1].place
            page["audiences"] = {audience: max(last, upto) for audience, last in audiences.items()}
            page["digests"] = self._digests(touched, upto, self.station.scopes_of(account.person))
        return page

    def _told(self, one: Logged, account: Account, whole_until: int) -> Entry | None:
        """The entry as this reader may have it: no word of a file of a patch that is not theirs, but on what they wrote."""
        case, row = self.station.find_case(one.file), self.station.rows[one.change]
        entry = self._entry(one, account.replica, whole_until)
        if case is None or case.scope in self.station.scopes_of(account.person):
            return entry
        return {"kind": "verdict", "verdict": entry["verdict"]} if row.person == account.person else None

    def _entry(self, one: Logged, replica: str, whole_until: int = 0) -> Entry:
        row = self.station.rows[one.change]
        own = row.device == replica and row.uploaded_by == replica
        if (one.is_first or one.status == "accepted") and row.change and (one.place <= whole_until or not own):
            return {"kind": "change", "envelope": row.envelope.to_json(), "verdict": one.signed.to_json()}
        return {"kind": "verdict", "verdict": one.signed.to_json()}

    def _entered(
        self, one: Logged, account: Account, audiences: Mapping[str, int]
    ) -> Iterator[tuple[str, list[Entry]]]:
        """Files that came to the reader with this entry; whole, unless it has read them where they were before."""
        scopes = self.station.scopes_of(account.person)
        for move in self.station.moves.get(one.place, ()):
            case = self.station.find_case(move.file)
            if case is None or case.scope not in scopes or move.after not in scopes:
                continue
            has_read = audiences.get(move.before, one.place) < one.place
            yield move.file, [] if has_read else [_whole(row) for row in self._packed_rows(move.file)]

    def _left(self, one: Logged, account: Account, audiences: Mapping[str, int]) -> list[str]:
        """Files that went with this entry where the reader reads nothing."""
        scopes = self.station.scopes_of(account.person)
        moves = self.station.moves.get(one.place, ())
        homes = {move.file: self.station.find_case(move.file) for move in moves}
        return [
            move.file
            for move in moves
            if move.before in audiences and (case := homes[move.file]) and case.scope not in scopes
        ]

    def _tell_loss(self, account: Account, scope: str, last: int, page: dict[str, Any]) -> None:
        """A scope that the reader reads no more: the last verdicts on its own changes, then every file leaves."""
        told = [one for one in self.station.log.entries if scope in one.audiences and one.place > last]
        own = [one for one in told if self.station.rows[one.change].person == account.person]
        page["entries"] += [self._entry(one, account.replica) for one in own]
        page["leaves"] += [case.file for case in self.station.files if case.scope == scope]
        page["leaves"] += [file for file in self._gone_from(account, scope, last) if file not in page["leaves"]]

    def _name_again(self, account: Account, known: Mapping[str, int], after: str) -> list[str]:
        """The next files of the patches that the reader read before: what a forgotten entry took away, none gives back."""
        scopes = self.station.scopes_of(account.person) & known.keys()
        named = sorted(case.file for case in self.station.files if case.scope in scopes and case.file > after)
        return named[: self._page_entries]

    def _gone_from(self, account: Account, scope: str, after: int) -> list[str]:
        """Files that went from this scope since and are in none of the reader's: no pack says so."""
        scopes = self.station.scopes_of(account.person)
        cases = {file: self.station.find_case(file) for file in self._moved_from(scope, after)}
        return [file for file, case in cases.items() if case is None or case.scope not in scopes]

    def _moved_from(self, scope: str, after: int) -> list[str]:
        moved = [move for place, moves in self.station.moves.items() if place > after for move in moves]
        return list(dict.fromkeys(move.file for move in moved if move.before == scope))

    def _enter(self, file: str) -> Entry:
        case = self.station.find_case(file)
        assert case is not None  # noqa: S101 - only files that have a home enter
        return {"kind": "enter", "file": file, "scope": case.scope}

    def _list_refused(self, account: Account) -> list[Entry]:
        """What a device pushed and was returned or declined, whole: packs carry only what others may come to fold."""
        return [
            _whole(row)
            for row in self.station.rows.values()
            if row.device == row.uploaded_by == account.replica
            and row.verdict.status in ("returned", "declined")
            and row.change
        ]

    # --- digests -----------------------------------------------------------------------------------------------------

    def _digests(self, files: Iterable[str], upto: int, scopes: Collection[str]) -> dict[str, str]:
        cases = [case for file in sorted(files) if (case := self.station.find_case(file))]
        wanted = {case.file for case in cases} | {case.survivor for case in cases if case.survivor}
        readable = [file for file in sorted(wanted) if (case := self.station.find_case(file)) and case.scope in scopes]
        return {file: digest for file in readable if (digest := self.digest(file, upto))}

    def digest(self, file: str, upto: int) -> str | None:
        """State digest of a file, if the last accepted change that may show in it lies at `upto` or before."""
        around = list_circle([file], self.station.state)
        last = max((one.row.accepted_place for one in around if one.row), default=0)
        if not self.station.state(file).accepted or not 0 < last <= upto:
            return None
        return state_digest(fold(self.station.rules, accepted_of(around), file))

    # --- packs and what is asked by name -----------------------------------------------------------------------------

    def _make_pack(self, scope: str, now: int, *, whole: bool) -> dict[str, Any] | None:
        """A snapshot of the scope, where its log is long or `whole` is asked; None: the reader begins at the beginning."""
        log = self.station.log
        if sum(scope in one.audiences for one in log.entries) <= (0 if whole else self._pack_from):
            return None
        cursor = json.dumps({"a": {scope: log.last_place}, "e": log.epoch, "w": 0})
        head = {
            "type": "pack", "v": 1, "deployment": DEPLOYMENT, "station": STATION, "scope": scope, "cursor": cursor,
            "root": log.sign_root(now).to_json(),
        }  # fmt: skip
        packed = [self.packed_file(case.file) for case in self.station.files if case.scope == scope]
        lines = [head, *(one for one in packed if one["changes"])]
        content = gzip.compress(b"".join(json.dumps(line).encode() + b"\n" for line in lines), 1, mtime=0)
        name = f"pack{len(self._pack_sizes)}"
        self.packs[name] = content
        self._pack_scopes[name] = scope, log.last_place
        self._pack_sizes[name] = log.size
        offer = {
            "id": name, "scope": scope, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest(),
            "cursor": cursor,
        }  # fmt: skip
        return {"position": log.last_place, "offer": offer}

    def restore(self, size: int) -> None:
        """Packs that were made of a longer log went with the database."""
        self.packs = {name: content for name, content in self.packs.items() if self._pack_sizes[name] <= size}

    def find_pack(self, name: str, account: Account) -> bytes | None:
        """A pack for someone who may read it: none of a scope that is not theirs, none of a file that moved away since."""
        if name not in self.packs:
            return None
        scope, place = self._pack_scopes[name]
        is_readable = scope in self.station.scopes_of(account.person) and not self._moved_from(scope, place)
        return self.packs[name] if is_readable else None

    def packed_file(self, file: str) -> dict[str, Any]:
        case = self.station.find_case(file)
        told = [
            {"envelope": row.envelope.to_json(), "verdict": row.signed.to_json()} for row in self._packed_rows(file)
        ]
        return {"file": file, "kind": KIND, "scope": case.scope if case else "", "changes": told}

    def _packed_rows(self, file: str) -> list[Row]:
        rows = [row for row in self.station.rows.values() if row.file == file and _is_packed(row)]
        return sorted(rows, key=lambda row: row.place)

    def have(self, account: Account, asked: Mapping[str, str], *, with_changes: bool) -> dict[str, Any]:
        """Which of these files hold other accepted changes here than the hash says, and what is here of them (L-9)."""
        scopes = self.station.scopes_of(account.person)
        readable = {file for file in asked if (case := self.station.find_case(file)) and case.scope in scopes}
        differ = [file for file in sorted(readable) if self._hash(file) != asked[file]]
        files = [self.packed_file(file) for file in differ] if with_changes else []
        return {"differ": differ, "unknown": sorted(asked.keys() - readable), "files": files}

    def _hash(self, file: str) -> str:
        accepted = self.station.state(file).accepted
        return files_hash((item.change.id, item.position or 0) for item in accepted)


def _empty_page(audiences: dict[str, int]) -> dict[str, Any]:
    """One that says nothing of the log; there is more."""
    return {"enters": [], "entries": [], "leaves": [], "digests": {}, "audiences": audiences, "more": True}


def _is_packed(row: Row) -> bool:
    """Forks, too, that were put away: someone may hold them as accepted in a log that was lost."""
    return row.change is not None and (row.verdict.is_fork or (not row.is_fork and row.verdict.status in _PACKED))


def _whole(row: Row) -> Entry:
    return {"kind": "change", "envelope": row.envelope.to_json(), "verdict": row.signed.to_json()}

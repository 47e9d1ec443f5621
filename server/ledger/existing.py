"""A household file as the comparison sees it, and how a household of the ledger finds its own.

Order of trust: ledger number (when nothing else contradicts), identity numbers, head with address. Pure: folded files in, matches out.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from server.ledger.households import KIND, address_value, group_no
from server.ledger.reading import Household
from server.ledger.reading.text import squeeze
from sync.folded import FoldedFile

__all__ = ["KIND", "Existing", "ExistingFiles", "ExistingMember"]


@dataclass
class ExistingMember:
    element: str
    values: dict[str, Any]
    said: dict[str, list[Any]]  # every live value by field, where people disagree

    @property
    def name(self) -> str:
        return squeeze(self.values.get("name"))


@dataclass
class Existing:
    """Shown values of one file; `said` holds every live value of a path in conflict."""

    file: str
    scope: str
    values: dict[str, Any]
    said: dict[str, list[Any]]
    members: list[ExistingMember] = field(default_factory=list)

    @classmethod
    def of(cls, file: str, scope: str, folded: FoldedFile) -> "Existing":
        shown: dict[str, Any] = {}
        said: dict[str, list[Any]] = {}
        for path, register in folded["paths"].items():
            shown[path] = register.get("stands") if register["status"] == "conflict" else register["value"]
            said[path] = [value["value"] for value in register["values"]]
        found = cls(
            file,
            scope,
            {p: v for p, v in shown.items() if "/" not in p},
            {p: v for p, v in said.items() if "/" not in p},
        )
        for element in folded["elements"].values():
            if element["collection"] != "members" or element["voided"]:
                continue
            prefix = f"members/{element['id']}/"
            values = {path.removeprefix(prefix): value for path, value in shown.items() if path.startswith(prefix)}
            disputed = {path.removeprefix(prefix): value for path, value in said.items() if path.startswith(prefix)}
            found.members.append(ExistingMember(element["id"], values, disputed))
        return found

    @property
    def head_name(self) -> str:
        return next((member.name for member in self.members if member.values.get("relation") in ("01", "02")), "")

    @property
    def id_numbers(self) -> set[str]:
        return {str(member.values["id_number"]).upper() for member in self.members if member.values.get("id_number")}

    @property
    def place(self) -> tuple[str, str, str]:
        return place_of(self.values.get("address"))


def list_said_apart(record: FoldedFile) -> list[tuple[str, str, str]]:
    """Household, member and category, of each category that a restricted record holds."""
    shown = {path: register["value"] for path, register in record["paths"].items() if register["status"] != "conflict"}
    return [(str(shown.get("household")), str(shown.get("member")), str(one)) for one in shown.get("categories") or ()]


def place_of(address: Any) -> tuple[str, str, str]:
    told = address if isinstance(address, dict) else {}
    return squeeze(told.get("village_name")), squeeze(group_no(told.get("group_no"))), squeeze(told.get("door"))


class ExistingFiles:
    """All household files of the station, found by number, by people and by home."""

    def __init__(self, files: Iterable[Existing]) -> None:
        self.files = {found.file: found for found in files}
        self._by_number: dict[str, list[str]] = defaultdict(list)
        self._by_id: dict[str, list[str]] = defaultdict(list)
        self._by_home: dict[tuple[str, tuple[str, str, str]], list[str]] = defaultdict(list)
        for found in self.files.values():
            if found.values.get("ledger_number"):
                self._by_number[squeeze(found.values["ledger_number"])].append(found.file)
            for number in found.id_numbers:
                self._by_id[number].append(found.file)
            if found.head_name:
                self._by_home[found.head_name, found.place].append(found.file)

    def find(self, household: Household, village_name: str, taken: set[str]) -> Existing | None:
        """The file of this household, or None. A file answers to one household of the ledger only."""
        by_person = Counter(
            file
            for member in household.members
            if member.id_number
            for file in self._by_id.get(member.id_number, [])
            if file not in taken
        )
        place = (squeeze(village_name), squeeze(group_no(household.group)), squeeze(household.door))
        head = squeeze(household.head_name)
        if household.number:
            for file in self._by_number.get(squeeze(household.number), []):
                found = self.files[file]
                if file not in taken and (by_person[file] or found.head_name == head or found.place == place):
                    return found
        if by_person:
            ranked = sorted(
                by_person.items(), key=lambda item: (-item[1], self.files[item[0]].head_name != head, item[0])
            )
            return self.files[ranked[0][0]]
        for file in self._by_home.get((head, place), []):
            if file not in taken:
                return self.files[file]
        return None


def same_place(household: Household, village: Any, found: Existing) -> bool:
    return place_of(address_value(household, village)) == found.place

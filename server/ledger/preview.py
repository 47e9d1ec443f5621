"""Puts a reading beside the station's villages and files: for each household new, changed, same or waiting, with the operations. Pure."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field

from server.ledger.bodies import (
    ApartBody,
    ColumnBody,
    CountsBody,
    DifferenceBody,
    DoubtBody,
    HouseholdBody,
    LedgerVillageBody,
    MemberBody,
    SheetBody,
    SkippedBody,
)
from server.ledger.comparison import compare, match_members
from server.ledger.existing import Existing, ExistingFiles, ExistingMember
from server.ledger.households import (
    Village,
    apart_codes,
    apart_operations,
    element_id,
    household_key,
    operations_for_new,
)
from server.ledger.reading import Household, Person, Reading
from server.ledger.reading.cells import bare_village
from server.ledger.reading.text import squeeze

NO_VILLAGE = "(没有写村)"


@dataclass(frozen=True)
class Station:
    """What the comparison needs of the station. `scopes`: the patches in which the caller may open files."""

    villages: tuple[Village, ...]
    scopes: frozenset[str]
    files: tuple[Existing, ...] = field(default=(), repr=False)
    apart: frozenset[tuple[str, str, str]] = frozenset()  # household, member, category: what drawers say already


@dataclass(frozen=True)
class Compared:
    counts: CountsBody
    villages: list[LedgerVillageBody]
    sheets: list[SheetBody]
    households: list[HouseholdBody]


def find_village(name: str | None, villages: Iterable[Village], mapping: Mapping[str, str]) -> Village | None:
    """By the deputy's mapping, by the exact name, else by the only village whose name differs in its ending alone."""
    listed = list(villages)
    if name is None:
        name = NO_VILLAGE
    if name in mapping:
        return next((village for village in listed if village.village_id == mapping[name]), None)
    exact = next((village for village in listed if squeeze(village.name) == squeeze(name)), None)
    if exact:
        return exact
    alike = [village for village in listed if bare_village(village.name) == bare_village(name)]
    return alike[0] if len(alike) == 1 else None


def _member_body(person: Person) -> MemberBody:
    disability = {"kind": str(person.disability[0]), "grade": str(person.disability[1])} if person.disability else None
    return MemberBody(
        row=person.rows[0],
        rows=person.rows,
        name=person.name,
        relation=person.relation,
        gender=person.gender,
        born_on=person.born_on,
        age=person.age,
        id_number=person.id_number,
        id_text=person.id_text,
        id_converted=person.id_converted,
        phone=person.phone,
        categories=sorted(person.categories),
        disability=disability,
        remarks=person.remarks,
        doubts=[DoubtBody(**asdict(doubt)) for doubt in person.doubts],
    )


def _household_body(household: Household) -> HouseholdBody:
    return HouseholdBody(
        key=household_key(household),
        status="same",
        file_id=None,
        scope=None,
        number=household.number,
        village=household.village,
        address=household.address,
        head_name=household.head_name,
        members=[_member_body(member) for member in household.members],
        doubts=[DoubtBody(**asdict(doubt)) for doubt in household.doubts],
        differences=[],
        not_mentioned=[],
        ops=[],
        apart=[],
    )


def _sheets(reading: Reading) -> list[SheetBody]:
    return [
        SheetBody(
            name=sheet.name,
            rows=sheet.rows,
            people=sheet.people,
            columns=[ColumnBody(**asdict(column)) for column in sheet.columns],
            skipped=[SkippedBody(row=int(entry["row"]), why=str(entry["why"])) for entry in sheet.skipped],
            category=sheet.category,
            notes=sheet.notes,
        )
        for sheet in reading.sheets
    ]


def _villages(reading: Reading, station: Station, mapping: Mapping[str, str]) -> list[LedgerVillageBody]:
    told = Counter(household.village or NO_VILLAGE for household in reading.households)
    listed = []
    for name, households in told.items():
        village = find_village(name, station.villages, mapping)
        listed.append(
            LedgerVillageBody(
                name=name,
                households=households,
                village_id=village.village_id if village else None,
                mapped=name in mapping,
            )
        )
    return sorted(listed, key=lambda village: (village.village_id is not None, village.name))


def _apart(
    matched: Iterable[tuple[Person, ExistingMember | None]],
    file: str | None,
    station: Station,
    import_id: str,
    village: str,
    today: dt.date,
) -> list[ApartBody]:
    """Of each person what no record in a drawer says yet."""
    found = []
    for person, member in matched:
        element = member.element if member else element_id(import_id, person.rows[0])
        known = {code for of, who, code in station.apart if (of, who) == (file, element)}
        codes = (set(person.categories) & apart_codes()) - known
        if codes:
            ops = apart_operations(person, codes, element, village, today)
            found.append(ApartBody(key=person.rows[0], name=person.name, ops=ops))
    return found


def compare_with_station(
    reading: Reading, station: Station, mapping: Mapping[str, str], import_id: str, read_on: dt.date, today: dt.date
) -> Compared:
    """Households in the ledger's order. A file is matched at most once, the surest matches first come first."""
    told_on = reading.filled_on or read_on.isoformat()
    removals = any(column.field == "category" for sheet in reading.sheets for column in sheet.columns)
    files = ExistingFiles(station.files)
    taken: set[str] = set()
    bodies = []
    for household in reading.households:
        body = _household_body(household)
        bodies.append(body)
        village = find_village(household.village, station.villages, mapping)
        if village is None:
            body.status = "village_unknown"
            continue
        found = files.find(household, village.name, taken)
        body.scope = found.scope if found else village.scope
        if body.scope not in station.scopes:
            body.status = "not_yours"
            continue
        if found is None:
            body.status = "new"
            body.ops = operations_for_new(household, village, import_id, told_on, today)
            body.apart = _apart(
                [(one, None) for one in household.members], None, station, import_id, village.name, today
            )
            continue
        taken.add(found.file)
        differences, body.not_mentioned = compare(household, village, found, import_id, told_on, removals=removals)
        body.file_id = found.file
        body.apart = _apart(match_members(household, found), found.file, station, import_id, village.name, today)
        body.status = "changed" if differences or body.apart else "same"
        body.differences = [
            DifferenceBody(**{**asdict(difference), "ops": list(difference.ops)}) for difference in differences
        ]
    statuses = Counter(body.status for body in bodies)
    doubts = [doubt for doubt in reading.doubts() if not doubt.accepted]
    counts = CountsBody(
        households=len(bodies),
        people=reading.people(),
        problems=sum(doubt.severity == "problem" for doubt in doubts),
        notes=sum(doubt.severity == "note" for doubt in doubts),
        new=statuses["new"],
        changed=statuses["changed"],
        same=statuses["same"],
        waiting=statuses["village_unknown"] + statuses["not_yours"],
        absent=sum(1 for found in station.files if found.file not in taken and found.scope in station.scopes),
    )
    return Compared(counts, _villages(reading, station, mapping), _sheets(reading), bodies)

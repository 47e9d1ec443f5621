"""Blocks of rows become households, and the same household or person written twice becomes one.

A household is the same when number and village agree, or head and address do, or when two sheets hold the same sound identity number
under the same name. Two people of one name in one household stay two unless their rows say the same. Pure.
"""

import re
from collections import defaultdict
from difflib import SequenceMatcher
from itertools import combinations

from server.ledger.reading.blocks import Block
from server.ledger.reading.cells import bare_village
from server.ledger.reading.doubts import make_doubt
from server.ledger.reading.model import Doubt, Household, Person
from server.ledger.reading.rows import Line

_AGE_SLACK_YEARS = 1
_LIKENESS_MIN = 0.8  # of 18 characters, three may differ or be missing


class _Sets:
    """Union-find over block indexes."""

    def __init__(self, count: int) -> None:
        self.parent = list(range(count))

    def root(self, index: int) -> int:
        while self.parent[index] != index:
            self.parent[index] = self.parent[self.parent[index]]
            index = self.parent[index]
        return index

    def join(self, one: int, other: int) -> None:
        one, other = sorted((self.root(one), self.root(other)))
        self.parent[other] = one


def _agree(one: Block, other: Block) -> bool:
    """Nothing that both write contradicts."""
    heads = not (one.head_name and other.head_name) or one.head_name == other.head_name
    addresses = not (one.place.door and other.place.door) or one.place.key == other.place.key
    villages = not (one.place.village and other.place.village) or bare_village(one.place.village) == bare_village(
        other.place.village
    )
    return heads and addresses and villages


def join_blocks(blocks: list[Block], people: dict[str, Person]) -> list[list[Block]]:
    """Groups of blocks that are one household, in order of first appearance. `people` by row key."""
    sets = _Sets(len(blocks))
    seen: dict[tuple[str, ...], int] = {}
    for index, block in enumerate(blocks):
        keys: list[tuple[str, ...]] = []
        if block.number:
            keys.append(("number", block.number, bare_village(block.place.village)))
        if block.head_name and block.place.address and (not block.number or not _numbered_twice(block, blocks)):
            keys.append(("home", block.head_name, block.place.key))
        for key in keys:
            earlier = seen.setdefault(key, index)
            if earlier != index and _agree(blocks[earlier], block):
                sets.join(earlier, index)
    _join_by_person(blocks, people, sets)
    groups: dict[int, list[Block]] = defaultdict(list)
    for index, block in enumerate(blocks):
        groups[sets.root(index)].append(block)
    return list(groups.values())


def _numbered_twice(block: Block, blocks: list[Block]) -> bool:
    """Two numbers for one head at one address inside one sheet are two households."""
    return any(
        other is not block
        and other.sheet == block.sheet
        and other.number
        and other.number != block.number
        and other.head_name == block.head_name
        and other.place.key == block.place.key
        for other in (blocks if len(blocks) < 200 else ())
    )


def _join_by_person(blocks: list[Block], people: dict[str, Person], sets: _Sets) -> None:
    holders: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, block in enumerate(blocks):
        for line in block.lines:
            person = people[line.key]
            if person.id_number:
                holders[person.id_number, person.name].append(index)
    for indexes in holders.values():
        for one, other in combinations(indexes[:50], 2):
            different_sheets = blocks[one].sheet != blocks[other].sheet
            if different_sheets and not (
                blocks[one].number and blocks[other].number and blocks[one].number != blocks[other].number
            ):
                sets.join(one, other)


def _digits_close(one: str, other: str) -> bool:
    """A damaged number may stand for another: rounded numbers share their head, typing slips differ in a place or two."""
    for rounded, written in ((one, other), (other, one)):
        if match := re.match(r"^(\d)\.(\d+)e\+?(\d+)$", rounded, re.IGNORECASE):
            digits = re.sub(r"\D", "0", written)
            kept = min(len(match[2]) + 1, 15)
            if re.match(r"^\d\.\d+e", written, re.IGNORECASE):
                return match[1] + match[2][: kept - 2] == written[0] + written[2 : 2 + kept - 2]
            return (
                len(digits) == int(match[3]) + 1
                and abs(int(digits) - int(float(rounded))) <= 10 ** (int(match[3]) + 1 - kept) * 2
            )
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _LIKENESS_MIN


def _same_person(one: Person, other: Person, *, one_sheet: bool) -> bool:
    if one.id_number and other.id_number:
        return one.id_number == other.id_number and (one.name == other.name or not one.name or not other.name)
    if one.name != other.name or not one.name:
        return False
    if one.gender and other.gender and one.gender != other.gender:
        return False
    if one.age is not None and other.age is not None and abs(one.age - other.age) > _AGE_SLACK_YEARS:
        return False
    if (
        one.born_on
        and other.born_on
        and not (one.born_on.startswith(other.born_on) or other.born_on.startswith(one.born_on))
    ):
        return False
    written = [
        re.sub(r"\s", "", text)
        for text in (one.id_number or one.id_text, other.id_number or other.id_text)
        if text and re.match(r"\d", text)
    ]
    if len(written) == 2 and (one.id_number or other.id_number or one_sheet) and not _digits_close(*written):
        return False
    if one_sheet:  # two rows of one table: two people unless the rows say the same throughout
        return bool(
            one.born_on
            and one.born_on == other.born_on
            and one.relation == other.relation
            and (len(written) == 2 or one.id_text == other.id_text)
        )
    return True


def _absorb(person: Person, other: Person, line: Line, *, one_sheet: bool) -> None:
    """What the second row knows more than the first. A sound number silences the first row's doubts about it."""
    if person.id_number is None and other.id_number:
        person.id_number, person.id_converted, person.id_text = other.id_number, other.id_converted, None
        person.born_on, person.doubts = (
            other.born_on,
            [doubt for doubt in person.doubts if doubt.field not in ("id_number", "born_on")],
        )
        kept = [doubt for doubt in other.doubts if doubt.field in ("id_number", "born_on")]
    elif person.id_number and other.id_number and person.id_number != other.id_number:
        kept = [make_doubt(line, "id_disagrees")]
    else:
        kept = []
    if person.phone and other.phone and person.phone != other.phone:
        kept.append(make_doubt(line, "phone_disagrees"))
    told = {(doubt.code, doubt.field) for doubt in person.doubts}
    missing_id = {"id_missing", "id_rounded", "id_wrong_check", "id_wrong_length", "id_bad_date", "id_malformed"}
    for doubt in other.doubts:
        if (doubt.code, doubt.field) not in told and not (
            doubt.code in missing_id and (person.id_number or {code for code, _ in told} & missing_id)
        ):
            kept.append(doubt)
    for name in ("born_on", "age", "gender", "relation", "phone", "disability", "certificate", "ethnicity", "id_text"):
        if getattr(person, name) is None and not (name == "id_text" and person.id_number):
            setattr(person, name, getattr(other, name))
    person.categories += [code for code in other.categories if code not in person.categories]
    person.remarks += [remark for remark in other.remarks if remark not in person.remarks]
    person.rows += other.rows
    person.doubts += [
        doubt for doubt in kept if (doubt.code, doubt.row) not in {(d.code, d.row) for d in person.doubts}
    ]
    if one_sheet:
        person.doubts.append(make_doubt(line, "person_repeated"))


def _members(group: list[Block], people: dict[str, Person]) -> list[Person]:
    """Sound numbers first, so that a damaged row finds its person and not a namesake."""
    order = {line.key: index for index, line in enumerate(line for block in group for line in block.lines)}
    lines = sorted(
        (line for block in group for line in block.lines), key=lambda line: people[line.key].id_number is None
    )
    members: list[tuple[Person, Line]] = []
    for line in lines:
        person = people[line.key]
        for member, _ in members:
            in_sheets = {row.rsplit("!", 1)[0] for row in member.rows}
            if _same_person(member, person, one_sheet=line.sheet in in_sheets):
                _absorb(member, person, line, one_sheet=line.sheet in in_sheets)
                break
        else:
            members.append((person, line))
    return [member for member, line in sorted(members, key=lambda pair: order[pair[1].key])]


def _check_heads(household: Household, lines: dict[str, Line]) -> None:
    heads = [member for member in household.members if member.is_head]
    if len(heads) > 1:
        for head in heads:
            if head.name != household.head_name and head.relation == "01":
                head.doubts.append(make_doubt(lines[head.rows[0]], "heads_several"))
    if not heads:
        named = next(
            (member for member in household.members if member.name == household.head_name and member.relation is None),
            None,
        )
        if named:
            named.relation = "02"
        elif household.head_name:
            household.doubts.append(make_doubt(lines[household.members[0].rows[0]], "head_missing"))
    elif household.head_name is None:
        household.head_name = heads[0].name


def make_household(group: list[Block], people: dict[str, Person]) -> Household:
    """One household of its blocks; the first block that writes a thing is believed, others that differ are said."""
    first = group[0]
    doubts: list[Doubt] = [doubt for block in group for doubt in block.doubts]
    best = max(group, key=lambda block: bool(block.place.village) + bool(block.place.group) + bool(block.place.door))
    for block in group[1:]:
        if block.place.address and best.place.address and block.place.key != best.place.key and block.place.door:
            doubts.append(make_doubt(block.lines[0], "household_disagrees"))
    if best.place.door and best.place.village:
        doubts = [doubt for doubt in doubts if doubt.code not in ("address_missing", "village_unread")]
    lines = {line.key: line for block in group for line in block.lines}
    size = next(
        (
            int(told[1])
            for line in lines.values()
            if (told := re.fullmatch(r"(\d{1,2})[人口]?", line.text("household_size")))
        ),
        None,
    )
    income = next(
        (text for line in lines.values() if re.fullmatch(r"\d{1,8}(\.\d{1,2})?", text := line.text("income_yearly"))),
        None,
    )
    household = Household(
        number=next((block.number for block in group if block.number), None),
        village=best.place.village,
        group=best.place.group,
        door=best.place.door,
        address=best.place.address,
        head_name=next((block.head_name for block in group if block.head_name), None),
        household_size=size,
        income_yearly_fen=round(float(income) * 100) if income else None,
        registered_address=next((text for line in lines.values() if (text := line.text("registered_address"))), None),
        members=_members(group, people),
        rows=[line.key for block in group for line in block.lines],
        doubts=doubts,
    )
    if first.head_name and household.head_name is None:
        household.head_name = first.head_name
    _check_heads(household, lines)
    return household


def flag_repeated_numbers(households: list[Household], lines: dict[str, Line]) -> None:
    """One sound number under two people: neither is trusted, both are said."""
    holders: dict[str, list[Person]] = defaultdict(list)
    for household in households:
        for member in household.members:
            if member.id_number:
                holders[member.id_number].append(member)
    for people in holders.values():
        if len(people) > 1:
            for person in people:
                person.doubts.append(make_doubt(lines[person.rows[0]], "id_repeated"))

"""Consecutive rows that are one household: told by the household number, the head, the address, or the empty cells between. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from server.ledger.reading.cells import (
    bare_village,
    read_door,
    read_group,
    read_name,
    read_relation,
    read_village,
    split_address,
)
from server.ledger.reading.doubts import make_doubt
from server.ledger.reading.model import Doubt
from server.ledger.reading.rows import Line
from server.ledger.reading.text import squeeze
from server.ledger.reading.vocabulary import words


@dataclass(slots=True)
class Place:
    """Where a household lives, in parts and as one text."""

    village: str | None = None
    group: str | None = None
    door: str | None = None
    disagrees: bool = False

    @property
    def address(self) -> str:
        return "".join(part for part in (self.village, self.group, self.door) if part)

    @property
    def key(self) -> str:
        """The same for 上坪村 and 上坪村委会."""
        return "".join(part for part in (bare_village(self.village), self.group, self.door) if part)


@dataclass(slots=True)
class Block:
    """Rows of one household in one sheet, with what its household cells say."""

    sheet: str
    number: str | None
    head_name: str | None
    place: Place
    lines: list[Line] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    numbered: bool = False  # the sheet has a column of household numbers


def _number(line: Line) -> str | None:
    for name in ("number",):
        text = squeeze(line.cells.get(name))
        if text and text not in words().nothing - {"0"}:
            return text
    return None


def _written(line: Line, name: str) -> str | None:
    return squeeze(line.cells.get(name)) if line.has(name) else None


def read_place(line: Line, sheet_village: str | None) -> Place:
    """The village keeps the spelling of its column, or of the address where that names the same village otherwise."""
    village = _written(line, "village")
    group, door = read_group(line.cells.get("group")), read_door(line.cells.get("door"))
    if village and group is None:
        own, inner_group, rest = split_address(village, None)
        if inner_group and rest is None and own:  # 桥头村3组 written into the village column
            village, group = own, inner_group
    text = squeeze(line.text("address"))
    own_village, own_group, own_door = split_address(
        text, village if village and village in text else read_village(village)
    )
    if village and own_village and bare_village(own_village) == bare_village(village):
        village = own_village if own_village in text else village
    disagrees = bool(
        (village and own_village and bare_village(own_village) != bare_village(village))
        or (group and own_group and own_group != group)
    )
    return Place(village or own_village or sheet_village, group or own_group, door or own_door, disagrees)


def _starts_new(line: Line, block: Block, place: Place, head_name: str | None, *, numbered: bool) -> bool:
    """Whether this row opens another household. An empty cell never does; what is written and differs does."""
    number = _number(line)
    if numbered and number:
        return number != block.number
    is_head = read_relation(line.cells.get("relation"), None).value in ("01", "02")
    if head_name and block.head_name and head_name != block.head_name:
        return True
    if place.door and block.place.door and place.key != block.place.key:
        return True
    if (
        place.address
        and (line.has("address") or line.has("door"))
        and block.place.address
        and place.key != block.place.key
    ):
        return True
    if is_head:
        has_head = any(read_relation(other.cells.get("relation"), None).value in ("01", "02") for other in block.lines)
        return has_head and not (head_name and head_name == block.head_name and place.key in ("", block.place.key))
    return False


def gather(lines: Iterable[Line], sheet_village: str | None) -> list[Block]:
    """Blocks in the sheet's order; a row with empty household cells belongs to the household above it."""
    blocks: list[Block] = []
    for line in lines:
        place = read_place(line, None)
        head_name = read_name(line.cells.get("head_name")).value or None
        numbered = "number" in line.places
        if not blocks or _starts_new(line, blocks[-1], place, head_name, numbered=numbered):
            blocks.append(Block(line.sheet, _number(line), head_name, place, numbered=numbered))
            if place.disagrees:
                blocks[-1].doubts.append(make_doubt(line, "address_disagrees"))
        block = blocks[-1]
        block.lines.append(line)
        block.number = block.number or _number(line)
        block.head_name = block.head_name or head_name
        for part in ("village", "group", "door"):
            if getattr(block.place, part) is None:
                setattr(block.place, part, getattr(place, part))
    for block in blocks:
        block.place.village = block.place.village or sheet_village
        if not block.place.address:
            block.doubts.append(make_doubt(block.lines[0], "address_missing"))
        elif block.place.village is None:
            block.doubts.append(make_doubt(block.lines[0], "village_unread"))
    return blocks

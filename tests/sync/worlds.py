"""Random histories of one file for the properties of the fold, and an oracle that knows what each author saw.

The oracle uses neither vectors nor bases: it writes down, for each save, the set of saves on the author's screen. Order
independence alone proves little: a fold that loses values in every order passes it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from sync.change import Change
from tests.sync.vector_source.story import RULES, Story, put

FIELDS = ("phone", "income", "risk", "last_contact", "file_number")
VALUES: dict[str, list[Any]] = {
    "phone": ["1", "2", "3", "4", "5"],
    "income": [1, 2, 3, 4, 5],
    "risk": ["red", "yellow", "green"],
    "last_contact": ["2026-01-01", "2026-02-01"],
    "file_number": ["A", "B"],
}
PEOPLE = ("w", "v", "d")


@dataclass
class Save:
    """One save as the oracle remembers it."""

    change: Change
    path: str
    value: Any
    saw: frozenset[int]  # indexes of the saves on the author's screen
    act: str


@dataclass
class World:
    """A history: who saved what, having seen which saves; positions are shuffled against the order of making."""

    story: Story = field(default_factory=lambda: Story(RULES))
    saves: list[Save] = field(default_factory=list)

    def never_seen_by_a_later_author(self, path: str) -> set[Any]:
        """Values of a path that no other author of the path had on screen: none of them may have vanished."""
        mine = [(index, save) for index, save in enumerate(self.saves) if save.path == path]
        return {
            save.value for index, save in mine if not any(index in other.saw for _, other in mine if other is not save)
        }


@st.composite
def worlds(draw: st.DrawFn, length_max: int = 8) -> World:
    """Each author syncs now and then, so what a form showed lags behind what exists, with holes."""
    world = World()
    count = draw(st.integers(2, length_max))
    paths = draw(st.lists(st.sampled_from(FIELDS), min_size=2, max_size=2, unique=True))  # few, so that saves meet
    positions = draw(st.permutations(range(1, count + 1)))
    known: dict[str, set[int]] = {who: set() for who in PEOPLE}
    for index in range(count):
        who = draw(st.sampled_from(PEOPLE))
        others = [number for number in range(index) if number not in known[who]]
        known[who] |= set(draw(st.lists(st.sampled_from(others), unique=True)) if others else [])
        saw = frozenset(known[who])
        path = draw(st.sampled_from(paths))
        value = draw(st.sampled_from(VALUES[path]))
        act = draw(st.sampled_from(["save", "save", "save", "resolve"]))
        change = world.story.save(
            who,
            put(path, value),
            saw=[world.saves[number].change for number in sorted(saw)],
            act=act,
            position=positions[index],
        )
        world.saves.append(Save(change, path, value, saw, act))
        known[who].add(index)
    return world

"""What must hold of every history, and proof that these tests notice a fold that is wrong."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import sync.fold
import sync.inputs
import sync.policies
import sync.registers
import sync.versions
from sync.fold import Folding, fold, in_folding_order, seen_from, state_digest
from sync.rules import Rules
from sync.versions import Base, Dot, base_of, covers, join, list_dots
from tests.sync.vector_source.story import RULES
from tests.sync.worlds import FIELDS, World, worlds

QUICK = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], database=None
)


# --- the properties, as functions of a world: mutants run the same ones ------------------------------------------------


def order_of_arrival_is_irrelevant(world: World) -> None:
    inputs = world.story.inputs()
    expected = fold(RULES, inputs)
    shuffled = inputs + inputs[: len(inputs) // 2]
    random.Random(len(inputs)).shuffle(shuffled)  # noqa: S311
    assert fold(RULES, shuffled) == expected
    assert state_digest(fold(RULES, shuffled)) == state_digest(expected)


def no_value_disappears_that_nobody_saw_and_replaced(world: World) -> None:
    folded = fold(RULES, world.story.inputs())
    for path in FIELDS:
        shown = {str(value["value"]) for value in folded["paths"].get(path, {"values": []})["values"]}
        unseen = {str(value) for value in world.never_seen_by_a_later_author(path)}
        assert unseen <= shown, path


def no_value_returns_that_its_successor_saw(world: World) -> None:
    """On a path of policy `latest` a write that some later author of the path had on screen is not live."""
    folded = fold(RULES, world.story.inputs())
    live = {tuple(dot) for value in folded["paths"].get("phone", {"values": []})["values"] for dot in value["dots"]}
    mine = [(index, save) for index, save in enumerate(world.saves) if save.path == "phone"]
    for index, save in mine:
        replaced = any(index in other.saw for _, other in mine)
        assert (tuple(save.change.dot) in live) is not replaced


def every_word_is_kept_somewhere(world: World) -> None:
    folded = fold(RULES, world.story.inputs())
    for save in world.saves:
        path = folded["paths"][save.path]
        kept = [value["value"] for value in path["values"]] + [lost["value"] for lost in path["replaced"]]
        assert save.value in kept


def a_review_shows_no_settled_value_while_two_stand(world: World) -> None:
    folded = fold(RULES, world.story.inputs())
    for path in ("income", "file_number"):
        if path in folded["paths"]:
            register = folded["paths"][path]
            assert (register["status"] == "conflict") is (len(register["values"]) > 1)
            assert (register["status"] == "conflict") is any(item["path"] == path for item in folded["conflicts"])


def the_most_protective_value_shows(world: World) -> None:
    register = fold(RULES, world.story.inputs())["paths"].get("risk")
    if register:
        order = RULES["fields"]["risk"]["order"]
        assert register["value"] == min((value["value"] for value in register["values"]), key=order.index)


def a_form_of_the_past_can_be_shown_again(world: World) -> None:
    """Folding at a base gives what the author's own fold gave then, whatever came since."""
    inputs = world.story.inputs()
    for save in world.saves:
        at_base = fold(RULES, seen_from(inputs, save.change.base))
        positions = {world.saves[index].change.id for index in save.saw}
        then = fold(RULES, [item for item in inputs if item.change.id in positions])
        assert state_digest(at_base) == state_digest(then)


PROPERTIES: list[Callable[[World], None]] = [
    order_of_arrival_is_irrelevant,
    no_value_disappears_that_nobody_saw_and_replaced,
    no_value_returns_that_its_successor_saw,
    every_word_is_kept_somewhere,
    a_review_shows_no_settled_value_while_two_stand,
    the_most_protective_value_shows,
    a_form_of_the_past_can_be_shown_again,
]


@pytest.mark.parametrize("holds", PROPERTIES)
def test_every_history(holds: Callable[[World], None]) -> None:
    @QUICK
    @given(worlds())
    def check(world: World) -> None:
        holds(world)

    check()


@QUICK
@given(worlds(), st.data())
def test_folding_in_pieces_is_folding_at_once(world: World, data: st.DataObject) -> None:
    """`Folding` may be stopped and gone on with: the same changes in the same order, the same file."""
    items = in_folding_order(world.story.inputs())
    cut = data.draw(st.integers(0, len(items)))
    folding = Folding(Rules.of(RULES))
    for item in items[:cut]:
        folding.take(item)
    folding.result()
    for item in items[cut:]:
        folding.take(item)
    assert folding.result() == fold(RULES, items)


DOTS = st.builds(Dot, st.sampled_from(["a" * 32, "b" * 32]), st.integers(1, 5))


@QUICK
@given(st.sets(DOTS), st.sets(DOTS))
def test_a_base_covers_exactly_its_dots_and_a_join_exactly_both(one: set[Dot], other: set[Dot]) -> None:
    every = [Dot(replica * 32, seq) for replica in "abc" for seq in range(1, 7)]
    assert {dot for dot in every if covers(base_of(one), dot)} == one
    assert set(list_dots(base_of(one))) == one
    assert {dot for dot in every if covers(join(base_of(one), base_of(other)), dot)} == one | other
    assert Base.from_json(base_of(one).to_json()) == base_of(one)


# --- teeth: each of these faults must be caught by a property ------------------------------------------------------------


def off_by_one(base: Base, dot: Dot) -> bool:
    return base.vector.get(dot.replica, 0) + 1 >= dot.seq and dot not in base.exceptions


def blind_to_exceptions(base: Base, dot: Dot) -> bool:
    return base.vector.get(dot.replica, 0) >= dot.seq


def covers_nothing(_base: Base, _dot: Dot) -> bool:
    return False


def covers_everything(base: Base, dot: Dot) -> bool:
    return bool(base.vector)


def join_keeps_one(one: Base, _other: Base) -> Base:
    return one


def join_forgets_exceptions(one: Base, other: Base) -> Base:
    return Base(join(one, other).vector)


def in_order_given(inputs: Any, _file: Any = None) -> Any:
    return list({item.change.dot: item for item in inputs}.values())


def chooses_first(several: Any, _rule: Any) -> Any:
    return several[0]


MUTANTS: list[tuple[str, Any, str, Any]] = [
    ("covers is off by one", sync.registers, "covers", off_by_one),
    ("covers forgets exceptions", sync.registers, "covers", blind_to_exceptions),
    ("nothing is ever replaced", sync.registers, "covers", covers_nothing),
    ("any save replaces all", sync.registers, "covers", covers_everything),
    ("join keeps one side", sync.registers, "join", join_keeps_one),
    ("join forgets exceptions", sync.registers, "join", join_forgets_exceptions),
    ("folded in order of arrival", sync.fold, "in_folding_order", in_order_given),
    ("a past form shows everything", sync.inputs, "covers", covers_everything),
]


@contextmanager
def seeded(module: Any, name: str, fault: Any) -> Iterator[None]:
    sound = getattr(module, name)
    setattr(module, name, fault)
    try:
        yield
    finally:
        setattr(module, name, sound)


def notices(fault_is_in: Callable[[], Any]) -> bool:
    """Whether some property fails on some of the histories while the fault is in."""

    @settings(QUICK, max_examples=150, phases=[Phase.generate])  # found is enough: nobody reads the smallest case
    @given(worlds())
    def check(world: World) -> None:
        with fault_is_in():
            for holds in PROPERTIES:
                holds(world)

    try:
        check()
    except (AssertionError, ValueError, IndexError, ExceptionGroup):
        return True
    return False


@pytest.mark.parametrize(("module", "name", "fault"), [pytest.param(*mutant[1:], id=mutant[0]) for mutant in MUTANTS])
def test_a_seeded_fault_is_noticed(module: Any, name: str, fault: Any) -> None:
    assert notices(lambda: seeded(module, name, fault))


@pytest.mark.parametrize("policy", ["review", "safest", "once"])
def test_a_policy_that_takes_the_first_is_noticed(policy: str) -> None:
    @contextmanager
    def fault() -> Iterator[None]:
        sound = sync.policies.CHOICES[policy]
        sync.policies.CHOICES[policy] = chooses_first
        try:
            yield
        finally:
            sync.policies.CHOICES[policy] = sound

    assert notices(fault)


def test_the_sound_fold_is_not_accused() -> None:
    @contextmanager
    def nothing() -> Iterator[None]:
        yield

    assert not notices(nothing)

"""What must hold of any two files that are merged and parted: nobody's word is lost, and each file is what it was."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

import sync.inputs
from sync.fold import FoldInput, fold, state_digest
from tests.sync.vector_source.story import FILE, HIGH, RULES, Story, add, put

SEEDS = range(40)
VALUES: dict[str, tuple[Any, ...]] = {
    "phone": ("1", "2", "3"),
    "income": (1, 2, 3),
    "risk": ("red", "yellow", "green"),
    "last_contact": ("2026-01-01", "2026-02-01"),
    "file_number": ("A", "B"),
    "categories": ("child", "elder"),
}


def tell(seed: int) -> tuple[Story, int, int]:
    """Saves in two files, a merge, late saves in both that had not seen it, the undoing. Where the merge and the undoing are."""
    rng = random.Random(seed)  # noqa: S311
    story = Story()
    for _ in range(rng.randint(2, 6)):
        save(story, rng, rng.choice((FILE, HIGH)))
    for file in (FILE, HIGH):
        save(story, rng, file)
    story.merge("d", HIGH)
    merged = len(story.told)
    own = [change for change, _, _ in story.told[: merged - 1]]
    for _ in range(rng.randint(0, 4)):
        file = rng.choice((FILE, HIGH))
        save(story, rng, file, saw=[change for change in own if change.file == file])
    parted = len(story.told)
    story.unmerge("d", HIGH)
    return story, merged, parted


def save(story: Story, rng: random.Random, file: str, **options: Any) -> None:
    path = rng.choice(list(VALUES))
    value = rng.choice(VALUES[path])
    story.save(rng.choice("wve"), (add if path == "categories" else put)(path, value), file=file, **options)


def values(inputs: list[FoldInput], file: str) -> dict[str, set[str]]:
    paths = fold(RULES, inputs, file)["paths"]
    return {path: {str(one["value"]) for one in paths[path]["values"]} for path in VALUES if path in paths}


def no_word_of_either_is_lost_by_merging(seed: int) -> None:
    story, merged, parted = tell(seed)
    inputs = story.inputs()
    for count in range(merged, parted + 1):
        together = values(inputs[:count], FILE)
        for file in (FILE, HIGH):
            alone = [item for item in inputs[: merged - 1] + inputs[merged:count] if item.change.file == file]
            for path, said in values(alone, file).items():
                assert said <= together[path], (path, count)


def the_absorbed_file_is_what_it_would_be_alone(seed: int) -> None:
    story, _, _ = tell(seed)
    inputs = story.inputs()
    alone = [item for item in inputs if item.change.file == HIGH]
    assert state_digest(fold(RULES, inputs, HIGH)) == state_digest(fold(RULES, alone, HIGH))


def parted_each_shows_its_own_again(seed: int) -> None:
    story, merged, parted = tell(seed)
    inputs = story.inputs()
    never = [item for number, item in enumerate(inputs) if number not in (merged - 1, parted)]
    for file in (FILE, HIGH):
        assert values(inputs, file) == values([item for item in never if item.change.file == file], file)


def the_order_of_arrival_is_irrelevant(seed: int) -> None:
    story, _, parted = tell(seed)
    inputs = story.inputs()[:parted]
    shuffled = inputs + inputs[: len(inputs) // 2]
    random.Random(seed).shuffle(shuffled)  # noqa: S311
    assert fold(RULES, shuffled, FILE) == fold(RULES, inputs, FILE)


def a_form_of_the_past_can_be_shown_again(seed: int) -> None:
    """Folding at the base of the undoing gives what its author saw, merged, though it is parted since."""
    story, _, parted = tell(seed)
    inputs = story.inputs()
    seen = sync.inputs.seen_from(inputs, inputs[parted].change.base, FILE)
    assert values(seen, FILE) == values(inputs[:parted], FILE)


PROPERTIES: list[Callable[[int], None]] = [
    no_word_of_either_is_lost_by_merging,
    the_absorbed_file_is_what_it_would_be_alone,
    parted_each_shows_its_own_again,
    the_order_of_arrival_is_irrelevant,
    a_form_of_the_past_can_be_shown_again,
]


@pytest.mark.parametrize("holds", PROPERTIES)
def test_any_two_files(holds: Callable[[int], None]) -> None:
    for seed in SEEDS:
        holds(seed)


def plain_name(dot: Any, _of: str, _within: str) -> Any:
    return dot


def own_name_for_all(base: Any, _of: str, _within: str) -> Any:
    return base


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("dot_within", plain_name),
        ("base_within", own_name_for_all),
        ("_joined", lambda _merges, file: {file: (0, 0, "")}),
    ],
)
def test_a_fault_in_merging_is_noticed(name: str, fault: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync.inputs, name, fault)
    for seed in SEEDS:
        for holds in PROPERTIES:
            try:
                holds(seed)
            except (AssertionError, KeyError):
                return
    pytest.fail(f"{name}: no history noticed it")

"""What a save of a device that was copied may claim to have shown; the phone's test: `pwa/src/device/sound-base.test.ts`."""

from __future__ import annotations

from typing import Any

from sync.canonical import canonical_text
from sync.change import Envelope
from sync.device.reading import view_file
from sync.device.sound_base import sound_base
from sync.device.store import StoredChange, StoredFile
from sync.rules import Rules
from sync.versions import Base, Dot
from tests.sync.vector_source.story import FILE, REPLICAS, RULES, SCOPE, Story, put

RULES_READ = Rules.of(RULES)
OLD, NEW = REPLICAS["w"], "1" * 32


def stored(story: Story, *, own: str = "w", fork: int | None = None) -> list[StoredChange]:
    """What a device of `own` keeps; the change at place `fork` is its own and was refused as a fork."""
    kept = []
    for place, (change, body, verdict) in enumerate(story.told):
        said: dict[str, Any] | None = verdict and {
            **{"type": "verdict", "v": 1, "suite": 1, "deployment": "d" * 32, "station": "5" * 32, **verdict},
            **({"status": "quarantined", "reasons": [{"code": "fork"}]} if place == fork else {}),
        }
        envelope = Envelope(canonical_text(body), "")
        mine = change.dot.replica == REPLICAS[own] and (fork is None or place == fork)
        kept.append(StoredChange.of(change, envelope, own=mine, verdict=said and Envelope(canonical_text(said), "")))
    return kept


def base_from(changes: list[StoredChange], replica: str, shown: list[StoredChange] | None = None) -> Base:
    view = view_file(StoredFile(FILE, "household", SCOPE), changes if shown is None else shown, RULES_READ)
    return sound_base(view, RULES_READ, changes, replica)


def test_what_was_not_accepted_under_a_key_that_was_given_up_is_left_out() -> None:
    story = Story()
    story.save("w", put("phone", "1"))
    story.save("v", put("note", "x"))
    story.save("w", put("phone", "2"), status=None)
    changes = stored(story)
    assert base_from(changes, OLD).vector == {OLD: 2, REPLICAS["v"]: 1}
    assert base_from(changes, NEW) == Base({OLD: 1, REPLICAS["v"]: 1})


def test_a_form_of_before_the_fork_was_known_did_not_show_the_other_save_under_its_number() -> None:
    story = Story()
    story.save("v", put("note", "x"))
    story.save("w", put("phone", "of the other device"))
    story.told.append(_beside(story))
    changes = stored(story, fork=2)
    before = [changes[0], StoredChange.of(story.told[2][0], changes[2].envelope, own=True)]
    assert base_from(changes, OLD, before) == Base({REPLICAS["v"]: 1})
    assert base_from(changes, OLD).vector == {OLD: 1, REPLICAS["v"]: 1}


def test_a_form_with_a_save_that_was_undecided_showed_the_other_save_if_its_digest_says_so() -> None:
    story = Story()
    story.save("v", put("note", "x"))
    story.save("w", put("phone", "of the other device"))
    story.told.append(_beside(story))
    refused = stored(story, fork=2)
    later = Story()
    later.told = story.told[:2]
    later.save("w", put("phone", "afterwards"))
    (*_, accepted) = stored(later)
    undecided = StoredChange.of(accepted.change(), accepted.envelope, own=True)
    assert base_from([*refused, accepted], OLD, [*refused, undecided]).vector == {OLD: 2, REPLICAS["v"]: 1}
    before = [refused[0], StoredChange.of(story.told[2][0], refused[2].envelope, own=True)]
    assert base_from([*refused, accepted], OLD, [*before, undecided]) == Base(
        {OLD: 2, REPLICAS["v"]: 1}, frozenset([Dot(OLD, 1)])
    )


def _beside(story: Story) -> Any:
    """Another save under the number of the last one, as a copy of the device makes it."""
    twin = Story()
    twin.told = story.told[:1]
    change = twin.save("w", put("phone", "of this device"))
    assert change.dot == Dot(OLD, 1)
    return twin.told[-1]

"""The households that the vectors of merging are about."""

from __future__ import annotations

from sync.change import Change
from tests.sync.vector_source.story import ELEMENT, HIGH, OTHER, Story, append, put

MEMBER, NEIGHBOUR = f"members/{ELEMENT}", f"members/{OTHER}"


def two_files() -> tuple[Story, Change, Change]:
    """The same household, recorded twice by two workers who did not know of each other."""
    story = Story()
    one = story.save("w", put("phone", "1"), put("income", 100), append("members", name="王"))
    other = story.save(
        "v", put("phone", "2"), put("income", 200), append("members", OTHER, name="王秀"), file=HIGH, saw=[]
    )
    return story, one, other

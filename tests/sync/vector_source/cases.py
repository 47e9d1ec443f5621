"""How a case of the fold is told. Expectations are written by hand.

`expect` names a part of the folded file: objects may hold more than is named, lists and plain values are exact. Beside it the
hash of the whole file is kept, so that both languages say the same of what the part does not name.
"""

from __future__ import annotations

from typing import Any

from sync.canonical import hash_value
from sync.fold import accepted_of, fold, state_digest
from tests.sync.vector_source.story import Story, dots, put

Case = dict[str, Any]


def case(name: str, rules: str, story: Story, *, of: str | None = None, **expect: Any) -> Case:
    """A case with its digest and the hash of all that is shown; these two are computed, the rest is written by hand.

    `of`: whose fold it is, in a story of several files.
    """
    digest = state_digest(fold(story.rules, accepted_of(story.inputs()), of))
    whole = hash_value(fold(story.rules, story.inputs(), of))
    return {
        "name": name,
        "rules": rules.split(),
        "input": story.to_json() | ({"file": of} if of else {}),
        "expect": {"folded": expect, "digest": digest, "whole": whole},
    }


def shows(status: str, value: Any, *values: Any, of: str | None = None, **more: Any) -> dict[str, Any]:
    """A path's expectation; `values` are (value, changes...) in the order they are listed, `of`: whose fold it is."""
    listed = [{"value": entry[0], "dots": dots(*entry[1:], of=of)} for entry in values]
    return {"status": status, "value": value, "values": listed, **more}


def two(path: str, first: Any, second: Any, *, who: str = "wv", **second_options: Any) -> tuple[Story, Any, Any]:
    """Two saves of one path, neither of which had seen the other."""
    story = Story()
    one = story.save(who[0], put(path, first))
    other = story.save(who[1], put(path, second), saw=[], **second_options)
    return story, one, other

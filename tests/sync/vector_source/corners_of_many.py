"""Corners of merging more than two files: cases that a changed line of the engine got past the other vectors."""

from __future__ import annotations

from tests.sync.vector_source.cases import Case, case, shows
from tests.sync.vector_source.merging_stories import two_files
from tests.sync.vector_source.story import FILE, HIGH, LOW, Story, put

LAST = "b" * 32


def of_many() -> list[Case]:
    story = Story()
    first = story.save("w", put("phone", "1"))
    story.save("v", put("last_contact", "2026-01-02"), file=HIGH, saw=[])
    low = story.save("v", put("income", 3), file=LOW, saw=[])
    last = story.save("v", put("address", {"street": "4"}), file=LAST, saw=[])
    story.merge("d", HIGH)
    story.merge("d", LOW)
    story.merge("e", LOW, HIGH)
    story.merge("d", LAST)
    cases = [
        case(
            "a file that came in on two ways keeps nobody out who came after it",
            "F-14 F-15",
            story,
            of=FILE,
            paths={
                "phone": shows("settled", "1", ("1", first)),
                "income": shows("settled", 3, (3, low), of=FILE),
                "address": shows("settled", {"street": "4"}, ({"street": "4"}, last), of=FILE),
            },
            absorbs=[
                {"file": LOW, "by": HIGH, "known": True},
                {"file": LOW, "by": FILE, "known": True},
                {"file": HIGH, "by": FILE, "known": True},
                {"file": LAST, "by": FILE, "known": True},
            ],
        )
    ]

    story, _, _ = two_files()
    low = story.save("v", put("note", "3"), file=LOW, saw=[])
    story.merge("d", HIGH)
    story.merge("d", LOW)
    story.told.insert(-1, story.told[-2])
    cases.append(
        case(
            "a merge that comes twice counts once, and so does the next one",
            "F-1 F-14",
            story,
            of=FILE,
            paths={"note": shows("settled", "3", ("3", low), of=FILE)},
            absorbs=[{"file": LOW, "by": FILE, "known": True}, {"file": HIGH, "by": FILE, "known": True}],
        )
    )
    return cases

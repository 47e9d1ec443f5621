"""How well a reading meets the truth that was written into the sheet: a share for each kind of fact, and what went wrong."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

RELATIONS = {
    "户主": {"01", "02"},
    "配偶": {"10", "11", "12"},
    "子": {f"2{i}" for i in range(10)},
    "女": {f"3{i}" for i in range(10)},
    "孙子": {"41"},
    "孙女": {"42"},
    "母亲": {"52"},
}
BAR = 0.998
ALWAYS = {"damage_flagged", "damage_not_guessed"}


@dataclass
class Score:
    counts: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    wrong: list[str] = field(default_factory=list)

    def count(self, key: str, ok: object, note: str) -> None:
        self.counts[key][0] += bool(ok)
        self.counts[key][1] += 1
        if not ok:
            self.wrong.append(f"{key}: {note}")

    def falls_short(self) -> list[str]:
        """The facts below their bar, with examples; empty when the reading passes."""
        low = {key for key, (good, total) in self.counts.items() if good / total < (1.0 if key in ALWAYS else BAR)}
        return sorted(note for note in self.wrong if note.split(":")[0] in low)


def squeeze(text: str | None) -> str:
    return "".join((text or "").split())


def score(reading: dict[str, Any], truth: dict[str, Any]) -> Score:
    result = Score()
    layout = truth["layout"]
    damaged: dict[tuple[str, str], list[str]] = defaultdict(list)
    for loss in truth["losses"]:
        damaged[loss["household"], loss["name"]].append(loss["loss"])
    found: dict[tuple[str, str], list[tuple[int, dict[str, Any], dict[str, Any]]]] = defaultdict(list)
    for index, home in enumerate(reading["households"]):
        for member in home["members"]:
            found[squeeze(home["address"]), squeeze(member["name"])].append((index, home, member))
    homes: dict[str, set[int]] = defaultdict(set)
    owners: dict[int, set[str]] = defaultdict(set)
    people = 0
    expected_homes = 0
    for home in truth["households"]:
        members = [member for member in home["members"] if layout != "b" or member["categories"]]
        expected_homes += bool(members)
        for member in members:
            people += 1
            hits = found[squeeze(home["address"]), squeeze(member["name"])]
            note = f"{home['number']} {member['name']}"
            result.count(
                "found",
                len(hits) == sum(other["name"] == member["name"] for other in members),
                f"{note}: {len(hits)} times",
            )
            if not hits:
                continue
            index, got_home, got = next((hit for hit in hits if hit[2]["id_number"] == member["id_number"]), hits[0])
            homes[home["number"]].add(index)
            owners[index].add(home["number"])
            losses = damaged[home["number"], member["name"]]
            _weigh(result, layout, member, got, got_home, losses, note, home["number"])
    result.count(
        "people",
        sum(len(home["members"]) for home in reading["households"]) == people,
        f"{sum(len(h['members']) for h in reading['households'])} not {people}",
    )
    result.count(
        "households", len(reading["households"]) == expected_homes, f"{len(reading['households'])} not {expected_homes}"
    )
    for number, indexes in homes.items():
        result.count("whole", len(indexes) == 1, f"{number} in {len(indexes)} households")
    for numbers in owners.values():
        result.count("apart", len(numbers) == 1, f"{sorted(numbers)} in one household")
    return result


def _weigh(
    result: Score,
    layout: str,
    member: dict[str, Any],
    got: dict[str, Any],
    home: dict[str, Any],
    losses: list[str],
    note: str,
    number: str,
) -> None:
    flagged = any(problem["field"] == "id_number" for problem in got["problems"])
    appearances = len(member["categories"]) if layout == "b" else 1
    if losses and len(losses) >= appearances:
        result.count("damage_flagged", flagged, f"{note}: {losses}")
        result.count("damage_not_guessed", got["id_number"] is None, note)
    elif not losses:
        result.count("id_number", got["id_number"] == member["id_number"], f"{note}: {got['id_number']}")
        result.count("no_false_alarm", not got["problems"], f"{note}: {got['problems'][:2]}")
        result.count("born_on", got["born_on"] == member["born"], f"{note}: {got['born_on']} not {member['born']}")
    if losses and layout != "b":
        width = 10 if layout == "a" else 7
        result.count(
            "born_on",
            (got["born_on"] or "")[:width] == member["born"][:width],
            f"{note}: {got['born_on']} not {member['born']}",
        )
    result.count("gender", got["gender"] == ("male" if member["male"] else "female"), f"{note}: {got['gender']}")
    result.count(
        "relation",
        got["relation"] in RELATIONS[member["relation"]],
        f"{note}: {got['relation']} not {member['relation']}",
    )
    result.count(
        "categories",
        sorted(got["categories"]) == member["categories"],
        f"{note}: {got['categories']} not {member['categories']}",
    )
    result.count("phone", got["phone"] == member["phone"], f"{note}: {got['phone']} not {member['phone']}")
    if layout != "b":
        want = member["disability"] and {"kind": member["disability"]["kind"], "grade": member["disability"]["grade"]}
        result.count("disability", got["disability"] == want, f"{note}: {got['disability']} not {want}")
        result.count("number", home["number"] == number, f"{note}: {home['number']}")

"""What a whole household file says that can hardly be true: no head, forty people, no number and no reason why. Always doubts.

Facts that cannot all be true together (two heads, a visit to the dead) are said by `semantic/` alone, with ways to put them right. The worker saves what he has; the sentence stands where it happens until somebody looks. Mirrored by pwa/src/records/fileDoubts.ts
(`tests/vectors/file_doubts.json`).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.doubts import find_future, person_doubts
from schemas.fields import Field
from schemas.problems import Problem, make_problem
from schemas.reading import State, birth_date, day, list_elements, member_age, read_elements, shown_value, text
from schemas.registry import get_kind
from schemas.values import check_value

MANY = 20  # members or household size from which somebody should look again
AGE_MAX = 115
HEADS = frozenset({"01", "02"})
SEMANTIC = frozenset({"died_before_born"})  # said in the person's form as well; of the file the semantic rule says it


def find_file_doubts(state: State, today: str) -> list[Problem]:
    """Every doubt about a household as it stands, by path; sentences are those of problems.yaml."""
    members = sorted(read_elements(state, "members"), key=lambda one: str(one["id"]))
    living = [one for one in members if not text(one.get("died_on")) and not text(one.get("moved_out_on"))]
    found = [*_heads(living), *_size(state, living)]
    for member in members:
        found += _person(member, today)
    found += _visits(state, today)
    return [make_problem(code, path) for code, path in found]


Doubt = tuple[str, str]  # code, path


def _heads(living: list[dict[str, Any]]) -> Iterator[Doubt]:
    heads = [one for one in living if text(one.get("relation")) in HEADS]
    if living and not heads:
        yield "no_head", "members"


def _size(state: State, living: list[dict[str, Any]]) -> Iterator[Doubt]:
    size = shown_value(state, "household_size")
    if len(living) >= MANY:
        yield "household_large", "members"
    if isinstance(size, int) and size >= MANY:
        yield "household_large", "household_size"


def _person(member: Mapping[str, Any], today: str) -> Iterator[Doubt]:
    at = f"members/{member['id']}"
    number, reason = text(member.get("id_number")), text(member.get("id_number_none_reason"))
    if not number and not reason:
        yield "no_id_no_reason", f"{at}/id_number"
    if number and reason:
        yield "id_and_reason", f"{at}/id_number_none_reason"
    for code, name in person_doubts(member):
        if code not in SEMANTIC:
            yield code, f"{at}/{name}"
    for name in ("id_number", "born_on", "died_on"):
        field = _field(f"{at}/{name}")
        for problem in [*check_value(field, member.get(name)), *find_future(field, member.get(name), name, today)]:
            yield problem.code, f"{at}/{name}"
    age = member_age(member, today)
    if age is not None and age > AGE_MAX:
        yield "age_impossible", f"{at}/born_on"
    born = birth_date(member)
    if born and text(member.get("relation")) in HEADS and age is not None and 0 <= age < 16:
        yield "head_is_child", f"{at}/relation"


def _visits(state: State, today: str) -> Iterator[Doubt]:
    for visit in sorted(list_elements(state, "visits")):
        on = day(shown_value(state, f"visits/{visit}/visited_on"))
        if on and on > today:
            yield "future_date", f"visits/{visit}/visited_on"


def _field(path: str) -> Field:
    field = get_kind("household").find_field(path)
    if field is None:
        raise KeyError(path)
    return field

"""What two fields say about each other: an ID number and a birth date, a certificate and a kind. Always doubts, never refusals.

Looks only at fields written together or already in the file; knows the household's words `id_number`, `born_on`, `gender`,
`disability`, `died_on`, and any date that must lie in the past.
"""

from collections.abc import Mapping
from typing import Any

from schemas.fields import Field
from schemas.id_number import read_certificate, read_id_number
from schemas.problems import Problem, make_problem

PERSON_FIELDS = frozenset({"id_number", "born_on", "gender", "disability", "died_on"})


def find_doubts(
    written: Mapping[str, Any], fields: Mapping[str, Field], known: Mapping[str, Any], today: str | None
) -> list[Problem]:
    """Doubts about `written` (path -> value) given what the file already shows (`known`, path -> value)."""
    problems = []
    for path, value in written.items():
        field = fields[path]
        if today and field.past and field.type == "date" and isinstance(value, str) and value > today:
            problems.append(make_problem("future_date", path, field.zh, field.en))
    for stem in sorted({path.rpartition("/")[0] for path in written if path.rpartition("/")[2] in PERSON_FIELDS}):
        problems += _person_doubts(stem, {**known, **written}, set(written))
    return problems


def _person_doubts(stem: str, values: Mapping[str, Any], written: set[str]) -> list[Problem]:
    def value_of(name: str) -> str:
        found = values.get(f"{stem}/{name}")
        return found if isinstance(found, str) else ""

    def touched(*names: str) -> bool:
        return any(f"{stem}/{name}" in written for name in names)

    problems: list[Problem] = []
    number, born_on, died_on = read_id_number(value_of("id_number")), value_of("born_on"), value_of("died_on")
    if number.born_on and born_on and touched("id_number", "born_on") and not number.born_on.startswith(born_on):
        problems.append(make_problem("id_born_on_differs", f"{stem}/id_number"))
    gender = value_of("gender")
    if number.gender and gender in ("1", "2") and touched("id_number", "gender") and gender != number.gender:
        problems.append(make_problem("id_gender_differs", f"{stem}/id_number"))
    if born_on and died_on and touched("born_on", "died_on") and died_on < born_on[: len(died_on)]:
        problems.append(make_problem("died_before_born", f"{stem}/died_on"))
    disability = values.get(f"{stem}/disability")
    if isinstance(disability, Mapping) and touched("disability", "id_number"):
        problems += _certificate_doubts(f"{stem}/disability", disability, value_of("id_number"))
    return problems


def _certificate_doubts(path: str, disability: Mapping[str, Any], id_number: str) -> list[Problem]:
    text = disability.get("certificate")
    certificate = read_certificate(text) if isinstance(text, str) else None
    if certificate is None:
        return []
    problems = []
    if id_number and certificate.id_number != id_number.upper():
        problems.append(make_problem("certificate_id_differs", path))
    kind, grade = disability.get("kind"), disability.get("grade")
    if (kind and kind != certificate.kind) or (grade and grade != certificate.grade):
        problems.append(make_problem("certificate_kind_differs", path))
    return problems

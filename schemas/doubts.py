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
    problems = [doubt for path, value in written.items() for doubt in find_future(fields[path], value, path, today)]
    for stem in sorted({path.rpartition("/")[0] for path in written if path.rpartition("/")[2] in PERSON_FIELDS}):
        values = {name: {**known, **written}.get(f"{stem}/{name}") for name in PERSON_FIELDS}
        touched = frozenset(name for name in PERSON_FIELDS if f"{stem}/{name}" in written)
        problems += [make_problem(code, f"{stem}/{name}") for code, name in person_doubts(values, touched)]
    return problems


def find_future(field: Field, value: Any, path: str, today: str | None) -> list[Problem]:
    """A date that must lie in the past and does not, by the reader's calendar; nothing where no date is given."""
    if today and field.past and field.type == "date" and isinstance(value, str) and value > today:
        return [make_problem("future_date", path, field.zh, field.en)]
    return []


def person_doubts(values: Mapping[str, Any], touched: frozenset[str] = PERSON_FIELDS) -> list[tuple[str, str]]:
    """(code, field) of each doubt among one person's values that a `touched` field takes part in."""

    def text(name: str) -> str:
        found = values.get(name)
        return found if isinstance(found, str) else ""

    doubts: list[tuple[str, str]] = []
    number, born_on, died_on, gender = (
        read_id_number(text("id_number")),
        text("born_on"),
        text("died_on"),
        text("gender"),
    )
    if number.born_on and born_on and touched & {"id_number", "born_on"} and not number.born_on.startswith(born_on):
        doubts.append(("id_born_on_differs", "id_number"))
    if number.gender and gender in ("1", "2") and touched & {"id_number", "gender"} and gender != number.gender:
        doubts.append(("id_gender_differs", "id_number"))
    if born_on and died_on and touched & {"born_on", "died_on"} and died_on < born_on[: len(died_on)]:
        doubts.append(("died_before_born", "died_on"))
    disability = values.get("disability")
    if isinstance(disability, Mapping) and touched & {"disability", "id_number"}:
        doubts += [(code, "disability") for code in _certificate_doubts(disability, text("id_number"))]
    return doubts


def _certificate_doubts(disability: Mapping[str, Any], id_number: str) -> list[str]:
    text = disability.get("certificate")
    certificate = read_certificate(text) if isinstance(text, str) else None
    if certificate is None:
        return []
    doubts = []
    if id_number and certificate.id_number != id_number.upper():
        doubts.append("certificate_id_differs")
    kind, grade = disability.get("kind"), disability.get("grade")
    if (kind and kind != certificate.kind) or (grade and grade != certificate.grade):
        doubts.append("certificate_kind_differs")
    return doubts

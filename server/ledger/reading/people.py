"""One row, one person: every cell read, every disagreement between cells said. The identity number outranks the columns beside it."""

import datetime as dt
import re

from server.ledger.reading.cells import (
    looks_like_name,
    read_categories,
    read_disability,
    read_gender,
    read_name,
    read_phone,
    read_relation,
)
from server.ledger.reading.dates import age_on, read_birth
from server.ledger.reading.doubts import make_doubt
from server.ledger.reading.identity import birth_of, fault_of, gender_of, read_identity
from server.ledger.reading.model import Person
from server.ledger.reading.rows import Line
from server.ledger.reading.text import shown, squeeze
from server.ledger.reading.vocabulary import words

AGE_SLACK_YEARS = 2  # ledgers are carried over from year to year, and some count 虚岁


def _read_id(person: Person, line: Line, today: dt.date, certificate: str | None) -> None:
    found = read_identity(line.cells.get("id_number"), today)
    person.id_number, person.id_converted = found.number, found.converted
    person.id_text = None if found.number else found.text
    if found.code:
        likely = found.suggestion or (certificate[:18] if certificate and not found.number else None)
        person.doubts.append(make_doubt(line, found.code, suggestion=likely))


def _read_certificate(person: Person, line: Line, today: dt.date) -> str | None:
    """The 20 characters of a sound disability certificate number (ID + kind + grade), or None."""
    cell = line.cells.get("certificate")
    text = re.sub(r"[\s\-]", "", squeeze(cell)).upper()
    if not text or text in words().nothing or not re.search(r"\d", text):
        return None
    if isinstance(cell, int | float) or re.fullmatch(r"\d\.\d+E\+?\d+", text):
        person.doubts.append(make_doubt(line, "certificate_rounded", column="certificate"))
        return None
    match = re.fullmatch(r"(\d{17}[\dX][1-7][1-4])(B\d+)?", text)
    if match is None or fault_of(match[1][:18], today) is not None:
        person.doubts.append(make_doubt(line, "certificate_unreadable", column="certificate"))
        return None
    return match[1]


def _read_born(person: Person, line: Line, today: dt.date, filled_on: dt.date, date1904: bool) -> None:
    found = read_birth(line.cells.get("born"), today, date1904=date1904)
    age_text = re.sub(r"(周)?岁$", "", squeeze(line.cells.get("age")))
    person.age = int(float(age_text)) if re.fullmatch(r"\d{1,3}(\.\d+)?", age_text) and float(age_text) <= 125 else None
    if person.id_number is None:
        person.born_on = found.value
        if found.code:
            person.doubts.append(make_doubt(line, found.code))
        return
    person.born_on = birth_of(person.id_number)
    if found.value and found.code is None and not person.born_on.startswith(found.value):
        person.doubts.append(make_doubt(line, "born_disagrees"))
    told = age_on(person.born_on, filled_on)
    if person.age is not None and told is not None and abs(person.age - told) > AGE_SLACK_YEARS:
        person.doubts.append(make_doubt(line, "age_disagrees", column="age"))


def _read_gender(person: Person, line: Line) -> None:
    found = read_gender(line.cells.get("gender"))
    by_id = gender_of(person.id_number) if person.id_number else None
    person.gender = found.value
    if found.codes and by_id is None:
        person.doubts.append(make_doubt(line, found.codes[0]))
    if person.gender is None and by_id:
        person.gender = "male" if by_id == "male" else "female"
    elif by_id and person.gender != by_id:
        person.doubts.append(make_doubt(line, "gender_disagrees"))


def _read_relation(person: Person, line: Line) -> None:
    found = read_relation(line.cells.get("relation"), person.gender)
    person.relation = found.value
    for code in found.codes:
        person.doubts.append(make_doubt(line, code))
    if person.relation is None and not found.codes:
        if line.has("head_name") and read_name(line.cells.get("head_name")).value == person.name:
            person.relation = "02"
        else:
            person.doubts.append(make_doubt(line, "relation_missing"))
    if person.gender is None and person.relation and person.relation in words().relation_gender:
        person.gender = "male" if words().relation_gender[person.relation] == "male" else "female"


def _read_disability(person: Person, line: Line, certificate: str | None) -> None:
    parts = [squeeze(line.cells.get(name)) for name in ("disability", "disability_kind", "disability_grade")]
    text = "".join(dict.fromkeys(part for part in parts if part and part not in words().nothing))
    found = read_disability(text)
    kind, grade = found.value
    person.certificate = certificate
    told = (int(certificate[18]), int(certificate[19])) if certificate else None
    for code in found.codes:
        person.doubts.append(make_doubt(line, code))
    if kind is not None and grade is not None:
        person.disability = (kind, grade)
        if told and told != person.disability:
            person.doubts.append(make_doubt(line, "disability_disagrees"))
    elif told:
        person.disability = told
    elif kind is None and grade is None and None not in (among := read_disability(line.text("category")).value):
        person.disability = (among[0] or 0, among[1] or 0)
    elif (kind is None) != (grade is None):
        person.doubts.append(make_doubt(line, "disability_incomplete"))
    if certificate and person.id_number and certificate[:18] != person.id_number:
        person.doubts.append(make_doubt(line, "certificate_disagrees", column="certificate"))


def _read_categories(person: Person, line: Line, sheet_categories: list[str]) -> None:
    found = read_categories(line.cells.get("category"))
    person.categories = found.value
    for code in found.codes:
        person.doubts.append(make_doubt(line, code))
    if "category" not in line.places or (
        not person.categories and not found.codes and sheet_categories and line.section
    ):
        spoken = read_categories(line.section).value if line.section else sheet_categories
        person.categories = list(spoken)


def _read_remarks(person: Person, line: Line) -> None:
    text = line.text("remarks")
    if text and squeeze(text) not in words().nothing:
        person.remarks.append(text)
    spoken = text + shown(line.cells.get("name"))
    for word, code in words().remarks:
        if word in spoken:
            person.doubts.append(make_doubt(line, code))
            break


def read_person(
    line: Line, sheet_categories: list[str], today: dt.date, *, filled_on: dt.date, date1904: bool = False
) -> Person:
    """`sheet_categories` are those of the sheet's name or title, used where the table has no category column; ages count on `filled_on`."""
    name = read_name(line.cells.get("name"))
    person = Person(name.value, rows=[line.key])
    if not name.value:
        person.doubts.append(make_doubt(line, "name_missing"))
    elif not looks_like_name(name.value):
        person.doubts.append(make_doubt(line, "name_odd"))
    for code in name.codes:
        person.doubts.append(make_doubt(line, code))
    certificate = _read_certificate(person, line, today)
    _read_id(person, line, today, certificate)
    _read_born(person, line, today, filled_on, date1904)
    _read_gender(person, line)
    _read_relation(person, line)
    _read_categories(person, line, sheet_categories)
    _read_disability(person, line, certificate)
    phone = read_phone(line.cells.get("phone"))
    person.phone = phone.value
    for code in phone.codes:
        person.doubts.append(make_doubt(line, code))
    person.ethnicity = line.text("ethnicity") or None
    _read_remarks(person, line)
    return person

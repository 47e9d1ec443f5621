"""Reading the numbers on Chinese papers: resident ID (GB 11643), disability certificate, unified social credit code (GB 32100).

A number is only ever *read*: a wrong one is a doubt with a reason and is never corrected or guessed. The division digits say
where a number was first issued, so nothing is rejected on them.
"""

import re
from datetime import date
from typing import Literal

from schemas.fields import Frozen

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECKS = "10X98765432"
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)

DoubtCode = Literal["id_length", "id_check_digit", "id_birth_date", "id_old_number"]


class IdNumber(Frozen):
    """What an ID number says. `born_on` and `gender` (GB/T 2261.1: 1 male, 2 female) only when it is sound."""

    doubt: DoubtCode | None = None
    born_on: str | None = None
    gender: str | None = None

    @property
    def is_sound(self) -> bool:
        return self.doubt is None


def check_character(first17: str) -> str:
    """The 18th character that belongs to the first 17 digits."""
    return ID_CHECKS[sum(int(d) * w for d, w in zip(first17, ID_WEIGHTS, strict=True)) % 11]


def read_id_number(text: str) -> IdNumber:
    """Read `text` as it stands (a lower-case x passes); the first doubt found is given."""
    if re.fullmatch(r"[0-9]{15}", text):
        return IdNumber(doubt="id_old_number")
    if not re.fullmatch(r"[0-9]{17}[0-9Xx]", text):
        return IdNumber(doubt="id_length")
    if check_character(text[:17]) != text[17].upper():
        return IdNumber(doubt="id_check_digit")
    born_on = f"{text[6:10]}-{text[10:12]}-{text[12:14]}"
    if not is_real_date(born_on) or born_on < "1850":
        return IdNumber(doubt="id_birth_date")
    return IdNumber(born_on=born_on, gender="1" if int(text[16]) % 2 else "2")


def convert_old_number(text: str) -> str | None:
    """The 18-character form of an old 15-digit number; the caller marks it as converted. None when it is no such number."""
    if not re.fullmatch(r"[0-9]{15}", text):
        return None
    first17 = text[:6] + "19" + text[6:]
    return first17 + check_character(first17)


def comparable_number(text: str) -> str:
    """The form in which one person's number is always the same: 18 characters also of an old one, a capital X. Not judged."""
    return convert_old_number(text) or text.upper()


class Certificate(Frozen):
    """What a disability certificate number says: 18 of the ID, then kind, then grade."""

    id_number: str
    kind: str
    grade: str


def read_certificate(text: str) -> Certificate | None:
    """None unless the text is a 20-character certificate number, with or without a re-issue suffix such as B1."""
    found = re.fullmatch(r"([0-9]{17}[0-9Xx])([1-7])([1-4])(?:[A-Z][0-9]{0,2})?", text.strip())
    return Certificate(id_number=found[1].upper(), kind=found[2], grade=found[3]) if found else None


def is_credit_code(text: str) -> bool:
    """GB 32100 check. Rural collectives begin with N, so the first characters need not be digits."""
    if len(text) != 18 or any(c not in CREDIT_ALPHABET for c in text):
        return False
    total = sum(CREDIT_ALPHABET.index(c) * w for c, w in zip(text[:17], CREDIT_WEIGHTS, strict=True))
    return text[17] == CREDIT_ALPHABET[(31 - total % 31) % 31]


def is_real_date(text: str) -> bool:
    """YYYY-MM-DD that stands in the calendar."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True

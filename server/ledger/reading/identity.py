"""Identity numbers (GB 11643) as spreadsheets leave them: sound, converted from 15 digits, damaged or missing.

A number stored as a number has lost its last digits and is never trusted, even when the check digit happens to fit.
The division part is never a reason to refuse: it is where the number was first issued. Pure.
"""

import datetime as dt
import re
from dataclasses import dataclass

from server.ledger.reading.text import Cell, fold, shown, squeeze
from server.ledger.reading.vocabulary import words

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_LABEL = re.compile(r"^(居民|公民)?(身份证?件?|证件)(号码|号)?[::]?")
_TAIL = re.compile(r"\((一代|二代|老证|新证|临时)[^)]*\)$")
_SEPARATORS = re.compile(r"[\s\-_.,·'`\"‘’“”]")
_EXPONENT = re.compile(r"^\d(\.\d+)?E\+?\d+$", re.IGNORECASE)
_LOOKALIKES = str.maketrans(
    {"O": "0", "o": "0", "Q": "0", "l": "1", "I": "1", "i": "1", "Z": "2", "z": "2", "S": "5", "B": "8"}
)


@dataclass(frozen=True, slots=True)
class Identity:
    """`number` is set only when sound. `code` is None when there is nothing to say; `id_converted` and `id_zeros` are notes."""

    number: str | None
    code: str | None = None
    text: str | None = None
    converted: bool = False
    suggestion: str | None = None


def check_digit(seventeen: str) -> str:
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(seventeen, _WEIGHTS, strict=True)) % 11]


def birth_of(number: str) -> str:
    return f"{number[6:10]}-{number[10:12]}-{number[12:14]}"


def gender_of(number: str) -> str:
    return "male" if int(number[16]) % 2 else "female"


def _date_fault(text: str, today: dt.date) -> bool:
    try:
        born = dt.date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return True
    return not (dt.date(1890, 1, 1) <= born <= today)


def fault_of(number: str, today: dt.date) -> str | None:
    """Why an 18-character number is not sound, or None."""
    if not re.fullmatch(r"\d{17}[\dX]", number):
        return "id_malformed"
    if _date_fault(number[6:14], today):
        return "id_bad_date"
    if check_digit(number[:17]) != number[17]:
        return "id_wrong_check"
    return None


def _rounded(cell: Cell, text: str) -> bool:
    if isinstance(cell, bool) or cell is None:
        return False
    if isinstance(cell, int | float):
        return abs(cell) >= 1e15
    return bool(_EXPONENT.match(text))


def _convert(fifteen: str, today: dt.date) -> Identity:
    seventeen = fifteen[:6] + "19" + fifteen[6:]
    number = seventeen + check_digit(seventeen)
    if _date_fault(number[6:14], today):
        return Identity(None, "id_bad_date", fifteen)
    return Identity(number, "id_converted", fifteen, converted=True)


def _suggest(text: str, today: dt.date) -> str | None:
    """A likely typing slip, offered to the deputy and never used by itself."""
    swapped = text[:17].translate(_LOOKALIKES) + text[17:]
    if swapped != text and len(swapped) == 18 and fault_of(swapped, today) is None:
        return swapped
    if len(text) == 20 and text.isdigit() and fault_of(text[:18], today) is None:
        return text[:18]  # a disability certificate number in the wrong column
    return None


def read_identity(cell: Cell, today: dt.date) -> Identity:
    text = fold(cell)
    if not text or squeeze(text) in words().nothing or squeeze(text) in words().id_missing:
        return Identity(None, "id_missing", text or None)
    compact = _SEPARATORS.sub("", _TAIL.sub("", _LABEL.sub("", squeeze(text)))).upper()
    if _rounded(cell, squeeze(text)):
        return Identity(None, "id_rounded", shown(cell))
    if compact == "" or not any(character.isdigit() for character in compact):
        return Identity(None, "id_missing", text)
    if len(compact) == 15 and compact.isdigit():
        return _convert(compact, today)
    if len(compact) == 18:
        fault = fault_of(compact, today)
        if fault is None:
            return Identity(
                compact, "id_zeros" if compact.endswith("000") else None, text if compact.endswith("000") else None
            )
        code = "id_rounded" if compact.endswith("000") else fault
        return Identity(None, code, text, suggestion=_suggest(compact, today))
    return Identity(None, "id_wrong_length", text, suggestion=_suggest(compact, today))

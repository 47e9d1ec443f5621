"""Cells as text: widths folded, hidden characters dropped, floats that are whole numbers written as such. Pure."""

import datetime as dt
import math
import re
import unicodedata

Cell = None | str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta

_HIDDEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad\x00-\x08\x0b-\x1f\x7f]")
_APOSTROPHES = "'`\u2018\u2019\u2032"
_PUNCTUATION = re.compile(r"[\s()\[\]{}<>《》【】〔〕「」『』/\\、,，。.;；:：|\-_—*·•\"“”'‘’~+&#]+")
_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕")
MAX_SHOWN = 120


def is_empty(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and (not cell or cell.isspace() or not _HIDDEN.sub("", cell).strip()))


def shown(cell: Cell) -> str:
    """The cell as a person would see it, cut to what a message may carry."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell[:MAX_SHOWN]
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(sep=" ")
    if isinstance(cell, float):
        return whole(cell) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return str(cell)[:MAX_SHOWN]


def whole(number: float) -> str:
    return str(int(number)) if math.isfinite(number) else ""


def fold(cell: Cell) -> str:
    """One line of text: NFKC (so full-width digits become digits), hidden characters and outer spaces gone."""
    if cell is None:
        return ""
    text = cell if isinstance(cell, str) else shown(cell)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    if not text.isprintable():  # zero-width and control characters are rare; most cells skip this
        text = _HIDDEN.sub("", text)
    return " ".join(text.split()).lstrip(_APOSTROPHES).strip()


def squeeze(cell: Cell) -> str:
    """Folded text without any space: names, words and numbers as ledgers mean them."""
    return fold(cell).replace(" ", "")


def bare(text: str) -> str:
    """Only the letters, digits and characters of a label, lower-cased."""
    return _PUNCTUATION.sub("", fold(text)).lower()


def without_brackets(text: str) -> str:
    return _BRACKETED.sub("", fold(text))


def column_letter(index: int) -> str:
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters

"""Dates as ledgers write them: 1988.7.3, 19740804, 1950年3月, 197208, Excel serials, real dates, Chinese numerals. Pure."""

import datetime as dt
import re
from dataclasses import dataclass

from server.ledger.reading.text import Cell, squeeze
from server.ledger.reading.vocabulary import words

_CHINESE = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_PARTS = re.compile(r"^(\d{4})[年./\-、,](\d{1,2})(?:[月./\-、,](\d{1,2}))?[日号月.]?$")
_SHORT_YEAR = re.compile(r"^(\d{2})[年./\-](\d{1,2})(?:[月./\-](\d{1,2}))?[日号月]?$")
_YEAR = re.compile(r"^(\d{4})年?(?:出?生)?$")
_EIGHT = re.compile(r"^\d{8}$")
_SIX = re.compile(r"^\d{6}$")
_TIME = re.compile(r"[T ]?\d{1,2}:\d{2}(:\d{2})?(\.\d+)?$")
_LUNAR = re.compile(r"农历|阴历|旧历|[初廿腊冬正]")
_TENS = re.compile(r"([一二三]?)十([一二三四五六七八九]?)")
_SERIAL_MIN, _SERIAL_MAX = 3654, 73050  # 1910-01-01 .. 2100-01-01, days since 1899-12-30
_OLDEST = 1890


@dataclass(frozen=True, slots=True)
class Birth:
    value: str | None
    code: str | None = None


def _tens(match: re.Match[str]) -> str:
    digits = "零一二三四五六七八九"
    tens = digits.index(match[1]) if match[1] else 1
    ones = digits.index(match[2]) if match[2] else 0
    return str(tens * 10 + ones)


def _made(year: int, month: int | None, day: int | None, today: dt.date) -> Birth:
    if not (_OLDEST <= year <= today.year):
        return Birth(None, "born_in_future" if year > today.year else "born_unreadable")
    if month is None:
        return Birth(f"{year:04d}", "born_year_only")
    if not 1 <= month <= 12:
        return Birth(f"{year:04d}", "born_unreadable")
    if day is None:
        return Birth(f"{year:04d}-{month:02d}")
    try:
        value = dt.date(year, month, day)
    except ValueError:
        return Birth(f"{year:04d}-{month:02d}", "born_unreadable")
    return Birth(value.isoformat()) if value <= today else Birth(None, "born_in_future")


def _of_serial(days: int, today: dt.date, date1904: bool) -> Birth:
    start = dt.date(1904, 1, 1) if date1904 else dt.date(1899, 12, 30)
    value = start + dt.timedelta(days=days)
    return Birth(value.isoformat()) if value <= today else Birth(None, "born_in_future")


def _of_number(number: float, today: dt.date, date1904: bool) -> Birth | None:
    """A number without a date style: serial, YYYYMMDD, YYYYMM, YYYY, or YYYY.M that lost its last zero."""
    whole = int(number)
    if number != whole:
        if not (_OLDEST <= whole <= today.year):
            return _of_serial(whole, today, date1904) if _SERIAL_MIN <= whole <= _SERIAL_MAX else None
        month = f"{number:.2f}".split(".")[1]
        if month == "10":  # 1950.1 and 1950.10 are the same number
            return Birth(f"{whole:04d}", "born_month_unsure")
        return _made(whole, int(month[0]) if month.endswith("0") else int(month), None, today)
    if 10_000_000 <= whole <= 99_999_999:
        return _made(whole // 10_000, whole // 100 % 100, whole % 100, today)
    if 100_000 <= whole <= 999_999:
        return _made(whole // 100, whole % 100, None, today)
    if _OLDEST <= whole <= today.year:
        return _made(whole, None, None, today)
    if _SERIAL_MIN <= whole <= _SERIAL_MAX:
        return _of_serial(whole, today, date1904)
    return None


def _of_text(text: str, today: dt.date) -> Birth | None:
    if match := _PARTS.match(text):
        return _made(int(match[1]), int(match[2]), int(match[3]) if match[3] else None, today)
    if match := _SHORT_YEAR.match(text):
        year = int(match[1]) + (1900 if int(match[1]) > today.year % 100 else 2000)
        made = _made(year, int(match[2]), int(match[3]) if match[3] else None, today)
        return Birth(made.value, made.code or "born_century_unsure")
    if match := _YEAR.match(text):
        return _made(int(match[1]), None, None, today)
    return None


def read_birth(cell: Cell, today: dt.date, *, date1904: bool = False) -> Birth:
    """The date in the cell, to its own precision; a code when it is unsure or unreadable."""
    if isinstance(cell, dt.datetime):
        return _made(cell.year, cell.month, cell.day, today)
    if isinstance(cell, dt.date):
        return _made(cell.year, cell.month, cell.day, today)
    text = squeeze(cell)
    if not text or text in words().nothing:
        return Birth(None)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _of_number(float(cell), today, date1904) or Birth(None, "born_unreadable")
    if _LUNAR.search(text):
        year = re.search(r"(\d{4})年", text)
        return Birth(year[1] if year else None, "born_lunar")
    text = _TIME.sub("", text.rstrip("生")).strip("。.,、;:")
    if re.search("[〇零○一二三四五六七八九十]", text):
        text = _TENS.sub(_tens, text).translate(_CHINESE)
    found = _of_text(text, today)
    if found is None and text.replace(".", "", 1).isdigit():
        found = _of_number(float(text), today, date1904) if "." not in text else None
    return found or Birth(None, "born_unreadable")


def age_on(born_on: str, day: dt.date) -> int | None:
    """Full years on a day; None where only the year is known to less than a month."""
    parts = [int(part) for part in born_on.split("-")]
    if len(parts) == 1:
        return day.year - parts[0]
    month, born_day = parts[1], parts[2] if len(parts) == 3 else 1
    return day.year - parts[0] - ((day.month, day.day) < (month, born_day))

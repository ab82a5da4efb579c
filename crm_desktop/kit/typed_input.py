"""What people type, as values: amounts with a dot or a comma, dates in every short form. No widgets.

A money amount typed as `1234.56` must never become 123456: a separator is taken as grouping only when it cannot be
the decimal one.
"""

import re
from datetime import date, timedelta
from decimal import Decimal

from crm_desktop.kit import formatting
from crm_desktop.kit.i18n import tr

_NOISE = re.compile(r"(?:₽|руб\.?|р\.|%|шт\.?)\s*$", re.IGNORECASE)
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009'’]")
_NUMBER = re.compile(r"[-+]?\d*(?:[.,]\d*)*")
MAX_DIGITS = 15


def parse_decimal(text: str, digits: int = 2) -> Decimal | None:
    """`1 234,56 ₽`, `1'234.56`, `1234.5` and `1.234.567,8`; None for an empty text.

    Raises ValueError with a message for the person; `digits` is the most allowed after the comma.
    """
    clean = _SPACES.sub("", _NOISE.sub("", text.strip()))
    clean = clean.replace("\u2212", "-").replace("\u2013", "-")
    if not clean:
        return None
    if not _NUMBER.fullmatch(clean) or not any(c.isdigit() for c in clean):
        raise ValueError(tr("Не число: лишний знак «{sign}»").format(sign=_first_odd(clean)))
    whole, fraction = _split(clean)
    fraction = fraction.rstrip("0") if len(fraction) > digits else fraction
    if len(fraction) > digits:
        raise ValueError(_too_fine(digits))
    if len(whole.lstrip("+-")) > MAX_DIGITS:
        raise ValueError(tr("Слишком большое число"))
    return Decimal(f"{whole}.{fraction or '0'}").quantize(Decimal(1).scaleb(-len(fraction)))


def _split(clean: str) -> tuple[str, str]:
    """The whole and the fraction part of a number made of digits, dots and commas."""
    marks = [c for c in clean if c in ".,"]
    if not marks:
        return clean, ""
    last = marks[-1]
    if len(marks) > 1 and len(set(marks)) == 1:
        # The same mark twice can only be grouping, if the groups are right.
        head, *groups = clean.split(last)
        if all(len(group) == 3 for group in groups) and 1 <= len(head.lstrip("+-")) <= 3:
            return clean.replace(last, ""), ""
        raise ValueError(tr("Не число: два разделителя «{sign}»").format(sign=last))
    if len(marks) > 1 and marks.count(last) > 1:
        raise ValueError(tr("Не число: разделители вперемешку"))
    whole, fraction = clean.rsplit(last, 1)
    grouped = re.split(r"[.,]", whole)
    if any(len(group) != 3 for group in grouped[1:]):
        raise ValueError(tr("Не число: разделители вперемешку"))
    joined = "".join(grouped)
    return (joined if joined.strip("+-") else f"{joined}0"), fraction


def _first_odd(text: str) -> str:
    return next((c for c in text if not (c.isdigit() or c in ".,+-")), text[:1])


def _too_fine(digits: int) -> str:
    if digits == 0:
        return tr("Нужно целое число")
    return tr("Больше {digits} знаков после запятой").format(digits=digits)


_DATE_PARTS = re.compile(r"(\d{1,2})[.,/\- ](\d{1,2})(?:[.,/\- ](\d{2}|\d{4}))?[.]?")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


def parse_date(text: str, today: date) -> date | None:
    """`5.12`, `5.12.26`, `051226`, `05122026`, `0512`, `5`, `с` (today), `+`/`-`/`н` (tomorrow, yesterday, in a week),
    `+10`, `2026-12-05`; None for an empty text. Raises ValueError with a message for the person.
    """
    clean = text.strip().lower()
    if not clean:
        return None
    word = _from_word(clean, today)
    if word is not None:
        return word
    if match := _ISO.fullmatch(clean):
        year, month, day = (int(part) for part in match.groups())
        return _date(year, month, day)
    if match := _DATE_PARTS.fullmatch(clean):
        day, month = int(match[1]), int(match[2])
        return _date(_year(match[3], today), month, day)
    if clean.isdigit():
        return _from_digits(clean, today)
    raise ValueError(tr("Не дата: введите день и месяц, например 5.12"))


def _from_word(clean: str, today: date) -> date | None:
    if clean in ("с", "сегодня", "c", "="):
        return today
    if clean in ("з", "завтра", "+"):
        return today + timedelta(days=1)
    if clean in ("в", "вчера", "-"):
        return today - timedelta(days=1)
    if clean in ("н", "неделя"):
        return today + timedelta(days=7)
    if clean[0] in "+-" and clean[1:].isdigit() and len(clean) <= 5:
        return today + timedelta(days=int(clean))
    return None


def _from_digits(clean: str, today: date) -> date:
    if len(clean) <= 2:
        return _date(today.year, today.month, int(clean))
    if len(clean) == 4:
        return _date(today.year, int(clean[2:]), int(clean[:2]))
    if len(clean) in (5, 7):
        clean = f"0{clean}"
    if len(clean) in (6, 8):
        return _date(_year(clean[4:], today), int(clean[2:4]), int(clean[:2]))
    raise ValueError(tr("Не дата: введите день и месяц, например 5.12"))


def _year(text: str | None, today: date) -> int:
    """Two digits mean the nearest such year: at most 50 years ahead of today."""
    if not text:
        return today.year
    if len(text) == 4:
        return int(text)
    year = today.year // 100 * 100 + int(text)
    return year - 100 if year > today.year + 50 else year


def _date(year: int, month: int, day: int) -> date:
    if not 1 <= month <= 12:
        raise ValueError(tr("Нет такого месяца: {month}").format(month=month))
    try:
        return date(year, month, day)
    except ValueError as error:
        last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day if year >= 1 else 31
        days = formatting.plural(last, "день", "дня", "дней")
        message = tr("Нет такой даты: в этом месяце {days}").format(days=days)
        raise ValueError(message) from error

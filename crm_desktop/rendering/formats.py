"""How numbers, dates and names are written on Russian papers."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

NBSP = "\u00a0"
DASH = "--"  # what СФ and УПД print in an empty line

_MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)


def number(value: Decimal, at_least: int = 0, at_most: int = 6) -> str:
    """Groups of three with no-break spaces and a decimal comma; zeros beyond `at_least` digits are dropped."""
    rounded = value.quantize(Decimal(1).scaleb(-at_most), ROUND_HALF_UP)
    whole, _, fraction = f"{abs(rounded):f}".partition(".")
    fraction = fraction.rstrip("0").ljust(at_least, "0")
    sign = "-" if rounded < 0 else ""
    grouped = f"{int(whole):,}".replace(",", NBSP)
    return f"{sign}{grouped},{fraction}" if fraction else f"{sign}{grouped}"


def money(value: Decimal) -> str:
    """`1 234,56`"""
    return number(value, 2, 2)


def price(value: Decimal) -> str:
    """Two digits at least; a price may have more, up to six."""
    return number(value, 2, 6)


def quantity(value: Decimal) -> str:
    return number(value, 0, 3)


def percent(value: Decimal) -> str:
    return f"{number(value, 0, 2)}{NBSP}%"


def day(value: date) -> str:
    """`02.11.2026`"""
    return f"{value:%d.%m.%Y}"


def long_day(value: date) -> str:
    """`2 ноября 2026 г.`"""
    return f"{value.day}{NBSP}{_MONTHS[value.month - 1]} {value.year}{NBSP}г."


def quoted_day(value: date | None) -> str:
    """`«02» ноября 2026 г.`, or a blank to be filled in by hand."""
    if value is None:
        return f"«____»{NBSP}______________ 20___{NBSP}г."
    return f"«{value:%d}»{NBSP}{_MONTHS[value.month - 1]} {value.year}{NBSP}г."


def is_feminine(full_name: str) -> bool:
    """By the patronymic, the only reliable sign in a Russian name."""
    return full_name.strip().lower().endswith(("вна", "чна", "кызы"))


def number_of(number_: str, day_: date) -> str:
    """`№ 318 от 30.10.2026`"""
    return f"№{NBSP}{number_} от{NBSP}{day(day_)}"

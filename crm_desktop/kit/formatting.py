"""Values as text for the screen: dates, money, quantities, plural forms. No widgets."""

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal

from crm_desktop.kit.i18n import tr

NBSP = "\u00a0"
MINUS = "\u2212"
DASH = "\u2013"
CURRENCY_SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€", "CNY": "¥"}


def money(value: Decimal, currency: str = "") -> str:
    """`1 234,56` with no-break spaces, `1 234,56 ₽` with a currency code; half up to two digits."""
    text = _grouped(value.quantize(Decimal("0.01"), ROUND_HALF_UP), 2)
    return f"{text}{NBSP}{CURRENCY_SIGNS.get(currency, currency)}" if currency else text


def quantity(value: Decimal, digits: int = 3) -> str:
    """`12`, `1 200,5`: at most `digits` after the comma, trailing zeros dropped."""
    rounded = value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    text = _grouped(rounded, digits)
    return text.rstrip("0").rstrip(",") if "," in text else text


def price(value: Decimal) -> str:
    """Money, but up to four digits after the comma where the price has them."""
    short = value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return money(value) if short == value else quantity(value, 4)


def percent(value: Decimal) -> str:
    """`22 %`, `12,5 %`."""
    return f"{quantity(value, 2)}{NBSP}%"


def integer(value: int) -> str:
    return _grouped(Decimal(value), 0)


def compact_money(value: Decimal) -> str:
    """For charts and counters: `2,41 млн`, `310 тыс.`, `96`."""
    size = abs(value)
    if size >= 10**9:
        return f"{quantity(value / 10**9, 2)}{NBSP}{tr('млрд')}"
    if size >= 10**6:
        return f"{quantity(value / 10**6, 2)}{NBSP}{tr('млн')}"
    if size >= 10**4:
        return f"{quantity(value / 10**3, 0)}{NBSP}{tr('тыс.')}"
    return quantity(value, 0)


def _grouped(value: Decimal, digits: int) -> str:
    if not value:
        value = abs(value)  # no «−0,00»
    sign = MINUS if value < 0 else ""
    whole, _, fraction = f"{abs(value):.{digits}f}".partition(".")
    groups = f"{int(whole):,}".replace(",", NBSP)
    return f"{sign}{groups},{fraction}" if fraction else f"{sign}{groups}"


def day(value: date) -> str:
    """`02.11.2026`."""
    return f"{value:%d.%m.%Y}"


def day_in_words(value: date) -> str:
    """`понедельник, 2 ноября 2026`."""
    weekdays = (tr("понедельник"), tr("вторник"), tr("среда"), tr("четверг"), tr("пятница"), tr("суббота"),
                tr("воскресенье"))
    return f"{weekdays[value.weekday()]}, {day_of_month(value)} {value.year}"


def day_of_month(value: date) -> str:
    """`2 ноября`."""
    months = (tr("января"), tr("февраля"), tr("марта"), tr("апреля"), tr("мая"), tr("июня"), tr("июля"),
              tr("августа"), tr("сентября"), tr("октября"), tr("ноября"), tr("декабря"))
    return f"{value.day} {months[value.month - 1]}"


def local(moment: datetime) -> datetime:
    """A UTC time of the server in the zone of this computer; a time without a zone is taken as UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone()


def day_time(moment: datetime) -> str:
    """`02.11.2026 10:58`, local."""
    return f"{local(moment):%d.%m.%Y %H:%M}"


def time_of_day(moment: datetime) -> str:
    """`10:58`, local."""
    return f"{local(moment):%H:%M}"


def moment_near(moment: datetime, now: datetime | None = None) -> str:
    """`сегодня 10:42`, `вчера 17:05`, `30 октября 09:00`, `14.03.2024`, local."""
    at = local(moment)
    today = local(now or datetime.now(UTC)).date()
    days = (today - at.date()).days
    if days == 0:
        return f"{tr('сегодня')} {at:%H:%M}"
    if days == 1:
        return f"{tr('вчера')} {at:%H:%M}"
    if at.year == today.year:
        return f"{day_of_month(at.date())} {at:%H:%M}"
    return day(at.date())


def plural(count: int, one: str, few: str, many: str) -> str:
    """`1 строка`, `2 строки`, `5 строк`, `11 строк`."""
    return f"{integer(count)}{NBSP}{plural_form(count, one, few, many)}"


def plural_form(count: int, one: str, few: str, many: str) -> str:
    """The word alone, for texts where the number stands apart."""
    tail, hundred = abs(count) % 10, abs(count) % 100
    if tail == 1 and hundred != 11:
        return one
    if 2 <= tail <= 4 and not 12 <= hundred <= 14:
        return few
    return many


def about(count: int, exact: bool) -> str:
    """`1 248` or, for an estimate, `≈ 1 248 000`."""
    return integer(count) if exact else f"≈{NBSP}{integer(count)}"

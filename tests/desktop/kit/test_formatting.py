"""Values as Russian text."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from crm_desktop.kit import formatting as f


@pytest.mark.parametrize(("value", "text"), [
    ("0", "0,00"), ("1234.5", "1 234,50"), ("1234567.894", "1 234 567,89"), ("-4", "−4,00"), ("0.005", "0,01"),
    ("-0.001", "0,00"), ("999999999999.99", "999 999 999 999,99"),
])
def test_money(value: str, text: str) -> None:
    assert f.money(Decimal(value)) == text.replace(" ", f.NBSP)


def test_money_with_currency() -> None:
    assert f.money(Decimal("36917.2"), "RUB") == "36 917,20 ₽".replace(" ", f.NBSP)


@pytest.mark.parametrize(("value", "text"), [
    ("12", "12"), ("12.500", "12,5"), ("0.125", "0,125"), ("1200", "1 200"), ("100", "100"), ("-1.5", "−1,5"),
])
def test_quantity(value: str, text: str) -> None:
    assert f.quantity(Decimal(value)) == text.replace(" ", f.NBSP)


@pytest.mark.parametrize(("value", "text"), [("4100", "4 100,00"), ("0.1234", "0,1234"), ("12.345", "12,345")])
def test_price(value: str, text: str) -> None:
    assert f.price(Decimal(value)) == text.replace(" ", f.NBSP)


@pytest.mark.parametrize(("value", "text"), [
    ("2410000", "2,41 млн"), ("310000", "310 тыс."), ("96", "96"), ("9999", "9 999"), ("1500000000", "1,5 млрд"),
    ("-2000000", "−2 млн"),
])
def test_compact_money(value: str, text: str) -> None:
    assert f.compact_money(Decimal(value)) == text.replace(" ", f.NBSP)


@pytest.mark.parametrize(("count", "text"), [
    (0, "0 строк"), (1, "1 строка"), (2, "2 строки"), (4, "4 строки"), (5, "5 строк"), (11, "11 строк"),
    (12, "12 строк"), (14, "14 строк"), (21, "21 строка"), (22, "22 строки"), (111, "111 строк"),
    (1001, "1 001 строка"),
])
def test_plural(count: int, text: str) -> None:
    assert f.plural(count, "строка", "строки", "строк") == text.replace(" ", f.NBSP)


def test_dates() -> None:
    assert f.day(date(2026, 11, 2)) == "02.11.2026"
    assert f.day_in_words(date(2026, 11, 2)) == "понедельник, 2 ноября 2026"


def test_times_are_local() -> None:
    moment = datetime(2026, 11, 2, 7, 58, tzinfo=UTC)
    assert f.day_time(moment) == moment.astimezone().strftime("%d.%m.%Y %H:%M")
    assert f.local(datetime(2026, 11, 2, 7, 58)) == moment


def test_near_moments() -> None:
    now = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
    assert f.moment_near(now.replace(hour=11), now).startswith("сегодня")
    assert f.moment_near(now.replace(day=1), now).startswith("вчера")
    assert f.moment_near(now.replace(month=9), now).startswith("2 сентября")
    assert f.moment_near(now.replace(year=2024), now) == "02.11.2024"


def test_estimates_say_so() -> None:
    assert f.about(1248000, False) == "≈ 1 248 000".replace(" ", f.NBSP)
    assert f.about(12, True) == "12"

"""What people type: amounts and dates in every usual form, and what is refused with a reason."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_desktop.kit import formatting
from crm_desktop.kit.typed_input import parse_date, parse_decimal

TODAY = date(2026, 11, 24)


def _outcome(parse: Callable[[], object]) -> object:
    """The value, or the message of a refusal; any other exception fails the test."""
    try:
        return parse()
    except ValueError as error:
        return str(error)


@pytest.mark.parametrize("text", [
    "1234.56", "1234,56", "1 234,56", "1 234,56 ₽", "1\u00a0234,56\u00a0₽", "1'234.56", "1’234,56", "1.234,56",
    "1,234.56", " 1234.56 ", "1234,56 руб.", "1234,56р.", "+1234.56", "1234.560", "1\u202f234,56",
])
def test_one_amount_in_many_forms(text: str) -> None:
    assert parse_decimal(text) == Decimal("1234.56")


@pytest.mark.parametrize(("text", "value"), [
    ("5", "5"), ("5,", "5"), (".5", "0.5"), (",5", "0.5"), ("-4", "-4"), ("−4,50", "-4.5"), ("1 000 000", "1000000"),
    ("1.234.567", "1234567"), ("1,234,567", "1234567"), ("1.234.567,8", "1234567.8"), ("0", "0"), ("007", "7"),
    ("22 %", "22"),
])
def test_other_amounts(text: str, value: str) -> None:
    assert parse_decimal(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "   ", "₽"])
def test_nothing_typed(text: str) -> None:
    assert parse_decimal(text) is None


@pytest.mark.parametrize("text", [
    "6l0,00", "12..5", "1.23.4", "1,2,3", "12a", "abc", "1.234", "12,345", "--5", "1-2", "1.2,3.4", "9" * 20,
])
def test_refused_with_a_reason(text: str) -> None:
    with pytest.raises(ValueError, match=r"[А-Яа-я]"):
        parse_decimal(text)


def test_three_digits_are_a_quantity() -> None:
    assert parse_decimal("1.234", 3) == Decimal("1.234")
    assert parse_decimal("1,234", 3) == Decimal("1.234")


@given(st.decimals(min_value=Decimal("-9999999999.99"), max_value=Decimal("9999999999.99"), places=2))
def test_what_is_shown_reads_back(value: Decimal) -> None:
    assert parse_decimal(formatting.money(value)) == value
    assert parse_decimal(str(value)) == value
    assert parse_decimal(str(value).replace(".", ",")) == value


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused_with_a_message(text: str) -> None:
    assert _outcome(lambda: parse_decimal(text)) != ""


@pytest.mark.parametrize(("text", "value"), [
    ("5.12", date(2026, 12, 5)), ("05.12", date(2026, 12, 5)), ("5.12.26", date(2026, 12, 5)),
    ("5.12.2026", date(2026, 12, 5)), ("051226", date(2026, 12, 5)), ("05122026", date(2026, 12, 5)),
    ("5122026", date(2026, 12, 5)), ("51226", date(2026, 12, 5)), ("0512", date(2026, 12, 5)),
    ("5", date(2026, 11, 5)), ("5,12", date(2026, 12, 5)), ("5/12/26", date(2026, 12, 5)), ("5-12", date(2026, 12, 5)),
    ("5 12", date(2026, 12, 5)),
    ("2026-12-05", date(2026, 12, 5)), ("с", TODAY), ("С", TODAY), ("c", TODAY), ("сегодня", TODAY),
    ("+", TODAY + timedelta(days=1)), ("-", TODAY - timedelta(days=1)), ("н", TODAY + timedelta(days=7)),
    ("+10", TODAY + timedelta(days=10)), ("-3", TODAY - timedelta(days=3)), ("29.02.24", date(2024, 2, 29)),
    ("01.01.99", date(1999, 1, 1)), ("", None), ("  ", None),
])
def test_dates(text: str, value: date | None) -> None:
    assert parse_date(text, TODAY) == value


@pytest.mark.parametrize(("text", "hint"), [
    ("31.02", "28 дней"), ("29.02.2025", "28 дней"), ("31.04.2026", "30 дней"), ("32.01", "31 день"),
    ("5.13", "месяца"),
    ("0.5", "31 день"), ("abc", "Не дата"), ("123", "Не дата"), ("123456789", "Не дата"), ("5.12.026", "Не дата"),
])
def test_wrong_dates_say_why(text: str, hint: str) -> None:
    with pytest.raises(ValueError, match="а") as caught:
        parse_date(text, TODAY)
    assert hint in str(caught.value).replace(formatting.NBSP, " ")


@given(st.dates(min_value=date(1950, 1, 1), max_value=date(2070, 1, 1)))
def test_a_shown_date_reads_back(value: date) -> None:
    assert parse_date(formatting.day(value), TODAY) == value


@given(st.text(max_size=12))
def test_any_text_is_a_date_or_refused_with_a_message(text: str) -> None:
    assert _outcome(lambda: parse_date(text, TODAY)) != ""

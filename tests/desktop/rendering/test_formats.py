"""Numbers, dates, names and words as Russian papers write them."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from crm_contract.persons import short_name
from crm_desktop.rendering import formats, words

VECTORS = Path(__file__).parents[4] / "shared" / "data" / "misc" / "test_vectors.json"


def vectors(name: str) -> list[list[str]]:
    if not VECTORS.exists():
        pytest.skip("the shared data are not beside this checkout")
    return json.loads(VECTORS.read_text("utf-8"))[name]


def test_amounts_in_words() -> None:
    wrong = [
        (amount, said, words.amount_in_words(Decimal(amount)))
        for amount, said in vectors("amount_words") if words.amount_in_words(Decimal(amount)) != said
    ]
    assert wrong == []


@pytest.mark.parametrize(("amount", "currency", "said"), [
    ("22000.22", "RUB", "Двадцать две тысячи рублей 22 копейки"),
    ("1.01", "USD", "Один доллар США 01 цент"),
    ("2.00", "EUR", "Два евро 00 центов"),
    ("1234.50", "XAU", "1\u00a0234,50 XAU"),
])
def test_amounts_in_other_money(amount: str, currency: str, said: str) -> None:
    assert words.amount_in_words(Decimal(amount), currency) == said


def test_counts_have_a_gender() -> None:
    assert words.count_in_words(21, "f") == "двадцать одна"
    assert words.count_in_words(21, "n") == "двадцать одно"
    assert words.count_in_words(1002, "f") == "одна тысяча две"


@pytest.mark.parametrize(("count", "said"), [(1, "1 листе"), (2, "2 листах"), (11, "11 листах"), (21, "21 листе")])
def test_sheets(count: int, said: str) -> None:
    assert words.sheets(count) == said


@pytest.mark.parametrize(("value", "text"), [
    ("1234.56", "1 234,56"), ("0", "0,00"), ("-1234567.895", "-1 234 567,90"), ("999", "999,00"), ("0.005", "0,01"),
])
def test_money(value: str, text: str) -> None:
    assert formats.money(Decimal(value)).replace("\u00a0", " ") == text


def test_money_groups_are_held_together_by_no_break_spaces() -> None:
    assert formats.money(Decimal("1234567.8")) == "1\u00a0234\u00a0567,80"


def test_quantities_and_prices_keep_only_the_digits_they_have() -> None:
    assert formats.quantity(Decimal("3.000")) == "3"
    assert formats.quantity(Decimal("128.500")) == "128,5"
    assert formats.price(Decimal("10")) == "10,00"
    assert formats.price(Decimal("8.1967")) == "8,1967"
    assert formats.percent(Decimal("5.00")) == "5\u00a0%"


def test_days() -> None:
    day = date(2026, 11, 2)
    assert formats.day(day) == "02.11.2026"
    assert formats.long_day(day) == "2\u00a0ноября 2026\u00a0г."
    assert formats.quoted_day(day) == "«02»\u00a0ноября 2026\u00a0г."
    assert "20___" in formats.quoted_day(None)


@pytest.mark.parametrize(("full", "short"), [
    ("Иванов Иван Иванович", "Иванов И. И."), ("Салтыкова-Щедрина Анна", "Салтыкова-Щедрина А."),
    ("Мамедов Али Гусейн оглы", "Мамедов А. Г. оглы"), ("Образцов П. П.", "Образцов П. П."), ("Мадонна", "Мадонна"),
    ("", ""),
])
def test_short_names(full: str, short: str) -> None:
    assert short_name(full).replace("\u00a0", " ") == short


def test_gender_follows_the_patronymic() -> None:
    assert formats.is_feminine("Черных Елена Михайловна")
    assert formats.is_feminine("Петренко Ольга Ильинична")
    assert not formats.is_feminine("Савва Илья Петрович")
    assert not formats.is_feminine("")

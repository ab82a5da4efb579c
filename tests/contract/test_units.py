"""The table of units agrees with ОКЕИ and knows how people write."""

import csv
from pathlib import Path

import pytest

from crm_contract.units import UNITS, find_unit, unit

OKEI = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "misc" / "okei_OKEIUoms.csv"


@pytest.mark.parametrize(("text", "code"), [
    ("шт.", "796"), ("ШТ", "796"), ("шт", "796"), ("Штука", "796"), ("компл", "839"), ("к-т", "839"), ("упак", "778"),
    ("уп.", "778"), ("усл.", "876"), ("м", "006"), ("м.п.", "018"), ("пог.м", "018"), ("кв. м", "055"), ("м2", "055"),
    ("м³", "113"), ("кг", "166"), ("л", "112"), ("чел.-час", "539"), ("норма-час", "539"), ("час", "356"),
    ("тыс. шт.", "798"), ("796", "796"),
])
def test_spellings(text, code):
    found = find_unit(text)
    assert found is not None
    assert found.code == code


def test_unknown_word_is_none():
    assert find_unit("бочонок") is None
    assert find_unit("") is None


def test_codes_are_unique_and_found_by_code():
    assert len({u.code for u in UNITS}) == len(UNITS)
    assert all(unit(u.code) is u for u in UNITS)


def test_no_spelling_belongs_to_two_units():
    for u in UNITS:
        for text in (u.code, u.short, u.name, *u.synonyms):
            assert find_unit(text) is u, f"{text}: {u.name}"


def test_codes_and_names_are_those_of_okei():
    if not OKEI.exists():
        pytest.skip("the shared data are not here")
    with OKEI.open(encoding="utf-8-sig") as file:
        names = {row["Code"]: row["Name"].lower() for row in csv.DictReader(file)}
    for u in UNITS:
        assert u.name.lower() in names[u.code], u

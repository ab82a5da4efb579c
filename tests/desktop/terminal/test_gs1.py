"""GS1 codes with and without separators and prefixes; GTINs by their check digits."""

from datetime import date

import pytest

from crm_desktop.terminal.gs1 import GS, Scanned, check_digit, is_gtin, read

GTIN = "04600000000008"


@pytest.mark.parametrize("prefix", ["", "]d2", "]C1", GS])
def test_gtin_serial_batch_term_and_count_are_read(prefix: str) -> None:
    found = read(f"{prefix}01{GTIN}17270228" f"10L-7{GS}21S/9{GS}3712")
    assert (found.code, found.serial, found.batch, found.use_by, found.count) == (
        "4600000000008", "S/9", "L-7", date(2027, 2, 28), 12)


def test_fixed_lengths_need_no_separator_and_bear_one() -> None:
    assert read(f"01{GTIN}17270200{GS}21ABC").use_by == date(2027, 2, 28)  # day 00: the last of the month
    assert read(f"01{GTIN}21ABC").serial == "ABC"
    assert read(f"]d201{GTIN}").code == "4600000000008"


def test_a_pack_keeps_its_fourteen_digits() -> None:
    pack = "1460000000000" + check_digit("1460000000000")
    assert read(f"01{pack}3710").code == pack
    assert read(pack).code == pack


@pytest.mark.parametrize("text", ["OKP7", "AB-12/3.x9", "A-03-2", "104-220", "0104600000000009215", "01"])
def test_what_is_no_gs1_is_itself(text: str) -> None:
    assert read(text) == Scanned(text, text)


def test_an_ean_is_looked_up_without_the_leading_zero() -> None:
    assert read(GTIN).code == "4600000000008"
    assert read("4600000000009").code == "4600000000009"  # a wrong check digit: as it is


@pytest.mark.parametrize(("code", "good"), [("4600000000008", True), ("96385074", True), ("036000291452", True),
                                            ("4600000000009", False), ("460000000000", False)])
def test_check_digits(code: str, *, good: bool) -> None:
    assert is_gtin(code) is good

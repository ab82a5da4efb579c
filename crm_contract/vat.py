"""VAT by date: rates, tax modes and which rate a line gets.

Sources: 425-ФЗ of 2025-11-28 (22 % from 2026-01-01), НК РФ ст. 164, 145, 346.11 (УСН: exempt, 5 %, 7 %).
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class VatMode(StrEnum):
    """How prices of a document relate to VAT."""

    ON_TOP = "on_top"      # «НДС сверху»
    INCLUDED = "included"  # «НДС в цене»


class VatKind(StrEnum):
    """What the law says of a product, without a date; the rate follows from the document's date."""

    STANDARD = "standard"
    REDUCED = "reduced"
    ZERO = "zero"
    EXEMPT = "exempt"  # «без НДС», which is not 0 %


VAT_KIND_TITLES = {
    VatKind.STANDARD: "Основная ставка",
    VatKind.REDUCED: "Льготная 10 %",
    VatKind.ZERO: "0 %",
    VatKind.EXEMPT: "Без НДС",
}


class TaxMode(StrEnum):
    """The tax mode of an own organisation, valid from a date."""

    GENERAL = "general"          # ОСНО
    SIMPLIFIED = "simplified"    # УСН, exempt from VAT
    SIMPLIFIED_5 = "simplified_5"
    SIMPLIFIED_7 = "simplified_7"
    PATENT = "patent"            # ИП on патент or НПД


TAX_MODE_TITLES = {
    TaxMode.GENERAL: "ОСНО",
    TaxMode.SIMPLIFIED: "УСН без НДС",
    TaxMode.SIMPLIFIED_5: "УСН с НДС 5 %",
    TaxMode.SIMPLIFIED_7: "УСН с НДС 7 %",
    TaxMode.PATENT: "Патент или НПД",
}


@dataclass(frozen=True, slots=True)
class VatRate:
    """`percent` is charged on the net sum; `valid_from`/`valid_to` bound the date of shipment (inclusive)."""

    code: str
    title: str
    percent: Decimal
    valid_from: date = date.min
    valid_to: date = date.max


NO_VAT = "none"
#: From here on the usual rates are known.
FIRST_DAY = date(2004, 1, 1)
RATES: tuple[VatRate, ...] = (
    VatRate("22", "22 %", Decimal(22), valid_from=date(2026, 1, 1)),
    VatRate("20", "20 %", Decimal(20), valid_from=date(2019, 1, 1), valid_to=date(2025, 12, 31)),
    VatRate("18", "18 %", Decimal(18), valid_from=FIRST_DAY, valid_to=date(2018, 12, 31)),
    VatRate("10", "10 %", Decimal(10)),
    VatRate("7", "7 %", Decimal(7), valid_from=date(2025, 1, 1)),
    VatRate("5", "5 %", Decimal(5), valid_from=date(2025, 1, 1)),
    VatRate("0", "0 %", Decimal(0)),
    VatRate(NO_VAT, "Без НДС", Decimal(0)),
)
_BY_CODE = {rate.code: rate for rate in RATES}
RATE_CODES = tuple(_BY_CODE)


def vat_rate(code: str) -> VatRate:
    """Raises KeyError for an unknown code."""
    return _BY_CODE[code]


def rates_on(day: date) -> list[VatRate]:
    """The rates lawful on a day, the usual one first."""
    return [rate for rate in RATES if rate.valid_from <= day <= rate.valid_to]


def standard_rate(day: date) -> str:
    """22 from 2026, 20 from 2019, 18 before."""
    return next((code for code in ("22", "20") if vat_rate(code).valid_from <= day <= vat_rate(code).valid_to), "18")


def allowed_rates(mode: TaxMode, day: date) -> list[VatRate]:
    """What a seller in this mode may charge on that day.

    An exempt seller who writes VAT owes it (НК РФ ст. 173 п. 5), so its only rate is «без НДС».
    """
    if mode in (TaxMode.SIMPLIFIED, TaxMode.PATENT):
        return [vat_rate(NO_VAT)]
    if mode is TaxMode.SIMPLIFIED_5:
        return [vat_rate("5"), vat_rate("0"), vat_rate(NO_VAT)]
    if mode is TaxMode.SIMPLIFIED_7:
        return [vat_rate("7"), vat_rate("0"), vat_rate(NO_VAT)]
    return [rate for rate in rates_on(day) if rate.code not in ("5", "7")]


def rate_for(kind: VatKind, mode: TaxMode, day: date) -> str:
    """The rate code of a product for a seller's mode on the day of the document."""
    if mode in (TaxMode.SIMPLIFIED, TaxMode.PATENT) or kind is VatKind.EXEMPT:
        return NO_VAT
    if mode is TaxMode.SIMPLIFIED_5:
        return "5" if kind is not VatKind.ZERO else "0"
    if mode is TaxMode.SIMPLIFIED_7:
        return "7" if kind is not VatKind.ZERO else "0"
    return {VatKind.STANDARD: standard_rate(day), VatKind.REDUCED: "10", VatKind.ZERO: "0"}[kind]

"""Sums of lines and documents. The client shows them live, the server writes them: the same function.

Money is Decimal with two digits, ROUND_HALF_UP; VAT is computed per line from the line's sum, the totals of a
document are the sums of its lines (never rate x total).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from crm_contract.vat import NO_VAT, VatMode, vat_rate

CENT = Decimal("0.01")
HUNDRED = Decimal(100)


def money(value: Decimal) -> Decimal:
    """Rounds to kopecks, half up."""
    return value.quantize(CENT, ROUND_HALF_UP)


def plain(quantity: Decimal) -> str:
    """A quantity without zeros at the end: 12.000 is 12."""
    return f"{quantity.normalize():f}"


@dataclass(frozen=True, slots=True)
class Sums:
    """`net` without VAT, `vat`, `gross` with VAT, all in roubles with kopecks."""

    net: Decimal
    vat: Decimal
    gross: Decimal

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(self.net + other.net, self.vat + other.vat, self.gross + other.gross)


ZERO = Sums(Decimal("0.00"), Decimal("0.00"), Decimal("0.00"))


def line_sums(quantity: Decimal, price: Decimal, discount: Decimal, rate: str, mode: VatMode) -> Sums:
    """Sums of one line; `discount` in percent, `rate` a code of `crm_contract.vat.RATES`."""
    amount = money(quantity * price * (HUNDRED - discount) / HUNDRED)
    percent = vat_rate(rate).percent
    if rate == NO_VAT or not percent:
        return Sums(amount, Decimal("0.00"), amount)
    if mode is VatMode.INCLUDED:
        vat = money(amount * percent / (HUNDRED + percent))
        return Sums(amount - vat, vat, amount)
    vat = money(amount * percent / HUNDRED)
    return Sums(amount, vat, amount + vat)


def document_sums(lines: Iterable[Sums]) -> Sums:
    return sum(lines, ZERO)

"""What the columns of warehouse papers say of a line: names, codes, quantities, prices or cost."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from crm_contract.printing import PrintDocument, PrintLine
from crm_contract.totals import Sums, document_sums
from crm_contract.totals import money as rounded
from crm_desktop.rendering.formats import day, money, price, quantity
from crm_desktop.rendering.tree import MUTED, Align, Cell, Run, Text
from crm_desktop.rendering.words import Forms, amount_in_words, count_in_words, plural

_POSITIONS: Forms = ("порядковый номер", "порядковых номера", "порядковых номеров")
_NAMES: Forms = ("наименование", "наименования", "наименований")


def goods_of(document: PrintDocument) -> list[PrintLine]:
    """Services are not on any shelf."""
    return [line for line in document.lines if not line.is_service]


def name(line: PrintLine) -> Cell:
    return Cell(named(line, 6))


def named(line: PrintLine, small: float) -> Text:
    """The name, and in small letters the note and the numbers of the pieces or lots."""
    notes = [note for note in (line.note, lots(line)) if note]
    return (Run(line.name), *(Run(f"\n{note}", size=small, colour=MUTED) for note in notes)) if notes else line.name


def lots(line: PrintLine) -> str:
    """«S/N: 0017, 0018»; «Партия К-12 – 5 (до 01.02.2027)»."""
    if line.serials:
        return f"S/N: {', '.join(lot.code for lot in line.lots)}" if line.lots else ""
    words = (f"партия {lot.code} – {quantity(lot.quantity)}{f' (до {day(lot.expires)})' if lot.expires else ''}"
             for lot in line.lots)
    text = ", ".join(words)
    return text[:1].upper() + text[1:]


def sku(line: PrintLine) -> Cell:
    return Cell(line.sku, Align.CENTER)


def unit_code(line: PrintLine) -> Cell:
    return Cell(line.unit_code, Align.CENTER)


def unit(line: PrintLine) -> Cell:
    return Cell(line.unit, Align.CENTER)


def amount(line: PrintLine) -> Cell:
    return Cell(quantity(line.quantity), Align.RIGHT, fit=True, value=line.quantity)


def promised(line: PrintLine) -> Decimal:
    """What the supplier's paper says; where it is silent, what has come."""
    return line.quantity if line.paper_quantity is None else line.paper_quantity


def paper_amount(line: PrintLine) -> Cell:
    return Cell(quantity(promised(line)), Align.RIGHT, fit=True, value=promised(line))


def net_price(line: PrintLine) -> Cell:
    return Cell(price(line.net_price), Align.RIGHT, fit=True, value=line.net_price)


def net(line: PrintLine) -> Cell:
    return sum_cell(line.net)


def vat(line: PrintLine) -> Cell:
    return sum_cell(line.vat)


def gross(line: PrintLine) -> Cell:
    return sum_cell(line.gross)


def cost_price(line: PrintLine) -> Cell:
    """Of one unit; blank where the cost is not known or not for these eyes."""
    return Cell() if line.cost is None or not line.quantity else sum_cell(rounded(line.cost / line.quantity))


def cost(line: PrintLine) -> Cell:
    return Cell() if line.cost is None else sum_cell(line.cost)


def sum_cell(value: Decimal | None, bold: bool = False) -> Cell:
    """Blank for None; bold in a row of totals."""
    if value is None:
        return Cell("", Align.RIGHT)
    return Cell(money(value), Align.RIGHT, fit=True, bold=bold, value=value)


def count_cell(lines: Sequence[PrintLine], of: Callable[[PrintLine], Decimal] = lambda line: line.quantity) -> Cell:
    """How much the lines hold together; «Х» where pieces and metres do not add up."""
    if len({line.unit_code for line in lines}) > 1:
        return Cell("Х", Align.CENTER)
    value = sum((of(line) for line in lines), Decimal(0))
    return Cell(quantity(value), Align.RIGHT, fit=True, bold=True, value=value)


def cost_of(lines: Iterable[PrintLine]) -> Decimal | None:
    """Of all lines; None when that of any is not known, for a sum of a part would mislead."""
    total = Decimal("0.00")
    for line in lines:
        if line.cost is None:
            return None
        total += line.cost
    return total


def totals_of(lines: Iterable[PrintLine]) -> Sums:
    """The sums of the goods alone; a document may hold services too."""
    return document_sums(Sums(line.net, line.vat, line.gross) for line in lines)


def worth(names: int, amount: Decimal | None, currency: str) -> str:
    """«Четыре наименования на сумму сто рублей 00 копеек»; without the sum where it is not known."""
    text = names_in_words(names)
    text = text[0].upper() + text[1:]
    if amount is None:
        return text
    words = amount_in_words(amount, currency)
    return f"{text} на сумму {words[0].lower()}{words[1:]}"


def positions_in_words(count: int) -> str:
    """«сто двадцать порядковых номеров»"""
    return f"{count_in_words(count)} {plural(count, _POSITIONS)}"


def names_in_words(count: int) -> str:
    """«двадцать одно наименование»"""
    return f"{count_in_words(count, 'n')} {plural(count, _NAMES)}"

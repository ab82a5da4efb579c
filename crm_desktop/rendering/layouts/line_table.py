"""The table of goods, works and services with its totals, as offer, invoice, order, act and waybill show it.

Prices stand as the document keeps them: «НДС в цене» or «НДС сверху», so that quantity times price gives the sum of
the line. Columns that would be empty are left out.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from crm_contract.printing import PrintDocument, PrintLine
from crm_contract.totals import money as rounded
from crm_contract.vat import NO_VAT, VatMode, vat_rate
from crm_desktop.rendering.extras import Extra, extra
from crm_desktop.rendering.formats import NBSP, money, percent, price, quantity
from crm_desktop.rendering.layouts.blocks import GREY_LINE, Signing, row, two_sides
from crm_desktop.rendering.layouts.goods import named
from crm_desktop.rendering.tree import (
    SHADE,
    Align,
    Cell,
    KeepTogether,
    Paragraph,
    Row,
    Side,
    Spacer,
    Style,
    Table,
    VAlign,
)
from crm_desktop.rendering.words import amount_in_words

_CURRENCY_SHORT = {"RUB": "руб.", "USD": "долл. США", "EUR": "евро", "CNY": "юаней", "BYN": "бел. руб.", "KZT": "тенге"}


def currency_short(document: PrintDocument) -> str:
    return _CURRENCY_SHORT.get(document.currency, document.currency)


def vat_title(rate: str) -> str:
    """«НДС 22 %»; «Без НДС» is not a rate."""
    return vat_rate(rate).title if rate == NO_VAT else f"НДС {vat_rate(rate).title}".replace(" ", NBSP)


def vat_cell(rate: str) -> str:
    return "без НДС" if rate == NO_VAT else vat_rate(rate).title.replace(" ", NBSP)


def vat_by_rate(document: PrintDocument) -> list[tuple[str, Decimal]]:
    """Tax by rate code in the order of the lines; «без НДС» lines are not listed."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for line in document.lines:
        if line.vat_rate != NO_VAT:
            sums[line.vat_rate] += line.vat
    return list(sums.items())


def is_on_top(document: PrintDocument) -> bool:
    return document.vat_mode == VatMode.ON_TOP and document.seller_pays_vat


def vat_phrase(document: PrintDocument) -> str:
    """«в том числе НДС 22 %: 1 803,28 руб.», for a sentence after a sum."""
    taxes = vat_by_rate(document) if document.seller_pays_vat else []
    if not taxes:
        return f"НДС{NBSP}не облагается"
    parts = "; ".join(
        f"{vat_title(rate)}{NBSP}–{NBSP}{money(tax)}{NBSP}{currency_short(document)}" for rate, tax in taxes)
    return f"в том числе {parts}"


@dataclass(frozen=True, slots=True)
class _Column:
    caption: str
    width: float  # 0 takes what is left


def line_table(document: PrintDocument, width: float, name_caption: str = "Наименование", size: float = 8.5,
               airy: bool = False, with_discount: bool = False, total: str = "Всего к оплате") -> Table:
    """Lines and totals; `airy` draws only horizontal hairlines, for an offer."""
    sums = totals(document, with_discount, total)
    columns = _columns(document, name_caption)
    fixed = sum(column.width for column in columns)
    widths = tuple(column.width or width - fixed for column in columns)
    head = row(*(
        Cell(column.caption, Align.CENTER, VAlign.MIDDLE, bold=True, size=size - 0.5, fill=SHADE)
        for column in columns))
    body = tuple(_line_row(document, index, line) for index, line in enumerate(document.lines, 1))
    return Table(
        widths, (head, *body, *_total_rows(sums, len(columns), size)), head=1,
        border=(Side.TOP | Side.BOTTOM) if airy else Side.ALL, line=0.5, line_colour=GREY_LINE, size=size,
        pad=(1.1, 1.3 if airy else 0.8), with_next=True, tail=len(sums) + 1)


def _columns(document: PrintDocument, name_caption: str) -> list[_Column]:
    suffix = ""
    if document.seller_pays_vat:
        suffix = " без НДС" if is_on_top(document) else " с НДС"
    columns = [_Column("№", 8)]
    if _has_sku(document):
        longest = max(len(line.sku) for line in document.lines)
        columns.append(_Column("Артикул", min(28.0, max(15.0, 3 + 1.8 * longest))))
    columns += [_Column(name_caption, 0), _Column("Кол-во", 14), _Column("Ед.", 12), _Column(f"Цена{suffix}", 21)]
    if _has_discount(document):
        columns.append(_Column("Скидка", 14))
    if document.seller_pays_vat:
        columns.append(_Column("НДС", _vat_width(document)))
    columns.append(_Column(f"Сумма{suffix}", 24))
    return columns


def _vat_width(document: PrintDocument) -> float:
    return 15 if any(line.vat_rate == NO_VAT for line in document.lines) else 11


def _has_sku(document: PrintDocument) -> bool:
    return any(line.sku for line in document.lines)


def _has_discount(document: PrintDocument) -> bool:
    return any(line.discount for line in document.lines)


def line_sum(document: PrintDocument, line: PrintLine) -> Decimal:
    """What the last column shows."""
    return line.net if is_on_top(document) else line.gross


def _line_row(document: PrintDocument, index: int, line: PrintLine) -> Row:
    amount = line_sum(document, line)
    cells = [Cell(str(index), Align.CENTER)]
    if _has_sku(document):
        cells.append(Cell(line.sku))
    cells += [
        Cell(named(line, 7)),
        Cell(quantity(line.quantity), Align.RIGHT, fit=True, value=line.quantity),
        Cell(line.unit, Align.CENTER),
        Cell(price(line.price), Align.RIGHT, fit=True, value=line.price),
    ]
    if _has_discount(document):
        cells.append(Cell(percent(line.discount) if line.discount else "–", Align.RIGHT, fit=True))
    if document.seller_pays_vat:
        cells.append(Cell(vat_cell(line.vat_rate), Align.CENTER))
    cells.append(Cell(money(amount), Align.RIGHT, fit=True, value=amount))
    return row(*cells)


def totals(document: PrintDocument, with_discount: bool = False, total: str = "Всего к оплате",
           ) -> list[tuple[str, Decimal | None]]:
    """Labels and sums below the table, the sum to pay last; None where the law wants words, not a number."""
    result: list[tuple[str, Decimal | None]] = []
    saved = discount_total(document) if with_discount else 0
    if saved:
        result.append(("Ваша скидка (учтена в сумме)", saved))
    taxes = vat_by_rate(document) if document.seller_pays_vat else []
    if not taxes:
        return [*result, ("Итого", document.gross), ("Без НДС", None), (total, document.gross)]
    if is_on_top(document):
        result.append(("Итого без НДС", document.net))
        result += [(vat_title(rate), tax) for rate, tax in taxes]
    else:
        result.append(("Итого с НДС", document.gross))
        result += [(f"в том числе {vat_title(rate)}", tax) for rate, tax in taxes]
    return [*result, (total, document.gross)]


def discount_total(document: PrintDocument) -> Decimal:
    """What the discounts took off, in the prices of the document."""
    return sum(
        (rounded(line.quantity * line.price) - line_sum(document, line) for line in document.lines if line.discount),
        Decimal("0.00"))


def _total_rows(rows: Sequence[tuple[str, Decimal | None]], columns: int, size: float) -> tuple[Row, ...]:
    cells: list[Row] = []
    for index, (label, amount) in enumerate(rows):
        last = index == len(rows) - 1
        big = size + 1 if last else size
        cells.append(row(
            Cell(label, Align.RIGHT, bold=last, size=big, span=columns - 1, border=Side.NONE),
            Cell("–" if amount is None else money(amount), Align.RIGHT, bold=last, size=big, fit=True,
                 border=Side.NONE, value=amount)))
    return tuple(cells)


def words_blocks(document: PrintDocument, tail: str = "") -> Sequence[Paragraph]:
    """«Всего наименований 5, на сумму …» and the sum in words."""
    amount = f"{money(document.gross)}{NBSP}{currency_short(document)}"
    words = amount_in_words(document.gross, document.currency)
    return (
        Paragraph(f"Всего наименований {len(document.lines)}, на сумму {amount}{tail}"),
        Paragraph(f"{words}, {vat_phrase(document)}", Style.STRONG),
    )


def handed_over(document: PrintDocument, width: float, gave: Signing, took: Signing) -> KeepTogether:
    """The end of a paper by which goods change hands: the sum in words, by whose order, remarks, both signatures."""
    attorney = extra(document, Extra.POWER_OF_ATTORNEY)
    notes = (f"По доверенности: {attorney}" if attorney else "", document.comment)
    return KeepTogether((
        Spacer(2), *words_blocks(document), *(Paragraph(note) for note in notes if note), Spacer(5),
        two_sides(gave, took, width)))

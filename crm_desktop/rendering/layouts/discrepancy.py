"""Акт о расхождениях in the manner of ТОРГ-2 (ОКУД 0330202, Госкомстат № 132 of 1998-12-25).

What the paper says, what has come, and apart from each other the shortage and the surplus, at the price of the
paper without VAT (for goods of our own, at cost).
"""

from collections.abc import Sequence
from decimal import Decimal

from crm_contract.persons import short_name
from crm_contract.printing import PrintDocument, PrintLine
from crm_contract.totals import money as rounded
from crm_desktop.rendering.formats import quantity
from crm_desktop.rendering.layouts import goods
from crm_desktop.rendering.layouts.blank import (
    GAP,
    Blank,
    Column,
    Signature,
    facts_table,
    lines_table,
    signatures,
    total_row,
    written,
)
from crm_desktop.rendering.layouts.blocks import basis
from crm_desktop.rendering.tree import Align, Cell, KeepTogether, Paragraph, Row, Sheet, Style, Table
from crm_desktop.rendering.words import amount_in_words

BLANK = Blank("ТОРГ-2", "0330202", "от 25.12.98 № 132", "Акт")
_SUBTITLE = "об установленном расхождении по количеству и качеству при приёмке товарно-материальных ценностей"
_GOODS, _UNIT, _COUNT = "Товар", "Единица измерения", "Количество"
_SHORT, _OVER = "Недостача", "Излишек"
_WARNING = ("Все члены комиссии предупреждены об ответственности за подписание акта, содержащего данные, "
            "не соответствующие действительности.")


def _short(line: PrintLine) -> Decimal:
    return max(goods.promised(line) - line.quantity, Decimal(0))


def _over(line: PrintLine) -> Decimal:
    return max(line.quantity - goods.promised(line), Decimal(0))


def _worth(line: PrintLine, amount: Decimal) -> Decimal | None:
    return None if line.basis_price is None else rounded(line.basis_price * amount)


def _amount(value: Decimal) -> Cell:
    return Cell(quantity(value), Align.RIGHT, fit=True, value=value) if value else Cell()


def _sum(line: PrintLine, amount: Decimal) -> Cell:
    return goods.sum_cell(_worth(line, amount) if amount else None)


COLUMNS: tuple[Column[PrintLine], ...] = (
    Column("1", 0, "наименование, характеристика", _GOODS,
           lambda line: goods.name(line.model_copy(update={"note": ""}))),
    Column("2", 26, "код (артикул)", _GOODS, goods.sku),
    Column("3", 15, "наиме-\nнование", _UNIT, goods.unit),
    Column("4", 13, "код по ОКЕИ", _UNIT, goods.unit_code),
    Column("5", 20, "по документам", _COUNT, goods.paper_amount),
    Column("6", 20, "фактически", _COUNT, goods.amount),
    Column("7", 21, "Цена,\nруб. коп.", value=lambda line: goods.sum_cell(line.basis_price)),
    Column("8", 17, "количество", _SHORT, lambda line: _amount(_short(line))),
    Column("9", 23, "сумма,\nруб. коп.", _SHORT, lambda line: _sum(line, _short(line))),
    Column("10", 17, "количество", _OVER, lambda line: _amount(_over(line))),
    Column("11", 23, "сумма,\nруб. коп.", _OVER, lambda line: _sum(line, _over(line))),
    Column("12", 32, "Примечание", value=lambda line: Cell(line.note)),
)


def build(document: PrintDocument) -> Sheet:
    lines = goods.goods_of(document)
    short, over = [x for x in lines if _short(x)], [x for x in lines if _over(x)]
    return BLANK.sheet(document, (
        *BLANK.top(document, document.place_from, _SUBTITLE), _facts(document), GAP,
        lines_table(COLUMNS, lines, (_totals(lines, short, over),)),
        KeepTogether((
            GAP, written((
                ("Недостача", _in_words(document, short, _lost(short))),
                ("Излишек", _in_words(document, over, _found(over))),
                ("Дополнительно", document.comment),
                ("Заключение комиссии", ""),
            ), label=38), GAP, Paragraph(_WARNING, Style.SMALL),
            signatures((
                (Signature("Председатель комиссии"), Signature("Член комиссии")),
                (Signature("Представитель отправителя"),
                 Signature("Товар принял", document.author_title, short_name(document.author_name))),
            ), label=42),
        ))))


def _lost(lines: Sequence[PrintLine]) -> Decimal | None:
    return _added([_worth(line, _short(line)) for line in lines])


def _found(lines: Sequence[PrintLine]) -> Decimal | None:
    return _added([_worth(line, _over(line)) for line in lines])


def _added(sums: Sequence[Decimal | None]) -> Decimal | None:
    """None when any is not known, for a sum of a part would mislead."""
    known = [value for value in sums if value is not None]
    return sum(known, Decimal("0.00")) if len(known) == len(sums) else None


def _in_words(document: PrintDocument, lines: Sequence[PrintLine], amount: Decimal | None) -> str:
    if not lines:
        return "нет"
    if amount is None:
        return goods.positions_in_words(len(lines))
    return f"{goods.positions_in_words(len(lines))}: {amount_in_words(amount, document.currency)}"


def _totals(lines: Sequence[PrintLine], short: Sequence[PrintLine], over: Sequence[PrintLine]) -> Row:
    return total_row(COLUMNS, "Итого", {
        "5": goods.count_cell(lines, goods.promised), "6": goods.count_cell(lines), "7": Cell("Х", Align.CENTER),
        "8": goods.count_cell(short, _short), "9": goods.sum_cell(_lost(short), True),
        "10": goods.count_cell(over, _over), "11": goods.sum_cell(_found(over), True)})


def _facts(document: PrintDocument) -> Table:
    """Goods of our own have no supplier: their paper tells where they came from."""
    other = "" if document.buyer == document.seller else document.buyer.name
    return facts_table((
        (Column("", 0, "Поставщик (отправитель)"), other),
        (Column("", 30, "ИНН"), document.buyer.inn if other else ""),
        (Column("", 56, "Место приёмки"), document.place_from),
        (Column("", 100, "Основание (документ приёмки)"), basis(document)),
    ), numbered=False)

"""The table of УПД: columns А, Б and 1-11. Columns 12-14 are for traceable goods, which the lines do not carry."""

from dataclasses import dataclass

from crm_contract.printing import PrintDocument, PrintLine
from crm_contract.vat import NO_VAT, vat_rate
from crm_desktop.rendering.formats import DASH, money, price, quantity
from crm_desktop.rendering.layouts.blocks import row
from crm_desktop.rendering.tree import Align, Cell, Row, Side, Table, VAlign

STATUS_WIDTH = 26.0
_NO_EXCISE = "без акциза"
SHEET_WIDTH = 279.0
_HEAD_SIZE, _SIZE = 5.4, 6.5
_LONGEST_CODE = 30  # a customs declaration or РНПТ stays on one line, several of them wrap


@dataclass(frozen=True, slots=True)
class _Column:
    number: str
    width: float  # 0 takes what is left
    caption: str
    group: str = ""  # columns with the same group share a caption above


_COLUMNS: tuple[_Column, ...] = (
    _Column("А", 7, "№\nп/п"),
    _Column("Б", STATUS_WIDTH - 7, "Код товара/ работ, услуг"),
    _Column("1", 7, "№\nп/п"),
    _Column("1а", 0, "Наименование товара (описание выполненных работ, оказанных услуг), имущественного права"),
    _Column("1б", 11, "Код вида товара"),
    _Column("2", 8, "код", "Единица измерения"),
    _Column("2а", 15.5, "условное обозначение (национальное)", "Единица измерения"),
    _Column("3", 14, "Количество (объем)"),
    _Column("4", 18, "Цена (тариф) за единицу измерения"),
    _Column("5", 20, "Стоимость товаров (работ, услуг), имущественных прав без налога – всего"),
    _Column("6", 12, "В том числе сумма акциза"),
    _Column("7", 12, "Налоговая ставка"),
    _Column("8", 18, "Сумма налога, предъявляемая покупателю"),
    _Column("9", 20, "Стоимость товаров (работ, услуг), имущественных прав с налогом – всего"),
    _Column("10", 11.5, "цифровой код", "Страна происхождения товара"),
    _Column("10а", 15, "краткое наименование", "Страна происхождения товара"),
    _Column("11", 24, "Регистрационный номер декларации на товары или регистрационный номер партии товара, "
                      "подлежащего прослеживаемости"),
)
_FIRST_OF_INVOICE = 2  # columns А and Б stand left of the счёт-фактура
_SUM_NET = 9           # place of column 5


def lines_table(document: PrintDocument) -> Table:
    body = tuple(_line(index, line) for index, line in enumerate(document.lines, 1))
    left_over = SHEET_WIDTH - sum(column.width for column in _COLUMNS)
    return Table(
        tuple(column.width or left_over for column in _COLUMNS), (*_head_rows(), *body, _total(document)), head=3,
        border=Side.ALL, line=0.4, size=_SIZE, pad=(0.5, 0.45), with_next=True, tail=2)


def _head_rows() -> tuple[Row, Row, Row]:
    style = {"align": Align.CENTER, "valign": VAlign.MIDDLE, "size": _HEAD_SIZE}
    upper: list[Cell] = []
    lower: list[Cell] = []
    for index, column in enumerate(_COLUMNS):
        thick = Side.LEFT if index == _FIRST_OF_INVOICE else Side.NONE
        if not column.group:
            upper.append(Cell(column.caption, rows=2, thick=thick, **style))
            continue
        if column.group != _COLUMNS[index - 1].group:
            upper.append(Cell(column.group, span=2, **style))
        lower.append(Cell(column.caption, **style))
    numbers = (
        Cell(column.number, thick=Side.LEFT if index == _FIRST_OF_INVOICE else Side.NONE, **style)
        for index, column in enumerate(_COLUMNS))
    return row(*upper, height=4.8), row(*lower, height=10.2), row(*numbers)


def _line(index: int, line: PrintLine) -> Row:
    taxed = line.vat_rate != NO_VAT
    rate = vat_rate(line.vat_rate).title.replace(" ", "") if taxed else "без НДС"
    center, right = Align.CENTER, Align.RIGHT
    return row(
        Cell(str(index), center, fit=True),
        Cell(line.sku),
        Cell(str(index), center, fit=True, thick=Side.LEFT),
        Cell(line.name),
        Cell(DASH, center),
        Cell(line.unit_code or DASH, center, fit=True),
        Cell(line.unit or DASH, center),
        Cell(quantity(line.quantity), right, fit=True, value=line.quantity),
        Cell(price(line.net_price), right, fit=True, value=line.net_price),
        Cell(money(line.net), right, fit=True, value=line.net),
        Cell(_NO_EXCISE, center, fit=True),
        Cell(rate, center, fit=True),
        Cell(money(line.vat), right, fit=True, value=line.vat) if taxed else Cell("без НДС", center, fit=True),
        Cell(money(line.gross), right, fit=True, value=line.gross),
        Cell(line.country_code or DASH, center, fit=True),
        Cell(line.country or DASH, center),
        Cell(line.declaration or DASH, center, fit=len(line.declaration) <= _LONGEST_CODE),
    )


def _total(document: PrintDocument) -> Row:
    taxed = any(line.vat_rate != NO_VAT for line in document.lines)
    right = {"align": Align.RIGHT, "fit": True, "bold": True}
    vat = Cell(money(document.vat), value=document.vat, **right) if taxed else Cell("без НДС", Align.CENTER, fit=True)
    return row(
        Cell("", span=_FIRST_OF_INVOICE),
        Cell("Всего к оплате (9)", bold=True, span=_SUM_NET - _FIRST_OF_INVOICE, thick=Side.LEFT),
        Cell(money(document.net), value=document.net, **right),
        Cell("Х", Align.CENTER, span=2),
        vat,
        Cell(money(document.gross), value=document.gross, **right),
        Cell("", span=3, border=Side.LEFT | Side.TOP),
    )

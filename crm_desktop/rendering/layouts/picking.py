"""«Лист подбора»: what to take off the shelves, in the order one walks past them; a box to tick at every stop."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from crm_contract.persons import short_name
from crm_contract.printing import PrintDocument, PrintLine
from crm_desktop.rendering.formats import NBSP, day, number_of, quantity
from crm_desktop.rendering.layouts.blank import Signature, signatures
from crm_desktop.rendering.layouts.blocks import GREY_LINE, key_values, row
from crm_desktop.rendering.layouts.goods import goods_of, named, names_in_words
from crm_desktop.rendering.tree import (
    MUTED,
    PORTRAIT_WIDTH,
    SHADE,
    Align,
    Block,
    Cell,
    Code,
    Columns,
    KeepTogether,
    Paragraph,
    Row,
    Run,
    Sheet,
    Side,
    Spacer,
    Style,
    Table,
    VAlign,
)

_CODE = 26.0
_BOX, _PLACE, _SKU, _COUNT, _UNIT, _TAKEN = 9.0, 30.0, 30.0, 17.0, 14.0, 19.0
_NO_BIN = "без ячейки"


@dataclass(frozen=True, slots=True)
class Stop:
    """What is taken of a line at one bin; without a code the goods are in none."""

    line: PrintLine
    quantity: Decimal
    code: str = ""
    route: str = ""


def build(document: PrintDocument) -> Sheet:
    title = f"Лист подбора к документу {number_of(document.number, document.date)}"
    width = PORTRAIT_WIDTH
    lines = goods_of(document)
    stops = sorted((stop for line in lines for stop in _stops(line)), key=_walk)
    blocks: tuple[Block, ...] = (
        _head(document, title, width), Spacer(3), _table(stops, width),
        KeepTogether((
            Spacer(2), Paragraph(f"Всего {names_in_words(len(lines))}", Style.STRONG), Spacer(4),
            signatures(((Signature("Собрал"), Signature("Проверил")),), width, 18),
        )),
    )
    return Sheet(title, title, blocks, document.seller.name, is_draft=document.is_draft)


def _stops(line: PrintLine) -> Iterator[Stop]:
    rest = line.quantity
    for place in line.bins:
        rest -= place.quantity
        yield Stop(line, place.quantity, place.code, place.route)
    if rest > 0:
        yield Stop(line, rest)


def _walk(stop: Stop) -> tuple[bool, str, int]:
    return not stop.code, stop.route, stop.line.position


def _head(document: PrintDocument, title: str, width: float) -> Block:
    buyer = document.buyer.name if document.buyer != document.seller else ""
    left = width - _CODE - 4
    text: tuple[Block, ...] = (
        Paragraph(title, Style.TITLE),
        key_values((
            ("Склад", (Run(document.place_from, bold=True),) if document.place_from else ""),
            ("Куда", document.place_to), ("Кому", buyer), ("Объект", document.place),
            ("Собрать к", day(document.due_date) if document.due_date else ""),
            ("Выписал", short_name(document.author_name)), ("Примечание", document.comment),
        ), left, 24),
    )
    if not document.code:
        return KeepTogether(text)
    return Columns((left, _CODE), (text, (Code(document.code, _CODE),)), gap=4)


def _table(stops: list[Stop], width: float) -> Table:
    widths = (_BOX, _PLACE, _SKU, width - _BOX - _PLACE - _SKU - _COUNT - _UNIT - _TAKEN, _COUNT, _UNIT, _TAKEN)
    style = {"align": Align.CENTER, "valign": VAlign.MIDDLE, "bold": True, "size": 8.0, "fill": SHADE}
    head = row(*(Cell(caption, **style) for caption in (
        "", "Место", "Артикул", "Наименование", "Взять", "Ед.", f"Взято{NBSP}факт.")), height=7)
    return Table(widths, (head, *map(_row, stops)), head=1, border=Side.ALL, line=0.5, line_colour=GREY_LINE, size=9,
                 valign=VAlign.MIDDLE, pad=(1.2, 1.2), with_next=True)


def _row(stop: Stop) -> Row:
    line = stop.line
    place = (Run(stop.code, bold=True, size=11) if stop.code else Run(_NO_BIN, size=8, colour=MUTED),)
    return row(
        Cell("", thick=Side.ALL), Cell(place), Cell(line.sku), Cell(named(line, 7)),
        Cell(quantity(stop.quantity), Align.RIGHT, bold=True, size=12, fit=True, value=stop.quantity),
        Cell(line.unit, Align.CENTER), Cell(), height=9)

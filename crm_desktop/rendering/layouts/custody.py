"""Акт приёма-передачи of goods that an employee holds: given out, given back, handed over (402-ФЗ, ст. 9, ч. 2)."""

from crm_contract.persons import short_name
from crm_contract.printing import PrintDocument, PrintLine
from crm_desktop.rendering.formats import NBSP, day, quantity, quoted_day
from crm_desktop.rendering.layouts import goods
from crm_desktop.rendering.layouts.blank import Signature, signatures
from crm_desktop.rendering.layouts.blocks import (
    GREY_LINE,
    basis,
    coded_title,
    heading,
    key_values,
    party_text,
    row,
)
from crm_desktop.rendering.tree import (
    PORTRAIT_WIDTH,
    SHADE,
    Align,
    Block,
    Cell,
    KeepTogether,
    Paragraph,
    Row,
    Sheet,
    Side,
    Spacer,
    Style,
    Table,
    VAlign,
)

_TITLES = {
    "custody_return": "Акт возврата товарно-материальных ценностей",
    "custody_handover": "Акт передачи товарно-материальных ценностей",
}
_ISSUE = "Акт выдачи товарно-материальных ценностей"
_PROMISE = ("Ценности получил в исправном состоянии и полном количестве, обязуюсь беречь их, использовать по "
            "назначению и вернуть по первому требованию.")
_RECEIVED = "Ценности приняты в количестве и состоянии, указанных в акте. Стороны претензий друг к другу не имеют."


def build(document: PrintDocument) -> Sheet:
    title = heading(_TITLES.get(document.kind, _ISSUE), document)
    width = PORTRAIT_WIDTH
    lines = goods.goods_of(document)
    cost = goods.cost_of(lines)
    blocks: tuple[Block, ...] = (
        coded_title(title, document, width),
        key_values((
            ("Организация", party_text(document.seller, with_contacts=False)),
            ("Передал", _end(document.place_from, document.keeper_from, document.keeper_from_title)),
            ("Принял", _end(document.place_to, document.keeper_to, document.keeper_to_title)),
            ("Основание", basis(document)),
            ("Вернуть до", day(document.due_date) if document.due_date else ""),
        ), width),
        Spacer(3), _table(lines, width),
        KeepTogether((
            Spacer(2), Paragraph(f"Всего: {goods.worth(len(lines), cost, document.currency)}.", Style.STRONG),
            Paragraph(_PROMISE if document.kind not in _TITLES else _RECEIVED),
            *((Paragraph(document.comment),) if document.comment else ()), Spacer(3),
            signatures((
                (_signature("Передал", document, document.keeper_from, document.keeper_from_title),),
                (_signature("Принял", document, document.keeper_to, document.keeper_to_title),),
            ), width, 20),
            Spacer(3), Paragraph(quoted_day(document.date)),
        )),
    )
    return Sheet(title, title, blocks, document.seller.name, is_draft=document.is_draft)


def _end(place: str, keeper: str, position: str) -> str:
    """A warehouse by its name, a person with the position."""
    return ", ".join(part for part in (keeper or place, position) if part)


def _signature(title: str, document: PrintDocument, keeper: str, position: str) -> Signature:
    """The employee who holds the goods; on the side of the warehouse whoever made the paper."""
    if keeper:
        return Signature(title, position, short_name(keeper))
    return Signature(title, document.author_title, short_name(document.author_name))


def _table(lines: list[PrintLine], width: float) -> Table:
    priced = any(line.cost is not None for line in lines)
    fixed = (9.0, 28.0, 18.0, 14.0, *((24.0,) if priced else ()))
    widths = (fixed[0], fixed[1], width - sum(fixed), *fixed[2:])
    style = {"align": Align.CENTER, "valign": VAlign.MIDDLE, "bold": True, "size": 8.0, "fill": SHADE}
    captions = ("№", "Артикул", "Наименование, состояние", "Кол-во", "Ед.", f"Стоимость,{NBSP}руб.")
    head = row(*(Cell(caption, **style) for caption in captions[:len(widths)]))
    body = tuple(_line(number, line, priced) for number, line in enumerate(lines, 1))
    return Table(widths, (head, *body), head=1, border=Side.ALL, line=0.5, line_colour=GREY_LINE, size=9,
                 pad=(1.1, 0.9), with_next=True)


def _line(number: int, line: PrintLine, priced: bool) -> Row:
    cells = [Cell(str(number), Align.CENTER), Cell(line.sku), goods.name(line),
             Cell(quantity(line.quantity), Align.RIGHT, fit=True, value=line.quantity), Cell(line.unit, Align.CENTER)]
    return row(*cells, *((goods.sum_cell(line.cost),) if priced else ()))

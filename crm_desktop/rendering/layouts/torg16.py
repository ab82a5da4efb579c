"""ТОРГ-16 «Акт о списании товаров» (ОКУД 0330216, Госкомстат № 132 of 1998-12-25), at the cost of the ledger."""

from crm_contract.persons import short_name
from crm_contract.printing import PrintDocument, PrintLine
from crm_desktop.rendering.formats import day, quoted_day
from crm_desktop.rendering.layouts import goods
from crm_desktop.rendering.layouts.blank import (
    GAP,
    SIZE,
    WIDTH,
    Blank,
    Column,
    Signature,
    facts_table,
    lines_table,
    signatures,
    total_row,
    written,
)
from crm_desktop.rendering.layouts.blocks import basis, row, signatory
from crm_desktop.rendering.tree import Align, Cell, KeepTogether, Paragraph, Sheet, Side, Style, Table, VAlign
from crm_desktop.rendering.words import amount_in_words

BLANK = Blank("ТОРГ-16", "0330216", "от 25.12.98 № 132", "Акт о списании товаров")
_GOODS, _UNIT = "Товар", "Единица измерения"
_WARNING = ("Все члены комиссии предупреждены об ответственности за подписание акта, содержащего данные, "
            "не соответствующие действительности.")

COLUMNS: tuple[Column[PrintLine], ...] = (
    Column("7", 0, "наименование", _GOODS, goods.name),
    Column("8", 32, "код", _GOODS, goods.sku),
    Column("9", 20, "наиме-\nнование", _UNIT, goods.unit),
    Column("10", 16, "код по ОКЕИ", _UNIT, goods.unit_code),
    Column("11", 24, "Количество (масса нетто)", value=goods.amount),
    Column("12", 26, "Цена,\nруб. коп.", value=goods.cost_price),
    Column("13", 28, "Стоимость,\nруб. коп.", value=goods.cost),
    Column("14", 34, "Примечание"),
)


def build(document: PrintDocument) -> Sheet:
    lines = goods.goods_of(document)
    total = goods.cost_of(lines)
    sums = total_row(COLUMNS, "Итого", {
        "11": goods.count_cell(lines), "12": Cell("Х", Align.CENTER),
        "13": goods.sum_cell(total, True)})
    words = amount_in_words(total, document.currency) if total is not None else ""
    return BLANK.sheet(document, (
        BLANK.corner(document, document.place_from), _approval(document), BLANK.heading(document), GAP,
        _facts(document), GAP, lines_table(COLUMNS, lines, (sums,)),
        KeepTogether((
            GAP, written((("Сумма списания", words),)), GAP, Paragraph(_WARNING, Style.SMALL),
            signatures((
                (Signature("Председатель комиссии"), Signature("Член комиссии")),
                (Signature("Член комиссии"),
                 Signature("Материально ответственное лицо", document.author_title,
                           short_name(document.author_name))),
            ), label=38),
            GAP, written((("Решение руководителя: стоимость списанного товара отнести на счёт", ""),), label=92),
        )),
    ))


def _approval(document: PrintDocument) -> Table:
    """«Утверждаю» of the head, to the right."""
    position, head = signatory(document.seller)
    line = {"align": Align.CENTER, "valign": VAlign.BOTTOM, "border": Side.BOTTOM}
    return Table((WIDTH - 122, 48, 2, 26, 2, 44), (
        row(Cell(), Cell("Утверждаю", bold=True, span=5)),
        row(Cell(), Cell(position, **line), Cell(), Cell("", **line), Cell(), Cell(head, **line), height=6),
        row(Cell(), Cell(quoted_day(None), span=5), height=5),
    ), size=SIZE, pad=(0.4, 0.3), valign=VAlign.BOTTOM, line=0.4)


def _facts(document: PrintDocument) -> Table:
    date, paper, why = "Дата", "Товарная накладная", "Признаки понижения качества (причины списания)"
    return facts_table((
        (Column("1", 30, "поступления товара", date), ""),
        (Column("2", 30, "списания товара", date), day(document.date)),
        (Column("3", 48, "номер", paper), basis(document)),
        (Column("4", 30, "дата", paper), ""),
        (Column("5", 0, "наименование", why), ". ".join(filter(None, (document.reason, document.comment)))),
        (Column("6", 24, "код", why), ""),
    ))

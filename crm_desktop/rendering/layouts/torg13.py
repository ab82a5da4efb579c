"""ТОРГ-13 «Накладная на внутреннее перемещение» (ОКУД 0330213, Госкомстат № 132 of 1998-12-25): at cost."""

from collections.abc import Sequence

from crm_contract.persons import short_name
from crm_contract.printing import PrintDocument, PrintLine
from crm_desktop.rendering.layouts import goods
from crm_desktop.rendering.layouts.blank import (
    GAP,
    WIDTH,
    Blank,
    Column,
    Signature,
    facts_table,
    lines_table,
    signatures,
    total_row,
    widths_of,
    written,
)
from crm_desktop.rendering.tree import Block, Cell, KeepTogether, Row, Sheet, Side, Table

BLANK = Blank("ТОРГ-13", "0330213", "от 25.12.98 № 132", "Накладная")
_GOODS, _UNIT = "Товар, тара", "Единица измерения"
_COUNT, _MASS, _PRICE = "Количество", "Масса", "По учётным ценам"
_WEIGHED = frozenset({"163", "166", "168"})  # г, кг, т by ОКЕИ: their quantity is the mass


def _packed(line: PrintLine) -> Cell:
    return Cell() if line.unit_code in _WEIGHED else goods.amount(line)


def _weighed(line: PrintLine) -> Cell:
    return goods.amount(line) if line.unit_code in _WEIGHED else Cell()


COLUMNS: tuple[Column[PrintLine], ...] = (
    Column("1", 0, "наименование, характеристика", _GOODS, goods.name),
    Column("2", 30, "код", _GOODS, goods.sku),
    Column("3", 14, "Сорт"),
    Column("4", 18, "наиме-\nнование", _UNIT, goods.unit),
    Column("5", 14, "код по ОКЕИ", _UNIT, goods.unit_code),
    Column("6", 16, "в одном месте", _COUNT),
    Column("7", 20, "мест, штук", _COUNT, _packed),
    Column("8", 18, "брутто", _MASS),
    Column("9", 18, "нетто", _MASS, _weighed),
    Column("10", 24, "цена,\nруб. коп.", _PRICE, goods.cost_price),
    Column("11", 27, "сумма,\nруб. коп.", _PRICE, goods.cost),
)


def build(document: PrintDocument) -> Sheet:
    lines = goods.goods_of(document)
    total = goods.cost_of(lines)

    def page_total(first: int, last: int) -> tuple[Row, ...]:
        return (_sum_row("Итого", lines[first:last]),)

    words = goods.worth(len(lines), total, document.currency)
    return BLANK.sheet(document, (
        *BLANK.top(document, document.place_from, "на внутреннее перемещение, передачу товаров, тары"),
        _facts(document), GAP,
        lines_table(COLUMNS, lines, page_total=page_total),
        KeepTogether((_whole(lines), GAP, written((("Всего по накладной", words),)), GAP,
                      *_signatures(document))),
    ))


def _sum_row(label: str, lines: Sequence[PrintLine]) -> Row:
    packed = [line for line in lines if line.unit_code not in _WEIGHED]
    weighed = [line for line in lines if line.unit_code in _WEIGHED]
    return total_row(COLUMNS, label, {
        "7": goods.count_cell(packed) if packed else Cell(),
        "9": goods.count_cell(weighed) if weighed else Cell(),
        "11": goods.sum_cell(goods.cost_of(lines), True)})


def _whole(lines: Sequence[PrintLine]) -> Table:
    return Table(widths_of(COLUMNS, WIDTH), (_sum_row("Всего по накладной", lines),), border=Side.ALL, line=0.4,
                 size=7.5, pad=(0.7, 0.55))


def _signatures(document: PrintDocument) -> tuple[Block, ...]:
    return (signatures(((
        Signature("Отпустил", document.author_title, short_name(document.author_name)),
        Signature("Получил", "", short_name(document.keeper_to))),)),)


def _facts(document: PrintDocument) -> Table:
    sender, receiver, account = "Отправитель", "Получатель", "Корреспондирующий счёт"
    return facts_table((
        (Column("", 0, "структурное подразделение", sender), document.place_from),
        (Column("", 38, "вид деятельности", sender), ""),
        (Column("", 74, "структурное подразделение", receiver), document.place_to),
        (Column("", 38, "вид деятельности", receiver), ""),
        (Column("", 24, "счёт, субсчёт", account), ""),
        (Column("", 30, "код аналитического учёта", account), ""),
    ), numbered=False)

"""М-4 «Приходный ордер» (ОКУД 0315003, Госкомстат № 71а of 1997-10-30): goods of a supplier come to a warehouse."""

from crm_contract.persons import short_name
from crm_contract.printing import PrintDocument, PrintLine
from crm_desktop.rendering.formats import day
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
from crm_desktop.rendering.tree import Align, Cell, KeepTogether, Sheet, Table
from crm_desktop.rendering.words import amount_in_words

BLANK = Blank("М-4", "0315003", "от 30.10.97 № 71а", "Приходный ордер")
_GOODS, _UNIT, _COUNT = "Материальные ценности", "Единица измерения", "Количество"

COLUMNS: tuple[Column[PrintLine], ...] = (
    Column("1", 0, "наименование, сорт, размер, марка", _GOODS, goods.name),
    Column("2", 26, "номенклатурный номер", _GOODS, goods.sku),
    Column("3", 11, "код", _UNIT, goods.unit_code),
    Column("4", 18, "наименование", _UNIT, goods.unit),
    Column("5", 17, "по документу", _COUNT, goods.paper_amount),
    Column("6", 17, "принято", _COUNT, goods.amount),
    Column("7", 22, "Цена,\nруб. коп.", value=goods.net_price),
    Column("8", 24, "Сумма без учёта НДС, руб. коп.", value=goods.net),
    Column("9", 22, "Сумма НДС, руб. коп.", value=goods.vat),
    Column("10", 24, "Всего с учётом НДС, руб. коп.", value=goods.gross),
    Column("11", 15, "Номер паспорта"),
    Column("12", 17, "Порядковый номер по складской картотеке"),
)


def build(document: PrintDocument) -> Sheet:
    lines = goods.goods_of(document)
    sums, right = goods.totals_of(lines), goods.sum_cell
    pieces, promised = goods.count_cell(lines), goods.count_cell(lines, goods.promised)
    total = total_row(COLUMNS, "Итого", {
        "5": promised, "6": pieces, "7": Cell("Х", Align.CENTER), "8": right(sums.net, True),
        "9": right(sums.vat, True), "10": right(sums.gross, True)})
    return BLANK.sheet(document, (
        *BLANK.top(document, document.place_from), _facts(document), GAP,
        lines_table(COLUMNS, lines, (total,)),
        KeepTogether((
            GAP, written((("Всего на сумму", amount_in_words(sums.gross, document.currency)),)), GAP,
            signatures(((Signature("Принял", document.author_title, short_name(document.author_name)),
                         Signature("Сдал")),)),
        ))))


def _facts(document: PrintDocument) -> Table:
    supplier, account, papers = "Поставщик", "Корреспондирующий счёт", "Номер документа"
    return facts_table((
        (Column("1", 22, "Дата составления"), day(document.date)),
        (Column("2", 20, "Код вида операции"), ""),
        (Column("3", 34, "Склад"), document.place_from),
        (Column("4", 0, "наименование", supplier), document.buyer.name),
        (Column("5", 26, "код", supplier), document.buyer.inn),
        (Column("6", 26, "Страховая компания"), ""),
        (Column("7", 20, "счёт, субсчёт", account), ""),
        (Column("8", 24, "код аналитического учёта", account), ""),
        (Column("9", 26, "сопроводительного", papers), document.extra.get("supplier_number", "")),
        (Column("10", 20, "платёжного", papers), ""),
    ))

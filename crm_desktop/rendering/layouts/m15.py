"""М-15 «Накладная на отпуск материалов на сторону» (ОКУД 0315007, Госкомстат № 71а of 1997-10-30).

To a buyer at the prices of the document; to a place of our own, which pays nothing, at the cost of the ledger.
"""

from dataclasses import replace
from decimal import Decimal

from crm_contract.persons import short_name
from crm_contract.printing import PrintDocument, PrintLine
from crm_desktop.rendering.extras import Extra, extra
from crm_desktop.rendering.formats import NBSP, day, money
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
from crm_desktop.rendering.layouts.blocks import basis, signatory
from crm_desktop.rendering.tree import Cell, KeepTogether, Sheet, Table

BLANK = Blank("М-15", "0315007", "от 30.10.97 № 71а", "Накладная")
_ACCOUNT, _GOODS = "Корреспондирующий счёт", "Материальные ценности"
_UNIT, _COUNT, _NUMBER = "Единица измерения", "Количество", "Номер"

COLUMNS: tuple[Column[PrintLine], ...] = (
    Column("1", 15, "счёт, субсчёт", _ACCOUNT),
    Column("2", 17, "код аналит. учёта", _ACCOUNT),
    Column("3", 0, "наименование, сорт, размер, марка", _GOODS, goods.name),
    Column("4", 24, "номенклатурный номер", _GOODS, goods.sku),
    Column("5", 9, "код", _UNIT, goods.unit_code),
    Column("6", 14, "наиме-\nнование", _UNIT, goods.unit),
    Column("7", 16, "надлежит отпустить", _COUNT, goods.amount),
    Column("8", 16, "отпущено", _COUNT, goods.amount),
    Column("9", 19, "Цена,\nруб. коп.", value=goods.net_price),
    Column("10", 21, "Сумма без учёта НДС, руб. коп.", value=goods.net),
    Column("11", 19, "Сумма НДС,\nруб. коп.", value=goods.vat),
    Column("12", 22, "Всего с учётом НДС, руб. коп.", value=goods.gross),
    Column("13", 13, "инвен-\nтарный", _NUMBER),
    Column("14", 12, "паспорта", _NUMBER),
    Column("15", 16, "Порядковый номер по картотеке"),
)
_AT_COST = {"9": goods.cost_price, "10": goods.cost, "11": lambda line: Cell(), "12": goods.cost}


def build(document: PrintDocument) -> Sheet:
    lines = goods.goods_of(document)
    inside = bool(document.place_to)
    columns = tuple(replace(column, value=_AT_COST.get(column.number, column.value)) if inside else column
                    for column in COLUMNS)
    cost = goods.cost_of(lines)
    sums = goods.totals_of(lines)
    net, vat, gross = (cost, None, cost) if inside else (sums.net, sums.vat, sums.gross)
    total = total_row(columns, "Итого", {
        "10": goods.sum_cell(net, True), "11": goods.sum_cell(vat, True), "12": goods.sum_cell(gross, True)})
    return BLANK.sheet(document, (
        *BLANK.top(document, document.place_from, "на отпуск материалов на сторону"), _facts(document), GAP,
        written(_grounds(document)), GAP,
        lines_table(columns, lines, (total,)),
        KeepTogether((GAP, written(_in_words(len(lines), gross, vat, document.currency)), GAP, _signatures(document))),
    ))


def _grounds(document: PrintDocument) -> tuple[tuple[str, str], ...]:
    receiver = document.consignee or document.buyer
    whom = document.place_to or ", ".join(filter(None, (receiver.full_name or receiver.name, receiver.address)))
    return (("Основание", basis(document) or document.reason or document.comment), ("Кому", whom),
            ("Через кого", extra(document, Extra.POWER_OF_ATTORNEY)))


def _in_words(count: int, gross: Decimal | None, vat: Decimal | None,
              currency: str) -> tuple[tuple[str, str], ...]:
    taxed = f", в том числе НДС {money(vat)}{NBSP}руб." if vat else ""
    return (("Всего отпущено", goods.worth(count, gross, currency) + taxed),)


def _signatures(document: PrintDocument) -> Table:
    position, head = signatory(document.seller)
    return signatures((
        (Signature("Отпуск разрешил", position, head),
         Signature("Главный бухгалтер", "", short_name(document.seller.accountant_name))),
        (Signature("Отпустил", document.author_title, short_name(document.author_name)),
         Signature("Получил", "", short_name(document.keeper_to))),
    ))


def _facts(document: PrintDocument) -> Table:
    sender, receiver, answers = "Отправитель", "Получатель", "Ответственный за поставку"
    other = document.place_to or (document.consignee or document.buyer).name
    return facts_table((
        (Column("1", 24, "Дата составления"), day(document.date)),
        (Column("2", 20, "Код вида операции"), ""),
        (Column("3", 0, "структурное подразделение", sender), document.place_from),
        (Column("4", 26, "вид деятельности", sender), ""),
        (Column("5", 54, "структурное подразделение", receiver), other),
        (Column("6", 26, "вид деятельности", receiver), ""),
        (Column("7", 32, "структурное подразделение", answers), ""),
        (Column("8", 24, "вид деятельности", answers), ""),
        (Column("9", 20, "код исполнителя", answers), ""),
    ))

"""М-11 «Требование-накладная» (ОКУД 0315006, Госкомстат № 71а of 1997-10-30): goods inside the company, at cost."""

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
from crm_desktop.rendering.tree import KeepTogether, Sheet, Table

BLANK = Blank("М-11", "0315006", "от 30.10.97 № 71а", "Требование-накладная")
_ACCOUNT, _GOODS = "Корреспондирующий счёт", "Материальные ценности"
_UNIT, _COUNT = "Единица измерения", "Количество"

COLUMNS: tuple[Column[PrintLine], ...] = (
    Column("1", 20, "счёт, субсчёт", _ACCOUNT),
    Column("2", 26, "код аналитического учёта", _ACCOUNT),
    Column("3", 0, "наименование", _GOODS, goods.name),
    Column("4", 30, "номенклатурный номер", _GOODS, goods.sku),
    Column("5", 12, "код", _UNIT, goods.unit_code),
    Column("6", 19, "наименование", _UNIT, goods.unit),
    Column("7", 19, "затребовано", _COUNT, goods.amount),
    Column("8", 19, "отпущено", _COUNT, goods.amount),
    Column("9", 22, "Цена,\nруб. коп.", value=goods.cost_price),
    Column("10", 25, "Сумма без учёта НДС,\nруб. коп.", value=goods.cost),
    Column("11", 20, "Порядковый номер по складской картотеке"),
)


def build(document: PrintDocument) -> Sheet:
    lines = goods.goods_of(document)
    total = total_row(COLUMNS, "Итого", {"10": goods.sum_cell(goods.cost_of(lines), True)})
    return BLANK.sheet(document, (
        *BLANK.top(document, document.place_from), _facts(document), GAP,
        written((("Через кого", ""), ("Основание", document.reason or document.comment))), GAP,
        signatures(((Signature("Затребовал"), Signature("Разрешил")),)), GAP,
        lines_table(COLUMNS, lines, (total,)),
        KeepTogether((GAP, signatures(((
            Signature("Отпустил", document.author_title, short_name(document.author_name)),
            Signature("Получил", "", short_name(document.keeper_to))),)))),
    ))


def _facts(document: PrintDocument) -> Table:
    sender, receiver, account = "Отправитель", "Получатель", "Корреспондирующий счёт"
    return facts_table((
        (Column("1", 24, "Дата составления"), day(document.date)),
        (Column("2", 22, "Код вида операции"), ""),
        (Column("3", 0, "структурное подразделение", sender), document.place_from),
        (Column("4", 30, "вид деятельности", sender), ""),
        (Column("5", 50, "структурное подразделение", receiver), document.place_to),
        (Column("6", 30, "вид деятельности", receiver), ""),
        (Column("7", 22, "счёт, субсчёт", account), ""),
        (Column("8", 26, "код аналитического учёта", account), ""),
        (Column("9", 26, "Учётная единица выпуска продукции"), ""),
    ))

"""ИНВ-3 «Инвентаризационная опись» (ОКУД 0317004, Госкомстат № 88 of 1998-08-18), filled from the counts.

Before the count is over the columns that nobody knows yet are blank: the same sheet serves to count by hand.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from crm_contract.persons import short_name
from crm_contract.printing import PrintCount, PrintDocument
from crm_contract.totals import money as rounded
from crm_desktop.rendering.formats import day, quantity
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
    widths_of,
    written,
)
from crm_desktop.rendering.layouts.blocks import row
from crm_desktop.rendering.tree import (
    MUTED,
    Align,
    Block,
    Cell,
    KeepTogether,
    Paragraph,
    Row,
    Run,
    Sheet,
    Side,
    Style,
    Table,
)
from crm_desktop.rendering.words import amount_in_words, count_in_words

BLANK = Blank("ИНВ-3", "0317004", "от 18.08.98 № 88", "Инвентаризационная опись")
_GOODS, _UNIT, _NUMBER = "Товарно-материальные ценности", "Единица измерения", "Номер"
_FACT, _BOOK = "Фактическое наличие", "По данным бухгалтерского учёта"
_RECEIPT = (
    "РАСПИСКА. К началу проведения инвентаризации все расходные и приходные документы на товарно-материальные ценности "
    "сданы в бухгалтерию и все товарно-материальные ценности, поступившие на мою (нашу) ответственность, оприходованы, "
    "а выбывшие списаны в расход.")
_CHECKED = "Все цены, подсчёты итогов по строкам, страницам и в целом по инвентаризационной описи проверены."
_NO_CLAIMS = (
    "Все товарно-материальные ценности, поименованные в настоящей инвентаризационной описи с № {first} по № {last}, "
    "комиссией проверены в натуре в моём (нашем) присутствии и внесены в опись, в связи с чем претензий к "
    "инвентаризационной комиссии не имею (не имеем). Товарно-материальные ценности, перечисленные в описи, "
    "находятся на моём (нашем) ответственном хранении.")


def _name(line: PrintCount) -> Cell:
    return Cell((Run(line.name), Run(f"\n{line.place}", size=6, colour=MUTED)) if line.place else line.name)


def _amount(value: Decimal | None) -> Cell:
    return Cell("", Align.RIGHT) if value is None else Cell(quantity(value), Align.RIGHT, fit=True, value=value)


def _worth(price: Decimal | None, amount: Decimal | None) -> Decimal | None:
    return None if price is None or amount is None else rounded(price * amount)


COLUMNS: tuple[Column[PrintCount], ...] = (
    Column("1", 10, "Номер\nпо порядку"),
    Column("2", 15, "Счёт, субсчёт"),
    Column("3", 0, "наименование, характеристика (вид, сорт, группа)", _GOODS, _name),
    Column("4", 26, "код (номенклатурный номер)", _GOODS, lambda line: Cell(line.sku, Align.CENTER)),
    Column("5", 13, "код по ОКЕИ", _UNIT, lambda line: Cell(line.unit_code, Align.CENTER)),
    Column("6", 16, "наиме-\nнование", _UNIT, lambda line: Cell(line.unit, Align.CENTER)),
    Column("7", 20, "Цена,\nруб. коп.", value=lambda line: goods.sum_cell(line.price)),
    Column("8", 16, "инвен-\nтарный", _NUMBER),
    Column("9", 14, "паспорта", _NUMBER),
    Column("10", 17, "количество", _FACT, lambda line: _amount(line.counted)),
    Column("11", 24, "сумма,\nруб. коп.", _FACT, lambda line: goods.sum_cell(_worth(line.price, line.counted))),
    Column("12", 17, "количество", _BOOK, lambda line: _amount(line.booked)),
    Column("13", 24, "сумма,\nруб. коп.", _BOOK, lambda line: goods.sum_cell(_worth(line.price, line.booked))),
)


def build(document: PrintDocument) -> Sheet:
    lines = document.counts
    table = lines_table(COLUMNS, lines, page_total=lambda first, last: (
        _sums("Итого", lines[first:last]), *_words("Итого по странице", lines[first:last])))
    return BLANK.sheet(document, (
        *BLANK.top(document, document.place_from, "товарно-материальных ценностей"), _facts(document), GAP,
        Paragraph(_RECEIPT, Style.SMALL),
        signatures(((_keeper(document), Signature("")),), label=54), GAP,
        _numbered(table),
        KeepTogether((_whole(lines), GAP, *_closing(document))),
    ))


def _numbered(table: Table) -> Table:
    """The first column counts the lines."""
    head, body = table.rows[:table.head], table.rows[table.head:]
    numbered = (replace(one, cells=(Cell(str(number), Align.CENTER), *one.cells[1:]))
                for number, one in enumerate(body, 1))
    return replace(table, rows=(*head, *numbered))


def _facts(document: PrintDocument) -> Table:
    days = [line.day for line in document.counts if line.day]
    ground, term = "Основание для проведения инвентаризации", "Инвентаризация"
    return facts_table((
        (Column("", 0, "приказ, постановление, распоряжение", ground), document.title or document.comment),
        (Column("", 40, "номер", ground), ""),
        (Column("", 32, "дата", ground), ""),
        (Column("", 34, "начата", term), day(min(days)) if days else ""),
        (Column("", 34, "окончена", term), day(max(days)) if days else ""),
        (Column("", 34, "Вид операции"), ""),
    ), numbered=False)


def _keeper(document: PrintDocument) -> Signature:
    return Signature("Материально ответственное лицо", document.author_title, short_name(document.author_name))


def _total(values: Iterable[Decimal | None]) -> Decimal | None:
    """None as long as any is not known."""
    total = Decimal("0.00")
    for value in values:
        if value is None:
            return None
        total += value
    return total


def _fact(lines: Sequence[PrintCount]) -> Decimal | None:
    """What is counted is worth; lines that nobody counted count for nothing."""
    return _total(_worth(line.price, line.counted) for line in lines if line.counted is not None)


def _sums(label: str, lines: Sequence[PrintCount]) -> Row:
    book = _total(_worth(line.price, line.booked) for line in lines)
    return total_row(COLUMNS, label, {
        "10": Cell("Х", Align.CENTER), "11": goods.sum_cell(_fact(lines), True), "12": Cell("Х", Align.CENTER),
        "13": goods.sum_cell(book, True)})


def _words(label: str, lines: Sequence[PrintCount]) -> tuple[Row, ...]:
    """а) positions, б) units, в) sum: in words, as the form asks for each page and for the whole."""
    counted = sum((line.counted or Decimal(0) for line in lines), Decimal(0))
    fact = _fact(lines) if any(line.counted is not None for line in lines) else None
    written_by_hand = fact is None and all(line.counted is None for line in lines)
    units = "" if written_by_hand else _number_in_words(counted)
    left = 4  # columns under the captions
    return tuple(
        row(Cell(caption, span=left, border=Side.NONE, size=6.5),
            Cell(text, span=len(COLUMNS) - left, border=Side.BOTTOM, size=6.5))
        for caption, text in (
            (f"{label}: а) количество порядковых номеров", goods.positions_in_words(len(lines))),
            ("б) общее количество единиц фактически", units),
            ("в) на сумму фактически", "" if fact is None else amount_in_words(fact)),
        ))


def _number_in_words(value: Decimal) -> str:
    """Pieces in words; metres and kilograms with a fraction in digits."""
    whole = int(value)
    return count_in_words(whole, "f") if value == whole else quantity(value)


def _whole(lines: Sequence[PrintCount]) -> Table:
    return Table(widths_of(COLUMNS, WIDTH), (_sums("Всего по описи", lines), *_words("Итого по описи", lines)),
                 border=Side.ALL, line=0.4, size=SIZE, pad=(0.7, 0.45))


def _closing(document: PrintDocument) -> tuple[Block, ...]:
    last = len(document.counts)
    return (
        Paragraph(_CHECKED, Style.SMALL),
        signatures(((Signature("Председатель комиссии"), Signature("Член комиссии")),
                    (Signature("Член комиссии"), Signature("Член комиссии"))), label=38),
        GAP, Paragraph(_NO_CLAIMS.format(first=1 if last else "__", last=last or "__"), Style.SMALL),
        signatures(((_keeper(document), Signature("Данные и расчёты проверил")),), label=50),
        written((("Дата", ""),), 80, 14),
    )

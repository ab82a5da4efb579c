"""Papers of the warehouse: the columns of the real blanks, sums of pages, words, the own barcode, workbooks."""

import re
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from crm_contract.documents import KINDS
from crm_contract.printing import PrintBin, PrintDocument, PrintLot
from crm_desktop.rendering import FORM_TITLES, render
from crm_desktop.rendering.formats import money
from crm_desktop.rendering.layouts import goods
from crm_desktop.rendering.render import layout
from crm_desktop.rendering.tree import Block, Code, Columns
from crm_desktop.rendering.words import amount_in_words

from .reading import letters, pdf_pages
from .samples import TRADE_FORMS, Item, many_items, warehouse_document

BLANKS = {  # ОКУД, decree, numbers of the columns, words that only this form has
    "m4": ("0315003", "71а", 12, ["Приходный ордер", "Страховая компания", "сопроводительного", "Принял", "Сдал"]),
    "m11": ("0315006", "71а", 11, ["Требование-накладная", "Затребовал", "Разрешил", "затребовано", "Через кого"]),
    "m15": ("0315007", "71а", 15, ["на отпуск материалов на сторону", "надлежит отпустить", "Отпуск разрешил",
                                   "Главный бухгалтер", "Примерова А. И."]),
    "torg13": ("0330213", "132", 11, ["на внутреннее перемещение", "По учётным ценам", "Всего по накладной", "брутто"]),
    "torg16": ("0330216", "132", 14, ["Акт о списании товаров", "Утверждаю", "Председатель комиссии", "Бой, порча"]),
    "discrepancy": ("0330202", "132", 12, ["об установленном расхождении по количеству", "Недостача", "Излишек",
                                           "по документам", "Председатель комиссии"]),
    "inv3": ("0317004", "№ 88", 13, ["Инвентаризационная опись", "РАСПИСКА", "Фактическое наличие",
                                     "По данным бухгалтерского учёта", "Председатель комиссии", "с № 1 по № 4"]),
}
LONG = 120
PAPERS = tuple(form for form in FORM_TITLES if form not in TRADE_FORMS)


def pages_of(printed: PrintDocument, form: str) -> list[str]:
    return pdf_pages(render(printed, form, "pdf"))


def codes(blocks: tuple[Block, ...]) -> list[str]:
    found = [block.payload for block in blocks if isinstance(block, Code)]
    for block in blocks:
        if isinstance(block, Columns):
            found += [code for column in block.columns for code in codes(column)]
    return found


@pytest.mark.parametrize("form", BLANKS)
def test_a_blank_is_the_real_one(form: str) -> None:
    okud, decree, columns, words = BLANKS[form]
    text = " ".join(pages_of(warehouse_document(form), form))
    assert okud in text
    assert decree in text
    assert " ".join(str(number) for number in range(1 if form != "torg16" else 7, columns + 1)) in text
    assert [word for word in words if letters(word.lower()) not in letters(text.lower())] == []
    assert "Контур климата" in text
    assert "Основной склад" in text


@pytest.mark.parametrize("form", [*PAPERS, "issue", "supplier_return", "sales_return"])
def test_every_paper_carries_its_own_code(form: str) -> None:
    assert codes(tuple(layout(warehouse_document(form), form).blocks)) == ["OKD12345"]
    assert codes(tuple(layout(warehouse_document(form, code=""), form).blocks)) == []


@pytest.mark.parametrize("form", PAPERS)
def test_services_lie_on_no_shelf(form: str) -> None:
    text = letters(" ".join(pages_of(warehouse_document(form), form)))
    assert "Хладагент" in text
    assert "пусконаладка" not in text


@pytest.mark.parametrize("form", ["m11", "torg13", "torg16"])
def test_what_moves_inside_is_worth_its_cost(form: str) -> None:
    printed = warehouse_document(form)
    shelved = [line for line in printed.lines if not line.is_service]
    total = sum((line.cost or Decimal(0) for line in shelved), Decimal(0))
    text = letters(" ".join(pages_of(printed, form)))
    for line in shelved:
        assert line.cost is not None
        assert letters(money(line.cost)) in text
        assert letters(money(line.net)) not in text
    assert letters(money(total)) in text
    blind = printed.model_copy(update={"lines": [line.model_copy(update={"cost": None}) for line in printed.lines]})
    without = letters(" ".join(pages_of(blind, form)))
    assert "рубл" not in without
    assert letters(money(total)) not in without


@pytest.mark.parametrize("form", PAPERS)
def test_long_papers_break_between_lines(form: str) -> None:
    pages = pages_of(warehouse_document(form, many_items(LONG)), form)
    assert len(pages) > 2
    found = [int(number) for page in pages for number in re.findall(r"Позиция (\d+):", page)]
    assert sorted(found) == list(range(1, LONG + 1))
    head = {"picking": "Взять", "custody": "Наименование, состояние", "torg16": "7 8 9 10 11"}.get(form, "1 2 3 4 5")
    assert [page.count(head) >= 1 for page in pages] == [True] * len(pages)
    assert "расшифровка подписи" in pages[-1]
    assert "Позиция" in pages[-1]
    assert all(f"Лист {number} из {len(pages)}" in page for number, page in enumerate(pages[1:], 2))


@pytest.mark.parametrize("count", [*range(20, 34), LONG])
def test_pages_of_torg_13_add_up_to_the_whole(count: int) -> None:
    printed = warehouse_document("torg13", many_items(count))
    pages = pages_of(printed, "torg13")
    pages_sums = []
    for page in pages:
        on_page = [printed.lines[int(number) - 1] for number in re.findall(r"Позиция (\d+):", page)]
        match = re.search(r"Итого ([\d ]+) Х Х ([\d ]+,\d\d)", page)
        assert match is not None
        pieces, total = (Decimal(text.replace(" ", "").replace(",", ".")) for text in match.groups())
        assert pieces == sum(line.quantity for line in on_page)
        assert total == sum(line.cost or 0 for line in on_page)
        pages_sums.append(total)
    assert sum(pages_sums) == sum(line.cost or 0 for line in printed.lines)
    assert money(sum(pages_sums, Decimal(0))).replace("\u00a0", " ") in pages[-1]


@pytest.mark.parametrize("count", [8, 9, 10, 11, 30])
def test_pages_of_an_inventory_add_up_to_the_whole(count: int) -> None:
    printed = warehouse_document("inv3", many_items(count))
    pages = pages_of(printed, "inv3")
    total = Decimal(0)
    seen = 0
    for page in pages:
        names = re.findall(r"Позиция (\d+):", page)
        match = re.search(r"Итого Х ([\d ]+,\d\d) Х ([\d ]+,\d\d)", page)
        assert match is not None
        total += Decimal(match.group(1).replace(" ", "").replace(",", "."))
        seen += len(names)
        assert goods.positions_in_words(len(names)) in page
    assert seen == count
    fact = sum((Decimal(line.counted or 0) * (line.price or 0) for line in printed.counts), Decimal(0))
    assert total == fact
    assert letters(amount_in_words(fact)) in letters(pages[-1])
    assert f"с № 1 по № {count}," in pages[-1]


def test_a_sheet_to_count_by_hand_tells_nothing() -> None:
    printed = warehouse_document("inv3")
    blank = [line.model_copy(update={"counted": None, "booked": None, "price": None}) for line in printed.counts]
    text = " ".join(pages_of(printed.model_copy(update={"counts": blank}), "inv3"))
    assert "Хладагент" in text
    assert "рубл" not in text
    assert "128,5" not in text


@pytest.mark.parametrize(("kind", "words"), [
    ("custody_issue", ["Акт выдачи", "обязуюсь беречь", "Вернуть до 24.12.2026", "Кладов Иван Ильич, Монтажник"]),
    ("custody_return", ["Акт возврата", "претензий друг к другу не имеют"]),
    ("custody_handover", ["Акт передачи"]),
])
def test_who_holds_goods_signs_for_them(kind: str, words: list[str]) -> None:
    printed = warehouse_document("custody", kind=kind, keeper_to_title="Монтажник", due_date=date(2026, 12, 24))
    text = " ".join(pages_of(printed, "custody"))
    assert [word for word in [*words, "Кладов И. И.", "Основной склад"] if word not in text] == []


@pytest.mark.parametrize("form", ["m4", "m15", "torg13", "picking", "issue", "custody"])
def test_numbers_of_pieces_and_lots_stand_under_the_name(form: str) -> None:
    printed = warehouse_document(form)
    printed.lines[0].lots = [PrintLot(code="SN-17"), PrintLot(code="SN-18")]
    printed.lines[0].serials = True
    printed.lines[1].lots = [PrintLot(code="К-12", quantity=Decimal(8), expires=date(2027, 2, 1))]
    text = " ".join(pages_of(printed, form))
    assert "S/N: SN-17, SN-18" in text
    assert "Партия К-12 – 8 (до 01.02.2027)" in text


def test_what_did_not_come_costs_nothing() -> None:
    printed = warehouse_document("m11")
    printed.lines[0].quantity = Decimal(0)
    printed.lines[0].cost = Decimal(0)
    assert "Наружный" in pages_of(printed, "m11")[0]


def test_torg_13_puts_weight_where_weight_stands() -> None:
    items = (Item("А", "Гвозди", "2.5", "100", unit="кг", unit_code="166"), Item("Б", "Молоток", "3", "500"))
    text = pages_of(warehouse_document("torg13", items), "torg13")[0]
    assert re.search(r"Гвозди А кг 166 2,5 50,00|Гвозди А кг 166 2,5 40,98", text)
    assert re.search(r"Итого 3 Х 2,5 Х", text)


def test_pieces_and_metres_do_not_add_up() -> None:
    printed = warehouse_document("m4")
    assert "141,5" not in " ".join(pages_of(printed, "m4"))


def test_m4_tells_what_the_paper_promised() -> None:
    """Column 5 is the supplier's paper, column 6 what has come."""
    printed = warehouse_document("m4", (Item("А", "Реле", "8", "100"),))
    printed.lines[0].paper_quantity = Decimal(10)
    text = pages_of(printed, "m4")[0]
    assert re.search(r"шт\.? 10 8 ", text)
    assert re.search(r"Итого 10 8 Х", text)


def test_an_act_of_discrepancy_tells_shortage_and_surplus_apart() -> None:
    items = (Item("А", "Реле", "8", "100"), Item("Б", "Датчик", "7", "40"), Item("В", "Кабель", "0.5", "9"))
    printed = warehouse_document("discrepancy", items)
    papers, prices = (10, 5, 1), ("100.00", "40.00", "9.01")
    lines = [line.model_copy(update={"paper_quantity": Decimal(paper), "basis_price": Decimal(price)})
             for line, paper, price in zip(printed.lines, papers, prices, strict=True)]
    text = " ".join(pages_of(printed.model_copy(update={"lines": lines}), "discrepancy"))
    assert re.search(r"Итого 16 15,5 Х 2,5 204,51 2 80,00", text)
    assert "два порядковых номера: Двести четыре рубля 51 копейка" in text
    assert "один порядковый номер: Восемьдесят рублей 00 копеек" in text
    lines[0] = lines[0].model_copy(update={"basis_price": None})
    hidden = " ".join(pages_of(printed.model_copy(update={"lines": lines}), "discrepancy"))
    assert "два порядковых номера:" not in hidden, "a part of a sum is no total"
    assert "два порядковых номера" in hidden


def test_a_long_act_of_discrepancy_keeps_its_head() -> None:
    pages = pages_of(warehouse_document("discrepancy", many_items(60)), "discrepancy")
    assert len(pages) > 1
    assert all("по документам" in page for page in pages)
    assert "Итого" in pages[-1]
    assert "Председатель" in pages[-1]


def test_m15_to_a_buyer_is_at_prices_and_to_ourselves_at_cost() -> None:
    printed = warehouse_document("m15")
    shelved = [line for line in printed.lines if not line.is_service]
    sold = letters(" ".join(pages_of(printed, "m15")))
    assert letters(money(sum((line.gross for line in shelved), Decimal(0)))) in sold
    assert "втомчислеНДС" in sold
    moved = letters(" ".join(pages_of(printed.model_copy(update={"place_to": "Склад «Север»"}), "m15")))
    assert letters(money(sum((line.cost or Decimal(0) for line in shelved), Decimal(0)))) in moved
    assert "НДС250" not in moved
    assert letters("Кладов И. И.") in moved


def test_a_picking_list_follows_the_shelves() -> None:
    printed = warehouse_document("picking")
    bins = [[("А-10-1", 9)], [("А-2-1", 1), ("Б-1-1", 2)], [], [("А-2-10", 3)], []]
    lines = [line.model_copy(update={"bins": [
        PrintBin(code=code, route=f"{turn:02}", quantity=Decimal(1)) for code, turn in places]})
        for line, places in zip(printed.lines, bins, strict=True)]
    text = " ".join(pages_of(printed.model_copy(update={"lines": lines}), "picking"))
    order = [text.index(word) for word in ("кассетный", "Хладагент", "Наружный", "Труба")]
    assert order == sorted(order)
    assert [text.index(code) for code in ("А-2-1", "Б-1-1", "А-2-10", "А-10-1", "без ячейки")] == sorted(
        text.index(code) for code in ("А-2-1", "Б-1-1", "А-2-10 ", "А-10-1", "без ячейки"))


@pytest.mark.parametrize("form", PAPERS)
def test_workbooks_keep_numbers_as_numbers(form: str) -> None:
    printed = warehouse_document(form)
    sheet = load_workbook(BytesIO(render(printed, form, "xlsx"))).active
    assert isinstance(sheet, Worksheet)
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    numbers = {Decimal(str(cell.value)) for cell in cells if cell.data_type == "n"}
    assert {line.quantity for line in printed.lines if not line.is_service} <= numbers
    assert len(sheet._images) == 1  # type: ignore[attr-defined]  # the own code; there is no public list of pictures
    assert sheet.page_setup.orientation == ("portrait" if form in ("picking", "custody") else "landscape")
    assert sheet.print_title_rows


def test_every_declared_form_is_drawn() -> None:
    for kind in KINDS.values():
        for form in kind.forms:
            assert render(warehouse_document(form.layout), form.layout, "pdf").startswith(b"%PDF")

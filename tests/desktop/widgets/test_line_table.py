"""The line table by keyboard: entry, moving, copying, removing, pasting, errors."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QStyleOptionViewItem, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from crm_contract.kinds import LineColumn
from crm_contract.sales import PRICED_LINES
from crm_contract.vat import RATES, VatMode
from crm_desktop.kit.theme import color
from crm_desktop.widgets.line_edit import LineEdit
from crm_desktop.widgets.line_table import LineTable
from crm_desktop.widgets.suggest import Suggestion
from tests.desktop.keyboard import type_text

SKU, NAME, QUANTITY, UNIT, FREE, PRICE, DISCOUNT, RATE = range(1, 9)
CTRL, ALT, SHIFT = (Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier,
                    Qt.KeyboardModifier.ShiftModifier)
GOODS = [
    Suggestion(number, title, sku, "2 шт", {"sku": sku, "price": price, "vat_rate": "22", "free": "2"})
    for number, title, sku, price in (
        (1, "Датчик ДД-40", "104-220", "4100"), (2, "Клапан КЭ-15", "118-015", "2350"),
        (3, "Клапан КЭ-20", "118-016", "3120"))
]


def search(text: str, done: Callable[[Sequence[Suggestion]], None]) -> None:
    done([item for item in GOODS if text.lower() in f"{item.title} {item.subtitle}".lower()])


class Page(QWidget):
    """A table between two fields, as on a page."""

    def __init__(self) -> None:
        super().__init__()
        self.before, self.after = QLineEdit(), QLineEdit()
        self.table = LineTable(PRICED_LINES, search, marks_shortage=True)
        layout = QVBoxLayout(self)
        for widget in (self.before, self.table, self.after):
            layout.addWidget(widget)
        self.resize(1100, 400)


@pytest.fixture
def page(qtbot: QtBot) -> Page:
    made = Page()
    qtbot.addWidget(made)
    QAbstractItemModelTester(made.table.model, QAbstractItemModelTester.FailureReportingMode.Fatal, made)
    made.table.set_mode(VatMode.ON_TOP)
    made.table.set_rates(lambda: RATES)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow, timeout=1000)
    return made


@pytest.fixture
def table(page: Page) -> LineTable:
    return page.table


@pytest.fixture
def filled(table: LineTable) -> LineTable:
    table.set_lines([
        {"product_id": n, "sku": f"S{n}", "name": f"Товар {n}", "quantity": str(n), "price": "100", "vat_rate": "22"}
        for n in (1, 2, 3)])
    table.view.setFocus()
    return table


def editor() -> QWidget:
    focus = QApplication.focusWidget()
    assert focus is not None
    return focus


def press(qtbot: QtBot, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    qtbot.keyClick(editor(), key, modifiers)


def place(table: LineTable) -> tuple[int, int]:
    index = table.view.currentIndex()
    return index.row(), index.column()


def names(table: LineTable) -> list[str]:
    return [line.name for line in table.lines()]


def test_three_lines_by_keyboard_alone(table: LineTable, qtbot: QtBot) -> None:
    table.view.setFocus()
    press(qtbot, Qt.Key.Key_Insert)
    for text, quantity in (("датч", "3"), ("кэ-15", "4"), ("016", "1,5")):
        type_text(editor(), text)
        press(qtbot, Qt.Key.Key_Return)  # a single find is taken at once
        assert table.model.column_at(place(table)[1]) is LineColumn.QUANTITY
        type_text(editor(), quantity)
        press(qtbot, Qt.Key.Key_Return)  # and the next line is entered
    assert table.model.is_ghost(place(table)[0])
    assert [(line.sku, line.quantity, line.price) for line in table.lines()] == [
        ("104-220", Decimal(3), Decimal(4100)), ("118-015", Decimal(4), Decimal(2350)),
        ("118-016", Decimal("1.5"), Decimal(3120))]
    assert table.totals().net == Decimal("26380.00")


def test_a_pick_from_several(table: LineTable, qtbot: QtBot) -> None:
    table.start_entry()
    type_text(editor(), "клап")
    popup_owner = editor()
    qtbot.waitUntil(lambda: popup_owner._popup is not None and popup_owner._popup.isVisible(),  # type: ignore[attr-defined]
                    timeout=1000)
    press(qtbot, Qt.Key.Key_Down)
    with qtbot.waitSignal(table.line_added, timeout=500):
        press(qtbot, Qt.Key.Key_Return)
    assert names(table) == ["Клапан КЭ-20"]
    assert place(table) == (0, QUANTITY)


def test_free_words_make_a_line_without_a_product(table: LineTable, qtbot: QtBot) -> None:
    table.start_entry()
    type_text(editor(), "доставка по городу")
    press(qtbot, Qt.Key.Key_Return)   # nothing is found
    press(qtbot, Qt.Key.Key_Return)   # the words stay
    assert names(table) == ["доставка по городу"]
    assert table.lines()[0].product_id is None
    assert place(table) == (0, QUANTITY)


def test_a_scan_adds_and_the_second_scan_counts(table: LineTable, qtbot: QtBot) -> None:
    scanned = Suggestion(1, "Датчик ДД-40", data={"sku": "104-220", "price": "4100", "scanned": True})
    table.set_search(lambda text, done: done([scanned]))
    table.start_entry()
    for _ in range(3):
        type_text(editor(), "4600000104220")
        press(qtbot, Qt.Key.Key_Return)
    assert [(line.product_id, line.quantity) for line in table.lines()] == [(1, Decimal(3))]
    assert table.model.is_ghost(place(table)[0])


def test_typing_begins_editing_and_replaces(filled: LineTable, qtbot: QtBot) -> None:
    filled.view.go(1, QUANTITY)
    type_text(filled.view, "7")
    assert isinstance(editor(), QLineEdit)
    press(qtbot, Qt.Key.Key_Return)
    assert filled.lines()[1].quantity == 7
    assert place(filled) == (1, PRICE)


def test_f2_edits_and_escape_gives_up(filled: LineTable, qtbot: QtBot) -> None:
    filled.view.go(0, PRICE)
    press(qtbot, Qt.Key.Key_F2)
    assert editor().text().startswith("100")  # type: ignore[attr-defined]
    type_text(editor(), "999")
    press(qtbot, Qt.Key.Key_Escape)
    assert filled.lines()[0].price == 100
    assert place(filled) == (0, PRICE)


def test_tab_and_enter_walk_the_editable_cells(filled: LineTable, qtbot: QtBot, page: Page) -> None:
    filled.view.go(0, SKU)
    seen = []
    for _ in range(6):
        seen.append(place(filled))
        press(qtbot, Qt.Key.Key_Tab)
    assert seen == [(0, SKU), (0, NAME), (0, QUANTITY), (0, PRICE), (0, DISCOUNT), (0, RATE)]
    assert place(filled) == (1, SKU)
    press(qtbot, Qt.Key.Key_Backtab)
    assert place(filled) == (0, RATE)
    filled.view.go(3, NAME)
    press(qtbot, Qt.Key.Key_Tab)
    assert page.after.hasFocus()
    press(qtbot, Qt.Key.Key_Backtab)
    filled.view.go(0, SKU)
    press(qtbot, Qt.Key.Key_Backtab)
    assert page.before.hasFocus()


def test_arrows_leave_the_editor_with_the_value(filled: LineTable, qtbot: QtBot) -> None:
    filled.view.edit_cell(0, QUANTITY)
    type_text(editor(), "5")
    press(qtbot, Qt.Key.Key_Down)
    assert filled.lines()[0].quantity == 5
    assert place(filled) == (1, QUANTITY)


def test_the_rate_is_chosen_from_the_lawful_ones(filled: LineTable, qtbot: QtBot) -> None:
    filled.view.edit_cell(0, RATE)
    combo = editor()
    assert isinstance(combo, QComboBox)
    combo.setCurrentIndex(combo.findData("10"))
    press(qtbot, Qt.Key.Key_Return)
    assert filled.lines()[0].vat_rate == "10"
    assert place(filled) == (1, SKU)


def test_copy_remove_and_undo(filled: LineTable, qtbot: QtBot) -> None:
    filled.view.go(0, NAME)
    press(qtbot, Qt.Key.Key_F9)
    assert names(filled) == ["Товар 1", "Товар 1", "Товар 2", "Товар 3"]
    with qtbot.waitSignals([filled.removed, filled.changed], timeout=500):
        press(qtbot, Qt.Key.Key_Delete)
    assert names(filled) == ["Товар 1", "Товар 2", "Товар 3"]
    press(qtbot, Qt.Key(ord("Я")), CTRL)  # Ctrl+Z with the Russian layout
    press(qtbot, Qt.Key.Key_Z, CTRL)
    assert names(filled) == ["Товар 1", "Товар 2", "Товар 3"]
    press(qtbot, Qt.Key.Key_Z, CTRL)
    assert names(filled) == ["Товар 1", "Товар 2", "Товар 3"]


def test_several_lines_are_removed_at_once(filled: LineTable, qtbot: QtBot) -> None:
    filled.view.go(0, NAME)
    press(qtbot, Qt.Key.Key_Down, SHIFT)
    press(qtbot, Qt.Key.Key_Delete)
    assert names(filled) == ["Товар 3"]
    assert filled.undo()
    assert len(filled.lines()) == 3


def test_the_value_from_above(filled: LineTable, qtbot: QtBot) -> None:
    filled.view.go(1, QUANTITY)
    press(qtbot, Qt.Key.Key_D, CTRL)
    assert [line.quantity for line in filled.lines()] == [1, 1, 3]
    assert place(filled) == (2, QUANTITY)


def test_lines_are_moved(filled: LineTable, qtbot: QtBot) -> None:
    filled.view.go(0, NAME)
    press(qtbot, Qt.Key.Key_Down, ALT)
    assert names(filled) == ["Товар 2", "Товар 1", "Товар 3"]
    assert place(filled)[0] == 1


def test_rows_of_a_spreadsheet_become_lines(table: LineTable, qtbot: QtBot) -> None:
    table._resolve = lambda texts, done: done([GOODS[1] if "КЭ-15" in text else None for text in texts])
    QGuiApplication.clipboard().setText("Клапан КЭ-15\t4\t2000\nНеведомый\t2\n")
    table.view.setFocus()
    press(qtbot, Qt.Key.Key_V, CTRL)
    first, second = table.lines()
    assert (first.product_id, first.quantity, first.price) == (2, Decimal(4), Decimal(2000))
    assert second.product_id is None
    assert "не найден" in table.model.error_of(1, LineColumn.NAME)
    assert table.undo()


def test_a_column_of_numbers_goes_down(filled: LineTable, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText("10\n20,5\nдом\n40")
    filled.view.go(0, QUANTITY)
    press(qtbot, Qt.Key.Key_V, CTRL)
    assert [line.quantity for line in filled.lines()] == [10, Decimal("20.5"), 3]
    assert filled.model.error_of(2, LineColumn.QUANTITY)


def test_copied_rows_go_to_a_spreadsheet(filled: LineTable, qtbot: QtBot) -> None:
    filled.view.go(0, NAME)
    press(qtbot, Qt.Key.Key_C, CTRL)
    assert QGuiApplication.clipboard().text().startswith("S1\tТовар 1\t1\t")


def test_a_wrong_number_is_refused_in_its_cell(filled: LineTable, qtbot: QtBot) -> None:
    filled.view.edit_cell(0, QUANTITY)
    type_text(editor(), "много")
    press(qtbot, Qt.Key.Key_Return)
    assert filled.lines()[0].quantity == 1
    assert filled.model.error_of(0, LineColumn.QUANTITY)
    index = filled.model.index(0, QUANTITY)
    assert "Не число" in filled.model.data(index, Qt.ItemDataRole.ToolTipRole)
    assert "Не число" in filled.model.data(index, Qt.ItemDataRole.AccessibleTextRole)
    filled.set_quantity(0, Decimal(2))
    assert not filled.model.error_of(0)


def test_the_server_s_errors_go_to_their_cells(filled: LineTable) -> None:
    left = filled.set_errors({"lines.2.quantity": "Нет столько", "due_date": "Раньше даты", "lines.9.price": "x"})
    assert left == {"due_date": "Раньше даты", "lines.9.price": "x"}
    assert place(filled) == (2, QUANTITY)
    assert filled.delegate.is_marked(2)
    assert not filled.delegate.is_marked(0)


def test_shortage_is_seen_and_hints_arrive(filled: LineTable, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(filled.changed):
        filled.put_hints({1: {"free": Decimal(5)}, 3: {"free": Decimal(2)}})
    assert [number for number, _ in filled.shortages()] == [2]
    assert filled.delegate.is_marked(2)


def test_read_only_has_no_entry_row_and_refuses(filled: LineTable, qtbot: QtBot) -> None:
    filled.set_read_only(True)
    assert filled.model.rowCount() == 3
    filled.view.go(0, NAME)
    for key in (Qt.Key.Key_Delete, Qt.Key.Key_F9, Qt.Key.Key_Insert, Qt.Key.Key_F2, Qt.Key.Key_Return):
        press(qtbot, key)
    assert len(filled.lines()) == 3
    assert editor() is filled.view
    filled.set_read_only(False)
    assert filled.model.rowCount() == 4


def test_an_open_editor_is_committed_by_value(filled: LineTable, qtbot: QtBot) -> None:
    filled.view.edit_cell(0, QUANTITY)
    type_text(editor(), "8")
    assert filled.value()[0]["quantity"] == 8


def test_the_page_s_shortcuts_do_not_take_the_table_s_keys(page: Page, filled: LineTable, qtbot: QtBot) -> None:
    from crm_desktop.kit.shortcuts import ActionSpec, Shortcuts

    registry, fired = Shortcuts(), []
    registry.register(ActionSpec("new", "Создать", ("Ins",)), ActionSpec("copy", "Скопировать", ("F9",)))
    registry.bind(page, "new", lambda: fired.append("new"))
    registry.bind(page, "copy", lambda: fired.append("copy"))
    filled.view.go(0, NAME)
    press(qtbot, Qt.Key.Key_F9)
    assert len(filled.lines()) == 4
    assert fired == []
    page.before.setFocus()
    qtbot.keyClick(page.before, Qt.Key.Key_F9)
    assert fired == ["copy"]


def test_a_draft_comes_back(filled: LineTable, qtbot: QtBot) -> None:
    import json

    state = json.loads(json.dumps(filled.snapshot()))
    value = filled.value()
    filled.set_lines([])
    with qtbot.waitSignal(filled.changed):
        filled.restore(state)
    assert filled.value() == value


def test_a_product_from_the_pick_list(filled: LineTable) -> None:
    filled.add_product({"product_id": 2, "name": "Товар 2"})
    filled.add_product({"id": 9, "name": "Новый", "price": "5"})
    assert [(line.product_id, line.quantity) for line in filled.lines()] == [(1, 1), (2, 3), (3, 3), (9, 1)]


@pytest.mark.parametrize("columns", [
    (LineColumn.NAME, LineColumn.QUANTITY), (LineColumn.SKU, LineColumn.NAME, LineColumn.QUANTITY, LineColumn.UNIT),
    (LineColumn.NAME, LineColumn.QUANTITY, LineColumn.NOTE),
])
def test_kinds_without_prices(qtbot: QtBot, columns: tuple[LineColumn, ...]) -> None:
    made = LineTable(columns, search)
    qtbot.addWidget(made)
    made.set_lines([{"name": "Товар", "quantity": "2", "price": "100"}])
    made.resize(500, 200)
    assert made.totals().gross == 0
    assert not made.grab().isNull()



def test_painting_with_every_mark(filled: LineTable) -> None:
    filled.put_hints({1: {"free": Decimal(0)}})
    filled.set_errors({"lines.1.price": "x"})
    picture: Any = filled.grab()
    assert not picture.isNull()


def test_the_chosen_entry_row_can_be_read(page: Page) -> None:
    page.table.view.selectRow(0)
    ground = color("soft").name()
    row = page.table.view.visualRect(page.table.model.index(0, QUANTITY))
    picture = page.table.view.viewport().grab(row).toImage()
    assert picture.pixelColor(3, row.height() // 2).name() == ground


def test_a_narrow_table_keeps_its_total_on_the_screen(page: Page) -> None:
    view = page.table.view
    assert not view.header.isSectionHidden(page.table.model.section_of(LineColumn.VAT))
    page.resize(880, 400)
    QApplication.processEvents()
    assert view.header.isSectionHidden(page.table.model.section_of(LineColumn.VAT))
    assert view.header.length() <= view.viewport().width()


def test_a_line_names_its_bin_by_the_code(qtbot: QtBot) -> None:
    table = LineTable([LineColumn.NAME, LineColumn.QUANTITY, LineColumn.BIN])
    qtbot.addWidget(table)
    table.resize(700, 300)
    table.set_lines([{"product_id": 1, "name": "Датчик", "bin": {"id": 9, "title": "Я-1"}},
                     {"product_id": 2, "name": "Клапан"}])
    section = table.model.section_of(LineColumn.BIN)
    assert [table.model.data(table.model.index(row, section)) for row in (0, 1)] == ["Я-1", ""]
    table.set_bins(LineColumn.BIN, {5: "А-9", 6: "А-10"})
    assert table.value()[0]["bin_id"] is None  # a bin of another warehouse
    for code in ("а-10", "Ш-1"):
        cell = table.delegate.createEditor(
            table.view.viewport(), QStyleOptionViewItem(), table.model.index(1, section))
        assert isinstance(cell, LineEdit)
        cell.setText(code)
        table.delegate.setModelData(cell, table.model, table.model.index(1, section))
    assert table.value()[1]["bin_id"] == 6
    assert "Ш-1" in table.model.error_of(1, LineColumn.BIN)
    assert not table.view.header.isSectionHidden(section)

"""Single steps of the wizard: files that are refused, the mapping, corrected cells, what outlives the tab."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QComboBox, QWidget

from crm_contract.exchange import Bucket, ImportState, ImportTarget
from crm_contract.permissions import Permission, Scope
from crm_desktop.app import Client, Options
from crm_desktop.exchange.batch_list import BatchPreview
from crm_desktop.exchange.page import ImportPage
from crm_desktop.exchange.steps import Step
from crm_desktop.lists.page import ListPage
from crm_desktop.widgets.bars import InlineBar, Toast
from crm_desktop.widgets.labels import Link
from crm_desktop.widgets.menu import Menu
from tests.desktop.exchange.driving import (
    batch_of,
    choose_file,
    confirm,
    counts_of,
    focused,
    go_on,
    open_wizard,
    press,
    rows_of,
    run_worker,
    settle,
    to_check,
    work_queue,
    write_book,
)
from tests.desktop.keyboard import type_text
from tests.desktop.live import Desk, LiveServer, close_client

PRICE = (
    ("Артикул", "Наименование", "Цена", "Ед."),
    ("555-001", "Клапан обратный", "100,00", "шт"),
    ("555-002", "Клапан прямой", "2OO,OO", "шт"),
    ("555-003", "Клапан угловой", "-5", "шт"),
)
Book = Callable[..., Path]


@pytest.fixture
def price_file(tmp_path: Path) -> Path:
    return write_book(tmp_path / "клапаны.xlsx", PRICE)


@pytest.fixture
def page(qtbot: Any, desk: Desk, price_file: Path) -> ImportPage:
    """A price list at the mapping."""
    page = open_wizard(desk, ImportTarget.PRODUCTS)
    choose_file(qtbot, page, price_file)
    go_on(qtbot)
    settle(qtbot, page)
    return page


def bars(page: ImportPage) -> list[str]:
    return [bar.text() for bar in page.messages.findChildren(InlineBar) if bar.isVisible()]


# --- the file ------------------------------------------------------------------------------------------------------


def test_a_file_that_is_no_table_says_what_to_do(qtbot: Any, desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "прайс.xlsx"
    path.write_bytes(b"%PDF-1.7 not a table")
    page = open_wizard(desk, ImportTarget.PRODUCTS)
    page.take_file(path)
    qtbot.waitUntil(lambda: bool(bars(page)))
    assert bars(page)[0].startswith("Это документ, а не таблица. Попросите список в Excel")
    assert page.step is Step.FILE
    assert page.files.zone.button.isEnabled()


def test_a_dropped_file_is_read(qtbot: Any, desk: Desk, price_file: Path) -> None:
    page = open_wizard(desk, ImportTarget.PRODUCTS)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(price_file))])
    page.dropEvent(QDropEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
                              Qt.KeyboardModifier.NoModifier))
    qtbot.waitUntil(lambda: page.step is Step.SHEET, timeout=10_000)
    assert page.title == "Импорт: клапаны.xlsx"


def test_a_file_of_the_other_kind_is_noticed(qtbot: Any, desk: Desk, tmp_path: Path) -> None:
    path = write_book(tmp_path / "прайс.xlsx", [(*PRICE[0], "НДС", "Остаток"), (*PRICE[1], "22%", 5)])
    page = open_wizard(desk, ImportTarget.PARTIES)
    choose_file(qtbot, page, path)
    link = next(link for link in page.messages.findChildren(Link) if link.text() == "Загружать так")
    link.clicked.emit()
    qtbot.waitUntil(lambda: page.files.target is ImportTarget.PRODUCTS and page.bar.next.isEnabled())
    to_check(qtbot, page)
    assert counts_of(page).add == 1


def test_another_row_becomes_the_heading(qtbot: Any, desk: Desk, price_file: Path) -> None:
    page = open_wizard(desk, ImportTarget.PRODUCTS)
    choose_file(qtbot, page, price_file)
    sheets = page.sheets
    assert sheets is not None
    press(qtbot, Qt.Key.Key_Down)
    press(qtbot, Qt.Key.Key_Return)
    assert sheets.heading.value() == 2
    qtbot.waitUntil(page.bar.next.isEnabled)
    go_on(qtbot)
    settle(qtbot, page)
    assert counts_of(page).buckets[Bucket.HEADING] == 2


def test_columns_follow_the_words_of_the_chosen_heading(qtbot: Any, desk: Desk, tmp_path: Path) -> None:
    page = open_wizard(desk, ImportTarget.PRODUCTS)
    choose_file(qtbot, page, write_book(tmp_path / "прайс.xlsx", [
        ("Артикул", "Наименование", "Цена", "Ед."), ("Наименование", "Артикул", "Опт", "Примечание"),
        ("Клапан обратный", "555-001", "100,00", "латунь"), ("Клапан прямой", "555-002", "200,00", "сталь")]))
    press(qtbot, Qt.Key.Key_Down)
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(page.bar.next.isEnabled)
    go_on(qtbot)
    settle(qtbot, page)
    combos = rows_of(page).table.header.combos
    assert [combo.currentData() for combo in combos if isinstance(combo, QComboBox)] == [
        "name", "sku", "price_wholesale", "note"]
    assert counts_of(page).add == 2


@pytest.mark.parametrize("step", [Step.FILE, Step.SHEET, Step.MAPPING, Step.CHECK])
def test_whatever_takes_the_focus_has_a_name(qtbot: Any, page: ImportPage, step: Step) -> None:
    if step is Step.CHECK:
        to_check(qtbot, page)
    else:
        page.bar.stepper.chosen.emit(int(step))
    settle(qtbot, page)
    shown = [widget for widget in page.findChildren(QWidget) if widget.isVisible()
             and widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None]
    assert [type(widget).__name__ for widget in shown if not widget.accessibleName()] == []


# --- the mapping ---------------------------------------------------------------------------------------------------


def test_a_missing_name_stops_and_says_so(qtbot: Any, page: ImportPage) -> None:
    combo = rows_of(page).table.header.combos[1]
    combo.setFocus(Qt.FocusReason.TabFocusReason)
    press(qtbot, Qt.Key.Key_Home)
    assert not page.bar.next.isEnabled()
    assert page.bar.next.toolTip() == "Выберите столбец для поля: Наименование"
    assert combo.property("error")
    press(qtbot, Qt.Key.Key_Down)
    assert page.bar.next.isEnabled()
    settle(qtbot, page)


def test_a_cell_is_corrected_in_its_place(qtbot: Any, page: ImportPage) -> None:
    rows = rows_of(page)
    for _ in range(2):
        press(qtbot, Qt.Key.Key_Down)  # the price below zero
    press(qtbot, Qt.Key.Key_F2)
    editor = focused()
    assert editor.accessibleName() == "Цена меньше нуля"
    editor.selectAll()  # type: ignore[attr-defined]  # the line edit over the cell
    type_text(editor, "55,50")
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: counts_of(page).buckets.get(Bucket.ERROR) == 1)
    assert focused() is rows.table.view
    toast = page.window().findChild(Toast)
    assert toast is not None
    toast.undone.emit()
    qtbot.waitUntil(lambda: counts_of(page).buckets.get(Bucket.ERROR) == 2)


def test_del_leaves_a_row_out_and_brings_it_back(qtbot: Any, page: ImportPage) -> None:
    press(qtbot, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: counts_of(page).buckets.get(Bucket.SKIPPED) == 1)
    press(qtbot, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: not counts_of(page).buckets.get(Bucket.SKIPPED))


def test_only_rows_with_questions(qtbot: Any, page: ImportPage) -> None:
    rows = rows_of(page)
    assert rows.only_open.text() == "Только ошибки · 2"
    rows.only_open.setChecked(True)
    qtbot.waitUntil(lambda: rows.table.model.total == 2)
    rows.only_open.setChecked(False)
    qtbot.waitUntil(lambda: rows.table.model.total == 3)


def test_rows_that_stay_out_go_to_a_file(qtbot: Any, page: ImportPage, tmp_path: Path) -> None:
    path = tmp_path / "осталось.xlsx"
    rows_of(page)._save_report_to(path)
    qtbot.waitUntil(path.exists, timeout=10_000)
    sheet = load_workbook(path).worksheets[0]
    assert [sheet.cell(row, 1).value for row in range(1, sheet.max_row + 1)] == ["Артикул", "555-002", "555-003"]
    assert "Цена меньше нуля" in str(sheet.cell(3, 6).value)


# --- what lasts ----------------------------------------------------------------------------------------------------


def test_a_closed_tab_comes_back_with_its_answers(qtbot: Any, desk: Desk, page: ImportPage) -> None:
    press(qtbot, Qt.Key.Key_Delete)
    settle(qtbot, page)
    desk.window.deck.close_current()
    desk.window.reopen_tab()
    again = desk.window.deck.current()
    assert isinstance(again, ImportPage)
    qtbot.waitUntil(lambda: again.step is Step.MAPPING, timeout=10_000)
    settle(qtbot, again)
    assert counts_of(again).buckets.get(Bucket.SKIPPED) == 1


def test_a_remembered_mapping_serves_the_next_file(qtbot: Any, desk: Desk, page: ImportPage, price_file: Path,
                                                   live_server: LiveServer) -> None:
    rows_of(page).rules._remember.click()
    to_check(qtbot, page)
    go_on(qtbot)
    qtbot.waitUntil(lambda: page.step is Step.LOAD)
    run_worker(qtbot, page, live_server)
    assert batch_of(page).state is ImportState.DONE
    again = open_wizard(desk, ImportTarget.PRODUCTS)
    choose_file(qtbot, again, price_file)
    assert again.step is Step.MAPPING
    assert bars(again) == ["Применено запомненное сопоставление «клапаны»."]


def test_a_load_goes_on_without_its_tab_and_is_told_of(qtbot: Any, desk: Desk, page: ImportPage,
                                                       live_server: LiveServer) -> None:
    to_check(qtbot, page)
    go_on(qtbot)
    qtbot.waitUntil(lambda: page.step is Step.LOAD)
    desk.window.deck.close_current()
    work_queue(live_server)
    window = desk.window
    qtbot.waitUntil(lambda: any("загружен" in toast.accessibleName() for toast in window.findChildren(Toast)),
                    timeout=15_000)
    toast = next(toast for toast in window.findChildren(Toast) if "загружен" in toast.accessibleName())
    assert toast.accessibleName() == "клапаны.xlsx загружен: добавлено 1, обновлено 0"
    toast.undone.emit()
    opened = window.deck.current()
    assert isinstance(opened, ImportPage)
    qtbot.waitUntil(lambda: opened.batch is not None and opened.batch.state is ImportState.DONE)


def test_a_load_in_the_queue_can_be_stopped(qtbot: Any, page: ImportPage) -> None:
    to_check(qtbot, page)
    go_on(qtbot)
    qtbot.waitUntil(lambda: page.batch is not None)
    page.load_step.view.cancel.setFocus()
    press(qtbot, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: batch_of(page).state is ImportState.CANCELLED)
    assert not page.load_step.view.cancel.isVisible()


def test_the_list_of_loads(qtbot: Any, desk: Desk, page: ImportPage, live_server: LiveServer) -> None:
    to_check(qtbot, page)
    go_on(qtbot)
    qtbot.waitUntil(lambda: page.step is Step.LOAD)
    run_worker(qtbot, page, live_server)
    desk.window.app.navigator.open("list:imports")
    loads = desk.window.deck.current()
    assert isinstance(loads, ListPage)
    qtbot.waitUntil(lambda: loads.table.model.total == 1)
    preview = loads.findChild(BatchPreview)
    assert preview is not None
    qtbot.waitUntil(lambda: preview._view is not None and preview._view.undo.isVisible())
    view = preview._view
    assert view is not None
    # What somebody changed since stops the undo; the refusal names it.
    live_server.sql("UPDATE product SET name = 'Клапан новый', version = version + 1 WHERE sku = '555-001'")
    view.undo.click()
    confirm(qtbot, loads)
    qtbot.waitUntil(lambda: "«Клапан новый»: изменили после загрузки" in view._message.text())
    assert view.undo.isVisible()


# --- rights --------------------------------------------------------------------------------------------------------


def test_the_import_stands_in_the_lists(qtbot: Any, desk: Desk) -> None:
    desk.window.app.navigator.open("list:products")
    products = desk.window.deck.current()
    assert isinstance(products, ListPage)
    products._open_menu()
    menu = products.findChild(Menu)
    assert menu is not None
    action = next(action for action in menu.actions() if action.iconText() == "Загрузить из Excel…")
    menu.close()
    action.trigger()
    page = desk.window.deck.current()
    assert isinstance(page, ImportPage)
    assert page.files.target is ImportTarget.PRODUCTS


def test_without_the_right_there_is_no_import(
        qtbot: Any, qapp: Any, live_server: LiveServer, settings: Any, tmp_path: Path, theme: object) -> None:
    live_server.user("seller", "Продавец П.", {Permission.PARTY_VIEW: Scope.ALL, Permission.PARTY_EDIT: Scope.ALL})
    client = Client(qapp, Options(server=live_server.url, token=live_server.log_in("seller").token), settings,
                    tmp_path / "client")
    client.start()
    qtbot.waitUntil(lambda: client.window is not None)
    window = Desk(client).window
    assert "list:imports" not in [item.entity for item in window.rail.sections]
    assert not window.app.navigator.knows("list:imports")
    titles = [item.title for group in window._palette_groups() for item in group.items]
    assert "Импорт из Excel" not in titles
    close_client(client)

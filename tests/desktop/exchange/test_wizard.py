"""From a file to the database and back, by keyboard, through the real windows and server."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from crm_contract.exchange import Bucket, ImportState, ImportTarget
from crm_desktop.exchange.page import ImportPage
from crm_desktop.exchange.rows_view import RowsView
from crm_desktop.exchange.steps import Step
from tests.desktop.exchange.driving import (
    batch_of,
    choose_file,
    choose_in_menu,
    confirm,
    counts_of,
    focused,
    go_on,
    has_line,
    line_of,
    open_wizard,
    press,
    rows_of,
    run_worker,
    settle,
    to_check,
    write_book,
)
from tests.desktop.live import Desk, LiveServer

SHARED = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "excel"
PRICE = (
    ("Код", "Товар", "Цена опт", "Остаток", "Ед. изм.", "Штрихкод EAN"),
    ("104-220", "Датчик давления ДД-40", "4 200,00", 20, "шт", "4600000104225"),
    ("118-015", "Клапан КЭ-15", "2 350,00", 15, "шт", "4600000118017"),
    ("077-001", "Реле РЭК-77", "6l0,00", 40, "шт", "4600000077000"),
    ("201-315", "Кабель ПВС 3×1,5", "84,00", 300, "м", ""),
    ("402-118", "Фильтр ФС-25", "780,00", 10, "шт", "460000040211"),
)


def skus(live: LiveServer) -> set[str]:
    return {row["sku"] for row in live.sql("SELECT sku FROM product")}


def load(qtbot: Any, page: ImportPage, live: LiveServer) -> None:
    """From the check to the end of the load."""
    go_on(qtbot)
    qtbot.waitUntil(lambda: page.step is Step.LOAD)
    run_worker(qtbot, page, live)
    assert batch_of(page).state is ImportState.DONE, batch_of(page).message


def undo(qtbot: Any, page: ImportPage, live: LiveServer) -> None:
    page.load_step.view.undo.setFocus()
    press(qtbot, Qt.Key.Key_Space)
    confirm(qtbot, page)
    qtbot.waitUntil(lambda: batch_of(page).state is not ImportState.DONE)
    run_worker(qtbot, page, live)
    assert batch_of(page).state is ImportState.UNDONE, batch_of(page).message


def test_a_price_list_by_keyboard(qtbot: Any, desk: Desk, live_server: LiveServer, tmp_path: Path) -> None:
    before = skus(live_server)
    page = open_wizard(desk, ImportTarget.PRODUCTS)
    choose_file(qtbot, page, write_book(tmp_path / "price_noyabr.xlsx", PRICE))
    assert page.step is Step.SHEET
    go_on(qtbot)
    settle(qtbot, page)
    assert page.step is Step.MAPPING
    rows = rows_of(page)
    assert isinstance(focused(), RowsView)
    assert (counts_of(page).update, counts_of(page).add) == (1, 2)
    assert rows.open_count == 2

    # The row with a letter in its price: Space takes the proposal.
    for _ in range(2):
        press(qtbot, Qt.Key.Key_Down)
    current = rows.table.view.current()
    assert current is not None
    assert current.number == 4
    press(qtbot, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: rows.open_count == 1)
    # The one with a short barcode: Tab goes to its link, Enter follows it.
    for _ in range(2):
        press(qtbot, Qt.Key.Key_Down)
    press(qtbot, Qt.Key.Key_Tab)
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: rows.open_count == 0)
    go_on(qtbot)
    settle(qtbot, page)
    assert page.step is Step.CHECK
    assert page.bar.next.text() == "Загрузить 5\u00a0строк"

    load(qtbot, page, live_server)
    assert (batch_of(page).counts.add, batch_of(page).counts.update) == (4, 1)
    assert skus(live_server) - before == {"118-015", "077-001", "201-315", "402-118"}
    price = live_server.sql("SELECT r.price FROM price r JOIN product p ON p.id = r.product_id WHERE p.sku = '077-001'")
    assert [str(row["price"]) for row in price] == ["610.0000"]

    undo(qtbot, page, live_server)
    assert skus(live_server) == before


@pytest.mark.skipif(not SHARED.exists(), reason="the shared data are not here")
def test_the_list_of_customers_as_it_is(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    count = live_server.sql("SELECT count(*) AS n FROM party")[0]["n"]
    page = open_wizard(desk, ImportTarget.PARTIES)
    choose_file(qtbot, page, SHARED / "customers.xlsx")
    to_check(qtbot, page)
    waiting = counts_of(page).buckets[Bucket.DOUBT]
    assert waiting == 15
    # All questions of a kind at once: «Нет ИНН» is loaded without it.
    kinds = rows_of(page).kinds
    qtbot.waitUntil(lambda: has_line(kinds, "Нет ИНН"), timeout=10_000)
    line_of(kinds, "Нет ИНН").setFocus(Qt.FocusReason.TabFocusReason)
    press(qtbot, Qt.Key.Key_Return)
    choose_in_menu(qtbot, page, "Загрузить без ИНН")
    assert focused() is line_of(kinds, "Нет ИНН")
    qtbot.waitUntil(lambda: counts_of(page).buckets[Bucket.DOUBT] == waiting - 5, timeout=10_000)
    settle(qtbot, page)
    load(qtbot, page, live_server)
    added = batch_of(page).counts.add
    assert added == 275
    assert live_server.sql("SELECT count(*) AS n FROM party")[0]["n"] == count + added
    assert page.load_step.view.report.isVisible()

    undo(qtbot, page, live_server)
    assert live_server.sql("SELECT count(*) AS n FROM party")[0]["n"] == count

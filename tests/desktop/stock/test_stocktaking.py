"""A stocktaking at the desk on a real server: by keys alone, by scans, blind, with differences in sight."""

import os
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from crm_contract.base import Created, Ref
from crm_contract.documents import ActionBody, DocumentBody, DocumentRead, LineBody
from crm_contract.stocktaking import CountBody, CountsBody
from crm_desktop.kit.api_client import ConnectionLost
from crm_desktop.stock.stocktaking_page import StocktakingEditor
from crm_desktop.widgets.bars import InlineBar
from crm_desktop.widgets.buttons import Button
from crm_desktop.widgets.dialogs import Dialog
from crm_server.kit.search import fold
from tests.desktop.live import Desk, LiveServer
from tests.desktop.waiting import wait_for_rest

PIECES = {"Клапан КЭ-15": 20, "Насос НЦ-32": 4, "Реле РЭК-77": 150}


@pytest.fixture
def counted(live_server: LiveServer) -> int:
    """A stocktaking under way on a warehouse with four products; one is counted, 3 of 10 lack."""
    ids, api = live_server.ids, live_server.api()
    goods = {"sensor": ids["sensor"]} | {name: live_server.insert(
        "product", sku=f"К-{n}", name=name, search=fold(f"К-{n} {name} 460123456789{n}"))
        for n, name in enumerate(PIECES)}
    ids |= goods
    for n, name in enumerate(PIECES):
        live_server.sql("INSERT INTO barcode (code, product_id) VALUES (%s, %s)", (f"460123456789{n}", goods[name]))
    live_server.sql("INSERT INTO setting (key, value) VALUES ('recount_sum', '0'), ('recount_percent', '0')")
    made = api.post("/api/documents/receipt", Created, DocumentBody(
        date=date.today(), party_id=ids["supplier"], place_id=ids["place"], lines=[
            LineBody(product_id=product, quantity=Decimal(PIECES.get(name, 10)), price=Decimal(1000))
            for name, product in goods.items()]))
    api.post(f"/api/documents/{made.id}/actions/post", Created, ActionBody(version=1))
    paper = api.post("/api/documents/stocktaking", Created, DocumentBody(
        date=date.today(), place_id=ids["place"])).id
    api.post(f"/api/documents/{paper}/actions/start", Created, ActionBody(version=1))
    count(live_server, paper, "sensor", 7)
    return paper


def count(server: LiveServer, paper: int, name: str, quantity: int) -> None:
    server.api().post("/api/stock/counts", list[Any], CountsBody(document_id=paper, counts=[CountBody(
        place_id=server.ids["place"], product_id=server.ids[name], quantity=Decimal(quantity))]))


def read(server: LiveServer, paper: int) -> dict[str, Decimal | None]:
    rows = server.sql("SELECT p.name, l.counted FROM stocktaking_line l JOIN product p ON p.id = l.product_id"
                      " WHERE l.document_id = %s ORDER BY l.id", (paper,))
    return {row["name"]: row["counted"] for row in rows}


def opened(qtbot: Any, desk: Desk, paper: int) -> StocktakingEditor:
    desk.window.app.navigator.open("stocktaking", paper)
    page = desk.page
    assert isinstance(page, StocktakingEditor)
    wait_for_rest(qtbot, desk.window.app.tasks)
    qtbot.waitUntil(lambda: page.counts.table.model.total is not None)
    return page


def test_lines_are_walked_with_digits_and_enter(qtbot: Any, desk: Desk, live_server: LiveServer, counted: int) -> None:
    page = opened(qtbot, desk, counted)
    card, tasks = page.counts, desk.window.app.tasks
    qtbot.waitUntil(lambda: card.table.isAncestorOf(desk.window.focusWidget()))
    card.filter.set_value("waiting")
    card.filter.changed.emit("waiting")
    wait_for_rest(qtbot, tasks)
    card.focus_list()
    card.table.view.selectRow(0)
    names = list(PIECES)
    for quantity in ("19", "4"):
        qtbot.keyClicks(card.table.view, quantity[0])
        qtbot.keyClicks(card.entry.quantity.editor, quantity[1:])
        qtbot.keyClick(card.entry.quantity.editor, Qt.Key.Key_Return)
        wait_for_rest(qtbot, tasks)
    got = read(live_server, counted)
    assert [got[name] for name in names] == [19, 4, None]
    assert card.summary.counted.text() == "Посчитано 3 из 4"


def test_digits_faster_than_the_server_go_to_the_next_row(qtbot: Any, desk: Desk, live_server: LiveServer,
                                                          counted: int) -> None:
    page = opened(qtbot, desk, counted)
    card = page.counts
    wait_for_rest(qtbot, desk.window.app.tasks)
    card.focus_list()
    card.table.view.selectRow(1)
    for quantity in "345":
        qtbot.keyClicks(card.table.view, quantity)
        qtbot.keyClick(card.entry.quantity.editor, Qt.Key.Key_Return)
    wait_for_rest(qtbot, desk.window.app.tasks)
    got = read(live_server, counted)
    assert [got[name] for name in PIECES] == [3, 4, 5]


def test_a_scanned_barcode_counts_one_more(qtbot: Any, desk: Desk, live_server: LiveServer, counted: int) -> None:
    page = opened(qtbot, desk, counted)
    card, tasks = page.counts, desk.window.app.tasks
    page.add_line()
    for _ in range(2):
        qtbot.keyClicks(card.entry.product.editor, "4601234567891")
        qtbot.keyClick(card.entry.product.editor, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: card.entry.product.editor.text() == "", timeout=5000)
        wait_for_rest(qtbot, tasks)
    assert read(live_server, counted)["Насос НЦ-32"] == 2


def test_scans_faster_than_the_server_are_all_counted(qtbot: Any, desk: Desk, live_server: LiveServer, counted: int
                                                      ) -> None:
    page = opened(qtbot, desk, counted)
    card, tasks = page.counts, desk.window.app.tasks
    page.add_line()
    for code in ("4601234567890", "4601234567891", "4609999999999", "4601234567891", "4601234567892"):
        qtbot.keyClicks(desk.window.focusWidget(), code)
        qtbot.keyClick(desk.window.focusWidget(), Qt.Key.Key_Return)
        assert card.entry.isEnabled()
        assert card.entry.product.editor.text() == ""
    wait_for_rest(qtbot, tasks)
    got = read(live_server, counted)
    assert [got[name] for name in PIECES] == [1, 2, 1]
    assert "4609999999999" in shown(page)
    if folder := os.environ.get("CRM_SHOTS"):
        desk.window.grab().save(f"{folder}/counts.png")


def test_without_the_server_scans_wait_in_their_order(qtbot: Any, desk: Desk, live_server: LiveServer, counted: int,
                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(qtbot, desk, counted)
    card, api = page.counts, desk.window.app.api
    page.add_line()

    def lost(*args: object, **more: object) -> None:
        raise ConnectionLost("кабель", is_command=False)

    with monkeypatch.context() as broken:
        broken.setattr(api, "get", lost)
        for code in ("4601234567891", "4601234567890"):
            qtbot.keyClicks(card.entry.product.editor, code)
            qtbot.keyClick(card.entry.product.editor, Qt.Key.Key_Return)
            qtbot.waitUntil(lambda: "4601234567891" in shown(page), timeout=5000)
            wait_for_rest(qtbot, desk.window.app.tasks)
    assert read(live_server, counted)["Насос НЦ-32"] is None
    qtbot.waitUntil(lambda: read(live_server, counted)["Клапан КЭ-15"] == 1, timeout=15000)  # by themselves
    assert read(live_server, counted)["Насос НЦ-32"] == 1
    wait_for_rest(qtbot, desk.window.app.tasks)
    assert "4601234567891" not in shown(page)


def test_a_page_with_counts_that_wait_is_not_closed_unasked(qtbot: Any, desk: Desk, live_server: LiveServer,
                                                            counted: int, monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(qtbot, desk, counted)
    api, post = desk.window.app.api, desk.window.app.api.post

    def lost(*args: Any, **more: Any) -> Any:
        """It arrives, its answer does not."""
        post(*args, **more)
        raise ConnectionLost("кабель", is_command=True)

    page.add_line()
    with monkeypatch.context() as broken:
        broken.setattr(api, "post", lost)
        qtbot.keyClicks(page.counts.entry.product.editor, "4601234567891")
        qtbot.keyClick(page.counts.entry.product.editor, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: "Ждут отправки: 1" in shown(page), timeout=5000)
        qtbot.keyClick(page, Qt.Key.Key_Escape)
        desk.window.deck.close_current()
        assert desk.page is page
        assert "Не отправлено на сервер посчитанное: 1" in shown(page)
        if folder := os.environ.get("CRM_SHOTS"):
            qtbot.wait(100)
            desk.window.grab().save(f"{folder}/counts_wait.png")
    [send] = [one for one in page.messages.findChildren(Button) if one.text() == "Отправить и закрыть"]
    send.click()
    qtbot.waitUntil(lambda: desk.page is not page, timeout=8000)
    assert read(live_server, counted)["Насос НЦ-32"] == 1, "sent twice under one key"

def shown(page: StocktakingEditor) -> str:
    return " ".join(bar.text() for bar in page.messages.findChildren(InlineBar))


def test_differences_are_seen_by_who_approves_only(qtbot: Any, desk: Desk, live_server: LiveServer, counted: int
                                                   ) -> None:
    page = opened(qtbot, desk, counted)
    card = page.counts
    names = [column.name for column in card.table.model.columns]
    assert {"booked", "difference", "cost"} <= set(names)
    assert "459,02" in card.summary.short.text()  # three pieces without VAT
    live_server.sql("DELETE FROM role_grant WHERE permission = 'stocktaking.approve'")
    qtbot.wait(600)  # the server reads who asks once in half a second
    page.load()
    qtbot.waitUntil(lambda: "difference" not in [c.name for c in card.table.model.columns], timeout=5000)
    assert not card.summary.short.isVisible()
    assert "скрыто" in card.summary.more.text()


def test_others_counts_appear_by_themselves_and_the_way_leads_to_posting(
        qtbot: Any, desk: Desk, live_server: LiveServer, counted: int) -> None:
    page = opened(qtbot, desk, counted)
    for name, pieces in PIECES.items():
        count(live_server, counted, name, pieces)
    qtbot.waitUntil(lambda: page.counts.summary.counted.text() == "Посчитано 4 из 4", timeout=8000)
    for state in ("checking", "approved"):
        wait_for_rest(qtbot, desk.window.app.tasks)
        page.commands.run_main()
        if state == "checking":  # what becomes of the lines that nobody counted
            [dialog] = [one for one in page.findChildren(Dialog) if one.isVisible()]
            qtbot.waitUntil(dialog.isActiveWindow)
            qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda state=state: page.document is not None and page.document.state == state, timeout=8000)
    wait_for_rest(qtbot, desk.window.app.tasks)
    page.commands.run_main(False)
    qtbot.waitUntil(lambda: page.document is not None and page.document.state == "posted", timeout=8000)
    left = live_server.sql("SELECT on_hand FROM stock_balance WHERE product_id = %s", (live_server.ids["sensor"],))
    assert left[0]["on_hand"] == 7


def test_the_list_is_exported_with_its_differences(qtbot: Any, desk: Desk, live_server: LiveServer, counted: int,
                                                   tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from openpyxl import load_workbook

    page, path = opened(qtbot, desk, counted), tmp_path / "count.xlsx"
    monkeypatch.setattr("crm_desktop.stock.counts_card.ask_file", lambda parent, title, chosen: chosen(path))
    page.counts.export()
    qtbot.waitUntil(path.exists, timeout=8000)
    wait_for_rest(qtbot, desk.window.app.tasks)
    sheet = load_workbook(path).active
    assert sheet is not None
    head = [cell.value for cell in sheet[1]]
    rows = [dict(zip(head, [cell.value for cell in row], strict=True)) for row in list(sheet.rows)[1:]]
    sensor = next(row for row in rows if row["Номенклатура"] == "Датчик ДД-40")
    assert (sensor["Посчитано"], sensor["По учёту"], sensor["Расхождение"]) == (7, 10, -3)


def test_a_new_one_is_begun_from_the_palette(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    desk.window.app.navigator.open("stocktaking")
    page = desk.page
    assert isinstance(page, StocktakingEditor)
    wait_for_rest(qtbot, desk.window.app.tasks)
    assert page.form.isVisible()
    assert page.form.title_of("place_id")
    assert not page.counts.isVisible()
    page.form.take("employee_id", Ref(id=1, title="Кто-то"))
    assert page.form.id_of("place_id") is None  # one of the two is counted
    page.form.take("place_id", Ref(id=live_server.ids["place"], title="Основной"))
    assert page.form.id_of("employee_id") is None
    page.commands.save()
    qtbot.waitUntil(lambda: page.document is not None, timeout=8000)
    read_back = desk.window.app.api.get(f"/api/documents/{page.place()[1]}", DocumentRead)
    assert read_back.extra == {"blind": "blind"}

"""Balances and reservations on a real server."""

from datetime import date
from decimal import Decimal
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from crm_contract.base import Created
from crm_contract.documents import ActionBody, DocumentBody, LineBody
from crm_contract.stock import ReservationBody
from crm_desktop.lists.page import ListPage
from crm_desktop.stock.reservation_preview import ReservationPreview
from crm_desktop.widgets.dialogs import Dialog
from crm_desktop.widgets.text_fields import MultilineEdit
from tests.desktop.live import Desk, LiveServer


def reserve(server: LiveServer) -> None:
    ids = server.ids
    api = server.api()
    made = api.post("/api/documents/receipt", Created, DocumentBody(
        date=date.today(), party_id=ids["supplier"], place_id=ids["place"],
        lines=[LineBody(product_id=ids["sensor"], quantity=Decimal(10), price=Decimal(1000))]))
    api.post(f"/api/documents/{made.id}/actions/post", Created, ActionBody(version=1))
    api.post("/api/stock/reservations", Created, ReservationBody(
        product_id=ids["sensor"], place_id=ids["place"], quantity=Decimal(4), note="Выставка"))


def test_a_reservation_is_seen_and_let_go(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    reserve(live_server)
    desk.window.app.navigator.open("list:reservations")
    page = desk.window.deck.current()
    assert isinstance(page, ListPage)
    preview = page._preview
    assert isinstance(preview, ReservationPreview)
    qtbot.waitUntil(lambda: preview._title.text() == "Датчик ДД-40")
    assert preview._release.isVisible()
    preview._release.click()
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), Dialog))
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, Dialog)
    reason = dialog.findChild(MultilineEdit)
    assert reason is not None
    reason.set_value("передумали")
    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page.table.model.total == 0, timeout=8000)


def test_balances_show_what_is_free(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    reserve(live_server)
    desk.window.app.navigator.open("list:balances")
    page = desk.window.deck.current()
    assert isinstance(page, ListPage)
    qtbot.waitUntil(lambda: page.table.model.total == 1)
    row = page.table.current_row() or {}
    assert (Decimal(row["on_hand"]), Decimal(row["reserved"]), Decimal(row["free"])) == (10, 4, 6)

"""Giving a reserve to another order, from the list of reserves and from who holds a balance, on a real server."""

import os
from datetime import date
from decimal import Decimal
from typing import Any

from PySide6.QtWidgets import QApplication

from crm_contract.base import Created
from crm_contract.documents import ActionBody, DocumentBody, LineBody
from crm_desktop.lists.page import ListPage
from crm_desktop.stock.reservation_preview import ReservationPreview
from crm_desktop.stock.reserve_actions import MoveDialog
from crm_desktop.widgets.buttons import IconButton
from tests.desktop.live import Desk, LiveServer


def shot(desk: Desk, name: str) -> None:
    if folder := os.environ.get("CRM_SHOTS"):
        QApplication.processEvents()
        (QApplication.activeModalWidget() or desk.window).grab().save(f"{folder}/{name}.png")


def paper(server: LiveServer, kind: str, party: str, action: str, quantity: int, **extra: str) -> int:
    api, ids = server.api(), server.ids
    made = api.post(f"/api/documents/{kind}", Created, DocumentBody(
        date=date.today(), party_id=ids[party], place_id=ids["place"], extra=extra,
        lines=[LineBody(product_id=ids["sensor"], quantity=Decimal(quantity), price=Decimal(1000))]))
    api.post(f"/api/documents/{made.id}/actions/{action}", Created, ActionBody(version=1))
    return made.id


def held(server: LiveServer) -> dict[int, Decimal]:
    return {row["document_id"]: row["quantity"] for row in server.sql(
        "SELECT document_id, sum(quantity - used) AS quantity FROM reservation WHERE state = 'active'"
        " GROUP BY document_id")}


def test_a_reserve_is_given_to_who_waits(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    paper(live_server, "receipt", "supplier", "post", 10)
    giver = paper(live_server, "sales_order", "customer", "confirm", 10)
    usual = paper(live_server, "sales_order", "customer", "wait", 3)
    urgent = paper(live_server, "sales_order", "customer", "wait", 4, priority="high")
    desk.window.app.navigator.open("list:reservations")
    page = desk.window.deck.current()
    assert isinstance(page, ListPage)
    qtbot.waitUntil(lambda: page.table.model.total == 1)
    preview = page._preview
    assert isinstance(preview, ReservationPreview)
    qtbot.waitUntil(preview._move.isVisible)
    shot(desk, "reserve_preview")
    qtbot.waitUntil(lambda: preview._row is not None)
    preview._move.click()
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), MoveDialog))
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, MoveDialog)
    qtbot.waitUntil(dialog.form.isVisible)
    assert [target.document_id for target in dialog._targets.values()] == [urgent, usual]
    assert dialog.quantity.value() == 4
    dialog._send()
    assert held(live_server) == {giver: 10}  # without a reason nothing is sent
    dialog.reason.set_value("Монтаж завтра")
    shot(desk, "reserve_move")
    dialog._send()
    qtbot.waitUntil(lambda: held(live_server) == {giver: 6, urgent: 4})

    desk.window.app.navigator.open("list:balances")
    balances = desk.window.deck.current()
    assert isinstance(balances, ListPage)
    qtbot.waitUntil(lambda: balances._preview is not None and len(
        [b for b in balances._preview.findChildren(IconButton) if b.accessibleName() == "Что сделать с резервом"]) == 2)
    shot(desk, "origin_holders")

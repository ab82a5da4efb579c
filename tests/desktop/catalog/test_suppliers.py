"""The card of a product tells who brought it and for how much; a receipt tells it while a line is typed."""

from datetime import date
from typing import Any

from crm_contract.base import Created
from crm_contract.documents import DocumentBody
from crm_contract.vat import VatMode
from crm_desktop.catalog.suppliers import SuppliersCard
from crm_desktop.documents.editor import DocumentEditor
from crm_desktop.widgets.labels import Link
from tests.desktop.live import Desk, LiveServer


def priced(live: LiveServer) -> None:
    live.insert("supplier_item", party_id=live.ids["supplier"], product_id=live.ids["sensor"], code="Z-40", price=1000,
                date="2026-11-12")


def test_the_card_names_suppliers_with_their_prices(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    priced(live_server)
    desk.window.app.navigator.open("product", live_server.ids["sensor"])
    [card] = desk.page.findChildren(SuppliersCard)
    qtbot.waitUntil(card.isVisible, timeout=10_000)
    assert [link.text() for link in card.findChildren(Link)] == ["АО «Завод датчиков»"]


def test_an_order_takes_the_price_of_its_supplier(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    priced(live_server)
    ids = live_server.ids
    body = DocumentBody(date=date.today(), party_id=ids["supplier"], place_id=ids["place"],
                        vat_mode=VatMode.ON_TOP)
    made = live_server.api().post("/api/documents/purchase_order", Created, body)
    desk.window.app.navigator.open("purchase_order", made.id)
    page = desk.page
    assert isinstance(page, DocumentEditor)
    qtbot.waitUntil(lambda: page.document is not None)
    assert page.lines is not None
    table = page.lines.table
    table.add_product({"id": ids["sensor"], "name": "Датчик ДД-40", "sku": "104-220"})
    qtbot.waitUntil(lambda: table.lines()[0].price == 1000)
    table.view.go(0, 1)
    words = page.lines._supplier._words
    qtbot.waitUntil(lambda: "Z-40" in words.text())
    assert "1 000,00 ₽ от 12.11.2026" in words.text().replace("\u00a0", " ")

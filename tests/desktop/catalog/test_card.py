"""The product card on a real server."""

from datetime import date
from decimal import Decimal
from typing import Any

from crm_contract.base import Ref
from crm_contract.catalog import PriceRead, ProductCard
from crm_contract.units import CONDITIONAL
from crm_desktop.catalog.card import ProductPage
from tests.desktop.live import Desk, LiveServer


def open_product(qtbot: Any, desk: Desk, id: int | None) -> ProductPage:
    desk.window.app.navigator.open("product", id)
    page = desk.window.deck.current()
    assert isinstance(page, ProductPage)
    qtbot.waitUntil(lambda: (page.card is not None or id is None) and bool(page.typed.prices._kinds))
    return page


def edit(page: ProductPage, name: str, value: Any) -> None:
    field = page.content.form.field(name)
    field.set_value(value)
    field.edited.emit()


def test_a_product_with_prices_and_barcodes_is_made_and_changed(
        qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    page = open_product(qtbot, desk, None)
    edit(page, "name", "Реле РЭК-77")
    edit(page, "barcodes", ["4600051000057"])
    kind = page.typed.prices._kinds[0]
    page.typed.prices._added(PriceRead(price_kind=Ref(id=kind.id, title=kind.title), price=Decimal("812.5"),
                                       valid_from=date(2026, 1, 1)))
    page.saving.save()
    qtbot.waitUntil(lambda: page.title == "Реле РЭК-77")
    assert not page.dirty
    card = live_server.api().get(f"/api/products/{page.id}", ProductCard)
    assert card.barcodes == ["4600051000057"]
    assert [price.price for price in card.prices] == [Decimal("812.5")]
    edit(page, "min_stock", Decimal(20))
    page.saving.save()
    qtbot.waitUntil(lambda: not page.dirty)
    assert live_server.api().get(f"/api/products/{page.id}", ProductCard).min_stock == 20


def test_a_wrong_barcode_is_not_sent(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    page = open_product(qtbot, desk, live_server.ids["sensor"])
    edit(page, "barcodes", ["4600051000058"])
    page.saving.save()
    assert "4600051000058" in page.content.form.field("barcodes").error()
    assert page.dirty


def test_a_service_has_no_shelf(qtbot: Any, desk: Desk) -> None:
    page = open_product(qtbot, desk, None)
    edit(page, "kind", "service")
    page.content.form.edited.emit("kind")
    assert page.content.form.field("min_stock").isHidden()
    assert page.content.form.field("unit").value() == CONDITIONAL

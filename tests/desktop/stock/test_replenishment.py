"""«Пополнение», norms typed and pasted, norms by consumption and on the product card, on a real server."""

import os
from datetime import date
from decimal import Decimal
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from crm_contract.base import Created
from crm_contract.documents import ActionBody, DocumentBody
from crm_contract.stock_rules import RuleChange, RulesBody, RulesSaved
from crm_desktop.catalog.card import ProductPage
from crm_desktop.documents.rule_dialog import RuleDialog
from crm_desktop.lists.page import ListPage
from crm_desktop.stock.replenishment import DraftsDialog, PositionPreview, ReplenishmentPage
from crm_desktop.stock.rules_page import RulesPage
from crm_desktop.widgets.labels import Link
from crm_server.kit.search import fold
from tests.desktop.live import Desk, LiveServer


def shot(desk: Desk, name: str) -> None:
    if folder := os.environ.get("CRM_SHOTS"):
        QApplication.processEvents()
        (QApplication.activeModalWidget() or desk.window).grab().save(f"{folder}/{name}.png")


def post(server: LiveServer, kind: str, party: str, place: int, *goods: tuple[int, int]) -> int:
    body = DocumentBody.model_validate({
        "date": date.today(), "party_id": server.ids[party], "place_id": place, "lines": [
            {"product_id": product, "quantity": str(quantity), "price": "640"} for product, quantity in goods]})
    api = server.api()
    made = api.post(f"/api/documents/{kind}", Created, body)
    api.post(f"/api/documents/{made.id}/actions/post", Created, ActionBody(version=1))
    return made.id


def stocked(server: LiveServer, count: int = 6) -> tuple[list[int], int]:
    """Goods that lack on the first warehouse, some of which the second has; their norms."""
    second = server.insert("place", kind="warehouse", name="Склад на Юге", inner=True, branch_id=server.ids["branch"])
    names = ("Датчик движения ДД-40", "Извещатель дымовой ИП-212", "Камера уличная КУ-8", "Кабель КСПВ 4×0,5, бухта",
             "Блок питания БП-12", "Считыватель СК-3")
    goods = [server.insert("product", sku=f"210-{n:03}", name=names[n], search=fold(names[n])) for n in range(count)]
    post(server, "receipt", "supplier", server.ids["place"], *((p, 2 + 5 * n) for n, p in enumerate(goods)))
    post(server, "receipt", "supplier", second, (goods[0], 30), (goods[1], 3))
    server.api().post("/api/stock/rules", RulesSaved, RulesBody(rules=[
        RuleChange(product_id=p, place_id=server.ids["place"], minimum=Decimal(11), target=Decimal(25),
                   maximum=Decimal(26), pack=Decimal(5)) for p in goods]))
    return goods, second


def opened(desk: Desk, entity: str, kind: type[ListPage]) -> Any:
    desk.window.app.navigator.open(entity)
    page = desk.window.deck.current()
    assert isinstance(page, kind)
    return page


def test_marked_rows_become_drafts_by_one_key(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    stocked(live_server)
    page = opened(desk, "list:replenishment", ReplenishmentPage)
    qtbot.waitUntil(lambda: page.table.model.total == 3)
    preview = page._preview
    assert isinstance(preview, PositionPreview)
    qtbot.waitUntil(lambda: preview._shown is not None)
    shot(desk, "replenishment")
    view = page.table.view
    for _ in range(2):
        qtbot.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert len(page.table.selected_rows()) == 3
    qtbot.keyClick(view, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), DraftsDialog))
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, DraftsDialog)
    shot(desk, "replenishment_drafts")
    assert [link.text()[:2] for link in dialog.findChildren(Link)] == ["ЗС", "ПМ"]
    dialog.accept()
    qtbot.waitUntil(lambda: page.table.model.total == 0)
    page.views.choose("preset:coming")
    qtbot.waitUntil(lambda: page.table.model.total == 2)
    shot(desk, "replenishment_coming")


def test_norms_are_typed_and_pasted_into_the_list(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    _goods, _ = stocked(live_server, 4)
    page = opened(desk, "list:stock_rules", RulesPage)
    qtbot.waitUntil(lambda: page.table.model.total == 4)
    view, model = page.table.view, page.table.model
    names = [column.name for column in model.columns]
    view.setCurrentIndex(model.index(0, names.index("minimum")))
    qtbot.keyClicks(view, "8")
    qtbot.keyClicks(page.editor, "")
    assert page.editor.isVisible()
    shot(desk, "rules_typing")
    qtbot.keyClick(page.editor, Qt.Key.Key_Tab)           # the target begins, as it is
    qtbot.keyClicks(page.editor, "30")
    qtbot.keyClick(page.editor, Qt.Key.Key_Return)

    def figures() -> list[tuple[Decimal, Decimal]]:
        return [(row["minimum"], row["target"]) for row in live_server.sql(
            "SELECT r.minimum, r.target FROM stock_rule r JOIN product p ON p.id = r.product_id ORDER BY p.sort")]

    # More than the maximum of 26: refused where it was typed, and the minimum that went before it stays.
    qtbot.waitUntil(lambda: figures()[0] == (8, 25) and bool(page.messages.isVisible()))
    view.setCurrentIndex(model.index(1, names.index("minimum")))
    QApplication.clipboard().setText("3\t6\n4\t7,5\n")
    qtbot.keyClick(view, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: figures()[1:3] == [(3, 6), (4, Decimal("7.5"))])
    shot(desk, "rules_pasted")
    qtbot.waitUntil(lambda: page.table.current_row()["version"] == 2)
    page._open_current()
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), RuleDialog))
    shot(desk, "rule_dialog")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, RuleDialog)
    dialog.form.field("maximum").set_value(None)
    dialog._save()
    qtbot.waitUntil(lambda: live_server.sql("SELECT count(*) AS n FROM stock_rule WHERE maximum IS NULL")[0]["n"] == 1)


def test_the_card_shows_norms_and_consumption_proposes_them(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    goods, _ = stocked(live_server, 3)
    post(live_server, "issue", "customer", live_server.ids["place"], (goods[2], 9))
    desk.window.app.navigator.open("product", goods[2])
    card = desk.window.deck.current()
    assert isinstance(card, ProductPage)
    qtbot.waitUntil(card._rules.isVisible)
    shot(desk, "product_rules")
    page = opened(desk, "list:consumption", ListPage)
    qtbot.waitUntil(lambda: page.table.model.total == 1)
    shot(desk, "consumption")
    page.act()
    qtbot.waitUntil(lambda: live_server.sql(
        "SELECT minimum FROM stock_rule WHERE product_id = %s", (goods[2],)) == [{"minimum": 2}])

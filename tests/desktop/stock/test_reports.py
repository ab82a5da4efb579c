"""Balances at a day, turnover with the moves behind it, and closing of a period, on a real server."""

import os
from datetime import date
from decimal import Decimal
from typing import Any

from crm_contract.base import Created
from crm_contract.documents import ActionBody, DocumentBody, LineBody
from crm_desktop.lists.page import ListPage
from crm_desktop.settings.frame import SettingsFrame
from crm_desktop.settings.periods import PeriodsPage, WarehouseCard, next_closing
from tests.desktop.live import Desk, LiveServer


def receipt(server: LiveServer, day: date, quantity: int, *, post: bool = True) -> int:
    ids, api = server.ids, server.api()
    made = api.post("/api/documents/receipt", Created, DocumentBody(
        date=day, party_id=ids["supplier"], place_id=ids["place"],
        lines=[LineBody(product_id=ids["sensor"], quantity=Decimal(quantity), price=Decimal(1000))]))
    if post:
        api.post(f"/api/documents/{made.id}/actions/post", Created, ActionBody(version=1))
    return made.id


def shot(desk: Desk, name: str) -> None:
    if folder := os.environ.get("CRM_SHOTS"):
        desk.window.grab().save(f"{folder}/{name}.png")


def opened(desk: Desk, entity: str, **params: Any) -> ListPage:
    desk.window.app.navigator.open(entity, **params)
    page = desk.window.deck.current()
    assert isinstance(page, ListPage)
    return page


def test_balances_at_a_day_follow_the_day(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    receipt(live_server, date(2026, 3, 5), 10)
    receipt(live_server, date(2026, 4, 5), 5)
    page = opened(desk, "list:balances-at", until="2026-03-31")
    qtbot.waitUntil(lambda: page.table.model.total == 1)
    assert Decimal((page.table.current_row() or {})["on_hand"]) == 10
    page.moment._until.editor.selectAll()
    qtbot.keyClicks(page.moment._until.editor, "06.04.2026")
    page.moment._until.editor.editingFinished.emit()
    qtbot.waitUntil(lambda: Decimal((page.table.current_row() or {"on_hand": 0})["on_hand"]) == 15)
    shot(desk, "balances_at")
    assert page.state()["until"] == "2026-04-06"


def test_a_figure_of_the_turnover_opens_its_moves(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    receipt(live_server, date(2026, 3, 5), 10)
    receipt(live_server, date(2026, 4, 5), 5)
    page = opened(desk, "list:turnover", since="2026-04-01", until="2026-04-30")
    qtbot.waitUntil(lambda: page.table.model.total == 1)
    row = page.table.current_row() or {}
    assert [Decimal(row[name]) for name in ("opening", "came", "went", "closing")] == [10, 5, 0, 15]
    shot(desk, "turnover")
    page._open_current()
    moves = desk.window.deck.current()
    assert isinstance(moves, ListPage)
    assert moves.spec.code == "moves"
    qtbot.waitUntil(lambda: moves.table.model.total == 1)
    assert (moves.table.current_row() or {})["at"] == "2026-04-05"
    shot(desk, "moves")


def test_a_period_is_closed_when_nothing_is_left_in_draft(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    receipt(live_server, date(2026, 3, 5), 10)
    draft = receipt(live_server, date(2026, 3, 7), 5, post=False)
    desk.window.app.navigator.open("stock_periods")
    frame = desk.window.deck.current()
    assert isinstance(frame, SettingsFrame)
    page = frame.page
    assert isinstance(page, PeriodsPage)

    def card() -> WarehouseCard:
        return page.cards[0]

    qtbot.waitUntil(lambda: bool(page.cards) and card()._drafts.count() == 2)
    shot(desk, "periods_draft")
    live_server.api().post(f"/api/documents/{draft}/actions/post", Created, ActionBody(version=1))
    card().look_for_drafts()
    qtbot.waitUntil(lambda: card()._drafts.count() == 0)
    card().until.set_value(date(2026, 3, 31))
    card()._ask_close()
    card().send("close", _close(card()))
    qtbot.waitUntil(lambda: card().warehouse.closed_until == date(2026, 3, 31))
    shot(desk, "periods")


def test_a_typed_day_outlives_the_changes_of_others(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    receipt(live_server, date(2026, 3, 5), 10)
    desk.window.app.navigator.open("stock_periods")
    frame = desk.window.deck.current()
    assert isinstance(frame, SettingsFrame)
    page = frame.page
    assert isinstance(page, PeriodsPage)
    qtbot.waitUntil(lambda: bool(page.cards))

    def editor() -> Any:
        return page.cards[0].until.editor

    qtbot.waitUntil(editor().hasFocus)
    editor().selectAll()
    qtbot.keyClicks(editor(), "31.0")
    live_server.insert("place", kind="warehouse", name="Ярославль", branch_id=live_server.ids["branch"], inner=True)
    page.load()
    qtbot.waitUntil(lambda: len(page.cards) == 2)
    qtbot.keyClicks(editor(), "3.2026")
    assert editor().text() == "31.03.2026"
    live_server.sql("UPDATE place SET name = 'Главный' WHERE id = %s", (live_server.ids["place"],))
    page.load()
    qtbot.waitUntil(lambda: any(c.warehouse.place.title == "Главный" for c in page.cards))
    card = next(c for c in page.cards if c.warehouse.place.title == "Главный")
    assert card.until.editor.text() == "31.03.2026"
    assert card.until.editor.hasFocus()


def test_drafts_in_the_period_disable_closing_and_say_why(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    receipt(live_server, date(2026, 3, 7), 5, post=False)
    desk.window.app.navigator.open("stock_periods")
    frame = desk.window.deck.current()
    assert isinstance(frame, SettingsFrame)
    page = frame.page
    assert isinstance(page, PeriodsPage)
    qtbot.waitUntil(lambda: bool(page.cards) and not page.cards[0].close_button.isEnabled())
    assert "Мешают закрыть: не проведено" in page.cards[0].close_button.toolTip()
    shot(desk, "periods_why_not")
    page.cards[0].until.set_value(date(2026, 3, 1))
    page.cards[0].look_for_drafts()
    qtbot.waitUntil(page.cards[0].close_button.isEnabled)


def _close(card: WarehouseCard) -> Any:
    from crm_contract.stock_periods import CloseBody

    return CloseBody(until=card.until.value() or date.min, closed_until=card.warehouse.closed_until)


def test_the_next_day_to_close_is_the_end_of_a_month() -> None:
    assert next_closing(None, date(2026, 11, 24)) == date(2026, 10, 31)
    assert next_closing(date(2026, 9, 30), date(2026, 11, 24)) == date(2026, 10, 31)
    assert next_closing(date(2026, 10, 31), date(2026, 11, 24)) == date(2026, 11, 23)

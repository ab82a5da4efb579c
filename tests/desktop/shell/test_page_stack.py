"""A page that comes: it has the keyboard before it is on the screen, and may be closed or left before that."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from crm_desktop.lists.page import ListPage
from crm_desktop.parties.card import PartyPage
from tests.desktop.keyboard import type_text
from tests.desktop.live import Desk, LiveServer


def front(desk: Desk, kind: type[Any]) -> Any:
    page = desk.window.deck.current()
    assert isinstance(page, kind)
    return page


def test_a_page_comes_in_the_next_turn(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    desk.window.app.navigator.open("party", live_server.ids["customer"])
    page = front(desk, PartyPage)
    assert not desk.window.deck.stack.has_shown(page)
    qtbot.waitUntil(lambda: desk.window.deck.stack.has_shown(page) and page.card is not None)
    assert page.isVisible()


def test_what_is_typed_meanwhile_goes_to_it(qtbot: Any, desk: Desk) -> None:
    desk.window.app.navigator.open("party", None)
    page = front(desk, PartyPage)
    target = QApplication.focusWidget()
    assert target is not None
    assert not page.isAncestorOf(target)
    type_text(target, "Щ")
    assert desk.window.deck.stack.has_shown(page)
    type_text(QApplication.focusWidget() or page, "ит")
    assert page.content.form.field("name").value() == "Щит"


def test_a_shortcut_meanwhile_is_its_own(qtbot: Any, desk: Desk) -> None:
    desk.window.app.navigator.open("party", None)
    page = front(desk, PartyPage)
    QTest.keyClick(desk.window.windowHandle(), Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert page.content.form.field("name").error()  # saving was tried


def test_a_coming_page_can_be_closed_and_left(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    go, deck = desk.window.app.navigator.open, desk.window.deck
    go("list:parties")
    parties = front(desk, ListPage)
    go("party", live_server.ids["customer"])
    deck.close_current()
    qtbot.waitUntil(lambda: deck.stack.has_shown(parties) and bool(parties.table.model.total))
    go("list:products")
    products = front(desk, ListPage)
    go("list:parties")
    assert deck.stack.has_shown(parties)
    QApplication.sendEvent(parties.table.view, QKeyEvent(
        QKeyEvent.Type.KeyPress, Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier))
    qtbot.wait(30)
    assert deck.stack.has_shown(parties)  # the page that was left does not come over the one in front
    go("list:products")
    qtbot.waitUntil(lambda: deck.stack.has_shown(products) and bool(products.table.model.total))

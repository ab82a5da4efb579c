"""The whole sale in the real windows: the main window of a live server, worked by keyboard alone."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from crm_contract.base import Created
from crm_contract.documents import ActionBody, DocumentBody
from crm_desktop.documents.editor import DocumentEditor
from crm_desktop.kit.page import Page
from crm_desktop.widgets.menu import Menu
from crm_server.kit.sql import Sql
from crm_server.mailing.defaults import ensure_defaults
from tests.desktop.documents.conftest import DAY, shop
from tests.desktop.keyboard import Keyboard
from tests.desktop.live import Desk, LiveServer
from tests.desktop.waiting import wait_for_rest

__all__ = ["shop"]

ROOT = Path(__file__).parents[3]
P = TypeVar("P", bound=Page)
D = TypeVar("D", bound=QDialog)


@dataclass
class Seat:
    """A person at the program: `keys` are their hands, the rest is for looking."""

    desk: Desk
    server: LiveServer
    qtbot: QtBot
    keys: Keyboard = field(default_factory=Keyboard)

    def idle(self) -> None:
        """Waits until the program has answered, like a person who looks before the next key."""
        wait_for_rest(self.qtbot, self.desk.client.tasks)
        if QApplication.activePopupWidget() is None and QApplication.focusWidget() is None:
            self.desk.window.activateWindow()  # off-screen nobody gives the keyboard back after a menu
            self.qtbot.waitUntil(lambda: QApplication.focusWidget() is not None, timeout=5000)

    def press(self, *chords: str) -> None:
        """Keys with a look after each."""
        for chord in chords:
            self.keys.press(chord)
            self.idle()

    def write(self, text: str) -> None:
        self.keys.write(text)
        self.idle()

    def page(self, kind: type[P]) -> P:
        """The page in front, read and at rest."""
        self.idle()
        page = self.desk.window.deck.current()
        assert isinstance(page, kind), f"{kind.__name__} was expected, {page} is in front"
        return page

    def document(self, kind: str) -> DocumentEditor:
        page = self.page(DocumentEditor)
        assert page.kind.code == kind
        return page

    def menu(self) -> Menu:
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, Menu)
        return menu

    def dialog(self, kind: type[D]) -> D:
        self.idle()
        window = QApplication.activeWindow()
        assert isinstance(window, kind), window
        return window


@pytest.fixture
def seat(shop: LiveServer, desk: Desk, qtbot: QtBot) -> Iterator[Seat]:
    """Орлова in the main window, goods in the warehouse, rules of letters as a new company has them."""
    with shop.pool.connection() as connection:
        ensure_defaults(Sql(connection))
    _receive(shop, {"sensor": "20", "valve": "20", "relay": "20"})
    made = Seat(desk, shop, qtbot)
    made.idle()
    yield made
    QApplication.instance().removeEventFilter(made.keys)  # type: ignore[union-attr]  # tests have an application


def _receive(shop: LiveServer, quantities: dict[str, str]) -> None:
    api, ids = shop.api(), shop.ids
    receipt = api.post("/api/documents/receipt", Created, DocumentBody.model_validate({
        "date": DAY, "party_id": ids["supplier"], "place_id": ids["main"],
        "lines": [{"product_id": ids[code], "quantity": quantity, "price": "1000"}
                  for code, quantity in quantities.items()]}))
    api.post(f"/api/documents/{receipt.id}/actions/post", Created, ActionBody(version=1))

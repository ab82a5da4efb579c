"""Pages of documents that talk to the real server: the small company, goods, and a client without the shell."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from crm_contract.base import Created
from crm_contract.catalog import ProductBody, ProductKind
from crm_contract.documents import KINDS, ActionBody, BasedOnBody, DocumentBody, DocumentRead
from crm_desktop.documents import shortcuts
from crm_desktop.documents.editor import DocumentEditor
from crm_desktop.documents.feature import open_document
from crm_desktop.kit.api_client import ApiClient, ApiError
from crm_desktop.kit.drafts import Drafts
from crm_desktop.kit.errors import ErrorDoor
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.navigator import Navigator
from crm_desktop.kit.session import Session
from crm_desktop.kit.settings import Settings
from crm_desktop.kit.shortcuts import Shortcuts
from crm_desktop.kit.tasks import Tasks
from crm_server.catalog.keys import product_search
from tests.desktop.live import LiveServer
from tests.desktop.waiting import wait_for_rest

DAY = date.today().isoformat()
D = TypeVar("D", bound=QDialog)
PRODUCTS = {
    "sensor": (ProductBody(sku="104-220", name="Датчик давления ДД-40, 0–16 бар"), 4100),
    "valve": (ProductBody(sku="118-015", name="Клапан КЭ-15 электромагнитный"), 2350),
    "relay": (ProductBody(sku="077-001", name="Реле РЭК-77"), 610),
    "work": (ProductBody(sku="Р-1", name="Монтаж датчика", kind=ProductKind.WORK, unit="356"), 1500),
}


@pytest.fixture
def shop(live_server: LiveServer) -> LiveServer:
    """The small company of `live_server` with a second warehouse and goods of its own; prices are without VAT."""
    ids = live_server.ids
    branch, kind = ids["branch"], ids["price_kind"]
    live_server.sql("UPDATE price_kind SET vat_included = false")
    live_server.sql("UPDATE party SET legal_address = '127000, Москва, ул. Лесная, 5', director_title = 'Генеральный"
                    " директор', director_name = 'Образцов Пётр Петрович' WHERE is_own")
    ids["main"] = ids["place"]
    ids["second"] = live_server.insert("place", kind="warehouse", name="Второй", branch_id=branch, inner=True)
    live_server.sql("DELETE FROM price")
    live_server.sql("DELETE FROM product")
    for code, (body, price) in PRODUCTS.items():
        ids[code] = live_server.insert("product", sku=body.sku, name=body.name, kind=body.kind, unit=body.unit,
                                       search=product_search(body))
        live_server.insert("price", product_id=ids[code], price_kind_id=kind, price=price, valid_from="2026-01-01")
    return live_server


@dataclass
class Office:
    """A logged-in client without the shell: pages are opened into one host, in the order they were asked for."""

    shop: LiveServer
    app: AppContext
    host: QWidget
    qtbot: QtBot
    opened: list[DocumentEditor] = field(default_factory=list)
    unplaced: list[Any] = field(default_factory=list)

    def open(self, kind: str, id: int | None = None, **params: Any) -> DocumentEditor:
        """Like the shell: the page is the only visible one, `closed` takes it away and shows the one before."""
        page = open_document(self.app, kind, id, params)
        assert isinstance(page, DocumentEditor)
        self.opened.append(page)
        layout = self.host.layout()
        assert layout is not None
        for other in self.opened[:-1]:
            other.hide()
        layout.addWidget(page)
        page.closed.connect(lambda: self._close(page))
        page.show()
        page.activate()
        page.setFocus()
        self.idle()
        return page

    def idle(self) -> None:
        """Waits until nothing is under way."""
        wait_for_rest(self.qtbot, self.app.tasks)

    def dialog(self, page: DocumentEditor, kind: type[D] = QDialog) -> D:  # type: ignore[assignment]  # D is bound
        """The open dialog of a page, once it has the keyboard."""
        found = [dialog for dialog in page.findChildren(kind) if dialog.isVisible()]
        assert len(found) == 1
        self.qtbot.waitUntil(found[0].isActiveWindow, timeout=3000)
        return found[0]

    def make(self, kind: str, lines: list[dict[str, Any]], *actions: str, **header: Any) -> int:
        """A document by the API, past the interface."""
        body = DocumentBody.model_validate({"date": DAY, "lines": lines, **header})
        made = self.app.api.post(f"/api/documents/{kind}", Created, body)
        for action in actions:
            self.act(made.id, action)
        return made.id

    def act(self, id: int, action: str) -> None:
        body = ActionBody(version=self.read(id).version, reason="проверка")
        self.app.api.post(f"/api/documents/{id}/actions/{action}", Created, body)

    def follow(self, id: int, kind: str, *actions: str) -> int:
        made = self.app.api.post(f"/api/documents/{id}/based-on", Created, BasedOnBody(kind=kind))
        for action in actions:
            self.act(made.id, action)
        return made.id

    def read(self, id: int) -> DocumentRead:
        return self.app.api.get(f"/api/documents/{id}", DocumentRead)

    def receive(self, product: str, quantity: str, place: str = "main") -> None:
        ids = self.shop.ids
        self.make("receipt", [{"product_id": ids[product], "quantity": quantity, "price": "1000"}], "post",
                  party_id=ids["supplier"], place_id=ids[place])

    def line(self, product: str, quantity: str, price: str, **more: Any) -> dict[str, Any]:
        return {"product_id": self.shop.ids[product], "quantity": quantity, "price": price, **more}

    def _close(self, page: DocumentEditor) -> None:
        self.opened.remove(page)
        page.hide()
        page.deleteLater()
        if self.opened:
            self.opened[-1].show()
            self.opened[-1].activate()
            self.opened[-1].setFocus()


@pytest.fixture
def office(shop: LiveServer, qtbot: QtBot, tmp_path: Path) -> Iterator[Office]:
    session = Session()
    api = ApiClient(shop.url, session)
    answer = shop.log_in()
    session.open(answer.token, answer.me)
    door = ErrorDoor()
    tasks = Tasks(door.handle, is_expired=lambda error: isinstance(error, ApiError) and error.status == 401)
    keys = Shortcuts()
    keys.register(*shortcuts.specs())
    navigator = Navigator()
    settings = Settings("orlova", QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))
    app = AppContext(api, tasks, session, settings, Drafts(tmp_path / "drafts"), navigator, keys)
    host = QWidget()
    host.setLayout(QVBoxLayout())
    host.layout().setContentsMargins(0, 0, 0, 0)  # type: ignore[union-attr]  # set just above
    host.resize(1150, 656)
    qtbot.addWidget(host)
    made = Office(shop, app, host, qtbot)
    for signal in (door.unplaced, door.crashed):
        signal.connect(made.unplaced.append)
    _register(navigator, made)
    with qtbot.waitExposed(host):
        host.show()
    host.activateWindow()
    qtbot.waitUntil(host.isActiveWindow)
    yield made
    with contextlib.suppress(AssertionError):
        made.idle()
    tasks.shutdown()
    api.close()
    assert not made.unplaced, made.unplaced


def _register(navigator: Navigator, office: Office) -> None:
    def opener(kind: str) -> Any:
        def run(id: int | None = None, **params: Mapping[str, Any]) -> None:
            office.open(kind, id, **params)
        return run

    for kind in KINDS:
        navigator.register(kind, opener(kind))

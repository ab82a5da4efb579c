"""A real server on a fresh database in a thread of this process, a small shop in it, and pages that talk to it."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import contextlib
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest
import uvicorn
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from crm_contract.access import LoginAnswer, LoginBody
from crm_contract.base import Created
from crm_contract.catalog import ProductBody, ProductKind
from crm_contract.documents import ActionBody, BasedOnBody, DocumentBody, DocumentRead
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
from crm_server.access.passwords import hash_password
from crm_server.app import create_app
from crm_server.catalog.keys import product_search
from crm_server.db.pool import Pool, open_pool
from crm_server.kit.actor import ANY_PERMISSION
from crm_server.kit.sql import Sql

DAY = "2026-11-24"
PASSWORD = "верный пароль 7"
D = TypeVar("D", bound=QDialog)
PRODUCTS = {
    "sensor": ProductBody(sku="104-220", name="Датчик давления ДД-40, 0–16 бар"),
    "valve": ProductBody(sku="118-015", name="Клапан КЭ-15 электромагнитный"),
    "relay": ProductBody(sku="077-001", name="Реле РЭК-77"),
    "work": ProductBody(sku="Р-1", name="Монтаж датчика", kind=ProductKind.WORK, unit="356"),
}


@dataclass
class Shop:
    """Ids of what every test needs, and the address of the server."""

    url: str
    pool: Pool
    ids: dict[str, int] = field(default_factory=dict)

    def insert(self, table: str, **values: Any) -> int:
        with self.pool.connection() as connection:
            return Sql(connection).insert(table, values)

    def sql(self, query: str, params: Any = None) -> None:
        with self.pool.connection() as connection:
            connection.execute(query, params)  # type: ignore[arg-type]


@pytest.fixture
def shop(database_url: str) -> Iterator[Shop]:
    pool = open_pool(database_url, size=8)
    server = uvicorn.Server(uvicorn.Config(create_app(pool), port=0, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    made = Shop(f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", pool)
    _stock_up(made)
    yield made
    server.should_exit = True
    thread.join(5)
    pool.close()


def _stock_up(shop: Shop) -> None:
    own = shop.insert("party", kind="legal", name="ООО «Окно»", full_name="ООО «Окно»", inn="7707083893",
                      kpp="770701001", is_own=True, tax_mode="general", legal_address="127000, Москва, ул. Лесная, 5",
                      director_title="Генеральный директор", director_name="Образцов Пётр Петрович")
    branch = shop.insert("branch", title="Москва", code="М", organization_id=own)
    employee = shop.insert("employee", name="Орлова Е. В.", branch_id=branch)
    user = shop.insert("app_user", login="orlova", login_key="orlova", password_hash=hash_password(PASSWORD),
                       employee_id=employee)
    role = shop.insert("role", title="Всё")
    shop.sql("INSERT INTO user_role VALUES (%s, %s)", (user, role))
    shop.sql("INSERT INTO role_grant SELECT %s, p, 4 FROM unnest(%s::text[]) p", (role, list(ANY_PERMISSION)))
    customer = shop.insert("party", kind="legal", name="ООО «Северный ветер»", inn="7736050003", kpp="773601001",
                           legal_address="115000, Москва, ул. Ветровая, 7", payment_days=10)
    shop.ids = {
        "own": own, "branch": branch, "employee": employee, "customer": customer,
        "supplier": shop.insert("party", kind="legal", name="АО «Завод»", inn="5024002119", kpp="502401001",
                                is_supplier=True),
        "contact": shop.insert("contact", party_id=customer, name="Иванова О. П.", emails=["ivanova@veter.example"]),
        "main": shop.insert("place", kind="warehouse", name="Основной", branch_id=branch, inner=True),
        "second": shop.insert("place", kind="warehouse", name="Второй", branch_id=branch, inner=True),
        "price_kind": shop.insert("price_kind", title="Розничная", vat_included=False, main=True),
    }
    for code, body in PRODUCTS.items():
        shop.ids[code] = shop.insert("product", sku=body.sku, name=body.name, kind=body.kind, unit=body.unit,
                                     search=product_search(body))
    for product, price in (("sensor", 4100), ("valve", 2350), ("relay", 610), ("work", 1500)):
        shop.insert("price", product_id=shop.ids[product], price_kind_id=shop.ids["price_kind"], price=price,
                    valid_from="2026-01-01")


@dataclass
class Office:
    """A logged-in client without the shell: pages are opened into one host, in the order they were asked for."""

    shop: Shop
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
        def quiet() -> None:
            assert self.app.tasks.active == 0
        self.qtbot.wait(90)  # debounced questions begin
        self.qtbot.waitUntil(quiet, timeout=15_000)
        self.qtbot.wait(10)

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
def office(shop: Shop, qtbot: QtBot, tmp_path: Path) -> Iterator[Office]:
    session = Session()
    api = ApiClient(shop.url, session)
    answer = api.post("/api/login", LoginAnswer, LoginBody(login="orlova", password=PASSWORD))
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
    from crm_contract.documents import KINDS

    def opener(kind: str) -> Any:
        def run(id: int | None = None, **params: Mapping[str, Any]) -> None:
            office.open(kind, id, **params)
        return run

    for kind in KINDS:
        navigator.register(kind, opener(kind))

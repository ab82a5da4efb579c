"""The real server for tests of the client: uvicorn in a thread over a fresh database with a small company in it."""

import socket
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from crm_contract.access import LoginAnswer, LoginBody
from crm_contract.permissions import Scope
from crm_desktop.app import Client, Options
from crm_desktop.kit.api_client import ApiClient
from crm_desktop.kit.page import Page
from crm_desktop.kit.session import Session
from crm_desktop.kit.settings import Settings
from crm_desktop.shell.main_window import MainWindow
from crm_server.access.passwords import hash_password
from crm_server.app import create_app
from crm_server.db.pool import Pool, open_pool
from crm_server.kit.actor import ANY_PERMISSION
from crm_server.kit.search import fold
from crm_server.kit.sql import Sql
from crm_server.parties.contact_roles import add_first_roles

PASSWORD = "верный пароль 7"
_HASH = hash_password(PASSWORD)
START_S = 20.0


@dataclass
class LiveServer:
    """`ids` of the seeded rows: `customer`, `supplier`, `own`, `place`, `sensor`, `work`, `branch`."""

    url: str
    pool: Pool
    ids: dict[str, int] = field(default_factory=dict)

    def insert(self, table: str, **values: Any) -> int:
        with self.pool.connection() as connection:
            return Sql(connection).insert(table, values)

    def sql(self, query: str, params: Any = None) -> list[dict[str, Any]]:
        with self.pool.connection() as connection:
            cursor = connection.execute(query, params)  # type: ignore[arg-type]  # the tests' own text
            return cursor.fetchall() if cursor.description else []

    def user(self, login: str, name: str, grants: dict[str, Scope] | None = None) -> int:
        """A person with these permissions (all, everywhere, when not given)."""
        grants = dict.fromkeys(ANY_PERMISSION, Scope.ALL) if grants is None else grants
        employee = self.insert("employee", name=name, branch_id=self.ids["branch"], position="менеджер")
        user = self.insert("app_user", login=login, login_key=login, password_hash=_HASH, employee_id=employee)
        role = self.insert("role", title=f"Роль {login}")
        self.sql("INSERT INTO user_role VALUES (%s, %s)", (user, role))
        self.sql("INSERT INTO role_grant SELECT %s, * FROM unnest(%s::text[], %s::int2[])",
                 (role, list(grants), [int(scope) for scope in grants.values()]))
        return user

    def party(self, name: str, inn: str = "", **values: Any) -> int:
        return self.insert("party", kind="legal", name=name, inn=inn, search=fold(f"{name} {inn}"), **values)

    def log_in(self, login: str = "orlova") -> LoginAnswer:
        return self.api(login, log_in=False).post("/api/login", LoginAnswer, LoginBody(login=login, password=PASSWORD))

    def api(self, login: str = "orlova", *, log_in: bool = True) -> ApiClient:
        """Another person's program, for changes from outside."""
        session = Session()
        if log_in:
            answer = self.log_in(login)
            session.open(answer.token, answer.me)
        return ApiClient(self.url, session)


@pytest.fixture
def live_server(database_url: str) -> Iterator[LiveServer]:
    pool = open_pool(database_url, size=10)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    app = create_app(pool)
    server = uvicorn.Server(uvicorn.Config(
        app, log_config=None, log_level="warning", timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="live-server", daemon=True)
    thread.start()
    deadline = time.monotonic() + START_S
    while not server.started:
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.02)
    live = LiveServer(f"http://127.0.0.1:{listener.getsockname()[1]}", pool)
    seed(live)
    yield live
    app.feed.stop()  # clients that wait for changes hear that there will be none
    server.should_exit = True
    thread.join(timeout=10)
    pool.close()


@dataclass
class Desk:
    """A running client: `client` and, after the log-in, its main window."""

    client: Client

    @property
    def window(self) -> MainWindow:
        assert self.client.window is not None
        return self.client.window

    @property
    def page(self) -> Page:
        """The one in front."""
        page = self.window.deck.current()
        assert page is not None
        return page


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(store=QSettings(str(tmp_path / "client.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def desk(qtbot: Any, qapp: QApplication, live_server: LiveServer, settings: Settings, tmp_path: Path,
         theme: object) -> Iterator[Desk]:
    """The client of Орлова, logged in by a token, its window shown."""
    settings.set("theme", "light")
    token = live_server.log_in().token
    client = Client(qapp, Options(server=live_server.url, token=token), settings, tmp_path / "client")
    client.start()
    qtbot.waitUntil(lambda: client.window is not None, timeout=10_000)
    desk = Desk(client)
    qtbot.waitExposed(desk.window)
    desk.window.activateWindow()
    qtbot.waitUntil(desk.window.isActiveWindow)
    yield desk
    close_client(client)


def close_client(client: Client) -> None:
    """Without asking the dirty pages, and without ending the application of the tests."""
    client.changes.stop()
    client.tasks.shutdown()
    client.crashes.uninstall()
    for window in (client.window, client.login_window):
        if window is not None:
            window.hide()
            window.deleteLater()
    client.deleteLater()


def seed(live: LiveServer) -> None:
    """The small company; its numbers go into `live.ids`."""
    ids = live.ids
    ids["branch"] = live.insert("branch", title="Москва", code="М")
    ids["boss"] = live.user("orlova", "Орлова Елена Викторовна")
    with live.pool.connection() as connection:
        add_first_roles(Sql(connection))
    ids["own"] = live.party("ООО «Окно»", "7707083893", kpp="770701001", is_own=True, is_customer=False,
                            tax_mode="general")
    live.sql("UPDATE branch SET organization_id = %s WHERE id = %s", (ids["own"], ids["branch"]))
    ids["customer"] = live.party(
        "ООО «Северный ветер»", "7736050003", kpp="773601001", phone="+7 900 000-12-10", email="info@veter.example",
        legal_address="127000, Москва, ул. Ветровая, 7, стр. 2", segment="производство", branch_id=ids["branch"])
    live.insert("contact", party_id=ids["customer"], name="Иванова Ольга Петровна", position="главный бухгалтер",
                roles=["accountant"], phones=["+7 900 000-12-10"], emails=["ivanova@veter.example"], mail_consent=True)
    live.insert("contact", party_id=ids["customer"], name="Сидоров Михаил Николаевич", position="инженер смены",
                roles=["mechanic"], phones=["+7 900 000-12-12"], emails=["sidorov@veter.example"])
    live.insert("site", party_id=ids["customer"], name="Цех № 1", address="Москва, ул. Ветровая, 7")
    live.insert("bank_account", party_id=ids["customer"], bic="044525225", account="40702810938000000001",
                bank="Банк-Пример", corr_account="30101810400000000225", main=True)
    ids["supplier"] = live.party("АО «Завод датчиков»", "5024002119", is_supplier=True, is_customer=False)
    ids["place"] = live.insert("place", kind="warehouse", name="Основной", branch_id=ids["branch"], inner=True)
    kind = live.insert("price_kind", title="Розничная", main=True)
    ids["price_kind"] = kind
    for code, sku, name, product_kind in (("sensor", "104-220", "Датчик ДД-40", "goods"),
                                          ("work", "Р-1", "Монтаж и пусконаладка", "work")):
        ids[code] = live.insert("product", sku=sku, name=name, kind=product_kind, unit="796",
                                search=fold(f"{sku} {name}"))
        live.insert("price", product_id=ids[code], price_kind_id=kind, price=4100, valid_from="2026-01-01")
    for number in range(30):
        live.party(f"ООО «Пример {number:02}»", f"77{number:08}", phone=f"+7 900 000-00-{number:02}")


def unique(prefix: str) -> str:
    return f"{prefix} {uuid.uuid4().hex[:6]}"

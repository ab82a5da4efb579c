"""The main window on a real server: sections by rights, tabs, palette, live changes, the next start."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from crm_contract.parties import PartyBody
from crm_contract.permissions import Permission, Scope
from crm_desktop.app import Client, Options
from crm_desktop.kit.api_client import ApiClient, ApiError
from crm_desktop.kit.drafts import Draft
from crm_desktop.kit.session import Session
from crm_desktop.kit.settings import Settings
from crm_desktop.lists.page import ListPage
from crm_desktop.parties.card import PartyPage
from crm_desktop.shell.login import LoginForm
from tests.desktop.live import PASSWORD, Desk, LiveServer, close_client


def titles(desk: Desk) -> list[str]:
    return [page.title for page in desk.window.deck.pages()]


def palette_titles(desk: Desk) -> list[str]:
    return [item.title for item in desk.window.palette_panel._list.items()]


def test_sections_follow_the_rights(
        qtbot: Any, qapp: QApplication, live_server: LiveServer, settings: Settings, tmp_path: Path,
        theme: object) -> None:
    live_server.user("seller", "Продавец П.", {Permission.PARTY_VIEW: Scope.ALL, "offer.view": Scope.ALL})
    client = Client(qapp, Options(server=live_server.url, token=live_server.log_in("seller").token), settings,
                    tmp_path / "client")
    client.start()
    qtbot.waitUntil(lambda: client.window is not None)
    window = client.window
    assert window is not None
    assert [item.title for item in window.rail.sections] == ["Клиенты", "Документы"]
    assert not window.app.navigator.knows("list:audit")
    assert isinstance(window.deck.current(), ListPage)
    close_client(client)


def test_tabs_open_once_close_and_come_back(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    window, go = desk.window, desk.window.app.navigator.open
    go("list:parties")
    go("party", live_server.ids["customer"])
    go("list:parties")
    go("party", live_server.ids["customer"])
    qtbot.waitUntil(lambda: titles(desk) == ["Рабочий стол", "Клиенты", "ООО «Северный ветер»"])
    window.deck.close_current()
    assert titles(desk) == ["Рабочий стол", "Клиенты"]
    assert desk.page.title == "Клиенты"
    window.reopen_tab()
    qtbot.waitUntil(lambda: titles(desk)[-1] == "ООО «Северный ветер»")
    window.deck.close_number(0)
    assert titles(desk)[0] == "Рабочий стол"  # the desktop stays


def test_keys_of_the_shell(qtbot: Any, desk: Desk) -> None:
    window = desk.window
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert desk.page.place() == ("list:parties", None)
    qtbot.keyClick(window, Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
    assert desk.page.place() == ("home", None)
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert window.palette_panel.isVisible()
    qtbot.keyClick(window.palette_panel._edit, Qt.Key.Key_Escape)
    assert not window.palette_panel.isVisible()


def test_the_palette_finds_and_opens_by_keyboard_in_the_wrong_layout(qtbot: Any, desk: Desk) -> None:
    palette = desk.window.palette_panel
    palette.open_palette()
    qtbot.keyClicks(palette._edit, "ctdthysq")  # «северный»
    qtbot.waitUntil(lambda: "ООО «Северный ветер»" in palette_titles(desk))
    qtbot.keyClick(palette._edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "ООО «Северный ветер»" in titles(desk))
    assert isinstance(desk.window.deck.current(), PartyPage)
    palette.open_palette()
    assert palette_titles(desk)[0] == "ООО «Северный ветер»"  # now among the recent ones
    palette.close_palette()


def test_the_palette_runs_commands_and_counts(qtbot: Any, desk: Desk) -> None:
    palette = desk.window.palette_panel
    palette.open_palette(">новый кли")
    assert palette_titles(desk) == ["Новый клиент"]
    qtbot.keyClick(palette._edit, Qt.Key.Key_Return)
    assert titles(desk)[-1] == "Новый клиент"
    palette.open_palette("=2*350")
    assert palette_titles(desk) == ["700"]
    qtbot.keyClick(palette._edit, Qt.Key.Key_Return)
    assert QGuiApplication.clipboard().text() == "700"


def test_what_others_write_appears(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    desk.window.app.navigator.open("list:parties")
    page = desk.window.deck.current()
    assert isinstance(page, ListPage)
    qtbot.waitUntil(lambda: page.table.model.total == 31)
    qtbot.waitUntil(lambda: "На связи" in desk.window.status.state_text())
    other = live_server.api()
    other.post("/api/parties", None, PartyBody(name="ООО «Ааа первая»"))
    qtbot.waitUntil(lambda: page.table.model.total == 32, timeout=8000)


def test_the_next_start_brings_the_tabs_back(
        qtbot: Any, qapp: QApplication, desk: Desk, live_server: LiveServer, settings: Settings,
        tmp_path: Path) -> None:
    desk.window.app.navigator.open("list:parties", None, preset="debtors")
    desk.window.app.navigator.open("party", live_server.ids["customer"])
    qtbot.waitUntil(lambda: titles(desk)[-1] == "ООО «Северный ветер»")
    desk.window.keep()
    client = Client(qapp, Options(server=live_server.url, token=live_server.log_in().token), settings,
                    tmp_path / "client")
    client.start()
    qtbot.waitUntil(lambda: client.window is not None)
    assert client.window is not None
    again = Desk(client)
    assert titles(again) == ["Рабочий стол", "Клиенты", "ООО «Северный ветер»"]
    page = again.window.deck.pages()[1]
    assert isinstance(page, ListPage)
    assert [condition.column for condition in page.filters.conditions()] == ["debt"]
    close_client(client)


def test_an_expired_session_asks_once_and_goes_on(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    qtbot.waitUntil(lambda: "На связи" in desk.window.status.state_text())
    live_server.sql("DELETE FROM user_session")
    qtbot.wait(600)  # the server remembers a token for half a second
    desk.window.app.navigator.open("list:parties")
    page = desk.window.deck.current()
    assert isinstance(page, ListPage)
    qtbot.waitUntil(lambda: desk.client._relogin is not None, timeout=8000)
    dialog = desk.client._relogin
    assert dialog is not None
    form = dialog.findChild(LoginForm)
    assert form is not None
    form.password.editor.setText(PASSWORD)
    form.submit()
    qtbot.waitUntil(lambda: page.table.model.total == 31, timeout=8000)


def test_the_rail_collapses_in_a_narrow_window(qtbot: Any, desk: Desk) -> None:
    desk.window.resize(1300, 760)
    assert desk.window.rail.width() == 216
    desk.window.resize(1100, 700)
    assert desk.window.rail.width() == 56


class _Windows(QObject):
    """Every widget that showed itself as a window of its own."""

    def __init__(self, known: QWidget) -> None:
        super().__init__()
        self.known = known
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow()
                and watched is not self.known and watched.windowType() is Qt.WindowType.Window):
            self.seen.append(repr(watched))
        return False


def test_pages_are_built_without_flashing_windows(
        qtbot: Any, qapp: QApplication, desk: Desk, live_server: LiveServer) -> None:
    watcher = _Windows(desk.window)
    qapp.installEventFilter(watcher)
    go, ids = desk.window.app.navigator.open, live_server.ids
    lists = ("parties", "invoice", "documents", "products", "balances", "reservations", "letters", "audit")
    for entity, id in (*((f"list:{code}", None) for code in lists), ("party", ids["customer"]), ("party", None),
                       ("product", ids["sensor"]), ("product", None), ("invoice", None)):
        go(entity, id)
        qtbot.wait(150)
    qapp.removeEventFilter(watcher)
    assert watcher.seen == []


def test_logging_out_forgets_the_token_and_the_drafts(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    drafts = desk.window.app.drafts
    drafts.save(Draft("party-9", "party", 9, "ООО «Черновик»", datetime.now(UTC), {}))
    token = desk.client.session.token
    desk.client.log_out()
    qtbot.waitUntil(lambda: desk.client.login_window is not None)
    assert desk.client.window is None
    assert not desk.client.session.is_open
    assert drafts.list() == []
    qtbot.wait(600)  # the server remembers a token for half a second
    session = Session()
    session.set_token(token)
    with pytest.raises(ApiError, match="not_authenticated"):
        ApiClient(live_server.url, session).get("/api/me")

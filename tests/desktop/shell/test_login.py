"""The log-in on a real server: what is remembered, what a refusal says, an old client."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from crm_desktop import app as client_app
from crm_desktop.app import Client, Options
from crm_desktop.kit.settings import Settings
from crm_desktop.shell import login as login_module
from crm_desktop.shell.login import LoginForm, has_cyrillic, normal_address, older
from tests.desktop.live import PASSWORD, LiveServer, close_client


@pytest.fixture
def client(qapp: QApplication, live_server: LiveServer, settings: Settings, tmp_path: Path, theme: object) -> Any:
    made = Client(qapp, Options(server=live_server.url), settings, tmp_path / "client")
    made.start()
    yield made
    close_client(made)


def form_of(client: Client) -> LoginForm:
    assert client.login_window is not None
    return client.login_window.form


def state_text(form: LoginForm) -> str:
    return form._server_state.text()


def test_enter_opens_the_window_and_remembers_all_but_the_password(
        qtbot: Any, client: Client, settings: Settings, live_server: LiveServer) -> None:
    form = form_of(client)
    qtbot.waitUntil(lambda: "На связи" in state_text(form))
    form.login.editor.setText("orlova")
    form.password.editor.setText(PASSWORD)
    qtbot.keyClick(form.password.editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: client.window is not None, timeout=10_000)
    assert client.session.me.employee.title == "Орлова Елена Викторовна"
    assert client.login_window is None
    assert settings.get("login/name") == "orlova"
    assert settings.get("login/server") == live_server.url
    stored = [settings._store.value(key) for key in settings._store.allKeys()]
    assert not any(PASSWORD in str(value) for value in stored)


def test_a_wrong_password_says_why_and_how_to_go_on(qtbot: Any, client: Client) -> None:
    form = form_of(client)
    form.login.editor.setText("orlova")
    form.password.editor.setText("пароль")
    form.submit()
    qtbot.waitUntil(lambda: bool(form.password.error()))
    assert "раскладку" in form.password.error()
    assert "bad_credentials" in form.password.error()
    assert client.window is None
    qtbot.waitUntil(form.enter.isEnabled)


def test_closing_the_log_in_ends_the_program(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[bool] = []
    monkeypatch.setattr(client, "quit", lambda: ended.append(True))
    assert client.login_window is not None
    client.login_window.close()
    assert ended == [True]


def test_empty_fields_are_named(qtbot: Any, client: Client) -> None:
    form = form_of(client)
    form.submit()
    assert form.password.error() == "Заполните поле"


def test_a_server_that_is_not_there(qtbot: Any, client: Client) -> None:
    form = form_of(client)
    form.server.set_value("127.0.0.1:9")
    form.ask_server()
    qtbot.waitUntil(lambda: "Нет связи" in state_text(form), timeout=15_000)


def test_a_client_that_is_too_old_hears_it_before_the_password(
        qtbot: Any, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login_module, "VERSION", "0.0.1")
    form = form_of(client)
    form.ask_server()
    qtbot.waitUntil(lambda: "устарела" in state_text(form))


def test_a_stale_token_falls_back_to_the_form(
        qtbot: Any, qapp: QApplication, live_server: LiveServer, settings: Settings, tmp_path: Path,
        theme: object) -> None:
    client = Client(qapp, Options(server=live_server.url, token="no-such-token"), settings, tmp_path / "client")
    client.start()
    qtbot.waitUntil(lambda: client.login_window is not None, timeout=10_000)
    close_client(client)


def test_words_of_addresses_and_versions() -> None:
    assert normal_address(" crm.company.ru/ ") == "https://crm.company.ru"
    assert normal_address("localhost:8800") == "http://localhost:8800"
    assert normal_address("http://10.0.0.2:8800") == "http://10.0.0.2:8800"
    assert older("0.9.0", "0.10.0")
    assert not older("1.0", "1.0.0"[:3])
    assert has_cyrillic("Gfhjkm й")
    assert not has_cyrillic("parol")
    assert client_app.DEFAULT_SERVER.startswith("http://127.0.0.1")

"""Directories by their declaration: list, card, saving, deleting, what a colleague changed meanwhile."""

from typing import Any

import pytest
from PySide6.QtCore import Qt

from crm_contract.access import DepartmentBody, DepartmentUpdate
from crm_contract.base import Created
from crm_contract.directories import DIRECTORIES, Directory
from crm_contract.permissions import Permission, Scope
from crm_desktop.lists.page import ListPage
from crm_desktop.settings.directories import DirectoryPage
from crm_desktop.settings.frame import SettingsFrame, SettingsMenu
from crm_desktop.settings.sections import SECTIONS
from crm_desktop.shell import features
from crm_desktop.widgets.nav_button import NavButton
from tests.desktop.live import Desk, LiveServer
from tests.desktop.settings.driving import page_of


@pytest.mark.parametrize("directory", DIRECTORIES, ids=lambda directory: directory.code)
def test_every_directory_has_a_list_and_a_card(qtbot: Any, desk: Desk, directory: Directory) -> None:
    listed = page_of(qtbot, desk, ListPage, f"list:{directory.list.code}")
    qtbot.waitUntil(lambda: listed.table.model.total is not None, timeout=5000)
    card = page_of(qtbot, desk, DirectoryPage, directory.code)
    names = {field.name.removesuffix("_id") for field in directory.fields}
    assert set(card.form.fields()) == names
    editors = {name: field.focusProxy() for name, field in card.form.fields().items()}
    unnamed = [name for name, editor in editors.items() if editor is None or not editor.accessibleName()]
    assert unnamed == []


def test_a_row_is_typed_saved_and_listed(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    card = page_of(qtbot, desk, DirectoryPage, "department")
    qtbot.waitUntil(lambda: card.form.field("title").hasFocus() or card.isVisible())
    card.form.field("title").set_value("Сервис")
    card.form.field("title").edited.emit()
    card.saving.save()
    assert not live_server.sql("SELECT 1 FROM department")  # the branch is not chosen
    card.form.set_values({"branch": {"id": live_server.ids["branch"], "title": "Москва"}}, clean=False)
    card.check_dirty()
    qtbot.keyClick(card.form.field("title").focusProxy(), Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: card.card is not None, timeout=5000)
    assert live_server.sql("SELECT title FROM department") == [{"title": "Сервис"}]
    assert card.title == "Отдел: Сервис"
    assert not card.dirty
    card._delete()  # what «Удалить» of the confirmation does
    qtbot.waitUntil(lambda: not live_server.sql("SELECT 1 FROM department"), timeout=5000)
    qtbot.waitUntil(lambda: not isinstance(desk.window.deck.current(), SettingsFrame), timeout=5000)


def test_two_people_change_different_fields(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    other = live_server.insert("branch", title="Тверь")
    api = live_server.api()
    body = {"title": "Сервис", "branch_id": live_server.ids["branch"]}
    made = api.post("/api/departments", Created, DepartmentBody(**body)).id
    card = page_of(qtbot, desk, DirectoryPage, "department", made)
    qtbot.waitUntil(lambda: card.card is not None, timeout=5000)
    card.form.field("title").set_value("Сервисный центр")
    card.form.field("title").edited.emit()
    api.put(f"/api/departments/{made}", Created, DepartmentUpdate(title="Сервис", branch_id=other, version=1))
    card.saving.save()
    qtbot.waitUntil(lambda: card.version == 3, timeout=5000)
    assert live_server.sql("SELECT title, branch_id FROM department") == [
        {"title": "Сервисный центр", "branch_id": other}]


def test_the_menu_and_the_palette_hold_the_same_sections(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    page_of(qtbot, desk, ListPage, "list:branches")
    frame: Any = desk.window.deck.current()
    menu = frame.findChild(SettingsMenu)
    titles = [button.text() for button in menu.findChildren(NavButton)]
    assert titles == [section.title for section in SECTIONS]
    commands = {command.title for command in features.commands(desk.window.app.session)}
    assert set(titles) <= commands
    for section in SECTIONS:
        assert desk.window.app.navigator.knows(section.entity), section.entity


def test_who_may_only_look_cannot_type(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    live_server.user("viewer", "Зритель", {Permission.SETTINGS_VIEW: Scope.ALL})
    me = live_server.log_in("viewer")
    desk.window.app.session.open(me.token, me.me)
    card = page_of(qtbot, desk, DirectoryPage, "branch", live_server.ids["branch"])
    qtbot.waitUntil(lambda: card.card is not None, timeout=5000)
    assert all(field.is_read_only for field in card.form.fields().values())
    assert card.header.save.isHidden()
    frame: Any = desk.window.deck.current()
    titles = [button.text() for button in frame.findChildren(NavButton)]
    assert "Филиалы" in titles
    assert "Пользователи" not in titles

"""Users and roles in the real window, and the matrix as pure functions."""

from typing import Any

from PySide6.QtCore import Qt

from crm_contract.access import RoleRead, RoleUpdate
from crm_contract.base import Created
from crm_contract.permission_matrix import rights_objects
from crm_contract.permissions import Permission, Scope
from crm_desktop.settings.password import ask_new_password
from crm_desktop.settings.role_matrix import ACTIONS, SCOPE, matrix_rows, toggled, visible, with_scope
from crm_desktop.settings.role_page import RolePage
from crm_desktop.settings.user_page import UserPage
from crm_desktop.widgets.check_matrix import Check
from tests.desktop.live import Desk, LiveServer
from tests.desktop.settings.driving import page_of

OBJECTS = rights_objects()
INVOICE = next(found for found in OBJECTS if found.code == "invoice")
SETTINGS = next(found for found in OBJECTS if found.code == "settings")


def test_a_right_to_edit_brings_the_right_to_look() -> None:
    grants = toggled(INVOICE, "edit", {})
    assert grants == {"invoice.view": Scope.BRANCH, "invoice.edit": Scope.BRANCH}
    grants = toggled(INVOICE, ACTIONS, grants)
    assert len(grants) == len(INVOICE.rights)
    assert toggled(INVOICE, "view", grants) == {}
    assert toggled(SETTINGS, "edit", {}) == {"settings.view": Scope.ALL, "settings.edit": Scope.ALL}


def test_scopes_of_an_object_and_of_one_right() -> None:
    grants = toggled(INVOICE, "edit", {})
    wide = with_scope([INVOICE.rights[0]], Scope.ALL, grants)
    rows = {row.code: row for row in matrix_rows(OBJECTS, wide, grants, (), {"invoice"})}
    assert rows["invoice"].cells[SCOPE].text == "разная"
    assert rows["invoice"].cells[SCOPE].changed
    assert rows["invoice/invoice.view"].cells[SCOPE].text == "все"
    assert rows["invoice"].cells[ACTIONS].check is Check.OFF
    assert rows["settings"].cells[SCOPE].note == "нет доступа"
    assert visible(OBJECTS, wide)[0] == ["Счёт на оплату"]
    folded = matrix_rows(OBJECTS, wide, grants, {"sales"}, ())
    assert "invoice" not in {row.code for row in folded}


def test_a_role_is_changed_by_keyboard_and_saved(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    live_server.user("petrov", "Петров К. А.", {"invoice.view": Scope.BRANCH})
    role = live_server.sql("SELECT id FROM role WHERE title = 'Роль petrov'")[0]["id"]
    page = page_of(qtbot, desk, RolePage, "role", role)
    qtbot.waitUntil(lambda: page.card is not None, timeout=5000)
    view, model = page.grants.matrix.view, page.grants.matrix.model
    number = next(n for n, row in enumerate(model.rows) if row.code == "invoice")
    view.setCurrentIndex(model.index(number, 2))
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert page.dirty
    assert model.rows[number].cells["edit"].changed
    assert view.currentIndex().row() == number
    qtbot.waitUntil(lambda: bool(page.check_as._users), timeout=5000)  # who has the role
    qtbot.keyClick(view, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page.version == 2, timeout=5000)
    assert live_server.api().get(f"/api/roles/{role}", RoleRead).grants == {
        "invoice.view": Scope.BRANCH, "invoice.edit": Scope.BRANCH}
    assert not page.dirty


def test_two_administrators_change_different_rights(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    live_server.user("petrov", "Петров К. А.", {"invoice.view": Scope.BRANCH})
    role = live_server.sql("SELECT id FROM role WHERE title = 'Роль petrov'")[0]["id"]
    page = page_of(qtbot, desk, RolePage, "role", role)
    qtbot.waitUntil(lambda: page.card is not None, timeout=5000)
    page.grants.matrix.toggled.emit("party", "view")
    live_server.api().put(f"/api/roles/{role}", Created, RoleUpdate(
        title="Роль petrov", grants={"invoice.view": Scope.BRANCH, "upd.view": Scope.ALL}, version=1))
    page.saving.save()
    qtbot.waitUntil(lambda: page.version == 3, timeout=5000)
    assert page.card.grants == {"invoice.view": 3, "upd.view": 4, "party.view": 3}


def test_a_user_is_made_and_disabled(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    page = page_of(qtbot, desk, UserPage, "user")
    role = live_server.sql("SELECT id FROM role")[0]["id"]
    page.form.set_values({
        "name": "Новиков Н. Н.", "branch": {"id": live_server.ids["branch"], "title": "Москва"}, "login": "novikov",
        "password": "не простой пароль", "roles": [role]}, clean=False)
    page.check_dirty()
    page.saving.save()
    qtbot.waitUntil(lambda: page.card is not None, timeout=5000)
    assert page.card.roles[0].id == role
    assert page.form.field("password").isHidden()
    page.form.set_values({"active": False}, clean=False)
    page.check_dirty()
    page.saving.save()
    qtbot.waitUntil(lambda: page.version == 2 and not page.dirty, timeout=5000)
    assert live_server.sql("SELECT active FROM app_user WHERE login = 'novikov'") == [{"active": False}]


def test_the_last_administrator_is_told_why_not(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    page = page_of(qtbot, desk, UserPage, "user", live_server.ids["boss"])
    qtbot.waitUntil(lambda: page.card is not None, timeout=5000)
    page.form.set_values({"active": False}, clean=False)
    page.check_dirty()
    page.saving.save()
    qtbot.waitUntil(lambda: not page.messages.isHidden(), timeout=5000)
    assert live_server.sql("SELECT active FROM app_user WHERE login = 'orlova'") == [{"active": True}]
    assert page.dirty  # nothing of what was typed is lost


def test_a_new_password_ends_the_sessions(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    user = live_server.user("petrov", "Петров К. А.", {Permission.PARTY_VIEW: Scope.ALL})
    live_server.log_in("petrov")
    page = page_of(qtbot, desk, UserPage, "user", user)
    qtbot.waitUntil(lambda: page.card is not None, timeout=5000)
    done: list[bool] = []
    dialog = ask_new_password(desk.window.app, page, page.card, lambda: done.append(True))
    fields = dialog.findChildren(type(page.form))[0]
    fields.set_values({"password": "совсем другой", "repeat": "не тот"}, clean=False)
    fields.finished.emit()
    assert not done
    fields.set_values({"repeat": "совсем другой"}, clean=False)
    fields.finished.emit()
    qtbot.waitUntil(lambda: bool(done), timeout=5000)
    assert not live_server.sql("SELECT 1 FROM user_session WHERE user_id = %s AND ended_at IS NULL", (user,))

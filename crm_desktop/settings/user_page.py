"""The card of a user: who it is, which roles, where logged in."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from crm_contract.access import EmployeeBody, RoleRead, SessionRead, UserBody, UserRead, UserUpdate
from crm_contract.base import Created, Ref, VersionBody
from crm_contract.lists import Tone
from crm_contract.permissions import Permission
from crm_contract.requisites import check_email, check_phone
from crm_desktop.documents.label_jobs import print_badge
from crm_desktop.kit import formatting
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.lists.picks import pick_search
from crm_desktop.records.content import RecordContent
from crm_desktop.records.page import RecordPage
from crm_desktop.settings.password import ask_new_password, ask_pin
from crm_desktop.settings.record import CardHeader, lay_out
from crm_desktop.settings.role_choice import RoleChoice
from crm_desktop.widgets.buttons import Button, ButtonKind
from crm_desktop.widgets.cards import Card, row
from crm_desktop.widgets.choice_fields import CheckField
from crm_desktop.widgets.dialogs import confirm
from crm_desktop.widgets.form import Form, cell
from crm_desktop.widgets.labels import ElidedLabel, Label, caption, rule
from crm_desktop.widgets.menu import Menu
from crm_desktop.widgets.ref_edit import RefEdit
from crm_desktop.widgets.text_fields import CheckedEdit, PasswordEdit, PhoneEdit, TextEdit

_EMPLOYEE = ("name", "position", "phone", "email")


class UserContent(RecordContent):
    """The roles are a field of the form like the others."""

    def values_of(self, card: UserRead) -> dict[str, Any]:
        return super().values_of(card) | {"roles": [role.id for role in card.roles]}

    def state_of(self, card: UserRead) -> dict[str, Any]:
        return super().state_of(card) | {"roles": sorted(role.id for role in card.roles)}


class UserPage(RecordPage):
    entity = "user"
    watches = frozenset({"user", "employee", "role"})

    def __init__(self, app: AppContext, id: int | None, params: Mapping[str, Any]) -> None:
        self._employee: Ref | None = params.get("employee")
        self.roles = RoleChoice(tr("Роли"))
        self.form = self._make_form(app, new=id is None)
        super().__init__(app, id, params, UserContent(self.form),
                         tr("Пользователь") if id is not None else tr("Новый пользователь"))
        self.header = CardHeader(self.title, menu=id is not None)
        self.busy = self.header.save
        self.header.save_asked.connect(self.saving.save)
        self.header.more_asked.connect(self._open_more)
        self._sessions = SessionsCard(self._end_session)
        self._sessions.setVisible(False)
        person, rights = Card(tr("Сотрудник и вход")), Card(tr("Роли"))
        person.add(self.form)
        self._badge = caption("")
        person.add(self._badge)
        rights.add(caption(tr("Права складываются из всех ролей, область берётся самая широкая")))
        rights.add(self.roles)
        lay_out(self, self.header, self.messages, [[person], [rights, self._sessions]])
        may = app.session.can(Permission.USERS_EDIT)
        self.content.set_read_only(not may)
        self.header.save.setVisible(may)

    def _make_form(self, app: AppContext, *, new: bool) -> Form:
        form = Form([
            [cell("name", TextEdit(tr("Фамилия, имя, отчество"), required=True, max_length=200), 12)],
            [cell("position", TextEdit(tr("Должность"), max_length=200), 12)],
            [cell("branch", RefEdit(tr("Филиал"), pick_search(app, "branch"), required=True), 6),
             cell("department", RefEdit(tr("Отдел"), pick_search(app, "department")), 6)],
            [cell("phone", PhoneEdit(tr("Телефон"), check_phone), 6),
             cell("email", CheckedEdit(tr("Почта"), check_email, max_length=200), 6)],
            [cell("login", TextEdit(tr("Логин (латиница)"), required=True, max_length=100), 6),
             cell("active", CheckField(tr("Вход открыт")), 6)],
        ])
        if new:
            password = PasswordEdit(tr("Пароль"), required=True, hint=tr("Не короче 8 знаков"))
            form.add_row(cell("password", password, 12))
            form.set_values({"active": True})
        form.adopt("roles", self.roles)
        return form

    # --- RecordPage ------------------------------------------------------------------------------------------------

    def read(self, id: int) -> UserRead:
        return self.app.api.get(f"/api/users/{id}", UserRead)

    def sending(self, *, forced: bool) -> Callable[[], Created]:
        values = self.form.values()
        employee = EmployeeBody(**{name: values[name] for name in _EMPLOYEE}, branch_id=values["branch"],
                                department_id=values["department"])
        fields = {"login": values["login"], "employee": employee, "roles": values["roles"], "active": values["active"]}
        if self.id is None or self.version is None:
            body = UserBody(**fields, password=values["password"])
            return partial(self.app.api.post, "/api/users", Created, body)
        return partial(self.app.api.put, f"/api/users/{self.id}", Created, UserUpdate(**fields, version=self.version))

    def load_more(self) -> None:
        self.app.tasks.run(self, lambda: self.app.api.get("/api/roles", list[RoleRead]), self.roles.set_roles,
                           key="roles")
        id = self.id
        if id is not None:
            self.app.tasks.run(self, lambda: self.app.api.get(f"/api/users/{id}/sessions", list[SessionRead]),
                               self._sessions.show_sessions, key="sessions")

    def show_saved(self, card: UserRead) -> None:
        if "password" in self.form.fields():
            self.form.set_visible("password", False)
            self.form.field("password").set_required(False)
        self.set_title(card.name)
        self.header.set_title(card.name, card.position)
        self.header.set_pill("" if card.active else tr("вход закрыт"), Tone.ERROR)
        self.header.more.show()
        self._sessions.show()
        self._badge.setText(_badge_words(card))
        seen = formatting.moment_near(card.last_login_at) if card.last_login_at else tr("ещё не входил")
        waits = tr(" · сменит пароль при входе") if card.must_change_password else ""
        self.set_status(tr("Последний вход: {seen}{waits}").format(seen=seen, waits=waits))

    def draft_title(self) -> str:
        return str(self.form.field("name").value()) or self.title

    # --- acts ------------------------------------------------------------------------------------------------------

    def _open_more(self, button: QWidget) -> None:
        card: UserRead | None = self.card
        if card is None:
            return
        no = "" if self.app.session.can(Permission.USERS_EDIT) else tr("Нет права изменять пользователей")
        menu = Menu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.add(tr("Новый пароль…"), lambda: ask_new_password(self.app, self, card, self.load), icon=Icon.LOCK,
                 why_not=no)
        menu.add(tr("Новый бейдж…"), lambda: self._ask_badge(card), icon=Icon.USER, why_not=no)
        menu.add(tr("Напечатать бейдж…"), lambda: print_badge(
            self.app, card.id, card.badge, card.name, card.position, self), icon=Icon.BARCODE,
            why_not="" if card.badge else tr("Бейджа нет: выдайте его"))
        menu.add(tr("ПИН-код терминала…"), lambda: ask_pin(self.app, self, card, self.load), icon=Icon.KEYBOARD,
                 why_not=no)
        menu.add(tr("Завершить все сеансы…"), lambda: self._ask_end_all(card), icon=Icon.SIGN_OUT, why_not=no)
        menu.addSeparator()
        menu.add(tr("Карточка сотрудника"), lambda: self.app.navigator.open("employee", card.employee_id),
                 icon=Icon.USER_CIRCLE)
        menu.add(tr("Прочитать заново"), self.refresh, icon=Icon.ARROWS_CLOCKWISE, key="F5")
        menu.open_below(button, align_right=True)

    def _ask_badge(self, card: UserRead) -> None:
        confirm(self, tr("Выдать новый бейдж: {name}?").format(name=card.name),
                tr("Прежний бейдж перестанет открывать терминал, сеансы завершатся. Новый"
                   " напечатайте отсюда же: «Напечатать бейдж»."), tr("Выдать"),
                lambda: self.app.tasks.run(
                    self, partial(self.app.api.post, f"/api/users/{card.id}/badge", Created,
                                  VersionBody(version=card.version)),
                    lambda _: self.load(), self.saving.show_error))

    def _ask_end_all(self, card: UserRead) -> None:
        confirm(self, tr("Завершить все сеансы: {name}?").format(name=card.name),
                tr("Программа попросит войти заново. Введённое в ней не пропадёт."), tr("Завершить"),
                lambda: self._end(f"/api/users/{card.id}/sessions/end"))

    def _end_session(self, session_id: int) -> None:
        self._end(f"/api/users/{self.id}/sessions/{session_id}/end")

    def _end(self, path: str) -> None:
        self.app.tasks.run(self, partial(self.app.api.post, path), lambda _: self.load_more(), self.saving.show_error)


def _badge_words(card: UserRead) -> str:
    """How the person gets into the stock terminal."""
    if not card.badge:
        return tr("Бейджа для терминала склада нет: выдайте его в меню «Ещё»")
    pin = tr("ПИН-код задан") if card.has_pin else tr("ПИН-код не задан, терминал не откроется")
    return tr("Бейдж терминала {code} · {pin}").format(code=card.badge, pin=pin)


class SessionsCard(Card):
    """Where the user is logged in now."""

    def __init__(self, end: Callable[[int], object], parent: QWidget | None = None) -> None:
        super().__init__(tr("Сеансы"), ruled=True, margins=False, parent=parent)
        self._end = end
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self.add(self._rows)

    def show_sessions(self, sessions: Sequence[SessionRead]) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.set_note(str(len(sessions)) if sessions else "")
        for number, session in enumerate(sessions):
            if number:
                self._rows.addWidget(rule())
            self._rows.addWidget(self._line(session))
        if not sessions:
            nobody = caption(tr("Сейчас не работает"))
            nobody.setContentsMargins(15, 8, 15, 12)
            self._rows.addWidget(nobody)

    def _line(self, session: SessionRead) -> QWidget:
        holder = QWidget()
        words = QVBoxLayout()
        words.setSpacing(1)
        here = tr(" · этот сеанс") if session.current else ""
        words.addWidget(ElidedLabel(f"{session.client or tr('программа')} · {session.address}{here}", FontRole.MEDIUM))
        words.addWidget(Label(tr("вход {start} · был на связи {seen}").format(
            start=formatting.moment_near(session.started_at), seen=formatting.moment_near(session.seen_at)),
            FontRole.CAPTION, "muted"))
        end = Button(tr("Завершить"), ButtonKind.QUIET, compact=True)
        end.clicked.connect(lambda: self._end(session.id))
        line = row(words, end)
        line.setContentsMargins(15, 8, 8, 8)
        line.setStretch(0, 1)
        holder.setLayout(line)
        return holder

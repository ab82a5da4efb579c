"""The card of a role: its name and the matrix of rights."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crm_contract.access import RoleBody, RoleRead, RoleUpdate, UserRead
from crm_contract.base import Created
from crm_contract.lists import Tone
from crm_contract.permissions import SCOPE_TITLES, Permission, Scope
from crm_desktop.kit import formatting
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.records.content import RecordContent
from crm_desktop.records.page import RecordPage
from crm_desktop.settings.check_as import CheckAs
from crm_desktop.settings.grants_field import GrantsField
from crm_desktop.settings.record import CardHeader
from crm_desktop.settings.role_matrix import changes
from crm_desktop.widgets.buttons import Button
from crm_desktop.widgets.cards import CARD_GAP, PAGE_EDGE
from crm_desktop.widgets.dialogs import confirm
from crm_desktop.widgets.form import Form, cell
from crm_desktop.widgets.menu import Menu
from crm_desktop.widgets.text_fields import TextEdit

GRANT = "grant:"


class RoleContent(RecordContent):
    """Two versions of a role are compared right by right."""

    def __init__(self, form: Form, grants: GrantsField) -> None:
        self._grants = grants
        super().__init__(form)

    @property
    def names(self) -> list[str]:
        return ["title", *(f"{GRANT}{right.code}" for found in self._grants.objects for right in found.rights)]

    def title_of(self, name: str) -> str:
        found = self._grants.right(name.removeprefix(GRANT))
        return f"{found[0].title}: {found[1].title.lower()}" if found is not None else super().title_of(name)

    def state(self) -> dict[str, Any]:
        return super().state() | self._words(self._grants.value())

    def state_of(self, card: RoleRead) -> dict[str, Any]:
        return super().state_of(card) | self._words(card.grants)

    def take(self, name: str, card: RoleRead) -> None:
        if not name.startswith(GRANT):
            super().take(name, card)
            return
        code = name.removeprefix(GRANT)
        grants = self._grants.value()
        grants.pop(code, None)
        if code in card.grants:
            grants[code] = card.grants[code]
        self.form.set_values({"grants": grants}, clean=False)

    def _words(self, grants: Mapping[str, int]) -> dict[str, str]:
        return {name: SCOPE_TITLES[Scope(scope)] if (scope := grants.get(name.removeprefix(GRANT))) else ""
                for name in self.names if name.startswith(GRANT)}


class RolePage(RecordPage):
    entity = "role"
    watches = frozenset({"role", "user"})

    def __init__(self, app: AppContext, id: int | None, params: Mapping[str, Any]) -> None:
        self.grants = GrantsField()
        self.form = Form([[cell("title", TextEdit(tr("Название роли"), required=True, max_length=120), 12)]])
        self.form.adopt("grants", self.grants)
        super().__init__(app, id, params, RoleContent(self.form, self.grants),
                         tr("Роль") if id is not None else tr("Новая роль"))
        self.header = CardHeader(self.title, menu=id is not None)
        self.busy = self.header.save
        self._undo = Button(tr("Отменить правки"), icon=Icon.UNDO)
        self._undo.clicked.connect(self._forget_edits)
        self.header.add(self._undo)
        self.header.save_asked.connect(self.saving.save)
        self.header.more_asked.connect(self._open_more)
        self.check_as = CheckAs(self.grants)
        self._lay_out()
        may = app.session.can(Permission.USERS_EDIT)
        self.content.set_read_only(not may)
        self.header.save.setVisible(may)
        self._undo.hide()
        if "copy" in params:
            self.form.set_values({"grants": params["copy"]}, clean=False)

    # --- RecordPage ------------------------------------------------------------------------------------------------

    def read(self, id: int) -> RoleRead:
        return self.app.api.get(f"/api/roles/{id}", RoleRead)

    def sending(self, *, forced: bool) -> Callable[[], Created]:
        values = self.form.values()
        if self.id is None or self.version is None:
            return partial(self.app.api.post, "/api/roles", Created, RoleBody(**values))
        return partial(self.app.api.put, f"/api/roles/{self.id}", Created, RoleUpdate(**values, version=self.version))

    def load_more(self) -> None:
        def read() -> tuple[list[UserRead], list[RoleRead]]:
            return (self.app.api.get("/api/users", list[UserRead]), self.app.api.get("/api/roles", list[RoleRead]))

        self.app.tasks.run(self, read, lambda found: self.check_as.set_people(self.id, *found), key="people")

    def show_saved(self, card: RoleRead) -> None:
        self.grants.set_saved(card.grants)
        self.set_title(tr("Роль «{title}»").format(title=card.title))
        self.header.set_title(self.title, formatting.plural(
            card.users, tr("пользователь"), tr("пользователя"), tr("пользователей")))
        self.header.more.show()
        self.check_as.show_answer()

    def show_dirty(self, on: bool) -> None:
        changed = len(changes(self.grants.objects, self.grants.value(), self.grants.saved)) if self.card else 0
        words = formatting.plural(changed, tr("право"), tr("права"), tr("прав"))
        self.header.set_pill(tr("изменено: {words}").format(words=words) if changed else "", Tone.WARN)
        self._undo.setVisible(on and self.card is not None)
        self.check_as.show_answer()

    def draft_title(self) -> str:
        return str(self.form.field("title").value()) or self.title

    def focus_start(self) -> None:
        if self.id is None:
            self.form.focus_first()
        else:
            self.grants.setFocus()

    # --- inside ----------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(4)
        left.addWidget(self.form)
        left.addWidget(self.grants, 1)
        columns = QHBoxLayout()
        columns.setSpacing(CARD_GAP)
        columns.addLayout(left, 1)
        columns.addWidget(self.check_as)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(PAGE_EDGE, 12, PAGE_EDGE, 8)
        outer.setSpacing(CARD_GAP)
        outer.addWidget(self.header)
        outer.addWidget(self.messages)
        outer.addLayout(columns, 1)

    def _forget_edits(self) -> None:
        if self.card is not None:
            self.draft.drop()
            self.show_card(self.card)

    def _open_more(self, button: QWidget) -> None:
        no = "" if self.app.session.can(Permission.USERS_EDIT) else tr("Нет права изменять роли")
        menu = Menu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.add(tr("Новая роль с этими правами"),
                 lambda: self.app.navigator.open("role", None, copy=self.grants.value()), icon=Icon.COPY, why_not=no)
        menu.add(tr("Прочитать заново"), self.refresh, icon=Icon.ARROWS_CLOCKWISE, key="F5")
        menu.addSeparator()
        menu.add(tr("Удалить роль…"), self._ask_delete, icon=Icon.TRASH, why_not=no)
        menu.open_below(button, align_right=True)

    def _ask_delete(self) -> None:
        confirm(self, tr("Удалить роль «{title}»?").format(title=self.draft_title()),
                tr("Роль, которая у кого-нибудь есть, удалить нельзя."), tr("Удалить"), self._delete)

    def _delete(self) -> None:
        def deleted(_: object) -> None:
            self.draft.drop()
            self.set_dirty(False)
            self.closed.emit()

        self.app.tasks.run(self, partial(self.app.api.delete, f"/api/roles/{self.id}"), deleted, self.saving.show_error)

"""Every directory by its declaration: the list, and the card of one row."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from crm_contract.base import Created
from crm_contract.directories import Directory
from crm_contract.kinds import Field, FieldType
from crm_contract.requisites import check_email, check_phone
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.page import Page
from crm_desktop.lists.page import ListPage
from crm_desktop.lists.picks import pick_search
from crm_desktop.lists.profile import ListProfile, Row, RowsAction
from crm_desktop.records.content import RecordContent
from crm_desktop.records.page import RecordPage
from crm_desktop.settings.frame import SettingsFrame
from crm_desktop.settings.record import CardHeader, lay_out
from crm_desktop.widgets.cards import Card
from crm_desktop.widgets.dialogs import confirm
from crm_desktop.widgets.form import Cell, Form, SectionRow
from crm_desktop.widgets.form import Row as FormRow
from crm_desktop.widgets.kind_fields import rows_for
from crm_desktop.widgets.labels import Label
from crm_desktop.widgets.menu import Menu
from crm_desktop.widgets.text_fields import CheckedEdit, PhoneEdit


def form_rows(app: AppContext, fields: tuple[Field, ...]) -> list[FormRow]:
    """Fields by the names that a card has: `branch` for `branch_id`. Phones and mails are checked while typing."""
    named = [replace(field, name=field.name.removesuffix("_id")) for field in fields]
    rows = rows_for(named, lambda entity: pick_search(app, entity))
    return [[_checked(cell) for cell in row] for row in rows if not isinstance(row, SectionRow)]


def _checked(cell: Cell) -> Cell:
    if cell.name == "phone":
        return replace(cell, field=PhoneEdit(cell.field.title, check_phone))
    if cell.name == "email":
        return replace(cell, field=CheckedEdit(cell.field.title, check_email, max_length=200))
    return cell


def body_values(form: Form, fields: tuple[Field, ...]) -> dict[str, Any]:
    """What the form holds, by the names of the body."""
    typed = form.values()
    values = {field.name: typed[field.name.removesuffix("_id")] for field in fields}
    return values | {field.name: values[field.name] or 0 for field in fields if field.type is FieldType.INTEGER}


class DirectoryPage(RecordPage):
    """One row of a directory."""

    def __init__(self, app: AppContext, directory: Directory, id: int | None, params: Mapping[str, Any]) -> None:
        self.directory = directory
        self.entity = directory.code
        self.watches = frozenset({directory.code})
        self._fields = tuple(directory.fields)
        self.form = Form(form_rows(app, self._fields))
        new = tr("{title}: новая запись").format(title=directory.title)
        super().__init__(app, id, params, RecordContent(self.form), directory.title if id is not None else new)
        self.header = CardHeader(self.title, menu=id is not None)
        self.busy = self.header.save
        self.header.save_asked.connect(self.saving.save)
        self.header.more_asked.connect(self._open_more)
        card = Card()
        card.add(self.form)
        if directory.hint:
            card.add(Label(directory.hint, FontRole.CAPTION, "muted", wrap=True))
        lay_out(self, self.header, self.messages, [[card]])
        self.form.set_read_only(not self._may_edit)
        self.header.save.setVisible(self._may_edit)

    @property
    def _may_edit(self) -> bool:
        return self.app.session.can(self.directory.edit)

    def read(self, id: int) -> Any:
        return self.app.api.get(f"{self.directory.path}/{id}", self.directory.read)

    def sending(self, *, forced: bool) -> Callable[[], Created]:
        values = body_values(self.form, self._fields)
        if self.id is None or self.version is None:
            return partial(self.app.api.post, self.directory.path, Created, self.directory.body(**values))
        body = self.directory.update(**values | {"version": self.version})
        return partial(self.app.api.put, f"{self.directory.path}/{self.id}", Created, body)

    def show_saved(self, card: Any) -> None:
        name = str(getattr(card, self.directory.name))
        self.set_title(f"{self.directory.title}: {name}")
        self.header.set_title(name, self.directory.title)
        self.header.more.show()

    def draft_title(self) -> str:
        return str(self.form.field(self.directory.name).value()) or self.title

    def _open_more(self, button: QWidget) -> None:
        menu = Menu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.add(tr("Прочитать заново"), self.refresh, icon=Icon.ARROWS_CLOCKWISE, key="F5")
        menu.addSeparator()
        menu.add(tr("Удалить…"), self._ask_delete, icon=Icon.TRASH,
                 why_not="" if self._may_edit else tr("Нет права изменять этот справочник"))
        menu.open_below(button, align_right=True)

    def _ask_delete(self) -> None:
        confirm(self, tr("Удалить «{name}»?").format(name=self.draft_title()),
                tr("Запись, на которую что-нибудь ссылается, сервер не удалит и скажет, на что посмотреть."),
                tr("Удалить"), self._delete)

    def _delete(self) -> None:
        def deleted(_: object) -> None:
            self.draft.drop()
            self.set_dirty(False)
            self.closed.emit()

        self.app.tasks.run(self, partial(self.app.api.delete, f"{self.directory.path}/{self.id}"), deleted,
                           self.saving.show_error)


def open_directory_list(directory: Directory, rows_actions: Sequence[RowsAction] = (),
                        needs: Sequence[str] = ()) -> Callable[..., Page]:
    """`rows_actions` are what else can be done with the rows, which read the columns `needs`."""
    def make(app: AppContext, entity: str, id: int | None, params: Mapping[str, Any]) -> Page:
        def open_row(app: AppContext, row: Row) -> None:
            app.navigator.open(directory.code, row["id"])

        def create(app: AppContext) -> None:
            app.navigator.open(directory.code, None)

        profile = ListProfile(directory.list, frozenset({directory.code}), open_row, create, directory.edit,
                              needs=needs, rows_actions=rows_actions)
        return SettingsFrame(app, ListPage(app, profile, params), entity)

    return make


def open_directory_row(directory: Directory) -> Callable[..., Page]:
    def make(app: AppContext, entity: str, id: int | None, params: Mapping[str, Any]) -> Page:
        return SettingsFrame(app, DirectoryPage(app, directory, id, params), f"list:{directory.list.code}")

    return make

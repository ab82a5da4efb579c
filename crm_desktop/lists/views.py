"""The views of a list: those that ship with it, and those that people saved on the server."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from crm_contract.base import Created
from crm_contract.lists import Condition, Op, SavedView, SavedViewBody, Sort
from crm_contract.permissions import Permission
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.i18n import tr
from crm_desktop.widgets.buttons import ButtonKind
from crm_desktop.widgets.choice_fields import CheckField
from crm_desktop.widgets.dialogs import Dialog, confirm
from crm_desktop.widgets.filter_bar import ViewItem
from crm_desktop.widgets.text_fields import TextEdit

if TYPE_CHECKING:
    from crm_desktop.lists.page import ListPage

PRESET, SAVED = "preset:", "view:"


def same(column: str, value: Any) -> Condition:
    """`column = value`, the condition of links between pages."""
    return Condition(column=column, op=Op.EQ, value=value)


class ListViews(QObject):
    """Fills the choice «Вид» of a list page and does what is chosen there."""

    def __init__(self, app: AppContext, page: "ListPage") -> None:
        super().__init__(page)
        self._app = app
        self._page = page
        self._saved: list[SavedView] = []
        self.current = ""
        page.filters.view_chosen.connect(self.choose)
        page.filters.view_save_asked.connect(self._ask_name)
        page.filters.view_delete_asked.connect(self._ask_delete)

    def begin(self, params: Mapping[str, Any]) -> None:
        """The first filter of a page: what its opener asks for, else the first preset."""
        presets = self._page.spec.presets
        if "conditions" in params:
            raw = [item if isinstance(item, Condition) else Condition.model_validate(item)
                   for item in params["conditions"]]
            self.current = str(params.get("view", ""))
            self._page.filters.set_filter(raw, str(params.get("search", "")), params.get("titles"))
        else:
            code = params.get("preset") or (presets[0].code if presets else "")
            self._show_preset(str(code))
        self._show()

    def load(self) -> None:
        """Reads the saved views; the list does not wait for them."""
        code = self._page.spec.code
        self._app.tasks.run(
            self, lambda: self._app.api.get("/api/views", list[SavedView], {"list_code": code}), self._take,
            key="views")

    def choose(self, code: str) -> None:
        """A choice of the person: filter, sort and columns follow."""
        self.current = code
        if code.startswith(SAVED):
            self._show_saved(next(view for view in self._saved if f"{SAVED}{view.id}" == code))
        else:
            self._show_preset(code.removeprefix(PRESET))
        self._show()
        self._page.apply_filter()

    def _show_preset(self, code: str) -> None:
        preset = next((preset for preset in self._page.spec.presets if preset.code == code), None)
        self.current = f"{PRESET}{preset.code}" if preset else ""
        conditions = [Condition(column=column, op=op, value=value)
                      for column, op, value in (preset.conditions if preset else ())]
        self._page.filters.set_filter(conditions)
        if preset is not None and preset.sort:
            self._page.table.model.prepare_sort(
                [Sort(column=preset.sort.lstrip("-"), descending=preset.sort.startswith("-"))])

    def _show_saved(self, view: SavedView) -> None:
        self._page.filters.set_filter(view.query.conditions, view.query.search)
        if view.query.sort:
            self._page.table.model.prepare_sort(view.query.sort)
        if view.columns:
            self._page.table.show_columns(view.columns)

    def _take(self, saved: Sequence[SavedView]) -> None:
        self._saved = list(saved)
        self._show()

    def _show(self) -> None:
        items = [ViewItem(f"{PRESET}{preset.code}", preset.title) for preset in self._page.spec.presets]
        items += [ViewItem(f"{SAVED}{view.id}", view.title, view.own, view.shared) for view in self._saved]
        self._page.filters.set_views(items, self.current)

    # --- saving ----------------------------------------------------------------------------------------------------

    def _ask_name(self) -> None:
        dialog = Dialog(self._page, tr("Сохранить вид списка"))
        name = TextEdit(tr("Название"), required=True, max_length=80)
        shared = CheckField(tr("Показывать всем"))
        shared.setVisible(self._app.session.can(Permission.VIEWS_SHARE))
        dialog.add(name)
        dialog.add(shared)

        def save() -> None:
            if name.validate():
                dialog.accept()
                self._save(name.value(), shared.value())

        dialog.add_button(tr("Отмена"))
        dialog.add_button(tr("Сохранить"), save, ButtonKind.PRIMARY)
        name.advanced.connect(save)
        dialog.open()
        name.setFocus()

    def _save(self, title: str, shared: bool) -> None:
        query = self._page.query()
        body = SavedViewBody(list_code=self._page.spec.code, title=title, shared=shared, query=query,
                             columns=query.columns or [])

        def saved(created: Created) -> None:
            self.current = f"{SAVED}{created.id}"
            self.load()

        self._app.tasks.run(self._page, lambda: self._app.api.post("/api/views", Created, body), saved)

    def _ask_delete(self, code: str) -> None:
        view = next(view for view in self._saved if f"{SAVED}{view.id}" == code)

        def deleted(_: object) -> None:
            self.choose("")
            self.load()

        confirm(self._page, tr("Удалить вид «{title}»?").format(title=view.title), tr("Сам список не изменится."),
                tr("Удалить"), lambda: self._app.tasks.run(
                    self._page, lambda: self._app.api.delete(f"/api/views/{view.id}"), deleted))

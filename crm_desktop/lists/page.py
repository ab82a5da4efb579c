"""The one page of every list: search, chips, views, columns, export, preview, live refresh."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from crm_contract.lists import Column, ColumnType, Condition, ListQuery, Moment
from crm_contract.lists import Page as ListWindow
from crm_contract.permissions import Permission
from crm_desktop.kit import formatting
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.page import Page, PageAction
from crm_desktop.kit.problems import Problem, problem_of
from crm_desktop.kit.shortcuts import ActionSpec
from crm_desktop.lists.export import ask_file, export_list
from crm_desktop.lists.moment_bar import MomentBar, sibling_choice
from crm_desktop.lists.picks import pick_search
from crm_desktop.lists.profile import ListProfile, Row, RowsAction
from crm_desktop.lists.views import ListViews
from crm_desktop.widgets.bars import MessageBar
from crm_desktop.widgets.buttons import Button, ButtonKind, IconButton, MenuButton
from crm_desktop.widgets.cards import CARD_GAP, PAGE_EDGE
from crm_desktop.widgets.column_chooser import ColumnChooser
from crm_desktop.widgets.conditions import cell_condition
from crm_desktop.widgets.drop_zone import dropped_file
from crm_desktop.widgets.filter_bar import FilterBar
from crm_desktop.widgets.labels import muted, title
from crm_desktop.widgets.menu import Menu
from crm_desktop.widgets.paged_model import PageDone, PageFailed
from crm_desktop.widgets.paged_table import PagedTable

CONTEXT = "list"
SHORTCUTS = (
    ActionSpec("list.create", tr("Создать запись"), ("Ins",), CONTEXT, Icon.PLUS),
    ActionSpec("list.search", tr("Поиск в списке"), ("Ctrl+F",), CONTEXT, Icon.SEARCH),
    ActionSpec("list.act", tr("Сделать с выбранными строками"), ("Ctrl+Enter", "Ctrl+Return"), CONTEXT, Icon.CHECK),
    ActionSpec("list.refresh", tr("Обновить список"), ("F5",), CONTEXT, Icon.ARROWS_CLOCKWISE),
    ActionSpec("list.reset", tr("Снять отбор"), ("Ctrl+Shift+F3",), CONTEXT, Icon.CLOSE),
    ActionSpec("list.columns", tr("Столбцы списка"), (), CONTEXT, Icon.COLUMNS),
    ActionSpec("list.export", tr("Выгрузить список в Excel"), ("Ctrl+E",), CONTEXT, Icon.EXPORT),
)
PREVIEW_PAUSE_MS = 120
LAYOUT_PAUSE_MS = 600
NARROW = 920
SUMS = 2


class ListPage(Page):
    """`list:<code>`. Parameters: `conditions`, `search`, `preset`, `titles` (words of references by column and id),
    `since` and `until` of a list of another moment than now."""

    def __init__(self, app: AppContext, profile: ListProfile, params: Mapping[str, Any] | None = None) -> None:
        super().__init__(profile.spec.title)
        self.setObjectName("page")
        self.app = app
        self.profile = profile
        self.spec = profile.spec
        self.watches = profile.watches
        self._loaded = False
        self.columns: list[Column] = [
            column for column in self.spec.columns if not column.permission or app.session.can(column.permission)]
        self.table = PagedTable(self.columns, self._load_window, sort=self.spec.default_sort, name=self.spec.title,
                                cell_ink=self._cell_ink, cell_bar=profile.cell_bar)
        self.filters = FilterBar(
            self.columns, ref_search=lambda entity: pick_search(app, entity), search_hint=self.spec.search_hint)
        self.messages = MessageBar()
        self.moment = MomentBar(self.spec.moment)
        self.moment.restore(params or {})
        self._count = muted()
        self._create = Button(tr("Создать"), ButtonKind.PRIMARY, icon=Icon.PLUS, key="Ins")
        self._main = Button(profile.main.title if profile.main else "", ButtonKind.PRIMARY, key="Ctrl+Enter",
                            icon=profile.main.icon if profile.main else "")
        self._more = MenuButton(tr("Ещё"))
        self._file = Button(profile.files.title if profile.files is not None else "", icon=Icon.UPLOAD)
        self.setAcceptDrops(self._can_take_files())
        self._preview = profile.preview(app) if profile.preview is not None else None
        self._preview_row: Row | None = None
        self._preview_timer = QTimer(self, singleShot=True, interval=PREVIEW_PAUSE_MS)
        self._preview_timer.timeout.connect(self._show_preview)
        self._layout_timer = QTimer(self, singleShot=True, interval=LAYOUT_PAUSE_MS)
        self._layout_timer.timeout.connect(self._keep_layout)
        self._chooser: ColumnChooser | None = None
        self._preview_wanted = bool(app.settings.get("lists/preview", True))
        self._lay_out()
        self._wire()
        self.views = ListViews(app, self)
        self._restore_layout()
        self.views.begin(params or {})

    # --- Page ------------------------------------------------------------------------------------------------------

    def activate(self) -> None:
        if not self._loaded:
            self._loaded = True
            self.apply_filter()
            self.views.load()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self, ids: Sequence[int] | None = None) -> None:
        if self._loaded:
            self.table.refresh()

    def place(self) -> tuple[str, int | None]:
        return f"list:{self.spec.code}", None

    def state(self) -> dict[str, Any]:
        return {"conditions": [c.model_dump(mode="json") for c in self.filters.conditions()],
                "search": self.filters.search(), "view": self.views.current, **self.moment.state()}

    def restore(self, state: dict[str, Any]) -> None:
        if state:
            self.moment.restore(state)
            self.views.begin(state)
            if self._loaded:
                self.apply_filter()

    # --- for the views ---------------------------------------------------------------------------------------------

    def apply_filter(self) -> None:
        """Loads what search and chips ask for."""
        self._show_empty_words()
        self.table.set_filter(self.filters.conditions(), self.filters.search())

    def show_problem(self, problem: Problem) -> bool:
        return self.messages.show_problem(problem, retry=self.table.refresh)

    def query(self) -> ListQuery:
        return self.table.query()

    # --- inside ----------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(title(self.spec.title))
        head.addSpacing(4)
        head.addWidget(self._count)
        head.addWidget(self.moment)
        head.addStretch(1)
        if self.profile.siblings:
            head.addWidget(sibling_choice(self.app, self.profile, self.moment))
        head.addWidget(self._file)
        head.addWidget(self._create)
        head.addWidget(self._main)
        head.addWidget(self._more)
        self._columns_button = IconButton(Icon.COLUMNS, tr("Столбцы"))
        self.filters.add_right(self._columns_button)
        self._preview_button = IconButton(Icon.EYE, tr("Просмотр справа"), checkable=True)
        self.filters.add_right(self._preview_button)
        body = QHBoxLayout()
        body.setSpacing(CARD_GAP)
        body.addWidget(self.table, 1)
        if self._preview is not None:
            body.addWidget(self._preview)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(PAGE_EDGE, 12, PAGE_EDGE, 8)
        outer.setSpacing(CARD_GAP)
        outer.addLayout(head)
        outer.addWidget(self.filters)
        outer.addWidget(self.messages)
        outer.addLayout(body, 1)
        self._file.setVisible(self._can_take_files())
        self._main.setVisible(self._main_action() is not None)
        self._create.setVisible(self._can_create())  # only now: without a parent it would be a window for a moment
        self._preview_button.setVisible(self._preview is not None)

    def _wire(self) -> None:
        table, filters = self.table, self.filters
        filters.changed.connect(self.apply_filter)
        self.moment.changed.connect(table.refresh)
        filters.left_down.connect(lambda: table.setFocus(Qt.FocusReason.OtherFocusReason))
        table.typed.connect(filters.focus_search)
        table.filter_asked.connect(self._add_filter)
        table.opened.connect(self._open_row)
        table.current_changed.connect(self._on_current)
        table.selection_changed.connect(self._on_selection)
        table.total_changed.connect(self._on_total)
        table.model.arrived.connect(self._on_total)
        table.load_failed.connect(self._on_load_failed)
        table.layout_changed.connect(self._layout_timer.start)
        table.empty_acted.connect(self._on_empty_action)
        table.menu_asked.connect(self._open_row_menu)
        self._create.clicked.connect(self.create_record)
        self._main.clicked.connect(self.act)
        self._file.clicked.connect(lambda: self.take_file(None))
        self._more.clicked.connect(self._open_menu)
        self._columns_button.clicked.connect(self._choose_columns)
        self._preview_button.toggled.connect(self._toggle_preview)
        if self._preview is not None:
            self._preview.open_asked.connect(self._open_current)
            self._preview.close_asked.connect(lambda: self._preview_button.setChecked(False))
        self._preview_button.setChecked(self._preview_wanted)
        self._place_preview()
        bind = self.app.shortcuts.bind
        for action, run in (("list.create", self.create_record), ("list.search", filters.focus_search),
                            ("list.refresh", self.table.refresh), ("list.reset", filters.clear),
                            ("list.columns", self._choose_columns), ("list.export", self.export)):
            bind(self, action, run)
        if self.profile.main is not None:
            bind(self, "list.act", self.act)

    def _can_create(self) -> bool:
        permission = self.profile.create_permission
        can_make = self.profile.create is not None or self.profile.create_menu is not None
        return can_make and (not permission or self.app.session.can(permission))

    def _can_take_files(self) -> bool:
        files = self.profile.files
        return files is not None and (not files.permission or self.app.session.can(files.permission))

    def take_file(self, path: Path | None) -> None:
        """By the button or a drop."""
        if self.profile.files is not None and self._can_take_files():
            self.profile.files.run(self.app, path)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_file(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if (path := dropped_file(event.mimeData())) is not None:
            event.acceptProposedAction()
            self.take_file(path)

    def _cell_ink(self, row: Row, name: str) -> str | None:
        """Only the first column names the record; an ИНН or a phone further on is no link."""
        return None if name == self.table.model.column(0).name else "text"

    def _load_window(self, query: ListQuery, done: PageDone, failed: PageFailed) -> None:
        if not self._loaded:
            return  # a layout restored before the page was shown; showing it loads with the filter
        query = self.moment.ask(query)
        query.columns = list(dict.fromkeys((*(query.columns or ()), *self.profile.needs)))
        self.app.tasks.run(
            self, lambda: self.app.api.query(f"/api/lists/{self.spec.code}", ListWindow, query), done, failed)

    def _on_load_failed(self, error: object) -> None:
        if isinstance(error, BaseException):
            self.show_problem(problem_of(error))

    def _main_action(self) -> RowsAction | None:
        action = self.profile.main
        return action if action and (not action.permission or self.app.session.can(action.permission)) else None

    def act(self) -> None:
        """Does what the list is for with the selected rows."""
        rows = self.table.selected_rows()
        if (action := self._main_action()) is not None and len(rows) >= action.least:
            action.run(self.app, rows)

    def create_record(self) -> None:
        if not self._can_create():
            return
        if self.profile.create_menu is not None:
            self.profile.create_menu(self.app, self._create)
        elif self.profile.create is not None:
            self.profile.create(self.app)

    def export(self) -> None:
        if self._can_export():
            ask_file(self, self.spec.title, self._export_to)

    def _export_to(self, path: Path) -> None:
        self.messages.show_message(tr("Выгружаю список…"), key="export")

        def done(rows: int) -> None:
            words = formatting.plural(rows, tr("строка"), tr("строки"), tr("строк"))
            self.messages.show_message(tr("Выгружено: {words} в «{path}»").format(words=words, path=path),
                                       key="export")

        export_list(self.app, self, self.spec, self.moment.ask(self.query()), self.table.model.columns, path,
                    done)

    def _can_export(self) -> bool:
        return self.profile.can_export and self.app.session.can(Permission.EXPORT_RUN)

    # --- rows ------------------------------------------------------------------------------------------------------

    def _open_row(self, row: Row) -> None:
        if self.profile.open_row is not None:
            self.profile.open_row(self.app, row | self.moment.state())

    def _open_current(self) -> None:
        row = self.table.current_row()
        if row is not None:
            self._open_row(row)

    def _add_filter(self, condition: Condition, words: str) -> None:
        self.filters.add_condition(condition, words)

    def _on_current(self, row: Row | None) -> None:
        self._preview_row = row
        self._preview_timer.start()

    def _show_preview(self) -> None:
        if self._preview is not None and self._preview.isVisibleTo(self):
            self._preview.show_row(self._preview_row)

    def _on_selection(self, rows: Sequence[Row]) -> None:
        self.set_status(self._selection_words(rows))

    def _selection_words(self, rows: Sequence[Row]) -> str:
        parts = []
        if len(rows) > 1 or (rows and self.spec.moment is Moment.NOW):
            chosen = formatting.plural_form(len(rows), tr("Выбрана"), tr("Выбраны"), tr("Выбрано"))
            parts.append(f"{chosen} {formatting.plural(len(rows), tr('строка'), tr('строки'), tr('строк'))}")
            parts += self._sums_words({
                column.name: str(sum((Decimal(str(row.get(column.name) or 0)) for row in rows), Decimal(0)))
                for column in self.table.model.columns if column.sums})
        total = self._sums_words(self.table.model.sums)
        shown = tr("Всего {total}").format(total=self.table.total_text()) if self.table.total_text() else ""
        return "   │   ".join(part for part in (" · ".join(parts), " · ".join([shown, *total])) if part)

    def _sums_words(self, sums: Mapping[str, str]) -> list[str]:
        shown = [column for column in self.table.model.columns if column.sums and column.name in sums]
        room = SUMS if self.spec.moment is Moment.NOW else len(shown)  # a report is read for its totals
        return [_sum_words(column, Decimal(sums[column.name])) for column in shown[:room]]

    def _on_total(self) -> None:
        self._count.setText(self.table.total_text())
        self.messages.dismiss("offline")
        self.set_status(self._selection_words(self.table.selected_rows()))

    # --- empty, menus, columns -------------------------------------------------------------------------------------

    def _show_empty_words(self) -> None:
        if self.filters.is_filtered:
            self.table.set_empty(tr("По этому отбору ничего нет"),
                                 tr("Измените условия или поиск"), tr("Снять отбор"))
        else:
            self.table.set_empty(self.spec.empty_title, self.spec.empty_hint if self._can_create() else "",
                                 tr("Создать") if self._can_create() else "")

    def _on_empty_action(self) -> None:
        if self.filters.is_filtered:
            self.filters.clear()
        else:
            self.create_record()

    def _open_menu(self) -> None:
        menu = self._menu()
        menu.add(tr("Обновить"), self.table.refresh, icon=Icon.ARROWS_CLOCKWISE, key="F5")
        menu.add(tr("Снять отбор"), self.filters.clear, icon=Icon.CLOSE, key="Ctrl+Shift+F3",
                 why_not="" if self.filters.is_filtered else tr("Отбора нет"))
        menu.add(tr("Столбцы…"), self._choose_columns, icon=Icon.COLUMNS)
        menu.addSeparator()
        menu.add(tr("Выгрузить в Excel…"), self.export, icon=Icon.EXPORT, key="Ctrl+E",
                 why_not="" if self._can_export() else tr("Нет права на выгрузку списков"))
        for command in self.profile.commands:
            if not command.permission or self.app.session.can(command.permission):
                menu.add(command.title, lambda command=command: command.run(self.app), icon=command.icon)
        menu.open_below(self._more, align_right=True)

    def _open_row_menu(self, at: QPoint) -> None:
        row = self.table.current_row()
        if row is None:
            return
        menu = self._menu()
        if self.profile.open_row is not None:
            menu.add(tr("Открыть"), self._open_current, icon=Icon.OPEN, key="Enter")
        column = self.table.model.column(max(0, self.table.view.currentIndex().column()))
        if column.filterable:
            condition, words = cell_condition(column, row.get(column.name))
            menu.add(tr("Отобрать по значению"), lambda: self._add_filter(condition, words),
                     icon=Icon.FUNNEL, key="Alt+F3")
        self._add_rows_actions(menu)
        menu.popup(at)

    def _add_rows_actions(self, menu: Menu) -> None:
        rows = self.table.selected_rows()
        for number, action in enumerate(self.profile.rows_actions):
            if action.permission and not self.app.session.can(action.permission):
                continue
            if not number:
                menu.addSeparator()
            few = tr("Выберите не меньше {count} строк (Ctrl и щелчок)").format(count=action.least)
            menu.add(action.title, lambda action=action: action.run(self.app, rows), icon=action.icon,
                     why_not="" if len(rows) >= action.least else few)

    def page_actions(self) -> Sequence[PageAction]:
        """What can be done with the selected rows, for the palette."""
        rows = self.table.selected_rows()
        return [PageAction(action.title, lambda action=action: action.run(self.app, rows), action.icon)
                for action in self.profile.rows_actions
                if len(rows) >= action.least and (not action.permission or self.app.session.can(action.permission))]

    def _menu(self) -> Menu:
        menu = Menu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _choose_columns(self) -> None:
        if self._chooser is None:
            self._chooser = ColumnChooser(self._columns_button)
            self._chooser.chosen.connect(self.table.show_columns)
        shown = [column.name for column in self.table.model.columns]
        self._chooser.open_for(self._columns_button, self.columns, shown)

    # --- layout ----------------------------------------------------------------------------------------------------

    def _restore_layout(self) -> None:
        kept = self.app.settings.get(f"lists/{self.spec.code}")
        if isinstance(kept, dict):
            self.table.restore_layout(kept)

    def _keep_layout(self) -> None:
        self.app.settings.set(f"lists/{self.spec.code}", self.table.layout_state())

    def _toggle_preview(self, on: bool) -> None:
        self._preview_wanted = on
        self.app.settings.set("lists/preview", on)
        self._place_preview()
        self._show_preview()

    def _place_preview(self) -> None:
        if self._preview is not None:
            self._preview.setVisible(self._preview_wanted and self.width() >= NARROW)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_preview()
        self._preview_timer.start()


def _sum_words(column: Column, value: Decimal) -> str:
    is_money = column.type is ColumnType.MONEY
    shown = formatting.money(value, "RUB") if is_money else formatting.quantity(value)
    return f"{column.title.removesuffix(', ₽').lower()} {shown}"

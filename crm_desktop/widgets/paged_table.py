"""The list of every page: a million rows behind one frame, by keyboard and mouse.

Enter opens, letters search, Alt+F3 filters by the cell, Ctrl+C copies, a click on a title sorts.
"""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from crm_contract.lists import Column, ColumnType, Condition, ListQuery, Sort
from crm_desktop.kit import fonts, formatting
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.widgets.cell_text import NUMERIC, default_width
from crm_desktop.widgets.conditions import cell_condition
from crm_desktop.widgets.empty import EmptyState
from crm_desktop.widgets.paged_model import PagedModel, PageLoader, Row
from crm_desktop.widgets.table_delegate import CellBar, CellInk, RowTone, TableDelegate, copy_rows
from crm_desktop.widgets.table_view import ROW_HEIGHT, ListView

STRETCH_MIN = 168
COMFORT = 290      # while other columns have slack, names of customers and goods have so much
ELASTIC = 0.75  # the share of its width that a text column keeps
#: The longest usual value of a type: a list that lacks room is measured by it.
SAMPLES = {ColumnType.MONEY: "9 999 999,00", ColumnType.QUANTITY: "99 999,9", ColumnType.DATE: "30.12.2026",
           ColumnType.DATETIME: "30.12.2026 23:59", ColumnType.PERCENT: "100 %", ColumnType.INTEGER: "9 999"}
_TEXTS = (ColumnType.TEXT, ColumnType.REF)


class PagedTable(QFrame):
    """`loader(query, done, failed)` is called in the GUI thread and must return at once."""

    opened = Signal(object)              # the row's dict
    selection_changed = Signal(list)     # the dicts of the selected loaded rows
    current_changed = Signal(object)     # a dict or None, for the preview pane
    typed = Signal(str)                  # letters typed into the list: they belong to its search box
    filter_asked = Signal(object, str)   # a Condition made from the current cell, and its words
    menu_asked = Signal(QPoint)          # a global position
    total_changed = Signal()
    load_failed = Signal(object)
    empty_acted = Signal()               # the link of the empty state
    layout_changed = Signal()            # columns, widths or sort: worth saving

    def __init__(self, columns: Sequence[Column], loader: PageLoader, *, sort: str = "", name: str = "",
                 row_tone: RowTone | None = None, cell_ink: CellInk | None = None, cell_bar: CellBar | None = None,
                 parent: QWidget | None = None) -> None:
        """`sort` as in ListSpec: `-date`. `name` is for screen readers."""
        super().__init__(parent)
        self.setProperty("role", "tableFrame")
        self.model = PagedModel(columns, loader, self)
        if sort:
            self.model.prepare_sort([Sort(column=sort.lstrip("-"), descending=sort.startswith("-"))])
        self.view = ListView(self)
        self.delegate = TableDelegate(self.view, row_tone=row_tone, cell_ink=cell_ink, cell_bar=cell_bar)
        self.view.set_up(self.model, self.delegate, name or tr("Список"))
        self.header = self.view.header
        self._widths: dict[str, int] = {}
        self._kept: set[Any] = set()
        self._kept_current: Any = None
        self._restoring = False
        self._empty: EmptyState | None = None   # most lists have rows
        self._broken: EmptyState | None = None
        self._empty_texts = (tr("Здесь пока пусто"), "", "")
        self._lay_out()
        self._wire()
        self._show_sort()

    # --- for pages -------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """The first time, once the page is on the screen."""
        self.model.reload()

    def set_filter(self, conditions: Sequence[Condition], search: str = "") -> None:
        self.model.set_query(conditions, search)

    def refresh(self) -> None:
        """Rows changed on the server: loads them again, the selection stays on the same records."""
        self.model.refresh()

    def query(self) -> ListQuery:
        return self.model.query

    def set_empty(self, title: str, hint: str = "", action: str = "") -> None:
        self._empty_texts = (title, hint, action)
        if self._empty is not None:
            self._empty.set_texts(title, hint, action)

    def current_row(self) -> dict[str, Any] | None:
        row = self.model.row(self.view.currentIndex().row()) if self.view.currentIndex().isValid() else None
        return row.data if row else None

    def selected_rows(self) -> list[dict[str, Any]]:
        """Loaded rows only."""
        return [row.data for _, row in self._selected()]

    def select_id(self, row_id: Any) -> bool:
        """Goes to a loaded record; False when it is not among the loaded ones."""
        place = self.model.place_of(row_id)
        if place is not None:
            self._go_to(place)
        return place is not None

    def total_text(self) -> str:
        """«≈ 1 248 000 записей»."""
        total = self.model.total
        if total is None:
            return ""
        words = formatting.plural_form(total, tr("запись"), tr("записи"), tr("записей"))
        return f"{formatting.about(total, self.model.total_is_exact)}{formatting.NBSP}{words}"

    def layout_state(self) -> dict[str, Any]:
        """Columns, widths and sort as JSON, for saved views and the next start."""
        order = sorted(range(len(self.model.columns)), key=self.header.visualIndex)
        return {"columns": [self.model.columns[number].name for number in order], "widths": dict(self._widths),
                "sort": [sort.model_dump() for sort in self.model.sort_order]}

    def restore_layout(self, state: dict[str, Any]) -> None:
        """Takes what `layout_state` gave; names that are gone are left out. Loads the list again."""
        names = {column.name for column in self.model.all_columns}
        self._widths = {name: int(width) for name, width in state.get("widths", {}).items() if name in names}
        sort = [Sort(**entry) for entry in state.get("sort", ()) if entry.get("column") in names]
        if sort:
            self.model.prepare_sort(sort)
        self.model.show_columns(state.get("columns", ()))

    def show_columns(self, names: Sequence[str]) -> None:
        """The column chooser's answer."""
        self.model.show_columns(names)
        self.layout_changed.emit()

    # --- inside ----------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.addWidget(self.view)
        self.setFocusProxy(self.view)

    def _wire(self) -> None:
        self.model.modelAboutToBeReset.connect(self._keep_selection)
        self.model.modelReset.connect(self._after_reset)
        self.model.arrived.connect(self._after_page)
        self.model.failed.connect(self._on_failed)
        self.model.loading_changed.connect(self._on_loading)
        self.model.total_changed.connect(self.total_changed)
        self.header.sectionResized.connect(self._on_resized)
        self.header.sectionMoved.connect(self.layout_changed)
        self.header.sectionClicked.connect(self._sort_by)
        self.header.sectionHandleDoubleClicked.connect(self._fit_column)
        self.view.selectionModel().selectionChanged.connect(self._on_selection)
        self.view.selectionModel().currentRowChanged.connect(self._on_current)
        self.view.resized.connect(self._fit)
        self.view.resized.connect(self._place_covers)
        self.view.link_clicked.connect(self._open)
        self.view.doubleClicked.connect(self._open)
        self.view.opened.connect(self._open)
        self.view.typed.connect(self.typed)
        self.view.filter_asked.connect(self._ask_filter)
        self.view.copied.connect(self._copy)
        self.view.menu_asked.connect(self.menu_asked)

    def _open(self, index: QModelIndex) -> None:
        row = self.model.row(index.row())
        if row is not None:
            self.opened.emit(row.data)

    def _ask_filter(self, index: QModelIndex) -> None:
        row = self.model.row(index.row())
        column = self.model.columns[index.column()] if index.isValid() else None
        if row is None or column is None or not column.filterable:
            return
        self.filter_asked.emit(*cell_condition(column, row.data.get(column.name)))

    def _copy(self) -> None:
        rows = sorted({number for number, _ in self._selected()})
        QGuiApplication.clipboard().setText(copy_rows(self.model, rows))

    def _selected(self) -> list[tuple[int, Row]]:
        found = []
        chosen = self.view.selectionModel().selection()  # held: its parts live inside of it
        for place in range(chosen.size()):
            part = chosen.at(place)
            for number in range(part.top(), part.bottom() + 1):
                row = self.model.row(number)
                if row is not None:
                    found.append((number, row))
        return found

    def _on_selection(self) -> None:
        if not self._restoring:
            self._kept = {row.data.get("id") for _, row in self._selected()}
            self.selection_changed.emit(self.selected_rows())

    def _on_current(self) -> None:
        if not self._restoring:
            row = self.current_row()
            self._kept_current = row.get("id") if row else None
            self.current_changed.emit(row)

    def _keep_selection(self) -> None:
        self._restoring = True

    def _after_reset(self) -> None:
        self._restoring = False
        self._fit()
        self._show_sort()
        if self.model.total is not None:
            self._after_page()

    def _after_page(self) -> None:
        """Finds the kept records again; without any, the first row becomes the current one."""
        self._show_empty()
        if not self.model.total:
            if self._kept_current is not None:
                self._kept_current = None
                self.current_changed.emit(None)
            return
        self._restoring = True
        places = [place for row_id in self._kept if (place := self.model.place_of(row_id)) is not None]
        current = self.model.place_of(self._kept_current) if self._kept_current is not None else None
        model = self.view.selectionModel()
        column = max(0, self.view.currentIndex().column())
        if current is not None and current != self.view.currentIndex().row():
            model.setCurrentIndex(self.model.index(current, column), QItemSelectionModel.SelectionFlag.NoUpdate)
        if places:
            wanted = QItemSelection()
            last = self.model.columnCount() - 1
            for place in places:
                wanted.select(self.model.index(place, 0), self.model.index(place, last))
            model.select(wanted, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._restoring = False
        if not self.view.currentIndex().isValid() and self.model.row(0) is not None:
            self._go_to(0)
        elif self.model.place_of(self._kept_current) is not None:
            self.current_changed.emit(self.current_row())

    def _go_to(self, place: int) -> None:
        """By the selection model: the view would look at the keys that are held just now."""
        index = self.model.index(place, max(0, self.view.currentIndex().column()))
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.view.selectionModel().setCurrentIndex(index, flags)
        self.view.scrollTo(index)

    def _show_empty(self) -> None:
        if self.model.total == 0:
            title, hint, action = self._empty_texts
            self._empty = self._cover(self._empty, title, hint, action, Icon.TRAY, self.empty_acted.emit)
        elif self._empty is not None:
            self._empty.hide()

    def _on_failed(self, error: BaseException) -> None:
        """Rows that are here stay; a list that never came says so in its place."""
        if self.model.total is None:
            self._broken = self._cover(
                self._broken, tr("Список не загрузился"), tr("Проверьте связь с сервером и повторите."),
                tr("Повторить"), Icon.WIFI_SLASH, self.model.refresh)
        self.load_failed.emit(error)

    def _on_loading(self, on: bool) -> None:
        if on and self._broken is not None:
            self._broken.hide()

    def _cover(self, cover: EmptyState | None, title: str, hint: str, action: str, icon: str,
               run: Callable[[], object]) -> EmptyState:
        """Over the rows, made when there is something to say."""
        if cover is None:
            cover = EmptyState(title, hint, action=action, icon=icon, parent=self.view)
            cover.acted.connect(run)
            cover.setAutoFillBackground(True)
            cover.setBackgroundRole(QPalette.ColorRole.Base)
        cover.setGeometry(self.view.viewport().geometry())
        cover.show()
        cover.raise_()
        return cover

    def _place_covers(self) -> None:
        for cover in (self._empty, self._broken):
            if cover is not None and not cover.isHidden():
                cover.setGeometry(self.view.viewport().geometry())
                cover.raise_()

    def _sort_by(self, section: int) -> None:
        column = self.model.columns[section]
        if not column.sortable:
            return
        now = self.model.sort_order[:1]
        numeric = column.type in NUMERIC or column.type in (ColumnType.DATE, ColumnType.DATETIME)
        descending = not now[0].descending if now and now[0].column == column.name else numeric
        self.model.set_sort([Sort(column=column.name, descending=descending)])
        self.layout_changed.emit()

    def _show_sort(self) -> None:
        sort = self.model.sort_order[:1]
        names = [column.name for column in self.model.columns]
        shown = bool(sort) and sort[0].column in names
        self.header.setSortIndicatorShown(shown)
        if shown:
            order = Qt.SortOrder.DescendingOrder if sort[0].descending else Qt.SortOrder.AscendingOrder
            self.header.setSortIndicator(names.index(sort[0].column), order)

    def _fit(self) -> None:
        """Whole numbers, dates, states and sums; the texts share the rest."""
        scale = max(1.0, fonts.scale())
        least = self._least_widths(scale)
        widths = []
        for number, column in enumerate(self.model.columns):
            asked = round(default_width(column) * scale)
            widths.append(self._widths.get(column.name) or (max(asked, least[number]) if asked else 0))
        stretched = [number for number, width in enumerate(widths) if not width]
        room = self.view.viewport().width()
        wanted, needed = (sum(widths) + round(name * scale) * len(stretched) - room for name in (COMFORT, STRETCH_MIN))
        needed -= self._draw_in(widths, least, wanted, texts=False)
        needed -= self._draw_in(widths, least, needed, texts=True)
        dropped = self._dropped(widths, needed)
        room -= sum(width for number, width in enumerate(widths) if number not in dropped)
        share = max(round(STRETCH_MIN * scale), room // len(stretched)) if stretched else 0
        self.header.blockSignals(True)
        for number, width in enumerate(widths):
            self.header.setSectionHidden(number, number in dropped)
            if number not in dropped:
                self.header.resizeSection(number, width or share)
        if stretched and room - share * len(stretched) > 0:
            self.header.resizeSection(stretched[-1], share + room - share * len(stretched))
        self.header.blockSignals(False)
        self.view.relayout()

    def _least_widths(self, scale: float) -> list[int]:
        """What shows a usual value whole with its title; a text may lose a quarter of what it asks for."""
        least = []
        for number, column in enumerate(self.model.columns):
            samples = [choice.title for choice in column.choices] or [SAMPLES.get(column.type, "")]
            needed = max(self.delegate.text_width(column, text) for text in samples)
            if column.type in _TEXTS:
                needed = round(default_width(column) * scale * ELASTIC)
            elif column.type is ColumnType.NUMBER:
                needed = round(default_width(column) * scale)
            least.append(max(needed, self.header.title_width(number)))
        return least

    def _draw_in(self, widths: list[int], least: Sequence[int], lack: int, *, texts: bool) -> int:
        """Columns that nobody sized by hand leave their slack to the names of customers and goods; how much."""
        spare = {number: widths[number] - least[number] for number, column in enumerate(self.model.columns)
                 if column.name not in self._widths and (column.type in _TEXTS) is texts
                 and widths[number] > least[number]}
        total, before = sum(spare.values()), sum(widths)
        for number, slack in spare.items():
            widths[number] -= min(slack, -(-slack * max(0, lack) // total))  # up: one pixel more shows the scroll bar
        return before - sum(widths)

    def _dropped(self, widths: Sequence[int], lack: int) -> set[int]:
        """The last texts leave before a narrow list scrolls sideways; the preview and the card still tell them."""
        dropped: set[int] = set()
        for number in reversed(range(1, len(widths))):
            column = self.model.columns[number]
            if lack > 0 and column.type in _TEXTS and widths[number] and column.name not in self._widths:
                dropped.add(number)
                lack -= widths[number]
        return dropped

    def _on_resized(self, section: int, old: int, new: int) -> None:
        if 0 <= section < len(self.model.columns):
            self._widths[self.model.columns[section].name] = new
            self.layout_changed.emit()

    def _fit_column(self, section: int) -> None:
        column = self.model.columns[section]
        first, last = self.view.shown_rows()
        rows = [row for number in range(first, last + 1) if (row := self.model.row(number)) is not None]
        needed = max((self.delegate.text_width(column, row.text(column)) for row in rows), default=0)
        self.header.resizeSection(section, max(needed, self.header.title_width(section)))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.delegate.refresh_fonts()
            self.view.verticalHeader().setDefaultSectionSize(fonts.px(ROW_HEIGHT))
            self._fit()
